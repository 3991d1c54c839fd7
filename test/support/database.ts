/** How a test gets a fresh database, and how one suite runs on both engines. */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, describe } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import type { Log } from '../../src/engine/ports.ts';

export type EngineName = 'pglite' | 'postgres';

export type TestEngine = {
  readonly name: EngineName;
  /**
   * A database with the schema and nothing in it, closed and removed when the file is done. On PostgreSQL it can be opened
   * again by its address.
   */
  readonly fresh: (log?: Log) => Promise<Database>;
  /** The address of an empty database that nobody has opened yet; `null` on PGlite, which has none. */
  readonly address: () => Promise<string | null>;
};

/** Set by scripts/with-postgres.ts, or by hand. Its user must be allowed to create databases. */
const SERVER = process.env['TEST_DATABASE_URL'] ?? '';

/**
 * Runs a suite on PGlite and on PostgreSQL. Where no PostgreSQL is there, its half is shown as skipped by a name that
 * says so; with REQUIRE_POSTGRES set (as in `.ci/run`) it fails instead.
 */
export function describeEachEngine(name: string, suite: (engine: TestEngine) => void): void {
  describe(`${name} (pglite)`, () => suite(testEngine('pglite')));
  if (SERVER !== '') {
    describe(`${name} (postgres)`, () => suite(testEngine('postgres')));
    return;
  }
  if ((process.env['REQUIRE_POSTGRES'] ?? '') !== '') {
    throw new Error('REQUIRE_POSTGRES is set, but TEST_DATABASE_URL is not: run `npm test`, which starts a PostgreSQL');
  }
  console.error(`\n!!! ${name}: NOT TESTED ON POSTGRESQL, TEST_DATABASE_URL is not set. Run \`npm test\`.\n`);
  describe.skip(`${name} (postgres): NOT TESTED, TEST_DATABASE_URL is not set`, () => suite(testEngine('postgres')));
}

function testEngine(name: EngineName): TestEngine {
  const open = new Set<Database>();
  const addresses: string[] = [];
  afterAll(async () => {
    for (const database of open) await database.close();
    for (const address of addresses) await dropDatabase(address);
  });
  const address = async (): Promise<string | null> => {
    if (name === 'pglite') return null;
    const made = await createDatabase();
    addresses.push(made);
    return made;
  };
  return {
    name,
    address,
    fresh: async (log) => {
      const url = await address();
      const database = await openFresh(url, log);
      const tracked: Database = {
        ...database,
        close: async () => {
          if (open.delete(tracked)) await database.close();
        },
      };
      open.add(tracked);
      return tracked;
    },
  };
}

async function openFresh(url: string | null, log: Log | undefined): Promise<Database> {
  const logged = log === undefined ? {} : { log };
  if (url !== null) return await openDatabase({ url, folder: null, ...logged });
  return await openDatabase({ url: null, folder: null, from: await emptyCluster(), ...logged });
}

/** A new database in memory on the fastest way there: for tests of other parts, which don't care about the engine. */
export const openTestDatabase = async (log?: Log): Promise<Database> => await openFresh(null, log);

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A new, empty database of its own on the PostgreSQL of `TEST_DATABASE_URL`. */
export async function createDatabase(): Promise<string> {
  const name = `jit_test_${randomBytes(8).toString('hex')}`;
  await onServer(`create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.href;
}

export const dropDatabase = async (address: string): Promise<void> =>
  await onServer(`drop database if exists ${new URL(address).pathname.slice(1)} with (force)`);

/**
 * PGlite takes 5 s to make its first, empty cluster and 1 s to load one: so it is made once and kept, by its version.
 * It holds nothing of ours, so a change of the schema does not make it stale.
 */
async function emptyCluster(): Promise<Blob> {
  const { version } = JSON.parse(
    await readFile(join(import.meta.dirname, '../../node_modules/@electric-sql/pglite/package.json'), 'utf8'),
  ) as { version: string };
  const folder = join(tmpdir(), 'jit-gate-tests');
  const file = join(folder, `pglite-${version}-${process.getuid?.() ?? 0}.tar`);
  if (!existsSync(file)) {
    const pglite = await PGlite.create();
    const dump = await pglite.dumpDataDir('none');
    await pglite.close();
    await mkdir(folder, { recursive: true });
    // Files run side by side: each writes its own and moves it into place whole.
    const own = `${file}.${process.pid}`;
    await writeFile(own, Buffer.from(await dump.arrayBuffer()));
    await rename(own, file);
  }
  return new Blob([await readFile(file)]);
}

/** Empties every queue. The queue's own housekeeping may hold the same tables just then; a deadlock is tried again. */
export async function clearJobs({ boss }: Database): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await boss.deleteAllJobs();
      return;
    } catch (error) {
      const isDeadlock = error instanceof Error && 'code' in error && error.code === '40P01';
      if (!isDeadlock || attempt === 5) throw error;
    }
  }
}

/** Jobs that wait, run or are to be tried again. A timer counts once its time has come. */
export async function workLeft({ db }: Pick<Database, 'db'>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int4 as count from pgboss.job
    where state in ('created', 'retry', 'active') and (name <> 'timer' or start_after <= now())`.execute(db);
  return rows[0]?.count ?? 0;
}
