/** Is what people say taken as they meant it, and are they told what to do when nothing came of it? */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { repoNamed } from '../support/github/world/find.ts';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const REVIEWED = gates(
  '{ name: main, on: merge, branches: ["main"], reviews: true, approvals: [{ from: [release] }] }',
);

async function heldPull(scene: Scene) {
  const pull = scene.open();
  await scene.held(pull.sha);
  return pull;
}

describe('a comment that approves and says no as well', () => {
  it.each([
    ['names nothing that waits', '/approve all\n\n/deny hotfix'],
    ['has arguments that can not be read', '/approve\n\n/deny this one please'],
    ['is misspelled', '/approve\n\n/dney'],
    ['comes first', '/deny hotfix\n\n/approve'],
    ['withdraws what is not theirs', '/approve\n\n/cancel everything'],
  ])('does not approve where the no %s', async (_how, body) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const { reaction, words } = await scene.tell('ana', pull.number, body);
    expect(reaction).toBe('confused');
    expect(words).toContain('its approval does not count');
    expect(scene.check(pull.sha).conclusion).toBeNull();
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });
});

describe('/status', () => {
  it('names those who can unblock what waits', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const { words } = await scene.tell('ben', pull.number, '/status');
    expect(words).toContain('`ana`');
    expect(words).toContain('`rita`');
  });
});

describe('an approving review', () => {
  it('of an older commit is answered once, with why it does not count', async () => {
    const scene = stage.scene(REVIEWED);
    const pull = await heldPull(scene);
    const older = pull.sha;
    scene.github.clock.advance(2000);
    const head = scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': '// more\n' } });
    await scene.held(head);
    scene.github.clock.advance(2000);
    scene.as('ana').review(scene.repo, pull.number, 'approve', '', older);
    const told = () => scene.spoken(pull.number).filter((text) => text.includes('approving review of `ana`'));
    await scene.until('words about the review', () => told().length > 0);
    await stage.current().settled();
    expect(told()).toHaveLength(1);
    expect(told()[0]).toContain(older.slice(0, 12));
    expect(told()[0]).toContain(head.slice(0, 12));
    expect(scene.check(head).conclusion).toBeNull();
  });
});

describe('a merge that nobody answered in time', () => {
  it('says how to get a new decision, and a push gets one', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], timeout: 1h, approvals: [{ from: [release] }] }'),
    );
    const pull = await heldPull(scene);
    const repo = repoNamed(scene.github.world, scene.repo);
    await sql`update request set opened_at = opened_at - 7200000, deadline = deadline - 7200000
      where repo_id = ${repo.id}`.execute(stage.current().database.db);
    await stage.current().sweep();
    await scene.failed(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('push a commit');
    for (const command of ['/explain', '/approve']) {
      expect((await scene.tell('ana', pull.number, command)).words).toContain('push a commit');
    }
    const head = scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/again.ts': '// again\n' } });
    await scene.held(head);
  });
});
