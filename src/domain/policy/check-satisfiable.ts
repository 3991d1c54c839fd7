/** Whether a condition can be met at all on what a gate governs. */

import { conditionText } from './condition-words.ts';
import type { Condition, Gate, Glob } from './model.ts';

/** `sometimes` is also what can't be told. */
type Chance = 'never' | 'sometimes' | 'always';

/** Whether the condition is surely unmet, whatever comes. */
export const neverMet = (condition: Condition, gate: Gate): boolean => chanceOf(condition, gate) === 'never';

/** Whether the condition is surely met, as long as it can be told at all. */
export const surelyMet = (condition: Condition, gate: Gate): boolean => chanceOf(condition, gate) === 'always';

/** Which part can't be met, in words. */
export function contradictions(condition: Condition, gate: Gate): string {
  if (condition.kind === 'all') {
    const part = condition.of.find((each) => neverMet(each, gate));
    if (part !== undefined) return contradictions(part, gate);
    const pair = opposites(condition.of);
    return pair === null
      ? 'its parts contradict each other'
      : `${words(pair[0])} and ${words(pair[1])} exclude each other`;
  }
  if (condition.kind === 'base') return `its branches never match ${words(condition)}`;
  return `${words(condition)} is never met`;
}

const words = (condition: Condition): string =>
  condition.kind === 'all' || condition.kind === 'any' || condition.kind === 'not'
    ? `\`${condition.kind}\``
    : `\`${conditionText(condition)}\``;

function chanceOf(condition: Condition, gate: Gate): Chance {
  switch (condition.kind) {
    case 'base':
      return gate.on === 'merge' ? branchChance(condition.globs, gate.branches) : 'sometimes';
    case 'paths':
    case 'only-paths':
    case 'head':
    case 'title':
      return condition.globs.some(matchesAll) ? 'always' : 'sometimes';
    case 'not':
      return opposite(chanceOf(condition.of, gate));
    case 'any': {
      const chances = condition.of.map((each) => chanceOf(each, gate));
      if (chances.includes('always')) return 'always';
      return chances.every((chance) => chance === 'never') ? 'never' : 'sometimes';
    }
    case 'all': {
      const chances = condition.of.map((each) => chanceOf(each, gate));
      if (chances.includes('never') || opposites(condition.of) !== null) return 'never';
      return chances.every((chance) => chance === 'always') ? 'always' : 'sometimes';
    }
    case 'lines-changed':
      return (condition.min ?? 0) === 0 && condition.max === null ? 'always' : 'sometimes';
    case 'labels':
    case 'authors':
    case 'only-authors':
    case 'draft':
    case 'fork':
    case 'signed':
    case 'event':
    case 'checks':
      return 'sometimes';
  }
}

const opposite = (chance: Chance): Chance =>
  chance === 'never' ? 'always' : chance === 'always' ? 'never' : 'sometimes';

/** Everything, whatever it is called. */
const matchesAll = ({ source }: Glob): boolean => source === '**' || source === '**/*';

/** Only plain branch names can be held against patterns; a pattern against a pattern can't be told. */
function branchChance(globs: readonly Glob[], branches: readonly Glob[]): Chance {
  if (globs.some(({ source }) => source === '**')) return 'always';
  if (branches.some(({ source }) => /[*?[\]{}!\\]/u.test(source))) return 'sometimes';
  const hits = branches.filter(({ source }) => globs.some((glob) => glob.matches(source))).length;
  if (hits === 0) return 'never';
  return hits === branches.length ? 'always' : 'sometimes';
}

/** Two parts of which never both are met: a flag and its opposite, a statement and its negation, ranges that don't meet. */
function opposites(parts: readonly Condition[]): readonly [Condition, Condition] | null {
  for (const [index, one] of parts.entries())
    for (const other of parts.slice(index + 1)) if (exclude(one, other) || exclude(other, one)) return [one, other];
  return null;
}

function exclude(one: Condition, other: Condition): boolean {
  if (one.kind === 'not') return JSON.stringify(one.of) === JSON.stringify(other);
  if (one.kind === 'lines-changed') return other.kind === one.kind && apart(one, other);
  const flag = one.kind === 'draft' || one.kind === 'fork' || one.kind === 'signed';
  return flag && one.kind === other.kind && one.is !== other.is;
}

type Range = Extract<Condition, { readonly kind: 'lines-changed' }>;

const apart = (one: Range, other: Range): boolean =>
  (one.max ?? Infinity) < (other.min ?? 0) || (other.max ?? Infinity) < (one.min ?? 0);
