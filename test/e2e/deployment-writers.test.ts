/** Who wrote a deployment: everything since the last one that was released and got there. */

import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { gates, MAIN_GATE, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const PRODUCTION = deployCheck();

/** A first deployment of main that was approved and succeeded, so that there is something to count from. */
async function deployedOnce(scene: Scene): Promise<void> {
  const { run } = deploy(scene);
  const issue = await ownIssue(scene);
  await stage.current().settled();
  await scene.tell('ana', issue, '/approve');
  await scene.until('the first deployment', () => scene.github.see.run(scene.repo, run).conclusion === 'success');
  await stage.current().settled();
}

/** Deploys, waits until it is held on an issue of its own, and returns run, commit and issue. */
async function held(scene: Scene, more: Parameters<typeof deploy>[1] = {}) {
  const before = scene.github.see.issues(scene.repo).length;
  const deployment = deploy(scene, more);
  await scene.until('a new issue', () => scene.github.see.issues(scene.repo).length > before);
  await stage.current().settled();
  return { ...deployment, issue: await ownIssue(scene) };
}

describe('who wrote a commit since the last release', () => {
  it('does not approve, though others wrote after them', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await deployedOnce(scene);
    scene.as('ana').push(scene.repo, { branch: 'main', files: { 'src/ana.ts': 'by ana' } });
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/ben.ts': 'by ben' } });
    const { run, issue } = await held(scene);
    const answer = await scene.tell('ana', issue, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('they wrote or committed a part of it');
    expect(ruleOf(scene, run).state).toBe('waiting');
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the release', () => ruleOf(scene, run).state === 'approved');
  });

  it('is told by a co-author line, too', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await deployedOnce(scene);
    const rita = `Rita <${scene.as('rita').id}+rita@users.noreply.github.com>`;
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/a.ts': 'a' }, coAuthors: [rita] });
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/b.ts': 'b' } });
    const { run, issue } = await held(scene);
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('confused');
    expect(ruleOf(scene, run).state).toBe('waiting');
  });

  it('approves once it was released: what was there before is nobody new', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.as('ana').push(scene.repo, { branch: 'main', files: { 'src/ana.ts': 'by ana' } });
    const first = await held(scene);
    // Before the first release only the people of the commit are known to matter.
    expect((await scene.tell('ana', first.issue, '/approve')).reaction).toBe('confused');
    await scene.tell('rita', first.issue, '/approve');
    await scene.until('it to succeed', () => scene.github.see.run(scene.repo, first.run).conclusion === 'success');
    await stage.current().settled();
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/ben.ts': 'by ben' } });
    const second = await held(scene);
    expect((await scene.tell('ana', second.issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the release', () => ruleOf(scene, second.run).state === 'approved');
  });

  it('is kept out by a release that failed as before it: only what got there counts', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await deployedOnce(scene);
    scene.as('ana').push(scene.repo, { branch: 'main', files: { 'src/ana.ts': 'by ana' } });
    const denied = await held(scene);
    await scene.tell('rita', denied.issue, '/deny');
    await scene.failed(denied.sha, PRODUCTION);
    await stage.current().settled();
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/ben.ts': 'by ben' } });
    const { run, issue } = await held(scene);
    expect((await scene.tell('ana', issue, '/approve')).reaction).toBe('confused');
    expect(ruleOf(scene, run).state).toBe('waiting');
  });

  it('is the pusher of a pull request in the range, whoever the commits name as their author', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE, MAIN_GATE));
    await deployedOnce(scene);
    const pull = scene.open();
    await scene.held(pull.sha);
    // Ana pushes what says that ben wrote it.
    const ben = scene.github.world.objects.commits.get(pull.sha)?.author;
    scene.as('ana').push(scene.repo, {
      branch: pull.branch,
      files: { 'src/hidden.ts': 'by ana' },
      ...(ben === undefined ? {} : { authorEmail: ben.email, authorName: ben.name }),
    });
    const head = scene.github.see.pull(scene.repo, pull.number).headSha;
    await scene.held(head);
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(head);
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
    const after = scene.open();
    await scene.held(after.sha);
    await scene.tell('rita', after.number, '/approve');
    await scene.passed(after.sha);
    expect(scene.as('ben').merge(scene.repo, after.number)).toMatchObject({ ok: true });
    await stage.current().settled();
    const { run, sha } = deploy(scene);
    await scene.held(sha, PRODUCTION);
    await stage.current().settled();
    const answer = await scene.tell('ana', after.number, '/approve production');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('they pushed to it');
    expect(ruleOf(scene, run).state).toBe('waiting');
    expect((await scene.tell('rita', after.number, '/approve production')).reaction).toBe('rocket');
  });
});

describe('what came since the last release', () => {
  it('costs one approval more where it has nothing in common with it, and the check says why', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await deployedOnce(scene);
    const cannot = scene.github.faults.add({
      kind: 'status',
      status: 404,
      message: 'No common ancestor',
      path: /\/shop\/compare\//u,
      times: 1000,
    });
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/ben.ts': 'by ben' } });
    const { run, sha, issue } = await held(scene);
    expect(scene.check(sha, PRODUCTION).title).toContain('0 of 2');
    expect(scene.check(sha, PRODUCTION).summary).toContain("can't be told who wrote what came since the last release");
    expect((await scene.tell('ana', issue, '/approve')).reaction).toBe('+1');
    expect(ruleOf(scene, run).state).toBe('waiting');
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the release', () => ruleOf(scene, run).state === 'approved');
    cannot();
  });

  it('holds while GitHub fails to tell it, and goes on when it does', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await deployedOnce(scene);
    scene.as('ana').push(scene.repo, { branch: 'main', files: { 'src/ana.ts': 'by ana' } });
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/ben.ts': 'by ben' } });
    const { run, issue } = await held(scene);
    const back = scene.github.faults.add({ kind: 'status', status: 502, path: /\/shop\/compare\//u, times: 4 });
    const refused = await scene.tell('ana', issue, '/approve');
    expect(refused.words).toContain('they wrote or committed a part of it');
    expect(ruleOf(scene, run).state).toBe('waiting');
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the release', () => ruleOf(scene, run).state === 'approved');
    back();
  });
});

describe('the calls of a deployment', () => {
  it('ask for the range once: what GitHub said of two commits it need not say again', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await deployedOnce(scene);
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/ben.ts': 'by ben' } });
    const { issue } = await held(scene);
    scene.github.calls.length = 0;
    await scene.tell('ana', issue, '/approve');
    const counted = scene.github.calls.filter(
      ({ path, status }) => path.startsWith(`/repos/${scene.repo}/compare/`) && status !== 304,
    );
    expect(counted).toEqual([]);
  });
});
