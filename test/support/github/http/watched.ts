/** What did any GitHub of this process, or any request of a test, do that GitHub's description does not allow? */

import type { Violation } from '../world/state.ts';

/** Shared by everything in this process, however often this file is loaded. */
const KEPT = Symbol.for('jit-gate.test.violations');
type Holder = { [KEPT]?: Set<Violation[]> };
const holder = globalThis as Holder;
const lists = holder[KEPT] ?? new Set<Violation[]>();
holder[KEPT] = lists;

/** Has a list looked at when the test file is over. A test that provokes a violation takes it off its list. */
export function watchViolations(list: Violation[]): void {
  lists.add(list);
}

/** Takes every violation that nobody took before. */
export function takeViolations(): readonly Violation[] {
  const found = [...lists].flatMap((list) => list.splice(0));
  lists.clear();
  return found;
}
