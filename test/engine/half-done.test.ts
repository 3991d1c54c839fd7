/** Is nothing left of a role or an invitation where GitHub did a part, said no afterwards, or showed it late? */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endGrant } from '../../src/engine/end-grant.ts';
import type { GitHub } from '../../src/engine/ports.ts';
import { reconcileAccess } from '../../src/engine/reconcile-access.ts';
import type { World } from '../../src/engine/world.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openAccessBench(['ana', 'ben', 'cid'], ['eve', 'fay', 'gus', 'hal']);
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

/** The webhooks of what happens are lost. */
function unheard(act: () => void): void {
  const { enqueue } = bench.local.world;
  bench.local.world.enqueue = () => undefined;
  act();
  bench.local.world.enqueue = enqueue;
}

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

/** Somebody outside whose weak grant lost its role by hand, which nobody told of, and who is offered a stronger one. */
async function offeredMore(login: string) {
  const weak = await bench.approve(login, { role: 'triage' });
  await bench.run();
  bench.local.as(login).acceptInvitation(bench.name);
  await bench.run();
  unheard(() => bench.local.as('olga').removeCollaborator(bench.name, login));
  const strong = await bench.approve(login, { role: 'admin' });
  await bench.run();
  expect(offered(login)).toEqual(['admin']);
  return { weak, strong };
}

describe('an invitation that is accepted while its grant ends', () => {
  it('between two looks leaves no more than what still runs', async () => {
    const { weak, strong } = await offeredMore('fay');
    await endGrant(bench.world, strong.id, 'returned', null);
    const world = seeing({
      access: async (repo, person) => {
        const access = await bench.world.github.access(repo, person);
        if (offered('fay').length > 0) unheard(() => bench.local.as('fay').acceptInvitation(bench.name));
        return access;
      },
    });
    await reconcileAccess(world, bench.repo, bench.person('fay').id).catch(() => undefined);
    await bench.run();
    expect(await stateOf(weak)).toBe('active');
    expect(await stateOf(strong)).toBe('ended');
    expect(bench.direct('fay')).toBe('triage');
  });

  it('leaves nothing where GitHub goes on showing that there is none', async () => {
    const { strong } = await offeredMore('hal');
    const nothing = await bench.world.github.access(bench.repo, bench.person('hal'));
    await endGrant(bench.world, strong.id, 'returned', null);
    unheard(() => bench.local.as('hal').acceptInvitation(bench.name));
    const world = seeing({ access: async () => await Promise.resolve(nothing) });
    await reconcileAccess(world, bench.repo, bench.person('hal').id);
    expect(await stateOf(strong)).toBe('ended');
    expect(bench.direct('hal')).toBeNull();
  });
});

describe('a stronger role that GitHub shows late', () => {
  it('is lowered to what still runs all the same', async () => {
    await bench.approve('ana', { role: 'triage' });
    await bench.run();
    const late = await bench.world.github.access(bench.repo, bench.person('ana'));
    const strong = await bench.approve('ana', { role: 'admin' });
    await bench.run();
    await endGrant(bench.world, strong.id, 'returned', null);
    const world = seeing({ access: async () => await Promise.resolve(late) });
    await reconcileAccess(world, bench.repo, bench.person('ana').id);
    expect(await stateOf(strong)).toBe('ended');
    expect(bench.direct('ana')).toBe('triage');
  });
});

describe('an invitation that a slow worker makes anew after its grant ended', () => {
  it('leaves no more than what still runs though it is accepted in that moment', async () => {
    const { github } = bench.world;
    await bench.approve('gus', { role: 'triage' });
    await bench.run();
    const strong = await bench.approve('gus', { role: 'admin' });
    let calls = 0;
    const slow = seeing({
      giveRole: async (repo, login, role) => {
        if ((calls += 1) > 1) return await github.giveRole(repo, login, role);
        await bench.run();
        await endGrant(bench.world, strong.id, 'returned', null);
        await bench.run();
        const answer = await github.giveRole(repo, login, role);
        unheard(() => bench.local.as('gus').acceptInvitation(bench.name));
        return answer;
      },
    });
    await expect(reconcileAccess(slow, bench.repo, bench.person('gus').id)).rejects.toThrow();
    await bench.run();
    expect(await stateOf(strong)).toBe('ended');
    expect(bench.direct('gus')).toBe('triage');
  });
});
