/** What gates are for: where something was held by none it was free, or denied, and that makes all the difference. */

import type { Gate, Glob, Policy } from '../model.ts';
import { placesOf } from '../match.ts';
import { listed, quoted, stricter, weaker, type Said } from './change.ts';

/** What a gate holds, in words. */
export const held = (gate: Gate): string => placeWords(gate.on, placesOf(gate).globs);

function placeWords(on: Gate['on'], globs: readonly Glob[]): string {
  const sources = listed(globs.map(({ source }) => quoted(source)));
  switch (on) {
    case 'merge':
      return `merges into ${sources}`;
    case 'deployment':
      return `deployments to ${sources}`;
    case 'action':
      return `actions ${sources}`;
  }
}

/** What two gates of one kind are for, before and after. */
export function placesChanged(was: Gate, is: Gate, before: Policy): readonly Said[] {
  const [old, fresh] = [placesOf(was).globs, placesOf(is).globs];
  const gone = old.filter((glob) => !isCovered(glob, fresh));
  const come = fresh.filter((glob) => !isCovered(glob, old));
  return [
    ...(gone.length === 0 ? [] : [weaker(`${placeWords(was.on, gone)} are no longer held by it`)]),
    ...nowHeld(is.on, come, before, 'are now held by it'),
  ];
}

/** A gate that is new. */
export const gateCame = (gate: Gate, before: Policy): readonly Said[] =>
  nowHeld(gate.on, placesOf(gate).globs, before, 'are held by it').map(({ effect, what }) => ({
    effect,
    what: `the gate is new: ${what}`,
  }));

/** Places that a gate is for from now on. What was denied there, since no gate was for it, can be approved from now on. */
function nowHeld(on: Gate['on'], globs: readonly Glob[], before: Policy, words: string): readonly Said[] {
  const denied = before.unmatched[on] === 'deny' ? globs.filter((glob) => !isGoverned(on, glob, before)) : [];
  const free = globs.filter((glob) => !denied.includes(glob));
  return [
    ...(denied.length === 0
      ? []
      : [weaker(`${placeWords(on, denied)} can now be approved; no gate was for them, so they were denied`)]),
    ...(free.length === 0 ? [] : [stricter(`${placeWords(on, free)} ${words}`)]),
  ];
}

/** That a gate applies to more, where what it did not apply to was denied. A merge into a branch of a gate was not. */
export function widened(was: Gate, is: Gate, before: Policy): readonly Said[] {
  const denied = is.on !== 'merge' && before.unmatched[is.on] === 'deny';
  if (!denied || placesOf(was).globs.every((glob) => isGoverned(is.on, glob, before))) return [];
  return [weaker('what it applies to besides can now be approved; where no other gate was for it, it was denied')];
}

/** Whether gates of the policy are for all of it already. A `when` leaves some out, but of merges, which are free then. */
const isGoverned = (on: Gate['on'], glob: Glob, { gates }: Policy): boolean =>
  gates.some(
    (gate) => gate.on === on && (on === 'merge' || gate.when === null) && isCovered(glob, placesOf(gate).globs),
  );

const isCovered = ({ source }: Glob, by: readonly Glob[]): boolean =>
  by.some((glob) => glob.source === source || (isLiteral(source) && glob.matches(source)));

const isLiteral = (source: string): boolean => /^[^*?[\]{}!\\]*$/u.test(source);
