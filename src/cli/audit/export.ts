/** `jit-gate audit export`: hands the log out, as JSON Lines for machines or as CSV for people. */

import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { CSV_HEADER, toCsvLine, toJsonLine } from '../../domain/audit-export.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';
import type { AuditSource } from './source.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;

export type ExportOptions = {
  readonly format?: (typeof EXPORT_FORMATS)[number];
  readonly out?: string;
  /** Milliseconds since 1970; the end is left out. */
  readonly from?: number;
  readonly to?: number;
};

/** Writes what lies in the period, chain by chain. */
export async function exportLog(source: AuditSource, options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  const { from = -Infinity, to = Infinity, format = 'jsonl' } = options;
  const lineOf = format === 'csv' ? toCsvLine : toJsonLine;
  const written = await writeLines(options.out, terminal, async function* () {
    if (format === 'csv') yield CSV_HEADER;
    for await (const entry of source.entries()) if (entry.at >= from && entry.at < to) yield lineOf(entry);
  });
  if (written === null) return EXIT.usage;
  const count = format === 'csv' ? written - 1 : written;
  terminal.say(`${count} entries written${options.out === undefined ? '' : ` to ${options.out}`}.`);
  return EXIT.fine;
}

/** Writes lines to standard output or to a new file. Returns how many; `null` where the file is there already, after saying so. */
export async function writeLines(
  out: string | undefined,
  terminal: Terminal,
  lines: () => AsyncIterable<string>,
): Promise<number | null> {
  // The log says who did what: for this user's eyes, and never over a file that is there.
  const file = out === undefined ? null : await createNew(resolve(terminal.cwd, out));
  if (file === 'exists') {
    terminal.say(`${out ?? ''} is there already and is not overwritten. Name another file.`);
    return null;
  }
  let count = 0;
  try {
    for await (const line of lines()) {
      if (file === null) terminal.out(line);
      else await file.write(`${line}\n`);
      count += 1;
    }
    await file?.sync();
  } finally {
    await file?.close();
  }
  return count;
}

async function createNew(path: string): Promise<Awaited<ReturnType<typeof open>> | 'exists'> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'exists';
    throw error;
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/u;

/** A day stands for its first instant, in UTC. */
export function startOf(given: string): number {
  const at = DAY.test(given) || TIME.test(given) ? Date.parse(given) : NaN;
  const impossible = Number.isNaN(at) || (DAY.test(given) && new Date(at).toISOString().slice(0, 10) !== given);
  if (impossible) throw new InvalidArgumentError('Write a day as 2026-01-31, or a time as 2026-01-31T08:00:00Z.');
  return at;
}

/** A day stands for the instant after its last, in UTC, so that `--to` takes the whole day in. */
export const endOf = (given: string): number => startOf(given) + (DAY.test(given) ? 86_400_000 : 0);
