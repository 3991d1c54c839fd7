/** Whether a state change is stored whole or not at all, also when several want to. */

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { verifyChain } from '../../../src/domain/audit.ts';
import type { Effect, Timer } from '../../../src/domain/effect.ts';
import { installationId, instant, requestId, type InstallationId } from '../../../src/domain/identity.ts';
import type { Change, Store } from '../../../src/engine/ports.ts';
import { describeEachEngine } from '../../support/database.ts';
import { aGrant, ana, anEntry, aRequest, aVote, HEAD, INSTALLATION, NOON, shop, tools } from './values.ts';

const EFFECT: Effect = { kind: 'merge-check', repo: shop, sha: HEAD };
const timerOf = (id: string): Timer => ({ kind: 'request-deadline', requestId: requestId(id), at: instant(NOON) });

describeEachEngine('a commit', (engine) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await engine.fresh();
    store = createStore(database);
  });

  const jobs = async (queue: string): Promise<readonly unknown[]> =>
    (await database.boss.findJobs(queue, { limit: 1000 })).map((job) => job.data);
  const chainLength = async (installation: InstallationId): Promise<number> =>
    (await store.auditEntries(installation, 1, 10_000)).length;
  let next = 100;
  const ownInstallation = (): InstallationId => installationId(++next);

  /** A change that touches everything there is to touch. */
  const everything = (installation: InstallationId): Change & { row: ReturnType<typeof aRequest> } => {
    const row = aRequest();
    return {
      row,
      requests: [{ was: null, row }],
      votes: [aVote(row)],
      grants: [{ was: null, row: aGrant(row) }],
      baselines: [{ repoId: tools.id, userId: ana.id, baseline: { role: null } }],
      mergeGroups: [{ repo: tools, head: HEAD, base: 'main', baseSha: null, pulls: { kind: 'known', value: [1] } }],
      people: [ana],
      audit: [anEntry({ installationId: installation, requestId: row.id })],
      effects: [{ kind: 'deployment', requestId: row.id }],
      timers: [timerOf(row.id)],
    };
  };

  it('stores rows, audit entries and jobs together', async () => {
    const installation = ownInstallation();
    const { row, ...change } = everything(installation);
    expect(await store.commit(change)).toBe(true);
    expect(await store.request(row.id)).toEqual(row);
    expect(await store.votes(row.id)).toHaveLength(1);
    expect(await store.grantOf(row.id)).not.toBeNull();
    expect(await chainLength(installation)).toBe(1);
    expect(await jobs('effect')).toContainEqual({ kind: 'deployment', requestId: row.id });
    expect(await jobs('timer')).toContainEqual(timerOf(row.id));
  });

  it('stores nothing when its jobs can not be stored, and says so with the error', async () => {
    const installation = ownInstallation();
    const { row, ...change } = everything(installation);
    const impossible = timerOf(row.id);
    // Later than any date that PostgreSQL knows.
    const broken = { ...change, timers: [{ ...impossible, at: instant(8.64e15) }] };
    await expect(store.commit(broken)).rejects.toThrow();
    expect(await store.request(row.id)).toBeNull();
    expect(await store.votes(row.id)).toEqual([]);
    expect(await store.grantOf(row.id)).toBeNull();
    expect(await chainLength(installation)).toBe(0);
    expect(await jobs('effect')).not.toContainEqual({ kind: 'deployment', requestId: row.id });
    // The connection that it failed on still serves.
    expect(await store.commit(change)).toBe(true);
  });

  it('stores nothing when its audit entries can not be stored', async () => {
    const row = aRequest();
    const audit = [anEntry({ installationId: ownInstallation(), data: { n: Number.NaN } })];
    await expect(store.commit({ requests: [{ was: null, row }], audit, effects: [EFFECT] })).rejects.toThrow();
    expect(await store.request(row.id)).toBeNull();
    expect(await jobs('effect')).not.toContainEqual(EFFECT);
  });

  it('throws on a vote for a request that is not there', async () => {
    await expect(store.commit({ votes: [aVote(aRequest())] })).rejects.toThrow(/vote/u);
  });

  it('refuses a row that has moved on, with everything else in the change', async () => {
    const installation = ownInstallation();
    const row = aRequest();
    await store.commit({ requests: [{ was: null, row }] });
    const second = { ...row, version: 2, state: 'approved' as const };
    expect(await store.commit({ requests: [{ was: 1, row: second }] })).toBe(true);
    const late: Change = {
      requests: [{ was: 1, row: { ...row, version: 2, state: 'denied', closedAt: NOON } }],
      votes: [aVote(row)],
      audit: [anEntry({ installationId: installation })],
      effects: [EFFECT],
    };
    expect(await store.commit(late)).toBe(false);
    expect(await store.request(row.id)).toEqual(second);
    expect(await store.votes(row.id)).toEqual([]);
    expect(await chainLength(installation)).toBe(0);
    expect(await jobs('effect')).not.toContainEqual(EFFECT);
  });

  it('refuses a grant that has moved on', async () => {
    const row = aRequest();
    const grant = aGrant(row);
    await store.commit({ requests: [{ was: null, row }], grants: [{ was: null, row: grant }] });
    const ending = { ...grant, version: 2, state: 'ending' as const };
    expect(await store.commit({ grants: [{ was: 1, row: ending }] })).toBe(true);
    expect(await store.commit({ grants: [{ was: 1, row: { ...ending, state: 'active' } }] })).toBe(false);
    expect(await store.grant(grant.id)).toEqual(ending);
  });

  it('refuses an update of a row that never was', async () => {
    expect(await store.commit({ requests: [{ was: 1, row: { ...aRequest(), version: 2 } }] })).toBe(false);
  });

  it('refuses a second open request of one key, and takes it when the first has ended in the same change', async () => {
    const key = randomUUID();
    const first = aRequest({ key });
    const second = aRequest({ key });
    await store.commit({ requests: [{ was: null, row: first }] });
    expect(await store.commit({ requests: [{ was: null, row: second }] })).toBe(false);
    const ended = { ...first, version: 2, state: 'superseded' as const, closedAt: NOON };
    const both: Change = {
      requests: [
        { was: null, row: second },
        { was: 1, row: ended },
      ],
    };
    expect(await store.commit(both)).toBe(true);
    expect(await store.openRequestByKey(key)).toEqual(second);
  });

  it('refuses to open a request again whose key another open request has', async () => {
    const key = randomUUID();
    const denied = aRequest({ key, state: 'denied', closedAt: NOON });
    await store.commit({ requests: [{ was: null, row: denied }] });
    await store.commit({ requests: [{ was: null, row: aRequest({ key }) }] });
    expect(await store.commit({ requests: [{ was: 1, row: { ...denied, version: 2, state: 'pending' } }] })).toBe(
      false,
    );
  });

  it('lets one of many that change the same row at the same time win', async () => {
    const row = aRequest();
    await store.commit({ requests: [{ was: null, row }] });
    const attempts = Array.from({ length: 10 }, (_, n) => ({ ...row, version: 2, outcome: `by ${n}` }));
    const won = await Promise.all(
      attempts.map(async (one) => await store.commit({ requests: [{ was: 1, row: one }] })),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await store.request(row.id))?.outcome).toBe(`by ${won.indexOf(true)}`);
  });

  it('chains the entries of concurrent commits without a gap or a fork', async () => {
    const installation = ownInstallation();
    const entry = (n: number) => anEntry({ installationId: installation, data: { n } });
    await Promise.all(
      Array.from({ length: 30 }, async (_, n) => await store.commit({ audit: [entry(2 * n), entry(2 * n + 1)] })),
    );
    const entries = await store.auditEntries(installation, 1, 100);
    expect(entries.map((one) => one.seq)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    expect(verifyChain(entries)).toMatchObject({ ok: true });
  });

  describe('and the audit table', () => {
    it.each(['update audit_entry set kind = kind', 'delete from audit_entry', 'truncate audit_entry'])(
      'refuses to %s',
      async (statement) => {
        const installation = ownInstallation();
        await store.commit({ audit: [anEntry({ installationId: installation })] });
        await expect(sql.raw(statement).execute(database.db)).rejects.toThrow(/append-only/u);
        expect(await chainLength(installation)).toBe(1);
      },
    );

    it('shows a change that was made behind the trigger', async () => {
      const installation = ownInstallation();
      await store.commit({
        audit: [anEntry({ installationId: installation }), anEntry({ installationId: installation })],
      });
      await sql`alter table audit_entry disable trigger user`.execute(database.db);
      await sql`update audit_entry set actor = 666 where installation_id = ${installation} and seq = 1`.execute(
        database.db,
      );
      await sql`alter table audit_entry enable trigger user`.execute(database.db);
      const entries = await store.auditEntries(installation, 1, 10);
      expect(verifyChain(entries)).toMatchObject({ ok: false });
    });
  });

  it.runIf(engine.name === 'postgres')('is refused by the version also when another instance was first', async () => {
    const url = await engine.address();
    const [left, right] = await Promise.all([openDatabase({ url, folder: null }), openDatabase({ url, folder: null })]);
    try {
      const [here, there] = [createStore(left), createStore(right)];
      const key = randomUUID();
      const opened = await Promise.all(
        Array.from({ length: 10 }, async (_, n) => {
          const row = aRequest({ key });
          return await (n % 2 === 0 ? here : there).commit({ requests: [{ was: null, row }], audit: [anEntry()] });
        }),
      );
      expect(opened.filter(Boolean)).toHaveLength(1);
      const row = await there.openRequestByKey(key);
      if (row === null) throw new Error('nothing is open');
      const moved = { ...row, version: 2 };
      const change: Change = { requests: [{ was: 1, row: moved }], audit: [anEntry()] };
      const won = await Promise.all([here.commit(change), there.commit(change), here.commit(change)]);
      expect(won.filter(Boolean)).toHaveLength(1);
      const entries = await here.auditEntries(INSTALLATION, 1, 100);
      // Each commit that won left its own entry and the one that carries the row; one that lost left neither.
      expect(entries.map(({ kind }) => kind)).toEqual([
        'policy.changed',
        'request.changed',
        'policy.changed',
        'request.changed',
      ]);
      expect(verifyChain(entries)).toMatchObject({ ok: true });
    } finally {
      await Promise.all([left.close(), right.close()]);
    }
  });

  it('does not stop at commits that lock rows in opposite orders', async () => {
    const [a, b] = [aRequest(), aRequest()];
    await store.commit({
      requests: [
        { was: null, row: a },
        { was: null, row: b },
      ],
    });
    const both = (n: number): Change => {
      const rows = [a, b].map((row) => ({ was: n, row: { ...row, version: n + 1 } }));
      return { requests: n % 2 === 0 ? rows : rows.reverse() };
    };
    for (let n = 1; n < 10; n++) {
      const won = await Promise.all([store.commit(both(n)), store.commit(both(n)), store.commit(both(n))]);
      expect(won.filter(Boolean)).toHaveLength(1);
    }
  });
});
