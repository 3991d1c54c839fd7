/** How deliveries are kept: once each, on disk with their job before anyone is told, many in one transaction. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Delivery, Store } from '../../engine/ports.ts';
import { now } from './clock.ts';
import type { Database } from './database.ts';
import { deliveryJob, insertJobs } from './jobs.ts';
import { storableText } from './storable.ts';

type Answer = 'stored' | 'known';
type Waiting = {
  readonly delivery: Delivery;
  readonly payload: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

/** Deliveries in one transaction at most: what GitHub sends in a burst, and a few megabytes. */
const BATCH = 100;
/** From so many deliveries in one transaction on there is a burst. */
const CROWD = 8;
/** How long the workers stand back after such a transaction, in milliseconds: until the next one, if the burst goes on. */
const STAND_BACK = 100;
/** How long they stand back for the transaction itself, however slow the machine is. */
const LONGEST_WRITE = 5_000;

export type Inbox = Pick<Store, 'keepDelivery' | 'delivery' | 'settleDelivery' | 'knownDeliveries'>;

/** The inbox of this process. Deliveries that arrive while a transaction is being written share the next one. */
export function createInbox(database: Database): Inbox {
  const waiting: Waiting[] = [];
  let writing = false;

  const write = async (): Promise<void> => {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      await gathered(waiting);
      const batch = waiting.splice(0, BATCH);
      const crowd = batch.length >= CROWD;
      if (crowd) database.door.busyUntil = performance.now() + LONGEST_WRITE;
      try {
        await answer(database, batch);
      } catch (error) {
        if (batch.length === 1) batch.forEach((one) => one.reject(error));
        // One that can't be stored must not take the others with it.
        else for (const one of batch) await answer(database, [one]).catch((alone: unknown) => one.reject(alone));
      }
      if (crowd) database.door.busyUntil = performance.now() + STAND_BACK;
    }
    writing = false;
  };

  return {
    keepDelivery: async (delivery) =>
      await new Promise<Answer>((resolve, reject) => {
        waiting.push({ delivery, payload: JSON.stringify(delivery.payload), resolve, reject });
        void write();
      }),

    delivery: async (id) => {
      const row = await database.db
        .selectFrom('delivery')
        .select(['id', 'event', 'payload'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined || row.payload === null) return null;
      return { id: row.id, event: row.event, payload: JSON.parse(row.payload) as unknown };
    },

    settleDelivery: async (id, outcome, note) => {
      await database.db
        .updateTable('delivery')
        .set({ outcome, note: note === null ? null : storableText(note), settled_at: now })
        .where('id', '=', id)
        .execute();
    },

    knownDeliveries: async (ids) => {
      if (ids.length === 0) return new Set<string>();
      const { rows } = await sql<{ id: string }>`select id from delivery where id = any(${[...ids]}::text[])`.execute(
        database.db,
      );
      return new Set(rows.map((row) => row.id));
    },
  };
}

/**
 * Resolves when the event loop brings no more. PGlite computes on our own thread and its promises let no request in
 * between: a transaction that is begun at the first delivery would store that one alone, and the next one again.
 */
async function gathered(waiting: readonly Waiting[]): Promise<void> {
  for (let before = 0; waiting.length > before && waiting.length < BATCH;) {
    before = waiting.length;
    await nextTurn();
  }
}

/** Stores a batch and tells each of its senders. Nobody is told before the commit. */
async function answer(database: Database, batch: readonly Waiting[]): Promise<void> {
  const stored = new Set(await store(database, batch));
  if (stored.size > 0) database.announce('delivery');
  for (const { delivery, resolve } of batch) {
    // The first of two with one id stored it.
    resolve(stored.delete(delivery.id) ? 'stored' : 'known');
  }
}

async function store(database: Database, batch: readonly Waiting[]): Promise<readonly string[]> {
  // Values, not arrays to unnest, and text that PostgreSQL compresses: a third of the time on PGlite, measured.
  const rows = batch.map(({ delivery, payload }) => ({ id: delivery.id, event: delivery.event, payload }));
  return await database.db.transaction().execute(async (trx) => {
    const inserted = await trx
      .insertInto('delivery')
      .values(rows)
      .onConflict((known) => known.column('id').doNothing())
      .returning('id')
      .execute();
    const stored = inserted.map((row) => row.id);
    await insertJobs(database.boss, trx, 'delivery', stored.map(deliveryJob));
    return stored;
  });
}
