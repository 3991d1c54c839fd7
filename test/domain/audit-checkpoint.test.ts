/** What a checkpoint says, and whether anything of it can be changed without the signature showing it. */

import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import {
  checkSignature,
  fingerprint,
  readCheckpoints,
  signCheckpoint,
  toCheckpointLine,
} from '../../src/domain/audit-checkpoint.ts';
import { installationId, instant } from '../../src/domain/identity.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const head = { seq: 12, hash: 'ab'.repeat(32) };
const checkpoint = signCheckpoint(
  { installation: installationId(7), head },
  instant(Date.parse('2026-03-01T12:00:00Z')),
  privateKey,
);

describe('a checkpoint', () => {
  it('says how long the chain was, how it ended and when', () => {
    expect(checkpoint).toMatchObject({
      format: 'jit-gate-checkpoint-1',
      installation: 7,
      length: 12,
      head: head.hash,
      at: '2026-03-01T12:00:00.000Z',
      key: fingerprint(publicKey),
    });
  });

  it('is signed as documented: Ed25519 over the RFC 8785 form of the rest', () => {
    const { signature, ...rest } = checkpoint;
    expect(verify(null, Buffer.from(canonicalize(rest) ?? ''), publicKey, Buffer.from(signature, 'base64'))).toBe(true);
  });

  it('is known by either half of its key, among others', () => {
    expect(checkSignature(checkpoint, [other.publicKey, publicKey])).toEqual({ ok: true, value: null });
    expect(checkSignature(checkpoint, [privateKey])).toEqual({ ok: true, value: null });
    expect(fingerprint(privateKey)).toBe(fingerprint(createPublicKey(privateKey)));
  });

  it('is not taken without its key', () => {
    expect(checkSignature(checkpoint, [other.publicKey])).toEqual({ ok: false, error: { kind: 'unknown-key' } });
    expect(checkSignature(checkpoint, [])).toEqual({ ok: false, error: { kind: 'unknown-key' } });
  });

  it('can not claim another key', () => {
    const claimed = { ...checkpoint, key: fingerprint(other.publicKey) };
    expect(checkSignature(claimed, [other.publicKey])).toEqual({ ok: false, error: { kind: 'forged' } });
  });

  it.each([
    { installation: installationId(8) },
    { length: 11 },
    { head: 'cd'.repeat(32) },
    { at: '2027-03-01T12:00:00.000Z' },
    { signature: '' },
  ])('shows that it was changed: %j', (change) => {
    expect(checkSignature({ ...checkpoint, ...change }, [publicKey])).toEqual({ ok: false, error: { kind: 'forged' } });
  });
});

describe('a file of checkpoints', () => {
  const line = toCheckpointLine(checkpoint);

  it('is read line by line, empty lines passed over', () => {
    expect(readCheckpoints(`${line}\n\n${line}\n`)).toEqual({ ok: true, value: [checkpoint, checkpoint] });
    expect(readCheckpoints('')).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['is no JSON', 'hello'],
    ['lacks a member', '{"format":"jit-gate-checkpoint-1"}'],
    ['has a member more', JSON.stringify({ ...checkpoint, note: 'x' })],
    ['is of another form', JSON.stringify({ ...checkpoint, format: 'jit-gate-checkpoint-2' })],
    ['has no length', JSON.stringify({ ...checkpoint, length: 0 })],
    ['has no installation', JSON.stringify({ ...checkpoint, installation: 0 })],
    ['has a short head', JSON.stringify({ ...checkpoint, head: 'ab' })],
    ['has a head that is too long', JSON.stringify({ ...checkpoint, head: `${head.hash}a` })],
    ['has no key', JSON.stringify({ ...checkpoint, key: 'x' })],
    ['has a key that is too long', JSON.stringify({ ...checkpoint, key: `${checkpoint.key}a` })],
    ['has no time', JSON.stringify({ ...checkpoint, at: 'yesterday' })],
    ['has a signature that is too long', JSON.stringify({ ...checkpoint, signature: 'AAAA'.repeat(51) })],
    ['has a signature that is no base64', JSON.stringify({ ...checkpoint, signature: '!' })],
  ])('is refused where a line %s, with its number', (_what, bad) => {
    expect(readCheckpoints(`${line}\n${bad}\n${line}`)).toEqual({ ok: false, error: { line: 2 } });
  });
});
