/** What is wrong with the roles that a policy names: ones that it does not declare, or declares twice. */

import { nearest } from '../nearest.ts';
import { roleFrom, ROLES } from '../role.ts';
import type { Finding } from './model.ts';
import { finding, isMapping, listAt, rulesOf, short, valueAt } from './view.ts';
import type { Path, YamlDocument } from './yaml.ts';

/** Looking for what was meant costs time that a hostile file would multiply. */
const MAX_GUESSES = 50;

/** Findings about the names of roles. */
export function roleFindings(document: YamlDocument): readonly Finding[] {
  const declared = declaredNames(document);
  return [...declaredTwice(document, declared), ...undeclared(document, declared)];
}

function declaredNames(document: YamlDocument): readonly string[] {
  const roles = valueAt(document.value, ['custom-roles']);
  return isMapping(roles) ? Object.keys(roles) : [];
}

/** People name a role in any case, and so does GitHub. */
const declaredTwice = (document: YamlDocument, declared: readonly string[]): readonly Finding[] =>
  declared.flatMap((name, index) => {
    const first = declared.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase());
    if (first === undefined) return [];
    const { line } = document.locate(['custom-roles', first], 'key');
    const message = `the role "${short(name)}" is the one on line ${String(line)} in another case`;
    return [finding(document, ['custom-roles', name], 'key', 'duplicate-name', message, 'declare it once')];
  });

function undeclared(document: YamlDocument, declared: readonly string[]): readonly Finding[] {
  const known = new Set(declared.map((name) => name.toLowerCase()));
  const lists: readonly Path[] = [
    ...rulesOf(document, 'access').map(({ path }) => [...path, 'roles']),
    ['limits', 'roles'],
  ];
  const words = lists.flatMap((path) =>
    listAt(document.value, path).flatMap((word, index) =>
      typeof word === 'string' ? [{ word, path: [...path, index] }] : [],
    ),
  );
  return words
    .filter(({ word }) => roleFrom(word) === null && !known.has(word.toLowerCase()))
    .map(({ word, path }, index) => {
      const meant = index < MAX_GUESSES ? nearest(word, [...ROLES, 'read', 'write', ...declared]) : null;
      const hint =
        meant === null
          ? `the roles are ${ROLES.join(', ')}; declare one of the organisation under \`custom-roles\`, as in { ${short(word)}: { base: push } }`
          : `did you mean \`${meant}\`? A role of the organisation is declared under \`custom-roles\``;
      return finding(document, path, 'value', 'unknown-role', `"${short(word)}" is no role`, hint);
    });
}
