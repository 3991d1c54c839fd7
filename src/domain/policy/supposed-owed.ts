/** The reviews that a case supposes to be owed, as far as they stand against what it asks for. */

import type { OwedReview } from '../decision.ts';
import { requestId, type Instant } from '../identity.ts';
import type { Request } from '../request.ts';
import type { Accounts } from './supposed-facts.ts';
import { momentOf, type TestCase } from './test-file.ts';

const EARLIER = requestId('00000000-0000-4000-8000-000000000001');

/** For a merge or a deployment all that is owed in the repository; for access what the one who asks left unpaid. */
export function owedFrom(
  { owed }: Pick<TestCase, 'owed'>,
  { subject }: Request,
  accounts: Accounts,
  opened: Instant,
): readonly OwedReview[] {
  const reviews = owed.map((said): OwedReview => {
    const { by, due } = typeof said === 'object' ? said : { by: said, due: undefined };
    return {
      requestId: EARLIER,
      conversation: null,
      by: accounts.of(by),
      rule: null,
      reason: '',
      at: opened,
      due: due === undefined ? opened : momentOf(due, opened),
    };
  });
  return subject.kind === 'access' ? reviews.filter(({ by }) => by.id === subject.grantee.id) : reviews;
}
