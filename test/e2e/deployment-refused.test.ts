/** Which deployments are rejected outright, and is what was not asked for left alone? */

import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { gates, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { postWebhook } from '../support/webhook.ts';

const stage = useStage();

const ON_MAIN =
  '{ name: production, on: deployment, environments: ["production"], refs: ["main", "v*"], approvals: [{ from: [release] }] }';

async function rejected(scene: Scene, run: number, environment = 'production') {
  await scene.until('the rule to be rejected', () => ruleOf(scene, run, environment).state === 'rejected');
  await scene.stage.settled();
  return ruleOf(scene, run, environment).comment;
}

describe('a deployment that no gate allows', () => {
  it('is rejected with the reason', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha } = deploy(scene, { environment: 'staging' });
    expect(await rejected(scene, run, 'staging')).toContain('No gate');
    await scene.failed(sha, deployCheck('staging'));
    expect(scene.check(sha, deployCheck('staging')).summary).toContain('what no rule allows is denied');
  });

  it('goes ahead where the policy allows what is unmatched', async () => {
    const scene = stage.scene(`${gates(PRODUCTION_GATE)}unmatched: { deployment: allow }\n`);
    const { run } = deploy(scene, { environment: 'staging' });
    await scene.until('the approval', () => ruleOf(scene, run, 'staging').state === 'approved');
  });

  it('is rejected in a repository without a policy, and the reason says how to write one', async () => {
    const scene = stage.scene(null);
    const { run, sha } = deploy(scene);
    await rejected(scene, run);
    expect(ruleOf(scene, run).comment).toMatch(/no policy/iu);
    await scene.failed(sha, deployCheck());
    expect(scene.check(sha, deployCheck()).summary).toContain('jit-gate init');
  });

  it('is left alone in a repository without a policy when no rule asks', async () => {
    const scene = stage.scene(null);
    const sha = scene.github.see.branch(scene.repo, 'main');
    scene.as('ben').createDeployment(scene.repo, { ref: 'main', environment: 'production' });
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, sha)).toEqual([]);
    expect(scene.github.see.issues(scene.repo)).toEqual([]);
  });
});

describe('a deployment of the wrong code', () => {
  it('is rejected from a branch that the gate does not name', async () => {
    const scene = stage.scene(gates(ON_MAIN));
    scene.as('ben').push(scene.repo, { branch: 'feature', files: { 'a.txt': 'a' } });
    const { run, sha } = deploy(scene, { branch: 'feature' });
    expect(await rejected(scene, run)).toContain('feature');
    await scene.failed(sha, deployCheck());
    expect(scene.check(sha, deployCheck()).summary).toContain('`v*`');
  });

  it('is held from a tag that the gate names', async () => {
    const scene = stage.scene(gates(ON_MAIN));
    scene.as('ben').pointRef(scene.repo, 'refs/tags/v1', scene.github.see.branch(scene.repo, 'main'));
    const { run, sha } = deploy(scene, { branch: 'v1' });
    await scene.held(sha, deployCheck());
    await stage.current().settled();
    expect(ruleOf(scene, run).state).toBe('waiting');
  });

  it('is rejected from a fork, whoever started it', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const fork = scene.as('eve').fork(scene.repo);
    scene.as('eve').push(fork, { branch: 'gift', files: { 'a.txt': 'a' } });
    const pull = scene.as('eve').openPull(scene.repo, { head: 'eve:gift' });
    const { run } = deploy(scene, { pull });
    expect(await rejected(scene, run)).toContain('fork');
  });

  it('is rejected where pull_request_target starts it, since nobody saw what runs', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const pull = scene.open();
    const { run } = deploy(scene, {
      pull: pull.number,
      event: 'pull_request_target',
      sha: scene.github.see.branch(scene.repo, 'main'),
    });
    expect(await rejected(scene, run)).toContain('pull_request_target');
  });
});

describe('a policy that is invalid or can not be read', () => {
  it('holds the deployment with the findings, and goes on when it is repaired', async () => {
    const scene = stage.scene('version: 1\ngates:\n  - { name: x }\n');
    const { run, sha } = deploy(scene);
    await scene.held(sha, deployCheck());
    const issue = await ownIssue(scene);
    await stage.current().settled();
    expect(scene.check(sha, deployCheck()).title).toContain('errors');
    expect(ruleOf(scene, run).state).toBe('waiting');
    scene.setPolicy(gates(PRODUCTION_GATE));
    await scene.until('the gate to hold', () => scene.check(sha, deployCheck()).title.includes('0 of 1'));
    await scene.tell('ana', issue, '/approve');
    await scene.until('the approval', () => ruleOf(scene, run).state === 'approved');
  });

  it('holds the deployment while GitHub fails, and goes on when it is back', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const back = scene.github.faults.add({ kind: 'status', status: 500, path: `${scene.repo}/contents/`, times: 1000 });
    const { run, sha } = deploy(scene);
    await scene.held(sha, deployCheck());
    expect(scene.check(sha, deployCheck()).title).toContain('could not be read');
    expect(ruleOf(scene, run).state).toBe('waiting');
    back();
    await scene.until('the gate to hold', () => scene.check(sha, deployCheck()).title.includes('0 of 1'));
    expect(ruleOf(scene, run).state).toBe('waiting');
  });
});

describe('a callback', () => {
  it.each([
    ['on another host', (url: string) => url.replace(/^http:\/\/[^/]+/u, 'http://127.0.0.1:9')],
    ['of another repository', (url: string) => url.replace('/shop/', '/vault/')],
    ['with credentials', (url: string) => url.replace('http://', 'http://me:secret@')],
  ])('%s is refused, and nothing is answered there', async (_what, elsewhere) => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const asked = await askedInVain(scene);
    const payload = {
      ...asked.payload,
      deployment_callback_url: elsewhere(String(asked.payload['deployment_callback_url'])),
    };
    expect((await postWebhook(stage.current(), 'deployment_protection_rule', payload)).status).toBe(200);
    await stage.current().settled();
    expect(ruleOf(scene, asked.run)).toMatchObject({ state: 'waiting', reports: [] });
    expect(scene.github.see.issues(scene.repo)).toEqual([]);
  });

  it('that belongs to the repository is answered, as a check of the test itself', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, payload } = await askedInVain(scene);
    await postWebhook(stage.current(), 'deployment_protection_rule', payload);
    await scene.until('a report', () => ruleOf(scene, run).reports.length > 0);
  });
});

/** Starts a run whose webhooks never arrive, and returns what the rule's would have said. */
async function askedInVain(scene: Scene) {
  await scene.stage.settled();
  scene.github.webhooks.pause();
  const { run } = deploy(scene);
  let payload: Readonly<Record<string, unknown>> = {};
  scene.github.webhooks.resume((held) => {
    payload = held.find(({ event }) => event === 'deployment_protection_rule')?.payload ?? {};
    return [];
  });
  return { run, payload };
}
