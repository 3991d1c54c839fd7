/** What custom roles are said to build on, before and after. Which may be asked for is told at the rules. */

import type { Policy } from '../model.ts';
import { quoted, weaker, type Said } from './change.ts';

/** Every custom role of which another base is declared. Which of the two is right can't be told, so it counts as weaker. */
export const customRolesChanged = (before: Policy, after: Policy): readonly Said[] =>
  [...after.customRoles].flatMap(([key, is]) => {
    const was = before.customRoles.get(key);
    if (was === undefined || was.base === is.base) return [];
    return [weaker(`the role ${quoted(is.custom)} is said to build on ${is.base}; it was ${was.base}`)];
  });
