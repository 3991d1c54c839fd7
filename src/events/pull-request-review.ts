/** `pull_request_review`: an approving review can count as `/approve`, a changed or dismissed one does not. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef } from '../domain/identity.ts';
import { Account, authorOf, RepositoryEvent, repoOf, Sha, Time } from './payload.ts';

const Review = z.object({
  id: z.int(),
  state: z.string(),
  commit_id: Sha.nullish(),
  user: Account.nullish(),
  submitted_at: Time.nullish(),
  performed_via_github_app: z.unknown().optional(),
});

const Payload = RepositoryEvent.extend({
  action: z.string(),
  pull_request: z.object({ number: z.int() }),
  review: Review,
});

export function fromPullRequestReview(raw: unknown): DomainEvent | null {
  const payload = Payload.parse(raw);
  const { review } = payload;
  const repo = repoOf(payload);
  const source = { kind: 'review', id: review.id } as const;
  switch (payload.action) {
    case 'submitted':
      return submitted(repo, payload.pull_request.number, review);
    case 'edited':
      return { kind: 'vote-source-changed', repo, source, change: 'review-edited', by: payload.sender?.id ?? null };
    case 'dismissed':
      return { kind: 'vote-source-changed', repo, source, change: 'review-dismissed', by: payload.sender?.id ?? null };
    default:
      return null;
  }
}

function submitted(repo: RepoRef, pull: number, review: z.output<typeof Review>): DomainEvent | null {
  const state = review.state.toLowerCase();
  if (!review.user) return null;
  if (state === 'changes_requested')
    return { kind: 'review-withdrawn', repo, pull, reviewId: review.id, by: review.user.id };
  if (state !== 'approved' || !review.commit_id || !review.submitted_at) return null;
  return {
    kind: 'review-approved',
    repo,
    pull,
    reviewId: review.id,
    commit: review.commit_id,
    author: authorOf(review.user, review.performed_via_github_app),
    at: review.submitted_at,
  };
}
