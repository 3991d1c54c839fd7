/** What it means that a rule grants a request at once: whose, when, what is owed for it, and what stands against it. */

import { isAbout, membersOf, withoutLent } from './approval.ts';
import type { OwedReview, RuleNote, RuleReason } from './decision.ts';
import { isTeam } from './grantable.ts';
import { after, type Instant } from './identity.ts';
import type { AccessRule, AutoApprove, Policy } from './policy/model.ts';
import { isOpen, type AccessRequest } from './request.ts';
import type { AccessSubject, Facts } from './subject.ts';
import { isWithin } from './time-window.ts';
import type { Vote } from './vote.ts';

/**
 * The vote that a rule gives itself on a request that was just opened, by which it is granted at once; `null` where it
 * waits for its approvals: outside of the hours, for others, where the group can't be read, and where the requester left
 * a review unpaid for too long. `owed`: the reviews for what this person was let through by.
 */
export function autoApproval(
  policy: Policy,
  request: AccessRequest,
  facts: Facts,
  owed: readonly OwedReview[],
  now: Instant,
): Vote | null {
  const { subject, conversation, requester } = request;
  const auto = policy.access.find((rule) => rule.name === subject.rule)?.autoApprove ?? null;
  if (auto === null || requester?.id !== subject.grantee.id) return null;
  if (mayHave(auto, request, facts, now) !== 'yes' || owed.some((review) => review.due <= now)) return null;
  return {
    requestId: request.id,
    voter: subject.grantee,
    answer: 'auto-approve',
    source: { kind: 'request', id: conversation?.number ?? 0 },
    head: null,
    castAt: now,
    reason: subject.reason,
    due: dueOf(auto, subject, now),
    voided: null,
  };
}

/** By when the review has to be given: what begins later can be looked at only then. */
const dueOf = ({ within }: AutoApprove, { start }: AccessSubject, at: Instant): Instant =>
  after(start !== undefined && start > at ? start : at, within);

/**
 * Whether a request was granted at once, and still would be: the rule, its hours and the group as they are now. What begins
 * later is not given any more where its requester left another review unpaid for too long in between.
 */
export function autoApproved(
  { autoApprove: auto }: AccessRule,
  request: AccessRequest,
  votes: readonly Vote[],
  facts: Facts,
  { owed, now }: { readonly owed: readonly OwedReview[]; readonly now: Instant },
): Extract<RuleReason, { kind: 'auto-approved' }> | null {
  if (auto === null) return null;
  const vote = votes.find((one) => one.answer === 'auto-approve' && one.voided === null && isAbout(one, request));
  if (vote === undefined || mayHave(auto, request, facts, vote.castAt) !== 'yes') return null;
  if (request.subject.start !== undefined && isOpen(request) && overdueBeside(request, owed, now).length > 0)
    return null;
  const due = vote.due ?? dueOf(auto, request.subject, vote.castAt);
  return { kind: 'auto-approved', by: vote.voter, hours: hoursWords(auto), review: auto.review, due };
}

/** What is overdue for other requests. */
const overdueBeside = ({ id }: AccessRequest, owed: readonly OwedReview[], now: Instant): readonly OwedReview[] =>
  owed.filter((review) => review.due <= now && review.requestId !== id);

/** Whose requests are granted at once, and what kept this one from it. */
export function autoNotes(
  policy: Policy,
  { autoApprove: auto }: AccessRule,
  request: AccessRequest,
  facts: Facts,
  owed: readonly OwedReview[],
  now: Instant,
): readonly RuleNote[] {
  if (auto === null) return [];
  const may = mayHave(auto, request, facts, request.openedAt);
  const reviews = overdueBeside(request, owed, now);
  const notes: readonly RuleNote[] = [{ kind: 'auto-approve', by: auto.requesters, hours: hoursWords(auto) }];
  if (may === 'yes' && reviews.length > 0) {
    const rules = policy.access.filter(({ name }) => reviews.some(({ rule }) => rule === name));
    const to = [...new Set(rules.flatMap(({ autoApprove }) => autoApprove?.review ?? []))];
    return [{ kind: 'auto-approve-blocked', reviews, to }];
  }
  return typeof may === 'string' ? notes : [{ kind: 'auto-approve-unread', why: may.why }];
}

/** Whether the hours are right at that time, and when the access begins if that is later; and the person is one of those. */
function mayHave(
  auto: AutoApprove,
  { subject }: AccessRequest,
  facts: Facts,
  at: Instant,
): 'yes' | 'no' | { readonly why: string } {
  const times = subject.start === undefined ? [at] : [at, subject.start];
  if (times.some((time) => isWithin(auto.hours.window, time) !== (auto.hours.side === 'inside'))) return 'no';
  // Who is lent a team does not stay in one by that.
  const members = membersOf(auto.requesters, isTeam(subject.role) ? withoutLent(facts) : facts);
  if (members.kind === 'unknown') return { why: members.why };
  return members.value.some((person) => person.id === subject.grantee.id) ? 'yes' : 'no';
}

const hoursWords = ({ hours }: AutoApprove): string => `${hours.side} ${hours.text} (${hours.window.zone})`;
