/** Which calls are there for pull requests and reviews? */

import { isPull, pullsOf } from '../world/find.ts';
import { pullChanges, pullCommits } from '../world/pull-contents.ts';
import type { PullIssue, Review } from '../world/state.ts';
import { mergePull, submitReview, dismissReview } from '../acts/merge.ts';
import { showCommit, showFileChange } from '../show/commits.ts';
import { showPull, showPullInFull, showReview } from '../show/pulls.ts';
import { idParam, oneOf, text } from '../http/input.ts';
import { listed } from '../http/pages.ts';
import { answers, invalid, notFound, problem, type Answer, type Context, type Route } from '../http/route.ts';

const { ok } = answers;

/** GitHub lists no more than this, whatever the page. */
const MOST_FILES = 3000;
const MOST_COMMITS = 250;

function pullIn(context: Context): PullIssue {
  const issue = context.repo.issues.get(idParam(context, 'pull_number'));
  if (issue === undefined || !isPull(issue)) throw notFound();
  return issue;
}

function list(context: Context): Answer {
  const { world, repo, query } = context;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const found = pullsOf(repo)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => base === null || issue.pull.baseRef === base)
    .filter((issue) => head === null || `${issue.pull.headRepo.owner.login}:${issue.pull.headRef}` === head);
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const upwards = (query.get('direction') ?? 'desc') === 'asc';
  const sorted = found.toSorted((a, b) => (upwards ? 1 : -1) * (a[key] - b[key] || a.number - b.number));
  return listed(context, sorted, (issue) => showPull(world, issue));
}

const REVIEW_STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

function review(context: Context): Answer {
  const { world, app, body } = context;
  const issue = pullIn(context);
  const event = oneOf(body, 'event', ['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const);
  if (event === undefined) throw invalid('the local GitHub knows no pending reviews: name an event');
  const commit = text(body, 'commit_id');
  const made = submitReview(
    world,
    issue,
    { account: app.bot, via: app },
    {
      state: REVIEW_STATES[event],
      body: text(body, 'body') ?? '',
      ...(commit === undefined ? {} : { commit }),
    },
  );
  return ok(showReview(world, issue, made));
}

function reviewIn(context: Context, issue: PullIssue): Review {
  const found = issue.pull.reviews.find((candidate) => candidate.id === idParam(context, 'review_id'));
  if (found === undefined) throw notFound();
  return found;
}

function merge(context: Context): Answer {
  const { world, app, body } = context;
  const method = oneOf(body, 'merge_method', ['merge', 'squash', 'rebase'] as const) ?? 'merge';
  const expected = text(body, 'sha');
  const done = mergePull(world, pullIn(context), app.bot, {
    method,
    ...(expected === undefined ? {} : { expectedHead: expected }),
  });
  if (done.ok) return ok({ sha: done.sha, merged: true, message: 'Pull Request successfully merged' });
  const moved = done.why.some((why) => why.startsWith('Head branch was modified'));
  return problem(moved ? 409 : 405, done.why.join(' '));
}

const reading = { audience: 'installation', needs: ['pull_requests:read'] } as const;

export const pullRoutes: readonly Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/pulls', operation: 'pulls/list', ...reading, handle: list },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}',
    operation: 'pulls/get',
    ...reading,
    handle: (context) => ok(showPullInFull(context.world, pullIn(context))),
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/files',
    operation: 'pulls/list-files',
    ...reading,
    handle: (context) => {
      const issue = pullIn(context);
      const changes = pullChanges(context.world, issue).slice(0, MOST_FILES);
      return listed(context, changes, (change) =>
        showFileChange(context.world, issue.pull.headRepo, issue.pull.headSha, change),
      );
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/commits',
    operation: 'pulls/list-commits',
    ...reading,
    handle: (context) => {
      const issue = pullIn(context);
      const commits = pullCommits(context.world, issue).slice(0, MOST_COMMITS);
      return listed(context, commits, (commit) => showCommit(context.world, issue.repo, commit));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    operation: 'pulls/list-reviews',
    ...reading,
    handle: (context) => {
      const issue = pullIn(context);
      return listed(context, issue.pull.reviews, (one) => showReview(context.world, issue, one));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}',
    operation: 'pulls/get-review',
    ...reading,
    handle: (context) => {
      const issue = pullIn(context);
      return ok(showReview(context.world, issue, reviewIn(context, issue)));
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    operation: 'pulls/create-review',
    audience: 'installation',
    needs: ['pull_requests:write'],
    handle: review,
  },
  {
    method: 'PUT',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals',
    operation: 'pulls/dismiss-review',
    audience: 'installation',
    needs: ['pull_requests:write'],
    handle: (context) => {
      const issue = pullIn(context);
      const one = reviewIn(context, issue);
      dismissReview(context.world, issue, one, context.app.bot);
      return ok(showReview(context.world, issue, one));
    },
  },
  {
    method: 'PUT',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/merge',
    operation: 'pulls/merge',
    audience: 'installation',
    needs: ['contents:write'],
    handle: merge,
  },
];
