/** Does the whole story run the same on both engines, with the app stopped and started in the middle of it? */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { directRole, ended, granted, grantsOf, timeIsOver } from '../support/asking.ts';
import { describeEachEngine } from '../support/database.ts';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { createScene, type Scene } from '../support/scene.ts';
import { startStage, type Stage } from '../support/stage.ts';

describeEachEngine('the main job', (engine) => {
  let stage: Stage | null = null;
  let kept: Database | null = null;

  /** PostgreSQL is closed and opened again at a restart; the embedded one is in memory, so it is kept. */
  async function opener(): Promise<() => Promise<Database>> {
    const url = await engine.address();
    if (url !== null) return async () => await openDatabase({ url, folder: null });
    const database = await engine.fresh();
    kept = { ...database, close: async () => await Promise.resolve() };
    const lasting = kept;
    return async () => await Promise.resolve(lasting);
  }

  beforeAll(async () => {
    stage = await startStage({ open: await opener() });
  });

  afterAll(async () => {
    const violations = stage?.github.violations ?? [];
    await stage?.stop();
    expect(violations).toEqual([]);
  });

  const scene = (): Scene => {
    if (stage === null) throw new Error('the stage has not started');
    return createScene(stage, 'octo');
  };

  it('holds a merge over a restart, releases it, and leaves it so at the next start', async () => {
    const { open, held, passed, tell, check, github, repo, stage: current } = scene();
    const pull = open();
    await held(pull.sha);
    await current.restart();
    await current.settled();
    expect(check(pull.sha).conclusion).toBeNull();
    expect((await tell('rita', pull.number, '/approve')).reaction).toBe('rocket');
    await passed(pull.sha);
    await current.restart();
    await current.settled();
    expect(check(pull.sha).conclusion).toBe('success');
    expect(github.as('ben').merge(repo, pull.number)).toMatchObject({ ok: true });
  });

  it('holds a deployment over a restart, and answers its rule', async () => {
    const play = scene();
    const { run, sha } = deploy(play);
    await play.held(sha, deployCheck());
    await play.stage.settled();
    await play.stage.restart();
    await play.stage.settled();
    expect(ruleOf(play, run).state).toBe('waiting');
    const where = /#(?<number>\d+)/u.exec(ruleOf(play, run).reports[0] ?? '')?.groups?.['number'];
    const number = where === undefined ? await ownIssue(play) : Number(where);
    // The first deployment has nothing to compare with, so both stages are asked.
    expect((await play.tell('ana', number, '/approve')).reaction).toBe('+1');
    expect((await play.tell('sam', number, '/approve')).reaction).toBe('rocket');
    await play.until('the approval', () => ruleOf(play, run).state === 'approved');
    await play.passed(sha, deployCheck());
  });

  it('grants a role, and takes it back though the app was down when its time was over', async () => {
    const play = scene();
    const issue = await granted(play, 'erin');
    await play.until('the grant to be active', async () => (await grantsOf(play, 'erin'))[0]?.state === 'active');
    await timeIsOver(play, 'erin');
    await play.stage.stopApp();
    expect(directRole(play, 'erin')).toBe('push');
    await play.stage.startApp();
    await play.until('the role to be gone', () => directRole(play, 'erin') === null);
    expect(await ended(play, issue)).toContain('its time was over');
  });

  it('has an audit log whose chain is whole, with an entry for every step', async () => {
    const { stage: current } = scene();
    await current.settled();
    const rows = await current.database.db.selectFrom('audit_entry').selectAll().orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_row, index) => index + 1));
    for (const [index, row] of rows.entries()) if (index > 0) expect(row.prev).toBe(rows[index - 1]?.hash);
    const kinds = new Set(rows.map(({ kind }) => kind));
    for (const kind of [
      'request.opened',
      'vote.cast',
      'request.approved',
      'request.released',
      'grant.created',
      'grant.active',
      'grant.ending',
      'grant.ended',
    ]) {
      expect(kinds).toContain(kind);
    }
  });
});
