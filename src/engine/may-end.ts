/** Who, besides the person who has it, may end access before its time? */

import { membersOf } from '../domain/approval.ts';
import type { Person, UserId } from '../domain/identity.ts';
import type { AccessRule } from '../domain/policy/model.ts';
import type { AccessRequest } from '../domain/request.ts';
import type { Known } from '../domain/result.ts';
import { evaluateOnceUp, type Evaluation } from './evaluate.ts';
import { reviewersOf } from './reviewers.ts';
import { roleHolders } from './role-holders.ts';
import type { World } from './world.ts';

/**
 * Whom its rule asks to approve, though it would give the person nothing more by now. Where the rule is gone those who
 * administer the repository: access must not outlive everyone who can end it. Whoever owes the look at what was granted
 * at once can end it, too, when it turns out wrong.
 */
export async function mayEnd(world: World, request: AccessRequest, id: UserId): Promise<boolean> {
  const evaluation = await evaluateOnceUp(world, request);
  const rule = ruleOf(evaluation, request);
  if (rule === null) return has(await roleHolders(world, request.repo, 'admin'), id);
  const groups = [...new Set(rule.approvals.flatMap(({ from }) => from))];
  if (groups.some((group) => has(membersOf([group], evaluation.facts), id))) return true;
  const atOnce = evaluation.votes.some(({ answer, voided }) => answer === 'auto-approve' && voided === null);
  return atOnce && has((await reviewersOf(world, request, request.subject.grantee.id)).people, id);
}

const ruleOf = ({ policy }: Evaluation, { subject }: AccessRequest): AccessRule | null =>
  (policy.kind === 'present' ? policy.policy.access.find(({ name }) => name === subject.rule) : undefined) ?? null;

const has = (people: Known<readonly Person[]>, id: UserId): boolean =>
  people.kind === 'known' && people.value.some((person) => person.id === id);
