/** `merge_group`: a merge queue asks whether a group of pull requests may be merged. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { RepositoryEvent, repoOf, Sha, shortRef } from './payload.ts';

const Payload = RepositoryEvent.extend({
  action: z.string(),
  merge_group: z.object({ head_sha: Sha, head_ref: z.string(), base_sha: Sha, base_ref: z.string() }),
});

export function fromMergeGroup(raw: unknown): DomainEvent | null {
  const payload = Payload.parse(raw);
  const { merge_group: group } = payload;
  const repo = repoOf(payload);
  switch (payload.action) {
    case 'checks_requested':
      return {
        kind: 'merge-group-asked',
        repo,
        head: group.head_sha,
        headRef: group.head_ref,
        base: shortRef(group.base_ref),
        baseSha: group.base_sha,
      };
    case 'destroyed':
      return { kind: 'merge-group-ended', repo, head: group.head_sha };
    default:
      return null;
  }
}
