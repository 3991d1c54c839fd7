/** How does GitHub show issues, comments, labels and reactions? */

import { stamp, stampOrNull } from '../world/clock.ts';
import { organizationOf } from '../world/find.ts';
import { REACTIONS } from '../world/state.ts';
import type { Account, Comment, Issue, Label, Reaction, Repo, World } from '../world/state.ts';
import { showAccount, showAccountOrNull } from './accounts.ts';
import { showApp } from './apps.ts';
import { repoApi, repoWeb } from './repositories.ts';
import { nodeId, type Shape } from './shape.ts';

/** What the author is to the repository. */
export function association(world: World, repo: Repo, account: Account): string {
  if (repo.owner === account) return 'OWNER';
  if (organizationOf(world, repo.owner)?.members.has(account.id) === true) return 'MEMBER';
  return repo.collaborators.has(account.id) ? 'COLLABORATOR' : 'NONE';
}

export const showLabel = (world: World, repo: Repo, label: Label): Shape => ({
  id: label.id,
  node_id: nodeId('Label', label.id),
  url: `${repoApi(world, repo)}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  description: label.description ?? '',
  color: label.color,
  default: false,
});

const showRollup = (url: string, reactions: readonly Reaction[]): Shape => ({
  url: `${url}/reactions`,
  total_count: reactions.length,
  ...Object.fromEntries(
    REACTIONS.map((content) => [content, reactions.filter((reaction) => reaction.content === content).length]),
  ),
});

export function showIssue(world: World, issue: Issue): Shape {
  const { repo, pull } = issue;
  const api = `${repoApi(world, repo)}/issues/${issue.number}`;
  const web = `${repoWeb(repo)}/${pull === null ? 'issues' : 'pull'}/${issue.number}`;
  const pullApi = `${repoApi(world, repo)}/pulls/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    url: api,
    repository_url: repoApi(world, repo),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    timeline_url: `${api}/timeline`,
    html_url: web,
    number: issue.number,
    title: issue.title,
    user: showAccount(world, issue.author),
    labels: issue.labels.map((label) => showLabel(world, repo, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: false,
    active_lock_reason: null,
    assignee: showAccountOrNull(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((account) => showAccount(world, account)),
    milestone: null,
    comments: issue.comments.length,
    created_at: stamp(issue.createdAt),
    updated_at: stamp(issue.updatedAt),
    closed_at: stampOrNull(issue.closedAt),
    author_association: association(world, repo, issue.author),
    body: issue.body,
    performed_via_github_app: issue.via === null ? null : showApp(world, issue.via),
    reactions: showRollup(api, issue.reactions),
    ...(pull === null
      ? {}
      : {
          draft: pull.draft,
          pull_request: {
            url: pullApi,
            html_url: web,
            diff_url: `${web}.diff`,
            patch_url: `${web}.patch`,
            merged_at: stampOrNull(pull.mergedAt),
          },
        }),
  };
}

/** As `GET .../issues/{issue_number}` answers: with who closed it. */
export const showIssueInFull = (world: World, issue: Issue): Shape => ({
  ...showIssue(world, issue),
  closed_by: showAccountOrNull(world, issue.closedBy),
});

export function showComment(world: World, comment: Comment): Shape {
  const { issue } = comment;
  const { repo } = issue;
  const api = `${repoApi(world, repo)}/issues/comments/${comment.id}`;
  const web = `${repoWeb(repo)}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`;
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: api,
    html_url: `${web}#issuecomment-${comment.id}`,
    issue_url: `${repoApi(world, repo)}/issues/${issue.number}`,
    user: showAccount(world, comment.author),
    created_at: stamp(comment.createdAt),
    updated_at: stamp(comment.updatedAt),
    author_association: association(world, repo, comment.author),
    body: comment.body,
    performed_via_github_app: comment.via === null ? null : showApp(world, comment.via),
    reactions: showRollup(api, comment.reactions),
  };
}

export const showReaction = (world: World, reaction: Reaction): Shape => ({
  id: reaction.id,
  node_id: nodeId('Reaction', reaction.id),
  user: showAccount(world, reaction.author),
  content: reaction.content,
  created_at: stamp(reaction.createdAt),
});
