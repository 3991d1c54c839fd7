/** What can be done to issues and their comments? By people and by apps alike; whoever calls has checked the right to it. */

import { newId } from '../world/find.ts';
import { REACTIONS } from '../world/state.ts';
import type { Account, App, Comment, Issue, Label, Reaction, ReactionContent, Repo, World } from '../world/state.ts';
import { showAccount } from '../show/accounts.ts';
import { showComment, showIssue, showLabel } from '../show/issues.ts';
import { showPullInFull } from '../show/pulls.ts';
import type { Shape } from '../show/shape.ts';
import { isPull } from '../world/find.ts';
import { tellAboutRepo } from '../webhooks/emit.ts';

/** Who does it: an account, and the app through which it acts. */
export type Doer = { readonly account: Account; readonly via: App | null };

/** Tells about an issue, or about the pull request that it is. */
export function tellAboutIssue(world: World, issue: Issue, action: string, by: Doer, body: Shape = {}): void {
  const told = isPull(issue)
    ? { event: 'pull_request', body: { number: issue.number, pull_request: showPullInFull(world, issue), ...body } }
    : { event: 'issues', body: { issue: showIssue(world, issue), ...body } };
  tellAboutRepo(world, issue.repo, { ...told, action, sender: by.account });
}

export function openIssue(
  world: World,
  repo: Repo,
  by: Doer,
  draft: { title: string; body: string | null; labels: readonly string[] },
): Issue {
  const now = world.clock.now();
  const issue: Issue = {
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
    labels: draft.labels.map((name) => labelNamed(world, repo, name)),
    comments: [],
    reactions: [],
    assignees: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    pull: null,
  };
  repo.nextNumber += 1;
  repo.issues.set(issue.number, issue);
  tellAboutIssue(world, issue, 'opened', by);
  for (const label of issue.labels)
    tellAboutIssue(world, issue, 'labeled', by, { label: showLabel(world, repo, label) });
  return issue;
}

/** Changes title or body; nothing is told where nothing changes. */
export function editIssue(world: World, issue: Issue, by: Doer, now: { title?: string; body?: string | null }): void {
  const changes: Shape = {};
  if (now.title !== undefined && now.title !== issue.title) {
    changes['title'] = { from: issue.title };
    issue.title = now.title;
  }
  if (now.body !== undefined && now.body !== issue.body) {
    changes['body'] = { from: issue.body ?? '' };
    issue.body = now.body;
  }
  if (Object.keys(changes).length === 0) return;
  touch(world, issue);
  tellAboutIssue(world, issue, 'edited', by, { changes });
}

export function closeIssue(world: World, issue: Issue, by: Doer, reason: Issue['stateReason'] = 'completed'): void {
  if (issue.state === 'closed') return;
  issue.state = 'closed';
  issue.stateReason = issue.pull === null ? reason : null;
  issue.closedAt = world.clock.now();
  issue.closedBy = by.account;
  touch(world, issue);
  tellAboutIssue(world, issue, 'closed', by);
}

export function reopenIssue(world: World, issue: Issue, by: Doer): void {
  if (issue.state === 'open') return;
  issue.state = 'open';
  issue.stateReason = issue.pull === null ? 'reopened' : null;
  issue.closedAt = null;
  issue.closedBy = null;
  touch(world, issue);
  tellAboutIssue(world, issue, 'reopened', by);
}

/** For good, with all that was said. */
export function deleteIssue(world: World, issue: Issue, by: Doer): void {
  issue.repo.issues.delete(issue.number);
  tellAboutIssue(world, issue, 'deleted', by);
}

export function touch(world: World, issue: Issue): void {
  issue.updatedAt = world.clock.now();
}

/** The repository's label of this name; GitHub makes one where there is none. */
function labelNamed(world: World, repo: Repo, name: string): Label {
  const known = repo.labels.get(name.toLowerCase());
  if (known !== undefined) return known;
  const label: Label = { id: newId(world), name, color: 'ededed', description: null };
  repo.labels.set(name.toLowerCase(), label);
  return label;
}

export function addLabels(world: World, issue: Issue, by: Doer, names: readonly string[]): void {
  for (const name of names) {
    const label = labelNamed(world, issue.repo, name);
    if (issue.labels.includes(label)) continue;
    issue.labels.push(label);
    touch(world, issue);
    tellAboutIssue(world, issue, 'labeled', by, { label: showLabel(world, issue.repo, label) });
  }
}

/** `false` where the issue does not carry the label. */
export function removeLabel(world: World, issue: Issue, by: Doer, name: string): boolean {
  const at = issue.labels.findIndex((label) => label.name.toLowerCase() === name.toLowerCase());
  const [label] = at === -1 ? [] : issue.labels.splice(at, 1);
  if (label === undefined) return false;
  touch(world, issue);
  tellAboutIssue(world, issue, 'unlabeled', by, { label: showLabel(world, issue.repo, label) });
  return true;
}

const tellAboutComment = (world: World, comment: Comment, action: string, by: Doer, body: Shape = {}): void => {
  tellAboutRepo(world, comment.issue.repo, {
    event: 'issue_comment',
    action,
    sender: by.account,
    body: { issue: showIssue(world, comment.issue), comment: showComment(world, comment), ...body },
  });
};

export function addComment(world: World, issue: Issue, by: Doer, body: string): Comment {
  const now = world.clock.now();
  const comment: Comment = {
    id: newId(world),
    issue,
    author: by.account,
    via: by.via,
    body,
    createdAt: now,
    updatedAt: now,
    reactions: [],
  };
  issue.comments.push(comment);
  touch(world, issue);
  tellAboutComment(world, comment, 'created', by);
  return comment;
}

export function editComment(world: World, comment: Comment, by: Doer, body: string): void {
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = world.clock.now();
  touch(world, comment.issue);
  tellAboutComment(world, comment, 'edited', by, { changes: { body: { from } } });
}

export function deleteComment(world: World, comment: Comment, by: Doer): void {
  const { comments } = comment.issue;
  comments.splice(comments.indexOf(comment), 1);
  touch(world, comment.issue);
  tellAboutComment(world, comment, 'deleted', by);
}

export function commentById(repo: Repo, id: number): Comment | null {
  for (const issue of repo.issues.values()) {
    const comment = issue.comments.find((candidate) => candidate.id === id);
    if (comment !== undefined) return comment;
  }
  return null;
}

export const isReaction = (content: string): content is ReactionContent =>
  (REACTIONS as readonly string[]).includes(content);

/** One account has each reaction once: a second time gives back the first. Reactions send no webhook. */
export function react(
  world: World,
  on: { readonly reactions: Reaction[] },
  account: Account,
  content: ReactionContent,
): { reaction: Reaction; isNew: boolean } {
  const known = on.reactions.find((reaction) => reaction.author === account && reaction.content === content);
  if (known !== undefined) return { reaction: known, isNew: false };
  const reaction: Reaction = { id: newId(world), author: account, content, createdAt: world.clock.now() };
  on.reactions.push(reaction);
  return { reaction, isNew: true };
}

export function assign(world: World, issue: Issue, by: Doer, account: Account): void {
  if (issue.assignees.includes(account)) return;
  issue.assignees.push(account);
  touch(world, issue);
  tellAboutIssue(world, issue, 'assigned', by, { assignee: showAccount(world, account) });
}
