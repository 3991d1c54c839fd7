/** Attacks with roles of the organisation's own: to be given one under another name, or as something less than it is. */

import { describe, expect, it } from 'vitest';
import { ask, directRole, ended, granted, grantsOf, requestCount, shownRequest } from '../support/asking.ts';
import { access } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { nothingGivenAway } from './support.ts';

const stage = useStage();

const rule = (...roles: readonly string[]): string =>
  `{ name: shift, roles: [${roles.join(', ')}], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }`;

const declared = (text: string): string => `custom-roles: ${text}\n`;

/** An organisation whose own policy says this beside its version. */
async function governed(policy: string, organisation: string): Promise<Scene> {
  const scene = stage.scene(policy);
  scene.github.addCustomRole(scene.org, 'platform', 'maintain');
  scene.github.createRepository(scene.org, '.github', {
    files: { 'README.md': '# All\n', '.jit-policy.yml': `version: 1\n${organisation}` },
    collaborators: {},
  });
  const installation = [...scene.github.world.installations.values()].find(
    ({ account }) => account.login === scene.org,
  );
  if (installation === undefined) throw new Error('the app is not installed');
  scene.github.addToInstallation(installation, `${scene.org}/.github`);
  await scene.stage.settled();
  return scene;
}

describe("the organisation's limits", () => {
  it.each(['pull', 'triage', 'push'])(
    'are not passed by a role that a repository declares to build on %s',
    async (base) => {
      const scene = await governed(
        `${access(rule('push', 'platform'))}${declared(`{ platform: { base: ${base} } }`)}`,
        'limits: { roles: [pull, triage, push] }\n',
      );
      const issue = scene.as('erin').openIssue(scene.repo, { title: 'A question' });
      const answer = await scene.tell('erin', issue, '/request platform for 1h: to look around');
      expect(answer.words).toContain('No access rule');
      expect(await requestCount(scene)).toBe(0);
      await nothingGivenAway(scene);
    },
  );

  it('let a role through only as the organisation declares it, whatever the repository says of it', async () => {
    const scene = await governed(
      `${access(rule('maintain', 'PLATFORM'))}${declared('{ PLATFORM: { base: pull } }')}`,
      `${declared('{ platform: { base: maintain } }')}limits: { roles: [maintain, platform] }\n`,
    );
    await granted(scene, 'erin', { role: 'platform' });
    expect(await grantsOf(scene, 'erin')).toMatchObject([{ role: 'platform', role_base: 'maintain' }]);
  });
});

describe('a role that is declared to be less than it is', () => {
  it('is taken back as soon as GitHub shows what it builds on', async () => {
    const scene = stage.scene(`${access(rule('platform'))}${declared('{ platform: { base: pull } }')}`);
    scene.github.addCustomRole(scene.org, 'platform', 'maintain');
    const issue = ask(scene, 'erin', { role: 'platform' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    await ended(scene, issue);
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is not given when it was declared anew between the request and its approval', async () => {
    const before = `${access(rule('platform'))}${declared('{ platform: { base: triage } }')}`;
    const scene = stage.scene(before);
    scene.github.addCustomRole(scene.org, 'platform', 'maintain');
    const issue = ask(scene, 'erin', { role: 'platform' });
    await shownRequest(scene, issue);
    scene.setPolicy(before.replace('triage', 'maintain'));
    await stage.current().settled();
    await scene.tell('mia', issue, '/approve');
    expect(await shownRequest(scene, issue)).toContain('no longer allows');
    await nothingGivenAway(scene);
  });
});

it.each(['pull', 'push'])('a person is not made less by a role that is said to be more than %s', async (base) => {
  const scene = stage.scene(`${access(rule('platform', 'maintain'))}${declared('{ platform: { base: maintain } }')}`);
  scene.github.addCustomRole(scene.org, 'platform', base);
  scene.as('olga').addCollaborator(scene.repo, 'erin', 'maintain');
  const issue = ask(scene, 'erin', { role: 'platform' });
  await shownRequest(scene, issue);
  await scene.tell('mia', issue, '/approve');
  await ended(scene, issue);
  expect(directRole(scene, 'erin')).toBe('maintain');
});
