/** Takes a person out of a team when the last of the grants of it is over, unless the person was in it before. */

import type { Residual } from '../domain/grant.ts';
import { GitHubUnavailable, type Membership } from './ports.ts';
import { recordMembers, residualIn } from './record-members.ts';
import { isSame, mustBeSame, overtaken } from './same-grants.ts';
import { lookAt, takeIn, takeOut, type Joining } from './team-home.ts';
import type { World } from './world.ts';

/** Throws while GitHub still shows the person in the very team. What comes through teams below it is told. */
export async function takeMembership(world: World, joining: Joining): Promise<void> {
  const { home, person, grants } = joining;
  const baseline = await world.store.teamBaseline(home.team.id, person.id);
  // It is stored before anything is given. Without it nothing was, and who was in the team before stays in it.
  const seen = baseline?.role === null ? await takenOut(world, joining) : await lookAt(world, home, person);
  const residual = own(seen) ?? residualIn(seen);
  await recordMembers(world, grants, ({ state }) => (state === 'ending' ? { kind: 'removed', residual } : null));
}

/** What is the person's own. */
const own = ({ place }: Membership): Residual | null =>
  place === null ? null : { role: place, source: 'membership that no grant gave' };

async function takenOut(world: World, { home, person, grants }: Joining): Promise<Membership> {
  // What a grant gives that began meanwhile is not ours to take.
  mustBeSame(person, grants, await world.store.teamGrants(home.team.id, person.id));
  // It is done even where GitHub shows nothing to do, since it can show late who was taken in a moment ago.
  await takeOut(world, home, person);
  const now = await world.store.teamGrants(home.team.id, person.id);
  if (!isSame(grants, now)) {
    // Others went on while this process stood still, and what they gave is gone.
    if (now.some(({ state }) => state === 'active')) await takeIn(world, home, person);
    throw overtaken(person);
  }
  const left = await lookAt(world, home, person);
  if (left.place === null) return left;
  const how = left.exact ? 'still shows it' : 'does not tell whether that is through a team below';
  throw new GitHubUnavailable(`${person.id} was taken out of the team ${home.team.id}, and GitHub ${how}`, null);
}
