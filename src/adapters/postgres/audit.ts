/** How the audit log is read back. It is written in commit.ts and nowhere else. */

import type { Kysely } from 'kysely';
import type { ChainHead } from '../../domain/audit.ts';
import { installationId, type InstallationId } from '../../domain/identity.ts';
import type { AuditView, Store } from '../../engine/ports.ts';
import { auditEntryFrom, grantFrom, requestFrom, voteFrom, type Names } from './rows.ts';
import type { Tables } from './schema.ts';

type Audit = Pick<
  Store,
  'auditEntries' | 'auditInstallations' | 'auditHeads' | 'lastAuditEntries' | 'entriesOf' | 'frozen' | 'personName'
>;

/** The log names nobody and nothing, so what it is compared with needs no present names. */
const NO_NAMES: Names = new Map();

/** The part of the store that is about the audit log. */
export const readAudit = (db: Kysely<Tables>): Audit => ({
  ...readEntries(db),

  auditHeads: async () => {
    const rows = await db.selectFrom('audit_head').selectAll().where('seq', '>', 0).execute();
    return new Map<InstallationId, ChainHead>(
      rows.map(({ installation_id: id, seq, hash }) => [installationId(id), { seq, hash }]),
    );
  },

  lastAuditEntries: async () =>
    (
      await db
        .selectFrom('audit_entry')
        .selectAll()
        .distinctOn('installation_id')
        .orderBy('installation_id')
        .orderBy('seq', 'desc')
        .execute()
    ).map(auditEntryFrom),

  entriesOf: async (requests, limit) =>
    requests.length === 0
      ? []
      : (
          await db
            .selectFrom('audit_entry')
            .selectAll()
            .where('request_id', 'in', requests)
            .where('kind', '<>', 'vote.refused')
            .orderBy('at')
            .orderBy('installation_id')
            .orderBy('seq')
            .limit(limit)
            .execute()
        ).map(auditEntryFrom),

  frozen: async (use) =>
    await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (trx) => await use(viewOf(trx))),

  personName: async (id) =>
    (await db.selectFrom('person').select('login').where('id', '=', id).executeTakeFirst())?.login ?? null,
});

const readEntries = (db: Kysely<Tables>): Pick<Store, 'auditEntries' | 'auditInstallations'> => ({
  auditEntries: async (installation, from, limit) =>
    (
      await db
        .selectFrom('audit_entry')
        .selectAll()
        .where('installation_id', '=', installation)
        .where('seq', '>=', from)
        .orderBy('seq')
        .limit(limit)
        .execute()
    ).map(auditEntryFrom),

  auditInstallations: async () =>
    // From the entries, not from the heads: a head that was removed must not hide a chain.
    (await db.selectFrom('audit_entry').select('installation_id').distinct().orderBy('installation_id').execute()).map(
      (row) => installationId(row.installation_id),
    ),
});

const viewOf = (db: Kysely<Tables>): AuditView => ({
  ...readEntries(db),

  requestsAfter: async (id, limit) =>
    (await db.selectFrom('request').selectAll().where('id', '>', id).orderBy('id').limit(limit).execute()).map((row) =>
      requestFrom(row, NO_NAMES),
    ),

  votesOn: async (requests) =>
    requests.length === 0
      ? []
      : (await db.selectFrom('vote').selectAll().where('request_id', 'in', requests).orderBy('ord').execute()).map(
          voteFrom,
        ),

  grantsAfter: async (id, limit) =>
    (await db.selectFrom('access_grant').selectAll().where('id', '>', id).orderBy('id').limit(limit).execute()).map(
      (row) => grantFrom(row, NO_NAMES),
    ),
});
