/** Who can give the review that is owed for what was let through without approvals. */

import { barredPeople, membersOf } from '../domain/approval.ts';
import type { Person, UserId } from '../domain/identity.ts';
import { candidateGates } from '../domain/policy/match.ts';
import type { Policy } from '../domain/policy/model.ts';
import type { Request } from '../domain/request.ts';
import { codeSpan } from '../domain/markdown.ts';
import { known, unknown, type Known } from '../domain/result.ts';
import type { Facts } from '../domain/subject.ts';
import { evaluateOnceUp } from './evaluate.ts';
import { changedFiles, gatherPeople, writersOf } from './facts.ts';
import { roleHolders } from './role-holders.ts';
import type { World } from './world.ts';

export type Reviewers = {
  /** `administrators`: no rule names anybody who could review it. */
  readonly asked: { readonly kind: 'groups'; readonly groups: readonly string[] } | { readonly kind: 'administrators' };
  /** Those who are asked, without whoever can't review it. */
  readonly people: Known<readonly Person[]>;
  /** Whoever had a hand in it, or has the good of it: none of them can look at it for the others. */
  readonly barred: ReadonlySet<UserId>;
};

/**
 * The reviewers under the policy as it stands, read afresh. Unknown where that, or who wrote it, can't be read. A debt must
 * neither bind for ever nor be forgotten with its rule, so where no rule names anybody those who administer the repository
 * are asked: they could put themselves into a rule as well.
 */
export async function reviewersOf(world: World, request: Request, by: UserId): Promise<Reviewers> {
  const evaluation = await evaluateOnceUp(world, request);
  const { policy } = evaluation;
  const facts = await withWriters(world, request, evaluation.facts);
  const barred = new Set([by, ...barredPeople(request, facts).keys()]);
  const groups = policy.kind === 'present' ? reviewGroups(policy.policy, request) : [];
  const asked = groups.length > 0 ? ({ kind: 'groups', groups } as const) : ({ kind: 'administrators' } as const);
  const answer = (people: Known<readonly Person[]>): Reviewers => ({ asked, barred, people });
  if (policy.kind === 'invalid' || policy.kind === 'unreachable')
    return answer(unknown('the policy that says who may review it'));
  if (facts.contributors.kind === 'unknown' && request.subject.kind !== 'access')
    return answer(unknown(`who wrote it: ${facts.contributors.why}`));
  const members =
    policy.kind === 'absent' || asked.kind === 'administrators'
      ? await roleHolders(world, request.repo, 'admin')
      : await membersFor(world, request, policy.policy, facts, asked.groups);
  return answer(members.kind === 'known' ? known(members.value.filter(({ id }) => !barred.has(id))) : members);
}

/** No gate may be left that asks who wrote it, and it has to be known all the same. */
const withWriters = async (world: World, request: Request, facts: Facts): Promise<Facts> =>
  facts.contributors.kind === 'known' ? facts : { ...facts, ...(await writersOf(world, request, facts.pull)) };

async function membersFor(
  world: World,
  request: Request,
  policy: Policy,
  facts: Facts,
  groups: readonly string[],
): Promise<Known<readonly Person[]>> {
  const queries = groups.map((name) => ({ kind: 'group', name }) as const);
  const ask = facts.files.kind === 'unknown' && groups.some((name) => policy.groups.get(name)?.codeowners === true);
  const files = ask ? changedFiles(world, request, facts.pull) : Promise.resolve(facts.files);
  const read = await gatherPeople(world, request.repo, policy, queries, files);
  return membersOf(groups, { ...facts, ...read });
}

/** Who is asked, in words for a sentence. Markdown. */
export const askedWords = (asked: Reviewers['asked']): string =>
  asked.kind === 'groups'
    ? asked.groups.map(codeSpan).join(' or ')
    : 'those who administer the repository, since no rule names anybody any more';

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
