/** What the audit log tells of the requests of the past: what was asked for, who voted, and whether it passed. */

import { z } from 'zod';
import type { AuditEntry } from '../audit.ts';
import { replayer, type Replayed } from '../audit-replay.ts';
import {
  installationId,
  instant,
  millis,
  repoId,
  requestId,
  sha,
  userId,
  type Instant,
  type Person,
} from '../identity.ts';
import type { Request } from '../request.ts';
import { BASE_ROLES, ROLES } from '../role.ts';
import type { AccessSubject, Subject } from '../subject.ts';
import type { Vote } from '../vote.ts';
import { supposedRequest } from './supposed-request.ts';

/** A request as the log has it. `passed`: it was released, merged or granted, or stood approved. */
export type PastRequest = {
  readonly id: string;
  readonly repo: number;
  readonly state: string;
  readonly passed: boolean;
  readonly openedAt: Instant;
  /** When it was last decided. */
  readonly decidedAt: Instant;
  readonly request: Request;
  /** What counted when it was last decided: a vote that was taken back later had its effect. */
  readonly votes: readonly Vote[];
  /** Number of the repository where people talked about it; `null` where they did nowhere. */
  readonly conversation: number | null;
  /** What it gave; `null` for what gave no access, or more time with a grant that ran. */
  readonly grant: PastGrant | null;
};

/** Access that was given. `endedAt`: when it was gone; `null` where the log does not tell of that. */
export type PastGrant = { readonly startsAt: Instant; readonly endsAt: Instant; readonly endedAt: Instant | null };

const id = z.int().transform(userId);
const text = z.string();
const hash = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u)
  .transform(sha);
const runOf = z.object({
  id: z.int(),
  attempt: z.int(),
  event: text,
  actor: id.nullable(),
  triggeringActor: id.nullable(),
  fork: z.boolean(),
});

/** A person of whom only the number is known. */
export const personOf = (who: Person['id']): Person => ({ id: who, login: `account ${String(who)}` });

const SubjectRecord = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('merge'), pull: z.int(), head: hash, base: text, pushers: z.array(id) }),
  z.object({
    kind: z.literal('deployment'),
    environment: text,
    sha: hash,
    ref: text,
    refKinds: z.array(z.enum(['branch', 'tag', 'other'])).default([]),
    deploymentId: z.int().nullable(),
    run: runOf.nullable(),
    ruleWaits: z.boolean(),
    creator: id.nullable(),
  }),
  z.object({
    kind: z.literal('access'),
    grantee: id.transform(personOf),
    target: z.int(),
    role: z.union([
      z.enum(ROLES),
      z.object({ custom: text, base: z.enum(BASE_ROLES) }),
      z.object({ team: text, id: z.int(), org: z.int() }),
    ]),
    duration: z.int().transform(millis),
    start: z.int().transform(instant).optional(),
    reason: text,
    ticket: text.nullable(),
    rule: text,
  }),
]);

const RequestRecord = z.object({
  state: text,
  repo: z.int(),
  subject: SubjectRecord,
  requester: id.nullable(),
  openedAt: z.int().transform(instant),
  conversation: z.object({ repo: z.int() }).nullable().default(null),
});

const VoteRecord = z.object({
  requestId: text,
  voter: id,
  answer: z.enum(['approve', 'deny', 'break-glass', 'auto-approve', 'review']),
  source: z.object({ kind: z.enum(['comment', 'review', 'request']), id: z.int() }),
  head: hash.nullable(),
  castAt: z.int().transform(instant),
  due: z.int().transform(instant).optional(),
  voided: z.object({ at: z.int().nullable() }).nullable(),
});

/** A grant that GitHub refused gave nothing. */
const GrantRecord = z
  .object({
    requestId: text,
    state: text,
    startsAt: z.int().transform(instant),
    endsAt: z.int().transform(instant),
    endedAt: z.int().transform(instant).nullable(),
  })
  .refine(({ state }) => state !== 'failed');

/** Collects what the log tells of requests; entries in the order of their time. */
export function pastRequests(): { take: (entry: AuditEntry) => void; finish: () => readonly PastRequest[] } {
  const log = replayer();
  const decided = new Map<string, Last>();
  return {
    take: (entry) => {
      log.take(entry);
      if (entry.requestId === null || !DECIDING.has(entry.kind)) return;
      decided.set(entry.requestId, { at: entry.at, approved: entry.kind === 'request.approved' });
    },
    finish: () => readAll(log.finish(), decided),
  };
}

/** A pull request that is closed passed if it stood approved then. */
const DECIDING = new Set(['request.approved', 'request.unapproved', 'request.denied', 'request.expired']);
const hasPassed = (state: string, last: Last | undefined): boolean =>
  state === 'released' || state === 'approved' || (state === 'closed' && last?.approved === true);
type Last = { readonly at: Instant; readonly approved: boolean };

function readAll({ requests, votes, grants }: Replayed, decided: ReadonlyMap<string, Last>): readonly PastRequest[] {
  const cast = votesByRequest(votes.values());
  const given = grantsByRequest(grants.values());
  return [...requests].flatMap(([key, row]): readonly PastRequest[] => {
    const read = RequestRecord.safeParse(row);
    if (!read.success) return [];
    const { subject, requester, openedAt, state, repo, conversation } = read.data;
    const blank = supposedRequest(subjectOf(subject), requester === null ? null : personOf(requester), openedAt);
    const request: Request = { ...blank, id: requestId(key) };
    const last = decided.get(key);
    const decidedAt = last?.at ?? openedAt;
    return [
      {
        id: key,
        repo,
        state,
        passed: hasPassed(state, last),
        openedAt,
        decidedAt,
        request,
        votes: (cast.get(key) ?? [])
          .filter(({ voidedAt }) => voidedAt === null || (last !== undefined && voidedAt > decidedAt))
          .map(({ vote }) => vote),
        conversation: conversation?.repo ?? null,
        grant: given.get(key) ?? null,
      },
    ];
  });
}

function grantsByRequest(rows: Iterable<unknown>): ReadonlyMap<string, PastGrant> {
  const found = new Map<string, PastGrant>();
  for (const row of rows) {
    const read = GrantRecord.safeParse(row);
    if (!read.success) continue;
    const { requestId: of, startsAt, endsAt, endedAt } = read.data;
    found.set(of, { startsAt, endsAt, endedAt });
  }
  return found;
}

type Cast = { readonly vote: Vote; readonly voidedAt: number | null };

function votesByRequest(rows: Iterable<unknown>): ReadonlyMap<string, readonly Cast[]> {
  const found = new Map<string, Cast[]>();
  for (const row of rows) {
    const read = VoteRecord.safeParse(row);
    if (!read.success) continue;
    const { voter, requestId: about, voided, due, ...rest } = read.data;
    const vote: Vote = {
      ...rest,
      ...(due === undefined ? {} : { due }),
      requestId: requestId(about),
      voter: personOf(voter),
      reason: null,
      voided: null,
    };
    const before = found.get(about) ?? [];
    before.push({ vote, voidedAt: voided === null ? null : (voided.at ?? 0) });
    found.set(about, before);
  }
  return found;
}

const subjectOf = (record: z.output<typeof SubjectRecord>): Subject =>
  record.kind === 'access' ? accessOf(record) : record;

const accessOf = ({
  start,
  ...record
}: Extract<z.output<typeof SubjectRecord>, { kind: 'access' }>): AccessSubject => ({
  ...record,
  ...(start === undefined ? {} : { start }),
  target: { installationId: installationId(1), id: repoId(record.target), owner: '', name: '' },
  extends: null,
});
