/** Attacks by those who want into a team for longer, or into another one, than the organisation lets them be given. */

import { describe, expect, it } from 'vitest';
import { ask, ended, grantsOf, requestCount, shownRequest, timeIsOver, timePasses } from '../support/asking.ts';
import { baseline } from '../support/baseline.ts';
import { createTeam, orgNamed, teamNamed } from '../support/github/setup.ts';
import { access, gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { nothingGivenAway } from './support.ts';

const stage = useStage();

const RULE =
  '{ name: on call, teams: [on-call], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }';
const ALLOWED = `${gates(MAIN_GATE)}limits: { teams: [on-call] }\n`;

function sceneWithTeam(policy = access(RULE)): Scene {
  const scene = stage.scene(policy);
  scene.github.createTeam(scene.org, 'on-call', ['rita']);
  scene.github.createTeam(scene.org, 'admins', ['olga']);
  return scene;
}

/** With a group of those who are in the team. */
const withCallers = (policy: string): string =>
  policy.replace('groups:\n', 'groups:\n  callers: { teams: [on-call] }\n');

const placeOf = (scene: Scene, who: string, slug = 'on-call'): string | null =>
  scene.github.see.teamMembers(scene.org, slug)[who] ?? null;

const question = (scene: Scene, who: string): number => scene.as(who).openIssue(scene.repo, { title: 'A question' });

/** Whether the app ever asked GitHub to change who is in a team. */
const changes = (scene: Scene): readonly string[] =>
  scene.github.calls
    .filter(({ method, path }) => method !== 'GET' && path.startsWith(`/orgs/${scene.org}/`))
    .map(({ method, path }) => `${method} ${path}`);

async function granted(scene: Scene, who = 'erin'): Promise<number> {
  const issue = ask(scene, who, { role: 'team:on-call' });
  await shownRequest(scene, issue);
  await scene.tell('mia', issue, '/approve');
  await scene.until('the membership', () => placeOf(scene, who) !== null);
  await stage.current().settled();
  return issue;
}

describe("a repository's policy that grants a team", () => {
  it.each<[string, string | null]>([
    ['that no policy of the organisation speaks of', null],
    ['that the organisation’s policy does not name', gates(MAIN_GATE)],
    ['while the organisation’s names another', `${gates(MAIN_GATE)}limits: { teams: [on-call] }\n`],
  ])('%s gives it to nobody, and says what to do', async (what, base) => {
    const team = what.includes('another') ? 'admins' : 'on-call';
    const scene = sceneWithTeam(access(RULE.replace('[on-call]', `[${team}]`)));
    if (base !== null) await baseline(scene, '.github-private', base);
    const answer = await scene.tell('erin', question(scene, 'erin'), `/request team:${team} for 1h: please`);
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain(`limits: { teams: [${team}] }`);
    expect(await requestCount(scene)).toBe(0);
    await nothingGivenAway(scene);
    expect(changes(scene)).toEqual([]);
  });

  it('by limits of its own gives it to nobody', async () => {
    const scene = sceneWithTeam(`${access(RULE)}limits: { teams: [on-call] }\n`);
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request team:on-call for 1h: please');
    expect(answer.words).toContain('does not let membership of');
    expect(changes(scene)).toEqual([]);
  });

  it('gives nothing while the organisation’s has errors', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', `${ALLOWED}nonsense: 1\n`);
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request team:on-call for 1h: please');
    expect(answer.words).toContain('has errors');
    expect(changes(scene)).toEqual([]);
  });

  it('gives nothing any more once the organisation takes it back, though it was asked for before', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', ALLOWED);
    const issue = ask(scene, 'erin', { role: 'team:on-call' });
    await shownRequest(scene, issue);
    scene.as('olga').editFile(`${scene.org}/.github-private`, 'main', '.jit-policy.yml', gates(MAIN_GATE));
    await stage.current().settled();
    await scene.tell('mia', issue, '/approve');
    await stage.current().settled();
    await nothingGivenAway(scene);
    expect(placeOf(scene, 'erin')).toBeNull();
  });

  it('gives nothing any more once the repository belongs to another organisation, whatever that one allows', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', ALLOWED);
    const issue = ask(scene, 'erin', { role: 'team:on-call' });
    await shownRequest(scene, issue);
    const other = sceneWithTeam(gates(MAIN_GATE));
    await baseline(other, '.github-private', ALLOWED);
    scene.as('olga').transferRepository(scene.repo, other.org, 'depot');
    await stage.current().settled();
    scene.as('mia').comment(`${other.org}/depot`, issue, '/approve');
    await stage.current().settled();
    expect(placeOf(scene, 'erin')).toBeNull();
    expect(placeOf(other, 'erin')).toBeNull();
    expect(changes(scene)).toEqual([]);
    const words = scene.github.see.comments(`${other.org}/depot`, issue).map(({ body }) => body);
    expect(words.join('\n')).toContain('the repository is in another organisation than the team by now');
  });

  it('stands in .github, where it is not the organisation’s while .github-private has one', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', gates(MAIN_GATE));
    await baseline(scene, '.github', `${access(RULE)}limits: { teams: [on-call] }\n`);
    scene.as('olga').addCollaborator(`${scene.org}/.github`, 'mia', 'maintain');
    const words = await scene.tell(
      'erin',
      question(scene, 'erin'),
      `/request team:on-call for 1h on ${scene.org}/.github: please`,
    );
    expect(words.words).toContain('does not let membership of');
    expect(changes(scene)).toEqual([]);
  });
});

describe('a slug that another team has by now', () => {
  /** The team is deleted, and another made in its place. */
  function remake(scene: Scene): void {
    orgNamed(scene.github.world, scene.org).teams.delete('on-call');
    createTeam(scene.github.world, scene.org, 'on-call', []);
  }

  it('when it is asked for is not the team that was meant here before', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', ALLOWED);
    const issue = await granted(scene);
    await scene.tell('erin', issue, '/revoke');
    await ended(scene, issue);
    remake(scene);
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request team:on-call for 1h: please');
    expect(answer.words).toContain('is another team');
    expect(placeOf(scene, 'erin')).toBeNull();
  });

  it('when it was approved gets nobody into it: the grant fails', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', ALLOWED);
    const issue = ask(scene, 'erin', { role: 'team:on-call' });
    await shownRequest(scene, issue);
    remake(scene);
    await scene.tell('mia', issue, '/approve');
    expect(await ended(scene, issue)).toContain('the team does not exist any more');
    expect(placeOf(scene, 'erin')).toBeNull();
    expect(changes(scene)).toEqual([]);
  });

  it('when it ends is not what the person is taken out of', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', ALLOWED);
    const issue = await granted(scene);
    const { teams } = orgNamed(scene.github.world, scene.org);
    const real = teamNamed(scene.github.world, scene.org, 'on-call');
    teams.delete('on-call');
    teams.set('on-call-old', { ...real, slug: 'on-call-old' });
    createTeam(scene.github.world, scene.org, 'on-call', ['erin']);
    await timePasses(scene, 'erin');
    await ended(scene, issue);
    expect(placeOf(scene, 'erin', 'on-call-old')).toBeNull();
    expect(placeOf(scene, 'erin')).toBe('member');
  });
});

describe('membership', () => {
  it('that GitHub does not let go is tried again, and counts as over only when it is shown gone', async () => {
    const scene = sceneWithTeam();
    await baseline(scene, '.github-private', ALLOWED);
    const issue = await granted(scene);
    const path = `/orgs/${scene.org}/teams/on-call/memberships/erin`;
    scene.github.faults.add({ kind: 'status', method: 'DELETE', path, status: 502, times: 2 });
    await timeIsOver(scene, 'erin');
    await stage.current().sweep();
    await scene.until('the end', () => placeOf(scene, 'erin') === null);
    expect(changes(scene).filter((call) => call.startsWith('DELETE'))).toHaveLength(3);
    await ended(scene, issue);
    expect((await grantsOf(scene, 'erin')).map(({ state }) => state)).toEqual(['ended']);
  });

  it('that is lent does not make somebody one who approves by a role of the repository', async () => {
    const two = access(
      RULE,
      '{ name: shift, roles: [push], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }',
    );
    const scene = sceneWithTeam(two);
    await baseline(scene, '.github-private', ALLOWED);
    scene.as('olga').setTeamRole(scene.repo, 'on-call', 'maintain');
    await granted(scene);
    const issue = ask(scene, 'emil', { role: 'push' });
    await shownRequest(scene, issue);
    expect((await scene.tell('erin', issue, '/approve')).reaction).toBe('confused');
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('rocket');
  });

  it('that is lent to two does not let them keep each other in it', async () => {
    const scene = sceneWithTeam(withCallers(access(RULE.replace('[maintainers]', '[callers]'))));
    await baseline(scene, '.github-private', ALLOWED);
    const issues: Record<string, number> = {};
    for (const who of ['erin', 'emil']) {
      const issue = ask(scene, who, { role: 'team:on-call' });
      await shownRequest(scene, issue);
      await scene.tell('rita', issue, '/approve');
      await scene.until('the membership', () => placeOf(scene, who) !== null);
      issues[who] = issue;
    }
    await stage.current().settled();
    const issue = issues['erin'] ?? 0;
    expect((await scene.tell('erin', issue, '/extend 2h : once more')).reaction).toBe('+1');
    const refused = await scene.tell('emil', issue, '/approve');
    expect(refused.reaction).toBe('confused');
    expect(refused.words).toContain('only by a grant of their own');
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('rocket');
  });

  it('that is lent opens a gate that asks its members', async () => {
    const gate = '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [callers] }] }';
    const scene = sceneWithTeam(`${withCallers(access(RULE))}gates:\n  - ${gate}\n`);
    await baseline(scene, '.github-private', 'version: 1\nlimits: { teams: [on-call] }\n');
    await granted(scene);
    const pull = scene.open();
    await scene.held(pull.sha);
    expect((await scene.tell('erin', pull.number, '/approve')).reaction).toBe('rocket');
  });
});
