/** How the jobs that commits left behind are carried out: promptly, tried again, and never two on one thing at once. */

import { sql } from 'kysely';
import { fromKysely } from 'pg-boss';
import type { Effect, Timer } from '../../domain/effect.ts';
import { millis, type Millis } from '../../domain/identity.ts';
import type { JobHandlers, Log, Queue } from '../../engine/ports.ts';
import { now } from './clock.ts';
import type { Database } from './database.ts';
import { createLane, type Lane, type LaneSettings } from './lane.ts';
import { forgetOldDeliveries } from './retention.ts';
import { storableText } from './storable.ts';

export type QueueOptions = {
  readonly log?: Log;
  /** How often `sweep` is called, across all instances. One minute where absent. */
  readonly sweepEvery?: Millis;
  /** Called instead of settling the delivery as failed, when it failed on its last try. */
  readonly onExhausted?: (deliveryId: string, why: string) => Promise<void>;
};

const MINUTE = millis(60_000);

/** The queue of an open database. One per process; any number of processes share the work of one PostgreSQL. */
export function createQueue(database: Database, options: QueueOptions = {}): Queue {
  const { log } = options;
  let lanes: readonly Lane[] = [];
  let quiet: () => void = () => undefined;
  let sweeper: NodeJS.Timeout | undefined;

  return {
    start: async (handlers) => {
      if (lanes.length > 0) throw new Error('the queue is running already');
      await reclaim(database);
      const exhausted =
        options.onExhausted ??
        (async (id, why) => {
          log?.error({ delivery: id, why }, 'a delivery failed on every try and is given up');
          await settleAsFailed(database, id, why);
        });
      lanes = lanesOf(database, handlers, exhausted).map((settings) => createLane(database, settings, log));
      quiet = database.onAnnounced((queue) => lanes.forEach((lane) => lane.heard(queue)));
      lanes.forEach((lane) => lane.start());
      const sweep = (slot: number | null): void => {
        askForSweep(database, slot).catch((error: unknown) =>
          log?.warn({ error: String(error) }, 'the sweep could not be scheduled'),
        );
      };
      const every = options.sweepEvery ?? MINUTE;
      // What became due while nobody ran is not left to wait for the next full minute.
      sweep(null);
      sweeper = setInterval(() => sweep(Math.max(1, Math.round(every / 1000))), every);
    },

    stop: async () => {
      clearInterval(sweeper);
      quiet();
      await Promise.all(lanes.map(async (lane) => await lane.stop()));
      lanes = [];
    },
  };
}

function lanesOf(
  database: Database,
  handlers: JobHandlers,
  exhausted: (deliveryId: string, why: string) => Promise<void>,
): readonly LaneSettings[] {
  // What is cast here was put into the queue by jobs.ts, out of the same types.
  return [
    { queue: 'delivery', slots: 10, run: async ({ data }) => await handlers.delivery((data as { id: string }).id) },
    {
      queue: 'delivery-failed',
      slots: 1,
      run: async ({ data, sourceOutput }) => await exhausted((data as { id: string }).id, wordsOf(sourceOutput)),
    },
    { queue: 'effect', slots: 10, run: async ({ data }) => await handlers.effect(data as Effect) },
    { queue: 'timer', slots: 4, run: async ({ data }) => await handlers.timer(data as Timer) },
    {
      queue: 'sweep',
      slots: 1,
      run: async () => {
        await forgetOldDeliveries(database.db);
        await handlers.sweep();
      },
    },
  ];
}

/** At most one sweep in each `slot` seconds, whoever asks first. */
async function askForSweep(database: Database, slot: number | null): Promise<void> {
  await database.boss.send('sweep', {}, slot === null ? {} : { singletonSeconds: slot });
  database.announce('sweep');
}

/**
 * Gives the embedded database's active jobs back at once: nobody but this process can have the folder open, so whoever
 * was working on them is gone. On a PostgreSQL other instances may be at work, and there the heartbeat tells.
 */
async function reclaim({ boss, db, engine }: Database): Promise<void> {
  if (engine !== 'pglite') return;
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ name: string; ids: string[] }>`
      select name, array_agg(id::text) as ids from pgboss.job where state = 'active' group by name`.execute(trx);
    for (const { name, ids } of rows) {
      // What pg-boss offers to take a job from a worker that is gone without its wait for another try.
      await boss.cancel(name, ids, { db: fromKysely(trx) });
      await boss.resume(name, ids, { db: fromKysely(trx) });
    }
  });
}

async function settleAsFailed(database: Database, id: string, why: string): Promise<void> {
  await database.db
    .updateTable('delivery')
    .set({ outcome: 'failed', note: storableText(why), settled_at: now })
    .where('id', '=', id)
    .execute();
}

const wordsOf = (output: unknown): string =>
  typeof output === 'object' && output !== null && 'message' in output ? String(output.message) : 'it failed each time';
