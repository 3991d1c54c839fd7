/** Which commit was released to an environment last, and got there? */

import type { Sha } from '../domain/identity.ts';
import { isOpen, type DeploymentRequest } from '../domain/request.ts';
import { known, unknown, type Known } from '../domain/result.ts';
import type { World } from './world.ts';

/** So many releases are asked about, newest first. */
const LOOK_BACK = 30;

/**
 * The newest commit that was released here and then deployed with success; `null` before the first. Who can push can also
 * say that something was deployed, so only what was released here counts: somebody approved it. Of a request that is over
 * it is what was there before: itself it may be the last by now, and still brought all that came since.
 */
export async function lastDeployed(world: World, request: DeploymentRequest): Promise<Known<Sha | null>> {
  const { repo, subject } = request;
  const { environment } = subject;
  const before = isOpen(request) ? null : request.id;
  const released = await world.store.releasedDeployments(repo.id, environment, before);
  for (const { id, sha } of released.slice(0, LOOK_BACK)) {
    if (await world.github.deploymentSucceeded(repo, id)) return known(sha);
  }
  return released.length <= LOOK_BACK
    ? known(null)
    : unknown(`none of the last ${LOOK_BACK} releases to ${environment} succeeded`);
}
