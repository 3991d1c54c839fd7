/** An organisation's policy that somebody made who may make repositories, and that the operator never named. */

import { describe, expect, it } from 'vitest';
import { granted, requestCount } from '../support/asking.ts';
import { baseline } from '../support/baseline.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { nothingGivenAway } from './support.ts';

const stage = useStage({ config: { teamsAllowedBy: ['octo-1/.github', 'octo-5/.github'] } });

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

  it('counts the grants of all repositories in its own, too', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await baseline(scene, '.github-private', `${access(SHIFT_RULE)}limits: { max-live: 1 }\n`);
    const issue = await granted(scene, 'erin');
    const there = `${scene.org}/.github-private`;
    const answer = await scene.tell('erin', issue, `/request push for 1h on ${there}: more of it`);
    expect(answer.words).toContain('at most 1 running at a time in this organisation (max-live)');
  });

  it('is as strict as any other', async () => {
    const scene = stage.scene(access(RULE));
    await baseline(scene, '.github-private', ALLOWED);
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('org:main');
  });

  it('lets none be granted in the very words of one that is trusted', async () => {
    const words = `${access(RULE)}limits: { teams: [on-call] }\n`;
    const trusted = stage.scene(null);
    await baseline(trusted, '.github', words);
    trusted.github.createTeam(trusted.org, 'on-call', ['rita']);
    const question = trusted.as('erin').openIssue(trusted.repo, { title: 'A question' });
    const asked = `/request team:on-call for 1h on ${trusted.org}/.github: please`;
    expect((await trusted.tell('erin', question, asked)).words).not.toContain('TEAMS_ALLOWED_BY');
    const scene = stage.scene(null);
    await baseline(scene, '.github', words);
    await refused(scene, `${scene.org}/.github`);
  });
});
