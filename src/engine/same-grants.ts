/** Are a person's grants on a repository, or of a team, still what they were when a worker read them? */

import type { Grant } from '../domain/grant.ts';
import type { Person } from '../domain/identity.ts';
import { GitHubUnavailable } from './ports.ts';

export const isSame = (before: readonly Grant[], now: readonly Grant[]): boolean =>
  before.length === now.length &&
  before.every(({ id, version }, at) => now[at]?.id === id && now[at].version === version);

/** What a worker throws that was overtaken: its job begins anew. */
export const overtaken = (person: Person): GitHubUnavailable =>
  new GitHubUnavailable(`the grants of account ${person.id} changed meanwhile; it is looked at again`, null);

/** Throws where they are not. A process can stand still for minutes anywhere, and others do its work meanwhile. */
export function mustBeSame(person: Person, before: readonly Grant[], now: readonly Grant[]): void {
  if (!isSame(before, now)) throw overtaken(person);
}
