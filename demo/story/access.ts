/** The third part: a role is given for a time, and taken back with proof. */

import { REPO } from '../cast.ts';
import { noticeSeen, says, type Scene } from './scene.ts';

const SECONDS = 4;

/** What GitHub makes of the filled-in form of `.github/ISSUE_TEMPLATE/access-request.yml`. */
const FORM = `### Role

push

### Duration

${SECONDS}s

### Repository

_No response_

### Reason

Repair the checkout before the sale starts

### Ticket

_No response_
`;

export async function access(scene: Scene): Promise<void> {
  const { github, timeline, watch } = scene;
  timeline.chapter(`3. A role is given for ${SECONDS} seconds, and taken back`);
  timeline.shows(`erin's role on ${REPO} is ${await roleOf(scene, 'erin')}`);
  const draft = { title: 'Access request', body: FORM, labels: ['access-request'] };
  const issue = github.as('erin').openIssue(REPO, draft);
  timeline.did('erin', `fills in the form "Access request": push, for ${SECONDS} seconds. It becomes issue #${issue}`);
  await noticeSeen(scene, issue, ['waits for approval', '@mia'], 8);
  await labelSeen(scene, issue, 'jit:pending');

  await says(scene, 'mia', issue, '/approve');
  await watch.sees(
    'erin having push',
    () => github.see.collaborators(REPO)['erin'] === 'push',
    () => github.see.collaborators(REPO),
  );
  timeline.shows(
    `erin's role on ${REPO} is ${await expectRole(scene, 'erin', 'write')} now, as GitHub's API calls push`,
  );
  await noticeSeen(scene, issue, ['Access granted', 'active until'], 1);
  await labelSeen(scene, issue, 'jit:active');

  timeline.here(`${SECONDS} seconds are over soon, and nobody has to remember that`);
  await watch.sees(
    'erin having no role of her own any more',
    () => github.see.collaborators(REPO)['erin'] === undefined,
    () => github.see.collaborators(REPO),
  );
  timeline.shows(`erin's role on ${REPO} is ${await expectRole(scene, 'erin', 'read')} again`);
  await noticeSeen(scene, issue, ['Access ended', 'What is left:'], 9);
  await labelSeen(scene, issue, 'jit:ended');
  await watch.sees(
    'the issue closed',
    () => github.see.issue(REPO, issue).state === 'closed',
    () => github.see.issue(REPO, issue),
  );
  timeline.shows(`issue #${issue} is closed`);
}

async function labelSeen({ github, watch }: Scene, issue: number, label: string): Promise<void> {
  await watch.sees(
    `the label ${label} on #${issue}`,
    () => github.see.labels(REPO, issue).includes(label),
    () => github.see.labels(REPO, issue),
  );
}

/** Asks GitHub over its API, as anybody with a token would. */
async function roleOf({ github, installation }: Scene, login: string): Promise<string> {
  const response = await fetch(`${github.url}/repos/${REPO}/collaborators/${login}/permission`, {
    headers: { authorization: `Bearer ${github.token(installation)}`, accept: 'application/vnd.github+json' },
  });
  const answer = (await response.json()) as { readonly role_name?: string };
  return answer.role_name ?? `unknown (${response.status})`;
}

async function expectRole(scene: Scene, login: string, role: string): Promise<string> {
  return await scene.watch.sees(
    `GitHub's API answering that ${login} has ${role}`,
    async () => ((await roleOf(scene, login)) === role ? role : null),
    () => scene.github.see.roles(REPO),
  );
}
