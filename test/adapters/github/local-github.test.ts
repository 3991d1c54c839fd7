/** Every method of the port against a GitHub that keeps state, each exchange held against GitHub's own description. */

import { Probot } from 'probot';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGitHub } from '../../../src/adapters/github/github.ts';
import { jitOctokit } from '../../../src/adapters/github/octokit.ts';
import { installationId, repoId, sha, userId, type Person, type RepoRef } from '../../../src/domain/identity.ts';
import { GitHubUnavailable, type Check, type GitHub } from '../../../src/engine/ports.ts';
import { startGitHub, type Installation, type LocalGitHub } from '../../support/github/index.ts';
import { collectLog } from './setup.ts';

let local: LocalGitHub;
let installation: Installation;
let github: GitHub;
let repo: RepoRef;
const person = (login: string): Person => ({ id: userId(local.as(login).id), login });
const SHOP = 'octo/shop';

function production(): GitHub {
  const probot = new Probot({
    appId: local.appId,
    privateKey: local.privateKey,
    secret: local.webhookSecret,
    baseUrl: local.url,
    Octokit: jitOctokit,
    logLevel: 'fatal',
  });
  return createGitHub({
    octokitFor: async (who) => (who === 'app' ? await probot.auth() : await probot.auth(who)),
    log: collectLog().log,
  });
}

beforeAll(async () => {
  local = await startGitHub();
  local.createOrganization('octo', { owners: ['olga'], members: ['ana', 'ben', 'cid'] });
  local.createUser('eve');
  local.createTeam('octo', 'release', ['ana']);
  const made = local.createRepository('octo', 'shop', {
    private: true,
    files: { '.jit-policy.yml': 'version: 1\n', 'docs/CODEOWNERS': '* @ana\n', 'infra/a.tf': 'a\n' },
    teams: { release: 'push' },
    collaborators: { ben: 'push', cid: 'push' },
  });
  local.createRepository('octo', 'empty', { private: true });
  local.createEnvironment(SHOP, 'production', { customRule: true });
  installation = local.installApp('octo');
  repo = { installationId: installationId(installation.id), id: repoId(made.id), owner: 'octo', name: 'shop' };
  github = production();
});
afterEach(() => {
  expect(local.violations).toEqual([]);
});
afterAll(async () => {
  await local.close();
});

describe('files of the default branch', () => {
  it('are read, and an unchanged one costs nothing', async () => {
    const first = await github.policyFile(repo);
    expect(first).toMatchObject({ kind: 'found', path: '.jit-policy.yml', text: 'version: 1\n' });
    local.calls.length = 0;
    await expect(github.policyFile(repo)).resolves.toEqual(first);
    expect(local.calls.map((call) => call.status)).toEqual([304]);
    await expect(github.codeowners(repo)).resolves.toBe('* @ana\n');
  });

  it('are absent where they are absent', async () => {
    const empty = await github.findRepository(repo.installationId, 'octo', 'empty');
    expect(empty).not.toBeNull();
    if (empty === null) return;
    await expect(github.policyFile(empty)).resolves.toEqual({ kind: 'absent' });
    await expect(github.codeowners(empty)).resolves.toBeNull();
  });
});

describe('a pull request', () => {
  it('is read with its files, its people and its place', async () => {
    const head = local
      .as('ben')
      .push(SHOP, { branch: 'fix', files: { 'infra/a.tf': 'b\n', 'b.txt': 'b\n' }, coAuthors: ['cid'] });
    const number = local.as('ben').openPull(SHOP, { head: 'fix', title: 'Fix it' });
    await expect(github.pull(repo, number)).resolves.toEqual({
      number,
      open: true,
      merged: false,
      draft: false,
      author: person('ben'),
      head,
      headRef: 'fix',
      base: 'main',
      fork: false,
      labels: [],
      title: 'Fix it',
      // One line in place of another, and a new file of one.
      lines: 3,
    });
    const files = await github.pullFiles(repo, number);
    expect(files.kind === 'known' && files.value.toSorted()).toEqual(['b.txt', 'infra/a.tf']);
    await expect(github.pullContributors(repo, number)).resolves.toMatchObject({
      value: { people: expect.arrayContaining([person('ben').id]) },
    });
    await expect(github.commitContributors(repo, sha(head))).resolves.toMatchObject({ kind: 'known' });
    await expect(github.openPulls(repo)).resolves.toMatchObject([{ number }]);
    await expect(github.pullsOfCommit(repo, sha(head))).resolves.toEqual([number]);
    const base = sha(local.see.branch(SHOP, 'main'));
    await expect(github.commitsBetween(repo, base, sha(head))).resolves.toEqual({
      kind: 'known',
      value: [{ sha: head, parents: [base] }],
    });
    const between = await github.filesBetween(repo, base, sha(head));
    expect(between.kind === 'known' && between.value.toSorted()).toEqual(['b.txt', 'infra/a.tf']);
    const back = await github.filesBetween(repo, sha(head), base);
    expect(back.kind === 'known' && back.value.toSorted()).toEqual(['b.txt', 'infra/a.tf']);
  });

  it('from a fork is known as one', async () => {
    local.as('ana').fork(SHOP);
    local.as('ana').push('ana/shop', { branch: 'idea', files: { 'c.txt': 'c\n' } });
    const number = local.as('ana').openPull(SHOP, { head: 'ana:idea' });
    await expect(github.pull(repo, number)).resolves.toMatchObject({ fork: true });
  });

  it('that does not exist is null, as is an issue', async () => {
    await expect(github.pull(repo, 9999)).resolves.toBeNull();
    await expect(github.issue(repo, 9999)).resolves.toBeNull();
    await expect(github.run(repo, 9999)).resolves.toBeNull();
  });

  it('has no queue where nothing is queued', async () => {
    await expect(github.queueRefs(repo, 'main')).resolves.toEqual([]);
  });
});

describe('people', () => {
  it('are found by team, role, login and id', async () => {
    await expect(github.teamMembers(repo.installationId, 'octo', 'release')).resolves.toEqual({
      kind: 'known',
      value: [person('ana')],
    });
    await expect(github.teamMembers(repo.installationId, 'octo', 'nobody')).resolves.toMatchObject({ kind: 'unknown' });
    const writers = await github.peopleWithRole(repo, 'push');
    const logins = writers.kind === 'known' ? writers.value.map((one) => one.login) : [];
    expect(logins.toSorted()).toEqual(['ana', 'ben', 'cid', 'olga']);
    await expect(github.peopleWithRole(repo, 'admin')).resolves.toEqual({ kind: 'known', value: [person('olga')] });
    await expect(github.userByLogin(repo.installationId, 'ana')).resolves.toEqual(person('ana'));
    await expect(github.userByLogin(repo.installationId, 'nobody-at-all')).resolves.toBeNull();
    await expect(github.userById(repo.installationId, person('ana').id)).resolves.toEqual(person('ana'));
    await expect(github.userById(repo.installationId, userId(987_654))).resolves.toBeNull();
  });

  it('have access from somewhere', async () => {
    await expect(github.access(repo, person('ben'))).resolves.toEqual({
      effective: 'push',
      direct: { name: 'write', role: 'push' },
      others: [],
      exact: true,
    });
    await expect(github.access(repo, person('ana'))).resolves.toEqual({
      effective: 'push',
      direct: null,
      others: [{ name: 'write', role: 'push', source: 'the team release', byTeam: true }],
      exact: true,
    });
    await expect(github.access(repo, person('eve'))).resolves.toEqual({
      effective: null,
      direct: null,
      others: [],
      exact: true,
    });
    await expect(github.access(repo, { id: userId(987_654), login: 'gone' })).resolves.toMatchObject({
      effective: null,
    });
  });

  it('have access that is guessed where GraphQL is refused', async () => {
    local.graphqlAvailable = false;
    try {
      await expect(production().access(repo, person('ben'))).resolves.toEqual({
        effective: 'push',
        direct: { name: 'write', role: 'push' },
        others: [],
        exact: false,
      });
    } finally {
      local.graphqlAvailable = true;
    }
  });

  it('are given a role, and it is taken back', async () => {
    await expect(github.giveRole(repo, 'ana', 'maintain')).resolves.toEqual({ kind: 'given' });
    await expect(github.access(repo, person('ana'))).resolves.toMatchObject({
      effective: 'maintain',
      direct: { name: 'maintain', role: 'maintain' },
    });
    await github.takeRole(repo, 'ana');
    await github.takeRole(repo, 'ana');
    await expect(github.access(repo, person('ana'))).resolves.toMatchObject({ effective: 'push', direct: null });
  });

  it('are invited from outside, and the invitation is deleted', async () => {
    const answer = await github.giveRole(repo, 'eve', 'pull');
    expect(answer).toMatchObject({ kind: 'invited' });
    if (answer.kind !== 'invited') return;
    await expect(github.invitations(repo)).resolves.toEqual([
      { id: answer.invitationId, invitee: person('eve').id, role: 'pull', expired: false, byPerson: false },
    ]);
    await github.deleteInvitation(repo, answer.invitationId);
    await github.deleteInvitation(repo, answer.invitationId);
    await expect(github.invitations(repo)).resolves.toEqual([]);
  });

  it('who may not be invited are refused', async () => {
    local.restrictOutsideCollaborators('octo', true);
    await expect(github.giveRole(repo, 'eve', 'pull')).resolves.toMatchObject({ kind: 'refused' });
    local.restrictOutsideCollaborators('octo', false);
  });
});

describe('a check', () => {
  it('is made, found, and brought up to date', async () => {
    const head = local.as('ben').push(SHOP, { branch: 'checked', files: { 'd.txt': 'd\n' } });
    const check: Check = {
      name: 'jit/merge',
      externalId: 'request-1',
      state: 'pending',
      title: 'Waiting',
      summary: 'for ana',
      text: 'x'.repeat(70_000),
      detailsUrl: 'https://gate.example/1',
    };
    await expect(github.findCheck(repo, sha(head), 'jit/merge', 'request-1')).resolves.toBeNull();
    const id = await github.createCheck(repo, sha(head), check);
    await expect(github.findCheck(repo, sha(head), 'jit/merge', 'request-1')).resolves.toBe(id);
    await github.updateCheck(repo, id, { ...check, state: 'success' });
    expect(local.see.check(SHOP, head, 'jit/merge')).toMatchObject({ status: 'completed', conclusion: 'success' });
    await github.updateCheck(repo, id, check);
    expect(local.see.check(SHOP, head, 'jit/merge')).toMatchObject({ status: 'in_progress' });
  });

  it('whose answer was lost is found instead of made twice', async () => {
    const head = sha(local.as('ben').push(SHOP, { branch: 'lost', files: { 'e.txt': 'e\n' } }));
    const check: Check = {
      name: 'jit/merge',
      externalId: 'request-2',
      state: 'pending',
      title: 'Waiting',
      summary: 's',
      text: 't',
      detailsUrl: null,
    };
    local.faults.add({ kind: 'drop-after', method: 'POST', path: '/check-runs', times: 1 });
    await expect(github.createCheck(repo, head, check)).rejects.toThrow(GitHubUnavailable);
    await expect(github.findCheck(repo, head, 'jit/merge', 'request-2')).resolves.toEqual(expect.any(Number));
  });
});

describe('a conversation', () => {
  it('has comments of the app that are found by their marker, and reactions', async () => {
    const number = local.as('ben').openIssue(SHOP, { title: 'Access please', body: 'for a shift' });
    const others = local.as('ben').comment(SHOP, number, 'mine <!-- jit:1 -->');
    await expect(github.findComment(repo, number, '<!-- jit:1 -->')).resolves.toBeNull();
    const id = await github.createComment(repo, number, 'hello\n<!-- jit:1 -->');
    await expect(github.findComment(repo, number, '<!-- jit:1 -->')).resolves.toBe(id);
    await expect(github.updateComment(repo, id, 'hello again\n<!-- jit:1 -->')).resolves.toBe('updated');
    await expect(github.updateComment(repo, 987_654, 'x')).resolves.toBe('gone');
    await github.react(repo, others, 'rocket');
    await github.react(repo, others, 'rocket');
    await github.react(repo, 987_654, 'eyes');
    await github.addLabels(repo, number, ['jit:pending']);
    await expect(github.issue(repo, number)).resolves.toEqual({
      number,
      open: true,
      author: person('ben'),
      title: 'Access please',
      body: 'for a shift',
      labels: ['jit:pending'],
      isPull: false,
    });
    await github.removeLabel(repo, number, 'jit:pending');
    await github.removeLabel(repo, number, 'jit:pending');
    await github.closeIssue(repo, number);
    await expect(github.issue(repo, number)).resolves.toMatchObject({ open: false, labels: [] });
  });

  it('is opened by the app, and found again', async () => {
    await expect(github.findIssue(repo, '<!-- jit:9 -->')).resolves.toBeNull();
    const number = await github.createIssue(repo, 'A deployment waits', 'text\n<!-- jit:9 -->', ['jit:pending']);
    await expect(github.findIssue(repo, '<!-- jit:9 -->')).resolves.toBe(number);
  });
});

describe('a deployment', () => {
  it('waits for its rule, is reported on, answered, and succeeds', async () => {
    const runId = local.as('ben').startRun(SHOP, { environment: 'production' });
    const run = await github.run(repo, runId);
    expect(run).toMatchObject({ id: runId, attempt: 1, fork: false, actor: person('ben').id, headRef: 'main' });
    expect(await github.waitingRuns(repo)).toEqual([run]);
    expect(await github.pendingEnvironments(repo, runId)).toEqual(['production']);
    expect(await github.hasOwnRule(repo, 'production')).toBe(true);
    expect(await github.hasOwnRule(repo, 'nowhere')).toBe(false);
    const deployment = local.see.run(SHOP, runId).jobs[0]?.deploymentId ?? 0;
    expect(run === null ? null : await github.deploymentOf(repo, run.headSha, 'Production')).toBe(deployment);
    expect(await github.deploymentSucceeded(repo, deployment)).toBe(false);
    await github.reportRule(repo, runId, 'production', 'waits for ana');
    const answer = { environment: 'production', state: 'approved', comment: 'ana said yes' } as const;
    await expect(github.answerRule(repo, runId, answer)).resolves.toBe('answered');
    await expect(github.answerRule(repo, runId, answer)).resolves.toBe('already-answered');
    await expect(github.answerRule(repo, 987_654, answer)).resolves.toBe('gone');
    expect(await github.deploymentSucceeded(repo, deployment)).toBe(true);
    expect(await github.waitingRuns(repo)).toEqual([]);
    expect(await github.pendingEnvironments(repo, runId)).toEqual([]);
  });
});

describe('the name of a ref', () => {
  it('is a branch where the branch has the commit, and a tag where the tag points at it', async () => {
    const main = sha(local.see.branch(SHOP, 'main'));
    const ahead = sha(local.as('ben').push(SHOP, { branch: 'ahead', files: { 'ahead.txt': 'x' } }));
    local.as('ben').pointRef(SHOP, 'refs/tags/light', main);
    local.as('ben').annotate(SHOP, 'heavy', main);
    local.as('ben').pointRef(SHOP, 'refs/tags/ahead', main);
    local.as('ben').pointRef(SHOP, 'refs/heads/tags/forged', ahead);
    expect(await github.refKinds(repo, 'main', main)).toEqual(['branch']);
    expect(await github.refKinds(repo, 'ahead', main)).toEqual(['branch', 'tag']);
    expect(await github.refKinds(repo, 'main', ahead)).toEqual([]);
    expect(await github.refKinds(repo, 'light', main)).toEqual(['tag']);
    expect(await github.refKinds(repo, 'heavy', main)).toEqual(['tag']);
    expect(await github.refKinds(repo, 'heavy', ahead)).toEqual([]);
    // A branch called `tags/forged` is no tag called `forged`.
    expect(await github.refKinds(repo, 'forged', ahead)).toEqual([]);
    expect(await github.refKinds(repo, 'none', main)).toEqual([]);
    expect(await github.refKinds(repo, 'refs/pull/5/merge', main)).toEqual(['other']);
    expect(await github.refKinds(repo, main, main)).toEqual(['other']);
  });
});

describe('installations', () => {
  it('are listed with their repositories', async () => {
    const accountId = installation.account.id;
    await expect(github.installations()).resolves.toEqual([
      { id: installation.id, account: 'octo', accountId, suspended: false },
    ]);
    const names = (await github.repositories(repo.installationId)).map((one) => one.name);
    expect(names.toSorted()).toEqual(['empty', 'shop']);
    await expect(github.findRepository(repo.installationId, 'octo', 'shop')).resolves.toEqual(repo);
    await expect(github.findRepository(repo.installationId, 'ana', 'shop')).resolves.toBeNull();
    await expect(github.findRepository(repo.installationId, 'octo', 'none')).resolves.toBeNull();
  });

  it('that are suspended are an outage, and work again when they are back, with new tokens', async () => {
    local.suspendInstallation(installation, 'olga');
    await expect(github.policyFile(repo)).rejects.toThrow(/suspended/u);
    await expect(github.installations()).resolves.toMatchObject([{ suspended: true }]);
    local.unsuspendInstallation(installation, 'olga');
    local.expireTokens();
    await github.policyFile(repo).catch(() => null);
    await expect(github.policyFile(repo)).resolves.toMatchObject({ kind: 'found' });
  });
});

describe('faults', () => {
  it.each([
    ['a failure', { kind: 'status', status: 500, times: 2 }],
    ['a lost connection', { kind: 'drop-before', times: 2 }],
    ['a secondary limit', { kind: 'status', status: 403, retryAfter: 1, times: 1 }],
  ] as const)('like %s are outages', async (_what, fault) => {
    const own = production();
    const taken = local.faults.add({ ...fault, method: 'GET', path: '/users/ana' });
    await expect(own.userByLogin(repo.installationId, 'ana')).rejects.toThrow(GitHubUnavailable);
    taken();
  });
});
