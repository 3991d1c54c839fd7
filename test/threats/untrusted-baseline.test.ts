/** An organisation's policy that somebody made who may make repositories, and that the operator never named. */

import { describe, expect, it } from 'vitest';
import { requestCount } from '../support/asking.ts';
import { baseline } from '../support/baseline.ts';
import { access, gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { nothingGivenAway } from './support.ts';

const stage = useStage({ config: { teamsAllowedBy: ['octo-1/.github'] } });

const RULE =
  '{ name: on call, teams: [on-call], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }';
const ALLOWED = `${gates(MAIN_GATE)}limits: { teams: [on-call] }\n`;

async function refused(scene: Scene, on = scene.repo): Promise<void> {
  scene.github.createTeam(scene.org, 'on-call', ['rita']);
  const question = scene.as('erin').openIssue(scene.repo, { title: 'A question' });
  const answer = await scene.tell('erin', question, `/request team:on-call for 1h on ${on}: please`);
  expect(answer.reaction).toBe('confused');
  expect(answer.words).toContain('TEAMS_ALLOWED_BY');
  expect(await requestCount(scene)).toBe(0);
  await nothingGivenAway(scene);
}

describe('a policy of the organisation that the operator does not trust with teams', () => {
  it('in .github-private lets none be granted, though .github is trusted', async () => {
    const scene = stage.scene(access(RULE));
    await baseline(scene, '.github-private', ALLOWED);
    await baseline(scene, '.github', ALLOWED);
    await refused(scene);
  });

  it('lets none be granted by its own rules', async () => {
    const scene = stage.scene(null);
    await baseline(scene, '.github-private', `${access(RULE)}limits: { teams: [on-call] }\n`);
    await refused(scene, `${scene.org}/.github-private`);
  });

  it('is as strict as any other', async () => {
    const scene = stage.scene(access(RULE));
    await baseline(scene, '.github-private', ALLOWED);
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('org:main');
  });
});
