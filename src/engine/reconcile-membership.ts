/** Takes one person into a team and out of it until GitHub shows what the person's grants of that team say. */

import type { TeamRole } from '../domain/grantable.ts';
import { isLive, type GrantEvent, type TeamGrant } from '../domain/grant.ts';
import type { UserId } from '../domain/identity.ts';
import { endThoseDue } from './end-grant.ts';
import { giveMembership } from './give-membership.ts';
import { recordMembers } from './record-members.ts';
import { takeMembership } from './take-membership.ts';
import { homeOf } from './team-home.ts';
import type { World } from './world.ts';

/**
 * Can be run at any time and any number of times. What the person was in the team before the first running grant is
 * stored before anything is given. Throws while GitHub does not show the result: the job's retry and the sweep go on.
 */
export async function reconcileMembership(world: World, team: TeamRole, userId: UserId): Promise<void> {
  await endThoseDue(world, await world.store.teamGrants(team.id, userId));
  const grants = await world.store.teamGrants(team.id, userId);
  if (grants.length === 0) return;
  const home = await homeOf(world, team);
  const person = home === null ? null : await world.github.userById(home.installation, userId);
  if (home === null || person === null) {
    await nothingLeft(world, grants, home === null ? 'the team does not exist any more' : 'the account is gone');
    return;
  }
  const joining = { home, person, grants };
  if (grants.some(isLive)) await giveMembership(world, joining);
  else await takeMembership(world, joining);
}

/** Without the team, or without the account, nobody is a member. */
async function nothingLeft(world: World, grants: readonly TeamGrant[], why: string): Promise<void> {
  const over = (grant: TeamGrant): GrantEvent => {
    if (grant.state === 'ending') return { kind: 'removed', residual: null };
    return grant.state === 'applying' ? { kind: 'refused', why } : { kind: 'end', reason: 'revoked' };
  };
  await recordMembers(world, grants, over);
}
