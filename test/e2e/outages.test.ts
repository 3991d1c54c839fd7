/** What happens while GitHub fails, is slow, asks to wait, or loses its answers: nothing is released, lost or done twice. */

import { afterEach, describe, expect, it } from 'vitest';
import { ask, directRole, shownRequest } from '../support/asking.ts';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { access, gates, MAIN_GATE, PRODUCTION_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

afterEach(() => stage.current().github.faults.clear());

describe('an answer that is lost', () => {
  it('does not make a second check', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.github.faults.add({ kind: 'drop-after', method: 'POST', path: `${scene.repo}/check-runs`, times: 1 });
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, pull.sha)).toHaveLength(1);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    expect(scene.github.see.checks(scene.repo, pull.sha)).toHaveLength(1);
  });

  it('does not open a second issue, nor write a second comment', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.github.faults.add({ kind: 'drop-after', method: 'POST', path: `${scene.repo}/issues`, times: 1 });
    const { run, sha } = deploy(scene);
    await scene.held(sha, deployCheck());
    const issue = await ownIssue(scene);
    await stage.current().settled();
    expect(scene.github.see.issues(scene.repo)).toHaveLength(1);
    expect(scene.spoken(issue)).toHaveLength(1);
    expect(ruleOf(scene, run).state).toBe('waiting');
  });

  it('to the comment about a request does not write it twice', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    scene.github.faults.add({ kind: 'drop-after', method: 'POST', path: /\/issues\/\d+\/comments$/u, times: 1 });
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    expect(scene.spoken(issue)).toHaveLength(1);
  });
});

describe('a failure of GitHub', () => {
  it('while a check is shown has it shown later', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    scene.github.faults.add({ kind: 'status', status: 502, method: 'PATCH', path: '/check-runs/', times: 2 });
    scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('while the approvers are read counts nobody, and everybody once it is over', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    const back = scene.github.faults.add({ kind: 'status', status: 500, path: '/teams/release/', times: 1000 });
    const failing = scene.github.calls.length;
    scene.say('sam', pull.number, '/approve');
    scene.say('ana', pull.number, '/approve');
    await scene.until('the team to be asked for', () =>
      scene.github.calls.slice(failing).some(({ path, status }) => path.includes('/teams/release/') && status === 500),
    );
    expect(scene.check(pull.sha).conclusion).toBeNull();
    back();
    await scene.passed(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('by `ana`');
    expect(scene.check(pull.sha).summary).not.toContain('by `sam`');
  });

  it('outlasts a restart: what was decided is carried out by the next start', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    const back = scene.github.faults.add({
      kind: 'status',
      status: 500,
      method: 'PATCH',
      path: '/check-runs/',
      times: 1000,
    });
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.until('the vote to count', () => scene.github.see.reactions(scene.repo, comment).length > 0);
    expect(scene.check(pull.sha).conclusion).toBeNull();
    await stage.current().stopApp();
    back();
    await stage.current().startApp();
    await scene.passed(pull.sha);
  });
});

describe('a limit of GitHub', () => {
  it('is waited out, and the release goes out then', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    scene.github.faults.add({
      kind: 'status',
      status: 403,
      retryAfter: 1,
      method: 'PATCH',
      path: '/check-runs/',
      times: 1,
    });
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    expect((await scene.answer(pull.number, comment)).reaction).toBe('rocket');
  });

  it('on the collaborators of a repository is waited out before a role is given, and given once', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    scene.github.faults.add({
      kind: 'status',
      status: 429,
      retryAfter: 1,
      method: 'PUT',
      path: '/collaborators/',
      times: 1,
    });
    scene.say('mia', issue, '/approve');
    await scene.until('the role', () => directRole(scene, 'erin') === 'push');
    await stage.current().settled();
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:active');
  });
});

describe('a token that GitHub no longer takes', () => {
  it('is drawn anew, and the work goes on', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    scene.github.expireTokens();
    scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });
});
