/** What a vote is: one person's answer to one request, bound to what that person was shown. */

import type { Instant, Person, RequestId, Sha } from './identity.ts';

/** Where a vote came from. Only the creation of a comment or review votes. */
export type VoteSource = { readonly kind: 'comment' | 'review'; readonly id: number };

export type Vote = {
  readonly requestId: RequestId;
  readonly voter: Person;
  /**
   * `break-glass` lets through at once, `auto-approve` is what a rule lets its requester through by, and `review` is the
   * later look that is owed for either.
   */
  readonly answer: 'approve' | 'deny' | 'break-glass' | 'auto-approve' | 'review';
  /** `request`: the request itself, which its rule grants at once; `id` is the number of its conversation. */
  readonly source: VoteSource | { readonly kind: 'request'; readonly id: number };
  /** The commit that stood when the vote was given; `null` on access requests, which have none. */
  readonly head: Sha | null;
  readonly castAt: Instant;
  /** The voter's words, as typed; escape before showing. */
  readonly reason: string | null;
  /** By when the review has to be given that is owed for this; only where one is. */
  readonly due?: Instant;
  /** Set when the vote stopped counting: its comment was edited or deleted, its review dismissed. */
  readonly voided: { readonly at: Instant; readonly why: VoidReason } | null;
};

export type VoidReason =
  'comment-edited' | 'comment-deleted' | 'review-dismissed' | 'review-edited' | 'changes-requested';
