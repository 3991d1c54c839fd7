/** Where the entries of the audit log are read from: the database, or a file that `audit export` wrote. */

import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { AuditEntry, ChainHead } from '../../domain/audit.ts';
import type { InstallationId } from '../../domain/identity.ts';
import type { Store } from '../../engine/ports.ts';

/** Entries read at a time: a few megabytes at most. */
const PAGE = 500;

export type AuditStore = Pick<Store, 'auditInstallations' | 'auditEntries' | 'auditHeads'>;

/** Entries chain by chain or mixed; each chain in the order in which it stands there. */
export type AuditSource = {
  /** What is known of the ends beside the entries themselves. Read first: what is written meanwhile is newer. */
  readonly heads: () => Promise<ReadonlyMap<InstallationId, ChainHead>>;
  readonly entries: () => AsyncIterable<AuditEntry>;
};

/** A line of an export that is no entry. Lines count from 1. */
export class NoEntry extends Error {
  override readonly name = 'NoEntry';
  readonly line: number;
  constructor(line: number) {
    super(`line ${line} is no entry of an audit log`);
    this.line = line;
  }
}

export const fromStore = (store: AuditStore): AuditSource => ({
  heads: async () => await store.auditHeads(),
  entries: async function* () {
    for (const installation of await store.auditInstallations()) yield* chainOf(store, installation);
  },
});

/** One chain, page by page. */
export async function* chainOf(
  store: Pick<Store, 'auditEntries'>,
  installation: InstallationId,
): AsyncGenerator<AuditEntry> {
  for (let from = 1; ;) {
    const page = await store.auditEntries(installation, from, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    from = last.seq + 1;
  }
}

/** JSON Lines as `audit export` writes them. Reading throws `NoEntry` at a line that is none. */
export const fromExport = (file: string, cwd: string): AuditSource => ({
  heads: async () => await Promise.resolve(new Map()),
  entries: async function* () {
    let number = 0;
    for await (const line of linesOf(resolve(cwd, file))) {
      number += 1;
      if (line.trim() !== '') yield entryFrom(line, number);
    }
  },
});

/** Split at line feeds alone: text in an entry can hold other characters that some readers take for the end of a line. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const id = z.int().nullable();
const hash = z.string();
/** The form alone: whether it says the truth is for the hashes to show. More than this would be hashed too, and found. */
const Entry = z.looseObject({
  installationId: z.int(),
  kind: z.string(),
  actor: id,
  repoId: id,
  requestId: z.string().nullable(),
  grantId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  seq: z.int().positive(),
  at: z.number(),
  prev: hash,
  hash,
});

function entryFrom(line: string, number: number): AuditEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new NoEntry(number);
  }
  if (!Entry.safeParse(value).success) throw new NoEntry(number);
  // As it was read, and not as it was checked: every member of it is hashed.
  return value as AuditEntry;
}

/** Entries of several chains in the order of their time, as what happened to one row can be told in two of them. */
export async function* inOrder(chains: readonly AsyncGenerator<AuditEntry>[]): AsyncGenerator<AuditEntry> {
  const heads: { entry: AuditEntry; chain: AsyncGenerator<AuditEntry> }[] = [];
  const advance = async (chain: AsyncGenerator<AuditEntry>): Promise<void> => {
    const next = await chain.next();
    if (next.done !== true) heads.push({ entry: next.value, chain });
  };
  for (const chain of chains) await advance(chain);
  while (heads.length > 0) {
    heads.sort((a, b) => a.entry.at - b.entry.at || a.entry.installationId - b.entry.installationId);
    const [first] = heads.splice(0, 1);
    if (first === undefined) return;
    yield first.entry;
    await advance(first.chain);
  }
}
