/** Finds what timers and webhooks may have missed: ends and deadlines that are over, checks that would become stale. */

import type { Effect } from '../domain/effect.ts';
import { instant, repoId, requestId, sha } from '../domain/identity.ts';
import { isLive, isRoleGrant, isTeamGrant, type Grant } from '../domain/grant.ts';
import { publishCheckpoints } from './checkpoint.ts';
import { byPerson, lookForDrift } from './drift.ts';
import { endDueGrant } from './end-grant.ts';
import { inReach } from './gone.ts';
import { byMember, lookForMembershipDrift } from './membership-drift.ts';
import { rereadMergeGroup } from './merge-queue.ts';
import { discoverRepositories, fetchMissed } from './missed.ts';
import { workOn } from './move-grant.ts';
import { expireRequest } from './perform.ts';
import { watchOverdue } from './overdue.ts';
import { watchOverdueReview } from './overdue-reviews.ts';
import { publishDeployment } from './publish-deployment.ts';
import { publishMergeCheck } from './publish-merge-check.ts';
import { BORN } from './show.ts';
import { holdWaitingRuns, repositoriesToLookAt } from './waiting-runs.ts';
import type { World } from './world.ts';

/** GitHub makes an incomplete check run stale after 14 days; it is replaced well before. Milliseconds. */
const RENEW_AFTER = 10 * 24 * 3600 * 1000;

/** One pass over everything that is due. A part that fails is reported and does not keep the others from being done. */
export async function sweep(world: World): Promise<void> {
  await each(world, 'ending grants that are due', await world.store.dueGrants(), async (grant) => {
    if (isLive(grant)) await endDueGrant(world, grant.id);
    else await remind(world, await inReach(world, [grant]));
    await watchOverdue(world, grant);
  });
  const running = await inReach(world, await world.store.allRunningGrants());
  await each(world, 'looking for drift', byPerson(running.filter(isRoleGrant)), (grants) =>
    lookForDrift(world, grants),
  );
  await each(world, 'looking for drift in teams', byMember(running.filter(isTeamGrant)), (grants) =>
    lookForMembershipDrift(world, grants),
  );
  // GitHub sends no webhook for an invitation that was declined or ran out.
  const found = await inReach(world, await world.store.allRunningGrants());
  await remind(
    world,
    found.filter((grant) => grant.state === 'invited'),
  );
  await each(
    world,
    'beginning access that is due',
    await inReach(world, await world.store.startedRequests()),
    (request) =>
      world.store.commit({ reminders: [{ kind: 'access-issue', requestId: request.id }] }).then(() => undefined),
  );
  await each(world, 'expiring requests', await world.store.overdueRequests(), (request) =>
    expireRequest(world, request.id),
  );
  await each(world, 'watching reviews that are owed', await world.store.overdueReviews(), (review) =>
    watchOverdueReview(world, review),
  );
  await each(world, 'asking for missed webhooks', [false], (always) => fetchMissed(world, always));
  await each(world, 'finding waiting runs', await repositoriesToLookAt(world), (repo) => holdWaitingRuns(world, repo));
  await each(world, 'reading merge groups', await inReach(world, await world.store.unreadMergeGroups()), (group) =>
    rereadMergeGroup(world, group),
  );
  await each(world, 'publishing checkpoints of the audit log', [null], () => publishCheckpoints(world));
  const now = await world.store.now();
  const stale = instant(now - RENEW_AFTER);
  await each(
    world,
    'renewing merge checks',
    await world.store.surfacesShownBefore(`${BORN}merge-check:`, stale),
    async ({ key }) => {
      const [, , id = '', head = ''] = key.split(':');
      const repo = await world.store.repository(repoId(Number(id)));
      if (repo === null) return;
      const waiting = await world.store.mergeRequestsAt(repo.id, sha(head));
      if (waiting.some((request) => request.state === 'pending')) await publishMergeCheck(world, repo, sha(head), true);
    },
  );
  await each(
    world,
    'renewing deployment checks',
    await world.store.surfacesShownBefore(`${BORN}check:`, stale),
    async ({ key }) => {
      const request = await world.store.request(requestId(key.slice(`${BORN}check:`.length)));
      if (request?.state === 'pending') await publishDeployment(world, request.id, true);
    },
  );
}

/**
 * What a start owes: what is due first, then grants that were being given or taken back when the process stopped, every
 * repository that has a policy, webhooks that were missed meanwhile, and repositories that nobody told of. A stop leaves
 * the rest to the next start.
 */
export async function catchUp(world: World, stopping: () => boolean): Promise<void> {
  await sweep(world);
  if (stopping()) return;
  const running = await inReach(world, await world.store.allRunningGrants());
  await remind(
    world,
    running.filter((grant) => grant.state !== 'active' && grant.state !== 'invited'),
  );
  const effects: Effect[] = [];
  const reachable = await inReach(
    world,
    (await world.store.repositories()).map((repo) => ({ repo })),
  );
  for (const { repo } of reachable) {
    const governed = (await world.store.policy(repo.id))?.file.kind === 'found';
    if (governed || (await world.store.openRequests(repo.id)).length > 0) effects.push({ kind: 'reevaluate', repo });
  }
  await world.store.commit({ effects });
  if (stopping()) return;
  await each(world, 'asking for missed webhooks', [true], (always) => fetchMissed(world, always));
  await each(world, 'finding waiting runs', await repositoriesToLookAt(world, true), (repo) =>
    holdWaitingRuns(world, repo, true),
  );
  if (stopping()) return;
  await each(world, 'finding repositories', [world], discoverRepositories);
}

/**
 * Has people's access looked at again, by a job like any other, so that nobody else does it at the same time. What can't
 * be done for days is not asked for anew each minute.
 */
async function remind(world: World, grants: readonly Grant[]): Promise<void> {
  if (grants.length === 0) return;
  await world.store.commit({
    reminders: grants.map(workOn),
  });
}

async function each<T>(
  world: World,
  what: string,
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      world.log.error({ err: error, what }, 'a part of the sweep failed; the next sweep tries again');
    }
  }
}
