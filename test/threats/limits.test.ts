/** Attacks on what one person may have: to hold more at a time than the policy lets, or the same again too soon. */

import { describe, expect, it } from 'vitest';
import {
  ask,
  directRole,
  ended,
  granted,
  grantsOf,
  requestCount,
  shownRequest,
  timePasses,
} from '../support/asking.ts';
import { access, SHIFT_RULE } from '../support/policies.ts';
import { installationsOn, repoNamed } from '../support/github/world/find.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const ONE = SHIFT_RULE.replace('max-duration', 'max-live: 1, max-duration');
const COOL = SHIFT_RULE.replace('max-duration', 'cool-down: 4h, max-duration');

const running = async (scene: Scene): Promise<number> =>
  (await grantsOf(scene, 'erin')).filter(({ state }) => ['applying', 'active', 'ending'].includes(state)).length;

/** One repository more, with its policy, that the app is installed on. */
function add(scene: Scene, name: string, policy: string): void {
  const { github, org } = scene;
  github.createRepository(org, name, { files: { '.jit-policy.yml': policy }, collaborators: {} });
  const installation = [...github.world.installations.values()].find(({ account }) => account.login === org);
  if (installation === undefined) throw new Error('the app is not installed');
  github.addToInstallation(installation, `${org}/${name}`);
}

/** What the app said to a request that it did not open. */
async function refusal(scene: Scene, issue: number): Promise<string> {
  await scene.until('words', () => scene.spoken(issue).length > 0);
  return scene.spoken(issue).join('\n');
}

describe('more than one grant at a time', () => {
  it('is refused in words that name the limit and when it ends', async () => {
    const scene = stage.scene(access(ONE));
    await granted(scene, 'erin', { role: 'triage', duration: '2h' });
    const said = await refusal(scene, ask(scene, 'erin', { role: 'push' }));
    expect(said).toContain('at most 1 running at a time in this repository');
    expect(said).toMatch(/from \d{4}-\d\d-\d\d \d\d:\d\d UTC on/u);
    expect(await requestCount(scene)).toBe(1);
  });

  it('is not had by having the app uninstalled and installed again', async () => {
    const scene = stage.scene(access(ONE));
    await granted(scene, 'erin', { role: 'triage', duration: '2h' });
    const [old] = installationsOn(scene.github.world, repoNamed(scene.github.world, scene.repo));
    if (old === undefined) throw new Error('the app is not installed');
    scene.github.uninstall(old, 'olga');
    await stage.current().settled();
    scene.github.installApp(scene.org);
    await stage.current().settled();
    const said = await refusal(scene, ask(scene, 'erin', { role: 'push' }));
    expect(said).toContain('at most 1 running at a time in this repository');
  });

  it('is not had by asking on two issues before either is approved', async () => {
    const scene = stage.scene(access(ONE));
    const [first, second] = [ask(scene, 'erin', { role: 'triage' }), ask(scene, 'erin', { role: 'push' })];
    await shownRequest(scene, first);
    await shownRequest(scene, second);
    await scene.tell('mia', first, '/approve');
    await scene.until('triage', () => directRole(scene, 'erin') === 'triage');
    await scene.tell('mia', second, '/approve');
    expect(await ended(scene, second)).toContain('at most 1 running at a time');
    expect(directRole(scene, 'erin')).toBe('triage');
    expect(await running(scene)).toBe(1);
  });

  it('is not had by two approvals at the same moment', async () => {
    const scene = stage.scene(access(ONE));
    const issues = [1, 2, 3, 4].map((number) => ask(scene, 'erin', { reason: `Repair page ${number} of the shop` }));
    for (const issue of issues) await shownRequest(scene, issue);
    for (const issue of issues) scene.say('mia', issue, '/approve');
    await scene.until('a role', () => directRole(scene, 'erin') === 'push');
    await stage.current().settled();
    expect(await grantsOf(scene, 'erin')).toHaveLength(1);
    expect(issues.filter((issue) => scene.github.see.labels(scene.repo, issue).includes('jit:ended'))).toHaveLength(3);
  });

  it('is counted over the whole organisation where its policy says so', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    add(scene, '.github', 'version: 1\nlimits: { max-live: 1 }\n');
    add(scene, 'site', access(SHIFT_RULE));
    await stage.current().settled();
    await granted(scene, 'erin', { role: 'triage' });
    const said = await refusal(scene, ask(scene, 'erin', { repository: `${scene.org}/site` }));
    expect(said).toContain('at most 1 running at a time in this organisation');
  });
});

describe('the same again during a cool-down', () => {
  it('is refused in words that say when it will be possible', async () => {
    const scene = stage.scene(access(COOL));
    const issue = await granted(scene, 'erin');
    await scene.tell('erin', issue, '/revoke');
    await ended(scene, issue);
    const said = await refusal(scene, ask(scene, 'erin', {}));
    expect(said).toContain('cool-down of 4 hours');
    expect(said).toMatch(/from \d{4}-\d\d-\d\d \d\d:\d\d UTC on/u);
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is not had by a request that was opened before the first was given, and is approved after its end', async () => {
    const scene = stage.scene(access(COOL));
    const kept = ask(scene, 'erin', { reason: 'Repair the other page' });
    await shownRequest(scene, kept);
    const issue = await granted(scene, 'erin');
    await timePasses(scene, 'erin');
    await ended(scene, issue);
    await scene.tell('mia', kept, '/approve');
    expect(await ended(scene, kept)).toContain('cool-down');
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is not had by a second grant that begins while the first still runs', async () => {
    const scene = stage.scene(access(COOL));
    await granted(scene, 'erin', { role: 'triage' });
    expect(await refusal(scene, ask(scene, 'erin', { role: 'push' }))).toContain('one of its grants still runs');
  });
});
