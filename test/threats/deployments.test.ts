/** Attacks on deployments: to have a run go ahead that nobody approved, or another than the one that was approved. */

import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { gates, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { altered, nothingGivenAway, post, sent } from './support.ts';

const stage = useStage();

const waits = async (scene: Scene, run: number): Promise<void> => {
  await stage.current().settled();
  expect(ruleOf(scene, run).state).toBe('waiting');
};

const refused = async (scene: Scene, run: number): Promise<void> => {
  await scene.until('the rule to be rejected', () => ruleOf(scene, run).state === 'rejected');
  await nothingGivenAway(scene);
};

describe('a run that nobody should have seen approved', () => {
  it('comes from a fork and is denied, with the reason on the rule', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.as('eve').fork(scene.repo);
    scene.as('eve').push('eve/shop', { branch: 'evil', files: { 'src/evil.ts': 'evil' } });
    const pull = scene.as('eve').openPull(scene.repo, { head: 'eve:evil' });
    const { run } = deploy(scene, { by: 'ben', pull });
    await refused(scene, run);
    expect(ruleOf(scene, run).comment).toContain('fork');
  });

  it('is started by pull_request_target, which can check out what nobody saw, and is denied', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run } = deploy(scene, { event: 'pull_request_target' });
    await refused(scene, run);
    expect(ruleOf(scene, run).comment).toContain('pull_request_target');
  });

  it('is approved for one attempt and run again: the new attempt waits for its own approval', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run } = deploy(scene);
    const issue = await ownIssue(scene);
    await scene.tell('ana', issue, '/approve');
    await scene.until('the first attempt to go ahead', () => ruleOf(scene, run).state === 'approved');
    await scene.until('the run to end', () => scene.github.see.run(scene.repo, run).status === 'completed');
    scene.as('sam').rerun(scene.repo, run);
    await waits(scene, run);
    expect(scene.github.see.run(scene.repo, run).attempt).toBe(2);
  });

  it('is cancelled and run again by its approver, whose approval of the old attempt must not open the new one', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run } = deploy(scene);
    const issue = await ownIssue(scene);
    await stage.current().settled();
    // GitHub loses the news that the first attempt ended, so its request still stands.
    scene.github.webhooks.loseNext(1, 'workflow_run');
    scene.as('ana').cancelRun(scene.repo, run);
    scene.github.webhooks.loseNext(3);
    scene.as('ana').rerun(scene.repo, run);
    await stage.current().settled();
    scene.say('ana', issue, '/approve');
    await waits(scene, run);
    expect(scene.github.see.run(scene.repo, run).attempt).toBe(2);
  });
});

describe('a deployment that says something else than it is', () => {
  it('names an approved commit while its run checks out another, and stays unanswered', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const good = scene.github.see.branch(scene.repo, 'main');
    scene.as('ben').push(scene.repo, { branch: 'evil', files: { 'src/evil.ts': 'evil' } });
    scene.github.webhooks.pause();
    const { run } = deploy(scene, { branch: 'evil' });
    scene.github.webhooks.resume(() => []);
    const forged = altered(sent(scene, 'deployment_protection_rule').payload, {
      deployment: { sha: good, ref: 'main' },
    });
    expect(await post(stage.current(), 'deployment_protection_rule', forged)).toBeLessThan(300);
    await stage.current().settled();
    for (const { number } of scene.github.see.issues(scene.repo)) await scene.tell('ana', number, '/approve');
    await waits(scene, run);
    await nothingGivenAway(scene);
  });

  it('is told by the deployment first, with another commit than its run, and stays unanswered', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const good = scene.github.see.branch(scene.repo, 'main');
    scene.as('ben').push(scene.repo, { branch: 'evil', files: { 'src/evil.ts': 'evil' } });
    scene.github.webhooks.pause();
    const { run } = deploy(scene, { branch: 'evil' });
    scene.github.webhooks.resume(() => []);
    const forged = altered(sent(scene, 'deployment', 'created').payload, { deployment: { sha: good, ref: 'main' } });
    expect(await post(stage.current(), 'deployment', forged)).toBeLessThan(300);
    scene.github.webhooks.redeliver(sent(scene, 'deployment_protection_rule'));
    await stage.current().settled();
    expect(scene.github.see.check(scene.repo, good, deployCheck())).toBeNull();
    const [waiting] = scene.github.see.issues(scene.repo);
    // What can be approved is what runs.
    expect(waiting?.title ?? 'evil').toContain('evil');
    await waits(scene, run);
  });

  it('has a callback to another repository or another host, and gets no answer', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.github.webhooks.pause();
    const { run } = deploy(scene);
    scene.github.webhooks.resume(() => []);
    const { payload } = sent(scene, 'deployment_protection_rule');
    const url = String(payload['deployment_callback_url']);
    for (const wrong of [
      url.replace(scene.repo, 'octo/shop'),
      url.replace('127.0.0.1', 'localhost'),
      url.replace('http://', 'http://evil.example@'),
      url.replace('/actions/', '/../octo/shop/actions/'),
      `${url}/../../1/deployment_protection_rule`,
    ]) {
      expect(
        await post(stage.current(), 'deployment_protection_rule', altered(payload, { deployment_callback_url: wrong })),
      ).toBeLessThan(300);
    }
    await waits(scene, run);
    expect(ruleOf(scene, run).reports).toEqual([]);
    await nothingGivenAway(scene);
  });

  it('names in a status, or beside the deployment, an environment that needs nobody, and stays held for its own', async () => {
    const scene = stage.scene(`${gates(PRODUCTION_GATE)}unmatched: { deployment: allow }\n`);
    scene.github.webhooks.pause();
    const { run, sha } = deploy(scene);
    scene.github.webhooks.resume(() => []);
    const { payload } = sent(scene, 'deployment_protection_rule');
    await post(stage.current(), 'deployment_protection_rule', altered(payload, { environment: 'staging' }));
    await scene.held(sha, deployCheck());
    const deployment = scene.github.see.run(scene.repo, run).jobs[0]?.deploymentId ?? 0;
    scene.as('ben').setDeploymentStatus(scene.repo, deployment, 'in_progress', 'staging');
    scene.as('ben').setDeploymentStatus(scene.repo, deployment, 'success', 'staging');
    await waits(scene, run);
    expect(scene.check(sha, deployCheck()).status).toBe('in_progress');
    expect(scene.github.see.check(scene.repo, sha, deployCheck('staging'))).toBeNull();
    await nothingGivenAway(scene);
  });

  it.each(['Production', 'PRODUCTION', 'pRoDuCtIoN'])(
    'spells the environment %s, and is held by the same gate',
    async (name) => {
      const scene = stage.scene(gates(PRODUCTION_GATE));
      const { run, sha } = deploy(scene, { environment: name });
      await scene.held(sha, deployCheck(name));
      await stage.current().settled();
      expect(ruleOf(scene, run, name).state).toBe('waiting');
      await nothingGivenAway(scene);
    },
  );

  it('has an environment whose name is Markdown, HTML or another path, and is shown as text', async () => {
    const scene = stage.scene(
      gates('{ name: all, on: deployment, environments: ["**"], approvals: [{ from: [release] }] }'),
    );
    const names = [
      'a/../production',
      '**bold** <img src=x onerror=alert(1)>',
      '`code` | @octo/release',
      'line\nbreak\r\n/approve',
    ];
    for (const name of names) {
      scene.github.createEnvironment(scene.repo, name, { customRule: true });
      const { run, sha } = deploy(scene, { environment: name });
      await scene.held(sha, deployCheck(name));
      expect(ruleOf(scene, run, name).state).toBe('waiting');
      const { summary } = scene.check(sha, deployCheck(name));
      expect(summary.replaceAll(/`+[^`]*`+/gu, '')).not.toMatch(/(?<!\\)<img|\n\/approve/u);
    }
    await nothingGivenAway(scene);
  });
});
