/** What does somebody ask for: a role, or membership of a team that can be given? */

import { teamIn, type Grantable, type TeamRole } from '../domain/grantable.ts';
import { isLive } from '../domain/grant.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { codeSpan, escapeWords } from '../domain/markdown.ts';
import { notOffered } from '../domain/policy/match.ts';
import type { Policy } from '../domain/policy/model.ts';
import { offeredTeam } from '../domain/policy/offers.ts';
import { ok, refused, type Result } from '../domain/result.ts';
import { refusalWords, roleUnder } from './access-rule.ts';
import { teamMeant } from './teams.ts';
import { alreadyIn, notInOrganisation } from './team-words.ts';
import type { World } from './world.ts';

/** What a word means under a policy. A team is known by its number from here on, and only looked for where it is offered. */
export async function askedUnder(
  world: World,
  policy: Result<Policy, string>,
  repo: RepoRef,
  requester: Person,
  word: string,
): Promise<Result<{ readonly policy: Policy; readonly role: Grantable }, string>> {
  const slug = teamIn(word);
  if (slug === null || !policy.ok) return roleUnder(policy, word);
  const named = offeredTeam(policy.value, slug);
  if (named === null) {
    const role: TeamRole = { team: slug, id: 0, org: 0 };
    return refused(refusalWords(notOffered(policy.value, role), role, repo, requester));
  }
  const meant = await teamMeant(world, repo, named);
  if (meant.kind === 'known') return ok({ policy: policy.value, role: meant.value });
  return refused(`Membership of ${codeSpan(slug)} can't be given: ${escapeWords(meant.why)}.`);
}

/**
 * Words for somebody who can't be taken into the team, as Markdown; `null` where it would be something new. What a grant
 * gives that was asked for under another repository does not count: the person stays until the last of them is over.
 */
export async function keptOut(world: World, repo: RepoRef, person: Person, team: TeamRole): Promise<string | null> {
  const { installationId, owner } = repo;
  if ((await world.github.orgMembership(installationId, owner, person)) === null)
    return notInOrganisation(person, owner);
  const { place, through } = await world.github.membership(installationId, owner, team.team, person);
  if (place === null) return through.length === 0 ? null : alreadyIn(person, team, through);
  const [grants, before] = await Promise.all([
    world.store.teamGrants(team.id, person.id),
    world.store.teamBaseline(team.id, person.id),
  ]);
  const live = grants.filter(isLive);
  const lentElsewhere = before?.role === null && live.length > 0 && live.every((grant) => grant.repo.id !== repo.id);
  return lentElsewhere ? null : alreadyIn(person, team, []);
}
