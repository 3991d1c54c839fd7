/** Is everything that the tables say told by the audit log, so that they could be made anew from it? */

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { checkTables, printRebuilt } from '../../src/cli/audit/rebuild.ts';
import { chainOf } from '../../src/cli/audit/source.ts';
import { readCheckpoints } from '../../src/domain/audit-checkpoint.ts';
import { installationId, millis } from '../../src/domain/identity.ts';
import { fakeTerminal } from '../cli/fake-terminal.ts';
import { ask, ended, granted, shownRequest } from '../support/asking.ts';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { MAIN_GATE, PRODUCTION_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const { privateKey: key } = generateKeyPairSync('ed25519');
const folder = mkdtempSync(join(tmpdir(), 'jit-gate-rebuild-'));
const checkpoints = join(folder, 'checkpoints');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stage = useStage({
  config: { checkpoints: { key, place: { kind: 'file', path: checkpoints }, token: null, every: millis(1) } },
});

const POLICY = `version: 1
groups:
  release: { teams: [release] }
  engineers: { teams: [engineers] }
  maintainers: { role: maintain }
gates:
  - ${MAIN_GATE.replace('approvals', 'timeout: 4h, approvals')}
  - ${PRODUCTION_GATE.replace('approvals', 'timeout: 4h, approvals')}
access:
  - ${SHIFT_RULE}
`;

async function merges(scene: Scene): Promise<void> {
  const merged = scene.open();
  await scene.held(merged.sha);
  const vote = scene.say('ana', merged.number, '/approve: fine');
  await scene.answer(merged.number, vote);
  await scene.passed(merged.sha);
  scene.as('ana').editComment(scene.repo, vote, '/approve: fine, but');
  await scene.held(merged.sha);
  await scene.tell('rita', merged.number, '/approve');
  await scene.passed(merged.sha);
  expect(scene.as('ben').merge(scene.repo, merged.number)).toMatchObject({ ok: true });

  const pushed = scene.open();
  await scene.held(pushed.sha);
  await scene.tell('ana', pushed.number, '/approve');
  await scene.passed(pushed.sha);
  scene.github.clock.advance(2000);
  scene.as('ben').push(scene.repo, { branch: pushed.branch, files: { 'src/more.ts': 'more' } });
  await scene.held(scene.github.see.pull(scene.repo, pushed.number).headSha);

  const denied = scene.open();
  await scene.held(denied.sha);
  await scene.tell('rita', denied.number, '/deny: not on a Friday');
  await scene.failed(denied.sha);
}

async function deployments(scene: Scene): Promise<void> {
  const { run, sha } = deploy(scene);
  await scene.held(sha, deployCheck());
  await scene.stage.settled();
  const where = /#(?<number>\d+)/u.exec(ruleOf(scene, run).reports[0] ?? '')?.groups?.['number'];
  await scene.tell('ana', where === undefined ? await ownIssue(scene) : Number(where), '/approve');
  await scene.until('the approval', () => ruleOf(scene, run).state === 'approved');
  await scene.passed(sha, deployCheck());
}

async function grants(scene: Scene): Promise<void> {
  // On a slow machine its two seconds are over before anyone could see the role.
  const short = ask(scene, 'erin', { duration: '2s' });
  await shownRequest(scene, short);
  await scene.tell('mia', short, '/approve');
  await ended(scene, short);
  const long = await granted(scene, 'emil');
  await scene.tell('emil', long, '/extend 1h: not done yet');
  await scene.tell('mia', long, '/approve');
  await scene.tell('mia', long, '/revoke: enough');
  await ended(scene, long);
  const withdrawn = ask(scene, 'erin', { role: 'triage' });
  await shownRequest(scene, withdrawn);
  await scene.tell('erin', withdrawn, '/cancel');
  const later = ask(scene, 'erin', { start: `${new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 16)}Z` });
  await shownRequest(scene, later);
  await scene.tell('mia', later, '/approve');
}

const store = () => createStore(stage.current().database);

async function checked(): Promise<{ code: number; printed: string }> {
  const terminal = fakeTerminal();
  const code = await checkTables(store(), false, terminal);
  return { code, printed: terminal.printed() };
}

describe('the tables and the audit log', () => {
  it('agree after merges, deployments, grants, denials, pushes, edits, withdrawals and ends', async () => {
    const scene = stage.scene(POLICY);
    await merges(scene);
    await deployments(scene);
    await grants(scene);
    await stage.current().settled();
    expect(await checked()).toEqual({ code: 0, printed: '' });
    const { rows } = await sql<{ state: string }>`select distinct state from request`.execute(
      stage.current().database.db,
    );
    expect(rows.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['pending', 'approved', 'released', 'denied', 'cancelled', 'superseded', 'closed']),
    );
  });

  it('are bound by a checkpoint at each sweep, where the app is told to publish them', async () => {
    await stage.current().sweep();
    const read = readCheckpoints(readFileSync(checkpoints, 'utf8'));
    if (!read.ok) throw new Error(`line ${read.error.line} is no checkpoint`);
    const last = read.value.at(-1);
    const [entry] = await store().auditEntries(last?.installation ?? installationId(0), last?.length ?? 0, 1);
    expect(entry?.hash).toBe(last?.head);
  });

  it('name what somebody changed by hand, with both sides of it', async () => {
    const { db } = stage.current().database;
    const { rows } = await sql<{ id: string }>`
      update vote set answer = 'deny' where answer = 'approve' and ord = (select min(ord) from vote where answer = 'approve')
      returning request_id as id`.execute(db);
    const { rows: ends } = await sql<{ id: string }>`
      update access_grant set ends_at = ends_at + 1000 where ord = (select min(ord) from access_grant)
      returning id`.execute(db);
    const found = await checked();
    expect(found.code).toBe(1);
    expect(found.printed).toContain(`vote ${rows[0]?.id ?? '-'}:comment:`);
    expect(found.printed).toContain('answer is "deny" in the table, "approve" in the log');
    expect(found.printed).toContain(`grant ${ends[0]?.id ?? '-'}: endsAt is`);
    await sql`update vote set answer = 'approve' where request_id = ${rows[0]?.id} and answer = 'deny'`.execute(db);
    await sql`update access_grant set ends_at = ends_at - 1000 where id = ${ends[0]?.id}`.execute(db);
    expect((await checked()).code).toBe(0);
  });

  it('name a row that was taken out, and one that was put in', async () => {
    const { db } = stage.current().database;
    const { rows } = await sql<{ id: string }>`
      delete from access_grant where ord = (select min(ord) from access_grant) returning id`.execute(db);
    await sql`
      insert into access_grant (id, version, state, request_id, repo, grantee_id, grantee_login, role, starts_at, ends_at, on_expiry)
      select 'put-in', 1, 'ended', request_id, repo, grantee_id, grantee_login, role, starts_at, ends_at, on_expiry
      from access_grant limit 1`.execute(db);
    const found = await checked();
    expect(found.code).toBe(1);
    expect(found.printed).toContain(`grant ${rows[0]?.id ?? '-'}: the log tells of it, the table does not have it`);
    expect(found.printed).toContain('grant put-in: the table has it, the log does not tell of it');
  });

  it('can be told apart without the tables: the log alone gives every row', async () => {
    const last = (await store().auditInstallations()).at(-1);
    const terminal = fakeTerminal();
    expect(await printRebuilt(chainOf(store(), last ?? installationId(0)), undefined, terminal)).toBe(0);
    const rows = terminal
      .printed()
      .split('\n')
      .map((line) => JSON.parse(line) as { table: string; row: { state?: string } });
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(['request', 'vote', 'grant']));
    expect(rows.filter(({ table }) => table === 'grant').map(({ row }) => row.state)).toEqual(['ended', 'ended']);
  });

  it('hold no name of anybody in what the log carries of them', async () => {
    const { db } = stage.current().database;
    const { rows } = await sql<{ data: string }>`select data::text as data from audit_entry`.execute(db);
    const logins = (await db.selectFrom('person').select('login').execute()).map(({ login }) => login);
    expect(logins).toEqual(expect.arrayContaining(['ana', 'ben', 'emil', 'erin']));
    for (const login of logins) expect(rows.filter(({ data }) => data.includes(`"${login}"`))).toEqual([]);
  });
});
