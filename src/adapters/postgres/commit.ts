/** How a state change is stored whole or not at all: rows, audit entries and jobs in one transaction. */

import { sql, type Transaction } from 'kysely';
import { linkEntry, type AuditDraft } from '../../domain/audit.ts';
import { accountFor } from '../../domain/audit-record.ts';
import { instant, type InstallationId, type Instant } from '../../domain/identity.ts';
import type { Change } from '../../engine/ports.ts';
import { now } from './clock.ts';
import type { Database } from './database.ts';
import { RUNNING } from './grants.ts';
import { effectJob, insertJobs, reminderJob, timerJob, turnJob } from './jobs.ts';
import { isOwed } from './owed.ts';
import { auditRow, grantRow, mergeGroupRow, requestRow, voteRow } from './rows.ts';
import type { Tables } from './schema.ts';
import { json, storable, storableText } from './storable.ts';

type Trx = Transaction<Tables>;

/** A row was not what the change had been computed from. Thrown inside the transaction, to undo it; never leaves here. */
class Moved extends Error {}

/** SQLSTATE of a transaction that PostgreSQL ended for the sake of another: nothing was stored, once more is right. */
const LOST = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

/** Stores `change`. `false`: a row had moved on and nothing was stored. Everything else that goes wrong is thrown. */
export async function commit(database: Database, change: Change): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await database.db.transaction().execute(async (trx) => await write(database, trx, change));
      break;
    } catch (error) {
      if (error instanceof Moved || isOpenKeyTaken(error)) return false;
      if (!LOST.has(codeOf(error)) || attempt === ATTEMPTS) throw error;
    }
  }
  if ((change.effects ?? []).length + (change.reminders ?? []).length > 0) database.announce('effect');
  if (change.timers !== undefined && change.timers.length > 0) database.announce('timer');
  return true;
}

async function write(database: Database, trx: Trx, change: Change): Promise<void> {
  await writeRequests(trx, change.requests ?? []);
  await writeGrants(trx, change.grants ?? []);
  await writeVotes(trx, change);
  await writeBaselines(trx, change.baselines ?? []);
  await writeTeamBaselines(trx, change.teamBaselines ?? []);
  await writeMergeGroups(trx, change);
  await writeSurfaces(trx, change.surfaces ?? []);
  await writePeople(trx, change.people ?? []);
  if (change.policy !== undefined) await writePolicy(trx, change.policy);
  await insertJobs(database.boss, trx, 'effect', [
    ...(change.effects ?? []).map((effect) => effectJob(storable(effect))),
    ...(change.reminders ?? []).map((effect) => reminderJob(storable(effect))),
  ]);
  await insertJobs(database.boss, trx, 'timer', [
    ...(change.timers ?? []).map(timerJob),
    ...(change.turns ?? []).map(turnJob),
  ]);
  // Last, as the heads stay locked until the commit and every other commit of the installation waits for them.
  await appendAudit(trx, accountFor(change));
  await refuseDebts(trx, change);
}

/** After the heads are locked: whoever makes a debt in the installation at this moment is seen, or comes after. */
async function refuseDebts(trx: Trx, { unowed = [], votes = [] }: Change): Promise<void> {
  const made = votes.map(({ requestId }) => requestId);
  for (const debt of unowed) if (await isOwed(trx, debt, made)) throw new Moved();
}

/** Rows in one order for everyone, updates first: what ends makes room for what begins under the same key. */
const inOrder = <T extends { readonly was: number | null; readonly row: { readonly id: string } }>(
  rows: readonly T[],
): readonly T[] =>
  [...rows].sort((a, b) => Number(a.was === null) - Number(b.was === null) || (a.row.id < b.row.id ? -1 : 1));

async function writeRequests(trx: Trx, rows: NonNullable<Change['requests']>): Promise<void> {
  for (const { was, row } of inOrder(rows)) {
    const values = requestRow(row);
    const { length } =
      was === null
        ? await trx
            .insertInto('request')
            .values(values)
            .onConflict((taken) => taken.doNothing())
            .returning('id')
            .execute()
        : await trx
            .updateTable('request')
            .set(values)
            .where('id', '=', row.id)
            .where('version', '=', was)
            .returning('id')
            .execute();
    if (length === 0) throw new Moved();
  }
}

async function writeGrants(trx: Trx, rows: NonNullable<Change['grants']>): Promise<void> {
  for (const { was, row } of inOrder(rows)) {
    const values = grantRow(row);
    const { length } =
      was === null
        ? await trx
            .insertInto('access_grant')
            .values(values)
            .onConflict((taken) => taken.doNothing())
            .returning('id')
            .execute()
        : await trx
            .updateTable('access_grant')
            .set(values)
            .where('id', '=', row.id)
            .where('version', '=', was)
            .returning('id')
            .execute();
    if (length === 0) throw new Moved();
  }
}

async function writeVotes(trx: Trx, change: Change): Promise<void> {
  const votes = change.votes ?? [];
  if (votes.length > 0) {
    await trx
      .insertInto('vote')
      .values(votes.map(voteRow))
      .onConflict((known) => known.columns(['request_id', 'source_kind', 'source_id']).doNothing())
      .execute();
  }
  for (const { requestId, source, at, why } of change.voids ?? []) {
    await trx
      .updateTable('vote')
      .set({ voided_at: at, void_reason: why })
      .where('request_id', '=', requestId)
      .where('source_kind', '=', source.kind)
      .where('source_id', '=', source.id)
      .where('voided_at', 'is', null)
      .execute();
  }
}

async function writeBaselines(trx: Trx, baselines: NonNullable<Change['baselines']>): Promise<void> {
  for (const { repoId, userId, baseline } of baselines) {
    if (baseline === null) {
      // Looked at here, since a grant can have begun after whoever asks had looked.
      await sql`delete from baseline where repo_id = ${repoId} and user_id = ${userId} and not exists (
        select from access_grant where repo_id = ${repoId} and grantee_id = ${userId} and team_id is null
          and state = any(${[...RUNNING]}::text[]))`.execute(trx);
    } else {
      const { role } = baseline;
      await trx
        .insertInto('baseline')
        .values({ repo_id: repoId, user_id: userId, role })
        .onConflict((known) => known.columns(['repo_id', 'user_id']).doUpdateSet({ role }))
        .execute();
    }
  }
}

async function writeTeamBaselines(trx: Trx, baselines: NonNullable<Change['teamBaselines']>): Promise<void> {
  for (const { team, userId, baseline } of baselines) {
    if (baseline === null) {
      await sql`delete from team_baseline where team_id = ${team} and user_id = ${userId} and not exists (
        select from access_grant where team_id = ${team} and grantee_id = ${userId}
          and state = any(${[...RUNNING]}::text[]))`.execute(trx);
      continue;
    }
    const { role } = baseline;
    await trx
      .insertInto('team_baseline')
      .values({ team_id: team, user_id: userId, role })
      .onConflict((known) => known.columns(['team_id', 'user_id']).doUpdateSet({ role }))
      .execute();
  }
}

async function writeMergeGroups(trx: Trx, change: Change): Promise<void> {
  for (const group of change.mergeGroups ?? []) {
    const row = mergeGroupRow(group);
    await trx
      .insertInto('merge_group')
      .values(row)
      .onConflict((known) => known.columns(['repo_id', 'head']).doUpdateSet(row))
      .execute();
  }
  for (const { repoId, head } of change.endedMergeGroups ?? []) {
    await trx.deleteFrom('merge_group').where('repo_id', '=', repoId).where('head', '=', head).execute();
  }
}

async function writePeople(trx: Trx, people: NonNullable<Change['people']>): Promise<void> {
  const byId = new Map(people.map(({ id, login }) => [id, storableText(login)] as const));
  const ids = [...byId.keys()].sort((a, b) => a - b);
  if (ids.length === 0) return;
  await sql`
    insert into person (id, login, seen_at)
    select id, login, jit_now() from unnest(${ids}::int8[], ${ids.map((id) => byId.get(id))}::text[]) as seen (id, login)
    on conflict (id) do update set login = excluded.login, seen_at = excluded.seen_at
    where person.login <> excluded.login`.execute(trx);
}

async function writeSurfaces(trx: Trx, surfaces: NonNullable<Change['surfaces']>): Promise<void> {
  for (const { was, row } of surfaces) {
    const values = { github_id: row.githubId, digest: row.digest, shown_at: now };
    const { length } =
      was === null
        ? await trx
            .insertInto('surface')
            .values({ key: row.key, ...values })
            .onConflict((taken) => taken.doNothing())
            .returning('key')
            .execute()
        : await trx
            .updateTable('surface')
            .set(values)
            .where('key', '=', row.key)
            .where('digest', '=', was)
            .returning('key')
            .execute();
    if (length === 0) throw new Moved();
  }
}

async function writePolicy(trx: Trx, { repoId, file }: NonNullable<Change['policy']>): Promise<void> {
  const row = { file: json(file), read_at: now };
  await trx
    .insertInto('policy')
    .values({ repo_id: repoId, ...row })
    .onConflict((known) => known.column('repo_id').doUpdateSet(row))
    .execute();
}

/** Appends entries to the chains of their installations, in the transaction of what they tell of. */
export async function appendAudit(trx: Trx, drafts: readonly AuditDraft[]): Promise<void> {
  const installations = [...new Set(drafts.map((draft) => draft.installationId))].sort((a, b) => a - b);
  for (const installation of installations) {
    const mine = drafts.filter((draft) => draft.installationId === installation);
    await appendChain(trx, installation, mine);
  }
}

/** Appends to one installation's chain. Its head stays locked until the transaction ends, so the next one waits. */
async function appendChain(trx: Trx, installation: InstallationId, drafts: readonly AuditDraft[]): Promise<void> {
  await trx
    .insertInto('audit_head')
    .values({ installation_id: installation, seq: 0, hash: '' })
    .onConflict((known) => known.column('installation_id').doNothing())
    .execute();
  const head = await trx
    .selectFrom('audit_head')
    .select(['seq', 'hash', now.as('now')])
    .where('installation_id', '=', installation)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const at: Instant = instant(head.now);
  let previous = head.seq === 0 ? null : { seq: head.seq, hash: head.hash };
  const entries = drafts.map((draft) => {
    const entry = linkEntry(previous, draft, at);
    previous = { seq: entry.seq, hash: entry.hash };
    return entry;
  });
  await trx.insertInto('audit_entry').values(entries.map(auditRow)).execute();
  if (previous !== null) {
    await trx.updateTable('audit_head').set(previous).where('installation_id', '=', installation).execute();
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** An update that opens a request whose key another open request has. An insert is told apart by its row count. */
const isOpenKeyTaken = (error: unknown): boolean =>
  codeOf(error) === '23505' &&
  error instanceof Error &&
  'constraint' in error &&
  error.constraint === 'request_open_key';
