/** Moves a request along by an event that is not a decision, from the row as it stands when it is stored. */

import type { Instant, RequestId } from '../domain/identity.ts';
import type { Request } from '../domain/request.ts';
import type { Step } from '../domain/settle.ts';
import { commit, type World } from './world.ts';

/**
 * Stores what `plan` makes of the request, its audit entry and its effects. Returns the request as it is then; `null`
 * where it is gone, or where `plan` or its state allows no change. `plan` may be asked again, with a newer row.
 */
export async function moveRequest(
  world: World,
  id: RequestId,
  plan: (current: Request, now: Instant) => Step | null,
): Promise<Request | null> {
  return await commit(world, async () => {
    const [current, now] = await Promise.all([world.store.request(id), world.store.now()]);
    const next = current === null ? null : plan(current, now);
    if (current === null || next === null) return { change: null, value: null };
    const { row, audit, effects } = next;
    return { change: { requests: [{ was: current.version, row }], audit, effects }, value: row };
  });
}
