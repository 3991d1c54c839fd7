/** How a person's names are erased from the tables, while the log, which knows people by number, stays whole. */

import { sql, type Kysely, type Transaction } from 'kysely';
import { installationId, type UserId } from '../../domain/identity.ts';
import { LIVE_STATES } from '../../domain/grant.ts';
import { OPEN_STATES } from '../../domain/request.ts';
import { ERASED, type Erasure } from '../../engine/ports.ts';
import { appendAudit } from './commit.ts';
import type { Tables } from './schema.ts';
import { json } from './storable.ts';

type Trx = Transaction<Tables>;

/** Erases in one transaction, with an entry in every chain that knows the person. */
export const erasePerson = async (db: Kysely<Tables>, user: UserId): Promise<Erasure> =>
  await db.transaction().execute(async (trx): Promise<Erasure> => {
    const busy = await underWay(trx, user);
    if (busy.length > 0) return { kind: 'under-way', what: busy };
    const logins = await loginsOf(trx, user);
    const installations = await installationsOf(trx, user);
    const person = await trx.deleteFrom('person').where('id', '=', user).executeTakeFirst();
    const votes = await trx
      .updateTable('vote')
      .set({ voter_login: ERASED })
      .where('voter_id', '=', user)
      .where('voter_login', '<>', ERASED)
      .executeTakeFirst();
    const grants = await trx
      .updateTable('access_grant')
      .set({ grantee_login: ERASED })
      .where('grantee_id', '=', user)
      .where('grantee_login', '<>', ERASED)
      .executeTakeFirst();
    const requests = await eraseFromRequests(trx, user, logins);
    await emptyDeliveries(trx, logins);
    const rows = {
      people: Number(person.numDeletedRows),
      requests,
      votes: Number(votes.numUpdatedRows),
      grants: Number(grants.numUpdatedRows),
    };
    await appendAudit(
      trx,
      installations.map((installation) => ({
        installationId: installationId(installation),
        kind: 'person.erased',
        actor: null,
        repoId: null,
        requestId: null,
        grantId: null,
        data: { user, rows },
      })),
    );
    return { kind: 'erased', rows, left: await mentions(trx, logins) };
  });

/** What still needs the name: it is shown to those who decide, and GitHub takes roles by it. */
async function underWay(trx: Trx, user: UserId): Promise<readonly string[]> {
  const requests = await trx
    .selectFrom('request')
    .select('id')
    .where('requester_id', '=', user)
    .where('state', 'in', OPEN_STATES)
    .execute();
  const grants = await trx
    .selectFrom('access_grant')
    .select('id')
    .where('grantee_id', '=', user)
    .where('state', 'in', [...LIVE_STATES, 'ending'])
    .execute();
  return [...requests.map(({ id }) => `request ${id}`), ...grants.map(({ id }) => `grant ${id}`)];
}

/** Every name that the account ever had here. */
async function loginsOf(trx: Trx, user: UserId): Promise<readonly string[]> {
  const { rows } = await sql<{ login: string }>`
    select login from person where id = ${user}
    union select voter_login from vote where voter_id = ${user}
    union select grantee_login from access_grant where grantee_id = ${user}
    union select requester_login from request where requester_id = ${user}`.execute(trx);
  return rows.map(({ login }) => login).filter((login) => /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\[bot\])?$/u.test(login));
}

async function installationsOf(trx: Trx, user: UserId): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct installation_id as id from audit_entry where actor = ${user}
    union select distinct (repo ->> 'installationId')::int8 from request where requester_id = ${user}
    union select distinct (repo ->> 'installationId')::int8 from access_grant where grantee_id = ${user}
    order by id`.execute(trx);
  return rows.map(({ id }) => id);
}

async function eraseFromRequests(trx: Trx, user: UserId, logins: readonly string[]): Promise<number> {
  const rows = await trx
    .selectFrom('request')
    .select(['id', 'subject', 'requester_id', 'requester_login', 'outcome'])
    .where((request) =>
      request.or([
        request('requester_id', '=', user),
        request(sql<string>`subject::text`, '~', `"id": ?${user}[,}]`),
        // The one who denied is named in the outcome.
        request.exists(
          request
            .selectFrom('vote')
            .select('vote.ord')
            .whereRef('request_id', '=', 'request.id')
            .where('voter_id', '=', user),
        ),
      ]),
    )
    .execute();
  let changed = 0;
  for (const row of rows) {
    const next = {
      subject: json(withoutName(row.subject, user)),
      requester_login: row.requester_id === user ? ERASED : row.requester_login,
      outcome: row.outcome === null ? null : outcomeWithout(row.outcome, logins),
    };
    const same = next.subject === json(row.subject) && next.requester_login === row.requester_login;
    if (same && next.outcome === row.outcome) continue;
    await trx.updateTable('request').set(next).where('id', '=', row.id).execute();
    changed += 1;
  }
  return changed;
}

/** The same value with the login of this person replaced, wherever the person stands in it. */
function withoutName(value: unknown, user: UserId): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutName(one, user));
  if (typeof value !== 'object' || value === null) return value;
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutName(inner, user)]),
  );
  return fields['id'] === user && typeof fields['login'] === 'string' ? { ...fields, login: ERASED } : fields;
}

/** `Denied by LOGIN` and what follows it, which are that person's own words. */
const outcomeWithout = (outcome: string, logins: readonly string[]): string =>
  logins.reduce(
    (text, login) =>
      text === `Denied by ${login}` || text.startsWith(`Denied by ${login}:`)
        ? `Denied by ${ERASED}${text.slice(`Denied by ${login}`.length)}`
        : text,
    outcome,
  );

/** Webhooks that are handled are kept for three days in case of doubt. Those with the name are emptied now. */
async function emptyDeliveries(trx: Trx, logins: readonly string[]): Promise<void> {
  for (const login of logins) {
    await sql`
      update delivery set payload = null
      where settled_at is not null and payload is not null and payload ~* ${wordOf(login)}`.execute(trx);
  }
}

const wordOf = (login: string): string => `(^|[^A-Za-z0-9_-])${login.replaceAll(/[[\]]/gu, '\\$&')}($|[^A-Za-z0-9_-])`;

/** Where the name still stands: in what people wrote, in policy files, and in the log, which can't be changed. */
async function mentions(trx: Trx, logins: readonly string[]): Promise<Extract<Erasure, { kind: 'erased' }>['left']> {
  const words = logins.map(wordOf).join('|');
  if (words === '') return { requests: 0, votes: 0, policies: 0, entries: 0 };
  const { rows } = await sql<{ requests: number; votes: number; policies: number; entries: number }>`
    select
      (select count(*)::int4 from request where request::text ~* ${words}) as requests,
      (select count(*)::int4 from vote where vote::text ~* ${words}) as votes,
      (select count(*)::int4 from policy where policy::text ~* ${words}) as policies,
      (select count(*)::int4 from audit_entry where data::text ~* ${words}) as entries`.execute(trx);
  return rows[0] ?? { requests: 0, votes: 0, policies: 0, entries: 0 };
}
