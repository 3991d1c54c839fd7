/** `jit-gate audit verify` finds whatever was done to the log, in the database and in an export, and names the entry. */

import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import type { Tables } from '../../src/adapters/postgres/schema.ts';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { run } from '../../src/cli/main.ts';
import { linkEntry, type AuditEntry } from '../../src/domain/audit.ts';
import { signCheckpoint, toCheckpointLine } from '../../src/domain/audit-checkpoint.ts';
import { installationId, instant, userId } from '../../src/domain/identity.ts';
import { describeEachEngine } from '../support/database.ts';
import { fakeTerminal } from './fake-terminal.ts';

const LENGTH = 9;

const draftOf = (installation: number, n: number) => ({
  installationId: installationId(installation),
  kind: 'policy.changed' as const,
  actor: userId(100 + n),
  repoId: null,
  requestId: null,
  grantId: null,
  data: { n },
});

/** What is done to a chain of nine entries, and which entry has to be named. Each is done to a chain of its own. */
const WHOLE = 1;
const CORRUPTED = 2;
const DROPPED = 3;
const SWAPPED = 4;
const INSERTED = 5;
const CUT = 6;
const REWRITTEN = 7;
const CHAINS = [WHOLE, CORRUPTED, DROPPED, SWAPPED, INSERTED, CUT, REWRITTEN];

type Found = {
  readonly ok: boolean;
  readonly chains: readonly {
    readonly installation: number;
    readonly entries: number;
    readonly broken: { readonly kind: string; readonly seq: number } | null;
  }[];
};

const brokenIn = (printed: string, installation: number) =>
  (JSON.parse(printed) as Found).chains.find((chain) => chain.installation === installation)?.broken;

/** What only something kept elsewhere shows: whoever owns the database can write a chain anew, or cut its end off. */
const WITH_CHECKPOINT: readonly [string, number, { kind: string; seq: number } | null][] = [
  ['is left alone', WHOLE, null],
  ['is cut off after its sixth entry', CUT, { kind: 'truncated', seq: LENGTH }],
  ['is written anew from its fifth entry on', REWRITTEN, { kind: 'wrong-head', seq: LENGTH }],
];
const BY_ITSELF: readonly [string, number, { kind: string; seq: number } | null][] = [
  ['is left alone', WHOLE, null],
  ['has another fourth entry', CORRUPTED, { kind: 'hash-mismatch', seq: 4 }],
  ['lacks its fifth entry', DROPPED, { kind: 'gap', seq: 5 }],
  ['has its third and fourth entry swapped', SWAPPED, { kind: 'hash-mismatch', seq: 3 }],
  // The one put in fits behind the third; the one that stood there no longer does.
  ['has an entry put in behind its third', INSERTED, { kind: 'hash-mismatch', seq: 5 }],
];

/** Entries from the fifth on, made anew so that everything fits: nothing in the chain itself tells. */
function rewritten(entries: readonly AuditEntry[]): readonly AuditEntry[] {
  let last = entries[3] ?? null;
  return entries.slice(4).map((entry) => {
    last = linkEntry(last, { ...entry, actor: userId(666) }, entry.at);
    return last;
  });
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-tampering-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeEachEngine('a database that was tampered with', (engine) => {
  let url: string | null = null;
  let env: Record<string, string> = {};
  const own = (name: string): string => join(folder, `${engine.name}-${name}`);
  const open = async (): Promise<Database> => await openDatabase({ url, folder: url === null ? own('data') : null });
  const shown = async (...args: readonly string[]) => {
    const terminal = fakeTerminal({ cwd: folder, env });
    const code = await run(['audit', ...args], terminal);
    return { code, printed: terminal.printed(), said: terminal.saidAll() };
  };

  beforeAll(async () => {
    url = await engine.address();
    const key = own('audit.pem');
    env = { AUDIT_KEY_FILE: key, ...(url === null ? { DATA_DIR: own('data') } : { DATABASE_URL: url }) };
    const database = await open();
    const store = createStore(database);
    for (const installation of CHAINS) {
      const audit = Array.from({ length: LENGTH }, (_, index) => draftOf(installation, index + 1));
      await store.commit({ audit });
    }
    await database.close();
    expect((await shown('key', '--new', key)).code).toBe(0);
    writeFileSync(own('public.pem'), (await shown('key')).printed);
    expect((await shown('checkpoint', '--out', own('checkpoints'))).code).toBe(0);
    expect((await shown('export', '--out', own('before.jsonl'))).code).toBe(0);
    expect((await shown('verify')).code).toBe(0);
    const again = await open();
    await tamper(again.db);
    await again.close();
  }, 120_000);

  it('ends with 1, and says of how many chains', async () => {
    const { code, said } = await shown('verify');
    expect(code).toBe(1);
    expect(said).toContain(`4 of ${CHAINS.length} broken`);
  });

  it.each(BY_ITSELF)('is found out where a chain %s', async (_what, installation, broken) => {
    expect(brokenIn((await shown('verify', '--json')).printed, installation)).toEqual(broken);
  });

  it('does not by itself show that its end was cut off, or that it was written anew', async () => {
    const { printed } = await shown('verify', '--json');
    expect(brokenIn(printed, CUT)).toBeNull();
    expect(brokenIn(printed, REWRITTEN)).toBeNull();
  });

  it.each(WITH_CHECKPOINT)('is found out with a checkpoint where a chain %s', async (_what, installation, broken) => {
    const args = ['--checkpoint', own('checkpoints'), '--key', own('public.pem')];
    const { code, printed } = await shown('verify', '--json', ...args);
    expect(code).toBe(1);
    expect(brokenIn(printed, installation)).toEqual(broken);
  });

  it('names the entries that are missing at the end', async () => {
    const { printed } = await shown('verify', '--checkpoint', own('checkpoints'));
    expect(printed).toContain(`installation ${CUT}: CUT OFF after entry 6; entries 7 to 9 are missing`);
  });

  it('is found out where the entries are gone and their end is still noted', async () => {
    const database = await open();
    const { db } = database;
    await sql`alter table audit_entry disable trigger user`.execute(db);
    const { rows } = await sql<AuditEntryRow>`delete from audit_entry where installation_id = ${WHOLE} and seq > 7
      returning *`.execute(db);
    await sql`alter table audit_entry enable trigger user`.execute(db);
    await database.close();
    expect(rows).toHaveLength(2);
    expect(brokenIn((await shown('verify', '--json')).printed, WHOLE)).toEqual({ kind: 'truncated', seq: LENGTH });
  });

  it('leaves the export of before whole', async () => {
    const args = ['--from-export', own('before.jsonl'), '--checkpoint', own('checkpoints')];
    const { code, printed } = await shown('verify', '--json', ...args);
    expect(code).toBe(0);
    expect((JSON.parse(printed) as Found).chains.map(({ entries }) => entries)).toEqual(CHAINS.map(() => LENGTH));
  });
});

type AuditEntryRow = { readonly seq: number };

/** As the owner of the tables can, with the seat belt off. */
async function tamper(db: Kysely<Tables>): Promise<void> {
  const shift = async (installation: number, from: number): Promise<void> => {
    await sql`update audit_entry set seq = seq + 1000 where installation_id = ${installation} and seq >= ${from}`.execute(
      db,
    );
    await sql`update audit_entry set seq = seq - 999 where installation_id = ${installation} and seq > 1000`.execute(
      db,
    );
  };
  const entriesOf = async (installation: number) =>
    await createStore({ db } as Database).auditEntries(installationId(installation), 1, 100);
  const put = async (entry: AuditEntry): Promise<void> => {
    await sql`insert into audit_entry (installation_id, seq, at, kind, actor, data, prev, hash)
      values (${entry.installationId}, ${entry.seq}, ${entry.at}, ${entry.kind}, ${entry.actor},
        ${JSON.stringify(entry.data)}::text::jsonb, ${entry.prev}, ${entry.hash})`.execute(db);
  };
  await sql`alter table audit_entry disable trigger user`.execute(db);
  await sql`update audit_entry set actor = 666 where installation_id = ${CORRUPTED} and seq = 4`.execute(db);
  await sql`delete from audit_entry where installation_id = ${DROPPED} and seq = 5`.execute(db);
  await sql`update audit_entry set seq = 1000 where installation_id = ${SWAPPED} and seq = 3`.execute(db);
  await sql`update audit_entry set seq = 3 where installation_id = ${SWAPPED} and seq = 4`.execute(db);
  await sql`update audit_entry set seq = 4 where installation_id = ${SWAPPED} and seq = 1000`.execute(db);
  const third = (await entriesOf(INSERTED))[2] ?? null;
  await shift(INSERTED, 4);
  await put(linkEntry(third, draftOf(INSERTED, 66), instant(third?.at ?? 0)));
  await sql`update audit_head set seq = ${LENGTH + 1} where installation_id = ${INSERTED}`.execute(db);
  const sixth = (await entriesOf(CUT))[5];
  await sql`delete from audit_entry where installation_id = ${CUT} and seq > 6`.execute(db);
  await sql`update audit_head set seq = 6, hash = ${sixth?.hash} where installation_id = ${CUT}`.execute(db);
  const anew = rewritten(await entriesOf(REWRITTEN));
  await sql`delete from audit_entry where installation_id = ${REWRITTEN} and seq > 4`.execute(db);
  for (const entry of anew) await put(entry);
  await sql`update audit_head set hash = ${anew.at(-1)?.hash} where installation_id = ${REWRITTEN}`.execute(db);
  await sql`alter table audit_entry enable trigger user`.execute(db);
}

describe('an export that was tampered with', () => {
  const entries: AuditEntry[] = [];
  const file = (): string => join(folder, 'export.jsonl');
  const verified = async (lines: readonly (AuditEntry | string)[], ...args: readonly string[]) => {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    writeFileSync(file(), `${text}\n`);
    const terminal = fakeTerminal({ cwd: folder, env: { AUDIT_KEY_FILE: join(folder, 'own.pem') } });
    const code = await run(['audit', 'verify', '--json', '--from-export', 'export.jsonl', ...args], terminal);
    return { code, printed: terminal.printed(), said: terminal.saidAll() };
  };
  const at = (seq: number): AuditEntry => {
    const entry = entries[seq - 1];
    if (entry === undefined) throw new Error(`there is no entry ${seq}`);
    return entry;
  };
  const without = (...seqs: readonly number[]) => entries.filter(({ seq }) => !seqs.includes(seq));

  beforeAll(async () => {
    let last: AuditEntry | null = null;
    for (let n = 1; n <= LENGTH; n += 1) {
      last = linkEntry(last, draftOf(1, n), instant(n));
      entries.push(last);
    }
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['audit', 'key', '--new', 'own.pem'], terminal)).toBe(0);
    writeFileSync(join(folder, 'own-public.pem'), terminal.printed());
    const key = createPrivateKey(readFileSync(join(folder, 'own.pem'), 'utf8'));
    const line = toCheckpointLine(
      signCheckpoint({ installation: installationId(1), head: at(LENGTH) }, instant(99), key),
    );
    writeFileSync(join(folder, 'own.checkpoint'), `${line}\n`);
  });

  it('is whole as it was written', async () => {
    expect(await verified(entries, '--checkpoint', 'own.checkpoint')).toMatchObject({ code: 0 });
  });

  it.each<[string, () => readonly (AuditEntry | string)[], { kind: string; seq: number }]>([
    ['corrupted', () => entries.with(3, { ...at(4), actor: userId(666) }), { kind: 'hash-mismatch', seq: 4 }],
    [
      'given a member more',
      () => entries.with(3, { ...at(4), note: 'x' } as AuditEntry),
      { kind: 'hash-mismatch', seq: 4 },
    ],
    ['dropped', () => without(5), { kind: 'gap', seq: 5 }],
    ['swapped', () => entries.with(2, at(4)).with(3, at(3)), { kind: 'gap', seq: 3 }],
    ['told twice', () => entries.toSpliced(4, 0, at(4)), { kind: 'duplicate', seq: 4 }],
    ['dropped at the beginning', () => without(1), { kind: 'gap', seq: 1 }],
    [
      'put in',
      () => entries.toSpliced(3, 0, linkEntry(at(3), draftOf(1, 66), instant(3))),
      { kind: 'duplicate', seq: 4 },
    ],
    [
      'moved to another chain',
      () => entries.with(4, { ...at(5), installationId: installationId(2) }),
      { kind: 'gap', seq: 5 },
    ],
  ])('is found out where an entry was %s', async (_what, lines, broken) => {
    const { code, printed } = await verified(lines());
    expect(code).toBe(1);
    expect(brokenIn(printed, 1)).toEqual(broken);
  });

  it.each<[string, () => readonly AuditEntry[], { kind: string; seq: number }]>([
    ['cut off at its end', () => without(7, 8, 9), { kind: 'truncated', seq: LENGTH }],
    ['emptied', () => [], { kind: 'truncated', seq: LENGTH }],
    ['written anew', () => [...entries.slice(0, 4), ...rewritten(entries)], { kind: 'wrong-head', seq: LENGTH }],
  ])('is found out with a checkpoint where it was %s, and not without', async (what, lines, broken) => {
    expect((await verified(lines())).code).toBe(0);
    const { code, printed } = await verified(lines(), '--checkpoint', 'own.checkpoint', '--key', 'own-public.pem');
    expect([what, code]).toEqual([what, 1]);
    expect(brokenIn(printed, 1)).toEqual(broken);
  });

  it.each(['not JSON', '{}', '[]', '{"seq":4}'])('names the line that is no entry: %s', async (line) => {
    const { code, printed } = await verified(entries.map((entry) => (entry.seq === 4 ? line : entry)));
    expect(code).toBe(1);
    expect(JSON.parse(printed)).toMatchObject({ ok: false, unreadableLine: 4 });
  });

  it('of a period is whole where it says so, and a hole in it is still found', async () => {
    expect((await verified(entries.slice(3))).code).toBe(1);
    expect((await verified(entries.slice(3), '--partial')).code).toBe(0);
    const { code, printed } = await verified(without(1, 2, 3, 6), '--partial');
    expect(code).toBe(1);
    expect(brokenIn(printed, 1)).toEqual({ kind: 'gap', seq: 6 });
  });

  it('does not split an entry at a character that only some take for the end of a line', async () => {
    const odd = linkEntry(at(LENGTH), { ...draftOf(1, 10), data: { reason: 'a\u2028b\u2029c\u0085d' } }, instant(10));
    expect((await verified([...entries, odd])).code).toBe(0);
  });

  describe('and its checkpoint', () => {
    const checkpoint = (): Record<string, unknown> =>
      JSON.parse(readFileSync(join(folder, 'own.checkpoint'), 'utf8')) as Record<string, unknown>;
    const withCheckpoint = async (text: string, ...args: readonly string[]) => {
      writeFileSync(join(folder, 'odd.checkpoint'), text);
      return await verified(entries, '--checkpoint', 'odd.checkpoint', ...args);
    };

    it.each([
      ['for a shorter chain', { length: 8 }],
      ['with another head', { head: 'a'.repeat(64) }],
      ['for another time', { at: '2020-01-01T00:00:00.000Z' }],
      ['for another chain', { installation: 2 }],
      ['with a signature that is none', { signature: 'AAAA' }],
    ])('is refused when it was changed, %s', async (_what, change) => {
      const { code, said } = await withCheckpoint(JSON.stringify({ ...checkpoint(), ...change }));
      expect(code).toBe(1);
      expect(said).toContain('was changed after it was signed');
    });

    it('is refused when another key signed it', async () => {
      const other = fakeTerminal({ cwd: folder });
      await run(['audit', 'key', '--new', 'other.pem'], other);
      writeFileSync(join(folder, 'other-public.pem'), other.printed());
      const { code, said } = await withCheckpoint(JSON.stringify(checkpoint()), '--key', 'other-public.pem');
      expect(code).toBe(1);
      expect(said).toContain('is signed with another key');
    });

    it('is taken with one of several keys, as after a change of keys', async () => {
      const both = ['other-public.pem', 'own-public.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
      writeFileSync(join(folder, 'both.pem'), both.join('\n'));
      expect((await withCheckpoint(JSON.stringify(checkpoint()), '--key', 'both.pem')).code).toBe(0);
    });

    it.each([
      ['empty', '', 1],
      ['not one', '{"format":"something else"}', 1],
    ])('is refused when it is %s', async (_what, text, code) => {
      expect(await withCheckpoint(text)).toMatchObject({ code });
    });

    it('is read from an address', async () => {
      const text = readFileSync(join(folder, 'own.checkpoint'), 'utf8');
      const server = createServer((_request, response) => response.end(text));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const args = ['--checkpoint', `http://127.0.0.1:${port}/checkpoints`, '--key', 'own-public.pem'];
      try {
        expect((await verified(entries, ...args)).code).toBe(0);
        expect((await verified(without(9), ...args)).code).toBe(1);
      } finally {
        server.close();
      }
    });

    it('is not begun with where there is no key to check it with, no such file, or no key in it', async () => {
      const terminal = fakeTerminal({ cwd: folder });
      const args = ['audit', 'verify', '--from-export', 'export.jsonl', '--checkpoint', 'own.checkpoint'];
      expect(await run(args, terminal)).toBe(2);
      expect(terminal.saidAll()).toContain('--key FILE');
      expect(await verified(entries, '--checkpoint', 'not-there')).toMatchObject({ code: 2 });
      expect(await verified(entries, '--checkpoint', 'own.checkpoint', '--key', 'own.checkpoint')).toMatchObject({
        code: 2,
      });
    });
  });
});
