/** Who can give the review that is owed for what was let through without approvals. */

import { barredPeople, membersOf } from '../domain/approval.ts';
import type { Person, UserId } from '../domain/identity.ts';
import { candidateGates } from '../domain/policy/match.ts';
import type { Policy } from '../domain/policy/model.ts';
import type { Request } from '../domain/request.ts';
import { known, unknown, type Known } from '../domain/result.ts';
import { evaluate } from './evaluate.ts';
import { gatherPeople } from './facts.ts';
import type { World } from './world.ts';

export type Reviewers = {
  readonly groups: readonly string[];
  /** The members of the groups, those who can't review it left out. */
  readonly people: Known<readonly Person[]>;
  /** Whoever had a hand in it, or has the good of it: none of them can look at it for the others. */
  readonly barred: ReadonlySet<UserId>;
};

/** The reviewers under the policy as it stands, read afresh. Unknown where that, or who wrote it, can't be read. */
export async function reviewersOf(world: World, request: Request, by: UserId): Promise<Reviewers> {
  const { policy, facts } = await evaluate(world, request);
  const barred = new Set([by, ...barredPeople(request, facts).keys()]);
  if (policy.kind !== 'present')
    return { groups: [], barred, people: unknown('the policy that says who may review it') };
  const groups = reviewGroups(policy.policy, request);
  if (facts.contributors.kind === 'unknown' && request.subject.kind !== 'access')
    return { groups, barred, people: unknown(`who wrote it: ${facts.contributors.why}`) };
  const queries = groups.map((name) => ({ kind: 'group', name }) as const);
  const read = await gatherPeople(world, request.repo, policy.policy, queries, Promise.resolve(facts.files));
  const members = membersOf(groups, { ...facts, ...read });
  const people = members.kind === 'known' ? known(members.value.filter(({ id }) => !barred.has(id))) : members;
  return { groups, barred, people };
}

/**
 * Whom the rules name by which it was let through. Where these are gone, whom any rule of the policy names: what is owed
 * must not bind for ever.
 */
function reviewGroups({ gates, access, ...policy }: Policy, { subject }: Request): readonly string[] {
  const own =
    subject.kind === 'access'
      ? access.filter(({ name }) => name === subject.rule).flatMap(({ autoApprove }) => autoApprove?.review ?? [])
      : candidateGates({ ...policy, gates, access }, subject).flatMap(({ breakGlass }) => breakGlass?.review ?? []);
  if (own.length > 0) return [...new Set(own)];
  const any = [
    ...gates.flatMap(({ breakGlass }) => breakGlass?.review ?? []),
    ...access.flatMap(({ autoApprove }) => autoApprove?.review ?? []),
  ];
  return [...new Set(any)];
}
