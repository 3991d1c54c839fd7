/** Whether a condition is met by more or by less than before. */

import { conditionText } from '../condition-words.ts';
import type { Condition, Glob } from '../model.ts';
import { stricter, weaker, type Said } from './change.ts';

type Width = 'same' | 'wider' | 'narrower' | 'unclear';

/** The condition in words, nested ones with brackets. */
function conditionWords(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return `(${condition.of.map(conditionWords).join(' and ')})`;
    case 'any':
      return `(${condition.of.map(conditionWords).join(' or ')})`;
    case 'not':
      return `not ${conditionWords(condition.of)}`;
    case 'authors':
    case 'base':
    case 'checks':
    case 'draft':
    case 'event':
    case 'fork':
    case 'head':
    case 'labels':
    case 'lines-changed':
    case 'only-authors':
    case 'only-paths':
    case 'paths':
    case 'signed':
    case 'title':
      return conditionText(condition);
  }
}

/** What two conditions are compared by: words can be alike where patterns are not, as with a comma in one of them. */
const keyOf = (condition: Condition): string => JSON.stringify(condition);

/** `when` of a gate or of a stage: it applies where this is met. `asked` says what applies, as the begin of a sentence. */
export function whenChanged(before: Condition | null, after: Condition | null, asked: string): readonly Said[] {
  if (before === null && after === null) return [];
  if (before === null) return after === null ? [] : [weaker(`${asked} only where ${conditionWords(after)}`)];
  if (after === null) return [stricter(`${asked} always, no longer only where ${conditionWords(before)}`)];
  const width = widthOf(before, after);
  const what = `${asked} where ${conditionWords(after)}; it was where ${conditionWords(before)}`;
  return said(width, what, 'wider');
}

/** `unless` of a gate: it is spared where this is met. */
export function unlessChanged(before: Condition | null, after: Condition | null): readonly Said[] {
  if (before === null) return after === null ? [] : [weaker(`it is spared where ${conditionWords(after)}`)];
  if (after === null) return [stricter(`it is no longer spared where ${conditionWords(before)}`)];
  const what = `it is spared where ${conditionWords(after)}; it was where ${conditionWords(before)}`;
  return said(widthOf(before, after), what, 'narrower');
}

function said(width: Width, what: string, strict: 'wider' | 'narrower'): readonly Said[] {
  if (width === 'same') return [];
  if (width === 'unclear') return [weaker(`${what} (which of the two holds more can't be told)`)];
  return [(width === strict ? stricter : weaker)(what)];
}

/** Whether the second is met by more than the first. */
function widthOf(before: Condition, after: Condition): Width {
  if (keyOf(before) === keyOf(after)) return 'same';
  if (before.kind === 'not' && after.kind === 'not') return opposite(widthOf(before.of, after.of));
  if (before.kind === 'any' || after.kind === 'any')
    return listWidth(partsOf(before, 'any'), partsOf(after, 'any'), keyOf);
  if (before.kind === 'all' || after.kind === 'all')
    return opposite(listWidth(partsOf(before, 'all'), partsOf(after, 'all'), keyOf));
  return simpleWidth(before, after);
}

const partsOf = (condition: Condition, kind: 'any' | 'all'): readonly Condition[] =>
  condition.kind === kind ? condition.of : [condition];

const opposite = (width: Width): Width => (width === 'wider' ? 'narrower' : width === 'narrower' ? 'wider' : width);

/** Of a list of which one is enough. */
function listWidth<T>(before: readonly T[], after: readonly T[], itsKey: (item: T) => string): Width {
  const [old, fresh] = [new Set(before.map(itsKey)), new Set(after.map(itsKey))];
  const grew = [...old].every((key) => fresh.has(key));
  const shrank = [...fresh].every((key) => old.has(key));
  if (grew && shrank) return 'same';
  return grew ? 'wider' : shrank ? 'narrower' : 'unclear';
}

const sourceOf = (glob: Glob): string => glob.source;

function simpleWidth(before: Condition, after: Condition): Width {
  if ('globs' in before && 'globs' in after && before.kind === after.kind)
    return listWidth(before.globs, after.globs, sourceOf);
  if (before.kind === 'lines-changed' && after.kind === 'lines-changed') return rangeWidth(before, after);
  return before.kind === 'authors' || before.kind === 'only-authors' ? namedWidth(before, after) : 'unclear';
}

type Range = Extract<Condition, { kind: 'lines-changed' }>;

function rangeWidth(before: Range, after: Range): Width {
  const bounds = ({ min, max }: Range) => ({ low: min ?? 0, high: max ?? Infinity });
  const [was, is] = [bounds(before), bounds(after)];
  if (is.low <= was.low && is.high >= was.high) return 'wider';
  return is.low >= was.low && is.high <= was.high ? 'narrower' : 'unclear';
}

function namedWidth(before: Extract<Condition, { kind: 'authors' | 'only-authors' }>, after: Condition): Width {
  // With `authors` a mixture can't be told, so that more names can hold less and more.
  if (before.kind !== 'only-authors' || after.kind !== 'only-authors') return 'unclear';
  const names = (named: typeof before) => [
    ...named.users.map((user) => JSON.stringify(user).toLowerCase()),
    ...named.teams.map((team) => `team ${team}`),
  ];
  return listWidth(names(before), names(after), (name) => name);
}
