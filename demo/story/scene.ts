/** What every part of the story works with, and what several of them look for on GitHub. */

import type { Installation, LocalGitHub } from '../../test/support/github/index.ts';
import { REPO } from '../cast.ts';
import type { Timeline } from '../timeline.ts';
import type { Watch } from '../watch.ts';

export type Scene = {
  readonly github: LocalGitHub;
  readonly installation: Installation;
  readonly timeline: Timeline;
  readonly watch: Watch;
};

type Check = NonNullable<ReturnType<LocalGitHub['see']['check']>>;

/** Waits until the check of a commit is as `fits` wants it, and tells so. */
export async function checkSeen(
  { github, timeline, watch }: Scene,
  sha: string,
  name: string,
  what: string,
  fits: (check: Check) => boolean,
): Promise<void> {
  const check = await watch.sees(
    `the check ${name} ${what}`,
    () => {
      const found = github.see.check(REPO, sha, name);
      return found !== null && fits(found) ? found : null;
    },
    () => github.see.checks(REPO, sha).map((seen) => [seen.name, seen.status, seen.conclusion, seen.title]),
  );
  timeline.check(check);
}

export const waits = ({ status }: Check): boolean => status === 'in_progress';
export const passed = ({ conclusion }: Check): boolean => conclusion === 'success';

/** A person reads for a moment, then comments. Returns the comment's id. */
export async function says(
  { github, timeline, watch }: Scene,
  who: string,
  number: number,
  body: string,
): Promise<number> {
  await watch.reading();
  timeline.did(who, `comments on #${number}: ${body}`);
  return github.as(who).comment(REPO, number, body);
}

/** Waits for the reaction to a comment. */
export async function reactionSeen(
  { github, timeline, watch }: Scene,
  comment: number,
  content: string,
): Promise<void> {
  await watch.sees(
    `the reaction ${content} of the app to the comment ${comment}`,
    () => github.see.reactions(REPO, comment).some((one) => one.by === github.botLogin && one.content === content),
    () => github.see.reactions(REPO, comment),
  );
  timeline.shows(`the app reacts: ${content}`);
}

/** Waits for the words with which the app answers a comment, and for each of `holding` in them. */
export async function answerSeen(
  { github, timeline, watch }: Scene,
  number: number,
  comment: number,
  holding: readonly string[],
): Promise<void> {
  const comments = () => github.see.comments(REPO, number).filter(({ author }) => author === github.botLogin);
  const answer = await watch.sees(
    `an answer to the comment ${comment} that says ${holding.join(', ')}`,
    () =>
      comments().find(
        ({ body }) => body.includes(`jit-gate:answer:${comment} `) && holding.every((words) => body.includes(words)),
      ),
    () => comments().map(({ body }) => body),
  );
  timeline.shows('the app answers:');
  timeline.quote(answer.body);
}

/** Waits for the app's comment that it keeps up to date on #`number`, until all of `holding` is in it. */
export async function noticeSeen(
  { github, timeline, watch }: Scene,
  number: number,
  holding: readonly string[],
  lines: number,
): Promise<void> {
  const notices = () => github.see.comments(REPO, number).filter(({ body }) => body.includes('<!-- jit-gate:comment:'));
  const notice = await watch.sees(
    `a comment of the app on #${number} that says ${holding.join(', ')}`,
    () => notices().find(({ body }) => holding.every((words) => body.includes(words))),
    () => notices().map(({ body }) => body),
  );
  timeline.shows(`the app's comment on #${number}:`);
  timeline.quote(notice.body, lines);
}
