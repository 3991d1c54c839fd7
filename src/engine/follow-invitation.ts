/** What has become of the invitation that a person from outside has to accept before the granted role is there? */

import type { Baseline, RoleGrant } from '../domain/grant.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { includesRole, isSameRole, type NamedRole } from '../domain/role.ts';
import { giveRoleTo, takeRoleFrom } from './change-role.ts';
import { GitHubUnavailable, type Access, type Invitation } from './ports.ts';
import { record, residualOf, shows } from './record-grants.ts';
import type { World } from './world.ts';

/** How it stands: what was there before, which role the live grants give, and what GitHub showed just now. */
export type Standing = { readonly baseline: Baseline; readonly role: NamedRole; readonly access: Access };

/** The role is not there yet: waits for an open invitation, or gives up one that is gone. */
export async function followInvitation(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  standing: Standing,
): Promise<void> {
  const own = await invitationsOf(world, repo, person);
  if (own.some(({ expired }) => !expired)) return;
  if (grants.some(({ state }) => state === 'invited')) await giveUp(world, repo, person, grants, standing, own);
}

const invitationsOf = async (world: World, repo: RepoRef, { id }: Person): Promise<readonly Invitation[]> =>
  (await world.github.invitations(repo)).filter(({ invitee }) => invitee === id);

/**
 * A grant that ended takes its part of the offer with it. An invitation that is still open shows that nobody has more.
 * Returns whether that was so, and then nothing else is to be done.
 */
export async function lowerInvitation(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  { role, access }: Standing,
): Promise<boolean> {
  if (!grants.some(({ state }) => state === 'ending')) return false;
  const open = (await invitationsOf(world, repo, person)).filter(({ expired }) => !expired);
  if (open.length === 0) {
    await nothingAccepted(world, repo, person);
    return false;
  }
  // GitHub shows an invitation to a custom role as one to what that builds on.
  const disguised = grants.some(
    (grant) => grant.state === 'ending' && typeof grant.role === 'object' && !isSameRole(grant.role, role.role),
  );
  const tooMuch = open.filter((invitation) => disguised || !includesRole(role.role, invitation.role));
  for (const invitation of tooMuch) await world.github.deleteInvitation(repo, invitation.id);
  if (tooMuch.length > 0) {
    const answer = await giveRoleTo(world, repo, person, role.name);
    if (answer.kind !== 'invited') {
      throw new GitHubUnavailable(`the invitation of ${person.id} to ${repo.id} is looked at again`, null);
    }
  }
  await record(world, repo, grants, (grant) =>
    grant.state === 'ending' ? { kind: 'removed', residual: residualOf(access) } : null,
  );
  return true;
}

/**
 * What a grant that ended had offered can have been accepted between the look at the role and the one at the
 * invitations. So the role is read again, and taken where GitHub shows none: it can show late what was accepted.
 */
async function nothingAccepted(world: World, repo: RepoRef, person: Person): Promise<void> {
  const { direct } = await world.github.access(repo, person);
  if (direct !== null) {
    throw new GitHubUnavailable(`the role of ${person.id} on ${repo.id} is looked at again`, null);
  }
  await takeRoleFrom(world, repo, person);
}

/**
 * An invitation that is gone without the role being there was declined, withdrawn or ran out. Or it was accepted just
 * now, and GitHub shows the one and not yet the other: so nothing is left of it before the grant counts as failed.
 */
async function giveUp(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  { baseline, role }: Standing,
  expired: readonly Invitation[],
): Promise<void> {
  const now = await world.github.access(repo, person);
  if (shows(now, role.role)) {
    throw new GitHubUnavailable(`the invitation of ${person.id} to ${repo.id} was accepted meanwhile`, null);
  }
  for (const invitation of expired) await world.github.deleteInvitation(repo, invitation.id);
  if (baseline.role === null && grants.every(({ state }) => state === 'invited' || state === 'ending')) {
    await takeRoleFrom(world, repo, person);
  }
  await record(world, repo, grants, (grant) =>
    grant.state === 'invited' ? { kind: 'refused', why: 'the invitation was declined or ran out' } : null,
  );
}
