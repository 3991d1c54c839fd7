/** How a new app's credentials are kept: the keys in files of their own, the rest in `.env`, for this user's eyes only. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { AUDIT_KEY_FILE, writeNewKey } from '../audit/key.ts';

export const KEY_FILE = 'jit-gate.private-key.pem';
const VARIABLES = ['APP_ID', 'PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_FILE'];

export type Credentials = { readonly appId: number; readonly pem: string; readonly webhookSecret: string };

/** What in `folder` would have to be overwritten: variables that `.env` sets, and the key's file. */
export function inTheWay(folder: string): readonly string[] {
  const path = join(folder, '.env');
  const set = existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
  const variables = VARIABLES.filter((name) => (set[name] ?? '') !== '').map((name) => `${name} in .env`);
  return existsSync(join(folder, KEY_FILE)) ? [...variables, KEY_FILE] : variables;
}

/**
 * Adds the credentials to `folder`. Throws rather than overwrite a key; what `.env` held stays. `.env` is replaced
 * whole, so that a crash leaves either the old file or the new one.
 */
export function keep(folder: string, credentials: Credentials): void {
  const path = join(folder, '.env');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeFileSync(join(folder, KEY_FILE), `${credentials.pem.trim()}\n`, { mode: 0o600, flag: 'wx' });
  const lines = [
    `APP_ID=${credentials.appId}`,
    `PRIVATE_KEY_PATH=${KEY_FILE}`,
    `WEBHOOK_SECRET=${credentials.webhookSecret}`,
    ...auditKeyLines(folder, before),
  ];
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  const temporary = `${path}.new`;
  writeFileSync(temporary, `${before}${gap}${lines.join('\n')}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

/** The key that signs checkpoints of the audit log outlives the app's registration: one that is there goes on signing. */
function auditKeyLines(folder: string, env: string): readonly string[] {
  const set = parseEnv(env);
  if ((set['AUDIT_KEY'] ?? set['AUDIT_KEY_FILE'] ?? '') !== '') return [];
  const path = join(folder, AUDIT_KEY_FILE);
  if (!existsSync(path)) writeNewKey(path);
  return [`AUDIT_KEY_FILE=${AUDIT_KEY_FILE}`];
}
