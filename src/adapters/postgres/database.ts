/** How the database is opened: a PostgreSQL at an address, or the embedded one in a folder of our own. */

import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { fromPglite, PgBoss, type ConstructorOptions } from 'pg-boss';
import type { Log } from '../../engine/ports.ts';
import { prepareQueues, type QueueName } from './jobs.ts';
import { lockFolder, type FolderLock } from './lock.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './schema.ts';

/** An open database: its tables, and pg-boss's jobs beside them. */
export type Database = {
  readonly engine: 'pglite' | 'postgres';
  readonly db: Kysely<Tables>;
  readonly boss: PgBoss;
  /** Says, after a commit, that a queue of this process has work now. Other instances find it by polling. */
  readonly announce: (queue: QueueName) => void;
  /** Calls back on `announce` until the function that it returns is called. */
  readonly onAnnounced: (heard: (queue: QueueName) => void) => () => void;
  /** While webhooks come in a burst, the workers of this process stand back: until then by `performance.now()`. */
  readonly door: { busyUntil: number };
  readonly close: () => Promise<void>;
};

export type Place = {
  /** `postgres://…`; goes before `folder`. */
  readonly url: string | null;
  /** Folder of the embedded database; with `url` also null, the database is in memory and gone at the end. */
  readonly folder: string | null;
  readonly log?: Log;
  /** An empty embedded database in memory to begin from, as `PGlite.dumpDataDir` gives it: tests start faster. */
  readonly from?: Blob;
};

/** int8's oid. Our numbers are ids and milliseconds, all below 2^53. */
const INT8 = 20;

/** For our own pool only: pg's types are shared by everyone who imports it. */
const numbersAsNumbers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    const type: number = oid;
    if (type === INT8 && format !== 'binary') return Number;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

/** The memory of a server for many; ours has one connection. Measured: opening takes 0.6 to 1 s rather than 2. */
const PGLITE_SETTINGS = ['-c', 'shared_buffers=8MB', '-c', 'max_connections=5'];

/**
 * Opens the database and brings its schema up to date. Throws `DatabaseLocked` where another process has the folder, and
 * `SchemaTooNew` where a newer version has been at work.
 */
export async function openDatabase(place: Place): Promise<Database> {
  return place.url === null ? await openEmbedded(place) : await openServer(place.url, place.log);
}

/**
 * A server that vanishes says nothing, and a connection that waits for its answer would wait for ever: the system probes
 * it after this time, in milliseconds, and gives it up seconds later. pg-boss's own pool hands on what it is given.
 */
const UNHEARD = { keepAlive: true, keepAliveInitialDelayMillis: 10_000, connectionTimeoutMillis: 10_000 } as const;

async function openServer(url: string, log: Log | undefined): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types: numbersAsNumbers,
    ...UNHEARD,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log?.warn({ error: error.message }, 'a database connection broke'));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return await finish(
    'postgres',
    db,
    { connectionString: url, max: 6, ...UNHEARD },
    log,
    async () => await db.destroy(),
  );
}

async function openEmbedded(place: Place): Promise<Database> {
  const lock: FolderLock | null = place.folder === null ? null : await lockFolder(place.folder);
  try {
    const options: PGliteOptions = { startParams: [...PGlite.defaultStartParams, ...PGLITE_SETTINGS] };
    if (place.folder !== null) options.dataDir = join(place.folder, 'data');
    if (place.from !== undefined) options.loadDataDir = place.from;
    const pglite = await PGlite.create(options);
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    const queue: ConstructorOptions = {
      db: fromPglite(pglite),
      backend: 'pglite',
      reindex: false,
      monitorVacuum: false,
    };
    return await finish('pglite', db, queue, place.log, async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
      lock?.release();
    });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function finish(
  engine: Database['engine'],
  db: Kysely<Tables>,
  queue: ConstructorOptions,
  log: Log | undefined,
  closeDb: () => Promise<void>,
): Promise<Database> {
  const boss = new PgBoss({
    ...queue,
    schedule: false,
    // How soon the jobs of a process that is gone are noticed, after their heartbeat has run out.
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
    maintenanceIntervalSeconds: 300,
    registerInstance: false,
  });
  boss.on('error', (error) => log?.error({ error: error.message }, 'the job queue had an error'));
  boss.on('warning', (warning) => log?.warn({ ...warning.data }, warning.message));
  const close = async (): Promise<void> => {
    await boss.stop({ graceful: false });
    await closeDb();
  };
  try {
    await migrate(db);
    await boss.start();
    await prepareQueues(boss);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  const listeners = new Set<(queue: QueueName) => void>();
  return {
    engine,
    db,
    boss,
    announce: (name) => listeners.forEach((heard) => heard(name)),
    onAnnounced: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    door: { busyUntil: 0 },
    close,
  };
}
