/** `jit-gate audit rebuild`: makes requests, votes and grants anew from the log, or compares the tables with it. */

import { compareRow, type Difference } from '../../domain/audit-compare.ts';
import { grantRecord, requestRecord, voteRecord } from '../../domain/audit-record.ts';
import { replayer, voteKey, type Replayed, type ReplayProblem } from '../../domain/audit-replay.ts';
import type { AuditEntry, Json } from '../../domain/audit.ts';
import type { AuditView, Store } from '../../engine/ports.ts';
import { EXIT, outJson, type ExitCode, type Terminal } from '../terminal.ts';
import { writeLines } from './export.ts';
import { chainOf, inOrder } from './source.ts';

/** Rows compared at a time. */
const PAGE = 500;
/** Differences that are printed one by one; a table that has nothing to do with the log has no end of them. */
const SHOWN = 100;

/** Writes the rows as the log tells them, as JSON Lines. Ends with findings where the log does not hang together. */
export async function printRebuilt(
  entries: AsyncIterable<AuditEntry>,
  out: string | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  const told = await fold(entries);
  const written = await writeLines(out, terminal, async function* () {
    for (const [table, rows] of tablesOf(told)) {
      for (const [id, row] of rows) yield await Promise.resolve(JSON.stringify({ table, id, row }));
    }
  });
  if (written === null) return EXIT.usage;
  for (const problem of told.problems) terminal.say(problemWords(problem));
  terminal.say(`${written} rows made from the log${out === undefined ? '' : `, written to ${out}`}.`);
  return told.problems.length === 0 ? EXIT.fine : EXIT.findings;
}

const tablesOf = ({ requests, votes, grants }: Replayed) =>
  [
    ['request', requests],
    ['vote', votes],
    ['grant', grants],
  ] as const;

/** Compares the live tables with the log, both as they are at one moment, and names every difference. */
export async function checkTables(store: Pick<Store, 'frozen'>, json: boolean, terminal: Terminal): Promise<ExitCode> {
  terminal.say('Reading the log ...');
  const { told, differences } = await store.frozen(async (view) => {
    const chains = (await view.auditInstallations()).map((installation) => chainOf(view, installation));
    const rebuilt = await fold(inOrder(chains));
    terminal.say('Comparing the tables with it ...');
    return { told: rebuilt, differences: await compare(view, rebuilt) };
  });
  const fine = differences.length === 0 && told.problems.length === 0;
  const rows = { requests: told.requests.size, votes: told.votes.size, grants: told.grants.size };
  if (json) outJson(terminal, { ok: fine, rows, problems: told.problems, differences });
  else {
    for (const problem of told.problems) terminal.out(problemWords(problem));
    for (const difference of differences.slice(0, SHOWN)) terminal.out(differenceWords(difference));
    if (differences.length > SHOWN) terminal.out(`... and ${differences.length - SHOWN} more; --json has them all`);
  }
  terminal.say(
    fine
      ? `The tables say what the log tells: ${rows.requests} requests, ${rows.votes} votes, ${rows.grants} grants.`
      : `${differences.length} differences, ${told.problems.length} entries that do not fit. The log tells what was decided: look who changed a table by hand.`,
  );
  return fine ? EXIT.fine : EXIT.findings;
}

async function fold(entries: AsyncIterable<AuditEntry>): Promise<Replayed> {
  const { take, finish } = replayer();
  for await (const entry of entries) take(entry);
  return finish();
}

async function compare(view: AuditView, told: Replayed): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  const seen = { request: new Set<string>(), vote: new Set<string>(), grant: new Set<string>() };
  const rows = { request: told.requests, vote: told.votes, grant: told.grants };
  const hold = (table: Difference['table'], id: string, row: ReturnType<typeof requestRecord>): void => {
    seen[table].add(id);
    differences.push(...compareRow(table, id, row, rows[table].get(id) ?? null));
  };
  for await (const page of pages((after) => view.requestsAfter(after, PAGE))) {
    for (const request of page) hold('request', request.id, requestRecord(request));
    const votes = await view.votesOn(page.map((request) => request.id));
    for (const vote of votes) hold('vote', voteKey(vote.requestId, vote.source), voteRecord(vote));
  }
  for await (const page of pages((after) => view.grantsAfter(after, PAGE))) {
    for (const grant of page) hold('grant', grant.id, grantRecord(grant));
  }
  for (const table of ['request', 'vote', 'grant'] as const) {
    for (const [id, row] of rows[table]) {
      if (!seen[table].has(id)) differences.push(...compareRow(table, id, null, row));
    }
  }
  return differences;
}

async function* pages<T extends { readonly id: string }>(
  read: (after: string) => Promise<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  for (let page = await read(''); page.length > 0; page = await read(page.at(-1)?.id ?? '')) yield page;
}

const problemWords = ({ installationId, seq, what }: ReplayProblem): string =>
  `installation ${installationId}, entry ${seq}: ${what}`;

function differenceWords({ table, id, field, inTable, inLog }: Difference): string {
  if (field === null) {
    return inTable === undefined
      ? `${table} ${id}: the log tells of it, the table does not have it`
      : `${table} ${id}: the table has it, the log does not tell of it`;
  }
  return `${table} ${id}: ${field} is ${shown(inTable)} in the table, ${shown(inLog)} in the log`;
}

const shown = (value: Json | undefined): string => (value === undefined ? 'not there' : JSON.stringify(value));
