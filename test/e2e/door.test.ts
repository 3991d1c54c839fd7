/** Who gets in: only what GitHub signed, once, kept before it is answered, whatever order it comes in. */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ruleOf } from '../support/deploying.ts';
import { gates, MAIN_GATE, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { postWebhook } from '../support/webhook.ts';

const stage = useStage();

/** A comment of ana's as GitHub would tell it, without GitHub telling it. */
function untold(scene: Scene, number: number, body: string): unknown {
  scene.github.clock.advance(2000);
  scene.github.webhooks.pause();
  scene.as('ana').comment(scene.repo, number, body);
  let payload: unknown = null;
  scene.github.webhooks.resume((held) => {
    payload = held.find(({ event }) => event === 'issue_comment')?.payload;
    return [];
  });
  return payload;
}

async function stored(): Promise<number> {
  const rows = await stage.current().database.db.selectFrom('delivery').select('id').execute();
  return rows.length;
}

describe('a webhook that GitHub did not sign', () => {
  it.each([
    ['with another secret', 'another-secret-of-some-length'],
    ['without a signature', null],
  ])('is refused and not kept: %s', async (_what, secret) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const payload = untold(scene, pull.number, '/approve');
    await stage.current().settled();
    const before = await stored();
    const answer = await postWebhook(stage.current(), 'issue_comment', payload, { secret });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    await stage.current().settled();
    expect(await stored()).toBe(before);
    expect(scene.check(pull.sha).conclusion).toBeNull();
  });
});

describe('the same delivery', () => {
  it('is kept and handled once, whatever its second coming says', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    const payload = untold(scene, pull.number, '/approve');
    await stage.current().settled();
    const before = await stored();
    const id = randomUUID();
    expect((await postWebhook(stage.current(), 'issue_comment', payload, { id })).status).toBe(200);
    expect((await postWebhook(stage.current(), 'issue_comment', payload, { id })).status).toBe(200);
    expect((await postWebhook(stage.current(), 'issue_comment', payload, { id })).status).toBe(200);
    await stage.current().settled();
    expect(await stored()).toBe(before + 1);
    expect(scene.check(pull.sha).title).toContain('1 of 2');
  });

  it('under another id does not count a vote twice', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    const payload = untold(scene, pull.number, '/approve');
    await postWebhook(stage.current(), 'issue_comment', payload);
    await postWebhook(stage.current(), 'issue_comment', payload);
    await stage.current().settled();
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    expect(scene.check(pull.sha).conclusion).toBeNull();
  });
});

describe('a failure inside', () => {
  it('answers with a failure that says nothing of its cause, and the delivery can come again', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const payload = untold(scene, pull.number, '/approve');
    await stage.current().settled();
    const { db } = stage.current().database;
    const id = randomUUID();
    await sql`alter table delivery rename to delivery_elsewhere`.execute(db);
    const failed = await postWebhook(stage.current(), 'issue_comment', payload, { id }).finally(
      async () => await sql`alter table delivery_elsewhere rename to delivery`.execute(db),
    );
    expect(failed.status).toBeGreaterThanOrEqual(500);
    for (const secret of ['relation', 'delivery"', 'select', 'insert', 'node_modules', '.ts:', 'kysely']) {
      expect(failed.text.toLowerCase()).not.toContain(secret);
    }
    expect(scene.check(pull.sha).conclusion).toBeNull();
    expect((await postWebhook(stage.current(), 'issue_comment', payload, { id })).status).toBe(200);
    await scene.passed(pull.sha);
  });

  it('of a payload that is not what its event promises changes nothing and stops nothing', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    for (const payload of [{}, { action: 'created' }, { action: 7, repository: 'x', installation: { id: 1 } }]) {
      expect((await postWebhook(stage.current(), 'issue_comment', payload)).status).toBe(200);
      expect((await postWebhook(stage.current(), 'deployment_protection_rule', payload)).status).toBe(200);
    }
    await stage.current().settled();
    const pull = scene.open();
    await scene.held(pull.sha);
  });
});

describe('webhooks in another order', () => {
  it('lead to the same hold, and to no release', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.github.webhooks.pause();
    const pull = scene.open();
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/two.ts': '2' } });
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/three.ts': '3' } });
    scene.github.webhooks.resume((held) => [...held].reverse());
    const { headSha } = scene.github.see.pull(scene.repo, pull.number);
    await scene.held(headSha);
    await stage.current().settled();
    expect(scene.check(headSha).title).toContain('0 of 1');
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('rocket');
    await scene.passed(headSha);
  });

  it('each twice, still lead to one request, one check and one comment of a deployment', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.github.webhooks.duplicateNext(20);
    scene.github.webhooks.pause();
    const { run, sha } = deploy(scene);
    scene.github.webhooks.resume((held) => [...held].reverse());
    await scene.held(sha, deployCheck());
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, sha).filter(({ name }) => name === deployCheck())).toHaveLength(1);
    expect(scene.github.see.issues(scene.repo)).toHaveLength(1);
    expect(ruleOf(scene, run).reports).toHaveLength(1);
  });

  it('do not bring a closed pull request back', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.github.webhooks.pause();
    const pull = scene.open();
    scene.as('ben').closePull(scene.repo, pull.number);
    scene.github.webhooks.resume((held) => [...held].reverse());
    await stage.current().settled();
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('confused');
    expect(scene.github.see.check(scene.repo, pull.sha, 'jit/merge')?.conclusion ?? null).toBeNull();
  });
});

describe('a check that waits for long', () => {
  const DAY = 24 * 3_600_000;

  async function age(keyPart: string): Promise<void> {
    await stage
      .current()
      .database.db.updateTable('surface')
      .set({ shown_at: Date.now() - 11 * DAY })
      .where('key', 'like', `%${keyPart}%`)
      .execute();
  }

  it('of a merge is replaced by a fresh run before GitHub makes it stale', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    const old = scene.check(pull.sha).id;
    await stage.current().sweep();
    expect(scene.check(pull.sha).id).toBe(old);
    await age(`merge-check:%${pull.sha}`);
    await stage.current().sweep();
    expect(scene.check(pull.sha).id).not.toBe(old);
    expect(scene.check(pull.sha).status).toBe('in_progress');
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('of a deployment is replaced too', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { sha } = deploy(scene);
    await scene.held(sha, deployCheck());
    await stage.current().settled();
    const { id, externalId } = scene.check(sha, deployCheck());
    await age(`check:${externalId}`);
    await stage.current().sweep();
    expect(scene.check(sha, deployCheck()).id).not.toBe(id);
    expect(scene.check(sha, deployCheck()).status).toBe('in_progress');
  });
});

describe('starting', () => {
  it('is refused without a webhook secret, and says which variable is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jit-gate-door-'));
    const { config, github } = stage.current();
    const env = {
      PATH: process.env['PATH'],
      APP_ID: String(config.appId),
      PRIVATE_KEY: config.privateKey.reveal(),
      GITHUB_API_URL: github.url,
      DATA_DIR: join(folder, 'data'),
    };
    const entry = join(import.meta.dirname, '../../bin/jit-gate.js');
    const started = spawn(process.execPath, [entry, 'serve'], { cwd: folder, env });
    let said = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => (said += String(chunk)));
    const code = await new Promise<number | null>((resolve) => started.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
    expect(code).toBeGreaterThan(0);
    expect(said).toContain('WEBHOOK_SECRET');
    expect(said).not.toContain(config.privateKey.reveal().split('\n')[1]);
  });
});
