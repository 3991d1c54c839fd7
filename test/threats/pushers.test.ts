/** Attacks by those who push under somebody else's name, before the app looks or where it can't. */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Pull, type Scene } from '../support/scene.ts';
import { repoNamed } from '../support/github/world/find.ts';
import { account, nothingGivenAway, staysHeld } from './support.ts';

const stage = useStage();

const forged = (scene: Scene, login: string) => ({
  authorEmail: `${account(scene, login).id}+${login}@users.noreply.github.com`,
  authorName: login,
});

/** Ana pushes what looks like ben's, and ben opens the pull request without a second look. */
function openedByAnother(scene: Scene, base = 'main'): Pull {
  const branch = 'innocent';
  scene.as('ana').push(scene.repo, { branch, files: { 'src/evil.ts': 'evil\n' }, ...forged(scene, 'ben') });
  const number = scene.as('ben').openPull(scene.repo, { head: branch, base });
  return { number, branch, sha: scene.github.see.pull(scene.repo, number).headSha };
}

async function refusesAna(scene: Scene, pull: Pull): Promise<void> {
  await scene.held(pull.sha);
  const { reaction, words } = await scene.tell('ana', pull.number, '/approve');
  expect(reaction).toBe('confused');
  expect(words).toContain('they pushed to it');
  await staysHeld(scene, pull);
  await nothingGivenAway(scene);
}

describe('an approver who pushed under a forged name', () => {
  it('before the pull request was opened does not approve it', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = openedByAnother(scene);
    await refusesAna(scene, pull);
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('while it went to a branch that no gate governs does not approve it', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.as('olga').push(scene.repo, { branch: 'free', files: { 'free.txt': 'free\n' } });
    const pull = scene.open({ base: 'free' });
    scene
      .as('ana')
      .push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' }, ...forged(scene, 'ben') });
    const last = scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': '// more\n' } });
    await stage.current().settled();
    scene.as('ben').retarget(scene.repo, pull.number, 'main');
    await refusesAna(scene, { ...pull, sha: last });
  });

  it('while the app was away is found in the activity that GitHub keeps', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await stage.current().settled();
    scene.github.webhooks.pause();
    const pull = openedByAnother(scene);
    scene.github.webhooks.resume((held) => held.filter(({ event }) => event !== 'push'));
    await refusesAna(scene, pull);
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('and had somebody push on top of it does not approve it', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.as('ana').push(scene.repo, { branch: 'x', files: { 'src/evil.ts': 'evil' }, ...forged(scene, 'ben') });
    scene.as('ben').push(scene.repo, { branch: 'y', from: 'x', files: { 'src/good.ts': '// good\n' } });
    const number = scene.as('ben').openPull(scene.repo, { head: 'y' });
    await refusesAna(scene, { number, branch: 'y', sha: scene.github.see.pull(scene.repo, number).headSha });
  });

  it('where GitHub tells nobody who pushed is outvoted: one approval more is needed, and that is said', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await stage.current().settled();
    const allowed = scene.github.faults.add({ kind: 'status', status: 404, path: '/activity', times: 1_000 });
    scene.github.webhooks.pause();
    const pull = openedByAnother(scene);
    scene.github.webhooks.resume((held) => held.filter(({ event }) => event !== 'push'));
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await staysHeld(scene, pull);
    expect(scene.check(pull.sha).summary).toContain('who pushed');
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
    allowed();
  });
});

describe('whoever pushes what others wrote', () => {
  it('is remembered for half a year, and then looked up', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const repo = repoNamed(scene.github.world, scene.repo);
    scene.open();
    await stage.current().settled();
    const { db } = stage.current().database;
    const kept = async () => (await db.selectFrom('push').selectAll().where('repo_id', '=', repo.id).execute()).length;
    expect(await kept()).toBeGreaterThan(0);
    await sql`update push set pushed_at = pushed_at - ${200 * 86_400_000}::int8 where repo_id = ${repo.id}`.execute(db);
    await stage.current().sweep();
    expect(await kept()).toBe(0);
  });
});

describe('a comment that names no commit', () => {
  it('counts when it was typed after the push, though the app saw neither the push nor the opening', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await stage.current().settled();
    scene.github.webhooks.pause();
    const pull = scene.open();
    scene.github.clock.advance(5_000);
    const comment = scene.as('ana').comment(scene.repo, pull.number, '/approve');
    scene.github.webhooks.resume((held) => held.filter(({ event }) => event === 'issue_comment'));
    expect((await scene.answer(pull.number, comment)).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });

  it('does not count when it was typed before the push, whatever the clock of this machine says', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await stage.current().settled();
    // GitHub's clock is ahead of ours: by ours, the comment is younger than the look at the pull request.
    scene.github.clock.advance(3_600_000);
    scene.github.webhooks.pause();
    const pull = scene.open();
    const comment = scene.as('ana').comment(scene.repo, pull.number, '/approve');
    scene.github.clock.advance(5_000);
    const head = scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    scene.github.webhooks.resume((held) => held.filter(({ event }) => event === 'issue_comment'));
    const { reaction, words } = await scene.answer(pull.number, comment);
    expect(reaction).toBe('confused');
    expect(words).toContain('not younger than what waits');
    await staysHeld(scene, { number: pull.number, sha: head });
  });
});
