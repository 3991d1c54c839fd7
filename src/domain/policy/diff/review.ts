/** Who looks at what was let through without approvals, and until when, before and after. */

import { formatDuration } from '../../duration.ts';
import type { BreakGlass, Policy } from '../model.ts';
import { stricter, weaker, type Said } from './change.ts';
import { peopleMoved } from './people.ts';

/** A review that is owed, and the policy that says who is in its groups. */
type Review = Pick<BreakGlass, 'review' | 'within'> & { readonly policy: Policy };

/** More people who can give it, or more time for it, is weaker. */
export function reviewChanged(was: Review, is: Review): readonly Said[] {
  const { come, gone } = peopleMoved({ ...was, names: was.review }, { ...is, names: is.review });
  const overdue = `the review that is owed is overdue after ${formatDuration(is.within)}; it was ${formatDuration(was.within)}`;
  return [
    ...(come === null ? [] : [weaker(`${come} may now give the review that is owed`)]),
    ...(gone === null ? [] : [stricter(`${gone} may no longer give the review that is owed`)]),
    ...(is.within === was.within ? [] : [(is.within > was.within ? weaker : stricter)(overdue)]),
  ];
}
