/** Who of the groups that may hold what would pass does so. */

import { isAbout, membersOf, type ApprovalRule } from './approval.ts';
import type { HoldNote } from './decision.ts';
import type { Request } from './request.ts';
import { known, unknown, type Known } from './result.ts';
import type { Facts } from './subject.ts';
import type { Vote } from './vote.ts';

/**
 * Those of the disapproving groups whose last word on this request is no, by when it was said: webhooks come in any order.
 * A review that the rule does not count is no word. Where a group could not be read, a denial that may have come from it
 * holds.
 */
export function disapprovals(
  rule: ApprovalRule,
  request: Request,
  votes: readonly Vote[],
  facts: Facts,
): Known<readonly HoldNote[]> {
  const last = new Map(
    votes
      .filter(({ answer }) => answer === 'approve' || answer === 'deny')
      .filter((vote) => vote.voided === null && isAbout(vote, request))
      .filter(({ source }) => rule.reviews || source.kind !== 'review')
      .toSorted((a, b) => a.castAt - b.castAt)
      .map((vote) => [vote.voter.id, vote]),
  );
  const denials = [...last.values()].filter((vote) => vote.answer === 'deny');
  if (rule.disapprove.length === 0 || denials.length === 0) return known([]);
  const members = membersOf(rule.disapprove, facts);
  if (members.kind === 'unknown') return unknown(`whether the denial counts: ${members.why}`);
  const may = new Set(members.value.map((person) => person.id));
  return known(
    denials
      .filter((vote) => may.has(vote.voter.id))
      .map((vote) => ({ kind: 'disapproved', by: vote.voter, words: vote.reason })),
  );
}
