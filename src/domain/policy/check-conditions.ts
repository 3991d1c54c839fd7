/** What is wrong with conditions that can be read: ones that can never be told where they stand, events that do not exist. */

import { nearest } from '../nearest.ts';
import type { Finding } from './model.ts';
import { finding, isMapping, listAt, rulesOf, short, stagesOf, valueAt, type Rule } from './view.ts';
import type { Path, YamlDocument } from './yaml.ts';

/** Events that start workflows (https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows). */
const EVENTS = [
  'branch_protection_rule',
  'check_run',
  'check_suite',
  'create',
  'delete',
  'deployment',
  'deployment_status',
  'discussion',
  'discussion_comment',
  'dynamic',
  'fork',
  'gollum',
  'issue_comment',
  'issues',
  'label',
  'merge_group',
  'milestone',
  'page_build',
  'public',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_target',
  'push',
  'registry_package',
  'release',
  'repository_dispatch',
  'schedule',
  'status',
  'watch',
  'workflow_call',
  'workflow_dispatch',
  'workflow_run',
] as const;

/** Deeper than any condition that is read. */
const MAX_DEPTH = 32;
/** Looking for what was meant costs time that a hostile file would multiply. */
const MAX_FINDINGS = 50;

/** Findings about the conditions of gates, those of their stages included. */
export function conditionFindings(document: YamlDocument): readonly Finding[] {
  const places = rulesOf(document, 'gates').flatMap((rule) =>
    conditionsOf(document, rule).map((path) => ({ path, on: valueAt(rule.value, ['on']) })),
  );
  return places.slice(0, MAX_FINDINGS).flatMap(({ path, on }) => findingsAt(document, path, on));
}

/** Paths of every mapping that is a condition, nested ones too. */
function conditionsOf(document: YamlDocument, rule: Rule): readonly Path[] {
  const stages = stagesOf(document, rule).map((stage) => [...stage.path, 'when']);
  const roots: readonly Path[] = [[...rule.path, 'when'], [...rule.path, 'unless'], ...stages];
  return roots.flatMap((path) => nested(document, path, 0)).filter((path) => speaksOfRuns(document, path));
}

function nested(document: YamlDocument, path: Path, depth: number): readonly Path[] {
  const value = valueAt(document.value, path);
  if (!isMapping(value) || depth > MAX_DEPTH) return [];
  const inner: readonly Path[] = [
    [...path, 'not'],
    ...['all', 'any'].flatMap((key) => listAt(value, [key]).map((_, index): Path => [...path, key, index])),
  ];
  return [path, ...inner.flatMap((each) => nested(document, each, depth + 1))];
}

/** Whether a finding could come of the condition at all. */
function speaksOfRuns(document: YamlDocument, path: Path): boolean {
  const value = valueAt(document.value, path);
  return isMapping(value) && (Object.hasOwn(value, 'event') || Object.hasOwn(value, 'lines-changed'));
}

function findingsAt(document: YamlDocument, path: Path, on: unknown): readonly Finding[] {
  const value = valueAt(document.value, path);
  const warn = (at: Path, side: 'key' | 'value', code: string, message: string, hint: string | null): Finding =>
    finding(document, at, side, code, message, hint, 'warning');
  const never = (key: string, message: string): readonly Finding[] =>
    isMapping(value) && Object.hasOwn(value, key)
      ? [warn([...path, key], 'key', 'never-told', message, 'as it stands it always holds')]
      : [];
  const untold =
    on === 'merge'
      ? never('event', '`event` can never be told of a merge: no workflow run starts it')
      : never('lines-changed', '`lines-changed` can only be told of a merge');
  return [...untold, ...unknownEvents(document, [...path, 'event'], warn)];
}

function unknownEvents(
  document: YamlDocument,
  path: Path,
  warn: (at: Path, side: 'key' | 'value', code: string, message: string, hint: string | null) => Finding,
): readonly Finding[] {
  return listAt(document.value, path).flatMap((event, index) => {
    const plain = typeof event === 'string' && /^\w+$/u.test(event);
    if (!plain || EVENTS.some((known) => known === event)) return [];
    const meant = nearest(event, EVENTS);
    const hint = meant === null ? 'name one that starts workflows, such as `push`' : `did you mean \`${meant}\`?`;
    return [warn([...path, index], 'value', 'unknown-event', `no event is called "${short(event)}"`, hint)];
  });
}
