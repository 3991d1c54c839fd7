/** What one change of a policy is: which way it goes, whom it concerns, and what it means in words. */

import { formatDuration } from '../../duration.ts';
import type { Millis } from '../../identity.ts';

/** `weaker`: something passes, or is granted, that was not before. What can't be told counts as weaker. */
export type Effect = 'weaker' | 'stricter' | 'other';

/** `rule`: the gate or access rule; `null` for the policy as a whole. `what` is plain text, and holds text of the policy. */
export type PolicyChange = { readonly effect: Effect; readonly rule: string | null; readonly what: string };

export type Said = Omit<PolicyChange, 'rule'>;

export const weaker = (what: string): Said => ({ effect: 'weaker', what });
export const stricter = (what: string): Said => ({ effect: 'stricter', what });
export const other = (what: string): Said => ({ effect: 'other', what });

/** Longest piece of the policy that is quoted. */
const QUOTED = 80;

export const quoted = (text: string): string => `"${text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text}"`;

/** "a", "b" and "c"; after eight, how many more. */
export function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 8);
  const rest = texts.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${String(rest)} more`;
  const last = shown.at(-1) ?? 'nothing';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** What one list has that the other lacks. */
export function movedBetween(before: readonly string[], after: readonly string[]) {
  return {
    gone: before.filter((one) => !after.includes(one)),
    come: after.filter((one) => !before.includes(one)),
  };
}

/** The same for what is no text: `keyOf` is what two are compared by. */
export function movedBy<T>(before: readonly T[], after: readonly T[], keyOf: (one: T) => string) {
  const { gone, come } = movedBetween(before.map(keyOf), after.map(keyOf));
  return {
    gone: before.filter((one) => gone.includes(keyOf(one))),
    come: after.filter((one) => come.includes(keyOf(one))),
  };
}

/** A flag that lets more pass when it is on. */
export function flag(before: boolean, after: boolean, on: string, off: string): readonly Said[] {
  if (before === after) return [];
  return [after ? weaker(on) : stricter(off)];
}

/** A timeout: what waits longer can still be approved. */
export function timeout(before: Millis | null, after: Millis | null): readonly Said[] {
  if (before === after) return [];
  if (after === null) return [weaker('it is no longer denied when nobody answers, but waits')];
  const now = `unanswered, it is denied after ${formatDuration(after)}`;
  if (before === null) return [stricter(`${now}; it waited before`)];
  return [(after > before ? weaker : stricter)(`${now}; it was ${formatDuration(before)}`)];
}
