/** How checks look at a policy's bare YAML value: whatever has the wrong shape is passed over. */

import type { Finding } from './model.ts';
import type { Path, Side, YamlDocument } from './yaml.ts';

/** The value at a path, or `undefined` where the path leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return value;
}

/** A gate or access rule as it stands in the file. */
export type Rule = { readonly path: Path; readonly value: unknown };
/** A group's name where it is used. */
export type Reference = { readonly name: string; readonly path: Path };
export type StageView = {
  readonly path: Path;
  readonly from: readonly Reference[];
  readonly count: number;
  readonly conditional: boolean;
};
export type Groups = ReadonlyMap<string, GroupView>;

/** What can be said of a group offline. `people` is what can be told without asking GitHub; `null` where a team, a role or CODEOWNERS has a say. */
export type GroupView = { readonly people: ReadonlySet<string> | null; readonly onlyCodeowners: boolean };

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listAt = (root: unknown, path: Path): readonly unknown[] => {
  const value = valueAt(root, path);
  return Array.isArray(value) ? value : [];
};

export const rulesOf = (document: YamlDocument, key: 'gates' | 'access'): readonly Rule[] =>
  listAt(document.value, [key]).map((value, index) => ({ path: [key, index], value }));

/** The group names under `from` or `requesters`, each with its place. */
export function references(root: unknown, path: Path): readonly Reference[] {
  const value = valueAt(root, path);
  if (typeof value === 'string') return [{ name: value, path }];
  return listAt(root, path).flatMap((name, index) =>
    typeof name === 'string' ? [{ name, path: [...path, index] }] : [],
  );
}

export function stagesOf(document: YamlDocument, rule: Rule): readonly StageView[] {
  return listAt(rule.value, ['approvals']).map((stage, index) => {
    const path = [...rule.path, 'approvals', index];
    const count = valueAt(stage, ['count']);
    return {
      path,
      from: references(document.value, [...path, 'from']),
      count: typeof count === 'number' ? count : 1,
      conditional: valueAt(stage, ['when']) !== undefined,
    };
  });
}

export function groupsOf(root: unknown): Groups {
  const groups = valueAt(root, ['groups']);
  return new Map(isMapping(groups) ? Object.entries(groups).map(([name, group]) => [name, viewOf(group)]) : []);
}

function viewOf(group: unknown): GroupView {
  const users = listAt(group, ['users']);
  const asked = listAt(group, ['teams']).length > 0 || valueAt(group, ['role']) !== undefined;
  const codeowners = valueAt(group, ['codeowners']) === true;
  const people = new Set(users.map((user) => String(user).toLowerCase()));
  // An empty group is a finding of its own; saying that nobody can reach the count would only repeat it.
  const known = isMapping(group) && !asked && !codeowners && people.size > 0;
  return { people: known ? people : null, onlyCodeowners: codeowners && !asked && people.size === 0 };
}

/** Every use of a group in a rule. */
export function referencesOf(document: YamlDocument, rule: Rule): readonly Reference[] {
  return [
    ...stagesOf(document, rule).flatMap((stage) => stage.from),
    ...references(document.value, [...rule.path, 'requesters']),
    ...references(document.value, [...rule.path, 'disapprove']),
    ...escalationsOf(document, rule),
    ...references(document.value, [...rule.path, 'break-glass', 'by']),
    ...references(document.value, [...rule.path, 'break-glass', 'review']),
    ...references(document.value, [...rule.path, 'auto-approve', 'requesters']),
    ...references(document.value, [...rule.path, 'auto-approve', 'review']),
  ];
}

/** Groups that a rule asks besides after a time. */
export const escalationsOf = (document: YamlDocument, rule: Rule): readonly Reference[] =>
  listAt(rule.value, ['escalate']).flatMap((_, index) =>
    references(document.value, [...rule.path, 'escalate', index, 'to']),
  );

/** As much of a text as belongs in a message. */
export const short = (text: string): string => text.slice(0, 60);

/** A finding at a path of the document. */
export function finding(
  document: YamlDocument,
  path: Path,
  side: Side,
  code: string,
  message: string,
  hint: string | null,
  severity: Finding['severity'] = 'error',
): Finding {
  return { severity, code, ...document.locate(path, side), message, hint };
}
