/** Which calls are there for issues, comments, labels and reactions? */

import {
  addComment,
  addLabels,
  closeIssue,
  commentById,
  deleteComment,
  editComment,
  editIssue,
  isReaction,
  openIssue,
  react,
  removeLabel,
  reopenIssue,
  type Doer,
} from '../acts/conversation.ts';
import { newId } from '../world/find.ts';
import type { Comment, Issue, Reaction } from '../world/state.ts';
import { showComment, showIssue, showIssueInFull, showLabel, showReaction } from '../show/issues.ts';
import { idParam, neededText, oneOf, param, text, texts } from '../http/input.ts';
import { listed } from '../http/pages.ts';
import { answers, invalid, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';

const { ok, created, nothing } = answers;

/** GitHub takes no longer text. */
const LONGEST_BODY = 65_536;

const doer = ({ app }: Context): Doer => ({ account: app.bot, via: app });

function issueIn(context: Context): Issue {
  const issue = context.repo.issues.get(idParam(context, 'issue_number'));
  if (issue === undefined) throw notFound();
  return issue;
}

function commentIn(context: Context): Comment {
  const comment = commentById(context.repo, idParam(context, 'comment_id'));
  if (comment === null) throw notFound();
  return comment;
}

function bounded(body: string): string {
  if (body.length > LONGEST_BODY) throw invalid(`body is too long (maximum is ${LONGEST_BODY} characters)`);
  return body;
}

function list(context: Context): Answer {
  const { world, repo, query } = context;
  const state = query.get('state') ?? 'open';
  const since = query.get('since');
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = query.get('creator')?.replace(/^app\/(.+)$/u, '$1[bot]');
  const found = [...repo.issues.values()]
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => creator === undefined || issue.author.login.toLowerCase() === creator.toLowerCase())
    .filter((issue) =>
      labels.every((name) => issue.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())),
    )
    .filter((issue) => since === null || issue.updatedAt >= Date.parse(since));
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const upwards = query.get('direction') === 'asc';
  const sorted = found.toSorted((a, b) => (upwards ? 1 : -1) * (a[key] - b[key] || a.number - b.number));
  return listed(context, sorted, (issue) => showIssue(world, issue));
}

function create(context: Context): Answer {
  const { world, repo, body } = context;
  const issue = openIssue(world, repo, doer(context), {
    title: neededText(body, 'title'),
    body: bounded(text(body, 'body') ?? ''),
    labels: texts(body, 'labels') ?? [],
  });
  return created(showIssueInFull(world, issue));
}

function update(context: Context): Answer {
  const { world, body } = context;
  const issue = issueIn(context);
  const by = doer(context);
  const title = text(body, 'title');
  const newBody = text(body, 'body');
  editIssue(world, issue, by, {
    ...(title === undefined ? {} : { title }),
    ...(newBody === undefined ? {} : { body: bounded(newBody) }),
  });
  const labels = texts(body, 'labels');
  if (labels !== undefined) setLabels(context, issue, labels);
  const state = oneOf(body, 'state', ['open', 'closed'] as const);
  if (state === 'closed') {
    closeIssue(
      world,
      issue,
      by,
      oneOf(body, 'state_reason', ['completed', 'not_planned', 'duplicate'] as const) ?? 'completed',
    );
  }
  if (state === 'open') reopenIssue(world, issue, by);
  return ok(showIssueInFull(world, issue));
}

function setLabels(context: Context, issue: Issue, names: readonly string[]): void {
  const wanted = names.map((name) => name.toLowerCase());
  const gone = issue.labels.filter((label) => !wanted.includes(label.name.toLowerCase()));
  for (const label of gone) removeLabel(context.world, issue, doer(context), label.name);
  addLabels(context.world, issue, doer(context), names);
}

const labelsOf = (context: Context, issue: Issue): Answer =>
  ok(issue.labels.map((label) => showLabel(context.world, issue.repo, label)));

/** The body is an object, or a bare list of names. */
function labelNames(context: Context): string[] {
  return texts(context.body, 'labels') ?? texts(context.body, '') ?? [];
}

function addReaction(context: Context, on: { readonly reactions: Reaction[] }): Answer {
  const content = neededText(context.body, 'content');
  if (!isReaction(content)) throw invalid(`${content} is not a reaction`);
  const { reaction, isNew } = react(context.world, on, context.app.bot, content);
  return { status: isNew ? 201 : 200, body: showReaction(context.world, reaction) };
}

function dropReaction(context: Context, on: { readonly reactions: Reaction[] }): Answer {
  const at = on.reactions.findIndex((reaction) => reaction.id === idParam(context, 'reaction_id'));
  if (at === -1) throw notFound();
  if (on.reactions[at]?.author !== context.app.bot)
    throw new Refusal(problem(403, 'Resource not accessible by integration'));
  on.reactions.splice(at, 1);
  return nothing;
}

const listReactions = (context: Context, on: { readonly reactions: readonly Reaction[] }): Answer => {
  const content = context.query.get('content');
  const found = on.reactions.filter((reaction) => content === null || reaction.content === content);
  return listed(context, found, (reaction) => showReaction(context.world, reaction));
};

// One of the two is enough, as GitHub documents it for calls that serve issues and pull requests alike.
const reading = { audience: 'installation', needs: ['issues:read', 'pull_requests:read'] } as const;
const writing = { audience: 'installation', needs: ['issues:write', 'pull_requests:write'] } as const;
const repo = '/repos/{owner}/{repo}';

export const issueRoutes: readonly Route[] = [
  { method: 'GET', path: `${repo}/issues`, operation: 'issues/list-for-repo', ...reading, handle: list },
  {
    method: 'POST',
    path: `${repo}/issues`,
    operation: 'issues/create',
    audience: 'installation',
    needs: ['issues:write'],
    handle: create,
  },
  {
    method: 'GET',
    path: `${repo}/issues/{issue_number}`,
    operation: 'issues/get',
    ...reading,
    handle: (context) => ok(showIssueInFull(context.world, issueIn(context))),
  },
  { method: 'PATCH', path: `${repo}/issues/{issue_number}`, operation: 'issues/update', ...writing, handle: update },
  {
    method: 'GET',
    path: `${repo}/issues/{issue_number}/comments`,
    operation: 'issues/list-comments',
    ...reading,
    handle: (context) => {
      const since = context.query.get('since');
      const found = issueIn(context).comments.filter((one) => since === null || one.updatedAt >= Date.parse(since));
      return listed(context, found, (comment) => showComment(context.world, comment));
    },
  },
  {
    method: 'POST',
    path: `${repo}/issues/{issue_number}/comments`,
    operation: 'issues/create-comment',
    ...writing,
    handle: (context) => {
      const body = bounded(neededText(context.body, 'body'));
      return created(showComment(context.world, addComment(context.world, issueIn(context), doer(context), body)));
    },
  },
  {
    method: 'GET',
    path: `${repo}/issues/comments/{comment_id}`,
    operation: 'issues/get-comment',
    ...reading,
    handle: (context) => ok(showComment(context.world, commentIn(context))),
  },
  {
    method: 'PATCH',
    path: `${repo}/issues/comments/{comment_id}`,
    operation: 'issues/update-comment',
    ...writing,
    handle: (context) => {
      const comment = commentIn(context);
      editComment(context.world, comment, doer(context), bounded(neededText(context.body, 'body')));
      return ok(showComment(context.world, comment));
    },
  },
  {
    method: 'DELETE',
    path: `${repo}/issues/comments/{comment_id}`,
    operation: 'issues/delete-comment',
    ...writing,
    handle: (context) => {
      deleteComment(context.world, commentIn(context), doer(context));
      return nothing;
    },
  },
  {
    method: 'GET',
    path: `${repo}/issues/{issue_number}/labels`,
    operation: 'issues/list-labels-on-issue',
    ...reading,
    handle: (context) => {
      const issue = issueIn(context);
      return listed(context, issue.labels, (label) => showLabel(context.world, issue.repo, label));
    },
  },
  {
    method: 'POST',
    path: `${repo}/issues/{issue_number}/labels`,
    operation: 'issues/add-labels',
    ...writing,
    handle: (context) => {
      const issue = issueIn(context);
      addLabels(context.world, issue, doer(context), labelNames(context));
      return labelsOf(context, issue);
    },
  },
  {
    method: 'PUT',
    path: `${repo}/issues/{issue_number}/labels`,
    operation: 'issues/set-labels',
    ...writing,
    handle: (context) => {
      const issue = issueIn(context);
      setLabels(context, issue, labelNames(context));
      return labelsOf(context, issue);
    },
  },
  {
    method: 'DELETE',
    path: `${repo}/issues/{issue_number}/labels/{name}`,
    operation: 'issues/remove-label',
    ...writing,
    handle: (context) => {
      const issue = issueIn(context);
      if (!removeLabel(context.world, issue, doer(context), param(context, 'name'))) {
        throw new Refusal(problem(404, 'Label does not exist'));
      }
      return labelsOf(context, issue);
    },
  },
  {
    method: 'GET',
    path: `${repo}/labels`,
    operation: 'issues/list-labels-for-repo',
    ...reading,
    handle: (context) =>
      listed(context, [...context.repo.labels.values()], (label) => showLabel(context.world, context.repo, label)),
  },
  {
    method: 'POST',
    path: `${repo}/labels`,
    operation: 'issues/create-label',
    ...writing,
    handle: (context) => {
      const { world, body } = context;
      const name = neededText(body, 'name');
      if (context.repo.labels.has(name.toLowerCase())) {
        throw new Refusal(
          problem(422, 'Validation Failed', [{ resource: 'Label', code: 'already_exists', field: 'name' }]),
        );
      }
      const label = {
        id: newId(world),
        name,
        color: text(body, 'color') ?? 'ededed',
        description: text(body, 'description') ?? null,
      };
      context.repo.labels.set(name.toLowerCase(), label);
      return created(showLabel(world, context.repo, label));
    },
  },
  {
    method: 'GET',
    path: `${repo}/issues/comments/{comment_id}/reactions`,
    operation: 'reactions/list-for-issue-comment',
    ...reading,
    handle: (context) => listReactions(context, commentIn(context)),
  },
  {
    method: 'POST',
    path: `${repo}/issues/comments/{comment_id}/reactions`,
    operation: 'reactions/create-for-issue-comment',
    ...writing,
    handle: (context) => addReaction(context, commentIn(context)),
  },
  {
    method: 'DELETE',
    path: `${repo}/issues/comments/{comment_id}/reactions/{reaction_id}`,
    operation: 'reactions/delete-for-issue-comment',
    ...writing,
    handle: (context) => dropReaction(context, commentIn(context)),
  },
  {
    method: 'GET',
    path: `${repo}/issues/{issue_number}/reactions`,
    operation: 'reactions/list-for-issue',
    ...reading,
    handle: (context) => listReactions(context, issueIn(context)),
  },
  {
    method: 'POST',
    path: `${repo}/issues/{issue_number}/reactions`,
    operation: 'reactions/create-for-issue',
    ...writing,
    handle: (context) => addReaction(context, issueIn(context)),
  },
];
