/** What a person hands in when they vote: who, where, when, and for which commit. */

import type { Command } from '../domain/command-arguments.ts';
import type { Instant, Person, Sha } from '../domain/identity.ts';
import type { VoteSource } from '../domain/vote.ts';

export type Ballot = {
  readonly voter: Person;
  readonly source: VoteSource;
  /** When the comment was made, by GitHub's clock. */
  readonly at: Instant;
  /** The commit that a review was given for; `null` for comments, which name none by themselves. */
  readonly reviewed: Sha | null;
};

export type VoteCommand = Extract<Command, { kind: 'approve' | 'deny' }>;
