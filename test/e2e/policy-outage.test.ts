/** What becomes of what people say while the policy can't be read? It is heard when that is over, and never answered with a no. */

import { afterEach, describe, expect, it } from 'vitest';
import { ask, directRole, shownRequest } from '../support/asking.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

afterEach(() => stage.current().github.faults.clear());

const GLASS_GATE =
  '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }], break-glass: { by: [engineers], review: [release], within: 2h } }';
const REVIEWED_GATE = '{ name: main, on: merge, branches: ["main"], reviews: true, approvals: [{ from: [release] }] }';

/** The next time that the app wants to see the policy, GitHub fails. */
function fail(scene: Scene, limit = false): void {
  const path = '/contents/.jit-policy';
  // A failure of its server is asked about a second time at once.
  if (!limit) scene.github.faults.add({ kind: 'status', status: 500, method: 'GET', path, times: 2 });
  else scene.github.faults.add({ kind: 'status', status: 429, retryAfter: 1, method: 'GET', path, times: 1 });
}

async function heldBy(gate: string) {
  const scene = stage.scene(gates(gate));
  const pull = scene.open();
  await scene.held(pull.sha);
  await stage.current().settled();
  return { scene, pull };
}

describe('while the policy can not be read', () => {
  it.each([
    ['an outage', false],
    ['a limit', true],
  ])('for %s, an approval waits, and counts', async (_, limit) => {
    const { scene, pull } = await heldBy(MAIN_GATE);
    fail(scene, limit);
    expect(await scene.tell('ana', pull.number, '/approve')).toEqual({ reaction: 'rocket', words: '' });
    expect(scene.check(pull.sha).conclusion).toBe('success');
  });

  it('one that names its gate waits, and counts', async () => {
    const { scene, pull } = await heldBy(MAIN_GATE);
    fail(scene);
    expect((await scene.tell('ana', pull.number, '/approve main')).reaction).toBe('rocket');
  });

  it('an approving review waits, and counts', async () => {
    const { scene, pull } = await heldBy(REVIEWED_GATE);
    fail(scene);
    scene.as('ana').review(scene.repo, pull.number, 'approve');
    await scene.passed(pull.sha);
  });

  it('an emergency waits, and its review does', async () => {
    const { scene, pull } = await heldBy(GLASS_GATE);
    fail(scene);
    expect(await scene.tell('erin', pull.number, '/break-glass : the shop is down')).toEqual({
      reaction: 'rocket',
      words: '',
    });
    fail(scene);
    expect(await scene.tell('ana', pull.number, '/reviewed : looked at it')).toEqual({ reaction: '+1', words: '' });
  });

  it('access is asked for, given, and ended by an approver', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await stage.current().settled();
    fail(scene);
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    fail(scene);
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the role', () => directRole(scene, 'erin') === 'push');
    await stage.current().settled();
    fail(scene);
    expect(await scene.tell('mia', issue, '/revoke')).toEqual({ reaction: '+1', words: '' });
    await scene.until('the end', () => directRole(scene, 'erin') === null);
  });
});

describe('where GitHub does not let the app read the policy', () => {
  it('a vote is told so at once, and can be given when that is repaired', async () => {
    const { scene, pull } = await heldBy(MAIN_GATE);
    const back = scene.github.faults.add({
      kind: 'status',
      status: 403,
      message: 'Resource not accessible by integration',
      method: 'GET',
      path: '/contents/.jit-policy',
      times: 1000,
    });
    const refused = await scene.answer(pull.number, scene.say('ana', pull.number, '/approve'));
    expect(refused.reaction).toBe('confused');
    expect(refused.words).toContain('GitHub does not let the app read the policy');
    expect(scene.check(pull.sha).conclusion).toBeNull();
    back();
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('rocket');
  });

  it('nobody can ask for access, and whoever tries is told', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await stage.current().settled();
    scene.github.faults.add({
      kind: 'status',
      status: 403,
      message: 'Resource not accessible by integration',
      method: 'GET',
      path: '/contents/.jit-policy',
      times: 1000,
    });
    const issue = ask(scene, 'erin', {});
    await scene.until('the answer', () => scene.spoken(issue).length > 0);
    expect(scene.spoken(issue)[0]).toContain('GitHub does not let the app read the policy');
    expect(directRole(scene, 'erin')).toBeNull();
  });
});
