/** What does a person do with code: push, and open, change and merge pull requests? */

import { moveRef } from '../acts/branches.ts';
import { closeIssue, editIssue, reopenIssue, type Doer } from '../acts/conversation.ts';
import { enqueue, ejectFromQueue } from '../acts/merge-queue.ts';
import {
  mergePull,
  openPull,
  retarget,
  setDraft,
  submitReview,
  dismissReview,
  editReview,
  type MergeAnswer,
  type MergeMethod,
} from '../acts/merge.ts';
import { createRepository } from '../setup.ts';
import { accountNamed, branchTip, issueNumbered, pullNumbered, repoNamed } from '../world/find.ts';
import { commitAt, putBlob, putCommit, putTag, type Ident } from '../world/git.ts';
import { hasRole } from '../world/roles.ts';
import type { PullIssue, Review } from '../world/state.ts';
import { needRole, type Stage } from './actor.ts';

export type PushOptions = {
  readonly branch: string;
  /** Branch or commit that a new branch starts from; the default branch where nothing is said. */
  readonly from?: string;
  /** Paths to texts; `null` deletes. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly message?: string;
  /** Address of the author and committer; the person's own where nothing is said. */
  readonly authorEmail?: string;
  readonly authorName?: string;
  readonly committerEmail?: string;
  /** Logins, or `Name <address>`. */
  readonly coAuthors?: readonly string[];
  /** Whether the commit carries a signature that GitHub can verify. */
  readonly signed?: boolean;
  /** Throws away what the branch had, and starts again from `from`. */
  readonly force?: boolean;
};

export type OpenPullOptions = {
  readonly title?: string;
  readonly body?: string;
  /** Branch, or `owner:branch` of a fork. */
  readonly head: string;
  readonly base?: string;
  readonly draft?: boolean;
};

export const codeActs = (stage: Stage) => {
  const { world, me } = stage;
  const doer: Doer = { account: me, via: null };

  const pullOf = (repo: string, number: number): PullIssue => pullNumbered(repoNamed(world, repo), number);

  const authorOrWriter = (repo: string, number: number): PullIssue => {
    const issue = pullOf(repo, number);
    if (issue.author !== me) needRole(stage, repo, 'push');
    return issue;
  };

  const ident = (email: string | undefined, name: string | undefined): Ident => ({
    name: name ?? me.name ?? me.login,
    email: email ?? me.emails[0] ?? '',
    at: world.clock.now(),
  });

  const trailer = (who: string): string => {
    if (who.includes('<')) return `Co-authored-by: ${who}`;
    const account = accountNamed(world, who);
    return `Co-authored-by: ${account.name ?? account.login} <${account.emails[0] ?? ''}>`;
  };

  const commit = (parent: string, options: PushOptions): string => {
    const files = new Map(commitAt(world.objects, parent).files);
    for (const [path, text] of Object.entries(options.files)) {
      if (text === null) files.delete(path);
      else files.set(path, putBlob(world.objects, text));
    }
    const trailers = (options.coAuthors ?? []).map(trailer);
    const message = options.message ?? `Change ${Object.keys(options.files).join(', ')}`;
    return putCommit(world.objects, {
      files,
      parents: [parent],
      author: ident(options.authorEmail, options.authorName),
      committer: ident(options.committerEmail ?? options.authorEmail, options.authorName),
      message: trailers.length === 0 ? message : `${message}\n\n${trailers.join('\n')}`,
      ...(options.signed === undefined ? {} : { signed: options.signed }),
    }).sha;
  };

  const push = (repo: string, options: PushOptions): string => {
    const home = needRole(stage, repo, 'push');
    const tip = branchTip(home, options.branch);
    const from = options.from ?? home.defaultBranch;
    const start = branchTip(home, from) ?? (world.objects.commits.has(from) ? from : null);
    const parent = tip === null || options.force === true ? start : tip;
    if (parent === null) throw new Error(`${repo} has no branch or commit ${from}`);
    const sha = commit(parent, options);
    moveRef(world, home, `refs/heads/${options.branch}`, sha, me);
    return sha;
  };

  return {
    /** Commits to a branch and pushes it, making the branch where it is new. Returns the commit's id. */
    push,

    /** Points a branch or tag (`refs/...`) at a commit that exists, making it where it is new; `null` deletes it. */
    pointRef(repo: string, ref: string, sha: string | null): void {
      moveRef(world, needRole(stage, repo, 'push'), ref, sha, me);
    },

    /** Makes an annotated tag of a commit and pushes it. */
    annotate(repo: string, name: string, commit: string): void {
      const home = needRole(stage, repo, 'push');
      putTag(world.objects, { name, commit, message: `Version ${name}`, by: ident(undefined, undefined) });
      moveRef(world, home, `refs/tags/${name}`, commit, me);
    },

    /** One more commit on a branch, as the web editor makes it. */
    editFile(repo: string, branch: string, path: string, text: string | null): string {
      return push(repo, { branch, files: { [path]: text }, message: `Update ${path}` });
    },

    /** A copy of a repository under the person's own account, with all branches. Returns its full name. */
    fork(repo: string): string {
      const parent = needRole(stage, repo, 'pull');
      // As on GitHub: where one has a repository of that name already, the fork is numbered.
      const taken = new Set([...world.repos.values()].filter(({ owner }) => owner === me).map(({ name }) => name));
      let name = parent.name;
      for (let number = 1; taken.has(name); number += 1) name = `${parent.name}-${number}`;
      const copy = createRepository(world, me.login, name, {
        fork: parent,
        private: parent.private,
        defaultBranch: parent.defaultBranch,
      });
      copy.refs.clear();
      for (const [ref, sha] of parent.refs) if (ref.startsWith('refs/heads/')) copy.refs.set(ref, sha);
      return `${me.login}/${name}`;
    },

    /** Opens a pull request and returns its number. */
    openPull(repo: string, options: OpenPullOptions): number {
      const home = needRole(stage, repo, 'pull');
      const [owner, branch] = options.head.includes(':') ? options.head.split(':') : [home.owner.login, options.head];
      const headRepo =
        owner === home.owner.login
          ? home
          : [...world.repos.values()].find((one) => one.fork === home && one.owner.login === owner);
      if (headRepo === undefined || branch === undefined)
        throw new Error(`no fork of ${repo} belongs to ${owner ?? ''}`);
      return openPull(world, home, doer, {
        title: options.title ?? branch,
        body: options.body ?? null,
        headRepo,
        headRef: branch,
        baseRef: options.base ?? home.defaultBranch,
        draft: options.draft ?? false,
      }).number;
    },

    /** Switches the base branch. */
    retarget(repo: string, number: number, base: string): void {
      retarget(world, authorOrWriter(repo, number), doer, base);
    },

    /** Changes title or body of a pull request or issue. */
    edit(repo: string, number: number, now: { title?: string; body?: string }): void {
      const issue = issueNumbered(repoNamed(world, repo), number);
      if (issue.author !== me) needRole(stage, repo, 'triage');
      editIssue(world, issue, doer, now);
    },

    closePull(repo: string, number: number): void {
      const issue = authorOrWriter(repo, number);
      ejectFromQueue(world, issue);
      closeIssue(world, issue, doer);
    },

    reopenPull(repo: string, number: number): void {
      const issue = authorOrWriter(repo, number);
      if (issue.pull.mergedAt !== null) throw new Error('a merged pull request cannot be reopened');
      reopenIssue(world, issue, doer);
    },

    markReady(repo: string, number: number): void {
      setDraft(world, authorOrWriter(repo, number), doer, false);
    },

    convertToDraft(repo: string, number: number): void {
      setDraft(world, authorOrWriter(repo, number), doer, true);
    },

    /** Reviews a pull request and returns the review's id. Nobody approves their own. */
    review(
      repo: string,
      number: number,
      verdict: 'approve' | 'request changes' | 'comment',
      body = '',
      commit?: string,
    ): number {
      needRole(stage, repo, 'pull');
      const states = { approve: 'APPROVED', 'request changes': 'CHANGES_REQUESTED', comment: 'COMMENTED' } as const;
      const state: Review['state'] = states[verdict];
      return submitReview(world, pullOf(repo, number), doer, {
        state,
        body,
        ...(commit === undefined ? {} : { commit }),
      }).id;
    },

    editReview(repo: string, number: number, review: number, body: string): void {
      const issue = pullOf(repo, number);
      const found = reviewOf(issue, review);
      if (found.author !== me) needRole(stage, repo, 'push');
      editReview(world, issue, found, me, body);
    },

    dismissReview(repo: string, number: number, review: number): void {
      needRole(stage, repo, 'push');
      const issue = pullOf(repo, number);
      dismissReview(world, issue, reviewOf(issue, review), me);
    },

    /** Merges, or says in GitHub's words why it can't be. Required checks bind everyone. */
    merge(repo: string, number: number, method: MergeMethod = 'merge'): MergeAnswer {
      needRole(stage, repo, 'push');
      return mergePull(world, pullOf(repo, number), me, { method });
    },

    /** Adds one pull request, or several as one group, to the merge queue of their base branch. */
    enqueue(repo: string, ...numbers: number[]): MergeAnswer {
      needRole(stage, repo, 'push');
      return enqueue(
        world,
        numbers.map((number) => pullOf(repo, number)),
        me,
      );
    },

    /** Whether a role lets the person push. */
    canPush: (repo: string): boolean => hasRole(world, repoNamed(world, repo), me, 'push'),
  };
};

function reviewOf(issue: PullIssue, id: number): Review {
  const review = issue.pull.reviews.find((candidate) => candidate.id === id);
  if (review === undefined) throw new Error(`#${issue.number} has no review ${id}`);
  return review;
}
