/** Are a person's grants on a repository still what they were when a worker read them? */

import type { Grant } from '../domain/grant.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { GitHubUnavailable } from './ports.ts';
import type { World } from './world.ts';

export const isSame = (before: readonly Grant[], now: readonly Grant[]): boolean =>
  before.length === now.length &&
  before.every(({ id, version }, at) => now[at]?.id === id && now[at].version === version);

/** What a worker throws that was overtaken: its job begins anew. */
export const overtaken = (person: Person): GitHubUnavailable =>
  new GitHubUnavailable(`the grants of account ${person.id} changed meanwhile; it is looked at again`, null);

/** Throws where they are not. A process can stand still for minutes anywhere, and others do its work meanwhile. */
export async function mustBeSame(world: World, repo: RepoRef, person: Person, grants: readonly Grant[]): Promise<void> {
  if (!isSame(grants, await world.store.runningGrants(repo.id, person.id))) throw overtaken(person);
}
