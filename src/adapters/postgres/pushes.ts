/** Who pushed which commits, as webhooks told. */

import { sql, type Kysely } from 'kysely';
import { instant, sha, userId } from '../../domain/identity.ts';
import type { Store } from '../../engine/ports.ts';
import type { Tables } from './schema.ts';
import { storableText } from './storable.ts';

/** The part of the store that is about pushes. */
export const keepPushes = (db: Kysely<Tables>): Pick<Store, 'savePush' | 'pushesOf'> => ({
  savePush: async (repo, { ref, head, commits, by, at }) => {
    const shas = [...new Set([...commits, head])].sort();
    await sql`
      insert into push (repo_id, sha, ref, pusher_id, tip, pushed_at)
      select ${repo}::int8, sha, ${storableText(ref)}, ${by}::int8, sha = ${head}, ${at}::int8
      from unnest(${shas}::text[]) as brought (sha)
      on conflict (repo_id, sha, ref, pusher_id) do update
        set tip = excluded.tip or push.tip, pushed_at = greatest(excluded.pushed_at, push.pushed_at)`.execute(db);
  },

  pushesOf: async (repo, commits) => {
    if (commits.length === 0) return [];
    const { rows } = await sql<{ sha: string; ref: string; pusher_id: number; tip: boolean; pushed_at: number }>`
      select sha, ref, pusher_id, tip, pushed_at from push
      where repo_id = ${repo} and sha = any(${[...commits]}::text[])
      order by pushed_at, pusher_id`.execute(db);
    return rows.map((row) => ({
      commit: sha(row.sha),
      ref: row.ref,
      by: userId(row.pusher_id),
      tip: row.tip,
      at: instant(row.pushed_at),
    }));
  },
});
