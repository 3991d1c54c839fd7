/** Which reviews are owed for what was let through without approvals. */

import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely';
import type { Debt, Store } from '../../engine/ports.ts';
import { now } from './clock.ts';
import { owedFrom } from './rows.ts';
import type { Tables } from './schema.ts';

type Owed = Pick<Store, 'owedReviews' | 'owedBy' | 'overdueReviews'>;
type OwedQuery = SelectQueryBuilder<Tables, 'owed_review', Selectable<Tables['owed_review']>>;

const rows = (db: Kysely<Tables>): OwedQuery => db.selectFrom('owed_review').selectAll('owed_review').orderBy('ord');

/** Those that one person owes for what was let through anywhere in an installation. */
const ofPerson = (db: Kysely<Tables>, person: number, installation: number): OwedQuery =>
  rows(db)
    .where('voter_id', '=', person)
    .where('repo_id', 'in', db.selectFrom('repository').select('id').where('installation_id', '=', installation));

/** The part of the store that is about reviews that are owed. */
export const readOwed = (db: Kysely<Tables>): Owed => ({
  owedReviews: async (repo) => (await rows(db).where('repo_id', '=', repo).execute()).map((row) => owedFrom(row, repo)),
  owedBy: async (person, installation, at) =>
    (await ofPerson(db, person, installation).execute()).map((row) => owedFrom(row, at)),
  overdueReviews: async () =>
    (await rows(db).where('due', '<=', now).execute()).map((row) =>
      owedFrom(row, row.conversation_repo_id ?? row.repo_id),
    ),
});

/**
 * Whether a debt stands now, other than on the requests named. Asked once the heads of the audit log are locked: whoever
 * makes a debt in the installation at the same time is done by then, or comes after.
 */
export async function isOwed(db: Kysely<Tables>, debt: Debt, except: readonly string[]): Promise<boolean> {
  const all =
    debt.kind === 'any'
      ? rows(db).where('repo_id', '=', debt.repo)
      : ofPerson(db, debt.by, debt.installation).where('due', '<=', now);
  const others = except.length === 0 ? all : all.where('request_id', 'not in', except);
  return (await others.limit(1).execute()).length > 0;
}
