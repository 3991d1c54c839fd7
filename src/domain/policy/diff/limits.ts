/** What binds access rules as a whole, before and after. */

import { formatDuration } from '../../duration.ts';
import { roleName } from '../../role.ts';
import type { Limits } from '../model.ts';
import { coolDownChanged, liveChanged, teamWords } from './access.ts';
import { listed, movedBetween, stricter, weaker, type Said } from './change.ts';

type Compare = (was: Limits, is: Limits) => readonly Said[];

/** A limit that is missing here does not compile. */
const LIMITS = {
  roles: (was, is) => {
    if (was.roles === null)
      return is.roles === null ? [] : [stricter(`only ${listed(is.roles.map(roleName))} may be granted`)];
    if (is.roles === null) return [weaker(`any role may be granted, not only ${listed(was.roles.map(roleName))}`)];
    const { come, gone } = movedBetween(was.roles.map(roleName), is.roles.map(roleName));
    return [
      ...(come.length === 0 ? [] : [weaker(`the role ${listed(come)} may now be granted`)]),
      ...(gone.length === 0 ? [] : [stricter(`the role ${listed(gone)} may no longer be granted`)]),
    ];
  },
  // In a repository's own file another list binds, in the organisation's it allows: which it is can't be told here.
  teams: (was, is) => {
    const words = (teams: Limits['teams']): readonly string[] => (teams ?? []).map(teamWords);
    const { come, gone } = movedBetween(words(was.teams), words(is.teams));
    return [
      ...(was.teams !== null && is.teams === null ? [weaker('no list says any more which teams may be granted')] : []),
      ...(come.length === 0 ? [] : [weaker(`membership of ${listed(come)} may now be granted`)]),
      ...(gone.length === 0 ? [] : [stricter(`membership of ${listed(gone)} may no longer be granted`)]),
    ];
  },
  maxDuration: (was, is) => {
    const [before, after] = [was.maxDuration ?? Infinity, is.maxDuration ?? Infinity];
    if (before === after) return [];
    const what = is.maxDuration === null ? 'any time' : `at most ${formatDuration(is.maxDuration)}`;
    return [(after > before ? weaker : stricter)(`access may be granted for ${what}`)];
  },
  maxAhead: (was, is) => {
    const [before, after] = [was.maxAhead ?? Infinity, is.maxAhead ?? Infinity];
    if (before === after) return [];
    const what =
      is.maxAhead === null ? 'as far ahead as the rule says' : `${formatDuration(is.maxAhead)} ahead at most`;
    return [(after > before ? weaker : stricter)(`a start may be asked for ${what}`)];
  },
  maxLive: (was, is) => liveChanged(was.maxLive, is.maxLive),
  coolDown: (was, is) => coolDownChanged(was.coolDown, is.coolDown),
  minCount: (was, is) => {
    const [before, after] = [was.minCount ?? 0, is.minCount ?? 0];
    if (before === after) return [];
    const what = `access takes the approval of ${String(Math.max(after, 1))} or more; it was ${String(Math.max(before, 1))}`;
    return [(after < before ? weaker : stricter)(what)];
  },
} as const satisfies Readonly<Record<keyof Limits, Compare>>;

/** Every limit that differs. */
export const limitsChanged: Compare = (was, is) => Object.values(LIMITS).flatMap((compare) => compare(was, is));
