/** What it means to break the glass: who may let something through at once, and what is owed for it. */

import { isAbout, membersOf, type ApprovalRule } from './approval.ts';
import type { OwedReview, RuleNote, RuleReason } from './decision.ts';
import { after, type Instant } from './identity.ts';
import type { Request } from './request.ts';
import type { Facts } from './subject.ts';
import type { Vote } from './vote.ts';

/** The emergency that lets this rule's request through; `null` where there is none. A group that can't be read lets nobody. */
export function glassBroken(
  rule: ApprovalRule,
  request: Request,
  votes: readonly Vote[],
  facts: Facts,
): Extract<RuleReason, { kind: 'glass-broken' }> | null {
  const { breakGlass } = rule;
  if (breakGlass === null) return null;
  const may = membersOf(breakGlass.by, facts);
  if (may.kind === 'unknown') return null;
  const vote = votes.find(
    (one) =>
      one.answer === 'break-glass' &&
      one.voided === null &&
      isAbout(one, request) &&
      may.value.some((person) => person.id === one.voter.id),
  );
  if (vote === undefined) return null;
  const due = vote.due ?? after(vote.castAt, breakGlass.within);
  return { kind: 'glass-broken', by: vote.voter, words: vote.reason, review: breakGlass.review, due };
}

/** Who may break the glass, or what is owed before anybody can again. */
export function glassNotes(rule: ApprovalRule, owed: readonly OwedReview[], now: Instant): readonly RuleNote[] {
  const { breakGlass } = rule;
  if (breakGlass === null) return [];
  if (owed.length === 0) return [{ kind: 'break-glass', by: breakGlass.by }];
  const overdue = owed.some((review) => review.due <= now);
  return [{ kind: 'reviews-owed', reviews: owed, to: breakGlass.review, overdue }];
}
