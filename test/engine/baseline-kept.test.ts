/** Is what somebody had before still known where a grant begins in the moment in which the last one is over? */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { endGrant } from '../../src/engine/end-grant.ts';
import { reconcileAccess } from '../../src/engine/reconcile-access.ts';
import type { World } from '../../src/engine/world.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openAccessBench(['ana'], []);
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

/** A worker that is about to give a role, once, while `meanwhile` happens. */
function giving(meanwhile: () => Promise<void>): World {
  const { github } = bench.world;
  let once = true;
  const giveRole: typeof github.giveRole = async (...asked) => {
    if (once) {
      once = false;
      await meanwhile();
    }
    return await github.giveRole(...asked);
  };
  return { ...bench.world, github: { ...github, giveRole } };
}

it('is taken back at the end of the later grant', async () => {
  const { world, person, repo } = bench;
  const { id } = person('ana');
  const first = await bench.approve('ana');
  await bench.run();
  await endGrant(world, first.id, 'revoked', null);
  let once = true;
  const commit: World['store']['commit'] = async (change) => {
    if (!once || change.baselines === undefined) return await world.store.commit(change);
    once = false;
    let stored = false;
    await bench.approve('ana');
    const other = giving(async () => {
      stored = await world.store.commit(change);
    });
    await expect(reconcileAccess(other, repo, id)).rejects.toThrow('changed meanwhile');
    return stored;
  };
  await reconcileAccess({ ...world, store: { ...world.store, commit } }, repo, id);
  await bench.run();
  expect(bench.direct('ana')).toBe('push');
  const [second] = await world.store.runningGrants(repo.id, id);
  if (second === undefined) throw new Error('there is no grant');
  await endGrant(world, second.id, 'expired', null);
  await bench.run();
  expect(bench.direct('ana')).toBeNull();
});
