/** How is waiting made short? What processes that are gone held is noticed now, and what waits for its next try has it. */

import { sql } from 'kysely';
import type { Database } from '../../src/adapters/postgres/database.ts';

/**
 * Lets the time go by after which a job of a process that is gone is given to another. Only where every process that
 * held a job is gone: the queue itself finds the jobs, and fails them, as it does in production.
 */
export async function letHeartbeatsRunOut({ db, boss }: Database): Promise<void> {
  await sql`update pgboss.job set heartbeat_on = heartbeat_on - interval '1 hour' where state = 'active'`.execute(db);
  await sql`update pgboss.queue set monitor_on = null, monitor_claim_on = null`.execute(db);
  await boss.supervise();
}

/** Gives every job that waits for another try that try now. */
export async function hurry({ db }: Database): Promise<void> {
  await sql`update pgboss.job set start_after = now() where state = 'retry' and start_after > now()`.execute(db);
}
