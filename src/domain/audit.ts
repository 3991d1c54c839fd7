/** The audit log's entries, how they are chained, and how a chain is verified. */

import { hash as digest } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { GrantId, Instant, InstallationId, RepoId, RepoRef, RequestId, UserId } from './identity.ts';
import { ok, refused, type Result } from './result.ts';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What can be recorded. One name a fact, `subject.what-happened`. */
export const AUDIT_KINDS = [
  'request.opened',
  'request.approved',
  'request.unapproved',
  'request.released',
  'request.denied',
  'request.expired',
  'request.cancelled',
  'request.superseded',
  'request.closed',
  /** Something else than the state: a deadline, a place to talk. */
  'request.changed',
  'vote.cast',
  'vote.refused',
  'vote.voided',
  'command.refused',
  'grant.created',
  'grant.active',
  'grant.invited',
  'grant.failed',
  'grant.extended',
  'grant.ending',
  'grant.ended',
  'grant.drift',
  'grant.changed',
  /** A job that waited for the environment of a released run was let go ahead too. */
  'deployment.answered',
  /** A deployment waits that no request can hold: nobody can approve it. */
  'deployment.unanswered',
  'policy.changed',
  'installation.changed',
  /** Work in a repository was given up, since the app can't see it. */
  'repository.out-of-reach',
  /** Another app reports a check under a name of ours. */
  'check.impostor',
  /** A person's names were erased from the tables. */
  'person.erased',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** What a state change says about itself; the store adds place, time and hashes when it commits. People appear by id. */
export type AuditDraft = {
  readonly installationId: InstallationId;
  readonly kind: AuditKind;
  /** Who acted; `null` is the app itself. */
  readonly actor: UserId | null;
  readonly repoId: RepoId | null;
  readonly requestId: RequestId | null;
  readonly grantId: GrantId | null;
  readonly data: { readonly [key: string]: Json };
};

/** An entry about a repository, and no one request or grant in it. */
export const repoAudit = (
  repo: RepoRef,
  kind: AuditKind,
  actor: UserId | null,
  data: AuditDraft['data'],
): AuditDraft => ({
  installationId: repo.installationId,
  kind,
  actor,
  repoId: repo.id,
  requestId: null,
  grantId: null,
  data,
});

/** An entry in its place. `hash` is SHA-256 over the RFC 8785 form of everything else, `prev` included. */
export type AuditEntry = AuditDraft & {
  /** Position in the installation's chain, from 1 without gaps. */
  readonly seq: number;
  readonly at: Instant;
  /** Hash of the entry before, in lower-case hexadecimal; 64 zeros for the first. */
  readonly prev: string;
  readonly hash: string;
};

/** The last entry of a chain, or of a part of one. */
export type ChainHead = Pick<AuditEntry, 'seq' | 'hash'>;

/** What stands as `prev` in the first entry of a chain. */
export const NO_PREVIOUS = '0'.repeat(64);

/**
 * The entry that follows `previous` (`null`: the first of its chain). Text that neither RFC 8785 nor PostgreSQL can
 * hold, half a surrogate pair or a NUL, becomes the replacement character, so that no one can stop the log with it.
 * Throws on numbers that are not finite.
 */
export function linkEntry(previous: ChainHead | null, draft: AuditDraft, at: Instant): AuditEntry {
  const { installationId, kind, actor, repoId, requestId, grantId, data } = draft;
  const unsealed = {
    installationId,
    kind,
    actor,
    repoId,
    requestId,
    grantId,
    data: storableRecord(data),
    seq: (previous?.seq ?? 0) + 1,
    at,
    prev: previous?.hash ?? NO_PREVIOUS,
  };
  return { ...unsealed, hash: hashOf(unsealed) };
}

/** SHA-256, in lower-case hexadecimal, over the RFC 8785 form of an entry without its own hash. */
const hashOf = (unsealed: Omit<AuditEntry, 'hash'>): string => digest('sha256', canonicalize(unsealed) ?? '', 'hex');

function storable(value: Json): Json {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(storable);
  return storableRecord(value);
}

const storableRecord = (record: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [storableText(key), storable(value)]));

const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** `Array.isArray` does not see through `readonly`. */
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/**
 * Where and how a chain breaks first.
 * `hash-mismatch`: the entry is not what was written. `wrong-previous`: the entry before it was replaced.
 * `gap`: `seq` is missing. `duplicate`: `seq` is there twice. `out-of-order`: `seq` comes after a later one.
 * `other-installation`: the entry belongs to another chain. `truncated`: the chain ends before `seq`, its expected
 * last entry. `wrong-head`: the expected last entry has another hash.
 */
export type BrokenChain = {
  readonly kind:
    | 'hash-mismatch'
    | 'wrong-previous'
    | 'gap'
    | 'duplicate'
    | 'out-of-order'
    | 'other-installation'
    | 'truncated'
    | 'wrong-head';
  /** Position of the first entry that is broken or missing. */
  readonly seq: number;
};

/** How many entries were verified, and the last of them: `null` where there was none and nothing was expected before. */
export type VerifiedChain = { readonly count: number; readonly head: ChainHead | null };

export type Verifier = {
  /** Takes the next entry. Returns the break that it shows; after the first, every call returns that one. */
  readonly take: (entry: AuditEntry) => BrokenChain | null;
  /** The outcome over everything taken. */
  readonly finish: () => Result<VerifiedChain, BrokenChain>;
};

/** What is known about a chain from elsewhere, such as a published checkpoint. */
export type ChainExpectations = {
  /** The entry before the first one that is taken. Left out: the chain is verified from its beginning. */
  readonly after?: ChainHead | null;
  /** Entries that the chain must hold. Without any, a chain whose end was cut off verifies: nothing in it tells. */
  readonly heads?: readonly ChainHead[];
};

/** Verifies one installation's chain entry by entry, in constant memory. */
export function verifier({ after = null, heads = [] }: ChainExpectations = {}): Verifier {
  const expected = expectedHashes(heads);
  const longest = Math.max(0, ...expected.keys());
  let last: ChainHead | null = after;
  let count = 0;
  let installation: InstallationId | null = null;
  let broken: BrokenChain | null = null;
  return {
    take(entry) {
      if (broken !== null) return broken;
      installation ??= entry.installationId;
      broken = breakAt(entry, last, installation) ?? missesHead(entry, expected);
      if (broken !== null) return broken;
      last = { seq: entry.seq, hash: entry.hash };
      count += 1;
      return null;
    },
    finish() {
      if (broken !== null) return refused(broken);
      const end = last;
      if (longest > (end?.seq ?? 0)) return refused({ kind: 'truncated', seq: longest });
      return ok({ count, head: end });
    },
  };
}

/** Verifies a chain that is at hand as a whole, or comes from a generator. */
export function verifyChain(
  entries: Iterable<AuditEntry>,
  expectations: ChainExpectations = {},
): Result<VerifiedChain, BrokenChain> {
  const { take, finish } = verifier(expectations);
  for (const entry of entries) {
    if (take(entry) !== null) break;
  }
  return finish();
}

function breakAt(entry: AuditEntry, last: ChainHead | null, installation: InstallationId): BrokenChain | null {
  const expected = (last?.seq ?? 0) + 1;
  if (entry.installationId !== installation) return { kind: 'other-installation', seq: expected };
  if (entry.seq === last?.seq) return { kind: 'duplicate', seq: entry.seq };
  if (entry.seq < expected) return { kind: 'out-of-order', seq: entry.seq };
  if (entry.seq > expected) return { kind: 'gap', seq: expected };
  if (!hasOwnHash(entry)) return { kind: 'hash-mismatch', seq: entry.seq };
  if (entry.prev !== (last?.hash ?? NO_PREVIOUS)) return { kind: 'wrong-previous', seq: entry.seq };
  return null;
}

/** Hashes by position. Two checkpoints that contradict each other can't both be met. */
function expectedHashes(heads: readonly ChainHead[]): ReadonlyMap<number, ReadonlySet<string>> {
  const hashes = new Map<number, Set<string>>();
  for (const { seq, hash } of heads) hashes.set(seq, (hashes.get(seq) ?? new Set()).add(hash));
  return hashes;
}

function missesHead(entry: AuditEntry, expected: ReadonlyMap<number, ReadonlySet<string>>): BrokenChain | null {
  const hashes = expected.get(entry.seq);
  if (hashes === undefined || (hashes.size === 1 && hashes.has(entry.hash))) return null;
  return { kind: 'wrong-head', seq: entry.seq };
}

function hasOwnHash(entry: AuditEntry): boolean {
  const { hash, ...unsealed } = entry;
  try {
    return hashOf(unsealed) === hash;
  } catch {
    // What RFC 8785 can't write was not written by `linkEntry`.
    return false;
  }
}
