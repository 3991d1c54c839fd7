/** How one process keeps every other one out of the folder of the embedded database. */

import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process has the folder open. PGlite has no lock of its own, and two processes on one folder destroy it. */
export class DatabaseLocked extends Error {
  override readonly name = 'DatabaseLocked';
  readonly folder: string;
  constructor(folder: string, holder: string | null) {
    super(
      `The database folder ${folder} is in use by another jit-gate process${holder === null ? '' : ` (${holder})`}. ` +
        'Stop that process first, or set DATABASE_URL to a PostgreSQL database, which several processes can share.',
    );
    this.folder = folder;
  }
}

export type FolderLock = { readonly release: () => void };

/** SQLite's result code for a file that someone else has locked (https://www.sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5;

/**
 * Takes the folder for this process, and creates it where it is missing. Refuses with `DatabaseLocked`.
 *
 * The lock is the operating system's own lock on a file, held by an open SQLite transaction: Node offers no other way to
 * one. The system gives it up when the process ends, however it ends, and never before: a process that is stopped or
 * busy for an hour still holds it. A lock that goes stale by time, or by a process number, has neither property, and
 * sees nothing of a process in another container on the same volume.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const note = join(folder, 'lock-holder.txt');
  const file = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 0 });
  try {
    file.exec('begin exclusive');
  } catch (error) {
    file.close();
    if (isBusy(error)) throw new DatabaseLocked(folder, holderFrom(note));
    throw error;
  }
  // For the message of the next one only: nothing is decided by it.
  writeFileSync(note, `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}\n`);
  return { release: () => file.close() };
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

function holderFrom(note: string): string | null {
  try {
    return readFileSync(note, 'utf8').trim();
  } catch {
    return null;
  }
}
