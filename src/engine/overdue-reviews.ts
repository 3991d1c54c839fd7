/** Raises the alarm about reviews that are owed and that nobody gave in time. */

import type { OwedReview } from '../domain/decision.ts';
import { millis } from '../domain/identity.ts';
import { reviewersOf } from './reviewers.ts';
import { reviewOverdueWords } from './words.ts';
import type { World } from './world.ts';

/** How often the log says it again. */
const RENEW = millis(60 * 60_000);

/**
 * Called for a review that is overdue, at each sweep. The log has a line at error level, again each hour. At the first of
 * them its conversation has one comment that calls the reviewers, and what waits in the repository shows it.
 */
export async function watchOverdueReview(world: World, review: OwedReview): Promise<void> {
  const key = `review-overdue:${review.requestId}`;
  const [known, now, request] = await Promise.all([
    world.store.surface(key),
    world.store.now(),
    world.store.request(review.requestId),
  ]);
  if (request === null || (known !== null && now - known.shownAt < RENEW)) return;
  const lateBy = millis(now - review.due);
  world.log.error(
    { request: request.id, repo: request.repo.id, by: review.by.id, lateBy },
    'a review is overdue: nobody has looked at what was let through without approvals',
  );
  if (known === null) {
    const { groups, people } = await reviewersOf(world, request, review.by.id);
    const called = people.kind === 'known' ? people.value : [];
    const { conversation } = request;
    const body = reviewOverdueWords(request.subject, review, groups, called);
    await world.store.commit({
      effects: [
        ...(conversation === null
          ? []
          : [{ kind: 'reply', repo: conversation.repo, number: conversation.number, marker: key, body } as const]),
        { kind: 'reevaluate', repo: request.repo },
      ],
    });
  }
  await world.store.saveSurface({ key, githubId: null, digest: 'told' });
}
