/** How checkpoints are signed, and how they get to where the operator says. */

import type { KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { signCheckpoint, toCheckpointLine, type Checkpoint, type CheckpointPlace } from '../domain/audit-checkpoint.ts';
import type { Millis } from '../domain/identity.ts';
import type { Notary } from '../engine/ports.ts';

export type NotarySettings = {
  readonly key: KeyObject;
  readonly place: CheckpointPlace;
  /** Sent as a bearer token; `null` sends none. */
  readonly token: { readonly reveal: () => string } | null;
  readonly every: Millis;
};

/** How long the other side may take, in milliseconds. */
const PATIENCE = 15_000;

export const createNotary = ({ key, place, token, every }: NotarySettings): Notary => ({
  every,
  sign: (installation, head, at) => signCheckpoint({ installation, head }, at, key),
  publish: async (checkpoints) => {
    const lines = checkpoints.map((checkpoint: Checkpoint) => `${toCheckpointLine(checkpoint)}\n`).join('');
    if (place.kind === 'file') await append(place.path, lines);
    else await send(place, lines, token?.reveal() ?? null);
  },
});

/** Added at the end and on disk before it counts: what stood there before stays. */
async function append(path: string, lines: string): Promise<void> {
  const file = await open(path, 'a', 0o644);
  try {
    await file.appendFile(lines);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function send(
  { url, method }: { readonly url: string; readonly method: string },
  body: string,
  token: string | null,
): Promise<void> {
  const headers = {
    'content-type': 'application/jsonl',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  // Not followed: the token is for the address that the operator named.
  const answer = await fetch(url, { method, headers, body, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  await answer.body?.cancel();
  // The address is left out: its query can be a password.
  if (!answer.ok) throw new Error(`the place for checkpoints answered ${answer.status}`);
}
