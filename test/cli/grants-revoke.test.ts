/** `jit-gate grants revoke`: with nothing left but an export and the key, is what should be over taken back, and no more? */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromExport } from '../../src/cli/audit/source.ts';
import { revokeDue, type RevokeOptions } from '../../src/cli/grants/revoke.ts';
import { run } from '../../src/cli/main.ts';
import { linkEntry, type AuditEntry } from '../../src/domain/audit.ts';
import { instant } from '../../src/domain/identity.ts';
import { endGrant } from '../../src/engine/end-grant.ts';
import { openAccessBench, type AccessBench, type GrantDraft } from '../support/access-bench.ts';
import { fakeTerminal } from './fake-terminal.ts';

let bench: AccessBench;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jit-revoke-'));
  bench = await openAccessBench(
    [
      'ana',
      'ben',
      'cid',
      'dan',
      'fay',
      'gil',
      'hal',
      'ira',
      'jon',
      'kim',
      'lea',
      'jan',
      'nia',
      'oda',
      'pam',
      'rob',
      'sam',
    ],
    ['eve', 'ivo'],
  );
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  await rm(folder, { recursive: true });
  expect(violations).toEqual([]);
});

const HOUR = 3_600_000;

async function given(login: string, draft: GrantDraft = {}): Promise<void> {
  await bench.approve(login, draft);
  await bench.run();
}

function set(login: string, role: string): void {
  bench.local.as('olga').addCollaborator(bench.name, login, role);
}

async function exported(): Promise<string> {
  const entries = await bench.world.store.auditEntries(bench.repo.installationId, 1, 10_000);
  const file = join(folder, `${entries.length}.jsonl`);
  await writeFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return file;
}

/** Two hours later, with what is known of one person. */
async function revoke(
  login: string,
  options: RevokeOptions = { yes: true },
  later = 2 * HOUR,
  changed: (entry: AuditEntry) => readonly AuditEntry[] = (entry) => [entry],
) {
  const terminal = fakeTerminal();
  const id: number = bench.person(login).id;
  const all = fromExport(await exported(), folder).entries();
  async function* mine() {
    let last: AuditEntry | null = null;
    for await (const entry of all) {
      const { grantee, grant } = entry.data;
      if (grantee !== id && (grant as { grantee?: unknown } | undefined)?.grantee !== id) continue;
      last = linkEntry(last, entry, entry.at);
      yield* changed(last);
    }
  }
  const code = await revokeDue(mine(), bench.world.github, options, terminal, Date.now() + later);
  return { code, printed: terminal.printed(), said: terminal.saidAll() };
}

describe('membership of a team that is due', () => {
  const placeOf = (login: string): string | null => bench.local.see.teamMembers('octo', 'on-call')[login] ?? null;
  const onCall = () => {
    const team = [...bench.local.world.organizations.values()].flatMap(({ teams }) => [...teams.values()])[0];
    const { id, org } = team ?? bench.local.createTeam('octo', 'on-call');
    return { team: 'on-call', id, org: org.account.id };
  };

  it('is only named at first, and taken once it is said so', async () => {
    await given('nia', { role: onCall() });
    expect(placeOf('nia')).toBe('member');
    const dry = await revoke('nia', {});
    expect(dry.code).toBe(1);
    expect(dry.printed).toMatch(/^would-take .*nia.*team:on-call.*member to none/u);
    expect(placeOf('nia')).toBe('member');
    expect((await revoke('nia')).printed).toMatch(/^taken /u);
    expect(placeOf('nia')).toBeNull();
    expect((await revoke('nia')).printed).toMatch(/^gone /u);
  });

  it('stays where another grant goes on, and where no grant gave it', async () => {
    await given('oda', { role: onCall() });
    await given('oda', { role: onCall(), endsAt: later(8) });
    expect((await revoke('oda')).printed).toMatch(/^gone .*goes on/u);
    expect(placeOf('oda')).toBe('member');
    bench.local.as('olga').addToTeam('octo', 'on-call', 'pam');
    await given('pam', { role: onCall() });
    const left = await revoke('pam');
    expect(left.code).toBe(1);
    expect(left.printed).toMatch(/^left-alone /u);
    expect(placeOf('pam')).toBe('member');
  });

  it('is somebody’s own where an earlier grant had given it, and no later one did', async () => {
    const earlier = await bench.approve('sam', { role: onCall() });
    await bench.run();
    await endGrant(bench.world, earlier.id, 'returned', null);
    await bench.run();
    bench.local.as('olga').addToTeam('octo', 'on-call', 'sam');
    // Approved, and the app was lost before it looked.
    await bench.approve('sam', { role: onCall() });
    expect((await revoke('sam')).printed).toMatch(/^left-alone /u);
    expect(placeOf('sam')).toBe('member');
  });

  it('does not pass for a role on the repository, nor hide one', async () => {
    await given('rob', { role: onCall() });
    await given('rob');
    const done = await revoke('rob');
    expect(done.printed.split('\n').filter((line) => line.startsWith('taken'))).toHaveLength(2);
    expect([placeOf('rob'), bench.direct('rob')]).toEqual([null, null]);
  });
});

describe('what is due', () => {
  it('is only named at first, and taken once it is said so', async () => {
    await given('ana');
    const dry = await revoke('ana', {});
    expect(dry.code).toBe(1);
    expect(dry.printed).toMatch(/^would-take .*ana.*octo\/shop.*write to none/u);
    expect(bench.direct('ana')).toBe('push');
    const done = await revoke('ana');
    expect(done.code).toBe(0);
    expect(done.printed).toMatch(/^taken /u);
    expect(bench.direct('ana')).toBeNull();
    const again = await revoke('ana');
    expect(again.code).toBe(0);
    expect(again.printed).toMatch(/^gone /u);
  });

  it('gives back what was there before, which the log tells', async () => {
    set('ben', 'triage');
    await given('ben', { role: 'maintain' });
    expect((await revoke('ben')).code).toBe(0);
    expect(bench.direct('ben')).toBe('triage');
  });

  it('goes down to what another grant still gives', async () => {
    await given('cid', { role: 'triage', endsAt: later(8) });
    await given('cid', { role: 'admin' });
    expect((await revoke('cid')).code).toBe(0);
    expect(bench.direct('cid')).toBe('triage');
  });

  it('is a custom role, and what was there before can be one, too', async () => {
    const captain = { custom: 'captain', base: 'push' } as const;
    bench.local.addCustomRole('octo', 'captain', 'push');
    bench.local.addCustomRole('octo', 'auditor', 'pull');
    await given('ira', { role: captain });
    expect(bench.direct('ira')).toBe('captain');
    expect((await revoke('ira')).printed).toMatch(/^taken .*captain to none/u);
    set('lea', 'auditor');
    await given('lea', { role: 'admin' });
    expect((await revoke('lea')).code).toBe(0);
    expect(bench.direct('lea')).toBe('auditor');
  });

  it('goes down from a custom role to what another grant still gives', async () => {
    await given('jon', { role: 'triage', endsAt: later(8) });
    await given('jon', { role: { custom: 'captain', base: 'push' } });
    expect((await revoke('jon')).code).toBe(0);
    expect(bench.direct('jon')).toBe('triage');
  });

  it('is an open invitation, too', async () => {
    await given('eve');
    expect(bench.local.see.invitations(bench.name)).toHaveLength(1);
    expect((await revoke('eve')).code).toBe(0);
    expect(bench.local.see.invitations(bench.name)).toEqual([]);
  });

  it('is what an open invitation offers beyond a grant that goes on', async () => {
    await given('ivo', { role: 'triage', endsAt: later(8) });
    await given('ivo', { role: 'admin' });
    const offered = () =>
      bench.local.see.invitations(bench.name).flatMap(({ login, role }) => (login === 'ivo' ? [role] : []));
    expect(offered()).toEqual(['admin']);
    expect((await revoke('ivo', {})).printed).toMatch(/^would-take /u);
    expect((await revoke('ivo')).code).toBe(0);
    expect(offered()).toEqual(['triage']);
  });

  it('is printed as JSON', async () => {
    await given('fay');
    const { printed } = await revoke('fay', { yes: true, json: true });
    expect(JSON.parse(printed)).toMatchObject([{ result: 'taken', person: bench.person('fay').id }]);
  });
});

describe('what is not touched', () => {
  it('a grant that still runs', async () => {
    await given('dan');
    const { code, printed } = await revoke('dan', { yes: true }, 0);
    expect([code, printed]).toEqual([0, '']);
    expect(bench.direct('dan')).toBe('push');
  });

  it('a role that no grant gave', async () => {
    await given('gil');
    set('gil', 'admin');
    const { code, printed } = await revoke('gil');
    expect(code).toBe(1);
    expect(printed).toMatch(/^left-alone .*admin/u);
    expect(bench.direct('gil')).toBe('admin');
  });

  it('another custom role that somebody gave by hand meanwhile', async () => {
    await given('kim', { role: { custom: 'captain', base: 'push' } });
    set('kim', 'auditor');
    const { code, printed } = await revoke('kim');
    expect(code).toBe(1);
    expect(printed).toMatch(/^left-alone .*auditor, and the grants gave captain/u);
    expect(bench.direct('kim')).toBe('auditor');
  });

  it('anything, while GitHub does not answer: that is told', async () => {
    await given('hal');
    const undo = bench.local.faults.add({ kind: 'status', status: 500, path: '/collaborators/', times: 50 });
    const { code, printed } = await revoke('hal');
    undo();
    expect(code).toBe(3);
    expect(printed).toMatch(/^failed /u);
    expect((await revoke('hal')).code).toBe(0);
    expect(bench.direct('hal')).toBeNull();
  });
});

describe('an export that is not whole', () => {
  it.each([
    ['whose beginning is missing', ({ seq }: AuditEntry) => seq > 1, {}],
    ['of which an entry is missing', ({ seq }: AuditEntry) => seq !== 2, {}],
    ['in which an entry was changed', () => true, { at: instant(1) }],
  ])('%s takes nothing, and says what it would have taken', async (_, keep, change) => {
    await given('jan');
    const { code, printed, said } = await revoke('jan', { yes: true }, 2 * HOUR, (entry) =>
      keep(entry) ? [entry.seq === 2 ? { ...entry, ...change } : entry] : [],
    );
    expect(code).toBe(3);
    expect(printed).toMatch(/^would-take /u);
    expect(said).toContain('The export is not whole');
    expect(bench.direct('jan')).toBe('push');
  });

  it('in the middle of a line takes nothing and says which', async () => {
    const file = await exported();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, -20));
    const terminal = fakeTerminal();
    const entries = fromExport(file, folder).entries();
    const code = await revokeDue(entries, bench.world.github, { yes: true }, terminal, Date.now() + 2 * HOUR);
    expect([code, terminal.printed()]).toEqual([3, '']);
    expect(terminal.saidAll()).toMatch(/cut off or damaged: line \d+/u);
  });

  it('is told apart from one that is, whose age is said', async () => {
    const { code, said } = await revoke('jan', {});
    expect(code).toBe(1);
    expect(said).toMatch(/The export ends at \d{4}-/u);
    expect(said).not.toContain('not whole');
  });
});

it('needs the key, the file and to be told what', async () => {
  for (const args of [
    ['grants', 'revoke', '--overdue'],
    ['grants', 'revoke', '--from-export', 'x.jsonl'],
    ['grants', 'revoke', '--overdue', '--from-export', 'x.jsonl'],
  ]) {
    expect(await run(args, fakeTerminal())).toBe(2);
  }
});

const later = (hours: number) => instant(Date.now() + hours * HOUR);
