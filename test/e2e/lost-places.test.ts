/** What happens where nobody can be answered any more: locked and deleted conversations, repositories out of reach? */

import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE, PRODUCTION_GATE } from '../support/policies.ts';
import { deploy, deployCheck, ownIssue } from '../support/deploying.ts';
import { installationsOn, repoNamed } from '../support/github/world/find.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { audited } from '../threats/support.ts';

const stage = useStage();

/** GitHub takes no comment of the app there, as where somebody locked the conversation. */
const lock = (scene: Scene, number: number | 'all') =>
  scene.github.faults.add({
    kind: 'status',
    status: 403,
    message: 'Unable to create comment because issue is locked.',
    method: 'POST',
    path: number === 'all' ? /\/issues\/\d+\/comments$/u : `${scene.repo}/issues/${number}/comments`,
    times: 1_000,
  });

describe('a locked conversation', () => {
  it('has the check say what an answer would have said, and leaves no job behind', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const unlock = lock(scene, pull.number);
    scene.say('ben', pull.number, '/approve');
    await scene.until('words in the check', () => scene.check(pull.sha).summary.includes('Could not be said'));
    expect(scene.check(pull.sha).summary).toContain('`ben` is in none of the groups');
    await stage.current().settled();
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    unlock();
  });

  it('lets a deployment be shown and decided all the same', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const unlock = lock(scene, 'all');
    const { sha } = deploy(scene);
    const issue = await ownIssue(scene);
    await scene.held(sha, deployCheck());
    await stage.current().settled();
    await scene.tell('ana', issue, '/approve');
    await scene.passed(sha, deployCheck());
    await stage.current().settled();
    unlock();
  });
});

describe("a deployment's own issue", () => {
  it('that was deleted is opened anew, so that somebody can decide', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { sha } = deploy(scene);
    const issue = await ownIssue(scene);
    await stage.current().settled();
    scene.as('olga').deleteIssue(scene.repo, issue);
    const next = await scene.until('another issue', () =>
      scene.github.see
        .issues(scene.repo)
        .map(({ number }) => number)
        .find((number) => number > issue),
    );
    await scene.until('the comment there', () => scene.spoken(next).length > 0);
    await scene.tell('ana', next, '/approve');
    await scene.passed(sha, deployCheck());
  });
});

describe('work in a repository that the app can see no more', () => {
  it('ends with an entry in the audit log', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    const { world } = scene.github;
    const [installation] = installationsOn(world, repoNamed(world, scene.repo));
    if (installation === undefined) throw new Error('the app is not installed');
    scene.github.webhooks.pause();
    scene.setPolicy(gates(MAIN_GATE.replace('name: main', 'name: still main')));
    scene.github.removeFromInstallation(installation, scene.repo);
    scene.github.webhooks.resume();
    await scene.until('the end of it', async () => (await audited(scene)).includes('repository.out-of-reach'));
    await stage.current().settled();
  });
});

describe('a stop while the app catches up', () => {
  it('waits for what is under way, and asks GitHub for nothing afterwards', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await stage.current().settled();
    await stage.current().stopApp();
    const { calls } = scene.github;
    const slow = scene.github.faults.add({ kind: 'timeout', ms: 800, path: '/app/installations?', times: 1_000 });
    calls.length = 0;
    await stage.current().startApp();
    await scene.until('the middle of catching up', () =>
      calls.some(({ path }) => path.includes('/app/hook/deliveries')),
    );
    await stage.current().stopApp();
    const asked = calls.length;
    // Longer than the slow answer: whatever was still under way would show.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(calls.length).toBe(asked);
    slow();
    await stage.current().startApp();
  });
});
