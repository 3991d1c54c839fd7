/** Whose vote counts: who is barred, who is a member, and which of a person's votes is taken. */

import type { Exclusion } from './decision.ts';
import type { Person, UserId } from './identity.ts';
import type { BreakGlass, Escalation, Freeze, Stage } from './policy/model.ts';
import type { Request } from './request.ts';
import { known, unknown, type Known } from './result.ts';
import { commitOf, type Facts, type Subject } from './subject.ts';
import type { Vote } from './vote.ts';

/** The part of a gate or an access rule that says who has to approve. */
export type ApprovalRule = {
  readonly name: string;
  readonly approvals: readonly Stage[];
  readonly selfApproval: boolean;
  readonly reviews: boolean;
  /** Groups whose members hold by a denial what would pass. */
  readonly disapprove: readonly string[];
  readonly freeze: readonly Freeze[];
  readonly escalate: readonly Escalation[];
  readonly breakGlass: BreakGlass | null;
};

/** Everyone who wrote, pushed, asked for or started what is held, with the first reason found for each. */
export function barredPeople(request: Request, facts: Facts): ReadonlyMap<UserId, Exclusion> {
  const writers = facts.contributors.kind === 'known' ? facts.contributors.value.people : [];
  const barred = new Map<UserId, Exclusion>();
  const bar = (why: Exclusion, ids: readonly (UserId | null | undefined)[]): void => {
    for (const id of ids) if (id !== null && id !== undefined && !barred.has(id)) barred.set(id, why);
  };
  bar('author', [facts.pull?.author.id]);
  barBySubject(request.subject, bar);
  bar('pusher', facts.pushers);
  bar('contributor', writers);
  bar('requester', [request.requester?.id]);
  return barred;
}

/** Facts in which nobody is in a group by a lent team: two people who are lent one could keep each other in it. */
export function withoutLent(facts: Facts): Facts {
  const { lent } = facts;
  if (lent === undefined) return facts;
  const members = [...facts.members].map(([name, people]): readonly [string, Known<readonly Person[]>] => {
    const ids = lent.get(name);
    if (ids === undefined || people.kind === 'unknown') return [name, people];
    return [name, known(people.value.filter(({ id }) => !ids.has(id)))];
  });
  return { ...facts, members: new Map(members) };
}

function barBySubject(
  subject: Subject,
  bar: (why: Exclusion, ids: readonly (UserId | null | undefined)[]) => void,
): void {
  switch (subject.kind) {
    case 'merge':
      bar('pusher', subject.pushers);
      return;
    case 'deployment':
      bar('run-actor', [subject.run?.triggeringActor, subject.run?.actor]);
      bar('deployment-creator', [subject.creator]);
      return;
    case 'access':
      bar('requester', [subject.grantee.id]);
      return;
  }
}

/** The members of any of the groups. One group that could not be read makes the whole unknown. */
export function membersOf(groups: readonly string[], facts: Facts): Known<readonly Person[]> {
  const people = new Map<UserId, Person>();
  for (const name of groups) {
    const members = facts.members.get(name);
    if (members === undefined) return unknown(`the group ${name} is not in the policy`);
    if (members.kind === 'unknown') return members;
    for (const person of members.value) people.set(person.id, person);
  }
  return known([...people.values()]);
}

/** Whether a vote was given for this request, and for the commit that waits in it. */
export const isAbout = (vote: Vote, request: Request): boolean =>
  vote.requestId === request.id && vote.head === commitOf(request.subject);

/**
 * One approval a person for this request: the one that can count most widely, so that neither an older comment that was
 * voided nor a review takes the place of one that counts. Among equals the later one.
 */
export function approvalsFor(request: Request, votes: readonly Vote[]): readonly Vote[] {
  const byVoter = new Map<UserId, Vote>();
  for (const vote of votes) {
    if (vote.answer !== 'approve' || vote.requestId !== request.id) continue;
    const before = byVoter.get(vote.voter.id);
    if (before === undefined || worth(vote, request) >= worth(before, request)) byVoter.set(vote.voter.id, vote);
  }
  return [...byVoter.values()];
}

/** How widely an approval can count: not at all, for another commit only, as a review, as a comment. */
function worth(vote: Vote, request: Request): number {
  if (vote.voided !== null) return 0;
  if (!isAbout(vote, request)) return 1;
  return vote.source.kind === 'review' ? 2 : 3;
}

/** Why an approval can't fill a slot of this rule; `null` where it can. */
export function exclusionOf(
  rule: ApprovalRule,
  members: Known<readonly Person[]>,
  vote: Vote,
  request: Request,
  barred: ReadonlyMap<UserId, Exclusion>,
): Exclusion | null {
  if (vote.voided !== null) return 'voided';
  if (!isAbout(vote, request)) return 'other-head';
  if (vote.source.kind === 'review' && !rule.reviews) return 'review-does-not-count';
  const why = barred.get(vote.voter.id);
  if (why !== undefined && !rule.selfApproval) return why;
  const isMember = members.kind === 'known' && members.value.some((person) => person.id === vote.voter.id);
  return isMember ? null : 'not-a-member';
}
