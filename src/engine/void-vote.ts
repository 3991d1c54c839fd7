/** Takes back a vote whose comment was changed or deleted, or whose review was dismissed. */

import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef, UserId } from '../domain/identity.ts';
import { isOpen, mergeKey } from '../domain/request.ts';
import { auditOf, effectsOf } from '../domain/settle.ts';
import type { VoteSource } from '../domain/vote.ts';
import { commit, type World } from './world.ts';

type Withdrawn = Extract<DomainEvent, { kind: 'review-withdrawn' }>;
type Changed = Extract<DomainEvent, { kind: 'vote-source-changed' }>;

/**
 * An edit counts by whomever it was made: what stands there now is not what was said. A no is taken back by the one who said
 * it alone, or whoever can edit comments could let go what somebody else holds. Denials that ended a request stay.
 */
export async function voidVotes(world: World, event: Changed): Promise<void> {
  // Kept before the votes are looked for: a vote that is counted at the same time finds it, or is found.
  await world.store.saveSurface({ key: changedKey(event.source), githubId: event.by, digest: event.change });
  await commit(world, async () => {
    const votes = (await world.store.votesFrom(event.source)).filter(
      ({ voided, answer, voter }) => voided === null && (answer !== 'deny' || voter.id === event.by),
    );
    if (votes.length === 0) return { change: null, value: undefined };
    const at = await world.store.now();
    const requests = await Promise.all(votes.map((vote) => world.store.request(vote.requestId)));
    const open = requests.flatMap((request) => (request !== null && isOpen(request) ? [request] : []));
    return {
      change: {
        voids: votes.map(({ requestId, source }) => ({ requestId, source, at, why: event.change })),
        requests: open.map((request) => ({ was: request.version, row: { ...request, version: request.version + 1 } })),
        audit: requests.flatMap((request) =>
          request === null
            ? []
            : [auditOf(request, 'vote.voided', event.by, { source: { ...event.source }, why: event.change, at })],
        ),
        effects: open.flatMap(effectsOf),
      },
      value: undefined,
    };
  });
}

/**
 * Whether a comment or review was changed before its creation was told of: GitHub keeps no order between webhooks. With
 * `by`, whether that person was the last who did.
 */
export async function wasChanged(world: World, source: VoteSource, by: UserId | null = null): Promise<boolean> {
  const change = await world.store.surface(changedKey(source));
  return change !== null && (by === null || change.githubId === by);
}

const changedKey = (source: VoteSource): string => `changed:${source.kind}:${source.id}`;

/** A reviewer who asks for changes after approving takes that approval back; what they said in comments stands. */
export async function withdrawReviews(world: World, { repo, pull, reviewId, by }: Withdrawn): Promise<void> {
  // Kept first, as for comments: an older approval that is told of later finds it.
  const key = withdrawnKey(repo, pull, by);
  const before = (await world.store.surface(key))?.githubId ?? 0;
  await world.store.saveSurface({ key, githubId: Math.max(before, reviewId), digest: 'changes-requested' });
  const request = await world.store.openRequestByKey(mergeKey(repo, pull));
  if (request === null) return;
  for (const vote of await world.store.votes(request.id)) {
    if (vote.voter.id !== by || vote.source.kind !== 'review' || vote.voided !== null) continue;
    if (vote.source.id > reviewId) continue;
    await voidVotes(world, { kind: 'vote-source-changed', repo, source: vote.source, change: 'changes-requested', by });
  }
}

/** Whether a reviewer asked for changes after this review. Reviews are numbered in their order, and GitHub keeps none between webhooks. */
export const wasWithdrawn = async (
  world: World,
  repo: RepoRef,
  pull: number,
  by: UserId,
  reviewId: number,
): Promise<boolean> => ((await world.store.surface(withdrawnKey(repo, pull, by)))?.githubId ?? 0) > reviewId;

const withdrawnKey = (repo: RepoRef, pull: number, by: UserId): string => `withdrawn:${repo.id}:${pull}:${by}`;
