/** Does a role stay with nobody whom no running grant gives it to, whoever is faster? */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endGrant } from '../../src/engine/end-grant.ts';
import { reconcileAccess } from '../../src/engine/reconcile-access.ts';
import type { World } from '../../src/engine/world.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openAccessBench(['ana', 'ben', 'cid', 'dan', 'fay', 'gil', 'hal', 'kit'], ['eve', 'ivo']);
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

/** A worker that stands still right before it gives a role, while `meanwhile` happens. */
function paused(meanwhile: () => Promise<unknown>): World {
  const { github } = bench.world;
  let once = true;
  return {
    ...bench.world,
    github: {
      ...github,
      giveRole: async (repo, login, role) => {
        if (once) {
          once = false;
          await meanwhile();
        }
        return await github.giveRole(repo, login, role);
      },
    },
  };
}

describe('a worker that stood still', () => {
  it('does not leave behind the role of a grant that was taken back meanwhile', async () => {
    const { repo, world, person } = bench;
    const grant = await bench.approve('ana');
    const slow = paused(async () => {
      await bench.run();
      await endGrant(world, grant.id, 'revoked', null);
      await bench.run();
      expect((await world.store.grant(grant.id))?.state).toBe('ended');
    });
    await expect(reconcileAccess(slow, repo, person('ana').id)).rejects.toThrow('changed meanwhile');
    expect(bench.direct('ana')).toBeNull();
  });

  it('leaves the role of the grant that still runs, and no more', async () => {
    const { repo, world, person } = bench;
    await bench.approve('ben', { role: 'triage' });
    await bench.run();
    const strong = await bench.approve('ben', { role: 'admin' });
    const slow = paused(async () => {
      await bench.run();
      await endGrant(world, strong.id, 'revoked', null);
      await bench.run();
    });
    await expect(reconcileAccess(slow, repo, person('ben').id)).rejects.toThrow('changed meanwhile');
    expect(bench.direct('ben')).toBe('triage');
  });

  it('takes nothing of a grant that began meanwhile', async () => {
    const { repo, world, person } = bench;
    const first = await bench.approve('kit', { role: 'triage' });
    await bench.run();
    await endGrant(world, first.id, 'revoked', null);
    const { github } = world;
    let once = true;
    const slow: World = {
      ...world,
      github: {
        ...github,
        access: async (...asked) => {
          const found = await github.access(...asked);
          if (once) {
            once = false;
            await bench.run();
            await bench.approve('kit', { role: 'push' });
            await bench.run();
          }
          return found;
        },
      },
    };
    await expect(reconcileAccess(slow, repo, person('kit').id)).rejects.toThrow('changed meanwhile');
    expect(bench.direct('kit')).toBe('push');
  });

  it('does not leave an invitation behind either', async () => {
    const { repo, world, person, local, name } = bench;
    const grant = await bench.approve('eve');
    const slow = paused(async () => {
      await bench.run();
      await endGrant(world, grant.id, 'revoked', null);
      await bench.run();
    });
    await expect(reconcileAccess(slow, repo, person('eve').id)).rejects.toThrow('changed meanwhile');
    expect(local.see.invitations(name)).toEqual([]);
    expect(bench.direct('eve')).toBeNull();
  });
});

describe('a login that changes hands', () => {
  it('right before the role is given gives it to nobody else', async () => {
    const { repo, local, person } = bench;
    const cid = person('cid');
    await bench.approve('cid');
    const slow = paused(async () => {
      local.as('cid').rename('cid-2');
      local.as('dan').rename('cid');
      await Promise.resolve();
    });
    await expect(reconcileAccess(slow, repo, cid.id)).rejects.toThrow('goes by another login');
    expect(bench.direct('cid')).toBeNull();
    await bench.run();
    expect(bench.direct('cid-2')).toBe('push');
    expect(bench.direct('cid')).toBeNull();
  });
});

describe('an invitation of somebody else', () => {
  it('that is open already is not taken over: the grant is not given, and the invitation stays as it was', async () => {
    const { local, name, world } = bench;
    local.as('olga').addCollaborator(name, 'ivo', 'triage');
    const before = local.see.invitations(name);
    expect(before).toHaveLength(1);
    const grant = await bench.approve('ivo', { role: 'maintain' });
    await bench.run();
    const now = await world.store.grant(grant.id);
    expect(now?.state).toBe('failed');
    expect(now?.failure).toContain('invited this account already');
    expect(local.see.invitations(name)).toEqual(before);
  });
});

describe('read access that a rule leaves behind', () => {
  it('is left though another grant, which leaves nothing, ends later', async () => {
    const { world } = bench;
    const leaving = await bench.approve('fay', { role: 'triage', onExpiry: 'lower-to-read' });
    const other = await bench.approve('fay', { role: 'push' });
    await bench.run();
    await endGrant(world, leaving.id, 'expired', null);
    await bench.run();
    expect(bench.direct('fay')).toBe('push');
    await endGrant(world, other.id, 'expired', null);
    await bench.run();
    expect(bench.direct('fay')).toBe('pull');
  });

  it('is not left by grants that leave nothing', async () => {
    const grant = await bench.approve('gil', { role: 'push' });
    await bench.run();
    expect(bench.direct('gil')).toBe('push');
    await endGrant(bench.world, grant.id, 'expired', null);
    await bench.run();
    expect(bench.direct('gil')).toBeNull();
  });
});

describe('where GitHub does not tell from where access comes', () => {
  it('a role that may be a team’s is never given back as a direct one, and the end comes all the same', async () => {
    const { local, name, world } = bench;
    local.createTeam('octo', 'helpers', ['hal']);
    local.as('olga').setTeamRole(name, 'helpers', 'triage');
    local.as('olga').addCollaborator(name, 'hal', 'pull');
    await bench.run();
    local.graphqlAvailable = false;
    const grant = await bench.approve('hal', { role: 'push' });
    await bench.run();
    expect(bench.direct('hal')).toBe('push');
    await endGrant(world, grant.id, 'expired', null);
    expect(await bench.run()).toEqual([]);
    local.graphqlAvailable = true;
    expect(bench.direct('hal')).toBe('pull');
    expect((await world.store.grant(grant.id))?.state).toBe('ended');
    expect(local.see.role(name, 'hal')).toBe('triage');
  });
});

describe('an installation that comes back', () => {
  it('has what was due meanwhile taken back at once', async () => {
    const { world, local, installation } = bench;
    const grant = await bench.approve('ana', { role: 'push' });
    await bench.run();
    local.suspendInstallation(installation, 'olga');
    await bench.run();
    await endGrant(world, grant.id, 'expired', null);
    expect((await bench.run()).length).toBeGreaterThan(0);
    expect(bench.direct('ana')).toBe('push');
    local.unsuspendInstallation(installation, 'olga');
    await bench.run();
    expect(bench.direct('ana')).toBeNull();
  });
});
