/** Is nobody in a team whom no running grant takes into it, whoever is faster, and whatever goes by its name? */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TeamRole } from '../../src/domain/grantable.ts';
import { endGrant } from '../../src/engine/end-grant.ts';
import { homeOf, takeIn } from '../../src/engine/team-home.ts';
import { reconcileMembership } from '../../src/engine/reconcile-membership.ts';
import type { GitHub } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';
import { createTeam, orgNamed, teamNamed } from '../support/github/setup.ts';

let bench: AccessBench;
let team: TeamRole;
beforeAll(async () => {
  bench = await openAccessBench(
    ['ana', 'ben', 'cid', 'dan', 'fay', 'gil', 'hal', 'ida', 'jo', 'kim', 'lea', 'max', 'ned'],
    [],
  );
  const { id, org } = bench.local.createTeam('octo', 'on-call');
  team = { team: 'on-call', id, org: org.account.id };
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

const placeOf = (login: string, slug = 'on-call'): string | null =>
  bench.local.see.teamMembers('octo', slug)[login] ?? null;

/** A worker that stands still right before it does something on GitHub, once, while `meanwhile` happens. */
function paused(at: 'addMember' | 'removeMember' | 'membership', meanwhile: () => Promise<unknown>): World {
  const { github } = bench.world;
  let once = true;
  const still = async (): Promise<void> => {
    if (!once) return;
    once = false;
    await meanwhile();
  };
  const slow: Pick<GitHub, 'addMember' | 'removeMember' | 'membership'> = {
    addMember: async (...asked) => {
      if (at === 'addMember') await still();
      return await github.addMember(...asked);
    },
    removeMember: async (...asked) => {
      if (at === 'removeMember') await still();
      await github.removeMember(...asked);
    },
    membership: async (...asked) => {
      const found = await github.membership(...asked);
      if (at === 'membership') await still();
      return found;
    },
  };
  return { ...bench.world, github: { ...github, ...slow } };
}

describe('a worker that stood still', () => {
  it('does not leave somebody in the team whose grant was taken back meanwhile', async () => {
    const { world, person } = bench;
    const grant = await bench.approve('ana', { role: team });
    const slow = paused('addMember', async () => {
      await bench.run();
      await endGrant(world, grant.id, 'revoked', null);
      await bench.run();
      expect((await world.store.grant(grant.id))?.state).toBe('ended');
    });
    await expect(reconcileMembership(slow, team, person('ana').id)).rejects.toThrow('changed meanwhile');
    expect(placeOf('ana')).toBeNull();
  });

  it('gives nothing by what it read before the grant was taken back', async () => {
    const { world, person, local } = bench;
    const grant = await bench.approve('ida', { role: team });
    const slow = paused('membership', async () => {
      await bench.run();
      await endGrant(world, grant.id, 'revoked', null);
      await bench.run();
    });
    const before = local.calls.filter(({ method }) => method === 'PUT').length;
    await expect(reconcileMembership(slow, team, person('ida').id)).rejects.toThrow('changed meanwhile');
    // The one that the faster worker made.
    expect(local.calls.filter(({ method }) => method === 'PUT').length - before).toBe(1);
    expect(placeOf('ida')).toBeNull();
  });

  it('takes nothing of a grant that began meanwhile', async () => {
    const { world, person } = bench;
    const first = await bench.approve('ben', { role: team });
    await bench.run();
    await endGrant(world, first.id, 'revoked', null);
    const slow = paused('removeMember', async () => {
      await bench.run();
      await bench.approve('ben', { role: team });
      await bench.run();
      expect(placeOf('ben')).toBe('member');
    });
    await expect(reconcileMembership(slow, team, person('ben').id)).rejects.toThrow('changed meanwhile');
    expect(placeOf('ben')).toBe('member');
    expect((await world.store.teamGrants(team.id, person('ben').id)).map(({ state }) => state)).toEqual(['active']);
  });
});

describe('two grants of one team', () => {
  it('are counted together: the first that ends leaves the person in', async () => {
    const { world } = bench;
    const one = await bench.approve('cid', { role: team });
    const two = await bench.approve('cid', { role: team });
    await bench.run();
    await endGrant(world, one.id, 'expired', null);
    await bench.run();
    expect(placeOf('cid')).toBe('member');
    expect((await world.store.grant(one.id))?.state).toBe('ended');
    await endGrant(world, two.id, 'expired', null);
    await bench.run();
    expect(placeOf('cid')).toBeNull();
  });

  it('are not added up with a role on a repository, nor the other way round', async () => {
    const { world } = bench;
    const member = await bench.approve('dan', { role: team });
    const role = await bench.approve('dan', { role: 'push' });
    await bench.run();
    expect([placeOf('dan'), bench.direct('dan')]).toEqual(['member', 'push']);
    await endGrant(world, role.id, 'expired', null);
    await bench.run();
    expect([placeOf('dan'), bench.direct('dan')]).toEqual(['member', null]);
    await endGrant(world, member.id, 'expired', null);
    await bench.run();
    expect([placeOf('dan'), bench.direct('dan')]).toEqual([null, null]);
  });
});

describe('a maintainer of the team', () => {
  it('is not made less by a grant, and stays one after it', async () => {
    const { world, local } = bench;
    teamNamed(local.world, 'octo', 'on-call').members.set(local.as('fay').id, 'maintainer');
    const grant = await bench.approve('fay', { role: team });
    await bench.run();
    expect(placeOf('fay')).toBe('maintainer');
    await endGrant(world, grant.id, 'expired', null);
    await bench.run();
    expect(placeOf('fay')).toBe('maintainer');
    expect((await world.store.grant(grant.id))?.residual?.role).toBe('maintainer');
  });
});

describe('a login that changes hands', () => {
  it('right before somebody is taken in takes nobody else in', async () => {
    const { local, person } = bench;
    const gil = person('gil');
    await bench.approve('gil', { role: team });
    const slow = paused('addMember', async () => {
      local.as('gil').rename('gil-2');
      local.as('hal').rename('gil');
      await Promise.resolve();
    });
    await expect(reconcileMembership(slow, team, gil.id)).rejects.toThrow('goes by another login');
    expect(placeOf('gil')).toBeNull();
    await bench.run();
    expect(placeOf('gil-2')).toBe('member');
    expect(placeOf('gil')).toBeNull();
  });
});

describe('a slug that another team takes', () => {
  /** The team gets another slug, and another team its own. */
  function swap(): void {
    const { world } = bench.local;
    const { teams } = orgNamed(world, 'octo');
    const real = teamNamed(world, 'octo', 'on-call');
    teams.delete('on-call');
    teams.set('pager', { ...real, slug: 'pager' });
    createTeam(world, 'octo', 'on-call');
  }

  it('takes nobody into it, before, in that very moment, or after, and out of the team that was meant', async () => {
    const { world, person, local } = bench;
    const jo = person('jo');
    const home = await homeOf(world, team);
    if (home === null) throw new Error('the team is not there');
    await bench.approve('jo', { role: team });
    const slow = paused('addMember', async () => {
      swap();
      await Promise.resolve();
    });
    await expect(reconcileMembership(slow, team, jo.id)).rejects.toThrow('does not go by on-call now');
    expect(placeOf('jo')).toBeNull();
    // What is known of its place is old: it is held to the number.
    await expect(takeIn(world, home, jo)).rejects.toThrow('does not go by on-call now');
    expect(placeOf('jo')).toBeNull();
    await bench.run();
    expect([placeOf('jo'), placeOf('jo', 'pager')]).toEqual([null, 'member']);
    local.as('olga').addToTeam('octo', 'on-call', 'jo');
    const [grant] = await world.store.teamGrants(team.id, jo.id);
    if (grant === undefined) throw new Error('there is no grant');
    await endGrant(world, grant.id, 'expired', null);
    await bench.run();
    expect([placeOf('jo'), placeOf('jo', 'pager')]).toEqual(['member', null]);
  });
});

describe('an answer that was lost', () => {
  it('of a team that is refused later leaves nobody in it', async () => {
    const { world, person, local } = bench;
    const now: TeamRole = { ...team, team: 'pager' };
    const grant = await bench.approve('kim', { role: now });
    const github = { ...world.github };
    const lost: World = {
      ...world,
      github: {
        ...github,
        addMember: async (...asked) => {
          await github.addMember(...asked);
          return { kind: 'refused', why: 'the team is managed elsewhere' };
        },
      },
    };
    await reconcileMembership(lost, now, person('kim').id);
    expect((await world.store.grant(grant.id))?.state).toBe('failed');
    expect(placeOf('kim', 'pager')).toBeNull();
    expect(local.see.teamMembers('octo', 'pager')).not.toHaveProperty('kim');
  });

  it('of somebody who was invited into the organisation instead is told as that', async () => {
    const { world, person } = bench;
    const now: TeamRole = { ...team, team: 'pager' };
    const grant = await bench.approve('lea', { role: now });
    const invited: World = {
      ...world,
      github: { ...world.github, addMember: async () => await Promise.resolve({ kind: 'invited' }) },
    };
    await reconcileMembership(invited, now, person('lea').id);
    expect((await world.store.grant(grant.id))?.failure).toContain('invited the account into the organisation');
  });
});

describe('what was known of somebody before', () => {
  let desk: TeamRole;
  beforeAll(() => {
    const { id, org } = bench.local.createTeam('octo', 'desk');
    desk = { team: 'desk', id, org: org.account.id };
  });

  it('is forgotten with the last grant, though one ends and another is refused at once', async () => {
    const { world, local, person } = bench;
    const first = await bench.approve('max', { role: desk });
    await bench.run();
    local.as('olga').removeFromTeam('octo', 'desk', 'max');
    await endGrant(world, first.id, 'revoked', null);
    const second = await bench.approve('max', { role: desk });
    const managed = teamNamed(local.world, 'octo', 'desk');
    managed.synced = true;
    await reconcileMembership(world, desk, person('max').id);
    managed.synced = false;
    await bench.run();
    expect((await world.store.grant(first.id))?.state).toBe('ended');
    expect((await world.store.grant(second.id))?.state).toBe('failed');
    // From here on it is the person's own.
    local.as('olga').addToTeam('octo', 'desk', 'max');
    const third = await bench.approve('max', { role: desk });
    await bench.run();
    await endGrant(world, third.id, 'expired', null);
    await bench.run();
    expect(placeOf('max', 'desk')).toBe('member');
  });

  it('stays known where a grant begins right before the last one is recorded as over', async () => {
    const { world, person } = bench;
    const first = await bench.approve('ned', { role: desk });
    await bench.run();
    await endGrant(world, first.id, 'revoked', null);
    let once = true;
    const slow: World = {
      ...world,
      store: {
        ...world.store,
        commit: async (change) => {
          if (!once || change.teamBaselines === undefined) return await world.store.commit(change);
          once = false;
          let stored = false;
          await bench.approve('ned', { role: desk });
          const other = paused('addMember', async () => {
            stored = await world.store.commit(change);
          });
          await expect(reconcileMembership(other, desk, person('ned').id)).rejects.toThrow('changed meanwhile');
          return stored;
        },
      },
    };
    await reconcileMembership(slow, desk, person('ned').id);
    await bench.run();
    const [second] = await world.store.teamGrants(desk.id, person('ned').id);
    if (second === undefined) throw new Error('there is no grant');
    expect([second.state, placeOf('ned', 'desk')]).toEqual(['active', 'member']);
    await endGrant(world, second.id, 'expired', null);
    await bench.run();
    expect(placeOf('ned', 'desk')).toBeNull();
  });
});
