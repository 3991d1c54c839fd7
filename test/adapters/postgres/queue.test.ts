/** Whether jobs are carried out promptly, again when they fail, and never two on one thing at once. */

import { sql } from 'kysely';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { createQueue, type QueueOptions } from '../../../src/adapters/postgres/queue.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Effect } from '../../../src/domain/effect.ts';
import { grantId, instant, millis, requestId, userId } from '../../../src/domain/identity.ts';
import { GitHubUnavailable, type JobHandlers, type Queue, type Store } from '../../../src/engine/ports.ts';
import { clearJobs, describeEachEngine } from '../../support/database.ts';
import { HEAD, NOON, shop, until } from './values.ts';

const reply = (n: number): Effect => ({ kind: 'reply', repo: shop, number: n, marker: `m${n}`, body: '' });
const access = (user: number): Effect => ({ kind: 'access', repo: shop, userId: userId(user) });
const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

describeEachEngine('the queue', (engine) => {
  let database: Database;
  let store: Store;
  const running: Queue[] = [];

  beforeAll(async () => {
    database = await engine.fresh();
    store = createStore(database);
  });
  afterEach(async () => {
    for (const queue of running.splice(0)) await queue.stop();
    await clearJobs(database);
  });

  const start = async (
    handlers: Partial<JobHandlers>,
    options: QueueOptions = {},
    on: Database = database,
  ): Promise<Queue> => {
    const queue = createQueue(on, options);
    running.push(queue);
    const nothing = async (): Promise<void> => undefined;
    await queue.start({ delivery: nothing, effect: nothing, timer: nothing, sweep: nothing, ...handlers });
    return queue;
  };

  it('carries out what was committed before it started and what is committed later, each once', async () => {
    const done: unknown[] = [];
    const timer = { kind: 'grant-end', grantId: grantId('g'), at: NOON } as const;
    await store.commit({ effects: [reply(1)], timers: [timer] });
    await store.keepDelivery({ id: 'before', event: 'push', payload: {} });
    await start({
      delivery: async (id) => void done.push(id),
      effect: async (effect) => void done.push(effect),
      timer: async (due) => void done.push(due),
    });
    await until('the first ones', () => done.length === 3);
    await store.commit({ effects: [reply(2)] });
    await store.keepDelivery({ id: 'later', event: 'push', payload: {} });
    await until('all of them', () => done.length === 5);
    await pause(300);
    expect(done).toHaveLength(5);
    expect(done).toEqual(expect.arrayContaining(['before', 'later', reply(1), reply(2), timer]));
  });

  it('starts a job of this process far sooner than the next poll', async () => {
    const begun = new Map<string, number>();
    await start({ delivery: async (id) => void begun.set(id, performance.now()) });
    const waits: number[] = [];
    for (let n = 0; n < 15; n++) {
      const id = `prompt-${n}`;
      await store.keepDelivery({ id, event: 'push', payload: {} });
      const committed = performance.now();
      await until('the job', () => begun.has(id));
      waits.push((begun.get(id) ?? 0) - committed);
      await pause(20);
    }
    waits.sort((a, b) => a - b);
    // 2 to 6 ms on a machine at rest; a poll would make it 500.
    expect(waits[7]).toBeLessThan(150);
  });

  it('drains a backlog at once rather than at the pace of polling', async () => {
    let done = 0;
    await Promise.all(
      Array.from(
        { length: 200 },
        async (_, n) => await store.keepDelivery({ id: `log-${n}`, event: 'push', payload: {} }),
      ),
    );
    const began = performance.now();
    await start({ delivery: async () => void (done += 1) });
    await until('200 deliveries', () => done === 200);
    // Ten at a time with a second between them would take 20 s.
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('runs deliveries side by side, ten at most', async () => {
    let now = 0;
    let most = 0;
    let done = 0;
    await start({
      delivery: async () => {
        most = Math.max(most, ++now);
        await pause(50);
        now -= 1;
        done += 1;
      },
    });
    await Promise.all(
      Array.from(
        { length: 40 },
        async (_, n) => await store.keepDelivery({ id: `side-${n}`, event: 'push', payload: {} }),
      ),
    );
    await until('40 deliveries', () => done === 40);
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(10);
  });

  it('runs a timer when its time has come, within about a second, and not before', async () => {
    const late: number[] = [];
    await start({ timer: async ({ at }) => void late.push((await store.now()) - at) });
    const now = await store.now();
    await store.commit({
      timers: [600, 1500].map((wait, n) => ({ kind: 'grant-end', grantId: grantId(`t${n}`), at: instant(now + wait) })),
    });
    await until('both timers', () => late.length === 2);
    for (const by of late) {
      expect(by).toBeGreaterThanOrEqual(0);
      expect(by).toBeLessThan(2_500);
    }
  });

  it('tries a failed job again after a second, then after longer', async () => {
    const tries: number[] = [];
    await start({
      effect: async () => {
        tries.push(performance.now());
        if (tries.length < 3) throw new Error('not yet');
      },
    });
    await store.commit({ effects: [reply(3)] });
    await until('the third try', () => tries.length === 3);
    const [first = 0, second = 0, third = 0] = tries;
    expect(second - first).toBeGreaterThan(950);
    expect(second - first).toBeLessThan(6_000);
    expect(third - second).toBeGreaterThan(1_950);
    await until('nothing to be left', async () => (await database.boss.findJobs('effect')).length === 0);
  });

  it('waits at least as long as GitHub asked', async () => {
    const tries: number[] = [];
    await start({
      effect: async () => {
        tries.push(performance.now());
        if (tries.length === 1) throw new GitHubUnavailable('rate limited', 4_000);
      },
    });
    await store.commit({ effects: [reply(4)] });
    await until('the second try', () => tries.length === 2);
    const [first = 0, second = 0] = tries;
    expect(second - first).toBeGreaterThanOrEqual(4_000);
  });

  it('never gives up an effect or a timer, and waits five minutes at most', async () => {
    await store.commit({
      effects: [reply(5)],
      timers: [{ kind: 'grant-end', grantId: grantId('g'), at: NOON }],
    });
    // As if it had failed a thousand times.
    await sql`update pgboss.job set retry_count = 1000, started_on = now() where name in ('effect', 'timer')`.execute(
      database.db,
    );
    await start({
      effect: async () => await Promise.reject(new Error('still not')),
      timer: async () => await Promise.reject(new Error('still not')),
    });
    for (const name of ['effect', 'timer']) {
      await until(`the ${name} to have failed`, async () => (await database.boss.findJobs(name))[0]?.state === 'retry');
      const [job] = await database.boss.findJobs(name);
      const wait = (job?.startAfter.getTime() ?? 0) - (await store.now());
      expect(wait).toBeGreaterThan(290_000);
      expect(wait).toBeLessThanOrEqual(300_000);
      expect(job?.keepUntil.getTime()).toBeGreaterThan(Date.now() + 365 * 86_400_000);
    }
  });

  const lastTry = async (id: string): Promise<void> => {
    await store.keepDelivery({ id, event: 'push', payload: {} });
    await sql`update pgboss.job set retry_count = retry_limit - 1, started_on = now() where name = 'delivery'`.execute(
      database.db,
    );
  };

  it('tells when a delivery failed on its last try, and why', async () => {
    const told: string[] = [];
    await lastTry('hopeless');
    await start(
      { delivery: async () => await Promise.reject(new Error('a bug')) },
      { onExhausted: async (id, why) => void told.push(`${id}: ${why}`) },
    );
    await until('the word', () => told.length > 0);
    expect(told).toEqual(['hopeless: Error: a bug']);
  });

  it('settles a delivery as failed when nobody asked to be told', async () => {
    await lastTry('hopeless-2');
    await start({ delivery: async () => await Promise.reject(new Error('a bug')) });
    const settled = async () =>
      await database.db
        .selectFrom('delivery')
        .select(['outcome', 'note'])
        .where('id', '=', 'hopeless-2')
        .executeTakeFirst();
    await until('the delivery to be settled', async () => (await settled())?.outcome !== null);
    expect(await settled()).toEqual({ outcome: 'failed', note: 'Error: a bug' });
  });

  /** Carries out effects and sees to it that no two on one key ever run at once. */
  const watchKeys = (keyOf: (effect: Effect) => string) => {
    const now = new Map<string, number>();
    const seen = { done: 0, mostOnOneKey: 0, mostAtAll: 0 };
    const effect = async (one: Effect): Promise<void> => {
      const key = keyOf(one);
      now.set(key, (now.get(key) ?? 0) + 1);
      seen.mostOnOneKey = Math.max(seen.mostOnOneKey, ...now.values());
      seen.mostAtAll = Math.max(
        seen.mostAtAll,
        [...now.values()].reduce((a, b) => a + b, 0),
      );
      await pause(5 + Math.random() * 20);
      now.set(key, (now.get(key) ?? 0) - 1);
      seen.done += 1;
    };
    return { seen, effect };
  };

  it('never runs two effects on one thing at the same time, but different ones side by side', async () => {
    const { seen, effect } = watchKeys((one) => (one.kind === 'access' ? String(one.userId) : ''));
    await start({ effect });
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => await store.commit({ effects: [access(n % 4), access(n % 4)] })),
    );
    await until('120 effects', () => seen.done === 120, 40_000);
    expect(seen.mostOnOneKey).toBe(1);
    expect(seen.mostAtAll).toBeGreaterThan(1);
  }, 60_000);

  it('lets effects on other things go past one that takes long', async () => {
    const done: string[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await start({
      effect: async (one) => {
        if (one.kind === 'access') await held;
        done.push(one.kind);
      },
    });
    // More of one thing than there are slots.
    await store.commit({ effects: Array.from({ length: 15 }, () => access(1)) });
    await store.commit({ effects: [{ kind: 'merge-check', repo: shop, sha: HEAD }] });
    await until('the other one', () => done.length > 0);
    expect(done).toEqual(['merge-check']);
    release();
    await until('all', () => done.length === 16);
  });

  it.runIf(engine.name === 'postgres')(
    'never runs two effects on one thing at once across instances',
    async () => {
      const url = await engine.address();
      const instances = await Promise.all([1, 2, 3].map(async () => await openDatabase({ url, folder: null })));
      const queues: Queue[] = [];
      try {
        const { seen, effect } = watchKeys((one) => (one.kind === 'access' ? String(one.userId) : ''));
        let sweeps = 0;
        for (const instance of instances) {
          const sweep = async (): Promise<void> => void (sweeps += 1);
          queues.push(await start({ effect, sweep }, {}, instance));
        }
        const stores = instances.map(createStore);
        await Promise.all(
          Array.from(
            { length: 90 },
            async (_, n) => await stores[n % 3]?.commit({ effects: [access(n % 5), access(9)] }),
          ),
        );
        await until('180 effects', () => seen.done === 180, 60_000);
        expect(seen.mostOnOneKey).toBe(1);
        expect(sweeps).toBeGreaterThan(0);
      } finally {
        for (const queue of queues) await queue.stop();
        for (const instance of instances) await instance.close();
      }
    },
    90_000,
  );

  it.runIf(engine.name === 'postgres')(
    'shares deliveries among instances, each done once',
    async () => {
      const url = await engine.address();
      const instances = await Promise.all([1, 2].map(async () => await openDatabase({ url, folder: null })));
      const queues: Queue[] = [];
      try {
        const done: string[] = [];
        for (const instance of instances) {
          const delivery = async (id: string): Promise<void> => {
            await pause(5);
            done.push(id);
          };
          queues.push(await start({ delivery }, {}, instance));
        }
        const ids = Array.from({ length: 100 }, (_, n) => `shared-${n}`);
        const stores = instances.map(createStore);
        // GitHub's redelivery reaches the other instance at the same time.
        await Promise.all(
          ids.flatMap((id) => stores.map(async (one) => await one.keepDelivery({ id, event: 'push', payload: {} }))),
        );
        await until('100 deliveries', () => done.length >= 100);
        await pause(500);
        expect([...done].sort()).toEqual([...ids].sort());
      } finally {
        for (const queue of queues) await queue.stop();
        for (const instance of instances) await instance.close();
      }
    },
    60_000,
  );

  it('sweeps at the start and then once an interval', async () => {
    let sweeps = 0;
    await start({ sweep: async () => void (sweeps += 1) }, { sweepEvery: millis(1_000) });
    await until('three sweeps', () => sweeps >= 3);
  });

  it('lets running jobs finish when it stops, and takes no more', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const done: Effect[] = [];
    let begun = 0;
    const queue = await start({
      effect: async (one) => {
        begun += 1;
        await held;
        done.push(one);
      },
    });
    await store.commit({ effects: [reply(6)] });
    await until('it to begin', () => begun === 1);
    let stopped = false;
    const stopping = queue.stop().then(() => (stopped = true));
    await store.commit({ effects: [reply(7)] });
    await pause(100);
    expect(stopped).toBe(false);
    release();
    await stopping;
    expect(done).toEqual([reply(6)]);
    expect((await database.boss.findJobs('effect')).map((job) => job.data)).toEqual([reply(7)]);
  });

  it('can be started again after it was stopped, but not twice at once', async () => {
    const done: Effect[] = [];
    const queue = createQueue(database);
    running.push(queue);
    const nothing = async (): Promise<void> => undefined;
    const handlers = {
      delivery: nothing,
      timer: nothing,
      sweep: nothing,
      effect: async (one: Effect) => void done.push(one),
    };
    await queue.start(handlers);
    await expect(queue.start(handlers)).rejects.toThrow(/already/u);
    await queue.stop();
    await queue.start(handlers);
    await store.commit({ effects: [reply(8)] });
    await until('the effect', () => done.length === 1);
  });

  it.runIf(engine.name === 'pglite')('gives the active jobs of a process that is gone out again at once', async () => {
    const gone = { kind: 'deployment', requestId: requestId('r') } as const;
    await store.commit({ effects: [gone] });
    const [taken] = await database.boss.fetch('effect');
    expect(taken?.data).toEqual(gone);
    const done: Effect[] = [];
    await start({ effect: async (one) => void done.push(one) });
    await until('the effect', () => done.length === 1, 3_000);
    expect(done).toEqual([gone]);
  });

  it.runIf(engine.name === 'postgres')('gives the jobs of an instance whose heartbeat stopped to another', async () => {
    const gone = { kind: 'deployment', requestId: requestId('r') } as const;
    await store.commit({ effects: [gone] });
    await database.boss.fetch('effect');
    const done: Effect[] = [];
    await start({ effect: async (one) => void done.push(one) });
    await pause(1_500);
    expect(done).toEqual([]);
    // A minute later, when the supervisor's turn comes.
    await sql`update pgboss.job set heartbeat_on = now() - interval '31 s' where name = 'effect'`.execute(database.db);
    await sql`update pgboss.queue set monitor_on = null, monitor_claim_on = null`.execute(database.db);
    await database.boss.supervise('effect');
    await until('the effect', () => done.length === 1);
  });
});
