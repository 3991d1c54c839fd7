/** `pull_request`: which of its actions concern a hold. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { RepositoryEvent, repoOf, Sha, Time } from './payload.ts';

const PullRequest = z.object({
  number: z.int(),
  merged: z.boolean().nullish(),
  created_at: Time,
  updated_at: Time,
  head: z.object({ sha: Sha }),
  base: z.object({ ref: z.string() }),
});

const Payload = RepositoryEvent.extend({
  action: z.string(),
  pull_request: PullRequest,
  changes: z.object({ base: z.unknown().optional() }).optional(),
});

export function fromPullRequest(raw: unknown): DomainEvent | null {
  const payload = Payload.parse(raw);
  const { pull_request: pull, sender } = payload;
  const repo = repoOf(payload);
  const changed = (moved: boolean, pushed: boolean, reopened = false): DomainEvent => ({
    kind: 'pull-changed',
    repo,
    pull: pull.number,
    moved: moved ? { by: sender?.id ?? null, at: pull.updated_at, head: pull.head.sha, base: pull.base.ref } : null,
    pushed,
    reopened,
  });
  switch (payload.action) {
    case 'opened':
    case 'synchronize':
      return changed(true, true);
    case 'reopened':
      return changed(true, false, true);
    case 'edited':
      return changed(payload.changes?.base !== undefined, false);
    case 'ready_for_review':
    case 'converted_to_draft':
    case 'labeled':
    case 'unlabeled':
      return changed(false, false);
    case 'closed':
      return { kind: 'pull-closed', repo, pull: pull.number, merged: pull.merged === true };
    default:
      return null;
  }
}
