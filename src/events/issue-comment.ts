/** `issue_comment`: commands are read from new comments; a changed or deleted one takes its vote back. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { Account, authorOf, RepositoryEvent, repoOf, Time } from './payload.ts';

const Payload = RepositoryEvent.extend({
  action: z.string(),
  issue: z.object({ number: z.int(), pull_request: z.unknown().optional() }),
  comment: z.object({
    id: z.int(),
    body: z.string().nullish(),
    user: Account.nullish(),
    created_at: Time,
    performed_via_github_app: z.unknown().optional(),
  }),
  changes: z.object({ body: z.unknown().optional() }).optional(),
});

export function fromIssueComment(raw: unknown): DomainEvent | null {
  const payload = Payload.parse(raw);
  const { comment, issue } = payload;
  const repo = repoOf(payload);
  const source = { kind: 'comment', id: comment.id } as const;
  switch (payload.action) {
    case 'created':
      if (!comment.user) return null;
      return {
        kind: 'comment-created',
        repo,
        number: issue.number,
        isPull: issue.pull_request !== undefined && issue.pull_request !== null,
        commentId: comment.id,
        author: authorOf(comment.user, comment.performed_via_github_app),
        body: comment.body ?? '',
        at: comment.created_at,
      };
    case 'edited':
      if (payload.changes?.body === undefined) return null;
      return { kind: 'vote-source-changed', repo, source, change: 'comment-edited', by: payload.sender?.id ?? null };
    case 'deleted':
      return { kind: 'vote-source-changed', repo, source, change: 'comment-deleted', by: payload.sender?.id ?? null };
    default:
      return null;
  }
}
