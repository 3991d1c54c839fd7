/** Whether a policy is too big to be worth more checks. */

import { alternativesOf } from './glob.ts';
import type { Finding } from './model.ts';
import { finding, isMapping, listAt, rulesOf, valueAt } from './view.ts';
import type { YamlDocument } from './yaml.ts';

/** Caps that no real policy meets. */
const MAX_GATES = 500;
const MAX_ACCESS_RULES = 500;
const MAX_GROUPS = 200;
const MAX_CUSTOM_ROLES = 100;
const MAX_GLOBS = 1_000;
/** Each is looked up on the calendar of its place. */
const MAX_FREEZES = 200;

/** Patterns that all braces together may stand for: compiling each costs time. */
const MAX_ALTERNATIVES = 5_000;

const GLOB_KEYS = new Set([
  'environments',
  'refs',
  'branches',
  'actions',
  'paths',
  'only-paths',
  'labels',
  'base',
  'head',
  'title',
  'event',
  'checks',
  'ticket',
]);

/** Findings about a file that is too big to be worth more checks; empty for one that is not. */
export function capFindings(document: YamlDocument): readonly Finding[] {
  const sizes = [
    ['gates', MAX_GATES],
    ['access', MAX_ACCESS_RULES],
    ['groups', MAX_GROUPS],
    ['custom-roles', MAX_CUSTOM_ROLES],
  ] as const;
  const over = sizes.flatMap(([key, cap]) => {
    const size = sizeOf(document.value, key);
    if (size <= cap) return [];
    const message = `\`${key}\` has ${size} entries; at most ${cap} are read`;
    return [finding(document, [key], 'key', 'too-many', message, null)];
  });
  return [...over, ...freezeFindings(document), ...globFindings(document)];
}

function freezeFindings(document: YamlDocument): readonly Finding[] {
  const windows = rulesOf(document, 'gates').reduce((sum, { value }) => sum + listAt(value, ['freeze']).length, 0);
  if (windows <= MAX_FREEZES) return [];
  const message = `the gates have ${windows} windows under \`freeze\`; at most ${MAX_FREEZES} are read`;
  return [finding(document, ['gates'], 'key', 'too-many', message, null)];
}

function sizeOf(root: unknown, key: string): number {
  const value = valueAt(root, [key]);
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function globFindings(document: YamlDocument): readonly Finding[] {
  const tooMany = (message: string): readonly Finding[] => [
    finding(document, [], 'value', 'too-many', message, 'write fewer, wider patterns'),
  ];
  const globs = globsIn(document.value);
  if (globs.length > MAX_GLOBS)
    return tooMany(`the policy has ${globs.length} patterns; at most ${MAX_GLOBS} are read`);
  let alternatives = 0;
  for (const glob of globs) {
    alternatives += alternativesOf(glob);
    if (alternatives > MAX_ALTERNATIVES)
      return tooMany(`the braces in the patterns stand for more than ${MAX_ALTERNATIVES} patterns`);
  }
  return [];
}

/** Every text that stands where a pattern is expected. */
function globsIn(value: unknown, isGlob = false): readonly string[] {
  if (typeof value === 'string') return isGlob ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => globsIn(item, isGlob));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => globsIn(inner, GLOB_KEYS.has(key)));
}
