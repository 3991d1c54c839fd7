/** The parts of webhook payloads that we read, checked as they come in. Unknown fields are let through. */

import { z } from 'zod';
import type { Author } from '../domain/event.ts';
import {
  installationId,
  instant,
  repoId,
  sha,
  userId,
  type Instant,
  type Person,
  type RepoRef,
} from '../domain/identity.ts';

export const Sha = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/iu)
  .transform(sha);

/** An ISO 8601 time as GitHub writes it, or seconds since 1970 as `push` payloads have it. */
export const Time = z.union([z.string(), z.number()]).transform((value, context): Instant => {
  const at = typeof value === 'number' ? value * 1000 : Date.parse(value);
  if (Number.isNaN(at)) {
    context.addIssue({ code: 'custom', message: 'not a time' });
    return z.NEVER;
  }
  return instant(at);
});

export const Account = z
  .object({ id: z.int(), login: z.string(), type: z.string().optional() })
  .transform((account) => ({ id: userId(account.id), login: account.login, type: account.type ?? null }));
export type Account = z.output<typeof Account>;

const Repository = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string().optional(),
});

const Installation = z.object({ id: z.int() });

/** What every event about a repository carries. GitHub leaves the sender out of some that nobody in particular caused. */
export const RepositoryEvent = z.object({
  repository: Repository,
  installation: Installation,
  sender: Account.nullish(),
});

/** Events about a whole installation or organisation. */
export const InstallationEvent = z.object({ installation: Installation, sender: Account.nullish() });

export function repoOf(payload: {
  readonly repository: z.output<typeof Repository>;
  readonly installation: { readonly id: number };
}): RepoRef {
  return {
    installationId: installationId(payload.installation.id),
    id: repoId(payload.repository.id),
    owner: payload.repository.owner.login,
    name: payload.repository.name,
  };
}

/** A repository as installation events list it, by full name. */
export const ListedRepository = z.object({ id: z.int(), full_name: z.string().regex(/^[^/]+\/[^/]+$/u) });

export function listedRepo(installation: number, listed: z.output<typeof ListedRepository>): RepoRef {
  const [owner = '', name = ''] = listed.full_name.split('/');
  return { installationId: installationId(installation), id: repoId(listed.id), owner, name };
}

export const personOf = (account: Account): Person => ({ id: account.id, login: account.login });

/** The author of a comment or review. Only an account of type User that typed it itself counts as a person. */
export const authorOf = (account: Account, viaApp: unknown): Author => ({
  ...personOf(account),
  automated: account.type !== 'User' || (viaApp !== null && viaApp !== undefined),
});

/** Removes `refs/heads/` or `refs/tags/`. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(?:heads|tags)\//u, '');
