/** `jit-gate audit checkpoint`, and how checkpoints are read back for `audit verify`. */

import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  checkSignature,
  readCheckpoints,
  signCheckpoint,
  toCheckpointLine,
  type Checkpoint,
} from '../../domain/audit-checkpoint.ts';
import { ok, refused, type Result } from '../../domain/result.ts';
import type { Store } from '../../engine/ports.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';
import { writeLines } from './export.ts';
import { configuredKey, readPublicKeys } from './key.ts';

/** Signs what the chains are now, and writes one line for each. */
export async function makeCheckpoints(
  store: Pick<Store, 'now' | 'lastAuditEntries'>,
  key: KeyObject,
  out: string | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  const [at, last] = await Promise.all([store.now(), store.lastAuditEntries()]);
  const written = await writeLines(out, terminal, async function* () {
    for (const entry of last) {
      const checkpoint = signCheckpoint({ installation: entry.installationId, head: entry }, at, key);
      yield await Promise.resolve(toCheckpointLine(checkpoint));
    }
  });
  if (written === null) return EXIT.usage;
  terminal.say(
    `${written} checkpoints${out === undefined ? '' : ` written to ${out}`}. Keep them where the app can’t write.`,
  );
  return EXIT.fine;
}

/** How long an address may take to answer, and how much of it is read. */
const PATIENCE = 15_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The checkpoints at a file or address, after their signatures were checked against the keys in `keyFile`, or against
 * the configured key. What can't be trusted is refused: a checkpoint that anyone can write proves nothing.
 */
export async function trustedCheckpoints(
  place: string,
  keyFile: string | undefined,
  terminal: Terminal,
): Promise<Result<readonly Checkpoint[], { readonly code: ExitCode; readonly why: string }>> {
  const keys = keysFor(keyFile, terminal);
  if (!keys.ok) return refused({ code: EXIT.usage, why: keys.error });
  const text = await textAt(place, terminal);
  if (!text.ok) return refused({ code: EXIT.usage, why: text.error });
  const read = readCheckpoints(text.value);
  if (!read.ok) return refused({ code: EXIT.findings, why: `Line ${read.error.line} of ${place} is no checkpoint.` });
  if (read.value.length === 0) return refused({ code: EXIT.findings, why: `${place} holds no checkpoint.` });
  for (const checkpoint of read.value) {
    const signature = checkSignature(checkpoint, keys.value);
    if (signature.ok) continue;
    const which = `The checkpoint of ${checkpoint.at} for installation ${checkpoint.installation}`;
    const why =
      signature.error.kind === 'forged'
        ? `${which} was changed after it was signed, or never signed.`
        : `${which} is signed with another key (${checkpoint.key}).`;
    return refused({ code: EXIT.findings, why });
  }
  return ok(read.value);
}

function keysFor(keyFile: string | undefined, terminal: Terminal): Result<readonly KeyObject[], string> {
  if (keyFile !== undefined) return readPublicKeys(keyFile, terminal);
  const own = configuredKey(terminal);
  return own === null
    ? refused('Name the public key with --key FILE: without it anyone could have written the checkpoint.')
    : ok([own]);
}

async function textAt(place: string, terminal: Terminal): Promise<Result<string, string>> {
  try {
    if (!/^https?:/u.test(place)) return ok(await readFile(resolve(terminal.cwd, place), 'utf8'));
    const answer = await fetch(place, { signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) return refused(`${place} answered ${answer.status}.`);
    const bytes = await answer.arrayBuffer();
    return bytes.byteLength > MAX_BYTES ? refused(`${place} is too large.`) : ok(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    return refused(`${place} can’t be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
