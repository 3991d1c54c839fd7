/** What GitHub showed of one person in a team, stored as the next states of that person's grants of it. */

import type { GrantEvent, Residual, TeamGrant } from '../domain/grant.ts';
import type { Membership } from './ports.ts';
import { storeEvents } from './store-events.ts';
import type { World } from './world.ts';

/** What is left through teams below: GitHub counts their members in, and nobody took them out of those. */
export const residualIn = ({ through }: Membership): Residual | null =>
  through.length === 0 ? null : { role: 'member', source: `membership of ${through.join(' and ')}, below that team` };

/** What is left where another grant of the same team goes on. */
export const STILL_GRANTED: Residual = { role: 'member', source: 'another grant of the same team, which still runs' };

/**
 * Stores the events of several grants at once, and forgets what the person was before when no grant is left. A grant that
 * was approved meanwhile keeps it.
 */
export async function recordMembers(
  world: World,
  grants: readonly TeamGrant[],
  eventFor: (grant: TeamGrant) => GrantEvent | null,
  isOver = false,
): Promise<void> {
  const [first] = grants;
  if (first === undefined) return;
  const { role: team, grantee } = first;
  const known = new Set(grants.map(({ id }) => id));
  await storeEvents(world, grants, eventFor, async () => {
    if (!isOver && !grants.every((grant) => eventFor(grant)?.kind === 'refused')) return null;
    const running = await world.store.teamGrants(team.id, grantee.id);
    if (!running.every(({ id }) => known.has(id))) return null;
    return { teamBaselines: [{ team: team.id, userId: grantee.id, baseline: null }] };
  });
}
