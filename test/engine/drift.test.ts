/** Is a role that somebody changes by hand noticed, recorded once, and handled as the rule says? */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoleGrant, type Grant } from '../../src/domain/grant.ts';
import { instant } from '../../src/domain/identity.ts';
import { byPerson, lookForDrift, noteDrift } from '../../src/engine/drift.ts';
import { endGrant } from '../../src/engine/end-grant.ts';
import { watchOverdue } from '../../src/engine/overdue.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';

const BEGIN = Date.parse('2026-03-01T08:00:00Z');
let bench: AccessBench;
let minutes = 0;
beforeAll(async () => {
  bench = await openAccessBench(
    ['ana', 'ben', 'cid', 'dan', 'fay', 'gil', 'hal', 'ina', 'jo', 'kai', 'lou', 'kim'],
    [],
  );
  await wait(0);
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

const wait = async (more: number): Promise<void> => await bench.setNow(instant(BEGIN + (minutes += more) * 60_000));

async function given(login: string, rule = 'shift'): Promise<Grant> {
  const grant = await bench.approve(login, { rule });
  await bench.run();
  expect(bench.direct(login)).toBe('push');
  return grant;
}

function set(login: string, role: string): void {
  bench.local.as('olga').addCollaborator(bench.name, login, role);
}

/** The webhooks of what happened are lost. */
async function unheard(act: () => void): Promise<void> {
  const { enqueue } = bench.local.world;
  bench.local.world.enqueue = () => undefined;
  act();
  bench.local.world.enqueue = enqueue;
  await Promise.resolve();
}

async function look(): Promise<void> {
  for (const grants of byPerson((await bench.world.store.allRunningGrants()).filter(isRoleGrant)))
    await lookForDrift(bench.world, grants);
  await bench.run();
}

const entries = async (grant: Grant, kind: string) =>
  (await bench.world.store.auditEntries(bench.repo.installationId, 1, 10_000)).filter(
    (entry) => entry.grantId === grant.id && entry.kind === kind,
  );
const stateOf = async (grant: Grant) => await bench.world.store.grant(grant.id);

describe('a granted custom role', () => {
  const captain = { custom: 'captain', base: 'push' } as const;
  const givenCaptain = async (login: string): Promise<Grant> => {
    bench.local.addCustomRole('octo', 'captain', 'push');
    bench.local.addCustomRole('octo', 'auditor', 'triage');
    const grant = await bench.approve(login, { rule: 'strict', role: captain });
    await bench.run();
    expect(bench.direct(login)).toBe('captain');
    return grant;
  };

  it('that somebody changes into another one is no longer the granted one', async () => {
    const grant = await givenCaptain('kai');
    set('kai', 'auditor');
    await bench.run();
    expect(await stateOf(grant)).toMatchObject({ state: 'ended', endReason: 'drift' });
    const [found] = await entries(grant, 'grant.drift');
    expect(found?.data).toMatchObject({ role: 'captain', base: 'push', found: 'auditor', expected: 'captain' });
  });

  it('goes on where a team has another role, and GitHub does not tell where that comes from', async () => {
    const grant = await givenCaptain('lou');
    bench.local.createTeam('octo', 'night', ['lou']);
    bench.local.as('olga').setTeamRole(bench.name, 'night', 'maintain');
    bench.local.graphqlAvailable = false;
    try {
      await wait(11);
      await look();
      expect((await stateOf(grant))?.state).toBe('active');
    } finally {
      bench.local.graphqlAvailable = true;
    }
  });
});

describe('a granted role that is raised by hand', () => {
  it('is recorded for a grant that begins unheard after one under which the same was done', async () => {
    const first = await given('kim');
    set('kim', 'admin');
    await bench.run();
    expect(await entries(first, 'grant.drift')).toHaveLength(1);
    await endGrant(bench.world, first.id, 'returned', null);
    await bench.run();
    const { enqueue } = bench.local.world;
    bench.local.world.enqueue = () => undefined;
    const second = await given('kim');
    bench.local.world.enqueue = enqueue;
    set('kim', 'admin');
    await bench.run();
    expect(await entries(second, 'grant.drift')).toHaveLength(1);
    await look();
    expect(await entries(second, 'grant.drift')).toHaveLength(1);
  });

  it('is recorded with who did it and goes on, where the rule says report', async () => {
    const grant = await given('ana');
    set('ana', 'admin');
    await bench.run();
    const found = await entries(grant, 'grant.drift');
    expect(found.map(({ actor, data }) => [actor, data['found'], data['expected']])).toEqual([
      [bench.person('olga').id, 'admin', 'push'],
    ]);
    expect((await stateOf(grant))?.state).toBe('active');
  });

  it('ends the grant and takes all of it, where the rule says revoke', async () => {
    const grant = await given('ben', 'strict');
    set('ben', 'admin');
    await bench.run();
    expect(await stateOf(grant)).toMatchObject({ state: 'ended', endReason: 'drift' });
    expect(bench.direct('ben')).toBeNull();
  });

  it('is found without a webhook, and recorded once', async () => {
    const grant = await given('cid');
    await unheard(() => set('cid', 'maintain'));
    for (let time = 0; time < 3; time += 1) {
      await wait(11);
      await look();
    }
    const found = await entries(grant, 'grant.drift');
    expect(found.map(({ data }) => data['change'])).toEqual(['found-by-the-sweep']);
  });

  it('is recorded again when it comes back after it was put right', async () => {
    const grant = await given('dan');
    for (const role of ['admin', 'push', 'admin']) {
      set('dan', role);
      await bench.run();
    }
    expect(await entries(grant, 'grant.drift')).toHaveLength(2);
  });

  it('is found without a webhook and ends the grant, where the rule says revoke', async () => {
    const grant = await given('fay', 'strict');
    await unheard(() => set('fay', 'admin'));
    await wait(11);
    await look();
    expect((await stateOf(grant))?.endReason).toBe('drift');
    expect(bench.direct('fay')).toBeNull();
  });
});

describe('a granted role that is taken by hand', () => {
  it('ends its grant though no webhook came, and is not given again', async () => {
    const grant = await given('gil');
    await unheard(() => bench.local.as('olga').removeCollaborator(bench.name, 'gil'));
    await wait(11);
    await look();
    expect((await stateOf(grant))?.state).toBe('ended');
    expect(bench.direct('gil')).toBeNull();
  });
});

it('what the app itself gives and takes is nobody’s drift', async () => {
  const weak = await bench.approve('hal', { role: 'triage', rule: 'strict' });
  await bench.run();
  const strong = await bench.approve('hal', { role: 'admin', rule: 'strict' });
  await bench.run();
  await endGrant(bench.world, strong.id, 'expired', null);
  await bench.run();
  expect(bench.direct('hal')).toBe('triage');
  expect(await entries(weak, 'grant.drift')).toEqual([]);
  expect((await stateOf(weak))?.state).toBe('active');
});

it('a role that is just being raised by another grant is nobody’s drift', async () => {
  const weak = await given('jo', 'strict');
  const strong = await bench.approve('jo', { role: 'admin', rule: 'strict' });
  // GitHub tells late of the role that the app gave before.
  const grants = await bench.world.store.runningGrants(bench.repo.id, weak.grantee.id);
  const access = await bench.world.github.access(bench.repo, weak.grantee);
  await noteDrift(bench.world, bench.repo, grants, access, { change: 'added', by: bench.person('olga').id });
  await bench.run();
  expect(await entries(weak, 'grant.drift')).toEqual([]);
  expect((await stateOf(strong))?.state).toBe('active');
  expect(bench.direct('jo')).toBe('admin');
});

describe('a grant that is overdue', () => {
  it('is told in the log at error level after the grace, and again each hour, not each minute', async () => {
    const grant = await given('ina');
    const lines: string[] = [];
    const world = {
      ...bench.world,
      log: { ...bench.world.log, error: (_: unknown, message: string) => void lines.push(message) },
    };
    const watch = async (): Promise<number> => {
      const now = await bench.world.store.grant(grant.id);
      if (now !== null) await watchOverdue(world, now);
      return lines.length;
    };
    await wait(60);
    expect(await watch()).toBe(0);
    await wait(3);
    expect(await watch()).toBe(1);
    expect(lines[0]).toContain('overdue');
    await wait(1);
    expect(await watch()).toBe(1);
    await wait(61);
    expect(await watch()).toBe(2);
  });
});
