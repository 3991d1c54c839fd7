/** Notices that somebody changed a person's membership of a team by hand while a grant of it runs. */

import type { DomainEvent } from '../domain/event.ts';
import { isTeamGrant, type TeamGrant, type TeamPlace } from '../domain/grant.ts';
import { endForDrift, LOOK_EVERY, recordDrift, type Sign } from './drift.ts';
import { workOn } from './move-grant.ts';
import type { Membership } from './ports.ts';
import { homeOf, lookAt, type Home } from './team-home.ts';
import type { World } from './world.ts';

type Changed = Extract<DomainEvent, { kind: 'membership-changed' }>;

/** The grants of each person for each team, together, from whichever repositories they come. */
export const byMember = (grants: readonly TeamGrant[]): readonly (readonly TeamGrant[])[] => [
  ...Map.groupBy(grants, ({ role, grantee }) => `${role.id}:${grantee.id}`).values(),
];

/** Somebody came into a team or left it, or left the organisation, or the team itself was changed or deleted. */
export async function membershipsMayDiffer(world: World, { team, person, change, by }: Changed): Promise<void> {
  if (team === null && person === null) return;
  const running = (await world.store.allRunningGrants())
    .filter(isTeamGrant)
    .filter(({ role, grantee }) => (team ?? role.id) === role.id && (person?.id ?? grantee.id) === grantee.id);
  for (const grants of byMember(running)) {
    await lookForDriftIn(world, grants, { change, by });
    await world.store.commit({ effects: grants.slice(0, 1).map(workOn) });
  }
}

/** Holds running grants of one person for one team against what GitHub shows: webhooks get lost. */
export async function lookForMembershipDrift(world: World, grants: readonly TeamGrant[]): Promise<void> {
  const [first] = grants;
  if (first === undefined || grants.some(({ state }) => state !== 'active')) return;
  const key = `drift-looked:team:${first.role.id}:${first.grantee.id}`;
  const [looked, now] = await Promise.all([world.store.surface(key), world.store.now()]);
  if (looked !== null && now - looked.shownAt < LOOK_EVERY) return;
  await lookForDriftIn(world, grants, { change: 'found-by-the-sweep', by: null });
  await world.store.saveSurface({ key, githubId: null, digest: '' });
}

async function lookForDriftIn(world: World, grants: readonly TeamGrant[], sign: Sign): Promise<void> {
  const [first] = grants;
  if (first === undefined || grants.every(({ state }) => state !== 'active')) return;
  const home = await homeOf(world, first.role);
  const person = home === null ? null : await world.github.userById(home.installation, first.grantee.id);
  if (home === null || person === null) {
    // Without the team or the account nothing is left: the work that is asked for ends the grants.
    await world.store.commit({ reminders: [workOn(first)] });
    return;
  }
  const seen = await lookAt(world, home, person);
  const expected = await expectedPlace(world, home, first, seen.place);
  await noteDrift(world, grants, seen, expected, sign);
}

/**
 * Records that a person is not in the team as running grants say, once for each way in which it is so, and ends the
 * grants whose rule says so. Who is not in it at all any more loses them in any case: nobody is taken in again.
 */
async function noteDrift(
  world: World,
  grants: readonly TeamGrant[],
  { place, exact }: Membership,
  expected: TeamPlace,
  { change, by }: Sign,
): Promise<void> {
  const active = grants.filter(({ state }) => state === 'active');
  const [first] = active;
  if (first === undefined) return;
  const settled = active.length === grants.length;
  const gone = place === null && (settled || change === 'removed');
  // While a grant begins or ends, the membership is on its way, and not changed by hand.
  if (!gone && !settled) return;
  const asGranted = !gone && (place === expected || !exact);
  const key = `drift:team:${first.role.id}:${first.grantee.id}`;
  await recordDrift(world, key, active, asGranted ? null : { change, found: place, expected }, by);
  if (!asGranted) await endForDrift(world, active, gone, by);
}

/** What the person has to be in the team. GitHub makes whoever owns the organisation a maintainer of every team. */
async function expectedPlace(
  world: World,
  home: Home,
  { role, grantee }: TeamGrant,
  found: TeamPlace,
): Promise<TeamPlace> {
  const before = await world.store.teamBaseline(role.id, grantee.id);
  const expected = before?.role ?? 'member';
  if (found !== 'maintainer' || expected === found) return expected;
  const inOrganisation = await world.github.orgMembership(home.installation, home.org, grantee);
  return inOrganisation === 'admin' ? 'maintainer' : expected;
}
