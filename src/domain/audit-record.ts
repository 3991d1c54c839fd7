/** What of a request, a vote or a grant goes into the audit log, so that each can be made anew from the log alone. */

import type { AuditDraft, Json } from './audit.ts';
import type { Grant } from './grant.ts';
import type { Request } from './request.ts';
import type { Vote } from './vote.ts';

/** A row as the log knows it: people and repositories by their number, since names change and can be erased. */
export type RowRecord = Readonly<Record<string, Json>>;

/** The rows that a change writes, with the entries that tell of it. */
export type Told = {
  readonly requests?: readonly { readonly was: number | null; readonly row: Request }[];
  readonly votes?: readonly Vote[];
  readonly grants?: readonly { readonly was: number | null; readonly row: Grant }[];
  readonly audit?: readonly AuditDraft[];
};

/** Words for people. They can hold a name, and are made from what the log has in numbers. */
const WORDS_ONLY: ReadonlySet<string> = new Set(['outcome']);

/** A request without names. Its outcome in words is left out: the entry that ended it says why. */
export const requestRecord = (request: Request): RowRecord => recordOf(request);
export const grantRecord = (grant: Grant): RowRecord => recordOf(grant);
export const voteRecord = (vote: Vote): RowRecord => recordOf(vote);

/**
 * The entries of a change, complete: every row that is written is carried whole by the last entry about it. A row that
 * no entry tells of gets one, so that nothing changes in silence.
 */
export function accountFor({ requests = [], votes = [], grants = [], audit = [] }: Told): readonly AuditDraft[] {
  const entries = [...audit, ...votes.filter((vote) => !isCastIn(vote, audit)).map((vote) => castOf(vote, requests))];
  for (const { was, row } of requests) {
    const at = entries.findLastIndex((entry) => entry.requestId === row.id && !entry.kind.startsWith('grant.'));
    const about = entries[at];
    const record = was === null ? requestRecord(row) : changedRecord(row);
    if (about === undefined) entries.push({ ...changeOf(row), data: { request: record } });
    else entries[at] = { ...about, data: { ...about.data, request: record } };
  }
  for (const { row } of grants) {
    const at = entries.findLastIndex((entry) => entry.grantId === row.id && entry.kind.startsWith('grant.'));
    const about = entries[at];
    if (about === undefined) entries.push({ ...grantChangeOf(row), data: { grant: grantRecord(row) } });
    else entries[at] = { ...about, data: { ...about.data, grant: grantRecord(row) } };
  }
  return entries;
}

/** What was asked for is told once, as people may write a page there. What is held can come to be known bit by bit. */
function changedRecord(row: Request): RowRecord {
  const { subject, ...rest } = requestRecord(row);
  return subject === undefined || row.subject.kind === 'access' ? rest : { ...rest, subject };
}

const changeOf = (row: Request): AuditDraft => ({
  installationId: row.repo.installationId,
  kind: 'request.changed',
  actor: null,
  repoId: row.repo.id,
  requestId: row.id,
  grantId: null,
  data: {},
});

const grantChangeOf = (row: Grant): AuditDraft => ({
  installationId: row.repo.installationId,
  kind: 'grant.changed',
  actor: null,
  repoId: row.repo.id,
  requestId: row.requestId,
  grantId: row.id,
  data: {},
});

const isCastIn = (vote: Vote, audit: readonly AuditDraft[]): boolean =>
  audit.some(
    ({ kind, requestId, data }) =>
      kind === 'vote.cast' && requestId === vote.requestId && isSource(data['source'], vote.source),
  );

/** Whether a value out of an entry names this comment or review. */
const isSource = (value: Json | undefined, source: Vote['source']): boolean =>
  isRecord(value) && value['kind'] === source.kind && value['id'] === source.id;

/** What the entry of a vote keeps of it. */
export const castData = ({ answer, source, head, castAt, reason, due }: Vote): RowRecord => ({
  answer,
  source: { ...source },
  head,
  at: castAt,
  reason,
  ...(due === undefined ? {} : { due }),
});

/** A vote that no entry tells of. Its request is written with it, and says which chain it belongs to. */
function castOf(vote: Vote, requests: NonNullable<Told['requests']>): AuditDraft {
  const request = requests.find(({ row }) => row.id === vote.requestId)?.row;
  if (request === undefined) throw new Error(`a vote on ${vote.requestId} comes without its request`);
  return {
    ...changeOf(request),
    kind: 'vote.cast',
    actor: vote.voter.id,
    data: castData(vote),
  };
}

function recordOf(row: object): RowRecord {
  const record = numbered(row);
  if (!isRecord(record)) throw new Error('a row is an object');
  return Object.fromEntries(Object.entries(record).filter(([key]) => !WORDS_ONLY.has(key)));
}

/** The same value with a number in place of every person and repository. */
function numbered(value: unknown): Json {
  if (Array.isArray(value)) return value.map(numbered);
  if (typeof value !== 'object' || value === null) return value as Json;
  const fields = value as Readonly<Record<string, unknown>>;
  const named = typeof fields['login'] === 'string' || typeof fields['owner'] === 'string';
  if (named && typeof fields['id'] === 'number') return fields['id'];
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, numbered(inner)] as const])),
  );
}

/** Whether a JSON value is an object. `Array.isArray` does not see through `readonly`. */
export const isRecord = (value: Json | undefined): value is RowRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
