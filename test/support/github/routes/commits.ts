/** Which calls are there for commits: one, many, compared, and the pull requests that they belong to? */

import { changesBetween } from '../world/diff.ts';
import { branchTip, pullsOf } from '../world/find.ts';
import { ancestors, commitAt, commitsBetween, mergeBase, type Commit } from '../world/git.ts';
import { pullCommits } from '../world/pull-contents.ts';
import { showCommit, showFileChange, showGitCommit } from '../show/commits.ts';
import { showPull } from '../show/pulls.ts';
import { repoApi, repoWeb } from '../show/repositories.ts';
import { param } from '../http/input.ts';
import { listed, page } from '../http/pages.ts';
import { answers, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';
import { commitIn, resolve } from './resolve.ts';

const { ok } = answers;

const MOST_FILES = 300;
const MOST_COMMITS = 250;

function commitWithFiles(context: Context): Answer {
  const { world, repo } = context;
  const commit = commitIn(context, param(context, 'ref'));
  const parent = commit.parents[0];
  const before = parent === undefined ? new Map<string, string>() : commitAt(world.objects, parent).files;
  const changes = changesBetween(world.objects, before, commit.files);
  const additions = changes.reduce((sum, change) => sum + change.additions, 0);
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0);
  const { items, headers } = page({ ...context, query: withSize(context.query) }, changes);
  return {
    status: 200,
    headers,
    body: {
      ...showCommit(world, repo, commit),
      stats: { additions, deletions, total: additions + deletions },
      files: items.map((change) => showFileChange(world, repo, commit.sha, change)),
    },
  };
}

/** A commit's files come in larger pages than other lists where nothing is said. */
const withSize = (query: URLSearchParams): URLSearchParams => {
  const copy = new URLSearchParams(query);
  if (!copy.has('per_page')) copy.set('per_page', '100');
  return copy;
};

/** Three dots: from where the two parted to `head`. Files come with the first page of commits alone, and 300 at most. */
function compare(context: Context): Answer {
  const { world, repo, query } = context;
  const [baseName = '', headName = ''] = param(context, 'basehead').split('...');
  const sideOf = (name: string): Commit => {
    const ref = name.includes(':') ? (name.split(':').at(-1) ?? name) : name;
    const sha =
      resolve(context, repo, ref) ??
      [...world.repos.values()]
        .filter((one) => one.fork === repo && name.startsWith(`${one.owner.login}:`))
        .map((one) => branchTip(one, ref))[0];
    if (sha === undefined || sha === null) throw notFound();
    return commitAt(world.objects, sha);
  };
  const base = sideOf(baseName);
  const head = sideOf(headName);
  const fork = mergeBase(world.objects, base.sha, head.sha);
  if (fork === null) throw new Refusal(problem(404, `No common ancestor between ${baseName} and ${headName}.`));
  const ahead = commitsBetween(world.objects, base.sha, head.sha);
  const behind = commitsBetween(world.objects, head.sha, base.sha);
  const paged = query.has('page') || query.has('per_page');
  const { items, headers } = paged ? page(context, ahead) : { items: ahead.slice(0, MOST_COMMITS), headers: {} };
  const first = Number(query.get('page') ?? 1) <= 1;
  const files = changesBetween(world.objects, commitAt(world.objects, fork).files, head.files).slice(0, MOST_FILES);
  const api = `${repoApi(world, repo)}/compare/${baseName}...${headName}`;
  const web = `${repoWeb(repo)}/compare/${baseName}...${headName}`;
  const status =
    ahead.length === 0 ? (behind.length === 0 ? 'identical' : 'behind') : behind.length === 0 ? 'ahead' : 'diverged';
  return {
    status: 200,
    headers,
    body: {
      url: encodeURI(api),
      html_url: encodeURI(web),
      permalink_url: `${repoWeb(repo)}/compare/${base.sha}...${head.sha}`,
      diff_url: encodeURI(`${web}.diff`),
      patch_url: encodeURI(`${web}.patch`),
      base_commit: showCommit(world, repo, base),
      merge_base_commit: showCommit(world, repo, commitAt(world.objects, fork)),
      status,
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: items.map((commit) => showCommit(world, repo, commit)),
      ...(first ? { files: files.map((change) => showFileChange(world, repo, head.sha, change)) } : {}),
    },
  };
}

/** On the default branch: the merged one that brought it in. Elsewhere: open and merged ones that contain it. */
function pullsOfCommit(context: Context): Answer {
  const { world, repo } = context;
  const sha = commitIn(context, param(context, 'commit_sha')).sha;
  const tip = branchTip(repo, repo.defaultBranch);
  const landed = tip !== null && ancestors(world.objects, tip).has(sha);
  const found = pullsOf(repo).filter((issue) => {
    const merged = issue.pull.mergedAt !== null;
    if (landed && !merged) return false;
    if (!merged && issue.state !== 'open') return false;
    return issue.pull.mergeSha === sha || pullCommits(world, issue).some((commit) => commit.sha === sha);
  });
  return listed(context, found, (issue) => showPull(world, issue));
}

export const commitRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/commits/{commit_sha}',
    operation: 'git/get-commit',
    audience: 'installation',
    needs: ['contents:read'],
    handle: (context) => {
      const commit = context.world.objects.commits.get(param(context, 'commit_sha'));
      if (commit === undefined) throw notFound();
      return ok(showGitCommit(context.world, context.repo, commit));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits',
    operation: 'repos/list-commits',
    audience: 'installation',
    needs: ['contents:read'],
    handle: (context) => {
      const { world, repo, query } = context;
      const tip = commitIn(context, query.get('sha') ?? repo.defaultBranch);
      const history = [...ancestors(world.objects, tip.sha)].map((sha) => commitAt(world.objects, sha));
      return listed(context, history, (commit) => showCommit(world, repo, commit));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}',
    operation: 'repos/get-commit',
    audience: 'installation',
    needs: ['contents:read'],
    handle: commitWithFiles,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    operation: 'repos/list-pull-requests-associated-with-commit',
    audience: 'installation',
    needs: ['pull_requests:read'],
    handle: pullsOfCommit,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/compare/{basehead}',
    operation: 'repos/compare-commits-with-basehead',
    audience: 'installation',
    needs: ['contents:read'],
    handle: compare,
  },
];
