/** Takes a person's role back when the last of the grants on a repository is over, and gives back what was there before. */

import type { Baseline, RoleGrant } from '../domain/grant.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { compareRoles, includesRole, namedRole, type NamedRole } from '../domain/role.ts';
import { giveRoleTo, takeRoleFrom } from './change-role.ts';
import { GitHubUnavailable, type Access, type Invitation } from './ports.ts';
import { baselineRole, record, residualOf, settled } from './record-grants.ts';
import { mustBeSame } from './same-grants.ts';
import type { World } from './world.ts';

/** Throws while GitHub still shows the role or an invitation. */
export async function takeBack(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
): Promise<void> {
  const baseline = await world.store.baseline(repo.id, person.id);
  if (baseline === null) {
    // It is stored before anything is given. So nothing was: what the person has is the person's own.
    const own = await world.github.access(repo, person);
    await record(world, repo, grants, (grant) => settled(grant, residualOf(own)));
    return;
  }
  for (const { id } of await ownInvitations(world, repo, person, grants)) await world.github.deleteInvitation(repo, id);
  const target = leftWith(baseline, grants);
  const before = await world.github.access(repo, person);
  // Where sources are not told, a role that is still listed can be a team's: only no direct role at all proves anything.
  const lowered = before.exact ? target : null;
  // What a grant gives that began meanwhile is not ours to take.
  mustBeSame(person, grants, await world.store.runningGrants(repo.id, person.id));
  await lower(world, repo, person, lowered, before);
  const left = await world.github.access(repo, person);
  if (left.direct !== null && !includesRole(lowered?.role ?? null, left.direct.role)) {
    throw new GitHubUnavailable(
      `the role of ${person.id} on ${repo.id} was taken back but GitHub still shows ${left.direct.name}`,
      null,
    );
  }
  if (lowered !== target && target !== null && before.direct !== null) await giveBack(world, repo, person, target.name);
  const stillInvited = await ownInvitations(world, repo, person, grants);
  if (stillInvited.length > 0)
    throw new GitHubUnavailable(`the invitation of ${person.id} to ${repo.id} is still there`, null);
  await record(world, repo, grants, (grant) => settled(grant, residualOf(left)), true);
}

/** Invitations that grants brought about. One that a person made, and that no grant has taken over, is not ours to delete. */
export async function ownInvitations(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
): Promise<readonly Invitation[]> {
  const known = new Set(grants.map(({ invitationId }) => invitationId));
  return (await world.github.invitations(repo)).filter(
    ({ id, invitee, byPerson }) => invitee === person.id && (known.has(id) || !byPerson),
  );
}

/** What the direct role is to be once every grant is over. */
export function leftWith(baseline: Baseline, grants: readonly RoleGrant[]): NamedRole | null {
  const leavesRead = grants.some((grant) => grant.onExpiry === 'lower-to-read' && grant.invitationId === null);
  return baselineRole(baseline) ?? (leavesRead ? namedRole('pull') : null);
}

/**
 * Brings the direct role down to `target`. It is done even where GitHub shows nothing to do, since it can show late what
 * was given or accepted a moment ago. A role that somebody took or lowered by hand is not given again.
 */
async function lower(
  world: World,
  repo: RepoRef,
  person: Person,
  target: NamedRole | null,
  { direct }: Access,
): Promise<void> {
  if (target === null) {
    await takeRoleFrom(world, repo, person);
    return;
  }
  if (direct === null || compareRoles(direct.role, target.role) === 'less') return;
  await giveBack(world, repo, person, target.name);
}

async function giveBack(world: World, repo: RepoRef, person: Person, target: string): Promise<void> {
  const answer = await giveRoleTo(world, repo, person, target);
  if (answer.kind !== 'refused') return;
  // A custom role that was deleted, or one below a base role that was raised meanwhile, can't be restored for ever.
  world.log.error(
    { repo: repo.id, person: person.id, role: target, why: answer.why },
    'GitHub refused to restore the role that the person had before: the granted one is taken, restore it by hand',
  );
  await takeRoleFrom(world, repo, person);
}
