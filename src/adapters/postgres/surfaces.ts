/** What was last shown on GitHub, so that nothing is shown twice and what grows old is renewed. */

import { sql, type Kysely } from 'kysely';
import type { Store } from '../../engine/ports.ts';
import { now } from './clock.ts';
import { surfaceFrom } from './rows.ts';
import type { Tables } from './schema.ts';

type Surfaces = Pick<Store, 'surface' | 'surfacesShownBefore' | 'saveSurface'>;

/** The part of the store that is about surfaces. */
export const keepSurfaces = (db: Kysely<Tables>): Surfaces => ({
  surface: async (key) => {
    const row = await db.selectFrom('surface').selectAll().where('key', '=', key).executeTakeFirst();
    return row === undefined ? null : surfaceFrom(row);
  },

  surfacesShownBefore: async (prefix, before) =>
    (
      await db
        .selectFrom('surface')
        .selectAll()
        .where('shown_at', '<', before)
        .where(sql<boolean>`starts_with(key, ${prefix})`)
        .orderBy('shown_at')
        .execute()
    ).map(surfaceFrom),

  saveSurface: async ({ key, githubId, digest }) => {
    const row = { github_id: githubId, digest, shown_at: now };
    await db
      .insertInto('surface')
      .values({ key, ...row })
      .onConflict((known) => known.column('key').doUpdateSet(row))
      .execute();
  },
});
