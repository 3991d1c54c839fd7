/** Can a role that the organisation defined be asked for, given and taken back like one of the five? */

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
import { access } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const DECLARED = 'custom-roles: { release-captain: { base: push }, Security engineer: { base: pull } }\n';

const RULE =
  '{ name: shift, roles: [triage, push, release-captain, Security engineer, maintain, admin], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }';

/** The same for somebody who does not belong to the organisation. */
const FOR_EVE = RULE.replace('requesters: [engineers]', 'requesters: [guests]');

/** The policy, and an organisation that has the roles just as the policy says. */
function sceneWithRoles(rule = RULE): Scene {
  const policy = `${access(rule)}${DECLARED}`.replace('groups:', 'groups:\n  guests: { users: [eve] }');
  const scene = stage.scene(policy);
  scene.github.addCustomRole(scene.org, 'release-captain', 'push');
  scene.github.addCustomRole(scene.org, 'Security engineer', 'pull');
  scene.github.addCustomRole(scene.org, 'auditor', 'triage');
  return scene;
}

const gone = async (scene: Scene, who = 'erin'): Promise<void> => {
  await scene.until(
    `${who} to have no direct role`,
    () => directRole(scene, who) === null,
    () => scene.github.see.collaborators(scene.repo),
  );
};

const question = (scene: Scene, who: string): number => scene.as(who).openIssue(scene.repo, { title: 'A question' });

describe('a custom role', () => {
  it('is asked for in the form, shown by its name, given, and taken back when its time is over', async () => {
    const scene = sceneWithRoles();
    const issue = ask(scene, 'erin', { role: 'Release-Captain' });
    expect(await shownRequest(scene, issue)).toContain('`release-captain` on');
    expect((await scene.tell('mia', issue, '/approve release-captain')).reaction).toBe('rocket');
    await scene.until('the role', () => directRole(scene, 'erin') === 'release-captain');
    await stage.current().settled();
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:active');
    expect(await grantsOf(scene, 'erin')).toMatchObject([{ role: 'release-captain', role_base: 'push' }]);
    await timePasses(scene, 'erin');
    await gone(scene);
    expect(await ended(scene, issue)).toContain('its time was over');
  });

  it('is asked for in a comment, in quotes where its name has spaces', async () => {
    const scene = sceneWithRoles();
    const issue = question(scene, 'erin');
    const answer = await scene.tell('erin', issue, '/request "security ENGINEER" for 1h: to look at the alerts');
    expect(answer.reaction).toBe('+1');
    await scene.tell('mia', issue, '/approve');
    await scene.until('the role', () => directRole(scene, 'erin') === 'Security engineer');
    expect((await scene.tell('erin', issue, '/done')).reaction).toBe('+1');
    await gone(scene);
  });

  it('is given and taken back where GraphQL is not served', async () => {
    const scene = sceneWithRoles();
    scene.github.graphqlAvailable = false;
    try {
      const issue = await granted(scene, 'erin', { role: 'release-captain' });
      await scene.until('the end', async () => (await grantsOf(scene, 'erin'))[0]?.state === 'active');
      await timePasses(scene, 'erin');
      await gone(scene);
      await ended(scene, issue);
    } finally {
      scene.github.graphqlAvailable = true;
    }
  });

  it('waits for the invitation of somebody from outside', async () => {
    const scene = sceneWithRoles(FOR_EVE);
    const issue = ask(scene, 'eve', { role: 'release-captain' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    await scene.until('the invitation', () => scene.as('eve').invitations().includes(scene.repo));
    scene.as('eve').acceptInvitation(scene.repo);
    await scene.until('the grant to be active', async () => (await grantsOf(scene, 'eve'))[0]?.state === 'active');
    expect(directRole(scene, 'eve')).toBe('release-captain');
    await timePasses(scene, 'eve');
    await gone(scene, 'eve');
  });

  it('is no longer offered by an invitation when its time is over and a lower one goes on', async () => {
    const scene = sceneWithRoles(FOR_EVE);
    for (const role of ['push', 'release-captain']) {
      const issue = ask(scene, 'eve', { role });
      await shownRequest(scene, issue);
      await scene.tell('mia', issue, '/approve');
    }
    const offered = (): readonly string[] => scene.github.see.invitations(scene.repo).map(({ role }) => role);
    await scene.until('the offer', () => offered().includes('release-captain'), offered);
    await stage.current().settled();
    await timePasses(scene, 'eve', ['release-captain']);
    await scene.until('the lower offer', () => offered().every((role) => role === 'push'), offered);
    await stage.current().settled();
    scene.as('eve').acceptInvitation(scene.repo);
    await stage.current().settled();
    expect(directRole(scene, 'eve')).toBe('push');
  });

  it('that was there before is given back, though the policy does not know it', async () => {
    const scene = sceneWithRoles();
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'auditor');
    const issue = await granted(scene, 'emil', { role: 'admin' });
    await timePasses(scene, 'emil');
    await scene.until('the earlier role', () => directRole(scene, 'emil') === 'auditor');
    await ended(scene, issue);
    expect(directRole(scene, 'emil')).toBe('auditor');
  });

  it('that nobody declared is no role to ask for, and the answer names those that are', async () => {
    const scene = sceneWithRoles();
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request auditor for 1h: please');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('`auditor` is not a role');
    expect(answer.words).toContain('`release-captain`');
    expect(await requestCount(scene)).toBe(0);
  });
});

describe('a custom role beside others', () => {
  it('gives way to the lower grant that goes on, when its own time is over', async () => {
    const scene = sceneWithRoles();
    await granted(scene, 'erin', { role: 'triage', duration: '4h' });
    const issue = await granted(scene, 'erin', { role: 'release-captain', duration: '1h' });
    await scene.until('the role', () => directRole(scene, 'erin') === 'release-captain');
    await stage.current().settled();
    await timePasses(scene, 'erin', ['release-captain']);
    await scene.until('the lower role', () => directRole(scene, 'erin') === 'triage');
    await ended(scene, issue);
    await timePasses(scene, 'erin');
    await gone(scene);
  });

  it('makes what it builds on superfluous', async () => {
    const scene = sceneWithRoles();
    await granted(scene, 'erin', { role: 'release-captain' });
    await stage.current().settled();
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request push for 1h: more work');
    expect(answer.words).toContain('already has `release-captain`');
    expect(await grantsOf(scene, 'erin')).toHaveLength(1);
  });

  it('keeps out what can not be compared with it while it runs, and says until when', async () => {
    const scene = sceneWithRoles();
    await granted(scene, 'erin', { role: 'release-captain' });
    await stage.current().settled();
    for (const role of ['maintain', '"Security engineer"']) {
      const answer = await scene.tell('erin', question(scene, 'erin'), `/request ${role} for 1h: more work`);
      expect(answer.reaction).toBe('confused');
      expect(answer.words).toContain('A grant of `release-captain` runs until');
    }
    expect(directRole(scene, 'erin')).toBe('release-captain');
    expect(await grantsOf(scene, 'erin')).toHaveLength(1);
    await granted(scene, 'erin', { role: 'admin' });
    await scene.until('admin', () => directRole(scene, 'erin') === 'admin');
  });

  it('is not given beside one that was approved first, though both were asked for before', async () => {
    const scene = sceneWithRoles();
    const first = ask(scene, 'erin', { role: 'release-captain' });
    const second = ask(scene, 'erin', { role: 'maintain' });
    await shownRequest(scene, first);
    await shownRequest(scene, second);
    await scene.tell('mia', first, '/approve');
    await scene.tell('mia', second, '/approve');
    await stage.current().settled();
    expect(directRole(scene, 'erin')).toBe('release-captain');
    expect((await grantsOf(scene, 'erin')).map(({ role, state }) => [role, state])).toEqual([
      ['release-captain', 'active'],
    ]);
    expect(await shownRequest(scene, second)).toContain('nobody can tell whether maintain gives everything');
  });

  it('is not put in the place of one that the person had, which the policy knows nothing of', async () => {
    const scene = sceneWithRoles();
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'auditor');
    const answer = await scene.tell('emil', question(scene, 'emil'), '/request push for 1h: to repair it');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('has the role `auditor`');
    expect(answer.words).toContain('nobody is lowered by asking');
    expect(directRole(scene, 'emil')).toBe('auditor');
    expect(await requestCount(scene)).toBe(0);
  });

  it('is not put in the place of one that somebody gave by hand after the approval was asked for', async () => {
    const scene = sceneWithRoles();
    const issue = ask(scene, 'emil', { role: 'maintain' });
    await shownRequest(scene, issue);
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'auditor');
    await stage.current().settled();
    await scene.tell('mia', issue, '/approve');
    expect(await ended(scene, issue)).toContain('nobody can tell whether maintain gives everything that auditor');
    expect(directRole(scene, 'emil')).toBe('auditor');
    expect(await grantsOf(scene, 'emil')).toMatchObject([{ state: 'failed' }]);
  });

  it('of a team does not keep anything out: what comes through the team stays', async () => {
    const scene = sceneWithRoles();
    scene.as('olga').setTeamRole(scene.repo, 'engineers', 'auditor');
    const issue = await granted(scene, 'erin', { role: 'release-captain' });
    await timePasses(scene, 'erin');
    await gone(scene);
    expect(await ended(scene, issue)).toContain('`auditor`');
  });
});

describe('a custom role that the organisation has otherwise than the policy says', () => {
  it('and not at all: the grant fails, with words for the person', async () => {
    const scene = stage.scene(`${access(RULE)}${DECLARED}`);
    const issue = ask(scene, 'erin', { role: 'release-captain' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    const text = await ended(scene, issue);
    expect(text).toContain('Access could not be given');
    expect(text).toContain('did not take the custom role release-captain');
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('and on another base: what was given is taken back at once, and the earlier role restored', async () => {
    const scene = stage.scene(`${access(RULE)}${DECLARED}`);
    scene.github.addCustomRole(scene.org, 'release-captain', 'maintain');
    scene.as('olga').addCollaborator(scene.repo, 'erin', 'triage');
    const issue = ask(scene, 'erin', { role: 'release-captain' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    expect(await ended(scene, issue)).toContain('builds on another one than the policy says');
    expect(directRole(scene, 'erin')).toBe('triage');
    expect(await grantsOf(scene, 'erin')).toMatchObject([{ state: 'ended', end_reason: 'misdeclared' }]);
  });
});
