/** Is the repository that we mean still there, under the name that we know? */

import { installationId, repoId, type InstallationId, type RepoRef } from '../../domain/identity.ts';
import { GitHubRefused, GitHubUnavailable, type GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { wire, type WireRepository } from './wire.ts';

/** The parameters that name a repository in a route. */
export const at = (repo: RepoRef): { readonly owner: string; readonly repo: string } => ({
  owner: repo.owner,
  repo: repo.name,
});

/** This very repository as GitHub shows it now; `GitHubUnavailable` where it does not. */
export async function repositoryOf(client: Client, repo: RepoRef): Promise<WireRepository> {
  const name = `${repo.owner}/${repo.name}`;
  let found;
  try {
    found = await client.get(repo.installationId, 'GET /repos/{owner}/{repo}', at(repo), wire.repository);
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    throw new GitHubUnavailable(`the app cannot read ${name} (${error.message})`, null, { cause: error });
  }
  mustBe(repo, found.id);
  return found;
}

/**
 * Throws `GitHubUnavailable` unless GitHub shows this very repository. GitHub answers 404 for what is not there and for
 * what the app may no longer see: only when the repository itself can be read does a 404 inside it mean "not there".
 */
export async function mustBeThere(client: Client, repo: RepoRef): Promise<void> {
  await repositoryOf(client, repo);
}

/** Throws `GitHubUnavailable` where an answer came from another repository, one that took over the name. */
export function mustBe(repo: RepoRef, id: number): void {
  if (id === repo.id) return;
  const name = `${repo.owner}/${repo.name}`;
  throw new GitHubUnavailable(`${name} is now another repository (${id} instead of ${repo.id})`, null);
}

/** What a request brings; `null` where GitHub refuses it with one of these statuses. */
export async function unless<T>(statuses: readonly number[], request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof GitHubRefused && statuses.includes(error.status)) return null;
    throw error;
  }
}

/** The same for something inside a repository: where it is missing, the repository must be there. */
export async function insideOr<T>(
  client: Client,
  repo: RepoRef,
  request: Promise<T>,
  statuses: readonly number[] = [404],
): Promise<T | null> {
  const found = await unless(statuses, request);
  if (found === null) await mustBeThere(client, repo);
  return found;
}

type Part = Pick<GitHub, 'findRepository' | 'installations' | 'repositories'>;

/** Installations and their repositories. */
export function repositories(client: Client): Part {
  return {
    async findRepository(installation, owner, name) {
      const named = { owner, repo: name };
      // A public repository can be read by every installation: what counts is whose it is.
      const home = await unless(
        [404],
        client.get('app', 'GET /repos/{owner}/{repo}/installation', named, wire.installation),
      );
      if (home?.id !== installation) return null;
      const found = await unless([404], client.get(installation, 'GET /repos/{owner}/{repo}', named, wire.repository));
      return found === null ? null : repoFrom(installation, found);
    },
    async installations() {
      const list = await client.list('app', 'GET /app/installations', {}, wire.installations);
      return list.map(({ id, account, suspended_at }) => ({
        id: installationId(id),
        account: account?.login ?? account?.slug ?? String(id),
        accountId: account?.id ?? null,
        suspended: typeof suspended_at === 'string',
      }));
    },
    async repositories(installation) {
      const list = await client.list(installation, 'GET /installation/repositories', {}, wire.repositories);
      return list.map((found) => repoFrom(installation, found));
    },
  };
}

const repoFrom = (installation: InstallationId, found: WireRepository): RepoRef => ({
  installationId: installation,
  id: repoId(found.id),
  owner: found.owner.login,
  name: found.name,
});
