/** Ends a grant: its time is over, somebody gave it back or took it away, or its issue was closed. */

import { isLive, type EndReason, type Grant } from '../domain/grant.ts';
import type { GrantId, Instant, UserId } from '../domain/identity.ts';
import { moveGrant } from './move-grant.ts';
import { commit, type World } from './world.ts';

/** Starts taking a grant back; the effects go on until GitHub shows that it is gone. Fine when it already ends. */
export async function endGrant(world: World, id: GrantId, reason: EndReason, actor: UserId | null): Promise<void> {
  await end(world, id, reason, actor, () => true);
}

/** Ends a grant whose time is over by the database's clock. One that was lengthened meanwhile is left alone. */
export async function endDueGrant(world: World, id: GrantId): Promise<void> {
  await end(world, id, 'expired', null, (grant, now) => grant.endsAt <= now);
}

/** Ends those of a person's grants whose time is over. What was kept from being given until then is not given any more. */
export async function endThoseDue(world: World, grants: readonly Grant[]): Promise<void> {
  const now = await world.store.now();
  for (const grant of grants) if (isLive(grant) && grant.endsAt <= now) await endDueGrant(world, grant.id);
}

async function end(
  world: World,
  id: GrantId,
  reason: EndReason,
  actor: UserId | null,
  isTime: (grant: Grant, now: Instant) => boolean,
): Promise<void> {
  await commit(world, async () => {
    const [grant, now] = await Promise.all([world.store.grant(id), world.store.now()]);
    if (grant === null || !isLive(grant) || !isTime(grant, now)) return { change: null, value: undefined };
    return { change: moveGrant(grant, { kind: 'end', reason }, now, actor), value: undefined };
  });
}
