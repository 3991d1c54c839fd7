/** What custom roles are said to build on, before and after. Which may be asked for is told at the rules. */

import type { Policy } from '../model.ts';
import { other, quoted, weaker, type Said } from './change.ts';

/**
 * Every custom role of which another base is declared, or none any more: in the organisation's policy that leaves it to the
 * repositories. Which base is right can't be told, so the first counts as weaker.
 */
export const customRolesChanged = (before: Policy, after: Policy): readonly Said[] =>
  [...before.customRoles].flatMap(([key, was]) => {
    const is = after.customRoles.get(key);
    if (is === undefined) return [other(`nothing is said any more of what the role ${quoted(was.custom)} builds on`)];
    if (was.base === is.base) return [];
    return [weaker(`the role ${quoted(is.custom)} is said to build on ${is.base}; it was ${was.base}`)];
  });
