/** Opens the request that holds a deployment, with what can be decided of it at once. */

import type { AuditDraft } from '../domain/audit.ts';
import { withDeadline } from '../domain/deadline.ts';
import { allowedUngated, decide } from '../domain/decide.ts';
import type { DomainEvent } from '../domain/event.ts';
import { instant, requestId, type Instant, type RepoRef } from '../domain/identity.ts';
import { isDeployment, newRequest, runKey, type DeploymentRequest, type Request } from '../domain/request.ts';
import { auditOf, effectsOf, openedData, settle, step } from '../domain/settle.ts';
import { environmentKey, type DeploymentSubject } from '../domain/subject.ts';
import type { Decision } from '../domain/decision.ts';
import type { PolicyState } from '../domain/policy/state.ts';
import { blobOf } from './evaluate.ts';
import { factsFor } from './facts.ts';
import { readPolicy } from './policy.ts';
import type { Change } from './ports.ts';
import { deadlineTimers } from './timeouts.ts';
import type { World } from './world.ts';

type Asked = Extract<DomainEvent, { kind: 'deployment-asked' }>;

/**
 * The request, with what is decided of it now; `null` where there is nothing to hold: no policy and no rule that waits, or
 * a policy that allows it.
 */
export async function openDeployment(
  world: World,
  event: Asked,
  asked: DeploymentSubject,
  startedAt: Instant | null,
): Promise<Change | null> {
  const { repo } = event;
  const now = await world.store.now();
  const [policy, pulls, refKinds, earlier] = await Promise.all([
    readPolicy(world, repo),
    world.github.pullsOfCommit(repo, asked.sha),
    world.github.refKinds(repo, asked.ref, asked.sha),
    earlierAttempts(world, repo, asked),
  ]);
  const subject: DeploymentSubject = { ...asked, refKinds };
  // Without a policy only a rule that waits is answered: every other deployment is none of our business.
  if (policy.kind === 'absent' && !subject.ruleWaits) return null;
  const [number] = pulls;
  const conversation = number === undefined ? null : { repo, number };
  const opened = newRequest({
    id: requestId(world.newId()),
    repo,
    subject,
    conversation,
    requester: null,
    since: sinceOf(event, startedAt, earlier.last, now),
    openedAt: now,
  });
  const pull = conversation === null ? null : await world.github.pull(repo, conversation.number);
  const facts = await factsFor(world, policy, opened, pull);
  const decision = decide({ policy, request: opened, votes: [], facts, now });
  // Allowed, and without a rule that waits there is nothing to say.
  if (!subject.ruleWaits && (allowedUngated(decision) || notOurs(policy, decision))) return null;
  const request = withDeadline(opened, policy, decision);
  const settled = settle(request, decision, blobOf(policy), now, null);
  return openedChange(request, event, settled?.row ?? request, settled?.audit ?? [], ended(earlier.open, now));
}

/** An organisation's gates don't make every deployment of a repository without a policy something to be denied. */
const notOurs = (policy: PolicyState, { explanation }: Decision): boolean =>
  policy.kind === 'present' && policy.baselineOnly === true && explanation.overall.kind === 'unmatched';

/**
 * When what waits came to be: the attempt, not the deployment that an earlier attempt may have made, and not before that
 * attempt was over. The latest of them: a comment that is taken for too old can be repeated, and says so.
 */
function sinceOf({ at }: Asked, startedAt: Instant | null, last: Request | null, now: Instant): Instant {
  const times = [at, startedAt].filter((time) => time !== null);
  return instant(Math.max(...(times.length === 0 ? [now] : times), last?.closedAt ?? 0));
}

type Earlier = { readonly last: Request | null; readonly open: readonly Request[] };

/** The request of the attempt before this one, and those of any attempt before that still wait. */
async function earlierAttempts(world: World, repo: RepoRef, { run, environment }: DeploymentSubject): Promise<Earlier> {
  if (run === null || run.attempt === 1) return { last: null, open: [] };
  const last = await world.store.lastRequestByKey(runKey(repo, environment, { id: run.id, attempt: run.attempt - 1 }));
  const open = (await world.store.openRequests(repo.id)).filter(
    (request) =>
      isDeployment(request) &&
      request.subject.run?.id === run.id &&
      request.subject.run.attempt < run.attempt &&
      environmentKey(request.subject.environment) === environmentKey(environment),
  );
  return { last, open };
}

type Ended = Required<Pick<Change, 'requests' | 'audit' | 'effects'>>;

/** A run that was started again asks for its new attempt alone. */
function ended(open: readonly Request[], now: Instant): Ended {
  const steps = open.flatMap((request) => {
    const next = step(request, 'supersede', now, null, 'the workflow run was started again');
    return next === null ? [] : [{ was: request.version, next }];
  });
  return {
    requests: steps.map(({ was, next }) => ({ was, row: next.row })),
    audit: steps.flatMap(({ next }) => next.audit),
    effects: steps.flatMap(({ next }) => next.effects),
  };
}

function openedChange(
  request: DeploymentRequest,
  event: Asked,
  row: Request,
  settled: readonly AuditDraft[],
  before: Ended,
): Change {
  return {
    requests: [...before.requests, { was: null, row }],
    audit: [...before.audit, auditOf(request, 'request.opened', event.creator, openedData(request)), ...settled],
    effects: [...before.effects, ...effectsOf(row)],
    timers: deadlineTimers(row),
  };
}
