/** How long deliveries are kept, and what is needed only beside them. */

import { sql, type Kysely } from 'kysely';
import { millis } from '../../domain/identity.ts';
import type { Tables } from './schema.ts';

const DAY = 86_400_000;
/** How long the payload of a handled delivery stays: for as long as GitHub itself can send it again. */
const PAYLOADS_KEPT = millis(3 * DAY);
/** How long a delivery's id stays, so that a redelivery is known. */
const IDS_KEPT = millis(30 * DAY);

/** How long it is known who pushed a commit. A pull request that is older is looked up in GitHub's own records. */
const PUSHES_KEPT = millis(180 * DAY);

/** Empties and deletes what is older than that, by the database's clock. What was never settled stays. */
export async function forgetOldDeliveries(db: Kysely<Tables>): Promise<void> {
  await sql`
    update delivery set payload = null
    where payload is not null and settled_at < jit_now() - ${PAYLOADS_KEPT}::int8`.execute(db);
  await sql`
    delete from delivery
    where settled_at is not null and received_at < jit_now() - ${IDS_KEPT}::int8`.execute(db);
  // A comment or review that was changed before it was told of: by now its webhook can't come any more.
  await sql`
    delete from surface
    where (starts_with(key, 'changed:') or starts_with(key, 'withdrawn:')) and shown_at < jit_now() - ${IDS_KEPT}::int8`.execute(
    db,
  );
  await sql`delete from push where pushed_at < jit_now() - ${PUSHES_KEPT}::int8`.execute(db);
}
