/** Does the local GitHub behave as GitHub documents it: code, pull requests, checks, deployments, issues? */

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChange, openShop } from './testing.ts';

type Shop = Awaited<ReturnType<typeof openShop>>;
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  const { violations } = shop.github;
  await shop.github.close();
  expect(violations).toEqual([]);
});

const REPO = 'octo/shop';

describe('files and commits', () => {
  it("have Git's own ids", async () => {
    const { octokit, target } = shop;
    const file = await octokit.rest.repos.getContent({ ...target, path: 'docs/guide.md' });
    const data = file.data as { sha: string; content: string; encoding: string };
    const text = 'Read me.\n';
    const blob = createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex');
    expect(data.sha).toBe(blob);
    expect(Buffer.from(data.content, 'base64').toString('utf8')).toBe(text);
    const raw = await octokit.rest.git.getBlob({ ...target, file_sha: blob });
    expect(Buffer.from(raw.data.content, 'base64').toString('utf8')).toBe(text);
    // The empty tree and a known one-file tree, as `git mktree` makes them.
    const tree = await octokit.rest.git.getTree({ ...target, tree_sha: 'main' });
    const docs = tree.data.tree.find((entry) => entry.path === 'docs');
    const entry = Buffer.concat([Buffer.from('100644 guide.md\0'), Buffer.from(blob, 'hex')]);
    expect(docs?.sha).toBe(createHash('sha1').update(`tree ${entry.length}\0`).update(entry).digest('hex'));
  });

  it('are listed as a folder, and missing ones answer 404', async () => {
    const { octokit, target } = shop;
    const folder = await octokit.rest.repos.getContent({ ...target, path: 'docs' });
    expect(folder.data).toMatchObject([{ name: 'guide.md', type: 'file', path: 'docs/guide.md' }]);
    await expect(octokit.rest.repos.getContent({ ...target, path: 'nope.yml' })).rejects.toMatchObject({ status: 404 });
  });

  it('attribute people by their address, and nobody where it is unknown', async () => {
    const { github, octokit, target } = shop;
    const known = github.as('ben').push(REPO, { branch: 'x', files: { 'a.txt': '1' }, coAuthors: ['ana'] });
    const unknown = github
      .as('ben')
      .push(REPO, { branch: 'x', files: { 'a.txt': '2' }, authorEmail: 'ghost@nowhere.example' });
    const first = await octokit.rest.repos.getCommit({ ...target, ref: known });
    expect(first.data.author).toMatchObject({ login: 'ben', id: github.as('ben').id });
    expect(first.data.commit.message).toContain('Co-authored-by: ana <ana@example.com>');
    const second = await octokit.rest.repos.getCommit({ ...target, ref: unknown });
    expect(second.data.author).toBeNull();
  });

  it('compare from where two branches parted', async () => {
    const { github, octokit, target } = shop;
    github.as('ben').push(REPO, { branch: 'x', files: { 'a.txt': '1\n' } });
    github.as('ben').push(REPO, { branch: 'x', files: { 'b.txt': '2\n' } });
    github.as('ben').push(REPO, { branch: 'main', files: { 'c.txt': '3\n' } });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...target, basehead: 'main...x' });
    expect(data).toMatchObject({ status: 'diverged', ahead_by: 2, behind_by: 1, total_commits: 2 });
    expect(data.files?.map((file) => file.filename)).toEqual(['a.txt', 'b.txt']);
  });

  it('stop at 300 files and 250 commits when compared', async () => {
    const { github, octokit, target } = shop;
    const many = Object.fromEntries(Array.from({ length: 310 }, (_, at) => [`many/${at}.txt`, `${at}\n`]));
    github.as('ben').push(REPO, { branch: 'x', files: many });
    for (let at = 0; at < 255; at += 1) github.as('ben').push(REPO, { branch: 'x', files: { 'n.txt': `${at}\n` } });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...target, basehead: 'main...x' });
    expect(data.total_commits).toBe(256);
    expect(data.commits).toHaveLength(250);
    expect(data.files).toHaveLength(300);
  });

  it('lead to the references of a merge queue by their beginning', async () => {
    const { github, octokit, target } = shop;
    const { data } = await octokit.rest.git.listMatchingRefs({ ...target, ref: 'heads/ma' });
    expect(data.map((one) => [one.ref, one.object.sha])).toEqual([
      ['refs/heads/main', github.see.branch(REPO, 'main')],
    ]);
    expect((await octokit.rest.git.listMatchingRefs({ ...target, ref: 'heads/zzz' })).data).toEqual([]);
  });

  it('belong to the pull request that brought them in', async () => {
    const { github, octokit, target } = shop;
    const { number, sha } = openChange(github);
    const open = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...target, commit_sha: sha });
    expect(open.data.map((pull) => pull.number)).toEqual([number]);
    const merged = github.as('ben').merge(REPO, number);
    const landed = merged.ok ? merged.sha : '';
    const closed = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...target, commit_sha: landed });
    expect(closed.data.map((pull) => [pull.number, pull.state])).toEqual([[number, 'closed']]);
  });

  it('are found by repository id after a rename', async () => {
    const { github, octokit } = shop;
    const id = [...github.world.repos.keys()][0] ?? 0;
    github.as('olga').renameRepository(REPO, 'store');
    const { data } = (await octokit.request('GET /repositories/{id}', { id })) as { data: { full_name: string } };
    expect(data.full_name).toBe('octo/store');
  });
});

describe('pull requests', () => {
  it('show their head, base, files and commits, page by page', async () => {
    const { github, octokit, target } = shop;
    const many = Object.fromEntries(
      Array.from({ length: 130 }, (_, at) => [`many/${String(at).padStart(3, '0')}.txt`, `${at}\n`]),
    );
    github.as('ben').push(REPO, { branch: 'big', files: many });
    const number = github.as('ben').openPull(REPO, { head: 'big', title: 'Big' });
    const pull = await octokit.rest.pulls.get({ ...target, pull_number: number });
    expect(pull.data).toMatchObject({
      number,
      changed_files: 130,
      commits: 1,
      mergeable_state: 'clean',
      base: { ref: 'main' },
    });
    const first = await octokit.rest.pulls.listFiles({ ...target, pull_number: number, per_page: 100 });
    expect(first.data).toHaveLength(100);
    expect(first.headers.link).toContain('rel="next"');
    const all = await octokit.paginate(octokit.rest.pulls.listFiles, { ...target, pull_number: number, per_page: 100 });
    expect(all.map((file) => file.filename)).toEqual(Object.keys(many));
  });

  it('tell the old name of a renamed file', async () => {
    const { github, octokit, target } = shop;
    github.as('ben').push(REPO, { branch: 'mv', files: { 'docs/guide.md': null, 'docs/manual.md': 'Read me.\n' } });
    const number = github.as('ben').openPull(REPO, { head: 'mv' });
    const { data } = await octokit.rest.pulls.listFiles({ ...target, pull_number: number });
    expect(data).toMatchObject([{ status: 'renamed', filename: 'docs/manual.md', previous_filename: 'docs/guide.md' }]);
  });

  it('list no more than 3,000 files and 250 commits', async () => {
    const { github, octokit, target } = shop;
    const many = Object.fromEntries(Array.from({ length: 3005 }, (_, at) => [`m/${at}.txt`, `${at}\n`]));
    github.as('ben').push(REPO, { branch: 'huge', files: many });
    for (let at = 0; at < 252; at += 1) github.as('ben').push(REPO, { branch: 'huge', files: { 'n.txt': `${at}\n` } });
    const number = github.as('ben').openPull(REPO, { head: 'huge' });
    const pull = { ...target, pull_number: number, per_page: 100 };
    expect(await octokit.paginate(octokit.rest.pulls.listFiles, pull)).toHaveLength(3000);
    expect(await octokit.paginate(octokit.rest.pulls.listCommits, pull)).toHaveLength(250);
    const shown = await octokit.rest.pulls.get({ ...target, pull_number: number });
    expect(shown.data).toMatchObject({ changed_files: 3006, commits: 253 });
  });

  it('from a fork name the fork, and a push to it moves the head', async () => {
    const { github, octokit, target } = shop;
    github.as('olga').addCollaborator(REPO, 'eve', 'pull');
    github.as('eve').acceptInvitation(REPO);
    const fork = github.as('eve').fork(REPO);
    github.as('eve').push(fork, { branch: 'patch', files: { 'p.txt': 'p' } });
    const number = github.as('eve').openPull(REPO, { head: 'eve:patch' });
    const head = github.as('eve').push(fork, { branch: 'patch', files: { 'q.txt': 'q' } });
    const { data } = await octokit.rest.pulls.get({ ...target, pull_number: number });
    expect(data.head).toMatchObject({ sha: head, label: 'eve:patch', repo: { full_name: fork, fork: true } });
  });

  it('are merged only when the required checks of their head pass, from the app that they are pinned to', async () => {
    const { github, octokit, target } = shop;
    github.protectBranch(REPO, 'main', { requiredChecks: [{ name: 'jit/merge', appId: github.appId }] });
    const { number, sha } = openChange(github);
    const merge = (): unknown => github.as('ben').merge(REPO, number);
    const state = async (): Promise<string> =>
      (await octokit.rest.pulls.get({ ...target, pull_number: number })).data.mergeable_state;
    const expected = { ok: false, why: ['Required status check "jit/merge" is expected.'] };
    expect(merge()).toEqual(expected);
    expect(await state()).toBe('blocked');

    github.reportCheck(REPO, sha, { name: 'jit/merge', app: 'impostor', conclusion: 'success' });
    expect(merge()).toEqual(expected);

    const check = await octokit.rest.checks.create({
      ...target,
      name: 'jit/merge',
      head_sha: sha,
      conclusion: 'failure',
    });
    expect(merge()).toEqual({ ok: false, why: ['Required status check "jit/merge" is failing.'] });

    await octokit.rest.checks.update({ ...target, check_run_id: check.data.id, conclusion: 'success' });
    const newer = github.as('ben').push(REPO, { branch: 'change', files: { 'late.txt': 'late' } });
    expect(merge()).toEqual(expected);
    await octokit.rest.checks.create({ ...target, name: 'jit/merge', head_sha: newer, conclusion: 'success' });
    expect(merge()).toMatchObject({ ok: true });
    expect(github.see.pull(REPO, number)).toMatchObject({ merged: true, state: 'closed' });
    expect(github.see.file(REPO, 'main', 'late.txt')).toBe('late');
  });

  it('with an unpinned check can be fooled by any app', () => {
    const { github } = shop;
    github.protectBranch(REPO, 'main', { requiredChecks: [{ name: 'jit/merge' }] });
    const { number, sha } = openChange(github);
    github.reportCheck(REPO, sha, { name: 'jit/merge', app: 'impostor', conclusion: 'success' });
    expect(github.as('ben').merge(REPO, number)).toMatchObject({ ok: true });
  });

  it('cannot be merged in conflict or as a draft', () => {
    const { github } = shop;
    const { number } = openChange(github, 'one');
    github.as('ben').push(REPO, { branch: 'main', files: { 'one.txt': 'other' } });
    expect(github.as('ben').merge(REPO, number)).toEqual({ ok: false, why: ['Pull Request has merge conflicts'] });
    const second = openChange(github, 'two');
    github.as('ben').convertToDraft(REPO, second.number);
    expect(github.as('ben').merge(REPO, second.number)).toMatchObject({ ok: false });
    github.as('ben').markReady(REPO, second.number);
    expect(github.as('ben').merge(REPO, second.number)).toMatchObject({ ok: true });
  });

  it('are not approved by their own author', () => {
    const { number } = openChange(shop.github);
    expect(() => shop.github.as('ben').review(REPO, number, 'approve')).toThrow(/own pull request/u);
  });

  it('list their reviews with the commit that each was given for', async () => {
    const { github, octokit, target } = shop;
    const { number, sha } = openChange(github);
    const review = github.as('ana').review(REPO, number, 'approve', 'good');
    const head = github.as('ben').push(REPO, { branch: 'change', files: { 'x.txt': 'x' } });
    github.as('ana').review(REPO, number, 'request changes', 'hm');
    github.as('ben').dismissReview(REPO, number, review);
    const { data } = await octokit.rest.pulls.listReviews({ ...target, pull_number: number });
    expect(data.map((one) => [one.state, one.commit_id])).toEqual([
      ['DISMISSED', sha],
      ['CHANGES_REQUESTED', head],
    ]);
  });
});

describe('the merge queue', () => {
  const openQueue = (): void => {
    shop.github.protectBranch(REPO, 'main', { requiredChecks: [{ name: 'ci' }], mergeQueue: true });
  };
  const pass = (sha: string): void => {
    shop.github.reportCheck(REPO, sha, { name: 'ci', conclusion: 'success' });
  };

  it('builds each group on the one before and merges them in order when their checks pass', async () => {
    openQueue();
    const { github, octokit, target } = shop;
    const one = openChange(github, 'one');
    const two = openChange(github, 'two');
    pass(one.sha);
    pass(two.sha);
    expect(github.as('ben').merge(REPO, one.number)).toEqual({
      ok: false,
      why: ['Changes must be made through the merge queue'],
    });
    const base = github.see.branch(REPO, 'main');
    github.as('ben').enqueue(REPO, one.number);
    github.as('ben').enqueue(REPO, two.number);
    const [first, second] = github.see.queue(REPO, 'main');
    expect(first).toMatchObject({ baseSha: base, ref: `refs/heads/gh-readonly-queue/main/pr-${one.number}-${base}` });
    expect(second).toMatchObject({
      baseSha: first?.headSha,
      ref: `refs/heads/gh-readonly-queue/main/pr-${two.number}-${first?.headSha ?? ''}`,
    });
    const refs = await octokit.rest.git.listMatchingRefs({ ...target, ref: 'heads/gh-readonly-queue/main/' });
    expect(refs.data.map((ref) => ref.ref)).toEqual([first?.ref, second?.ref]);

    pass(second?.headSha ?? '');
    expect(github.see.pull(REPO, two.number).merged).toBe(false);
    pass(first?.headSha ?? '');
    expect(github.see.pull(REPO, one.number).merged).toBe(true);
    expect(github.see.pull(REPO, two.number).merged).toBe(true);
    expect(github.see.branch(REPO, 'main')).toBe(second?.headSha);
    expect(github.see.queue(REPO, 'main')).toEqual([]);
  });

  it('ejects a group that fails and builds those behind it again', () => {
    openQueue();
    const { github } = shop;
    const one = openChange(github, 'one');
    const two = openChange(github, 'two');
    pass(one.sha);
    pass(two.sha);
    github.as('ben').enqueue(REPO, one.number);
    github.as('ben').enqueue(REPO, two.number);
    const base = github.see.branch(REPO, 'main');
    const [first] = github.see.queue(REPO, 'main');
    github.reportCheck(REPO, first?.headSha ?? '', { name: 'ci', conclusion: 'failure' });
    const [left] = github.see.queue(REPO, 'main');
    expect(left).toMatchObject({ pulls: [two.number], baseSha: base });
    expect(github.see.pull(REPO, one.number)).toMatchObject({ state: 'open', merged: false });
    expect(
      github.deliveries
        .filter((delivery) => delivery.event === 'merge_group')
        .map((delivery) => delivery.payload['reason'] ?? delivery.action),
    ).toEqual(['checks_requested', 'checks_requested', 'dequeued', 'invalidated', 'checks_requested']);
  });

  it('takes several pull requests as one group, and none whose own checks do not pass', () => {
    openQueue();
    const { github } = shop;
    const one = openChange(github, 'one');
    const two = openChange(github, 'two');
    pass(one.sha);
    expect(github.as('ben').enqueue(REPO, one.number, two.number)).toMatchObject({ ok: false });
    pass(two.sha);
    expect(github.as('ben').enqueue(REPO, one.number, two.number)).toMatchObject({ ok: true });
    const [group] = github.see.queue(REPO, 'main');
    expect(group).toMatchObject({ pulls: [one.number, two.number], ref: expect.stringContaining(`pr-${two.number}-`) });
    pass(group?.headSha ?? '');
    expect([one, two].map(({ number }) => github.see.pull(REPO, number).merged)).toEqual([true, true]);
  });

  it('lets a pull request go that gets a new head', () => {
    openQueue();
    const { github } = shop;
    const one = openChange(github, 'one');
    pass(one.sha);
    github.as('ben').enqueue(REPO, one.number);
    github.as('ben').push(REPO, { branch: 'one', files: { 'z.txt': 'z' } });
    expect(github.see.queue(REPO, 'main')).toEqual([]);
  });
});

describe('check runs', () => {
  it('are found by name and app, the newest first', async () => {
    const { github, octokit, target } = shop;
    const { sha } = openChange(github);
    github.reportCheck(REPO, sha, { name: 'jit/merge', app: 'impostor', conclusion: 'success' });
    const older = await octokit.rest.checks.create({ ...target, name: 'jit/merge', head_sha: sha, external_id: 'a' });
    const newer = await octokit.rest.checks.create({ ...target, name: 'jit/merge', head_sha: sha, external_id: 'b' });
    const find = { ...target, ref: sha, check_name: 'jit/merge', app_id: github.appId };
    const latest = await octokit.rest.checks.listForRef(find);
    expect(latest.data.check_runs.map((check) => check.id)).toEqual([newer.data.id]);
    const all = await octokit.rest.checks.listForRef({ ...find, filter: 'all' });
    expect(all.data.check_runs.map((check) => check.id)).toEqual([newer.data.id, older.data.id]);
  });

  it('are changed by the app that made them and no other', async () => {
    const { github, octokit, target } = shop;
    const { sha } = openChange(github);
    const id = github.reportCheck(REPO, sha, { name: 'ci', conclusion: 'failure' });
    const forged = octokit.rest.checks.update({ ...target, check_run_id: id, conclusion: 'success' });
    await expect(forged).rejects.toMatchObject({ status: 403 });
    expect(github.see.check(REPO, sha, 'ci')).toMatchObject({ conclusion: 'failure' });
  });

  it('become stale after 14 days without an end, which does not pass', async () => {
    const { github, octokit, target } = shop;
    github.protectBranch(REPO, 'main', { requiredChecks: [{ name: 'jit/merge' }] });
    const { number, sha } = openChange(github);
    const check = await octokit.rest.checks.create({
      ...target,
      name: 'jit/merge',
      head_sha: sha,
      status: 'in_progress',
    });
    github.clock.advance(14 * 24 * 3_600_000 - 60_000);
    expect((await octokit.rest.checks.get({ ...target, check_run_id: check.data.id })).data.status).toBe('in_progress');
    github.clock.advance(120_000);
    expect((await octokit.rest.checks.get({ ...target, check_run_id: check.data.id })).data).toMatchObject({
      status: 'completed',
      conclusion: 'stale',
    });
    expect(github.as('ben').merge(REPO, number)).toMatchObject({ ok: false });
  });

  it('show buttons once they are completed', async () => {
    const { github, octokit, target } = shop;
    const { sha } = openChange(github);
    const actions = [{ label: 'Approve', description: 'Let it go', identifier: 'approve' }];
    const { data } = await octokit.rest.checks.create({
      ...target,
      name: 'jit',
      head_sha: sha,
      status: 'queued',
      actions,
    });
    expect(() => github.as('ben').clickCheckButton(REPO, data.id, 'approve')).toThrow(/not completed/u);
    await octokit.rest.checks.update({ ...target, check_run_id: data.id, conclusion: 'action_required', actions });
    github.as('ben').clickCheckButton(REPO, data.id, 'approve');
    expect(github.deliveries.at(-1)).toMatchObject({ event: 'check_run', action: 'requested_action' });
  });

  it('take 65,535 characters of summary and no more', async () => {
    const { github, octokit, target } = shop;
    const { sha } = openChange(github);
    const make = async (length: number): Promise<unknown> =>
      await octokit.rest.checks.create({
        ...target,
        name: 'jit',
        head_sha: sha,
        output: { title: 't', summary: 'x'.repeat(length) },
      });
    await make(65_535);
    const tooLong: unknown = await make(65_536).catch((cause: unknown) => cause);
    expect(tooLong).toMatchObject({ status: 422 });
    // GitHub's description knows the limit too, so it stands among the violations: that is right here.
    shop.github.violations.length = 0;
  });
});

describe('deployments', () => {
  const waitingRun = (): number => {
    shop.github.createEnvironment(REPO, 'production', { customRule: true });
    return shop.github.as('ben').startRun(REPO, { branch: 'main', environment: 'Production' });
  };
  const answer = async (run: number, body: Record<string, string>): Promise<number> =>
    (
      await shop.octokit.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule', {
        ...shop.target,
        run_id: run,
        environment_name: 'production',
        ...body,
      } as never)
    ).status;

  it('of a workflow wait for the rule, tell of it, and go on when it is approved', async () => {
    const { github, octokit, target } = shop;
    const run = waitingRun();
    expect(github.see.run(REPO, run)).toMatchObject({
      status: 'waiting',
      jobs: [{ environment: 'Production', status: 'waiting' }],
    });
    const told = github.deliveries.find((delivery) => delivery.event === 'deployment_protection_rule');
    expect(told?.payload).toMatchObject({
      environment: 'Production',
      event: 'push',
      deployment_callback_url: `${github.url}/repos/octo/shop/actions/runs/${run}/deployment_protection_rule`,
      pull_requests: [],
    });
    const shown = await octokit.rest.actions.getWorkflowRun({ ...target, run_id: run });
    expect(shown.data).toMatchObject({
      status: 'waiting',
      run_attempt: 1,
      actor: { login: 'ben' },
      triggering_actor: { login: 'ben' },
    });
    const [deployment] = (await octokit.rest.repos.listDeployments(target)).data;

    expect(await answer(run, { comment: 'still waiting' })).toBe(204);
    expect(github.see.run(REPO, run).jobs[0]?.rules).toMatchObject([{ state: 'waiting', reports: ['still waiting'] }]);
    expect(await answer(run, { state: 'approved', comment: 'by ana' })).toBe(204);
    expect(github.see.run(REPO, run)).toMatchObject({ status: 'completed', conclusion: 'success' });
    const statuses = await octokit.rest.repos.listDeploymentStatuses({ ...target, deployment_id: deployment?.id ?? 0 });
    expect(statuses.data.map((status) => status.state)).toEqual(['success', 'in_progress']);
  });

  it('fail when the rule is rejected, and a second answer gets 422', async () => {
    const run = waitingRun();
    expect(await answer(run, { state: 'rejected', comment: 'no' })).toBe(204);
    expect(shop.github.see.run(REPO, run)).toMatchObject({ status: 'completed', conclusion: 'failure' });
    await expect(answer(run, { state: 'approved', comment: 'yes' })).rejects.toMatchObject({ status: 422 });
  });

  it('take ten reports of 1,024 characters', async () => {
    const run = waitingRun();
    await expect(answer(run, { comment: 'x'.repeat(1025) })).rejects.toMatchObject({ status: 422 });
    for (let at = 0; at < 10; at += 1)
      expect(await answer(run, { comment: `report ${at} ${'x'.repeat(1000)}` })).toBe(204);
    await expect(answer(run, { comment: 'eleven' })).rejects.toMatchObject({ status: 422 });
  });

  it('are asked for again by a re-run, which keeps commit and actor', async () => {
    const { github, octokit, target } = shop;
    const run = waitingRun();
    await answer(run, { state: 'approved', comment: '' });
    github.as('olga').rerun(REPO, run);
    const shown = await octokit.rest.actions.getWorkflowRun({ ...target, run_id: run });
    expect(shown.data).toMatchObject({
      run_attempt: 2,
      status: 'waiting',
      actor: { login: 'ben' },
      triggering_actor: { login: 'olga' },
    });
    expect(github.deliveries.filter((delivery) => delivery.event === 'deployment_protection_rule')).toHaveLength(2);
    expect(await answer(run, { state: 'approved', comment: '' })).toBe(204);
  });

  it('end when the run is cancelled: nothing can be answered any more', async () => {
    const run = waitingRun();
    shop.github.as('ben').cancelRun(REPO, run);
    expect(shop.github.see.run(REPO, run)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    await expect(answer(run, { state: 'approved', comment: '' })).rejects.toMatchObject({ status: 422 });
  });

  it('through the API wait for nothing, and environments are read without case', async () => {
    const { github, octokit, target } = shop;
    github.createEnvironment(REPO, 'Staging', { customRule: true });
    const id = github.as('ben').createDeployment(REPO, { ref: 'main', environment: 'staging' });
    github.as('ben').setDeploymentStatus(REPO, id, 'success', 'elsewhere');
    const { data } = await octokit.rest.repos.getDeployment({ ...target, deployment_id: id });
    expect(data).toMatchObject({ environment: 'staging', ref: 'main', sha: github.see.branch(REPO, 'main') });
    const environment = await octokit.rest.repos.getEnvironment({ ...target, environment_name: 'staging' });
    expect(environment.data.name).toBe('Staging');
    const rules = await octokit.rest.repos.getAllDeploymentProtectionRules({ ...target, environment_name: 'staging' });
    expect(rules.data.custom_deployment_protection_rules).toMatchObject([
      { enabled: true, app: { id: github.appId, slug: 'jit-gate' } },
    ]);
  });
});

describe('issues and comments', () => {
  it("of the app are its bot's, and say so", async () => {
    const { github, octokit, target } = shop;
    const issue = await octokit.rest.issues.create({
      ...target,
      title: 'Deploy of main',
      body: '<!-- marker -->',
      labels: ['jit:pending'],
    });
    const { data } = await octokit.rest.issues.createComment({
      ...target,
      issue_number: issue.data.number,
      body: 'waiting',
    });
    expect(data).toMatchObject({
      user: { login: github.botLogin, type: 'Bot' },
      performed_via_github_app: { id: github.appId },
    });
    await octokit.rest.issues.updateComment({ ...target, comment_id: data.id, body: 'done' });
    await octokit.rest.issues.addLabels({ ...target, issue_number: issue.data.number, labels: ['jit:active'] });
    await octokit.rest.issues.removeLabel({ ...target, issue_number: issue.data.number, name: 'jit:pending' });
    await octokit.rest.issues.update({
      ...target,
      issue_number: issue.data.number,
      state: 'closed',
      state_reason: 'completed',
    });
    expect(github.see.issue(REPO, issue.data.number)).toMatchObject({ state: 'closed', labels: ['jit:active'] });
    expect(github.see.comments(REPO, issue.data.number).map((comment) => comment.body)).toEqual(['done']);
    const mine = await octokit.rest.issues.listForRepo({ ...target, state: 'all', creator: github.botLogin });
    expect(mine.data.map((one) => one.number)).toEqual([issue.data.number]);
    const gone = octokit.rest.issues.removeLabel({ ...target, issue_number: issue.data.number, name: 'jit:pending' });
    await expect(gone).rejects.toMatchObject({ status: 404 });
  });

  it('take each reaction of an account once', async () => {
    const { github, octokit, target } = shop;
    const number = github.as('ana').openIssue(REPO, { title: 'x' });
    const comment = github.as('ana').comment(REPO, number, '/approve');
    const react = async (): Promise<number> =>
      (await octokit.rest.reactions.createForIssueComment({ ...target, comment_id: comment, content: '+1' })).status;
    expect(await react()).toBe(201);
    expect(await react()).toBe(200);
    expect(github.see.reactions(REPO, comment)).toEqual([{ by: github.botLogin, content: '+1' }]);
  });

  it('can be changed by whoever can write, and by nobody who cannot', () => {
    const { github } = shop;
    const number = github.as('ana').openIssue(REPO, { title: 'x' });
    const comment = github.as('ana').comment(REPO, number, 'hello');
    github.as('ben').editComment(REPO, comment, '/approve');
    expect(github.see.comment(REPO, comment)).toMatchObject({ author: 'ana', body: '/approve' });
    const bens = github.as('ben').comment(REPO, number, 'mine');
    expect(() => github.as('ana').editComment(REPO, bens, '/deny')).toThrow(/needs push/u);
    expect(() => github.as('eve').comment(REPO, number, 'hi')).toThrow(/needs pull/u);
  });

  it('that were deleted answer 404', async () => {
    const { github, octokit, target } = shop;
    const number = github.as('ana').openIssue(REPO, { title: 'x' });
    const { data } = await octokit.rest.issues.createComment({ ...target, issue_number: number, body: 'status' });
    github.as('ben').deleteComment(REPO, data.id);
    const update = octokit.rest.issues.updateComment({ ...target, comment_id: data.id, body: 'again' });
    await expect(update).rejects.toMatchObject({ status: 404 });
  });

  it('are as long as 65,536 characters', async () => {
    const { github, octokit, target } = shop;
    const number = github.as('ana').openIssue(REPO, { title: 'x' });
    const say = async (length: number): Promise<unknown> =>
      await octokit.rest.issues.createComment({ ...target, issue_number: number, body: 'x'.repeat(length) });
    await say(65_536);
    await expect(say(65_537)).rejects.toMatchObject({ status: 422 });
  });
});
