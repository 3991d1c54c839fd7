/** Runs, deployments and protection rules. */

import { describe, expect, it } from 'vitest';
import { sha } from '../../../src/domain/identity.ts';
import { GitHubRefused, GitHubUnavailable } from '../../../src/engine/ports.ts';
import { adapter, api, APP_ID, AT, REPO, REPOSITORY, sha40, onlyNockAnswers } from './setup.ts';

const A = sha(sha40('a'));
const B = sha(sha40('b'));
const RULE = `${AT}/actions/runs/9/deployment_protection_rule`;

onlyNockAnswers();

describe('a run', () => {
  const run = (over: object = {}) => ({
    id: 9,
    run_attempt: 2,
    event: 'push',
    actor: { id: 5, login: 'octo-ana' },
    triggering_actor: { id: 6, login: 'octo-bob' },
    head_sha: A,
    head_branch: 'main',
    status: 'waiting',
    run_started_at: '2026-03-04T05:06:07Z',
    repository: { id: 22 },
    head_repository: { id: 22 },
    ...over,
  });

  it('is read with who started it and who started it again', async () => {
    api().get(`${AT}/actions/runs/9`).reply(200, run());
    await expect(adapter().github.run(REPO, 9)).resolves.toEqual({
      id: 9,
      attempt: 2,
      event: 'push',
      actor: 5,
      triggeringActor: 6,
      fork: false,
      headSha: A,
      headRef: 'main',
      status: 'waiting',
      startedAt: Date.parse('2026-03-04T05:06:07Z'),
    });
  });

  it.each([[null], [{ id: 99 }]])('with the head repository %j comes from a fork', async (head_repository) => {
    api().get(`${AT}/actions/runs/9`).reply(200, run({ head_repository }));
    await expect(adapter().github.run(REPO, 9)).resolves.toMatchObject({ fork: true });
  });

  it('of another repository is not taken', async () => {
    api()
      .get(`${AT}/actions/runs/9`)
      .reply(200, run({ repository: { id: 23 } }));
    await expect(adapter().github.run(REPO, 9)).rejects.toThrow(GitHubUnavailable);
  });

  it('is null where there is none', async () => {
    api().get(`${AT}/actions/runs/9`).reply(404).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.run(REPO, 9)).resolves.toBeNull();
  });
});

describe('whether a deployment succeeded', () => {
  const STATUSES = `${AT}/deployments/7/statuses?per_page=100`;

  it.each([
    ['even if another made it inactive since', [{ state: 'inactive' }, { state: 'success' }], true],
    ['not where it only went inactive', [{ state: 'inactive' }], false],
    ['not where it failed', [{ state: 'failure' }], false],
  ] as const)('is told by its statuses: %s', async (_what, statuses, succeeded) => {
    api().get(STATUSES).reply(200, statuses);
    await expect(adapter().github.deploymentSucceeded(REPO, 7)).resolves.toBe(succeeded);
  });

  it('is no where it was deleted, and an outage where the repository is gone', async () => {
    api().get(STATUSES).reply(404).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.deploymentSucceeded(REPO, 7)).resolves.toBe(false);
    api().get(STATUSES).reply(404).get(AT).reply(404);
    await expect(adapter().github.deploymentSucceeded(REPO, 7)).rejects.toThrow(GitHubUnavailable);
  });
});

describe('the deployment of a commit', () => {
  it('is the newest to the environment in any case, and to no other', async () => {
    api()
      .get(`${AT}/deployments?sha=${A}&per_page=100`)
      .reply(200, [
        { id: 9, sha: A, environment: 'production-eu' },
        { id: 8, sha: A, environment: 'Production' },
        { id: 7, sha: A, environment: 'production' },
        { id: 10, sha: B, environment: 'production' },
      ]);
    await expect(adapter().github.deploymentOf(REPO, A, 'production')).resolves.toBe(8);
  });
});

describe('the rule of this app', () => {
  it.each([
    ['is on', { enabled: true, app: { id: APP_ID } }, true],
    ['is off', { enabled: false, app: { id: APP_ID } }, false],
    ['is that of another app', { enabled: true, app: { id: 1 } }, false],
  ])('%s', async (_what, rule, own) => {
    api()
      .get('/app')
      .reply(200, { id: APP_ID, slug: 'jit-gate' })
      .get(`${AT}/environments/prod%2Feu/deployment_protection_rules`)
      .reply(200, { total_count: 1, custom_deployment_protection_rules: [rule] });
    await expect(adapter().github.hasOwnRule(REPO, 'prod/eu')).resolves.toBe(own);
  });
});

describe('the answer to a protection rule', () => {
  const answer = { environment: 'production', state: 'approved', comment: 'by octo-ana' } as const;

  it('is given for the environment', async () => {
    api().post(RULE, { environment_name: 'production', state: 'approved', comment: 'by octo-ana' }).reply(204);
    await expect(adapter().github.answerRule(REPO, 9, answer)).resolves.toBe('answered');
  });

  it.each([
    { message: 'Deployment protection rule has already been reviewed' },
    { message: 'Validation Failed', errors: 'No pending deployment requests to approve or reject' },
  ])('was given before when GitHub says %j', async (body) => {
    api().post(RULE).reply(422, body);
    await expect(adapter().github.answerRule(REPO, 9, answer)).resolves.toBe('already-answered');
  });

  it('is tried again when GitHub had a problem with it', async () => {
    api().post(RULE).reply(422, { message: 'There was a problem approving one of the gates' });
    await expect(adapter().github.answerRule(REPO, 9, answer)).rejects.toThrow(GitHubUnavailable);
  });

  it('is a refusal when GitHub says anything else', async () => {
    api().post(RULE).reply(422, { message: 'Validation Failed', errors: 'Environment does not exist' });
    await expect(adapter().github.answerRule(REPO, 9, answer)).rejects.toThrow(GitHubRefused);
  });

  it('finds the run gone', async () => {
    api().post(RULE).reply(404).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.answerRule(REPO, 9, answer)).resolves.toBe('gone');
  });

  it('does not take a lost permission for a run that is gone', async () => {
    api().post(RULE).reply(404).get(AT).reply(404);
    await expect(adapter().github.answerRule(REPO, 9, answer)).rejects.toThrow(GitHubUnavailable);
  });
});

describe('a report on a protection rule', () => {
  it('gives no state and at most 1,024 characters', async () => {
    let sent: Readonly<Record<string, unknown>> = {};
    api()
      .post(RULE, (body) => {
        sent = body as Readonly<Record<string, unknown>>;
        return true;
      })
      .reply(204);
    await adapter().github.reportRule(REPO, 9, 'production', 'x'.repeat(3000));
    expect(Object.keys(sent).toSorted()).toEqual(['comment', 'environment_name']);
    expect(String(sent['comment']).length).toBeLessThanOrEqual(1024);
  });

  it('that comes too late is no failure', async () => {
    api().post(RULE).reply(422, { message: 'Validation Failed' });
    const { github, lines } = adapter();
    await github.reportRule(REPO, 9, 'production', 'waiting');
    expect(lines).toMatchObject([{ level: 'warn' }]);
  });

  it('is tried again when GitHub does not answer', async () => {
    api().post(RULE).reply(502);
    await expect(adapter().github.reportRule(REPO, 9, 'production', 'waiting')).rejects.toThrow(GitHubUnavailable);
  });
});
