/** The first part: a deployment is held until the right people approve it. */

import { REPO } from '../cast.ts';
import { answerSeen, checkSeen, passed, reactionSeen, says, waits, type Scene } from './scene.ts';

const CHECK = 'jit/deploy: production';

export async function deployment(scene: Scene): Promise<void> {
  const { github, timeline, watch } = scene;
  timeline.chapter('1. A deployment to production waits for release and for security');
  const head = github.see.branch(REPO, 'main');
  const issuesBefore = github.see.issues(REPO).length;
  const run = github.as('ben').startRun(REPO, { workflow: 'deploy', branch: 'main', environments: ['production'] });
  timeline.did('ben', 'starts the workflow "deploy" on main; its job wants to go to production');

  const job = () => github.see.run(REPO, run).jobs[0];
  const rule = () => job()?.rules[0];
  await checkSeen(
    scene,
    head,
    CHECK,
    'is pending with no approval',
    (check) => waits(check) && /0 of 2/u.test(check.title),
  );
  const report = await watch.sees(
    'the protection rule unanswered, with a report on it',
    () => (rule()?.state === 'waiting' && job()?.status === 'waiting' ? rule()?.reports[0] : undefined),
    () => github.see.run(REPO, run),
  );
  timeline.shows('the job waits: the rule of the environment is not answered. It reports:');
  timeline.quote(report);
  const issue = await watch.sees(
    'an issue to talk about it in',
    () => github.see.issues(REPO)[issuesBefore],
    () => github.see.issues(REPO),
  );
  timeline.shows(`a new issue to talk about it, #${issue.number}: ${issue.title}`);

  const wrong = await says(scene, 'erin', issue.number, '/approve');
  await reactionSeen(scene, wrong, 'confused');
  await answerSeen(scene, issue.number, wrong, ['is in none of the groups', '`ana`', '`sam`']);

  const first = await says(scene, 'ana', issue.number, '/approve: the release notes are out');
  await reactionSeen(scene, first, '+1');
  await checkSeen(
    scene,
    head,
    CHECK,
    'is pending with one approval',
    (check) => waits(check) && /1 of 2/u.test(check.title),
  );
  watch.is('the rule still unanswered after one of two approvals', rule()?.state === 'waiting', rule());

  await says(scene, 'sam', issue.number, '/approve');
  await watch.sees('the rule approved', () => rule()?.state === 'approved', rule);
  timeline.shows('the rule is answered: approved');
  await checkSeen(scene, head, CHECK, 'passes', passed);
  await watch.sees('the job going on', () => job()?.status !== 'waiting', job);
  timeline.shows(
    `the job goes on (${job()?.status ?? ''}${job()?.conclusion === null ? '' : `, ${job()?.conclusion ?? ''}`})`,
  );
  await watch.sees(
    'the issue closed',
    () => github.see.issue(REPO, issue.number).state === 'closed',
    () => github.see.issue(REPO, issue.number),
  );
  timeline.shows(`issue #${issue.number} is closed`);
}
