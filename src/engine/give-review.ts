/** Gives the review that is owed for an emergency or a grant at once: somebody else has looked at what was let through. */

import type { OwedReview } from '../domain/decision.ts';
import { names } from '../domain/explain.ts';
import { escapeWords } from '../domain/markdown.ts';
import { isScheduled, type Request } from '../domain/request.ts';
import type { Vote } from '../domain/vote.ts';
import { done, refuse, type Answer } from './answer.ts';
import type { Ballot } from './ballot.ts';
import { castEntry, voteOn } from './count-vote.ts';
import { askedWords, reviewersOf } from './reviewers.ts';
import type { Change } from './ports.ts';
import { wasChanged } from './void-vote.ts';
import { commit, type World } from './world.ts';

/** Pays what is owed in this conversation. Whoever let it through, had a hand in it or has the good of it can't. */
export async function giveReview(
  world: World,
  requests: readonly Request[],
  reason: string | null,
  ballot: Ballot,
): Promise<Answer> {
  const told = await world.store.votesFrom(ballot.source);
  if (told.some(({ answer }) => answer === 'review')) return done();
  if (await wasChanged(world, ballot.source))
    return refuse('The comment was edited or deleted by the time it was read.');
  // What was asked for here can be about another repository, whose policy decides.
  const repos = [...new Set(requests.map(({ repo }) => repo.id))];
  const reviews = (await Promise.all(repos.map((repo) => world.store.owedReviews(repo)))).flat();
  const owed = reviews.flatMap((review) => {
    const request = requests.find((one) => one.id === review.requestId);
    return request === undefined ? [] : [{ review, request }];
  });
  if (owed.length === 0) {
    const ahead = requests.some(isScheduled);
    return refuse(ahead ? 'No review is owed here yet: the access has not begun.' : 'No review is owed here.');
  }
  const refusals: string[] = [];
  for (const { review, request } of owed) {
    const words = await refusalOf(world, review, request, ballot);
    if (words === null) await pay(world, request, reason, ballot);
    else refusals.push(words);
  }
  if (refusals.length === 0) return done();
  const words = [...new Set(refusals)].join('\n\n');
  // Each is owed for itself: that one is for others to look at keeps nobody from looking at the rest.
  return refusals.length === owed.length ? refuse(words) : { reaction: '+1', words: `Not for all of it. ${words}` };
}

async function refusalOf(
  world: World,
  review: OwedReview,
  request: Request,
  { voter }: Ballot,
): Promise<string | null> {
  const { people, asked, barred } = await reviewersOf(world, request, review.by.id);
  if (people.kind === 'unknown') return `Who may review it could not be read: ${escapeWords(people.why)}.`;
  if (barred.has(voter.id))
    return 'Somebody else has to look at it: whoever let it through, had a hand in it or has the good of it does not review it.';
  if (people.value.some(({ id }) => id === voter.id)) return null;
  return `It is for ${askedWords(asked)} to review it: ${people.value.length === 0 ? 'nobody can at the moment' : names(people.value)}.`;
}

async function pay(world: World, request: Request, reason: string | null, ballot: Ballot): Promise<void> {
  // It is for what was let through, whatever stands there by now.
  const vote: Vote = { ...voteOn(request, 'review', reason, ballot), head: null };
  await commit(world, async () => {
    const row = await world.store.request(request.id);
    if (row === null) return { change: null, value: null };
    const change: Change = {
      votes: [vote],
      people: [vote.voter],
      audit: [castEntry(row, vote)],
      effects: [{ kind: 'reevaluate', repo: row.repo }],
    };
    return { change, value: null };
  });
}
