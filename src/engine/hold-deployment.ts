/** Holds a deployment by one request, whichever webhook tells of it first. */

import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef, Sha } from '../domain/identity.ts';
import { isDeployment, isOpen, requestKey, type DeploymentRequest } from '../domain/request.ts';
import { effectsOf, step } from '../domain/settle.ts';
import { environmentKey, type DeploymentSubject } from '../domain/subject.ts';
import { answerAgain } from './answer-rule.ts';
import { evaluate } from './evaluate.ts';
import { leaveMismatched, leaveUnread } from './leave-unanswered.ts';
import { moveRequest } from './move-request.ts';
import { openDeployment } from './open-deployment.ts';
import { unread } from './policy.ts';
import type { Change, Run } from './ports.ts';
import { commit, type World } from './world.ts';

type Asked = Extract<DomainEvent, { kind: 'deployment-asked' }>;

/** Holds a deployment, or adds to the request that holds it what another webhook knew of it. */
export async function holdDeployment(world: World, event: Asked): Promise<void> {
  const run = event.runId === null ? null : await world.github.run(event.repo, event.runId);
  if (event.runId !== null && run === null) {
    await leaveUnread(world, event, event.runId);
    return;
  }
  if (run?.status === 'completed') return;
  if (run !== null && namesAnotherCommit(event, run)) {
    await leaveMismatched(world, event, run);
    return;
  }
  const subject = subjectOf(event, run);
  if (subject === null) {
    world.log.warn(
      { repo: event.repo.id, environment: event.environment },
      'a deployment names neither commit nor run; it stays unanswered',
    );
    return;
  }
  if (await isCovered(world, event.repo, subject)) return;
  await commit(world, async () => {
    const standing = await standingRequest(world, event.repo, subject);
    if (standing !== null) return { change: joined(standing, subject), value: null };
    return { change: await openDeployment(world, event, subject, run?.startedAt ?? null), value: null };
  });
}

/**
 * One more job of a released run that waits for the same environment. What was approved is this attempt of the run and
 * this commit, so it goes ahead too, as long as the votes still approve it under the policy of this moment.
 */
async function isCovered(world: World, repo: RepoRef, subject: DeploymentSubject): Promise<boolean> {
  if (!subject.ruleWaits || subject.run === null) return false;
  const before = await world.store.lastRequestByKey(requestKey(repo, subject, null));
  if (before === null || !isDeployment(before) || before.state !== 'released') return false;
  if (before.subject.sha !== subject.sha) return false;
  const { policy, decision } = await evaluate(world, before);
  if (policy.kind === 'unreachable') throw unread(policy);
  if (decision.verdict !== 'approved' && decision.verdict !== 'none') return false;
  await answerAgain(world, before);
  return true;
}

/** A run that is over asks for nothing any more. */
export async function closeRun(world: World, repo: RepoRef, runId: number, attempt: number): Promise<void> {
  for (const request of await world.store.openRequests(repo.id)) {
    if (!isDeployment(request)) continue;
    const { run } = request.subject;
    if (run?.id !== runId || run.attempt > attempt) continue;
    // One that is approved is being answered: its answer decides, not the run's end that follows from it.
    await moveRequest(world, request.id, (current, now) =>
      current.state === 'pending' ? step(current, 'close', now, null, 'the workflow run ended') : null,
    );
  }
}

/** A pull request's run has the head's commit, and deploys the commit that GitHub made of head and base. */
const namesAnotherCommit = (event: Asked, run: Run): boolean =>
  event.sha !== null && event.sha !== run.headSha && !run.event.startsWith('pull_request');

function subjectOf(event: Asked, run: Run | null): DeploymentSubject | null {
  const sha: Sha | null = event.sha ?? run?.headSha ?? null;
  const ref = event.ref ?? run?.headRef ?? null;
  if (sha === null || ref === null) return null;
  return {
    kind: 'deployment',
    environment: event.environment,
    sha,
    ref,
    refKinds: [],
    deploymentId: event.deploymentId,
    run:
      run === null
        ? null
        : {
            id: run.id,
            attempt: run.attempt,
            event: run.event,
            actor: run.actor,
            triggeringActor: run.triggeringActor,
            fork: run.fork,
          },
    ruleWaits: event.rule,
    creator: event.creator,
  };
}

/** The request about the same attempt: by run and attempt, else by the deployment's id. */
async function standingRequest(
  world: World,
  repo: RepoRef,
  subject: DeploymentSubject,
): Promise<DeploymentRequest | null> {
  const byKey = await world.store.lastRequestByKey(requestKey(repo, subject, null));
  if (byKey !== null && isDeployment(byKey)) return settledFor(byKey, subject) ? null : byKey;
  const byDeployment = (await world.store.openRequests(repo.id)).find(
    (request): request is DeploymentRequest =>
      isDeployment(request) &&
      subject.deploymentId !== null &&
      request.subject.deploymentId === subject.deploymentId &&
      environmentKey(request.subject.environment) === environmentKey(subject.environment) &&
      request.subject.run?.attempt === subject.run?.attempt,
  );
  return byDeployment ?? null;
}

/**
 * Whether the request has nothing to say to this. A deployment that went ahead before its rule asked is decided for the
 * rule too. So is a later job of the run with the same environment: what was answered was the rule of the one before.
 */
function settledFor(request: DeploymentRequest, subject: DeploymentSubject): boolean {
  if (request.state === 'closed') return true;
  if (isOpen(request) || !subject.ruleWaits) return false;
  const later = (subject.deploymentId ?? 0) > (request.subject.deploymentId ?? Infinity);
  return later || (request.state === 'released' && !request.subject.ruleWaits);
}

function joined(standing: DeploymentRequest, subject: DeploymentSubject): Change {
  const merged: DeploymentSubject = {
    ...standing.subject,
    deploymentId: newest(standing, subject),
    run: standing.subject.run ?? subject.run,
    ruleWaits: standing.subject.ruleWaits || subject.ruleWaits,
  };
  const known =
    merged.deploymentId === standing.subject.deploymentId &&
    merged.ruleWaits === standing.subject.ruleWaits &&
    merged.run === standing.subject.run;
  if (known) return { effects: effectsOf(standing) };
  const row: DeploymentRequest = { ...standing, subject: merged, version: standing.version + 1 };
  return { requests: [{ was: standing.version, row }], effects: effectsOf(row) };
}

/** Several jobs of a run can wait at once, and one answer is for all: the newest tells them from one that asks later. */
function newest(standing: DeploymentRequest, { deploymentId }: DeploymentSubject): number | null {
  const before = standing.subject.deploymentId;
  if (before === null || deploymentId === null) return before ?? deploymentId;
  return isOpen(standing) ? Math.max(before, deploymentId) : before;
}
