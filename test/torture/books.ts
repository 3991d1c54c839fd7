/** Do the app's own books hold? Every webhook that was acknowledged is there and done with, and the audit log verifies. */

import { sql } from 'kysely';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { verifyChain } from '../../src/domain/audit.ts';
import type { LocalGitHub } from '../support/github/index.ts';

export type Books = { readonly wrong: readonly string[]; readonly acknowledged: number; readonly entries: number };

/** What is wrong in the database once nothing is left to do. */
export async function examine(github: LocalGitHub, database: Database): Promise<Books> {
  const { db } = database;
  const wrong: string[] = [];
  const stored = await db.selectFrom('delivery').select(['id', 'event', 'outcome', 'note']).execute();
  const known = new Map(stored.map((row) => [row.id, row]));
  const acknowledged = github.deliveries.filter(({ statusCode }) => statusCode >= 200 && statusCode < 300);
  for (const { guid, event } of acknowledged) {
    if (!known.has(guid)) wrong.push(`the delivery ${guid} (${event}) was acknowledged and is lost`);
  }
  const queued = await queuedDeliveries(database);
  for (const { id, event, outcome, note } of stored) {
    if (outcome === null && queued.has(id)) continue;
    if (outcome !== 'handled' && outcome !== 'ignored') {
      wrong.push(`the delivery ${id} (${event}) is ${outcome ?? 'not done'}: ${note ?? ''}`);
    }
  }
  let entries = 0;
  const store = createStore(database);
  for (const installation of await store.auditInstallations()) {
    const chain = await store.auditEntries(installation, 1, 1_000_000);
    entries += chain.length;
    const verified = verifyChain(chain);
    if (!verified.ok) wrong.push(`the audit log of installation ${installation} does not verify`);
  }
  // Each of these ends something, so a second one was done twice.
  const { rows: twice } = await sql<{ what: string }>`
    select kind || ' of ' || coalesce(grant_id, request_id, '') as what from audit_entry
    where kind in ('request.released', 'request.opened', 'grant.created', 'grant.active', 'grant.ended')
    group by 1 having count(*) > 1`.execute(db);
  wrong.push(...twice.map(({ what }) => `twice in the audit log: ${what}`));
  return { wrong, acknowledged: acknowledged.length, entries };
}

/** Deliveries that the next start goes on with: an instance that is stopped leaves what it has not begun. */
async function queuedDeliveries({ db }: Database): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select data->>'id' as id from pgboss.job where name = 'delivery' and state in ('created', 'retry', 'active')`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => id));
}
