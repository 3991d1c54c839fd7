/** What the environment may say about checkpoints of the audit log. */

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeProblems, readAuditKeyConfig, readConfig, type Environment } from '../../src/config.ts';

const pair = generateKeyPairSync('ed25519');
const ed25519 = {
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaKey = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const COMPLETE = { APP_ID: '1', PRIVATE_KEY: rsaKey, WEBHOOK_SECRET: 'a-secret-of-some-length' };
const AUDIT = { AUDIT_KEY: ed25519.privateKey, AUDIT_CHECKPOINT_TO: 'file:checkpoints' };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-config-audit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: Environment) => readConfig({ ...COMPLETE, ...env }, folder, false);
const checkpoints = (env: Environment) => {
  const result = read(env);
  if (!result.ok) throw new Error(describeProblems(result.error));
  return result.value.checkpoints;
};
const refusedFor = (env: Environment) => {
  const result = read(env);
  return result.ok ? [] : result.error.map(({ variable }) => variable);
};

describe('checkpoints of the audit log', () => {
  it('are not published where nothing says where to', () => {
    expect(checkpoints({})).toBeNull();
    expect(checkpoints({ AUDIT_KEY: ed25519.privateKey })).toBeNull();
  });

  it.each([
    ['file:checkpoints', { kind: 'file', path: 'checkpoints' }],
    ['./there/checkpoints', { kind: 'file', path: 'there/checkpoints' }],
  ])('go to the file that %s names, from the working folder on', (to, place) => {
    const expected = { ...place, path: join(folder, place.path) };
    expect(checkpoints({ ...AUDIT, AUDIT_CHECKPOINT_TO: to })?.place).toEqual(expected);
  });

  it.each([
    ['file:/var/log/c', { kind: 'file', path: '/var/log/c' }],
    ['file:///var/log/c%20d', { kind: 'file', path: '/var/log/c d' }],
    ['/var/log/c', { kind: 'file', path: '/var/log/c' }],
    ['https://logs.example/c?signed=1', { kind: 'url', url: 'https://logs.example/c?signed=1', method: 'PUT' }],
    ['PUT https://logs.example/c', { kind: 'url', url: 'https://logs.example/c', method: 'PUT' }],
    ['POST https://logs.example/c', { kind: 'url', url: 'https://logs.example/c', method: 'POST' }],
    ['http://127.0.0.1:9/c', { kind: 'url', url: 'http://127.0.0.1:9/c', method: 'PUT' }],
  ])('go where %s says', (to, place) => {
    expect(checkpoints({ ...AUDIT, AUDIT_CHECKPOINT_TO: to })?.place).toEqual(place);
  });

  it.each([
    'http://logs.example/c',
    'https://user:word@logs.example/c',
    'ftp://logs.example',
    'somewhere',
    'file:',
    'file://host/c',
  ])('are refused where they are to go to %s', (to) => {
    expect(refusedFor({ ...AUDIT, AUDIT_CHECKPOINT_TO: to })).toEqual(['AUDIT_CHECKPOINT_TO']);
  });

  it('need a key', () => {
    expect(refusedFor({ AUDIT_CHECKPOINT_TO: 'file:checkpoints' })).toEqual(['AUDIT_KEY']);
  });

  it.each([
    ['left out', {}, 3_600_000],
    ['15m', { AUDIT_CHECKPOINT_INTERVAL: '15m' }, 900_000],
    ['7d', { AUDIT_CHECKPOINT_INTERVAL: '7d' }, 604_800_000],
  ])('come as often as is said: %s', (_what, env, every) => {
    expect(checkpoints({ ...AUDIT, ...env })?.every).toBe(every);
  });

  it.each(['59s', '8d', 'often'])('do not come every %s', (interval) => {
    expect(refusedFor({ ...AUDIT, AUDIT_CHECKPOINT_INTERVAL: interval })).toEqual(['AUDIT_CHECKPOINT_INTERVAL']);
  });

  it('take the key and the token from files', () => {
    writeFileSync(join(folder, 'key.pem'), ed25519.privateKey);
    writeFileSync(join(folder, 'token'), 'hidden-token\n');
    const found = checkpoints({
      AUDIT_CHECKPOINT_TO: 'https://logs.example/c',
      AUDIT_KEY_FILE: 'key.pem',
      AUDIT_CHECKPOINT_TOKEN_FILE: 'token',
    });
    expect(found?.token?.reveal()).toBe('hidden-token');
    expect(found?.key.asymmetricKeyType).toBe('ed25519');
    expect(inspect(found, { depth: 9 })).not.toMatch(/hidden-token|BEGIN|MC4C/u);
  });
});

describe('the key that signs checkpoints', () => {
  it.each([
    ['an RSA key', rsaKey],
    ['a public key', ed25519.publicKey],
    ['a key that was cut off', ed25519.privateKey.slice(0, 60)],
    ['some other text', 'hello'],
  ])('is refused when it is %s, and not shown', (_what, given) => {
    expect(refusedFor({ ...AUDIT, AUDIT_KEY: given })).toEqual(['AUDIT_KEY']);
    const result = readAuditKeyConfig({ AUDIT_KEY: given }, folder);
    expect(JSON.stringify(result)).not.toContain(given.split('\n')[1] ?? given);
    expect(result.ok).toBe(false);
  });

  it('is taken with its line ends written out', () => {
    expect(readAuditKeyConfig({ AUDIT_KEY: ed25519.privateKey.replaceAll('\n', '\\n') }, folder).ok).toBe(true);
  });
});
