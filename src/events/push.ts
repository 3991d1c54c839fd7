/** `push`: somebody pushed commits, and on the default branch perhaps another policy. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { RepositoryEvent, repoOf, Sha, Time } from './payload.ts';

const Paths = z.array(z.string()).nullish();

const Commit = z.object({ id: Sha.optional(), added: Paths, modified: Paths, removed: Paths });

const Payload = RepositoryEvent.extend({
  ref: z.string(),
  after: Sha,
  deleted: z.boolean().optional(),
  forced: z.boolean().optional(),
  commits: z.array(Commit).nullish(),
  repository: RepositoryEvent.shape.repository.extend({ pushed_at: Time.nullish().catch(null) }),
});

/** Files whose change can alter a decision. */
const GOVERNING = /^(?:\.jit-policy\.ya?ml|\.github\/\.jit-policy\.ya?ml|(?:\.github\/|docs\/)?CODEOWNERS)$/u;

/** A push lists at most this many commits: beyond, anything can have changed. */
const LISTED_COMMITS = 2048;

export function fromPush(raw: unknown): DomainEvent {
  const payload = Payload.parse(raw);
  const commits = payload.commits ?? [];
  const isDefault = payload.ref === `refs/heads/${payload.repository.default_branch ?? ''}`;
  return {
    kind: 'branch-pushed',
    repo: repoOf(payload),
    ref: payload.ref,
    head: payload.deleted === true || /^0+$/u.test(payload.after) ? null : payload.after,
    commits: commits.flatMap(({ id }) => id ?? []),
    by: payload.sender?.id ?? null,
    at: payload.repository.pushed_at ?? null,
    isDefault,
    touchesPolicy: isDefault && touchesPolicy(commits, payload.forced === true),
  };
}

function touchesPolicy(commits: readonly z.output<typeof Commit>[], forced: boolean): boolean {
  const touched = commits.some((commit) =>
    [...(commit.added ?? []), ...(commit.modified ?? []), ...(commit.removed ?? [])].some((path) =>
      GOVERNING.test(path),
    ),
  );
  // A forced push takes commits away and lists none of them.
  return touched || forced || commits.length === 0 || commits.length >= LISTED_COMMITS;
}
