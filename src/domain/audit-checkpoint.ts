/** What a checkpoint says about a chain, how it is signed, and how a signature is checked. */

import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { ChainHead } from './audit.ts';
import { installationId, type InstallationId, type Instant } from './identity.ts';
import { ok, refused, type Result } from './result.ts';

/** Where checkpoints are published: lines added to a file, or sent to an address. */
export type CheckpointPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly method: 'PUT' | 'POST' };

/** Names the form, so that a signature over something else can't be taken for one over a checkpoint. */
const FORMAT = 'jit-gate-checkpoint-1';

/** How long a chain was and how it ended at some time. Kept elsewhere, it shows when the end of the chain is cut off. */
export type Checkpoint = {
  readonly format: typeof FORMAT;
  readonly installation: InstallationId;
  /** How many entries the chain had. */
  readonly length: number;
  /** Hash of the last of them. */
  readonly head: string;
  /** When it was made, by the database's clock, as ISO 8601 in UTC. */
  readonly at: string;
  /** Which key signed it: see `fingerprint`. */
  readonly key: string;
  /** Ed25519 (RFC 8032) over the RFC 8785 form of everything else, in base64. */
  readonly signature: string;
};

const Shape = z.strictObject({
  format: z.literal(FORMAT),
  installation: z.int().positive().transform(installationId),
  length: z.int().positive(),
  head: z.string().regex(/^[0-9a-f]{64}$/u),
  at: z.iso.datetime(),
  key: z.string().regex(/^[0-9a-f]{64}$/u),
  signature: z.base64().max(200),
}) satisfies z.ZodType<Checkpoint>;

/** SHA-256 of a public key in DER (SPKI), in lower-case hexadecimal. Of a private key, that of its public half. */
export const fingerprint = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicHalf(key).export({ type: 'spki', format: 'der' }))
    .digest('hex');

const publicHalf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** Signs what a chain is at this time. `key` is an Ed25519 private key. */
export function signCheckpoint(
  { installation, head }: { readonly installation: InstallationId; readonly head: ChainHead },
  at: Instant,
  key: KeyObject,
): Checkpoint {
  const unsigned = {
    format: FORMAT,
    installation,
    length: head.seq,
    head: head.hash,
    at: new Date(at).toISOString(),
    key: fingerprint(key),
  } as const;
  return { ...unsigned, signature: sign(null, bytesOf(unsigned), key).toString('base64') };
}

/** `unknown-key`: signed with none of the keys at hand. `forged`: by the key that it names, but not this text. */
export type BadSignature = { readonly kind: 'unknown-key' | 'forged' };

/** Whether one of `keys`, public or private, signed it. */
export function checkSignature(checkpoint: Checkpoint, keys: readonly KeyObject[]): Result<null, BadSignature> {
  const { signature, ...unsigned } = checkpoint;
  const key = keys.find((one) => fingerprint(one) === checkpoint.key);
  if (key === undefined) return refused({ kind: 'unknown-key' });
  const good = verify(null, bytesOf(unsigned), publicHalf(key), Buffer.from(signature, 'base64'));
  return good ? ok(null) : refused({ kind: 'forged' });
}

const bytesOf = (unsigned: Omit<Checkpoint, 'signature'>): Buffer => Buffer.from(canonicalize(unsigned) ?? '');

/** One line of JSON Lines, without the line break. */
export const toCheckpointLine = (checkpoint: Checkpoint): string => canonicalize(checkpoint) ?? '';

/** Reads JSON Lines of checkpoints; empty lines are passed over. Refuses with the number of the first line that is none. */
export function readCheckpoints(text: string): Result<readonly Checkpoint[], { readonly line: number }> {
  const checkpoints: Checkpoint[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = Shape.safeParse(jsonOf(line));
    if (!read.success) return refused({ line: index + 1 });
    checkpoints.push(read.data);
  }
  return ok(checkpoints);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
