/** Decides an open request afresh, from what GitHub says now, and stores what follows. */

import { withDeadline } from '../domain/deadline.ts';
import { decide, nextChange } from '../domain/decide.ts';
import type { Decision, OwedReview } from '../domain/decision.ts';
import type { Effect, Timer } from '../domain/effect.ts';
import type { Instant } from '../domain/identity.ts';
import type { PolicyState } from '../domain/policy/state.ts';
import { MERGED, isMerge, isOpen, type Request } from '../domain/request.ts';
import { settle, step } from '../domain/settle.ts';
import type { Facts, PullFacts } from '../domain/subject.ts';
import type { Vote } from '../domain/vote.ts';
import { factsFor } from './facts.ts';
import { onceUp, readPolicy, unread } from './policy.ts';
import { groupChecks } from './merge-queue.ts';
import type { Change } from './ports.ts';
import { deadlineTimers } from './timeouts.ts';
import { commit, type World } from './world.ts';

export type Evaluation = {
  readonly request: Request;
  readonly policy: PolicyState;
  readonly facts: Facts;
  readonly votes: readonly Vote[];
  readonly decision: Decision;
  /** The database's clock when it was decided. */
  readonly now: Instant;
};

/** Reads policy, facts and votes and decides; changes nothing. `extra` is counted besides the votes that are stored. */
export async function evaluate(world: World, request: Request, extra: readonly Vote[] = []): Promise<Evaluation> {
  const [policy, pull, stored, now, owed] = await Promise.all([
    readPolicy(world, request.repo),
    pullOf(world, request),
    world.store.votes(request.id),
    world.store.now(),
    owedFor(world, request),
  ]);
  const facts = await factsFor(world, policy, request, pull);
  const votes = [...stored, ...extra];
  return { request, policy, facts, votes, now, decision: decide({ policy, request, votes, facts, now, owed }) };
}

/** The same for what somebody said: throws while an outage keeps the policy from being read. */
export async function evaluateOnceUp(world: World, request: Request, extra: readonly Vote[] = []): Promise<Evaluation> {
  const evaluation = await evaluate(world, request, extra);
  onceUp(evaluation.policy);
  return evaluation;
}

/** What stands against letting more through: in the repository, or for access what its requester left. */
export const owedFor = async (
  { store }: World,
  { repo, subject, conversation }: Request,
): Promise<readonly OwedReview[]> =>
  subject.kind === 'access'
    ? await store.owedBy(subject.grantee.id, repo.installationId, conversation?.repo.id ?? repo.id)
    : await store.owedReviews(repo.id);

/** Evaluates an open request and stores the outcome. Returns the request as it is then, with the decision behind it. */
export async function reevaluate(world: World, id: Request['id']): Promise<Evaluation | null> {
  return await commit(world, async () => {
    const request = await world.store.request(id);
    if (request === null) return { change: null, value: null };
    const evaluation = await evaluate(world, request);
    if (!isOpen(request)) return { change: null, value: evaluation };
    // What is approved stays so through an outage, and nothing new is released: there is no answer to act on.
    if (evaluation.policy.kind === 'unreachable' && request.state === 'approved') {
      throw unread(evaluation.policy);
    }
    return await planned(world, evaluation);
  });
}

/** What an evaluation of an open request changes: its state, its deadline, or only when it is looked at again. */
async function planned(world: World, evaluation: Evaluation): Promise<{ change: Change | null; value: Evaluation }> {
  const { request, policy, decision, facts, now } = evaluation;
  const moved = movedOn(request, facts.pull);
  const timed = withDeadline(request, policy, decision);
  const next =
    moved === null
      ? settle(timed, decision, blobOf(policy), now, null)
      : step(request, moved.event, now, null, moved.outcome);
  const turns = turnTimers(evaluation);
  if (next === null && timed !== request) return deadlineSet(evaluation, timed, turns);
  if (next === null) return { change: turns.length === 0 ? null : { turns }, value: evaluation };
  const shown = moved?.outcome === MERGED ? [] : [...next.effects, ...(await groupChecks(world, request))];
  const again: readonly Effect[] =
    next.row.state === 'superseded' && isMerge(request)
      ? [{ kind: 'pull', repo: request.repo, pull: request.subject.pull }]
      : [];
  return {
    change: {
      requests: [{ was: request.version, row: next.row }],
      audit: next.audit,
      effects: [...shown, ...again],
      turns: isOpen(next.row) ? turns : [],
    },
    value: { ...evaluation, request: next.row },
  };
}

/** The timer for the next instant at which time alone changes the decision. */
function turnTimers(evaluation: Evaluation): readonly Timer[] {
  const at = nextChange(evaluation);
  return at === null ? [] : [{ kind: 'request-turn', requestId: evaluation.request.id, at }];
}

/** Only the deadline is new: the policy can be read by now. */
function deadlineSet(
  evaluation: Evaluation,
  timed: Request,
  turns: readonly Timer[],
): { change: Change; value: Evaluation } {
  const row = { ...timed, version: timed.version + 1 };
  const change = { requests: [{ was: timed.version, row }], timers: deadlineTimers(row), turns };
  return { change, value: { ...evaluation, request: row } };
}

/** A hold for want of the policy is shown first and then looked at again: throws where the policy could not be read. */
export function tryAgainIfUnread({ policy, request }: Evaluation): void {
  if (policy.kind === 'unreachable' && isOpen(request)) throw unread(policy);
}

/** Git's id of the policy file that a decision was made under; `null` where there is none that could be read. */
export const blobOf = (policy: PolicyState): string | null =>
  policy.kind === 'present' || policy.kind === 'invalid' ? policy.blob : null;

async function pullOf(world: World, request: Request): Promise<PullFacts | null> {
  switch (request.subject.kind) {
    case 'merge':
      return await world.github.pull(request.repo, request.subject.pull);
    case 'deployment':
      return request.conversation === null ? null : await world.github.pull(request.repo, request.conversation.number);
    case 'access':
      return null;
  }
}

/** Whether the pull request is no longer the one that was shown: then nothing that was approved holds for it. */
function movedOn(request: Request, pull: PullFacts | null): { event: 'close' | 'supersede'; outcome: string } | null {
  if (request.subject.kind !== 'merge') return null;
  if (pull === null) return { event: 'close', outcome: 'the pull request is gone' };
  if (!pull.open) return { event: 'close', outcome: pull.merged ? MERGED : 'the pull request was closed' };
  if (pull.head !== request.subject.head) return { event: 'supersede', outcome: 'new commits were pushed' };
  if (pull.base !== request.subject.base) return { event: 'supersede', outcome: 'the base branch was changed' };
  return null;
}
