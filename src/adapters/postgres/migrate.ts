/** How the schema gets to what this version of the code expects. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import type { Tables } from './schema.ts';

/** The database was written by a newer version: this one would not understand what is in it. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
  constructor(unknown: readonly string[]) {
    super(
      `The database has migrations that this version of jit-gate does not know: ${unknown.join(', ')}. ` +
        'Run the newer version, or restore the backup from before the update.',
    );
  }
}

const FOLDER = join(import.meta.dirname, 'migrations');

/** Runs what is missing, in order, in one transaction. Instances that start at the same time wait for each other. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrations = await migrationsIn(FOLDER);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  await refuseNewer(db, migrations);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    // Another instance, of a newer version, may have been first.
    await refuseNewer(db, migrations);
    throw error instanceof Error ? error : new Error('the migrations failed', { cause: error });
  }
}

async function refuseNewer(db: Kysely<Tables>, known: Readonly<Record<string, Migration>>): Promise<void> {
  const { rows: found } = await sql<{
    there: boolean;
  }>`select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (found[0]?.there !== true) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) throw new SchemaTooNew(unknown);
}

async function migrationsIn(folder: string): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/u.test(file)).sort();
  const read = files.map(async (file): Promise<[string, Migration]> => {
    const statements = statementsOf(await readFile(join(folder, file), 'utf8'));
    const up = async (db: Kysely<unknown>): Promise<void> => {
      for (const statement of statements) await sql.raw(statement).execute(db);
    };
    return [file.slice(0, -'.sql'.length), { up }];
  });
  return Object.fromEntries(await Promise.all(read));
}

/**
 * The statements of a file, one by one, as PGlite takes no more than one at a time. A statement ends with a semicolon at
 * the end of a line, outside `$$` quotes.
 */
export function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let lines: string[] = [];
  let quoted = false;
  for (const line of text.split('\n')) {
    if (lines.length === 0 && (line.trim() === '' || line.startsWith('--'))) continue;
    lines.push(line);
    if (line.split('$$').length % 2 === 0) quoted = !quoted;
    if (!quoted && line.trimEnd().endsWith(';')) {
      statements.push(lines.join('\n'));
      lines = [];
    }
  }
  if (lines.length > 0) throw new Error(`a statement without its end: ${lines.join('\n').slice(0, 200)}`);
  return statements;
}
