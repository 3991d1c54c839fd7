/** How are pull requests opened, changed and merged? */

import { accountByEmail, branchTip, newId } from '../world/find.ts';
import { ancestors, mergeBase, mergeFiles, putCommit } from '../world/git.ts';
import { missingChecks, protectionOf } from '../world/mergeable.ts';
import type { Account, PullIssue, Repo, Review, World } from '../world/state.ts';
import { showReview, showPullInFull } from '../show/pulls.ts';
import { tellAboutRepo } from '../webhooks/emit.ts';
import { moveRef, settleMerged } from './branches.ts';
import { tellAboutIssue, touch, type Doer } from './conversation.ts';
import { ejectFromQueue, mergeCommit } from './merge-queue.ts';

export type MergeAnswer =
  { readonly ok: true; readonly sha: string } | { readonly ok: false; readonly why: readonly string[] };

export type PullDraft = {
  readonly title: string;
  readonly body: string | null;
  readonly headRepo: Repo;
  readonly headRef: string;
  readonly baseRef: string;
  readonly draft: boolean;
};

/** Opens a pull request. Throws where a branch is missing or there is nothing to merge. */
export function openPull(world: World, repo: Repo, by: Doer, draft: PullDraft): PullIssue {
  const headSha = branchTip(draft.headRepo, draft.headRef);
  const baseSha = branchTip(repo, draft.baseRef);
  if (headSha === null || baseSha === null)
    throw new Error(`no branch ${headSha === null ? draft.headRef : draft.baseRef}`);
  if (ancestors(world.objects, baseSha).has(headSha))
    throw new Error(`no commits between ${draft.baseRef} and ${draft.headRef}`);
  const now = world.clock.now();
  const issue: PullIssue = {
    id: newId(world),
    repo,
    number: repo.nextNumber,
    author: by.account,
    via: by.via,
    title: draft.title,
    body: draft.body,
    state: 'open',
    stateReason: null,
    closedBy: null,
    labels: [],
    comments: [],
    reactions: [],
    assignees: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    pull: {
      id: newId(world),
      headRepo: draft.headRepo,
      headRef: draft.headRef,
      headSha,
      baseRef: draft.baseRef,
      baseSha,
      draft: draft.draft,
      mergedAt: null,
      mergedBy: null,
      mergeSha: null,
      mergeBase: null,
      reviews: [],
    },
  };
  repo.nextNumber += 1;
  repo.issues.set(issue.number, issue);
  repo.refs.set(`refs/pull/${issue.number}/head`, headSha);
  tellAboutIssue(world, issue, 'opened', by);
  return issue;
}

export function retarget(world: World, issue: PullIssue, by: Doer, base: string): void {
  const tip = branchTip(issue.repo, base);
  if (tip === null) throw new Error(`no branch ${base}`);
  const from = { ref: { from: issue.pull.baseRef }, sha: { from: issue.pull.baseSha } };
  ejectFromQueue(world, issue);
  issue.pull.baseRef = base;
  issue.pull.baseSha = tip;
  touch(world, issue);
  tellAboutIssue(world, issue, 'edited', by, { changes: { base: from } });
}

export function setDraft(world: World, issue: PullIssue, by: Doer, draft: boolean): void {
  if (issue.pull.draft === draft) return;
  issue.pull.draft = draft;
  touch(world, issue);
  tellAboutIssue(world, issue, draft ? 'converted_to_draft' : 'ready_for_review', by);
}

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** Merges, or says in GitHub's words why not. Nobody is above the protection here. */
export function mergePull(
  world: World,
  issue: PullIssue,
  by: Account,
  options: { method: MergeMethod; expectedHead?: string },
): MergeAnswer {
  const { repo, pull } = issue;
  const unready = notReady(issue, options.expectedHead);
  if (unready !== null) return { ok: false, why: [unready] };
  const base = branchTip(repo, pull.baseRef);
  const files = base === null ? null : mergeFiles(world.objects, base, pull.headSha);
  if (base === null || files === null) return { ok: false, why: ['Pull Request has merge conflicts'] };
  const why = protectedFrom(world, issue, base);
  if (why.length > 0) return { ok: false, why };
  const left = mergeBase(world.objects, base, pull.headSha);
  const sha =
    options.method === 'merge' ? mergeCommit(world, base, issue, files, by).sha : squash(world, base, issue, files);
  settleMerged(world, issue, sha, by, left);
  moveRef(world, repo, `refs/heads/${pull.baseRef}`, sha, by, { kind: 'pr_merge' });
  return { ok: true, sha };
}

function notReady({ state, pull }: PullIssue, expectedHead: string | undefined): string | null {
  if (state !== 'open') return 'Pull Request is not mergeable';
  if (pull.draft) return 'Pull Request is still a draft';
  if (expectedHead === undefined || expectedHead === pull.headSha) return null;
  return 'Head branch was modified. Review and try the merge again.';
}

/** What the protection of the base branch says against it. */
function protectedFrom(world: World, { repo, pull }: PullIssue, base: string): string[] {
  const protection = protectionOf(repo, pull.baseRef);
  if (protection?.mergeQueue === true) return ['Changes must be made through the merge queue'];
  const why = missingChecks(repo, pull.baseRef, pull.headSha);
  const behind = protection?.strict === true && !ancestors(world.objects, pull.headSha).has(base);
  return behind ? [...why, 'Head branch is out of date. Review and try the merge again.'] : why;
}

/** One commit with everything in it. A rebase is shown the same way: what matters is that the head itself does not land. */
function squash(world: World, base: string, issue: PullIssue, files: ReadonlyMap<string, string>): string {
  const head = world.objects.commits.get(issue.pull.headSha);
  const author = accountByEmail(world, head?.author.email ?? '') ?? issue.author;
  return putCommit(world.objects, {
    files,
    parents: [base],
    author: { name: author.name ?? author.login, email: author.emails[0] ?? '', at: world.clock.now() },
    committer: { name: 'GitHub', email: 'noreply@github.com', at: world.clock.now() },
    byGitHub: true,
    message: `${issue.title} (#${issue.number})`,
  }).sha;
}

/** The action's state is in lower case in payloads, in capitals in the API. */
const tellAboutReview = (
  world: World,
  issue: PullIssue,
  review: Review,
  action: string,
  by: Account,
  body = {},
): void => {
  tellAboutRepo(world, issue.repo, {
    event: 'pull_request_review',
    action,
    sender: by,
    body: {
      ...body,
      review: {
        ...showReview(world, issue, review),
        state: review.state.toLowerCase(),
        body: review.body === '' ? null : review.body,
      },
      pull_request: showPullInFull(world, issue),
    },
  });
};

export function submitReview(
  world: World,
  issue: PullIssue,
  by: Doer,
  draft: { state: Review['state']; body: string; commit?: string },
): Review {
  if (draft.state !== 'COMMENTED' && issue.author === by.account) {
    throw new Error('Can not approve or request changes on your own pull request');
  }
  const now = world.clock.now();
  const review: Review = {
    id: newId(world),
    author: by.account,
    via: by.via,
    body: draft.body,
    state: draft.state,
    commit: draft.commit ?? issue.pull.headSha,
    submittedAt: now,
    updatedAt: now,
  };
  issue.pull.reviews.push(review);
  touch(world, issue);
  tellAboutReview(world, issue, review, 'submitted', by.account);
  return review;
}

export function editReview(world: World, issue: PullIssue, review: Review, by: Account, body: string): void {
  const from = review.body;
  review.body = body;
  review.updatedAt = world.clock.now();
  touch(world, issue);
  tellAboutReview(world, issue, review, 'edited', by, { changes: { body: { from } } });
}

export function dismissReview(world: World, issue: PullIssue, review: Review, by: Account): void {
  review.state = 'DISMISSED';
  review.updatedAt = world.clock.now();
  touch(world, issue);
  tellAboutReview(world, issue, review, 'dismissed', by);
}
