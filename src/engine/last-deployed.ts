/** Which commit was released to an environment last, and got there? */

import type { RepoRef, Sha } from '../domain/identity.ts';
import { known, unknown, type Known } from '../domain/result.ts';
import type { World } from './world.ts';

/** So many releases are asked about, newest first. */
const LOOK_BACK = 30;

/**
 * The newest commit that was released here and then deployed with success; `null` before the first. Who can push can also
 * say that something was deployed, so only what was released here counts: somebody approved it.
 */
export async function lastDeployed(world: World, repo: RepoRef, environment: string): Promise<Known<Sha | null>> {
  const released = await world.store.releasedDeployments(repo.id, environment);
  for (const { id, sha } of released.slice(0, LOOK_BACK)) {
    if (await world.github.deploymentSucceeded(repo, id)) return known(sha);
  }
  return released.length <= LOOK_BACK
    ? known(null)
    : unknown(`none of the last ${LOOK_BACK} releases to ${environment} succeeded`);
}
