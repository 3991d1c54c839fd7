/** What does a person say: issues, comments, labels, reactions, and buttons of checks? */

import { pressButton, suiteOf, tellAboutCheck, tellAboutSuite } from '../acts/checks.ts';
import {
  addComment,
  addLabels,
  assign,
  closeIssue,
  commentById,
  deleteComment,
  deleteIssue,
  editComment,
  openIssue,
  react,
  removeLabel,
  reopenIssue,
  type Doer,
} from '../acts/conversation.ts';
import { accountNamed, issueNumbered, repoNamed } from '../world/find.ts';
import type { CheckRun, Comment, Issue, ReactionContent } from '../world/state.ts';
import { needRole, type Stage } from './actor.ts';

export const talkActs = (stage: Stage) => {
  const { world, me } = stage;
  const doer: Doer = { account: me, via: null };

  const issueOf = (repo: string, number: number): Issue => issueNumbered(needRole(stage, repo, 'pull'), number);

  /** Everyone may change what they wrote themselves; a writer may change what anyone wrote. */
  const ownComment = (repo: string, id: number): Comment => {
    const comment = commentById(repoNamed(world, repo), id);
    if (comment === null) throw new Error(`${repo} has no comment ${id}`);
    if (comment.author !== me) needRole(stage, repo, 'push');
    return comment;
  };

  const checkOf = (repo: string, id: number): CheckRun => {
    const check = needRole(stage, repo, 'push').checks.find((candidate) => candidate.id === id);
    if (check === undefined) throw new Error(`${repo} has no check run ${id}`);
    return check;
  };

  return {
    /** Opens an issue and returns its number. Labels need triage; those of an issue form come with the form. */
    openIssue(repo: string, draft: { title: string; body?: string; labels?: readonly string[] }): number {
      const { title, body = null, labels = [] } = draft;
      return openIssue(world, needRole(stage, repo, 'pull'), doer, { title, body, labels }).number;
    },

    closeIssue(repo: string, number: number): void {
      const issue = issueOf(repo, number);
      if (issue.author !== me) needRole(stage, repo, 'triage');
      closeIssue(world, issue, doer);
    },

    /** Deletes an issue for good, as only an administrator can. */
    deleteIssue(repo: string, number: number): void {
      needRole(stage, repo, 'admin');
      deleteIssue(world, issueOf(repo, number), doer);
    },

    reopenIssue(repo: string, number: number): void {
      const issue = issueOf(repo, number);
      if (issue.author !== me) needRole(stage, repo, 'triage');
      reopenIssue(world, issue, doer);
    },

    /** Comments on an issue or pull request and returns the comment's id. */
    comment(repo: string, number: number, body: string): number {
      return addComment(world, issueOf(repo, number), doer, body).id;
    },

    editComment(repo: string, id: number, body: string): void {
      editComment(world, ownComment(repo, id), doer, body);
    },

    deleteComment(repo: string, id: number): void {
      deleteComment(world, ownComment(repo, id), doer);
    },

    react(repo: string, commentId: number, content: ReactionContent): void {
      const comment = commentById(needRole(stage, repo, 'pull'), commentId);
      if (comment === null) throw new Error(`${repo} has no comment ${commentId}`);
      react(world, comment, me, content);
    },

    label(repo: string, number: number, ...names: string[]): void {
      needRole(stage, repo, 'triage');
      addLabels(world, issueOf(repo, number), doer, names);
    },

    unlabel(repo: string, number: number, name: string): void {
      needRole(stage, repo, 'triage');
      removeLabel(world, issueOf(repo, number), doer, name);
    },

    assign(repo: string, number: number, login: string): void {
      needRole(stage, repo, 'triage');
      assign(world, issueOf(repo, number), doer, accountNamed(world, login));
    },

    /** Presses a button of a completed check run. */
    clickCheckButton(repo: string, checkId: number, identifier: string): void {
      pressButton(world, checkOf(repo, checkId), me, identifier);
    },

    /** "Re-run" of one check. */
    rerequestCheck(repo: string, checkId: number): void {
      const check = checkOf(repo, checkId);
      tellAboutCheck(world, check, 'rerequested', me, check.app);
    },

    /** "Re-run all checks" of an app on a commit. */
    rerequestSuite(repo: string, sha: string, appId: number): void {
      const home = needRole(stage, repo, 'push');
      const app = world.apps.get(appId);
      if (app === undefined) throw new Error(`there is no app ${appId}`);
      tellAboutSuite(world, suiteOf(world, home, app, sha, null, null), 'rerequested', me);
    },
  };
};
