/** Can somebody be granted access at once who should have waited? */

import { describe, expect, it } from 'vitest';
import { ask, directRole, shownRequest } from '../support/asking.ts';
import { timeGoesBy } from '../support/passing-time.ts';
import { access } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const rule = (auto: string): string =>
  `{ name: shift, roles: [triage, push], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }]${auto} }`;
const AUTO =
  ', auto-approve: { requesters: [engineers], inside: "mon-sun 00:00 - 24:00", zone: UTC, review: [security], within: 2h }';

/** A second repository of the organisation, with a policy of its own. */
async function second(scene: Scene, name: string): Promise<string> {
  const policy = access(rule(AUTO));
  scene.github.createRepository(scene.org, name, { files: { '.jit-policy.yml': policy }, collaborators: {} });
  const installation = [...scene.github.world.installations.values()].find(
    ({ account }) => account.login === scene.org,
  );
  if (installation === undefined) throw new Error('the app is not installed');
  scene.github.addToInstallation(installation, `${scene.org}/${name}`);
  await scene.stage.settled();
  return `${scene.org}/${name}`;
}

describe('access that is granted at once', () => {
  it('is not won by a pull request that brings the rule', async () => {
    const scene = stage.scene(access(rule('')));
    const pull = scene.open({ by: 'ben', files: { '.jit-policy.yml': access(rule(AUTO)) } });
    await scene.passed(pull.sha, 'jit/policy');
    expect(scene.check(pull.sha, 'jit/policy').text).toContain('may now be granted it at once');
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is not had in one repository by whoever left a review overdue in another', async () => {
    const scene = stage.scene(access(rule(AUTO)));
    const tools = await second(scene, 'tools');
    ask(scene, 'erin', { repository: tools, reason: 'a word for the few' });
    await scene.until('the role', () => directRole(scene, 'erin', tools) === 'push');
    await timeGoesBy(scene.stage, 3);
    const issue = ask(scene, 'erin', {});
    expect(await shownRequest(scene, issue)).toContain('**overdue**');
    expect(directRole(scene, 'erin')).toBeNull();
    const others = ask(scene, 'emil', {});
    await scene.until('the role of somebody else', () => directRole(scene, 'emil') === 'push');
    expect(await shownRequest(scene, others)).toContain('Access granted');
  });

  it('is not lengthened at once under an overdue review', async () => {
    const scene = stage.scene(access(rule(AUTO)));
    const issue = ask(scene, 'erin', { duration: '4h' });
    await scene.until('the role', () => directRole(scene, 'erin') === 'push');
    await timeGoesBy(scene.stage, 3);
    await scene.tell('erin', issue, '/extend 1h : more');
    const rows = await scene.stage.database.db
      .selectFrom('request')
      .select('state')
      .where('kind', '=', 'access')
      .where('conversation_number', '=', issue)
      .where('requester_login', '=', 'erin')
      .orderBy('ord', 'desc')
      .execute();
    expect(rows[0]?.state).toBe('pending');
  });
});
