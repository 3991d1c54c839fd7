/** What becomes of an approval when the pull request moves: pushes, other bases, closing, reopening, other pull requests. */

import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

const head = (scene: ReturnType<typeof stage.scene>, number: number): string =>
  scene.github.see.pull(scene.repo, number).headSha;

describe('a push', () => {
  it('voids the approvals: the new head is held until it is approved itself', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': 'more' } });
    const next = head(scene, pull.number);
    await scene.held(next);
    await stage.current().settled();
    expect(scene.check(next).status).toBe('in_progress');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(next);
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('leaves a denied pull request open to a new decision on the new head', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/deny: not yet');
    await scene.failed(pull.sha);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/fixed.ts': 'fixed' } });
    await scene.held(head(scene, pull.number));
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(head(scene, pull.number));
  });

  it('back to a commit that was approved before does not bring the approval back', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.github.clock.advance(2000);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': 'more' } });
    await scene.held(head(scene, pull.number));
    scene.github.clock.advance(2000);
    scene.as('ben').pointRef(scene.repo, `refs/heads/${pull.branch}`, pull.sha);
    await stage.current().settled();
    expect(head(scene, pull.number)).toBe(pull.sha);
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });
});

describe('a comment that was typed before the push', () => {
  it('is refused in words, and its pin to the commit that waits counts', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    const early = await scene.delayed('issue_comment', () => {
      const comment = scene.as('ana').comment(scene.repo, pull.number, '/approve');
      scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': 'more' } });
      return comment;
    });
    const answer = await scene.answer(pull.number, early);
    expect(answer.reaction).toBe('confused');
    const next = head(scene, pull.number);
    expect(answer.words).toContain(`/approve ${next.slice(0, 7)}`);
    expect(scene.check(next).status).toBe('in_progress');
    const pinned = scene.as('ana').comment(scene.repo, pull.number, `/approve ${next.slice(0, 12)}`);
    expect((await scene.answer(pull.number, pinned)).reaction).toBe('rocket');
    await scene.passed(next);
  });

  it('does not count for the new head though it is handled before the push is known', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    // Nothing is left to be done that would look at the pull request again and find the push by itself.
    await stage.current().settled();
    scene.github.clock.advance(2000);
    const comment = await scene.delayed('pull_request', () => {
      scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': 'more' } });
      return scene.as('ana').comment(scene.repo, pull.number, '/approve');
    });
    const answer = await scene.answer(pull.number, comment);
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toMatch(/new commits/iu);
    await scene.held(head(scene, pull.number));
    expect(scene.github.see.check(scene.repo, pull.sha, 'jit/merge')?.conclusion).not.toBe('success');
  });

  it('that names another commit is refused', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const answer = await scene.tell('ana', pull.number, '/approve 0123456789ab');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('0123456789ab');
    expect(answer.words).toContain(pull.sha.slice(0, 12));
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });
});

describe('another base branch', () => {
  it('resets the approval, and so does going back', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main", "next"], approvals: [{ from: [release] }] }'),
    );
    scene.as('olga').push(scene.repo, { branch: 'next', files: {} });
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.github.clock.advance(2000);
    scene.as('ben').retarget(scene.repo, pull.number, 'next');
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`next`');
    scene.github.clock.advance(2000);
    scene.as('ben').retarget(scene.repo, pull.number, 'main');
    await scene.until('main to hold', () => scene.check(pull.sha).summary.includes('`main`'));
    await stage.current().settled();
    expect(scene.check(pull.sha).status).toBe('in_progress');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('that no gate covers leaves the check pending, so that no success is carried back', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.as('olga').push(scene.repo, { branch: 'free', files: {} });
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    scene.as('ben').retarget(scene.repo, pull.number, 'free');
    await stage.current().settled();
    expect(scene.check(pull.sha).conclusion).toBeNull();
    scene.github.clock.advance(2000);
    scene.as('ben').retarget(scene.repo, pull.number, 'main');
    await stage.current().settled();
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });
});

describe('closing and reopening', () => {
  it('ends the request, so that a vote finds nothing, and a reopened pull request starts from nothing', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.github.clock.advance(2000);
    scene.as('ben').closePull(scene.repo, pull.number);
    await stage.current().settled();
    const late = await scene.tell('rita', pull.number, '/approve');
    expect(late.reaction).toBe('confused');
    expect(late.words).toContain('closed');
    scene.github.clock.advance(2000);
    scene.as('ben').reopenPull(scene.repo, pull.number);
    await scene.held(pull.sha);
    await stage.current().settled();
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('gives a denied pull request that is reopened a new decision', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/deny');
    await scene.failed(pull.sha);
    scene.as('ben').closePull(scene.repo, pull.number);
    await stage.current().settled();
    scene.github.clock.advance(2000);
    scene.as('ben').reopenPull(scene.repo, pull.number);
    await scene.held(pull.sha);
  });
});

describe('two pull requests with the same head', () => {
  it('show the worst of the two, until both are approved', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main", "next"], approvals: [{ from: [release] }] }'),
    );
    scene.as('olga').push(scene.repo, { branch: 'next', files: {} });
    const pull = scene.open();
    const twin = scene.as('ben').openPull(scene.repo, { head: pull.branch, base: 'next' });
    await scene.held(pull.sha);
    await stage.current().settled();
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha).status).toBe('in_progress');
    expect(scene.check(pull.sha).summary).toContain(`#${twin}`);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await scene.tell('rita', twin, '/approve');
    await scene.passed(pull.sha);
  });

  it('let the one go on when the other, which was not approved, is closed', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main", "next"], approvals: [{ from: [release] }] }'),
    );
    scene.as('olga').push(scene.repo, { branch: 'next', files: {} });
    const pull = scene.open();
    const twin = scene.as('ben').openPull(scene.repo, { head: pull.branch, base: 'next' });
    await scene.held(pull.sha);
    await stage.current().settled();
    await scene.tell('ana', pull.number, '/approve');
    scene.as('ben').closePull(scene.repo, twin);
    await scene.passed(pull.sha);
  });
});

describe('a check that is asked for again', () => {
  it('is evaluated again without losing a vote', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    scene.as('ben').rerequestCheck(scene.repo, scene.check(pull.sha).id);
    await stage.current().settled();
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    scene.as('ben').rerequestSuite(scene.repo, pull.sha, scene.github.appId);
    await stage.current().settled();
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });
});

describe('a merge queue', () => {
  it.each([
    ['first', 0],
    ['last', 1],
  ] as const)('waits while the %s pull request of a group is not approved', async (_which, at) => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.github.protectBranch(scene.repo, 'main', {
      requiredChecks: [{ name: 'jit/merge', appId: scene.github.appId }],
      mergeQueue: true,
    });
    const first = scene.open();
    const second = scene.open();
    await scene.held(first.sha);
    await scene.held(second.sha);
    await scene.tell('ana', first.number, '/approve');
    await scene.tell('ana', second.number, '/approve');
    await scene.passed(first.sha);
    await scene.passed(second.sha);
    const lacking = [first, second][at] ?? second;
    const vote = scene.github.see.comments(scene.repo, lacking.number).find(({ author }) => author === 'ana')?.id ?? 0;
    const group = await scene.delayed('merge_group', () => {
      expect(scene.as('ben').enqueue(scene.repo, first.number, second.number)).toMatchObject({ ok: true });
      scene.as('ana').deleteComment(scene.repo, vote);
      return scene.github.see.queue(scene.repo, 'main')[0];
    });
    await scene.held(group?.headSha ?? '');
    await stage.current().settled();
    expect(scene.check(group?.headSha ?? '').status).toBe('in_progress');
    expect(scene.github.see.pull(scene.repo, first.number).merged).toBe(false);
    expect((await scene.tell('rita', lacking.number, '/approve')).reaction).toBe('rocket');
    await scene.until(
      'the group to be merged',
      () => scene.github.see.pull(scene.repo, second.number).merged,
      () => [
        scene.github.see
          .checks(scene.repo, group?.headSha ?? '')
          .map(({ status, conclusion, title, summary }) => [status, conclusion, title, summary]),
        scene.github.see
          .checks(scene.repo, second.sha)
          .map(({ status, conclusion, title, summary }) => [status, conclusion, title, summary]),
        scene.github.see.queue(scene.repo, 'main'),
        scene.spoken(lacking.number),
      ],
    );
    expect(scene.github.see.pull(scene.repo, first.number).merged).toBe(true);
  });
});
