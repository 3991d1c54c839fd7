/** The second part: a merge is held, and an approval is worth nothing once something else is to be merged. */

import { REPO } from '../cast.ts';
import { answerSeen, checkSeen, passed, reactionSeen, says, waits, type Scene } from './scene.ts';

const CHECK = 'jit/merge';
const FILE = 'src/total.ts';
const FIX = 'export const total = (prices: number[]) => prices.reduce((sum, price) => sum + price, 0);\n';

export async function merge(scene: Scene): Promise<void> {
  const { github, timeline, watch } = scene;
  timeline.chapter('2. A merge into main waits, and a push voids what was approved');
  const ben = github.as('ben');
  const first = ben.push(REPO, { branch: 'empty-cart', files: { [FILE]: FIX } });
  const pull = ben.openPull(REPO, { head: 'empty-cart', title: 'Let an empty cart cost nothing' });
  timeline.did('ben', `opens #${pull} into main: Let an empty cart cost nothing`);
  await checkSeen(scene, first, CHECK, 'is pending', (check) => waits(check) && /0 of 1/u.test(check.title));
  refused(scene, pull);

  const own = await says(scene, 'ben', pull, '/approve');
  await answerSeen(scene, pull, own, ['they opened the pull request', '`ana`']);

  const approval = await says(scene, 'ana', pull, '/approve');
  await reactionSeen(scene, approval, 'rocket');
  await checkSeen(scene, first, CHECK, 'passes', passed);

  const second = ben.push(REPO, { branch: 'empty-cart', files: { [FILE]: `${FIX}// One more thing.\n` } });
  timeline.did('ben', `pushes one more commit to #${pull}, after the approval`);
  await checkSeen(
    scene,
    second,
    CHECK,
    'is pending for the new commit, without the approval of the old one',
    (check) => waits(check) && /0 of 1/u.test(check.title),
  );
  refused(scene, pull);

  await says(scene, 'ana', pull, '/approve');
  await checkSeen(scene, second, CHECK, 'passes for the new commit', passed);
  const merged = ben.merge(REPO, pull);
  timeline.did('ben', `merges #${pull}`);
  watch.is(`#${pull} merged`, merged.ok && github.see.pull(REPO, pull).merged, merged);
  timeline.shows(`#${pull} is merged into main`);
}

/** The check is required, so GitHub itself keeps the button grey. */
function refused({ github, timeline, watch }: Scene, pull: number): void {
  const answer = github.as('ben').merge(REPO, pull);
  timeline.did('ben', `tries to merge #${pull}`);
  watch.is('GitHub refusing to merge', !answer.ok, answer);
  if (!answer.ok) timeline.shows(`refuses: ${answer.why.join(' ')}`);
}
