/** Is nothing left of a role or an invitation where GitHub did a part, said no afterwards, or showed it late? */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GitHub } from '../../src/engine/ports.ts';
import { reconcileAccess } from '../../src/engine/reconcile-access.ts';
import type { World } from '../../src/engine/world.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openAccessBench(['ana', 'ben', 'cid'], ['eve', 'fay', 'gus']);
});
afterEach(() => bench.local.faults.clear());
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

const offered = (login: string): readonly string[] =>
  bench.local.see.invitations(bench.name).flatMap((one) => (one.login === login ? [one.role] : []));

const stateOf = async ({ id }: { readonly id: Parameters<World['store']['grant']>[0] }) =>
  (await bench.world.store.grant(id))?.state;

/** A worker to which GitHub shows something else. */
const seeing = (other: Partial<GitHub>): World => ({ ...bench.world, github: { ...bench.world.github, ...other } });

describe('a role that GitHub gave, whose answer was lost, and that it refuses the second time', () => {
  it('leaves no invitation behind', async () => {
    bench.local.faults.add({ kind: 'drop-after', method: 'PUT', path: '/collaborators/', times: 1 });
    const grant = await bench.approve('eve');
    await expect(reconcileAccess(bench.world, bench.repo, bench.person('eve').id)).rejects.toThrow();
    expect(offered('eve')).toEqual(['push']);
    bench.local.restrictOutsideCollaborators('octo', true);
    await bench.run();
    bench.local.restrictOutsideCollaborators('octo', false);
    expect(await stateOf(grant)).toBe('failed');
    expect(offered('eve')).toEqual([]);
  });

  it('leaves no role behind either, though GitHub shows it late', async () => {
    const before = await bench.world.github.access(bench.repo, bench.person('ben'));
    bench.local.faults.add({ kind: 'drop-after', method: 'PUT', path: '/collaborators/', times: 1 });
    const grant = await bench.approve('ben');
    await expect(reconcileAccess(bench.world, bench.repo, bench.person('ben').id)).rejects.toThrow();
    expect(bench.direct('ben')).toBe('push');
    let looks = 0;
    const world = seeing({
      access: async (...asked) => ((looks += 1) === 1 ? before : await bench.world.github.access(...asked)),
      giveRole: async () => await Promise.resolve({ kind: 'refused', why: 'not any more' }),
    });
    await reconcileAccess(world, bench.repo, bench.person('ben').id);
    expect(await stateOf(grant)).toBe('failed');
    expect(bench.direct('ben')).toBeNull();
  });
});
