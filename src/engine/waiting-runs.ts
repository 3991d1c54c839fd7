/** Finds workflow runs that wait for an answer and that no webhook told of. */

import { instant, type RepoRef } from '../domain/identity.ts';
import { isDeployment, isOpen, runKey, type DeploymentRequest } from '../domain/request.ts';
import { holdDeployment } from './hold-deployment.ts';
import { inReach } from './gone.ts';
import { isLeft } from './leave-unanswered.ts';
import { lastPolicy, readPolicy } from './policy.ts';
import type { Run } from './ports.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
/** How often GitHub is asked, at most. A list that did not change is answered with 304 and costs nothing. */
const EVERY = 5 * MINUTE;
/** Webhooks of a run that began just now are on their way. */
const YOUNG = MINUTE;
/** A released run that waits on, for somebody else's rule perhaps, is answered again this often at most. */
const AGAIN_EVERY = 60 * MINUTE;
/** Under this key stands when GitHub was last asked. */
const LAST_LOOK = 'waiting-runs';

/** The repositories whose waiting runs are to be looked at now: those with a policy that may hold deployments. */
export async function repositoriesToLookAt(world: World, always = false): Promise<readonly RepoRef[]> {
  const now = await world.store.now();
  const last = (await world.store.surface(LAST_LOOK))?.shownAt ?? instant(0);
  if (!always && now - last < EVERY) return [];
  await world.store.saveSurface({ key: LAST_LOOK, githubId: null, digest: String(now) });
  const governed: RepoRef[] = [];
  const all = (await world.store.repositories()).map((repo) => ({ repo }));
  for (const { repo } of await inReach(world, all)) if (await mayHold(world, repo)) governed.push(repo);
  return governed;
}

async function mayHold(world: World, repo: RepoRef): Promise<boolean> {
  // Never read is not absent: nobody has told of anything in this repository yet.
  const policy = (await lastPolicy(world, repo)) ?? (await readPolicy(world, repo));
  if (policy.kind === 'present') return policy.policy.gates.some((gate) => gate.on === 'deployment');
  return policy.kind === 'invalid';
}

/** Holds, or answers, what waits in a repository's runs as the webhook would have asked. `always` takes young runs too. */
export async function holdWaitingRuns(world: World, repo: RepoRef, always = false): Promise<void> {
  const now = await world.store.now();
  for (const run of await world.github.waitingRuns(repo)) {
    if (!always && run.startedAt !== null && now - run.startedAt < YOUNG) continue;
    for (const environment of await world.github.pendingEnvironments(repo, run.id)) {
      await holdWaiting(world, repo, run, environment);
    }
  }
}

async function holdWaiting(world: World, repo: RepoRef, run: Run, environment: string): Promise<void> {
  const request = await world.store.lastRequestByKey(runKey(repo, environment, run));
  const held = request !== null && isDeployment(request) ? request : null;
  if (held !== null && !(await asksAgain(world, held))) return;
  if (await isLeft(world, repo, environment, run)) return;
  if (!(await world.github.hasOwnRule(repo, environment))) return;
  world.log.warn({ repo: repo.id, run: run.id, environment }, 'a run waits that no webhook told of');
  await holdDeployment(world, {
    kind: 'deployment-asked',
    repo,
    environment,
    deploymentId: await world.github.deploymentOf(repo, run.headSha, environment),
    sha: null,
    ref: null,
    runId: run.id,
    rule: true,
    creator: run.triggeringActor,
    at: run.startedAt,
  });
}

/** Whether a request that is there has something to be told: its rule waits though it does not know, or waits anew. */
async function asksAgain(world: World, request: DeploymentRequest): Promise<boolean> {
  if (isOpen(request)) return !request.subject.ruleWaits;
  if (request.state === 'closed') return true;
  if (request.state !== 'released') return false;
  const key = `again:${request.id}`;
  const last = (await world.store.surface(key))?.shownAt ?? instant(0);
  if ((await world.store.now()) - last < AGAIN_EVERY) return false;
  await world.store.saveSurface({ key, githubId: null, digest: '' });
  return true;
}
