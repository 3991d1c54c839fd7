/** Which access rule a request falls under, or in words why none lets it through. */

import type { ReasonRefusal } from '../domain/access-reason.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { codeSpan, escapeMarkdown, escapeWords } from '../domain/markdown.ts';
import { factsToAsk } from '../domain/policy/facts.ts';
import { accessRuleFor, type Ask } from '../domain/policy/match.ts';
import type { AccessRule, Policy } from '../domain/policy/model.ts';
import { roleIn } from '../domain/policy/roles.ts';
import type { PolicyState } from '../domain/policy/state.ts';
import { ok, refused, type Result } from '../domain/result.ts';
import { roleName, ROLES, type Role } from '../domain/role.ts';
import { gatherPeople } from './facts.ts';
import { onceUp } from './policy.ts';
import type { World } from './world.ts';

/** The policy that decides, or why there is none to decide by. Throws while it can't be reached. */
export function policyOf(state: PolicyState, repo: RepoRef): Result<Policy, string> {
  switch (state.kind) {
    case 'present':
      return ok(state.policy);
    case 'absent':
      return refused(
        `${repoName(repo)} has no policy, so nobody can be given access through this app. Add a file \`.jit-policy.yml\` to its default branch; \`jit-gate init\` writes one to start from.`,
      );
    case 'invalid':
      return refused(
        [
          `The policy of ${repoName(repo)} has errors, so nothing can be granted until it is repaired:`,
          '',
          ...state.findings
            .slice(0, 10)
            .map(
              (finding) =>
                `- ${codeSpan(`${state.path}:${finding.line}:${finding.column}`)} ${escapeMarkdown(finding.message)}`,
            ),
        ].join('\n'),
      );
    case 'unreachable':
      onceUp(state);
      return refused(
        `GitHub does not let the app read the policy of ${repoName(repo)}: ${escapeMarkdown(state.why)}. Ask anew when that is repaired.`,
      );
  }
}

/** The role that was typed, as the policy knows it, or why there is none. */
export function roleUnder(
  policy: Result<Policy, string>,
  word: string,
): Result<{ readonly policy: Policy; readonly role: Role }, string> {
  if (!policy.ok) return policy;
  const role = roleIn(policy.value, word);
  if (role !== null) return ok({ policy: policy.value, role });
  const roles = [...ROLES, ...policy.value.customRoles.values()].map((each) => codeSpan(roleName(each)));
  return refused(`${codeSpan(word)} is not a role. The roles are ${roles.join(', ')}.`);
}

/** The first rule that fits; who may ask is read from GitHub for the rules that offer the role. */
export async function ruleFor(
  world: World,
  policy: Policy,
  repo: RepoRef,
  requester: Person,
  { role, duration, ahead }: Pick<Ask, 'role' | 'duration' | 'ahead'>,
): Promise<Result<AccessRule, string>> {
  const { members } = await gatherPeople(world, repo, policy, factsToAsk(policy, role));
  const found = accessRuleFor(policy, { role, duration, ahead, requester: requester.id, members });
  if (found.ok) return ok(found.value.rule);
  const { error } = found;
  switch (error.kind) {
    case 'no-access-rules':
      return refused(
        `The policy of ${repoName(repo)} has no access rules, so nobody can be given a role through this app.`,
      );
    case 'role-not-offered':
      return refused(
        `No access rule of ${repoName(repo)} offers ${codeSpan(roleName(role))}. On offer: ${error.offered.map((each) => codeSpan(roleName(each))).join(', ')}.`,
      );
    case 'not-a-requester':
      return refused(
        `${codeSpan(requester.login)} may not ask for ${codeSpan(roleName(role))} on ${repoName(repo)}: the policy lets ${error.requesters.map(codeSpan).join(', ')} ask.`,
      );
    case 'too-long':
      return refused(
        `That is too long: ${codeSpan(roleName(role))} on ${repoName(repo)} is given for ${formatDuration(error.longest)} at most.`,
      );
    case 'too-far-ahead':
      return refused(
        `That begins too far ahead: ${codeSpan(roleName(role))} on ${repoName(repo)} can be asked for ${formatDuration(error.furthest)} before it begins, at the earliest.`,
      );
    case 'membership-unknown':
      return refused(
        `Whether ${codeSpan(requester.login)} may ask could not be told, so nothing was opened: the group ${codeSpan(error.group)} can't be read (${escapeWords(error.why)}).`,
      );
  }
}

/** Why a reason does not do, in words for the person who gave it. Markdown. */
export function reasonWords(rule: AccessRule, refusal: ReasonRefusal): string {
  switch (refusal.kind) {
    case 'reason-missing':
      return 'A reason is needed: it is shown to those who approve and kept in the audit log.';
    case 'reason-too-short':
      return `The reason has ${refusal.length} characters; the rule ${codeSpan(rule.name)} asks for at least ${refusal.least}.`;
    case 'ticket-missing':
      return `The rule ${codeSpan(rule.name)} asks for a ticket like ${codeSpan(refusal.like)}.`;
  }
}

/** A repository's name for a sentence, in Markdown. */
export const repoName = (repo: RepoRef): string => codeSpan(`${repo.owner}/${repo.name}`);
