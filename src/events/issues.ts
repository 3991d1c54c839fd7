/** `issues`: an access request is opened or labelled; closing its issue ends it. */

import { z } from 'zod';
import { REQUEST_LABEL } from '../domain/access-form.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef } from '../domain/identity.ts';
import { Account, authorOf, RepositoryEvent, repoOf, Time } from './payload.ts';

const Label = z.object({ name: z.string() });

const Issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  user: Account.nullish(),
  labels: z.array(Label).nullish(),
  state: z.string().optional(),
  created_at: Time,
  pull_request: z.unknown().optional(),
  performed_via_github_app: z.unknown().optional(),
});

const Payload = RepositoryEvent.extend({
  action: z.string(),
  issue: Issue,
  label: Label.optional(),
  changes: z.object({ title: z.unknown().optional(), body: z.unknown().optional() }).optional(),
});

export function fromIssues(raw: unknown): DomainEvent | null {
  const payload = Payload.parse(raw);
  const { issue } = payload;
  if (issue.pull_request !== undefined && issue.pull_request !== null) return null;
  const repo = repoOf(payload);
  // An issue asks for its author, but others may label it, move it here or change its text: only what the author did asks.
  const byAuthor = isBy(payload.sender, issue.user);
  switch (payload.action) {
    case 'opened':
      return byAuthor ? openedEvent(repo, issue) : null;
    case 'labeled':
      return byAuthor && payload.label?.name === REQUEST_LABEL ? openedEvent(repo, issue) : null;
    case 'edited':
      // A form that could not be read is read again when its author repairs it; another title repairs nothing.
      return byAuthor && !onlyTitle(payload.changes) ? openedEvent(repo, issue) : null;
    case 'closed':
    case 'deleted':
    case 'transferred':
      return { kind: 'issue-closed', repo, number: issue.number, by: payload.sender?.id ?? null };
    default:
      return null;
  }
}

/** Nobody known is nobody's author. */
const isBy = (sender: Who, author: Who): boolean => sender?.id !== undefined && sender.id === author?.id;

type Who = z.output<typeof Payload>['sender'];

const onlyTitle = (changes: z.output<typeof Payload>['changes']): boolean =>
  changes?.title !== undefined && changes.body === undefined;

function openedEvent(repo: RepoRef, issue: z.output<typeof Issue>): DomainEvent | null {
  if (!issue.user || issue.state === 'closed') return null;
  return {
    kind: 'issue-opened',
    repo,
    number: issue.number,
    author: authorOf(issue.user, issue.performed_via_github_app),
    title: issue.title,
    body: issue.body ?? '',
    labels: (issue.labels ?? []).map((label) => label.name),
    at: issue.created_at,
  };
}
