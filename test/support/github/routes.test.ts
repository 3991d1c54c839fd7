/** Does every call that reads answer as GitHub describes it? */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { allRoutes } from './routes/all.ts';
import { openChange, openShop } from './testing.ts';

type Shop = Awaited<ReturnType<typeof openShop>>;
let shop: Shop;
let paths: readonly string[];

beforeAll(async () => {
  shop = await openShop();
  const { github, octokit, target } = shop;
  github.protectBranch('octo/shop', 'main', {
    requiredChecks: [{ name: 'jit/merge', appId: github.appId }],
    strict: true,
  });
  const ruleset = github.addRuleset('octo/shop', 'kept', { rules: [{ type: 'deletion' }] });
  github.createEnvironment('octo/shop', 'production', { customRule: true });
  const { number, sha } = openChange(github);
  const comment = github.as('ana').comment('octo/shop', number, 'hi');
  github.as('ben').react('octo/shop', comment, 'eyes');
  github.as('olga').label('octo/shop', number, 'hot');
  github.as('olga').assign('octo/shop', number, 'ana');
  const review = github.as('ana').review('octo/shop', number, 'comment', 'hm');
  const run = github.as('ben').startRun('octo/shop', { pull: number, environment: 'production' });
  const deployment = github.see.run('octo/shop', run).jobs[0]?.deploymentId ?? 0;
  github.as('ben').setDeploymentStatus('octo/shop', deployment, 'pending');
  github.as('olga').addCollaborator('octo/shop', 'eve', 'maintain');
  const annotation = {
    path: 'a.txt',
    start_line: 1,
    end_line: 1,
    annotation_level: 'notice' as const,
    message: 'look',
  };
  const check = await octokit.rest.checks.create({
    ...target,
    name: 'jit/merge',
    head_sha: sha,
    output: { title: 'Held', summary: 'by main', annotations: [annotation] },
  });
  const file = await octokit.rest.repos.getContent({ ...target, path: 'README.md' });
  await octokit.rest.reactions.createForIssue({ ...target, issue_number: number, content: 'rocket' });
  const blob = (file.data as { sha: string }).sha;
  github.as('ben').annotate('octo/shop', 'v1', sha);
  const [tag = ''] = github.world.objects.tags.keys();
  const repoId = [...github.world.repos.keys()][0] ?? 0;
  const repo = '/repos/octo/shop';
  paths = [
    '/installation/repositories',
    '/rate_limit',
    repo,
    `/repositories/${repoId}`,
    `${repo}/contents/README.md`,
    `${repo}/git/blobs/${blob}`,
    `${repo}/git/trees/main?recursive=1`,
    `${repo}/git/ref/heads/main`,
    `${repo}/git/matching-refs/heads/`,
    `${repo}/git/commits/${sha}`,
    `${repo}/git/tags/${tag}`,
    `${repo}/commits`,
    `${repo}/commits/${sha}`,
    `${repo}/commits/${sha}/pulls`,
    `${repo}/commits/${sha}/check-runs?filter=all`,
    `${repo}/commits/${sha}/check-suites`,
    `${repo}/compare/main...change`,
    `${repo}/branches`,
    `${repo}/branches/main`,
    `${repo}/branches/main/protection`,
    `${repo}/rules/branches/main`,
    `${repo}/rulesets`,
    `${repo}/rulesets/${ruleset.id}`,
    `${repo}/activity`,
    `${repo}/pulls?state=all&sort=updated&direction=asc`,
    `${repo}/pulls/${number}`,
    `${repo}/pulls/${number}/files`,
    `${repo}/pulls/${number}/commits`,
    `${repo}/pulls/${number}/reviews`,
    `${repo}/pulls/${number}/reviews/${review}`,
    `${repo}/issues?state=all&labels=hot`,
    `${repo}/issues/${number}`,
    `${repo}/issues/${number}/comments`,
    `${repo}/issues/comments/${comment}`,
    `${repo}/issues/${number}/labels`,
    `${repo}/labels`,
    `${repo}/issues/comments/${comment}/reactions`,
    `${repo}/issues/${number}/reactions`,
    `${repo}/check-runs/${check.data.id}`,
    `${repo}/check-runs/${check.data.id}/annotations`,
    `${repo}/environments`,
    `${repo}/environments/production`,
    `${repo}/environments/production/deployment_protection_rules`,
    `${repo}/deployments?environment=production`,
    `${repo}/deployments/${deployment}`,
    `${repo}/deployments/${deployment}/statuses`,
    `${repo}/actions/runs?event=pull_request`,
    `${repo}/actions/runs/${run}`,
    `${repo}/actions/runs/${run}/jobs`,
    `${repo}/actions/runs/${run}/pending_deployments`,
    '/users/ana',
    `/user/${github.as('ana').id}`,
    '/orgs/octo',
    '/orgs/octo/memberships/ana',
    '/orgs/octo/teams',
    '/orgs/octo/teams/release',
    '/orgs/octo/teams/release/members',
    '/orgs/octo/teams/release/memberships/ana',
    `${repo}/teams`,
    `${repo}/collaborators?affiliation=all`,
    `${repo}/collaborators/ben/permission`,
    `${repo}/invitations`,
  ];
});
afterAll(async () => {
  await shop.github.close();
});

it('answers each with something that is not empty, and breaks no contract', async () => {
  const empty: string[] = [];
  for (const path of paths) {
    const { data } = (await shop.octokit.request(`GET ${path}`)) as { data: unknown };
    const list = Array.isArray(data)
      ? data
      : Object.values(data as object).find((one) => Array.isArray(one) && one.length > 0);
    const counted = typeof data === 'object' && data !== null && 'total_count' in data;
    if ((Array.isArray(data) && data.length === 0) || (counted && list === undefined)) empty.push(path);
  }
  expect(shop.github.violations).toEqual([]);
  expect(empty).toEqual([]);
});

it('answers whether someone is a collaborator without a body', async () => {
  const ben = await shop.octokit.rest.repos.checkCollaborator({ ...shop.target, username: 'ben' });
  expect(ben.status).toBe(204);
  const eve = shop.octokit.rest.repos.checkCollaborator({ ...shop.target, username: 'eve' });
  await expect(eve).rejects.toMatchObject({ status: 404 });
});

it('lists the forks of a repository', async () => {
  const fork = shop.github.as('ben').fork('octo/shop');
  const { data } = await shop.octokit.rest.repos.listForks(shop.target);
  expect(data).toEqual([expect.objectContaining({ full_name: fork, fork: true })]);
});

it('leaves no call that reads untried', () => {
  const tried = new Set(shop.github.calls.map((call) => call.route));
  const untried = allRoutes(() => undefined)
    .filter((route) => route.method === 'GET' && route.audience === 'installation' && !tried.has(route.path))
    .map((route) => route.path);
  expect(untried).toEqual([]);
});

it('changes labels, reactions, reviews, deployments and merges as asked', async () => {
  const { github, octokit, target } = shop;
  const { number } = openChange(github, 'writes');
  const issue = { ...target, issue_number: number };
  await octokit.rest.issues.createLabel({ ...target, name: 'jit:pending', color: 'fbca04', description: 'waits' });
  const twice = octokit.rest.issues.createLabel({ ...target, name: 'JIT:pending', color: 'fbca04' });
  await expect(twice).rejects.toMatchObject({ status: 422 });
  await octokit.rest.issues.setLabels({ ...issue, labels: ['jit:pending', 'other'] });
  await octokit.rest.issues.setLabels({ ...issue, labels: ['jit:pending'] });
  expect(github.see.labels('octo/shop', number)).toEqual(['jit:pending']);

  const comment = await octokit.rest.issues.createComment({ ...issue, body: 'hi' });
  const reaction = await octokit.rest.reactions.createForIssueComment({
    ...target,
    comment_id: comment.data.id,
    content: 'eyes',
  });
  await octokit.rest.reactions.deleteForIssueComment({
    ...target,
    comment_id: comment.data.id,
    reaction_id: reaction.data.id,
  });
  expect(github.see.reactions('octo/shop', comment.data.id)).toEqual([]);
  await octokit.rest.issues.deleteComment({ ...target, comment_id: comment.data.id });
  expect(github.see.comment('octo/shop', comment.data.id)).toBeNull();

  const review = await octokit.rest.pulls.createReview({
    ...target,
    pull_number: number,
    event: 'APPROVE',
    body: 'ok',
  });
  await octokit.rest.pulls.dismissReview({ ...target, pull_number: number, review_id: review.data.id, message: 'no' });
  expect(github.see.pull('octo/shop', number).reviews).toMatchObject([{ state: 'DISMISSED', author: github.botLogin }]);

  const made = await octokit.rest.repos.createDeployment({
    ...target,
    ref: 'main',
    environment: 'qa',
    required_contexts: [],
  });
  const id = (made.data as { id: number }).id;
  await octokit.rest.repos.createDeploymentStatus({ ...target, deployment_id: id, state: 'success' });
  expect(github.see.deployment('octo/shop', id)).toMatchObject({ environment: 'qa', states: ['success'] });
  expect(github.violations).toEqual([]);

  const merge = octokit.rest.pulls.merge({ ...target, pull_number: number });
  await expect(merge).rejects.toMatchObject({ status: 403 });
  expect(github.violations).toMatchObject([{ kind: 'permission', operation: 'pulls/merge' }]);
  github.violations.length = 0;
});
