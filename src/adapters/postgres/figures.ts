/** How the work stands, in numbers: what an operator watches. */

import { sql, type Kysely } from 'kysely';
import type { Figures, Store } from '../../engine/ports.ts';
import type { Tables } from './schema.ts';

/** The part of the store that counts. */
export const readFigures = (db: Kysely<Tables>): Pick<Store, 'figures'> => ({
  figures: async () => {
    const { rows } = await sql<Figures>`
      with grants as (
        select state, ends_at, jit_now() as now from access_grant where state in ('applying', 'invited', 'active', 'ending')
      ), jobs as (
        select name, start_after from pgboss.job where state in ('created', 'retry', 'active')
      )
      select
        (select count(*)::int4 from grants) as "grantsRunning",
        (select count(*)::int4 from grants where ends_at <= now) as "grantsOverdue",
        (select coalesce(max(now - ends_at), 0)::int8 from grants where ends_at <= now) as "longestOverdue",
        (select coalesce(jsonb_object_agg(kind, amount), '{}') from
          (select kind, count(*)::int4 as amount from request where state in ('pending', 'approved') group by kind) as open
        ) as "requestsOpen",
        (select coalesce(jsonb_object_agg(name, amount), '{}') from
          (select name, count(*)::int4 as amount from jobs where name <> 'timer' or start_after <= now() group by name) as queued
        ) as "jobsWaiting",
        (select count(*)::int4 from owed_review) as "reviewsOwed",
        (select count(*)::int4 from owed_review where due <= jit_now()) as "reviewsOverdue",
        (select count(*)::int4 from delivery where outcome = 'failed') as "deliveriesFailed"`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error('the database did not count');
    return row;
  },
});
