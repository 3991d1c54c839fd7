/** Attacks on merges: to have a commit pass that nobody approved, by moving branches, bases and pull requests about. */

import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { nothingGivenAway, staysHeld } from './support.ts';

const stage = useStage();

const head = (scene: Scene, number: number): string => scene.github.see.pull(scene.repo, number).headSha;

const approved = async (scene: Scene, by = 'ben') => {
  const pull = scene.open({ by });
  await scene.held(pull.sha);
  await scene.tell('ana', pull.number, '/approve');
  await scene.passed(pull.sha);
  return pull;
};

describe('approve, then push', () => {
  it('does not let the pushed commit pass', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await approved(scene);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    const next = { ...pull, sha: head(scene, pull.number) };
    await scene.held(next.sha);
    await staysHeld(scene, next);
  });

  it('that lands while the approval is being counted does not let either commit be merged', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    scene.github.webhooks.pause();
    scene.as('ana').comment(scene.repo, pull.number, '/approve');
    scene.github.clock.advance(2000);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    scene.github.webhooks.resume((all) => all.toSorted((a) => (a.event === 'issue_comment' ? -1 : 1)));
    const next = { ...pull, sha: head(scene, pull.number) };
    await scene.held(next.sha);
    await staysHeld(scene, next);
    await nothingGivenAway(scene);
  });

  it('that is forced away again does not bring the approval back', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await approved(scene);
    scene.github.clock.advance(2000);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': 'more' } });
    await scene.held(head(scene, pull.number));
    scene.github.clock.advance(2000);
    scene.as('ben').pointRef(scene.repo, `refs/heads/${pull.branch}`, pull.sha);
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
  });

  it('to a branch that was deleted and made again under the same name does not carry the approval over', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await approved(scene);
    scene.github.clock.advance(2000);
    scene.as('ben').closePull(scene.repo, pull.number);
    scene.as('ben').pointRef(scene.repo, `refs/heads/${pull.branch}`, null);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    const number = scene.as('ben').openPull(scene.repo, { head: pull.branch });
    const again = { number, sha: head(scene, number) };
    await scene.held(again.sha);
    await staysHeld(scene, again);
  });

  it('closed and reopened starts from nothing', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await approved(scene);
    scene.github.clock.advance(2000);
    scene.as('ben').closePull(scene.repo, pull.number);
    scene.github.clock.advance(2000);
    scene.as('ben').reopenPull(scene.repo, pull.number);
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
  });
});

describe('a comment that was typed before the push', () => {
  it('and is handled after it does not count for the new commit, and its author is told', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    const comment = await scene.delayed('issue_comment', () => {
      const typed = scene.as('ana').comment(scene.repo, pull.number, '/approve');
      scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
      return typed;
    });
    const answer = await scene.answer(pull.number, comment);
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toMatch(/not younger/iu);
    await staysHeld(scene, { ...pull, sha: head(scene, pull.number) });
    await nothingGivenAway(scene);
  });

  it('counts for nothing when it pins another commit than the one that waits', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    const next = { ...pull, sha: head(scene, pull.number) };
    await scene.held(next.sha);
    const answer = await scene.tell('ana', pull.number, `/approve ${pull.sha.slice(0, 12)}`);
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain(next.sha.slice(0, 12));
    await staysHeld(scene, next);
    await nothingGivenAway(scene);
  });

  it('is a review of an old commit, and does not count for the new one', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], reviews: true, approvals: [{ from: [release] }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    const next = { ...pull, sha: head(scene, pull.number) };
    await scene.held(next.sha);
    scene.github.clock.advance(2000);
    scene.as('ana').review(scene.repo, pull.number, 'approve', '', pull.sha);
    await staysHeld(scene, next);
    await nothingGivenAway(scene);
  });
});

describe('another base branch', () => {
  const TWO = gates(
    '{ name: strict, on: merge, branches: ["main"], approvals: [{ from: [security] }] }',
    '{ name: lax, on: merge, branches: ["next"], approvals: [{ from: [release] }] }',
  );

  it('after the approval holds by the gate of the new branch', async () => {
    const scene = stage.scene(TWO);
    scene.as('olga').push(scene.repo, { branch: 'next', files: {} });
    const pull = scene.open({ base: 'next' });
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.github.clock.advance(2000);
    scene.as('ben').retarget(scene.repo, pull.number, 'main');
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
    expect(scene.check(pull.sha).summary).toContain('`sam`');
  });

  it('switched while the approval is counted does not turn it into one for the new branch', async () => {
    const scene = stage.scene(TWO);
    scene.as('olga').push(scene.repo, { branch: 'next', files: {} });
    const pull = scene.open({ base: 'next' });
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    scene.github.webhooks.pause();
    const comment = scene.as('ana').comment(scene.repo, pull.number, '/approve');
    scene.github.clock.advance(2000);
    scene.as('ben').retarget(scene.repo, pull.number, 'main');
    scene.github.webhooks.resume((all) => all.toSorted((a) => (a.event === 'issue_comment' ? -1 : 1)));
    expect((await scene.answer(pull.number, comment)).reaction).toBe('confused');
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });
});

describe('the same commit in another pull request', () => {
  it('that is approved does not let the one pass that is not', async () => {
    const scene = stage.scene(
      gates(
        '{ name: strict, on: merge, branches: ["main"], approvals: [{ from: [security] }] }',
        '{ name: lax, on: merge, branches: ["next"], approvals: [{ from: [release] }] }',
      ),
    );
    scene.as('olga').push(scene.repo, { branch: 'next', files: {} });
    const lax = scene.open({ base: 'next' });
    await scene.held(lax.sha);
    await scene.tell('ana', lax.number, '/approve');
    await scene.passed(lax.sha);
    const strict = scene.as('ben').openPull(scene.repo, { head: lax.branch, base: 'main' });
    await scene.held(lax.sha);
    await staysHeld(scene, { number: strict, sha: lax.sha });
    expect(scene.check(lax.sha).summary).toContain('2 pull requests');
  });

  it('is asked for again by a re-run of the check, which forgets no vote and counts none', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const { id } = scene.check(pull.sha);
    for (let time = 0; time < 3; time += 1) scene.as('ben').rerequestCheck(scene.repo, id);
    scene.as('ben').rerequestSuite(scene.repo, pull.sha, scene.github.appId);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('ben').rerequestCheck(scene.repo, id);
    await stage.current().settled();
    expect(scene.check(pull.sha).conclusion).toBe('success');
  });
});

describe('a merge group', () => {
  const queued = async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.github.protectBranch(scene.repo, 'main', {
      requiredChecks: [{ name: 'jit/merge', appId: scene.github.appId }],
      mergeQueue: true,
    });
    const pulls = [await approved(scene), await approved(scene)] as const;
    return { scene, pulls };
  };

  it.each(['first', 'last'] as const)(
    'does not pass when the approval of its %s pull request is gone',
    async (which) => {
      const { scene, pulls } = await queued();
      const victim = which === 'first' ? pulls[0] : pulls[1];
      const vote = scene.github.see.comments(scene.repo, victim.number).find(({ author }) => author === 'ana')?.id ?? 0;
      const group = await scene.delayed('merge_group', () => {
        expect(scene.as('ben').enqueue(scene.repo, pulls[0].number, pulls[1].number)).toMatchObject({ ok: true });
        scene.as('ana').deleteComment(scene.repo, vote);
        return scene.github.see.queue(scene.repo, 'main')[0]?.headSha ?? '';
      });
      await scene.held(group);
      await stage.current().settled();
      expect(scene.check(group).status).toBe('in_progress');
      expect(scene.github.see.pull(scene.repo, victim.number).merged).toBe(false);
    },
  );
});
