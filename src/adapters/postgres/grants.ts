/** How grants, what people had before them, and merge groups are found. */

import { sql, type Kysely, type Selectable, type SelectQueryBuilder } from 'kysely';
import { isRoleGrant, isTeamGrant, LIVE_STATES, type Baseline, type Grant } from '../../domain/grant.ts';
import { LONGEST } from '../../domain/duration.ts';
import type { MergeGroup, Store } from '../../engine/ports.ts';
import { now } from './clock.ts';
import { namesOf } from './repositories.ts';
import { grantFrom, holdingFrom, mergeGroupFrom, type HoldingRow } from './rows.ts';
import type { Tables } from './schema.ts';

type Grants = Pick<
  Store,
  | 'grant'
  | 'grantOf'
  | 'lastGrant'
  | 'teamGrants'
  | 'teamBaseline'
  | 'runningGrants'
  | 'allRunningGrants'
  | 'holdings'
  | 'dueGrants'
  | 'baseline'
  | 'mergeGroupsWith'
  | 'unreadMergeGroups'
  | 'mergeGroup'
>;

type GrantQuery = SelectQueryBuilder<Tables, 'access_grant', Selectable<Tables['access_grant']>>;
type GroupQuery = SelectQueryBuilder<Tables, 'merge_group', Selectable<Tables['merge_group']>>;

/** Not over: given, about to be given, or being taken back. */
export const RUNNING = [...LIVE_STATES, 'ending'] as const;

/** The part of the store that is about grants and merge groups. */
export function readGrants(db: Kysely<Tables>): Grants {
  const rows = (): GrantQuery => db.selectFrom('access_grant').selectAll('access_grant');
  const running = (): GrantQuery => rows().where('state', 'in', RUNNING);

  const many = async (query: GrantQuery): Promise<readonly Grant[]> => {
    const found = await query.execute();
    const names = await namesOf(
      db,
      found.map((row) => row.repo_id),
    );
    return found.map((row) => grantFrom(row, names));
  };
  const groups = async (query: GroupQuery): Promise<readonly MergeGroup[]> => {
    const found = await query.execute();
    const names = await namesOf(
      db,
      found.map((row) => row.repo_id),
    );
    return found.map((row) => mergeGroupFrom(row, names));
  };

  return {
    grant: async (id) => (await many(rows().where('id', '=', id)))[0] ?? null,
    grantOf: async (request) =>
      (await many(rows().where('request_id', '=', request).orderBy('ord', 'desc').limit(1)))[0] ?? null,
    runningGrants: async (repo, user) =>
      (
        await many(
          running()
            .where('repo_id', '=', repo)
            .where('grantee_id', '=', user)
            .where('team_id', 'is', null)
            .orderBy('ord'),
        )
      ).filter(isRoleGrant),
    lastGrant: async (repo, user) =>
      (
        await many(
          rows()
            .where('repo_id', '=', repo)
            .where('grantee_id', '=', user)
            .where('team_id', 'is', null)
            .orderBy('ord', 'desc')
            .limit(1),
        )
      ).find(isRoleGrant) ?? null,
    teamGrants: async (team, user) =>
      (await many(running().where('team_id', '=', team).where('grantee_id', '=', user).orderBy('ord'))).filter(
        isTeamGrant,
      ),
    allRunningGrants: async () => await many(running().orderBy('ord')),

    holdings: async (user) => {
      const { rows: found } = await sql<Selectable<HoldingRow>>`
        select g.repo_id, coalesce(place.installation_id, (g.repo ->> 'installationId')::int8) as installation_id,
          r.subject ->> 'rule' as rule, g.ends_at, g.ended_at
        from access_grant g join request r on r.id = g.request_id left join repository place on place.id = g.repo_id
        where g.grantee_id = ${user} and (g.state = any(${[...RUNNING]}::text[])
          or (g.state = 'ended' and g.ended_at > jit_now() - ${LONGEST}::int8))
        order by g.ord`.execute(db);
      return found.map(holdingFrom);
    },

    dueGrants: async () =>
      await many(
        running()
          .where((grant) => grant.or([grant('state', '=', 'ending'), grant('ends_at', '<=', now)]))
          .orderBy('ends_at'),
      ),

    baseline: async (repo, user): Promise<Baseline | null> => {
      const row = await db
        .selectFrom('baseline')
        .select('role')
        .where('repo_id', '=', repo)
        .where('user_id', '=', user)
        .executeTakeFirst();
      return row ?? null;
    },

    teamBaseline: async (team, user) =>
      (await db
        .selectFrom('team_baseline')
        .select('role')
        .where('team_id', '=', team)
        .where('user_id', '=', user)
        .executeTakeFirst()) ?? null,

    mergeGroupsWith: async (repo, pull) =>
      await groups(
        db
          .selectFrom('merge_group')
          .selectAll()
          .where('repo_id', '=', repo)
          .where(sql<boolean>`pulls -> 'value' @> ${String(pull)}::text::jsonb`)
          .orderBy('head'),
      ),

    mergeGroup: async (repo, head) =>
      (
        await groups(db.selectFrom('merge_group').selectAll().where('repo_id', '=', repo).where('head', '=', head))
      )[0] ?? null,

    unreadMergeGroups: async () =>
      await groups(
        db
          .selectFrom('merge_group')
          .selectAll()
          .where(sql<boolean>`pulls ->> 'kind' = 'unknown'`)
          .orderBy('repo_id')
          .orderBy('head'),
      ),
  };
}
