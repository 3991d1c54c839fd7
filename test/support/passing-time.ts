/** How a test lets hours go by: the database's clock, which everything is decided by, is put forward. */

import { sql } from 'kysely';
import type { Stage } from './stage.ts';

/** Moves the clock of the stage's database, and the timers that wait by it, and lets everything that is due be done. */
export async function timeGoesBy(stage: Stage, hours: number): Promise<void> {
  await clockGoesOn(stage, hours);
  stage.database.announce('timer');
  await stage.settled();
}

/** Only moves the clock and the timers, for the hours in which the app is down. */
export async function clockGoesOn(stage: Stage, hours: number): Promise<void> {
  const { db } = stage.database;
  const span = Math.round(hours * 3_600_000);
  const { rows } = await sql<{ ahead: number }>`
    select jit_now() - (extract(epoch from clock_timestamp()) * 1000)::int8 as ahead`.execute(db);
  const ahead = Math.round((rows[0]?.ahead ?? 0) / 60_000) * 60_000 + span;
  await sql`create or replace function jit_now() returns int8 language sql volatile as
    $$ select (extract(epoch from clock_timestamp()) * 1000)::int8 + ${sql.lit(ahead)}::int8 $$`.execute(db);
  // Timers wait by the machine's clock, and were set by the other one.
  await sql`update pgboss.job set start_after = to_timestamp(((data ->> 'at')::int8 - ${sql.lit(ahead)}::int8) / 1000.0)
    where name = 'timer' and state in ('created', 'retry')`.execute(db);
}

/** A weekly window around now by UTC, from some hours before to some hours after; all of it within the week. */
export function windowAround(now: number, before: number, after: number): string {
  const at = (hours: number): string => {
    const date = new Date(now + hours * 3_600_000);
    const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][date.getUTCDay()];
    return `${day} ${date.toISOString().slice(11, 16)}`;
  };
  return `{ weekly: "${at(-before)} - ${at(after)}", zone: UTC, reason: year end }`;
}
