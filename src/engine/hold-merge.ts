/** Opens, keeps or replaces the request that holds a pull request's merge. */

import { withDeadline } from '../domain/deadline.ts';
import { allowedUngated, decide } from '../domain/decide.ts';
import type { Decision } from '../domain/decision.ts';
import type { DomainEvent } from '../domain/event.ts';
import { requestId, type Instant, type RepoRef, type UserId } from '../domain/identity.ts';
import { mayGateMerges, type PolicyState } from '../domain/policy/state.ts';
import { MERGED, isMerge, isOpen, mergeKey, newRequest, type MergeRequest, type Request } from '../domain/request.ts';
import { auditOf, effectsOf, openedData, settle, step } from '../domain/settle.ts';
import type { MergeSubject, PullFacts } from '../domain/subject.ts';
import { blobOf } from './evaluate.ts';
import { factsFor } from './facts.ts';
import { groupChecks } from './merge-queue.ts';
import { readPolicy } from './policy.ts';
import type { Change } from './ports.ts';
import { pushersOfPull, UNSEEN, type Pushed } from './pushers.ts';
import { deadlineTimers } from './timeouts.ts';
import { commit, type World } from './world.ts';

/** What a webhook knew about a pull request's head or base being new; `null` when the pull request is just looked at. */
export type Moved = Extract<DomainEvent, { kind: 'pull-changed' }>['moved'];

export type Cause = { readonly moved: Moved; readonly pushed: boolean; readonly reopened: boolean };

const LOOKED_AT: Cause = { moved: null, pushed: false, reopened: false };

/**
 * Reads the pull request and makes its request fit: a new head, another base or a reopening gets a new request whose
 * votes start from nothing; anything else has the standing one decided again. A branch that no gate governs has none.
 */
export async function holdMerge(world: World, repo: RepoRef, number: number, cause: Cause = LOOKED_AT): Promise<void> {
  await commit(world, async () => {
    const pull = await world.github.pull(repo, number);
    const last = await lastRequest(world, repo, number);
    const now = await world.store.now();
    if (pull?.open !== true) {
      const outcome = pull?.merged === true ? MERGED : 'the pull request was closed';
      return { change: await closing(world, last, now, outcome), value: undefined };
    }
    return { change: await holding(world, { repo, pull, last, now, cause }), value: undefined };
  });
}

type Look = {
  readonly repo: RepoRef;
  readonly pull: PullFacts;
  readonly last: MergeRequest | null;
  readonly now: Instant;
  readonly cause: Cause;
};

/** What an open pull request asks for: nothing, the standing request decided again, or a new one. */
async function holding(world: World, look: Look): Promise<Change | null> {
  const { repo, pull, last, now, cause } = look;
  const policy = await readPolicy(world, repo);
  const still = last !== null && stands(last, pull, cause) ? last : null;
  const pushed = await lookForPushers(world, repo, pull, still, policy);
  const standing = still === null ? null : withPushers(still, cause, pushed);
  const request = standing ?? freshRequest(world, look, pushed);
  const facts = await factsFor(world, policy, request, pull);
  const votes = standing === null ? [] : await world.store.votes(standing.id);
  const decision = decide({ policy, request, votes, facts, now });
  if (allowedUngated(decision)) return await closing(world, last, now, 'no gate of the policy covers it');
  if (standing === null) return await replacing(world, look, request, policy, decision);
  // What denied it is no longer there: another policy, or a denial that was taken back. It starts from nothing.
  const again = standing.state === 'denied' && decision.verdict !== 'denied' && !inDoubt(decision);
  if (again) return await replacing(world, look, freshRequest(world, look, pushed), policy, decision);
  return await keeping(world, standing, standing !== last, policy, decision, now);
}

/** Whether the decision rests on what could not be read: then it can't be told that a denial is no longer there. */
function inDoubt({ explanation: { overall, rules } }: Decision): boolean {
  if (overall.kind === 'policy-invalid' || overall.kind === 'policy-unreachable') return true;
  return rules.some((rule) => rule.reason.kind === 'fact-unknown');
}

/** Asked until a pusher is known for every commit, and not where merges are not held. */
async function lookForPushers(
  world: World,
  repo: RepoRef,
  pull: PullFacts,
  still: MergeRequest | null,
  policy: PolicyState,
): Promise<Pushed> {
  const known = still?.subject.seen === true ? { ...UNSEEN, seen: true } : UNSEEN;
  return known.seen || !mayGateMerges(policy) ? known : await pushersOfPull(world, repo, pull);
}

/** The app may have seen the new head before it heard of the push: whoever pushed is kept out all the same. */
function withPushers(last: MergeRequest, { moved, pushed }: Cause, found: Pushed): MergeRequest {
  const pushers = pushersOf(last, [...(pushed ? [moved?.by ?? null] : []), ...found.pushers]);
  const same = pushers.length === last.subject.pushers.length && found.seen === (last.subject.seen ?? false);
  return same ? last : { ...last, subject: { ...last.subject, pushers, seen: found.seen } };
}

/** Decides the standing request again. One that is over stays over; only its check is shown again. */
async function keeping(
  world: World,
  standing: MergeRequest,
  changed: boolean,
  policy: PolicyState,
  decision: Decision,
  now: Instant,
): Promise<Change> {
  if (!isOpen(standing)) return { effects: effectsOf(standing) };
  const timed = withDeadline(standing, policy, decision);
  const settled = settle(timed, decision, blobOf(policy), now, null);
  const row = settled?.row ?? (timed === standing && !changed ? null : { ...timed, version: standing.version + 1 });
  return {
    requests: row === null ? [] : [{ was: standing.version, row }],
    audit: settled?.audit ?? [],
    effects: [...effectsOf(standing), ...(await groupChecks(world, standing))],
    timers: timed === standing ? [] : deadlineTimers(timed),
  };
}

/** Opens a request in place of the one that stood before. */
async function replacing(
  world: World,
  { last, now, cause, pull }: Look,
  fresh: MergeRequest,
  policy: PolicyState,
  decision: Decision,
): Promise<Change> {
  const opened = withDeadline(fresh, policy, decision);
  const settled = settle(opened, decision, blobOf(policy), now, null);
  const row = settled?.row ?? opened;
  const before = replaced(last, now);
  return {
    requests: [...before.requests, { was: null, row }],
    people: [pull.author],
    audit: [
      ...before.audit,
      auditOf(opened, 'request.opened', cause.moved?.by ?? null, openedData(opened)),
      ...(settled?.audit ?? []),
    ],
    effects: [...before.effects, ...effectsOf(row), ...(await groupChecks(world, row))],
    timers: deadlineTimers(row),
  };
}

/** Ends the request that stood before, where its state allows that. */
function replaced(last: MergeRequest | null, now: Instant): Required<Pick<Change, 'requests' | 'audit' | 'effects'>> {
  const before =
    last === null ? null : step(last, 'supersede', now, null, 'replaced by a newer head, base or reopening');
  if (before === null || last === null) return { requests: [], audit: [], effects: [] };
  return { requests: [{ was: last.version, row: before.row }], audit: before.audit, effects: before.effects };
}

/** A closed pull request holds nothing. Webhooks keep no order, and one that is open again by now is held again. */
export async function releaseClosedPull(world: World, repo: RepoRef, number: number, merged: boolean): Promise<void> {
  if (!merged) {
    await holdMerge(world, repo, number);
    return;
  }
  await commit(world, async () => {
    const last = await lastRequest(world, repo, number);
    return { change: await closing(world, last, await world.store.now(), MERGED), value: null };
  });
}

async function lastRequest(world: World, repo: RepoRef, number: number): Promise<MergeRequest | null> {
  const last = await world.store.lastRequestByKey(mergeKey(repo, number));
  return last !== null && isMerge(last) ? last : null;
}

async function closing(world: World, last: Request | null, now: Instant, outcome: string): Promise<Change | null> {
  const closed = last === null ? null : step(last, 'close', now, null, outcome);
  if (closed === null || last === null) return null;
  const change: Change = { requests: [{ was: last.version, row: closed.row }], audit: closed.audit };
  // What is merged keeps the check that it was merged with.
  return outcome === MERGED ? change : { ...change, effects: [...closed.effects, ...(await groupChecks(world, last))] };
}

/** Whether the newest request is still about what stands on GitHub, seen through this event. */
function stands(last: MergeRequest, pull: PullFacts, { moved, reopened }: Cause): boolean {
  if (last.state === 'superseded' || last.state === 'closed' || last.state === 'cancelled') return false;
  if (last.subject.head !== pull.head || last.subject.base !== pull.base) return false;
  // A head or base that went away and came back still ended what was approved before; an event told twice did not.
  if (moved !== null && moved.at > Math.max(last.since, last.subject.foundAt ?? 0)) return false;
  return !(reopened && !isOpen(last));
}

function freshRequest(world: World, { repo, pull, last, cause, now }: Look, found: Pushed): MergeRequest {
  const { moved, pushed } = cause;
  const current = moved !== null && moved.head === pull.head && moved.base === pull.base;
  const subject: MergeSubject = {
    kind: 'merge',
    pull: pull.number,
    head: pull.head,
    base: pull.base,
    pushers: pushersOf(last, [...(pushed ? [moved?.by ?? null] : []), ...found.pushers]),
    seen: found.seen,
    ...(current || found.lookedAt === null ? {} : { foundAt: found.lookedAt }),
  };
  return newRequest({
    id: requestId(world.newId()),
    repo,
    subject,
    conversation: { repo, number: pull.number },
    requester: pull.author,
    since: current ? moved.at : sinceUnseen(last, pull, found, now),
    openedAt: now,
  });
}

/** Without a webhook that saw it: when GitHub says that the head came. A new base or a reopening came at some time before this look. */
function sinceUnseen(last: MergeRequest | null, pull: PullFacts, found: Pushed, now: Instant): Instant {
  const later = last !== null && (last.subject.base !== pull.base || last.state === 'closed');
  return (later ? null : found.headSince) ?? found.lookedAt ?? now;
}

const pushersOf = (last: MergeRequest | null, pushers: readonly (UserId | null)[]): readonly UserId[] => [
  ...new Set([...(last?.subject.pushers ?? []), ...pushers.filter((id) => id !== null)]),
];
