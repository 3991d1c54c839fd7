/** Which access rule a request falls under, or in words why none lets it through. */

import type { ReasonRefusal } from '../domain/access-reason.ts';
import { formatDuration } from '../domain/duration.ts';
import { grantableName, teamWord, type Grantable } from '../domain/grantable.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { codeSpan, escapeMarkdown, escapeWords } from '../domain/markdown.ts';
import { factsToAsk } from '../domain/policy/facts.ts';
import { accessRuleFor, type AccessRefusal, type Ask } from '../domain/policy/match.ts';
import type { AccessRule, Policy } from '../domain/policy/model.ts';
import { roleIn } from '../domain/policy/roles.ts';
import type { PolicyState } from '../domain/policy/state.ts';
import { ok, refused, type Result } from '../domain/result.ts';
import { ROLES, roleName } from '../domain/role.ts';
import { offeredNames } from '../domain/policy/offers.ts';
import { gatherPeople } from './facts.ts';
import { onceUp } from './policy.ts';
import { notAllowedWords } from './team-words.ts';
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
): Result<{ readonly policy: Policy; readonly role: Grantable }, string> {
  if (!policy.ok) return policy;
  const role = roleIn(policy.value, word);
  if (role !== null) return ok({ policy: policy.value, role });
  const roles = [...ROLES, ...policy.value.customRoles.values()].map((each) => codeSpan(roleName(each)));
  const teams = offeredNames(policy.value.access).filter((name) => name.startsWith(teamWord('')));
  const andTeams = teams.length === 0 ? '' : ` Membership of a team is asked for as ${teams.map(codeSpan).join(', ')}.`;
  return refused(`${codeSpan(word)} is not a role. The roles are ${roles.join(', ')}.${andTeams}`);
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
  return found.ok ? ok(found.value.rule) : refused(refusalWords(found.error, role, repo, requester));
}

/** Why no access rule fits, in words for the person who asked. Markdown. */
export function refusalWords(error: AccessRefusal, role: Grantable, repo: RepoRef, requester: Person): string {
  const what = codeSpan(grantableName(role));
  switch (error.kind) {
    case 'no-access-rules':
      return `The policy of ${repoName(repo)} has no access rules, so nobody can be given a role through this app.`;
    case 'role-not-offered':
      return `No access rule of ${repoName(repo)} offers ${what}. On offer: ${error.offered.map(codeSpan).join(', ')}.`;
    case 'team-not-allowed':
      return notAllowedWords(error.team, repo.owner);
    case 'not-a-requester':
      return `${codeSpan(requester.login)} may not ask for ${what} on ${repoName(repo)}: the policy lets ${error.requesters.map(codeSpan).join(', ')} ask.`;
    case 'too-long':
      return `That is too long: ${what} on ${repoName(repo)} is given for ${formatDuration(error.longest)} at most.`;
    case 'too-far-ahead':
      return `That begins too far ahead: ${what} on ${repoName(repo)} can be asked for ${formatDuration(error.furthest)} before it begins, at the earliest.`;
    case 'membership-unknown':
      return `Whether ${codeSpan(requester.login)} may ask could not be told, so nothing was opened: the group ${codeSpan(error.group)} can't be read (${escapeWords(error.why)}).`;
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
