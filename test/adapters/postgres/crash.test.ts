/** Whether a folder has one process at a time, and whether a killed process leaves anything half done. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { DatabaseLocked, lockFolder } from '../../../src/adapters/postgres/lock.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { verifyChain } from '../../../src/domain/audit.ts';
import { requestId } from '../../../src/domain/identity.ts';
import { describeEachEngine } from '../../support/database.ts';
import { INSTALLATION, until } from './values.ts';

const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(async () => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jit-gate-crash-'));
  folders.push(folder);
  return join(folder, 'not-there-yet');
}

/** Another process on the same place, and what it has said so far. */
function holder(place: string, act: 'hold' | 'commit') {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), place, act], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr, { end: false });
  children.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  // The last line may have been cut off in the middle.
  const lines = (): string[] => said.split('\n').slice(0, -1);
  return { child, lines, kill, ended };
}

describe('the folder of the embedded database', () => {
  it('has one process at a time: the second is told the folder and what to do, also while the first is stopped', async () => {
    const folder = await newFolder();
    const first = holder(folder, 'hold');
    await until('the first to open', () => first.lines().includes('open'), 60_000);
    const second = holder(folder, 'hold');
    await second.ended;
    const [refusal = ''] = second.lines();
    expect(refusal).toMatch(/^refused DatabaseLocked /u);
    expect(refusal).toContain(folder);
    expect(refusal).toContain(`process ${first.child.pid}`);
    expect(refusal).toContain('DATABASE_URL');

    // A lock that is kept by a heartbeat would now go stale.
    first.child.kill('SIGSTOP');
    await expect(lockFolder(folder)).rejects.toThrow(DatabaseLocked);

    await first.kill();
    const database = await openDatabase({ url: null, folder });
    await expect(lockFolder(folder)).rejects.toThrow(DatabaseLocked);
    await database.close();
    (await lockFolder(folder)).release();
  }, 120_000);

  it('is not locked any more when opening it failed', async () => {
    const folder = await newFolder();
    const { release } = await lockFolder(folder);
    await expect(openDatabase({ url: null, folder })).rejects.toThrow(DatabaseLocked);
    release();
    (await lockFolder(folder)).release();
  });
});

describeEachEngine('a process that is killed while it commits', (engine) => {
  it('leaves whole commits, every one that it acknowledged, and a chain that verifies', async () => {
    const url = await engine.address();
    const place = url ?? (await newFolder());
    const acknowledged: string[] = [];
    for (const round of [1, 2]) {
      const process = holder(place, 'commit');
      await until(`commits of round ${round}`, () => process.lines().length > 20, 60_000);
      await process.kill();
      acknowledged.push(...process.lines().flatMap((line) => (line.startsWith('stored ') ? [line.slice(7)] : [])));
    }
    const database = await openDatabase({ url, folder: url === null ? place : null });
    try {
      const store = createStore(database);
      for (const id of acknowledged) expect(await store.request(requestId(id))).not.toBeNull();
      const entries = await store.auditEntries(INSTALLATION, 1, 1_000_000);
      expect(verifyChain(entries)).toMatchObject({ ok: true, value: { count: entries.length } });
      // What one commit stored is there together, also of the last one, which nobody was told of.
      const requests = await database.db.selectFrom('request').select('id').execute();
      expect(entries).toHaveLength(2 * requests.length);
      expect(await database.db.selectFrom('vote').select('request_id').execute()).toHaveLength(requests.length);
      expect(await database.boss.findJobs('effect', { limit: 1000 })).toHaveLength(Math.min(1000, requests.length));
      expect(requests.length).toBeGreaterThanOrEqual(acknowledged.length);
    } finally {
      await database.close();
    }
  }, 180_000);
});
