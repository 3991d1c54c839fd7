/** What is known of repositories: their names, their policy files, and whom the logins in those stand for. */

import { sql, type Kysely } from 'kysely';
import { userId, type RepoRef } from '../../domain/identity.ts';
import type { Store } from '../../engine/ports.ts';
import { policyFrom, repoFrom, type Names } from './rows.ts';
import type { Tables } from './schema.ts';

type Repositories = Pick<
  Store,
  | 'repository'
  | 'repositories'
  | 'saveRepositories'
  | 'forgetRepositories'
  | 'baselineRepositories'
  | 'policy'
  | 'pinnedLogin'
  | 'pinLogin'
  | 'pinTeam'
>;

/** The part of the store that is about repositories. */
export const keepRepositories = (db: Kysely<Tables>): Repositories => ({
  repository: async (id) => {
    const row = await db.selectFrom('repository').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : repoFrom(row);
  },

  repositories: async () => (await db.selectFrom('repository').selectAll().orderBy('id').execute()).map(repoFrom),

  saveRepositories: async (repos) => {
    const byId = new Map(repos.map((repo) => [repo.id, repo]));
    // In the order of their ids, so that two instances that save the same ones can't block each other.
    const rows = [...byId.values()]
      .sort((a, b) => a.id - b.id)
      .map(({ id, installationId, owner, name }) => ({ id, installation_id: installationId, owner, name }));
    if (rows.length === 0) return;
    await db
      .insertInto('repository')
      .values(rows)
      .onConflict((known) =>
        known.column('id').doUpdateSet((row) => ({
          installation_id: row.ref('excluded.installation_id'),
          owner: row.ref('excluded.owner'),
          name: row.ref('excluded.name'),
        })),
      )
      .execute();
  },

  forgetRepositories: async (ids) => {
    if (ids.length === 0) return;
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom('repository').where('id', 'in', ids).execute();
      await trx.deleteFrom('policy').where('repo_id', 'in', ids).execute();
    });
  },

  baselineRepositories: async ({ installationId, owner }) => {
    const rows = await db
      .selectFrom('repository')
      .selectAll()
      .where('installation_id', '=', installationId)
      .where(sql<boolean>`lower(owner) = ${owner.toLowerCase()}`)
      .where(sql<boolean>`lower(name) = any(${['.github-private', '.github']}::text[])`)
      .orderBy(sql`lower(name) desc`)
      .execute();
    return rows.map(repoFrom);
  },

  policy: async (repo) => {
    const row = await db.selectFrom('policy').selectAll().where('repo_id', '=', repo).executeTakeFirst();
    return row === undefined ? null : policyFrom(row);
  },

  pinnedLogin: async (repo, login) => {
    const row = await db
      .selectFrom('login_pin')
      .select('user_id')
      .where('repo_id', '=', repo)
      .where('login', '=', login.toLowerCase())
      .executeTakeFirst();
    return row === undefined ? null : userId(row.user_id);
  },

  pinLogin: async (repo, login, id) => {
    // The update that changes nothing makes the row that was first come back.
    const row = await db
      .insertInto('login_pin')
      .values({ repo_id: repo, login: login.toLowerCase(), user_id: id })
      .onConflict((known) =>
        known.columns(['repo_id', 'login']).doUpdateSet((pin) => ({ user_id: pin.ref('login_pin.user_id') })),
      )
      .returning('user_id')
      .executeTakeFirstOrThrow();
    return userId(row.user_id);
  },

  pinTeam: async (repo, team, id, anew) => {
    const row = await db
      .insertInto('team_pin')
      .values({ repo_id: repo, team, team_id: id })
      .onConflict((known) =>
        known
          .columns(['repo_id', 'team'])
          .doUpdateSet((pin) => ({ team_id: pin.ref(anew ? 'excluded.team_id' : 'team_pin.team_id') })),
      )
      .returning('team_id')
      .executeTakeFirstOrThrow();
    return row.team_id;
  },
});

/** The present names of some repositories. */
export async function namesOf(db: Kysely<Tables>, ids: readonly (number | null)[]): Promise<Names> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map<number, RepoRef>();
  const rows = await db
    .selectFrom('repository')
    .selectAll()
    .where(sql<boolean>`id = any(${wanted}::int8[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, repoFrom(row)]));
}
