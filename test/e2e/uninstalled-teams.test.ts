/** Does membership end that was asked for where the app no longer is, as long as it is on the organisation? */

import { expect, it } from 'vitest';
import { ask, grantsOf, shownRequest, timePasses } from '../support/asking.ts';
import { baseline } from '../support/baseline.ts';
import { installationsOn, repoNamed } from '../support/github/world/find.ts';
import { access, gates, MAIN_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

const RULE =
  '{ name: on call, teams: [on-call], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }';

it('is taken back once the app is installed on other repositories of the organisation', async () => {
  const scene = stage.scene(access(RULE));
  const { world } = scene.github;
  scene.github.createTeam(scene.org, 'on-call', ['rita']);
  await baseline(scene, '.github-private', `${gates(MAIN_GATE)}limits: { teams: [on-call] }\n`);
  const place = () => scene.github.see.teamMembers(scene.org, 'on-call')['erin'] ?? null;
  const issue = ask(scene, 'erin', { role: 'team:on-call' });
  await shownRequest(scene, issue);
  await scene.tell('mia', issue, '/approve');
  await scene.until('the membership', () => place() !== null);
  await stage.current().settled();

  const [old] = installationsOn(world, repoNamed(world, scene.repo));
  if (old === undefined) throw new Error('the app is not installed');
  scene.github.uninstall(old, 'olga');
  await stage.current().settled();
  await timePasses(scene, 'erin');
  await stage.current().settled();
  expect(place()).toBe('member');

  scene.github.installApp(scene.org, [`${scene.org}/.github-private`]);
  await stage.current().settled();
  await stage.current().sweep();
  await scene.until('the membership to be gone', () => place() === null);
  await stage.current().settled();
  expect((await grantsOf(scene, 'erin')).map(({ state }) => state)).toEqual(['ended']);
});
