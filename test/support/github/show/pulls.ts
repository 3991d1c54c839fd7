/** How does GitHub show pull requests and reviews? */

import { pullChanges, pullCommits } from '../world/pull-contents.ts';
import { mergeableState } from '../world/mergeable.ts';
import { stamp, stampOrNull } from '../world/clock.ts';
import type { PullIssue, Repo, Review, World } from '../world/state.ts';
import { showAccount, showAccountOrNull } from './accounts.ts';
import { association, showLabel } from './issues.ts';
import { repoApi, repoWeb, showRepo } from './repositories.ts';
import { nodeId, type Shape } from './shape.ts';

/** As lists of pull requests show them. */
export function showPull(world: World, issue: PullIssue): Shape {
  const { repo, pull } = issue;
  const api = `${repoApi(world, repo)}/pulls/${issue.number}`;
  const issueApi = `${repoApi(world, repo)}/issues/${issue.number}`;
  const web = `${repoWeb(repo)}/pull/${issue.number}`;
  const statuses = `${repoApi(world, repo)}/statuses/${pull.headSha}`;
  const link = (href: string): Shape => ({ href });
  return {
    url: api,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issueApi,
    number: issue.number,
    state: issue.state,
    locked: false,
    active_lock_reason: null,
    title: issue.title,
    user: showAccount(world, issue.author),
    body: issue.body,
    created_at: stamp(issue.createdAt),
    updated_at: stamp(issue.updatedAt),
    closed_at: stampOrNull(issue.closedAt),
    merged_at: stampOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeSha,
    assignee: showAccountOrNull(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((account) => showAccount(world, account)),
    requested_reviewers: [],
    requested_teams: [],
    labels: issue.labels.map((label) => showLabel(world, repo, label)),
    milestone: null,
    draft: pull.draft,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    review_comment_url: `${repoApi(world, repo)}/pulls/comments{/number}`,
    comments_url: `${issueApi}/comments`,
    statuses_url: statuses,
    head: showSide(world, pull.headRepo, pull.headRef, pull.headSha),
    base: showSide(world, repo, pull.baseRef, pull.baseSha),
    _links: {
      self: link(api),
      html: link(web),
      issue: link(issueApi),
      comments: link(`${issueApi}/comments`),
      review_comments: link(`${api}/comments`),
      review_comment: link(`${repoApi(world, repo)}/pulls/comments{/number}`),
      commits: link(`${api}/commits`),
      statuses: link(statuses),
    },
    author_association: association(world, repo, issue.author),
    auto_merge: null,
  };
}

/** One side of a pull request. A fork that was deleted shows as `null`. */
const showSide = (world: World, repo: Repo, ref: string, sha: string): Shape => ({
  label: `${repo.owner.login}:${ref}`,
  ref,
  sha,
  user: showAccount(world, repo.owner),
  repo: repo.deleted ? null : showRepo(world, repo),
});

/** As a single pull request is shown, in answers and in payloads. */
export function showPullInFull(world: World, issue: PullIssue): Shape {
  const changes = pullChanges(world, issue);
  const state = mergeableState(world, issue);
  return {
    ...showPull(world, issue),
    merged: issue.pull.mergedAt !== null,
    mergeable: issue.state === 'open' ? state !== 'dirty' : null,
    rebaseable: issue.state === 'open' ? state !== 'dirty' : null,
    mergeable_state: state,
    merged_by: showAccountOrNull(world, issue.pull.mergedBy),
    comments: issue.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pullCommits(world, issue).length,
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changed_files: changes.length,
  };
}

/** The few fields by which checks and runs name their pull requests. Empty for forks, as on GitHub. */
export const showPullsBriefly = (world: World, repo: Repo, pulls: readonly PullIssue[]): Shape[] =>
  pulls
    .filter((issue) => issue.pull.headRepo === repo)
    .map((issue) => ({
      id: issue.pull.id,
      number: issue.number,
      url: `${repoApi(world, repo)}/pulls/${issue.number}`,
      head: brief(world, issue.pull.headRepo, issue.pull.headRef, issue.pull.headSha),
      base: brief(world, repo, issue.pull.baseRef, issue.pull.baseSha),
    }));

const brief = (world: World, repo: Repo, ref: string, sha: string): Shape => ({
  ref,
  sha,
  repo: { id: repo.id, name: repo.name, url: repoApi(world, repo) },
});

export function showReview(world: World, issue: PullIssue, review: Review): Shape {
  const html = `${repoWeb(issue.repo)}/pull/${issue.number}#pullrequestreview-${review.id}`;
  const pull = `${repoApi(world, issue.repo)}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: showAccount(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: association(world, issue.repo, review.author),
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: stamp(review.submittedAt),
    commit_id: review.commit,
  };
}
