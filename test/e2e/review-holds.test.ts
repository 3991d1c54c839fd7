/** What a hostile second look at holds, votes and commands found: each was a way to lose a hold, a vote or an answer. */

import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { gates, MAIN_GATE, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';
import type { Delivery } from '../support/github/index.ts';
import { staysHeld } from '../threats/support.ts';

const stage = useStage();

afterEach(() => stage.current().github.faults.clear());

const PRODUCTION = deployCheck();
const headOf = (scene: ReturnType<typeof stage.scene>, number: number): string =>
  scene.github.see.pull(scene.repo, number).headSha;

describe('whoever pushed', () => {
  it('is kept from approving though the app saw the new commit before it heard of the push', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.delayed('pull_request', () => {
      scene.as('ana').push(scene.repo, {
        branch: pull.branch,
        files: { 'src/more.ts': 'more' },
        authorEmail: 'ben@example.com',
        committerEmail: 'ben@example.com',
      });
      // Ben wrote it, so that his vote can never count: it only makes the app look.
      scene.say('ben', pull.number, '/approve');
    });
    await stage.current().settled();
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.words).toContain('they pushed to it');
    await staysHeld(scene, { number: pull.number, sha: headOf(scene, pull.number) });
  });

  it('loses an approval that counted before the push was heard of', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    // Without what GitHub keeps of the branch, two approve what nobody is known to have pushed.
    scene.github.faults.add({ kind: 'status', status: 404, path: '/activity', times: 1_000 });
    scene.github.webhooks.pause();
    scene.as('ana').push(scene.repo, {
      branch: pull.branch,
      files: { 'src/more.ts': 'more' },
      authorEmail: 'ben@example.com',
      committerEmail: 'ben@example.com',
    });
    const pushed: Delivery[] = [];
    scene.github.webhooks.resume((all) => {
      pushed.push(...all.filter(({ event }) => event === 'pull_request'));
      return [];
    });
    const head = headOf(scene, pull.number);
    await scene.tell('rita', pull.number, '/approve');
    await scene.held(head);
    await scene.tell('ana', pull.number, '/approve');
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(head);
    for (const delivery of pushed) scene.github.webhooks.redeliver(delivery);
    await scene.held(head);
    await staysHeld(scene, { number: pull.number, sha: head });
  });
});

describe('a denial of a merge', () => {
  it('outlasts an outage of the policy', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/deny: never');
    await scene.failed(pull.sha);
    await stage.current().settled();
    const before = scene.github.calls.length;
    const back = scene.github.faults.add({ kind: 'status', status: 500, path: `${scene.repo}/contents/`, times: 1000 });
    scene.as('ben').label(scene.repo, pull.number, 'please');
    await scene.until('the policy to be asked for in vain', () =>
      scene.github.calls.slice(before).some(({ path, status }) => path.includes('/contents/') && status === 500),
    );
    await scene.github.webhooks.idle();
    back();
    await stage.current().settled();
    expect((await scene.tell('rita', pull.number, '/approve')).reaction).toBe('confused');
    expect(scene.check(pull.sha).conclusion).toBe('failure');
  });

  it('outlasts a policy with errors', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/deny: never');
    await scene.failed(pull.sha);
    scene.setPolicy('version: 1\ngates: 7\n');
    await stage.current().settled();
    scene.setPolicy(gates(MAIN_GATE));
    await stage.current().settled();
    expect((await scene.tell('rita', pull.number, '/approve')).reaction).toBe('confused');
    expect(scene.check(pull.sha).conclusion).toBe('failure');
  });
});

describe('a comment that says yes and no', () => {
  it('is a no', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const answer = await scene.tell('ana', pull.number, '/approve\n/deny: on second thought');
    expect(answer.reaction).toBe('-1');
    await scene.failed(pull.sha);
  });
});

describe('webhooks in the wrong order', () => {
  it('leave a pull request that was closed and reopened open to votes', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    scene.github.webhooks.pause();
    scene.as('ben').closePull(scene.repo, pull.number);
    scene.github.clock.advance(2000);
    scene.as('ben').reopenPull(scene.repo, pull.number);
    let closed: Delivery[] = [];
    scene.github.webhooks.resume((all) => {
      closed = all.filter(({ event, action }) => event === 'pull_request' && action === 'closed');
      return all.filter((delivery) => !closed.includes(delivery));
    });
    await stage.current().settled();
    for (const delivery of closed) scene.github.webhooks.redeliver(delivery);
    await stage.current().settled();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('do not let a review count that was withdrawn meanwhile', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], reviews: true, approvals: [{ from: [release] }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.webhooks.pause();
    scene.as('ana').review(scene.repo, pull.number, 'approve');
    scene.github.clock.advance(2000);
    scene.as('ana').review(scene.repo, pull.number, 'request changes', 'no');
    let late: Delivery[] = [];
    scene.github.webhooks.resume((all) => {
      const reviews = all.filter(({ event }) => event === 'pull_request_review');
      late = reviews.slice(0, 1);
      return all.filter((delivery) => !late.includes(delivery));
    });
    await stage.current().settled();
    expect(late).toHaveLength(1);
    for (const delivery of late) scene.github.webhooks.redeliver(delivery);
    await staysHeld(scene, pull);
  });

  it('count a review of the commit that stands though its push is told of later', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], reviews: true, approvals: [{ from: [release] }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.delayed('pull_request', () => {
      scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': 'more' } });
      scene.github.clock.advance(2000);
      scene.as('ana').review(scene.repo, pull.number, 'approve');
    });
    await scene.passed(headOf(scene, pull.number));
  });
});

describe('a command where no webhook told of the pull request', () => {
  it('finds what waits', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.github.webhooks.pause();
    const pull = scene.open();
    scene.github.webhooks.resume(() => []);
    const explained = await scene.tell('ben', pull.number, '/explain');
    expect(explained.words).toContain('waits for approval');
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });
});

describe('an approval that is taken back after the deadline', () => {
  it('leaves as much time for another as there was for the first', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], timeout: 1h, approvals: [{ from: [release] }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    await stage.current().settled();
    const TWO_HOURS = 7_200_000;
    await sql`update request set opened_at = opened_at - ${TWO_HOURS}, deadline = deadline - ${TWO_HOURS}
      where state = 'approved' and subject ->> 'head' = ${pull.sha}`.execute(stage.current().database.db);
    scene.as('ana').deleteComment(scene.repo, comment);
    await scene.held(pull.sha);
    await stage.current().sweep();
    expect(scene.check(pull.sha).status).toBe('in_progress');
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });
});

describe('an approver by role', () => {
  it('whose role is taken away before the merge no longer counts', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [maintainers] }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('mia', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('olga').removeCollaborator(scene.repo, 'mia');
    await scene.held(pull.sha);
  });
});

describe('a repository without issues', () => {
  it('shows what is held, and where it can not be talked about', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const off = scene.github.faults.add({
      kind: 'status',
      status: 410,
      message: 'Issues has been disabled in this repository.',
      path: /\/shop\/issues(?:\?|$)/u,
      times: 1000,
    });
    const { run, sha } = deploy(scene);
    await scene.held(sha, PRODUCTION);
    expect(scene.check(sha, PRODUCTION).summary).toContain('no place');
    await scene.until('a report on the rule', () => ruleOf(scene, run).reports.length > 0);
    off();
    const issue = await ownIssue(scene);
    await scene.tell('ana', issue, '/approve');
    await scene.passed(sha, PRODUCTION);
    expect(ruleOf(scene, run).state).toBe('approved');
  });
});

describe('a pending check', () => {
  it('is renewed by its age, not by when its words last changed', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    const first = scene.check(pull.sha).id;
    const { db } = stage.current().database;
    await sql`update surface set shown_at = shown_at - 950400000`.execute(db);
    await scene.tell('ana', pull.number, '/approve');
    await scene.until('the first approval to be shown', () => scene.check(pull.sha).title.includes('1 of 2'));
    await stage.current().sweep();
    expect(scene.check(pull.sha).id).not.toBe(first);
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });
});

describe('what was deployed before', () => {
  it('is not what somebody says was deployed: a made-up deployment spares no gate', async () => {
    const scene = stage.scene(
      gates(
        '{ name: production, on: deployment, environments: ["production"], unless: { only-paths: ["docs/**"] }, approvals: [{ from: [release] }] }',
      ),
    );
    scene.as('ben').push(scene.repo, { branch: 'evil', files: { 'src/evil.ts': 'evil' } });
    const made = scene.as('ben').createDeployment(scene.repo, { ref: 'evil', environment: 'production' });
    scene.as('ben').setDeploymentStatus(scene.repo, made, 'success');
    scene.as('ben').push(scene.repo, { branch: 'evil', files: { 'docs/a.md': 'a' } });
    const { run } = deploy(scene, { branch: 'evil' });
    await stage.current().settled();
    expect(ruleOf(scene, run).state).toBe('waiting');
  });
});
