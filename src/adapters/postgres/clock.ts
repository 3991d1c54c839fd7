/** What time it is for everybody: the database's clock, which all instances share. */

import { sql, type Kysely } from 'kysely';
import { instant, type Instant } from '../../domain/identity.ts';
import type { Tables } from './schema.ts';

/** Inside a statement: the clock at that moment, not at the beginning of the transaction. */
export const now = sql<number>`jit_now()`;

export async function databaseNow(db: Kysely<Tables>): Promise<Instant> {
  const { rows } = await sql<{ now: number }>`select jit_now() as now`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the database did not tell the time');
  return instant(row.now);
}
