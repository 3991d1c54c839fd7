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
 * Stores the events of several grants at once, and forgets what the person was before when no grant is left. The store
 * keeps it for a grant that was approved meanwhile.
 */
export async function recordMembers(
  world: World,
  grants: readonly TeamGrant[],
  eventFor: (grant: TeamGrant) => GrantEvent | null,
): Promise<void> {
  const [first] = grants;
  if (first === undefined) return;
  const { role: team, grantee } = first;
  const over = grants.every((grant) => ['removed', 'refused'].includes(eventFor(grant)?.kind ?? ''));
  const forgotten = over ? { teamBaselines: [{ team: team.id, userId: grantee.id, baseline: null }] } : null;
  await storeEvents(world, grants, eventFor, async () => await Promise.resolve(forgotten));
}
