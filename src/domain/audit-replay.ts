/** What requests, votes and grants are, told by the audit log alone. */

import type { AuditEntry, AuditKind, Json } from './audit.ts';
import { isRecord, type RowRecord } from './audit-record.ts';
import { canBecome as grantCanBecome, GRANT_STATES, type GrantState } from './grant.ts';
import type { InstallationId } from './identity.ts';
import { canBecome, REQUEST_STATES, type RequestState } from './request.ts';
import type { Vote } from './vote.ts';

/** The three tables as the log tells them, each row by its key: an id, or what `voteKey` makes. */
export type Replayed = {
  readonly requests: ReadonlyMap<string, RowRecord>;
  readonly votes: ReadonlyMap<string, RowRecord>;
  readonly grants: ReadonlyMap<string, RowRecord>;
  /** Where the log does not hang together, oldest first. */
  readonly problems: readonly ReplayProblem[];
};

/**
 * `unknown-kind`: written by a version that knows more, so what it did is missing here. `incomplete`: does not carry the
 * row that it changed. `impossible`: a state that nothing leads to from the one before.
 */
export type ReplayProblem = {
  readonly installationId: InstallationId;
  readonly seq: number;
  readonly kind: 'unknown-kind' | 'incomplete' | 'impossible';
  readonly what: string;
};

/** What an entry of a kind does to the tables. */
type Meaning =
  | { readonly request: RequestState }
  | { readonly grant: GrantState }
  | 'vote-cast'
  | 'vote-voided'
  /** Changes no state. It can still carry a row whose other fields changed. */
  | 'told';

/** A new kind is refused by the compiler until it is said here what it does. */
const MEANINGS: Readonly<Record<AuditKind, Meaning>> = {
  'request.opened': { request: 'pending' },
  'request.approved': { request: 'approved' },
  'request.unapproved': { request: 'pending' },
  'request.released': { request: 'released' },
  'request.denied': { request: 'denied' },
  'request.expired': { request: 'expired' },
  'request.cancelled': { request: 'cancelled' },
  'request.superseded': { request: 'superseded' },
  'request.closed': { request: 'closed' },
  'request.changed': 'told',
  'vote.cast': 'vote-cast',
  'vote.refused': 'told',
  'vote.voided': 'vote-voided',
  'command.refused': 'told',
  'grant.created': { grant: 'applying' },
  'grant.active': { grant: 'active' },
  'grant.invited': { grant: 'invited' },
  'grant.failed': { grant: 'failed' },
  'grant.extended': 'told',
  'grant.ending': { grant: 'ending' },
  'grant.ended': { grant: 'ended' },
  'grant.drift': 'told',
  'grant.changed': 'told',
  'deployment.answered': 'told',
  'deployment.unanswered': 'told',
  'policy.changed': 'told',
  'installation.changed': 'told',
  'repository.out-of-reach': 'told',
  'check.impostor': 'told',
  'person.erased': 'told',
};

/** Which vote of which request: a comment can vote on several requests. */
export const voteKey = (requestId: string, source: Vote['source']): string =>
  `${requestId}:${source.kind}:${source.id}`;

export type Replayer = {
  /** Takes the next entry. Entries of several chains come in the order of their time. */
  readonly take: (entry: AuditEntry) => void;
  readonly finish: () => Replayed;
};

/** Folds entries into the rows that they tell of. Never throws on an entry, whoever wrote it. */
export function replayer(): Replayer {
  const requests = new Map<string, RowRecord>();
  const votes = new Map<string, RowRecord>();
  const grants = new Map<string, RowRecord>();
  const problems: ReplayProblem[] = [];

  const take = (entry: AuditEntry): void => {
    const { installationId, seq } = entry;
    const problem = (kind: ReplayProblem['kind'], what: string): void => {
      problems.push({ installationId, seq, kind, what });
    };
    if (!Object.hasOwn(MEANINGS, entry.kind)) {
      problem('unknown-kind', `${JSON.stringify(entry.kind)} is no kind of entry that this version knows`);
      return;
    }
    const meaning = MEANINGS[entry.kind];
    if (meaning === 'vote-cast') castVote(entry, votes, problem);
    if (meaning === 'vote-voided') voidVote(entry, votes, problem);
    moveRow(REQUEST, requests, entry, meaning, problem);
    moveRow(GRANT, grants, entry, meaning, problem);
  };
  return { take, finish: () => ({ requests, votes, grants, problems }) };
}

/** Folds entries that are at hand as a whole. */
export function replay(entries: Iterable<AuditEntry>): Replayed {
  const { take, finish } = replayer();
  for (const entry of entries) take(entry);
  return finish();
}

type Report = (kind: ReplayProblem['kind'], what: string) => void;

/** How the two tables that have states differ. */
type Table = {
  readonly name: 'request' | 'grant';
  readonly idOf: (entry: AuditEntry) => string | null;
  readonly stateOf: (meaning: Meaning) => string | null;
  readonly first: AuditKind;
  readonly leadsTo: (from: string, to: string) => boolean;
};

const REQUEST: Table = {
  name: 'request',
  idOf: (entry) => entry.requestId,
  stateOf: (meaning) => (typeof meaning === 'object' && 'request' in meaning ? meaning.request : null),
  first: 'request.opened',
  leadsTo: (from, to) =>
    isOneOf(REQUEST_STATES, from) &&
    isOneOf(REQUEST_STATES, to) &&
    // What GitHub has taken is released, though the approval was voided while it was on its way.
    (canBecome(from, to) || (from === 'pending' && to === 'released')),
};

const GRANT: Table = {
  name: 'grant',
  idOf: (entry) => entry.grantId,
  stateOf: (meaning) => (typeof meaning === 'object' && 'grant' in meaning ? meaning.grant : null),
  first: 'grant.created',
  leadsTo: (from, to) => isOneOf(GRANT_STATES, from) && isOneOf(GRANT_STATES, to) && grantCanBecome(from, to),
};

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T =>
  values.some((one) => one === value);

/** The state is computed from what happened; the row that the entry carries has to agree with it. */
function moveRow(
  table: Table,
  rows: Map<string, RowRecord>,
  entry: AuditEntry,
  meaning: Meaning,
  report: Report,
): void {
  const id = table.idOf(entry);
  const carried = entry.data[table.name];
  const wanted = table.stateOf(meaning);
  if (wanted === null && !isRecord(carried)) return;
  if (id === null) {
    report('incomplete', `does not say which ${table.name} it is about`);
    return;
  }
  const before = rows.get(id);
  const state = wanted ?? before?.['state'];
  const row = isRecord(carried) ? carried : {};
  for (const what of contradictions(table, { kind: entry.kind, before, wanted, carried: row['state'] })) {
    report(before === undefined ? 'incomplete' : 'impossible', `${table.name} ${id} ${what}`);
  }
  rows.set(id, { ...before, ...row, id, ...(state === undefined ? {} : { state }) });
}

type Move = {
  readonly kind: AuditKind;
  readonly before: RowRecord | undefined;
  /** The state that what happened leads to; `null` where it leads to no other. */
  readonly wanted: string | null;
  /** The state of the row that the entry carries. */
  readonly carried: Json | undefined;
};

/** What does not fit together, in words that follow the row's name. */
function contradictions(table: Table, { kind, before, wanted, carried }: Move): readonly string[] {
  const found: string[] = [];
  if (before === undefined && kind !== table.first) found.push('appears without its beginning');
  if (wanted !== null && before !== undefined && !isStep(table, before['state'], wanted)) {
    found.push(`can't go from ${wordOf(before['state'])} to ${wanted}`);
  }
  const state = wanted ?? before?.['state'];
  if (carried !== undefined && state !== undefined && carried !== state) {
    found.push(`is ${wordOf(carried)}, which the entry does not tell of`);
  }
  return found;
}

const isStep = (table: Table, from: Json | undefined, to: string): boolean =>
  typeof from === 'string' && table.leadsTo(from, to);

const wordOf = (state: Json | undefined): string => (typeof state === 'string' ? state : 'nothing');

function castVote({ requestId, actor, data }: AuditEntry, votes: Map<string, RowRecord>, report: Report): void {
  const source = sourceOf(data['source']);
  if (requestId === null || source === null) {
    report('incomplete', 'does not say which vote it is about');
    return;
  }
  const { answer = null, head = null, at = null, reason = null, due } = data;
  const key = voteKey(requestId, source);
  const vote: Readonly<Record<Exclude<keyof Vote, 'due'>, Json>> & RowRecord = {
    requestId,
    voter: actor,
    answer,
    source,
    head,
    castAt: at,
    reason,
    ...(due === undefined ? {} : { due }),
    voided: null,
  };
  // A comment votes once: what is told again changes nothing.
  if (!votes.has(key)) votes.set(key, vote);
}

function voidVote(entry: AuditEntry, votes: Map<string, RowRecord>, report: Report): void {
  const source = sourceOf(entry.data['source']);
  const key = entry.requestId === null || source === null ? '' : voteKey(entry.requestId, source);
  const vote = votes.get(key);
  if (vote === undefined) {
    report('incomplete', 'voids a vote that the log does not have');
    return;
  }
  const { at = null, why = null } = entry.data;
  if (vote['voided'] === null) votes.set(key, { ...vote, voided: { at, why } });
}

function sourceOf(value: Json | undefined): Vote['source'] | null {
  if (!isRecord(value)) return null;
  const { kind, id } = value;
  return (kind === 'comment' || kind === 'review' || kind === 'request') && typeof id === 'number'
    ? { kind, id }
    : null;
}
