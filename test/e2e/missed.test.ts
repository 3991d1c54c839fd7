/** What was missed: webhooks that got lost on their way, and what happened while the app was down. */

import { beforeEach, describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

/** The app has done what a start owes: the last of it is to list the installations. */
beforeEach(async () => {
  const { github } = stage.current();
  const listed = () => github.calls.some((call) => call.path.startsWith('/app/installations?'));
  await github.waitFor(listed, { what: 'the end of catching up', timeoutMs: 40_000 });
  github.calls.length = 0;
});

describe('a webhook that was lost', () => {
  it('is asked for again at the next start, and holds what it told of', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await stage.current().settled();
    scene.github.webhooks.loseNext(1, 'pull_request');
    const pull = scene.open();
    await scene.github.webhooks.idle();
    await stage.current().settled();
    expect(scene.github.see.check(scene.repo, pull.sha, 'jit/merge')).toBeNull();
    await stage.current().restart();
    await scene.held(pull.sha);
    const again = scene.github.deliveries.filter((sent) => sent.event === 'pull_request' && sent.redelivery);
    expect(again.length).toBeGreaterThan(0);
  });

  it('of an approval counts once it arrives, once', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    scene.github.webhooks.loseNext(1, 'issue_comment');
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.github.webhooks.idle();
    await stage.current().settled();
    expect(scene.github.see.check(scene.repo, pull.sha, 'jit/merge')?.status).toBe('in_progress');
    await stage.current().restart();
    await scene.passed(pull.sha);
    await stage.current().settled();
    expect(scene.github.see.reactions(scene.repo, comment)).toHaveLength(1);
  });
});

describe('a reopening that is told of late', () => {
  it('takes nothing from what was approved after it was seen', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('ben').closePull(scene.repo, pull.number);
    await scene.github.webhooks.idle();
    await stage.current().settled();
    scene.github.webhooks.loseNext(1, 'pull_request');
    scene.github.clock.advance(5_000);
    scene.as('ben').reopenPull(scene.repo, pull.number);
    await scene.github.webhooks.idle();
    await scene.tell('ana', pull.number, '/approve');
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    await stage.current().restart();
    await scene.until('the webhook to be sent again', () =>
      scene.github.deliveries.some(({ event, redelivery }) => event === 'pull_request' && redelivery),
    );
    await stage.current().settled();
    expect(scene.check(pull.sha).conclusion).toBe('success');
  });
});

describe('a push that is told of late', () => {
  it('takes nothing from what was approved after it was seen', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    scene.github.webhooks.loseNext(1, 'pull_request');
    scene.github.clock.advance(5_000);
    const head = scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': '// more\n' } });
    await scene.github.webhooks.idle();
    await scene.tell('ana', pull.number, '/approve');
    await scene.held(head);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(head);
    await stage.current().restart();
    await scene.until('the webhook to be sent again', () =>
      scene.github.deliveries.some(({ event, redelivery }) => event === 'pull_request' && redelivery),
    );
    await stage.current().settled();
    expect(scene.check(head).conclusion).toBe('success');
  });
});

describe('a repository', () => {
  it('that the app was installed on while it could not be told is found at the next start', async () => {
    const { github } = stage.current();
    github.webhooks.loseNext(2, 'installation_repositories');
    const scene = stage.scene(gates(MAIN_GATE));
    github.webhooks.loseNext(1, 'pull_request');
    const pull = scene.open();
    await github.webhooks.idle();
    await stage.current().restart();
    await scene.held(pull.sha);
  });
});
