/** How requests and votes are found. */

import { sql, type Kysely, type Selectable, type SelectQueryBuilder } from 'kysely';
import { requestId, sha as shaOf, userId } from '../../domain/identity.ts';
import { mergeKey, OPEN_STATES, type Request } from '../../domain/request.ts';
import { environmentKey } from '../../domain/subject.ts';
import type { Store } from '../../engine/ports.ts';
import { now } from './clock.ts';
import { namesOf } from './repositories.ts';
import { requestFrom, voteFrom } from './rows.ts';
import type { Tables } from './schema.ts';

type Requests = Pick<
  Store,
  | 'request'
  | 'openRequests'
  | 'openRequestByKey'
  | 'lastRequestByKey'
  | 'mergeRequestsAt'
  | 'requestsIn'
  | 'releasedDeployments'
  | 'peopleOfPulls'
  | 'hasHeldMerges'
  | 'overdueRequests'
  | 'scheduledRequests'
  | 'startedRequests'
  | 'requestsSince'
  | 'votes'
  | 'votesFrom'
>;

/** More than GitHub is asked for when the last deployment is looked for. */
const RELEASED = 200;

type Row = Selectable<Tables['request']>;

/** The part of the store that is about requests. */
export function readRequests(db: Kysely<Tables>): Requests {
  const rows = (): SelectQueryBuilder<Tables, 'request', Row> => db.selectFrom('request').selectAll('request');
  const open = (): SelectQueryBuilder<Tables, 'request', Row> => rows().where('state', 'in', OPEN_STATES);

  const many = async (query: SelectQueryBuilder<Tables, 'request', Row>): Promise<readonly Request[]> => {
    const found = await query.execute();
    const names = await namesOf(
      db,
      found.flatMap((row) => [row.repo_id, row.target_id, row.conversation_repo_id]),
    );
    return found.map((row) => requestFrom(row, names));
  };
  const one = async (query: SelectQueryBuilder<Tables, 'request', Row>): Promise<Request | null> =>
    (await many(query.limit(1)))[0] ?? null;

  return {
    request: async (id) => await one(rows().where('id', '=', id)),
    openRequests: async (repo) => await many(open().where('repo_id', '=', repo).orderBy('ord')),
    openRequestByKey: async (key) => await one(open().where('key', '=', key)),
    lastRequestByKey: async (key) => await one(rows().where('key', '=', key).orderBy('ord', 'desc')),

    mergeRequestsAt: async (repo, head) =>
      await many(
        rows()
          .where('kind', '=', 'merge')
          .where('repo_id', '=', repo)
          .where('head', '=', head)
          .where('state', '<>', 'closed')
          .where((request) =>
            request.not(
              request.exists(
                request
                  .selectFrom('request as later')
                  .select('later.id')
                  .whereRef('later.key', '=', 'request.key')
                  .whereRef('later.ord', '>', 'request.ord'),
              ),
            ),
          )
          .orderBy('ord', 'desc'),
      ),

    requestsIn: async (repo, number) =>
      await many(
        rows()
          .where('conversation_repo_id', '=', repo)
          .where('conversation_number', '=', number)
          .orderBy('ord', 'desc'),
      ),

    releasedDeployments: async (repo, environment, before) => {
      const earlier = db.selectFrom('request as own').select('own.ord').where('own.id', '=', before);
      const found = await db
        .selectFrom('request')
        .select([sql<string | null>`subject ->> 'deploymentId'`.as('id'), sql<string>`subject ->> 'sha'`.as('sha')])
        .where('kind', '=', 'deployment')
        .where('repo_id', '=', repo)
        .where('state', '=', 'released')
        .where(sql<boolean>`lower(subject ->> 'environment') = ${environmentKey(environment)}`)
        .$if(before !== null, (query) => query.where('ord', '<', earlier))
        .orderBy('ord', 'desc')
        .limit(RELEASED)
        .execute();
      return found.flatMap(({ id, sha }) => (id === null ? [] : [{ id: Number(id), sha: shaOf(sha) }]));
    },

    peopleOfPulls: async (repo, pulls) => {
      if (pulls.length === 0) return [];
      const keys = pulls.map((pull) => mergeKey({ id: repo }, pull));
      const { rows: found } = await sql<{ id: number }>`
        select requester_id as id from request where key = any(${keys}::text[]) and requester_id is not null
        union
        select pusher::int8 as id from request, jsonb_array_elements_text(subject -> 'pushers') as pusher
        where key = any(${keys}::text[])
        order by id`.execute(db);
      return found.map(({ id }) => userId(id));
    },

    hasHeldMerges: async (repo) => (await one(rows().where('repo_id', '=', repo).where('kind', '=', 'merge'))) !== null,

    overdueRequests: async () =>
      await many(rows().where('state', '=', 'pending').where('deadline', '<=', now).orderBy('deadline')),

    scheduledRequests: async () =>
      await many(rows().where('state', '=', 'approved').where('starts_at', 'is not', null).orderBy('starts_at')),

    startedRequests: async () => await many(open().where('starts_at', '<=', now).orderBy('starts_at')),
    requestsSince: async (repo, since, limit) =>
      (
        await db
          .selectFrom('request')
          .select('id')
          .where('repo_id', '=', repo)
          .where('opened_at', '>=', since)
          .orderBy('ord', 'desc')
          .limit(limit)
          .execute()
      ).map(({ id }) => requestId(id)),

    votes: async (request) =>
      (await db.selectFrom('vote').selectAll().where('request_id', '=', request).orderBy('ord').execute()).map(
        voteFrom,
      ),

    votesFrom: async ({ kind, id }) =>
      (
        await db
          .selectFrom('vote')
          .selectAll()
          .where('source_kind', '=', kind)
          .where('source_id', '=', id)
          .orderBy('ord')
          .execute()
      ).map(voteFrom),
  };
}
