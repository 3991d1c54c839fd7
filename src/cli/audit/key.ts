/** `jit-gate audit key`: makes the key that signs checkpoints, and shows its public half. */

import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeProblems, readAuditKeyConfig } from '../../config.ts';
import { fingerprint } from '../../domain/audit-checkpoint.ts';
import { ok, refused, type Result } from '../../domain/result.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

/** Where `jit-gate setup` puts the key. */
export const AUDIT_KEY_FILE = 'jit-gate.audit-key.pem';

/** Writes a new private key for this user alone. Throws where the file is there already. */
export function writeNewKey(path: string): KeyObject {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return publicKey;
}

/** `jit-gate audit key [--new FILE]`. */
export function auditKey(file: string | undefined, terminal: Terminal): ExitCode {
  if (file === undefined) return showKey(terminal);
  try {
    show(writeNewKey(resolve(terminal.cwd, file)), terminal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    terminal.say(`${file} is there already and is not overwritten. Name another file.`);
    return EXIT.usage;
  }
  terminal.say(
    `The private key is in ${file}: name it in AUDIT_KEY_FILE. Above is the public one, for whoever verifies.`,
  );
  return EXIT.fine;
}

function showKey(terminal: Terminal): ExitCode {
  const key = configuredKey(terminal);
  if (key === null) return EXIT.usage;
  show(createPublicKey(key), terminal);
  return EXIT.fine;
}

function show(publicKey: KeyObject, terminal: Terminal): void {
  terminal.out(publicKey.export({ type: 'spki', format: 'pem' }).toString().trim());
  terminal.say(`Fingerprint ${fingerprint(publicKey)}`);
}

/** The private key that the environment names; `null` after saying what is wrong. */
export function configuredKey(terminal: Terminal): KeyObject | null {
  const key = readAuditKeyConfig(terminal.env, terminal.cwd);
  if (!key.ok) terminal.say(describeProblems(key.error));
  else if (key.value === null) {
    terminal.say('There is no key: make one with `jit-gate audit key --new FILE` and name it in AUDIT_KEY_FILE.');
  }
  return key.ok ? key.value : null;
}

const PEM = /-----BEGIN (?:PUBLIC|PRIVATE) KEY-----[\s\S]*?-----END (?:PUBLIC|PRIVATE) KEY-----/gu;

/** Ed25519 public keys out of a file with one or several in PEM: after a change of keys, old checkpoints need the old one. */
export function readPublicKeys(file: string, terminal: Terminal): Result<readonly KeyObject[], string> {
  const keys: KeyObject[] = [];
  try {
    for (const [pem] of readFileSync(resolve(terminal.cwd, file), 'utf8').matchAll(PEM))
      keys.push(createPublicKey(pem));
  } catch (error) {
    return refused(`${file} can’t be read as keys${codeOf(error)}`);
  }
  const fit = keys.length > 0 && keys.every((key) => key.asymmetricKeyType === 'ed25519');
  return fit ? ok(keys) : refused(`${file} holds no Ed25519 public key in PEM`);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
