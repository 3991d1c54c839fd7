/** What the environment says about checkpoints of the audit log: the key, the place, how often. */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckpointPlace } from '../domain/audit-checkpoint.ts';
import type { Millis } from '../domain/identity.ts';
import { ok, refused, type Result } from '../domain/result.ts';
import type { Secret } from '../secret.ts';
import { isLoopback } from './api-url.ts';

/** Which key signs checkpoints, and where and how often they are published. */
export type CheckpointConfig = {
  /** Ed25519 private key. */
  readonly key: KeyObject;
  readonly place: CheckpointPlace;
  /** Sent as a bearer token to an address; `null` sends none. */
  readonly token: Secret | null;
  readonly every: Millis;
};

type Given = {
  readonly key: KeyObject | undefined;
  readonly to: string | undefined;
  readonly token: Secret | null | undefined;
  readonly every: Millis;
};

/** A place asks for a key: half of it would look as if checkpoints were published. A key alone signs by hand. */
export function readCheckpoints(
  { key, to, token = null, every }: Given,
  cwd: string,
): Result<CheckpointConfig | null, { readonly variable: string; readonly problem: string }> {
  if (to === undefined) return ok(null);
  if (key === undefined) {
    const problem = 'is missing, and AUDIT_CHECKPOINT_TO says where signed checkpoints are to go';
    return refused({ variable: 'AUDIT_KEY', problem });
  }
  const place = readCheckpointPlace(to, cwd);
  if (!place.ok) return refused({ variable: 'AUDIT_CHECKPOINT_TO', problem: place.error });
  return ok({ key, place: place.value, token, every });
}

/** Reads an Ed25519 private key in PEM. Refuses everything else in words that never hold any of it. */
export function readAuditKey(given: string): Result<KeyObject, string> {
  const pem = given.trim().replaceAll('\\n', '\n').replaceAll('\r\n', '\n');
  if (!pem.includes('-----BEGIN')) return refused('is no private key in PEM text');
  if (pem.includes('-----BEGIN PUBLIC KEY')) return refused('is a public key, and the private one is needed');
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? ok(key) : refused('is not an Ed25519 key');
  } catch {
    return refused('is a private key that can’t be read (was it cut off, or does it need a passphrase?)');
  }
}

/**
 * Reads `file:PATH`, a path that begins with `/` or `./`, or an address with `PUT` (as if left out) or `POST` before it.
 * Refuses an address without https, except on this machine.
 */
function readCheckpointPlace(given: string, cwd: string): Result<CheckpointPlace, string> {
  const [, verb = 'PUT', address = ''] = /^(?:(PUT|POST)\s+)?(\S.*)$/u.exec(given.trim()) ?? [];
  if (/^https?:/u.test(address)) {
    const read = readTarget(address);
    return read.ok ? ok({ kind: 'url', url: read.value, method: verb === 'POST' ? 'POST' : 'PUT' }) : read;
  }
  const path = pathIn(address);
  if (path === null) return refused('is neither a file nor an address');
  return path === '' ? refused('names no file') : ok({ kind: 'file', path: resolve(cwd, path) });
}

function pathIn(text: string): string | null {
  if (text.startsWith('file://')) return pathOf(text);
  if (text.startsWith('file:')) return text.slice('file:'.length);
  return isAbsolute(text) || text.startsWith('./') ? text : null;
}

/** An address can carry a signature in its query, as those of object stores do. */
function readTarget(address: string): Result<string, string> {
  const url = URL.parse(address);
  if (url === null) return refused('is not an address');
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    return refused('does not start with https://, so the token would travel unencrypted');
  }
  if (url.username !== '' || url.password !== '') return refused('holds a password: put it into the token instead');
  return ok(url.href);
}

function pathOf(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}
