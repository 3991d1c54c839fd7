/** Is a deployment held until it is approved, and is its protection rule answered as it was decided? */

import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { gates, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const PRODUCTION = deployCheck();

/** A deployment of main to production that waits on its own issue. */
async function waiting(scene: Scene, by = 'ben') {
  const deployment = deploy(scene, { by });
  await scene.held(deployment.sha, PRODUCTION);
  const issue = await ownIssue(scene);
  await scene.stage.settled();
  return { ...deployment, issue };
}

describe('a deployment of a workflow', () => {
  it('is one request though two webhooks tell of it: one check, one conversation, one report', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    expect(scene.github.see.checks(scene.repo, sha).filter(({ name }) => name === PRODUCTION)).toHaveLength(1);
    expect(scene.github.see.issues(scene.repo).map(({ number }) => number)).toEqual([issue]);
    expect(scene.spoken(issue)).toHaveLength(1);
    const rule = ruleOf(scene, run);
    expect(rule.state).toBe('waiting');
    expect(rule.reports).toHaveLength(1);
    expect(rule.reports[0]).toContain(`#${issue}`);
    const { summary } = scene.check(sha, PRODUCTION);
    expect(summary).toContain('`production`');
    expect(summary).toContain('`ana`');
    expect(summary).toContain(`#${issue}`);
  });

  it('goes ahead when it is approved, and its issue is closed', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    expect((await scene.tell('ana', issue, '/approve: go')).reaction).toBe('rocket');
    await scene.passed(sha, PRODUCTION);
    expect(ruleOf(scene, run)).toMatchObject({ state: 'approved' });
    expect(scene.github.see.run(scene.repo, run).conclusion).toBe('success');
    await stage.current().settled();
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('closed');
  });

  it('is rejected when it is denied, with the reason everywhere', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    await scene.tell('rita', issue, '/deny: not on a Friday');
    await scene.failed(sha, PRODUCTION);
    expect(ruleOf(scene, run).state).toBe('rejected');
    expect(ruleOf(scene, run).comment).toContain('not on a Friday');
    expect(scene.check(sha, PRODUCTION).title).toContain('not on a Friday');
    expect(scene.check(sha, PRODUCTION).summary).toContain('not on a Friday');
    expect(scene.spoken(issue).join()).toContain('not on a Friday');
    expect(scene.github.see.run(scene.repo, run).conclusion).toBe('failure');
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('closed');
  });

  it('is rejected when nobody answers in time', async () => {
    const scene = stage.scene(
      gates(
        '{ name: production, on: deployment, environments: ["production"], timeout: 3s, approvals: [{ from: [release] }] }',
      ),
    );
    const { run, sha } = deploy(scene);
    await scene.failed(sha, PRODUCTION);
    expect(scene.check(sha, PRODUCTION).title).toContain('nobody answered in time');
    expect(ruleOf(scene, run)).toMatchObject({ state: 'rejected' });
    expect(ruleOf(scene, run).comment).toContain('nobody answered in time');
  });

  it('is withdrawn by the one who started it, and by nobody else', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    const stranger = await scene.tell('sam', issue, '/cancel');
    expect(stranger.reaction).toBe('confused');
    expect(stranger.words).toContain('Only the person who asked');
    expect(ruleOf(scene, run).state).toBe('waiting');
    expect((await scene.tell('ben', issue, '/cancel: wrong commit')).reaction).toBe('+1');
    await scene.failed(sha, PRODUCTION);
    expect(ruleOf(scene, run)).toMatchObject({ state: 'rejected' });
    expect(ruleOf(scene, run).comment).toContain('wrong commit');
  });

  it('is not approved by the one who started the run', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, issue } = await waiting(scene, 'ana');
    const answer = await scene.tell('ana', issue, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('they started the workflow run');
    expect(ruleOf(scene, run).state).toBe('waiting');
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the approval', () => ruleOf(scene, run).state === 'approved');
  });

  it('to an environment written in another case is held by the same gate', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha } = deploy(scene, { environment: 'Production' });
    await scene.held(sha, 'jit/deploy: Production');
    const issue = await ownIssue(scene);
    await stage.current().settled();
    expect(ruleOf(scene, run, 'Production').state).toBe('waiting');
    await scene.tell('ana', issue, '/approve');
    await scene.until('the approval', () => ruleOf(scene, run, 'Production').state === 'approved');
  });

  it('that runs again is a new request, whose votes start from nothing', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    await scene.tell('ana', issue, '/approve');
    await scene.until('the run to end', () => scene.github.see.run(scene.repo, run).status === 'completed');
    scene.as('rita').rerun(scene.repo, run);
    await scene.held(sha, PRODUCTION);
    const second = await scene.until('a new issue', () => {
      const number = scene.github.see.issues(scene.repo).at(-1)?.number ?? issue;
      return number === issue ? null : number;
    });
    await stage.current().settled();
    expect(scene.github.see.run(scene.repo, run).attempt).toBe(2);
    expect(ruleOf(scene, run).state).toBe('waiting');
    const answer = await scene.tell('rita', second, '/approve');
    expect(answer.reaction).toBe('confused');
    expect((await scene.tell('ana', second, '/approve')).reaction).toBe('rocket');
    await scene.until('the approval', () => ruleOf(scene, run).state === 'approved');
  });

  it('whose run is cancelled waits for nothing any more', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    scene.as('ben').cancelRun(scene.repo, run);
    await scene.failed(sha, PRODUCTION);
    expect(scene.check(sha, PRODUCTION).title).toContain('the workflow run ended');
    await stage.current().settled();
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('closed');
    const late = await scene.tell('ana', issue, '/approve');
    expect(late.reaction).toBe('confused');
    expect(late.words).toContain('the workflow run ended');
  });
});

describe('the protection rule', () => {
  it('is reported on at most ten times and still gets its answer', async () => {
    const scene = stage.scene(
      gates(
        '{ name: production, on: deployment, environments: ["production"], approvals: [{ from: [release], count: 2 }] }',
      ),
    );
    const { run, issue } = await waiting(scene);
    for (let round = 0; round < 6; round += 1) {
      const comment = scene.say('ana', issue, '/approve');
      await scene.answer(issue, comment);
      scene.as('ana').deleteComment(scene.repo, comment);
      await stage.current().settled();
    }
    expect(ruleOf(scene, run).reports.length).toBeGreaterThan(2);
    expect(ruleOf(scene, run).reports.length).toBeLessThanOrEqual(10);
    await scene.tell('ana', issue, '/approve');
    await scene.tell('rita', issue, '/approve');
    await scene.until('the approval', () => ruleOf(scene, run).state === 'approved');
  });

  it('is answered in the end though GitHub fails at first', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    scene.github.faults.add({ kind: 'status', status: 502, method: 'POST', path: `/runs/${run}/`, times: 2 });
    scene.say('ana', issue, '/approve');
    await scene.until('the approval', () => ruleOf(scene, run).state === 'approved');
    await scene.passed(sha, PRODUCTION);
  });

  it('that was answered though the answer was lost is not a failure', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha, issue } = await waiting(scene);
    scene.github.faults.add({ kind: 'drop-after', method: 'POST', path: `/runs/${run}/`, times: 1 });
    scene.say('ana', issue, '/approve');
    await scene.passed(sha, PRODUCTION);
    expect(ruleOf(scene, run).state).toBe('approved');
    await stage.current().settled();
    expect(scene.check(sha, PRODUCTION).conclusion).toBe('success');
  });
});

describe('a deployment made through the API', () => {
  it('is shown as held, and as free once it is approved', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const sha = scene.github.see.branch(scene.repo, 'main');
    scene.as('ben').createDeployment(scene.repo, { ref: 'main', environment: 'production' });
    await scene.held(sha, PRODUCTION);
    const issue = await ownIssue(scene);
    const own = await scene.tell('ben', issue, '/approve');
    expect(own.reaction).toBe('confused');
    expect((await scene.tell('ana', issue, '/approve')).reaction).toBe('rocket');
    await scene.passed(sha, PRODUCTION);
  });
});

describe('where a deployment is talked about', () => {
  it('is the pull request that brought the commit in', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.github.protectBranch(scene.repo, 'main', { requiredChecks: [] });
    const pull = scene.open();
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
    const { run, sha } = deploy(scene);
    await scene.held(sha, PRODUCTION);
    await stage.current().settled();
    expect(scene.github.see.issues(scene.repo)).toEqual([]);
    expect(scene.spoken(pull.number).join()).toContain('`production`');
    expect(ruleOf(scene, run).reports.join()).toContain(`#${pull.number}`);
    await scene.tell('ana', pull.number, '/approve');
    await scene.until('the approval', () => ruleOf(scene, run).state === 'approved');
    expect(scene.github.see.pull(scene.repo, pull.number).merged).toBe(true);
  });

  it('asks which one is meant where several wait, and takes an environment or all', async () => {
    const scene = stage.scene(
      gates(
        '{ name: deploy, on: deployment, environments: ["production", "staging", "canary"], approvals: [{ from: [release] }] }',
      ),
    );
    scene.github.createEnvironment(scene.repo, 'canary', { customRule: true });
    scene.github.protectBranch(scene.repo, 'main', { requiredChecks: [] });
    const pull = scene.open();
    scene.as('ben').merge(scene.repo, pull.number);
    const { run, sha } = deploy(scene, { environments: ['production', 'staging', 'canary'] });
    for (const name of ['production', 'staging', 'canary']) await scene.held(sha, deployCheck(name));
    await stage.current().settled();
    const bare = await scene.tell('ana', pull.number, '/approve');
    expect(bare.reaction).toBe('confused');
    expect(bare.words).toContain('/approve all');
    for (const name of ['production', 'staging', 'canary']) {
      expect(bare.words).toContain(name);
      expect(ruleOf(scene, run, name).state).toBe('waiting');
    }
    expect((await scene.tell('ana', pull.number, '/approve staging')).reaction).toBe('rocket');
    await scene.until('staging to be released', () => ruleOf(scene, run, 'staging').state === 'approved');
    expect(ruleOf(scene, run, 'production').state).toBe('waiting');
    await scene.tell('ana', pull.number, '/approve all');
    await scene.until('production to be released', () => ruleOf(scene, run, 'production').state === 'approved');
    await scene.until('canary to be released', () => ruleOf(scene, run, 'canary').state === 'approved');
  });

  it('takes the short id that the question named', async () => {
    const scene = stage.scene(
      gates(
        '{ name: deploy, on: deployment, environments: ["production", "staging"], approvals: [{ from: [release] }] }',
      ),
    );
    scene.github.protectBranch(scene.repo, 'main', { requiredChecks: [] });
    const pull = scene.open();
    scene.as('ben').merge(scene.repo, pull.number);
    const { run, sha } = deploy(scene, { environments: ['production', 'staging'] });
    await scene.held(sha, PRODUCTION);
    await scene.held(sha, deployCheck('staging'));
    await stage.current().settled();
    const { words } = await scene.tell('ana', pull.number, '/approve');
    const line = words.split('\n').find((text) => text.includes('/approve req-') && text.includes('staging')) ?? '';
    const id = /req-[0-9a-f]{8}/u.exec(line)?.[0] ?? 'none';
    expect((await scene.tell('ana', pull.number, `/approve ${id}`)).reaction).toBe('rocket');
    await scene.until('staging to be released', () => ruleOf(scene, run, 'staging').state === 'approved');
    expect(ruleOf(scene, run, 'production').state).toBe('waiting');
  });
});
