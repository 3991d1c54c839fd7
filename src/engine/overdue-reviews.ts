/** Raises the alarm about reviews that are owed and that nobody gave in time. */

import type { OwedReview } from '../domain/decision.ts';
import { millis } from '../domain/identity.ts';
import type { Request } from '../domain/request.ts';
import { GitHubRefused, InstallationGone } from './ports.ts';
import { askedWords, reviewersOf } from './reviewers.ts';
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
  if (known === null) await callReviewers(world, request, review, key);
  await world.store.saveSurface({ key, githubId: null, digest: 'told' });
}

async function callReviewers(world: World, request: Request, review: OwedReview, marker: string): Promise<void> {
  const body = await wordsFor(world, request, review);
  const { conversation } = request;
  await world.store.commit({
    effects: [
      ...(conversation === null || body === null
        ? []
        : [{ kind: 'reply', repo: conversation.repo, number: conversation.number, marker, body } as const]),
      { kind: 'reevaluate', repo: request.repo },
    ],
  });
}

/** `null` where GitHub refuses to show what it is about, as in a repository that the app can see no more: the log has it. */
async function wordsFor(world: World, request: Request, review: OwedReview): Promise<string | null> {
  try {
    const { asked, people } = await reviewersOf(world, request, review.by.id);
    const called = people.kind === 'known' ? people.value : [];
    return reviewOverdueWords(request.subject, review, askedWords(asked), called);
  } catch (error) {
    if (error instanceof GitHubRefused || error instanceof InstallationGone) return null;
    throw error;
  }
}
