/** `jit-gate audit`: a log that was tampered with is found, and an export holds what was asked for. */

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endOf, exportLog, startOf } from '../../src/cli/audit/export.ts';
import { fromStore } from '../../src/cli/audit/source.ts';
import { verifyLog } from '../../src/cli/audit/verify.ts';
import { run } from '../../src/cli/main.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { installationId, instant, userId, type InstallationId } from '../../src/domain/identity.ts';
import { fakeTerminal } from './fake-terminal.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-01-31T12:00:00Z');

/** A chain made as the documentation says: SHA-256 over the RFC 8785 form of everything but the hash. One entry a day. */
function chain(installation: number, length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const unsealed = {
      installationId: installationId(installation),
      kind: 'request.opened' as const,
      actor: userId(101),
      repoId: null,
      requestId: null,
      grantId: null,
      data: { note: `entry ${seq}` },
      seq,
      at: instant(START + (seq - 1) * DAY),
      prev: entries.at(-1)?.hash ?? '0'.repeat(64),
    };
    const hash = createHash('sha256')
      .update(canonicalize(unsealed) ?? '')
      .digest('hex');
    entries.push({ ...unsealed, hash });
  }
  return entries;
}

const storeWith = (...chains: readonly AuditEntry[][]) => {
  const byInstallation = new Map(chains.map((entries) => [entries[0]?.installationId, entries] as const));
  return fromStore({
    auditInstallations: async () => [...byInstallation.keys()].filter((id) => id !== undefined),
    auditEntries: async (installation: InstallationId, from: number, limit: number) =>
      (byInstallation.get(installation) ?? []).filter(({ seq }) => seq >= from).slice(0, limit),
    auditHeads: async () => new Map(),
  });
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('audit verify', () => {
  it('ends with 0 over whole chains of any length, and names their heads', async () => {
    const long = chain(1, 1_203);
    const terminal = fakeTerminal();
    expect(await verifyLog(storeWith(long, chain(2, 1)), {}, terminal)).toBe(0);
    expect(terminal.printed()).toContain(`installation 1: 1203 entries, whole; head 1203 ${long.at(-1)?.hash ?? ''}`);
    expect(terminal.printed()).toContain('installation 2: 1 entries, whole');
  });

  it('names the first entry that was changed, in the chain that it belongs to, and ends with 1', async () => {
    const entries = chain(1, 700);
    const changed = entries.map((entry) => (entry.seq === 612 ? { ...entry, actor: userId(666) } : entry));
    const terminal = fakeTerminal();
    expect(await verifyLog(storeWith(chain(2, 3), changed), { json: true }, terminal)).toBe(1);
    expect(JSON.parse(terminal.printed())).toMatchObject({
      ok: false,
      chains: [
        { installation: 2, entries: 3, broken: null },
        { installation: 1, entries: 611, head: { seq: 611 }, broken: { seq: 612 } },
      ],
    });
  });

  it('finds an entry that was taken out', async () => {
    const terminal = fakeTerminal();
    const store = storeWith(chain(1, 5).filter(({ seq }) => seq !== 3));
    expect(await verifyLog(store, {}, terminal)).toBe(1);
    expect(terminal.printed()).toContain('BROKEN at entry 3');
  });
});

describe('audit export', () => {
  it('writes every entry as one line whose hash anyone can check', async () => {
    const terminal = fakeTerminal();
    expect(await exportLog(storeWith(chain(1, 3)), {}, terminal)).toBe(0);
    const lines = terminal.printed().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      const { hash, ...rest } = JSON.parse(line) as AuditEntry;
      const again = createHash('sha256').update(canonicalize(rest) ?? '');
      expect(again.digest('hex')).toBe(hash);
    }
  });

  it('takes the first day and the last one in, and nothing beyond', async () => {
    const terminal = fakeTerminal();
    const period = { from: startOf('2026-02-01'), to: endOf('2026-02-02') };
    await exportLog(storeWith(chain(1, 5)), period, terminal);
    const times = terminal.printed().split('\n');
    expect(times.map((line) => (JSON.parse(line) as AuditEntry).seq)).toEqual([2, 3]);
  });

  it('writes a new file for this user alone, across pages', async () => {
    const terminal = fakeTerminal({ cwd: folder });
    expect(await exportLog(storeWith(chain(1, 1_001), chain(2, 2)), { out: 'log.jsonl' }, terminal)).toBe(0);
    const path = join(folder, 'log.jsonl');
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(1_003);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(terminal.printed()).toBe('');
  });

  it('overwrites no file', async () => {
    writeFileSync(join(folder, 'log.jsonl'), 'precious');
    const terminal = fakeTerminal({ cwd: folder });
    expect(await exportLog(storeWith(chain(1, 1)), { out: 'log.jsonl' }, terminal)).toBe(2);
    expect(readFileSync(join(folder, 'log.jsonl'), 'utf8')).toBe('precious');
  });
});

describe('days and times', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['2026-01-31T08:00:00+02:00', '2026-01-31T06:00:00.000Z', '2026-01-31T06:00:00.000Z'],
  ])('%s begins and ends where it should', (given, from, to) => {
    expect(new Date(startOf(given)).toISOString()).toBe(from);
    expect(new Date(endOf(given)).toISOString()).toBe(to);
  });

  it.each(['yesterday', '2026-02-30', '31.01.2026', '2026-01-31T08:00', ''])('%j is refused', (given) => {
    expect(() => startOf(given)).toThrow('Write a day');
  });
});

describe('a folder without a database', () => {
  it('is not taken for an empty log that is whole', async () => {
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['audit', 'verify'], terminal)).toBe(2);
    expect(terminal.saidAll()).toContain('There is no database');
  });
});
