/** Is access for someone outside the organisation followed from invitation to acceptance, and undone in every order? */

import { describe, expect, it } from 'vitest';
import { ask, directRole, ended, grantsOf, shownRequest, timePasses } from '../support/asking.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const POLICY = `version: 1
groups:
  guests: { users: [eve] }
  maintainers: { role: maintain }
access:
  - { name: guest, roles: [triage, push], requesters: [guests], max-duration: 8h, approvals: [{ from: [maintainers] }] }
`;

/** Eve asked, it was approved, and GitHub has sent the invitation. */
async function invited(scene: Scene, role = 'push'): Promise<number> {
  const issue = ask(scene, 'eve', { role, duration: '1h' });
  await shownRequest(scene, issue);
  await scene.tell('mia', issue, '/approve');
  await scene.until(
    'the invitation',
    () => scene.github.see.invitations(scene.repo).some(({ login }) => login === 'eve'),
    () => scene.spoken(issue),
  );
  await scene.stage.settled();
  return issue;
}

const offered = (scene: Scene): readonly string[] => scene.github.see.invitations(scene.repo).map(({ role }) => role);

describe('someone outside the organisation', () => {
  it('is invited, has the role once the invitation is accepted, and loses it at the end', async () => {
    const scene = stage.scene(POLICY);
    const issue = await invited(scene);
    expect(directRole(scene, 'eve')).toBeNull();
    const waiting = await shownRequest(scene, issue);
    expect(waiting).toContain('invitation');
    expect((await grantsOf(scene, 'eve')).map(({ state }) => state)).toEqual(['invited']);
    scene.as('eve').acceptInvitation(scene.repo);
    await scene.until('the grant to be active', async () => (await grantsOf(scene, 'eve'))[0]?.state === 'active');
    await stage.current().settled();
    expect(await shownRequest(scene, issue)).toContain('Access granted');
    expect(directRole(scene, 'eve')).toBe('push');
    await timePasses(scene, 'eve');
    await scene.until('the role to be gone', () => directRole(scene, 'eve') === null);
    await ended(scene, issue);
    expect(scene.github.see.invitations(scene.repo)).toEqual([]);
  });

  it('who never accepts has the invitation withdrawn at the end', async () => {
    const scene = stage.scene(POLICY);
    const issue = await invited(scene);
    await timePasses(scene, 'eve');
    await scene.until('no invitation', () => scene.github.see.invitations(scene.repo).length === 0);
    expect(await ended(scene, issue)).toContain('its time was over');
    expect(directRole(scene, 'eve')).toBeNull();
  });

  it('who accepts after the end has it undone', async () => {
    const scene = stage.scene(POLICY);
    const issue = await invited(scene);
    const repo = [...scene.github.world.repos.values()].find((one) => one.owner.login === scene.org);
    const invitation = repo?.invitations[0];
    await timePasses(scene, 'eve');
    await ended(scene, issue);
    // GitHub's own race: the invitation was taken back while the person clicked.
    if (repo !== undefined && invitation !== undefined) repo.invitations.push(invitation);
    scene.as('eve').acceptInvitation(scene.repo);
    expect(directRole(scene, 'eve')).toBe('push');
    await scene.until('the late acceptance to be undone', () => directRole(scene, 'eve') === null);
  });

  it('who accepts in the moment of the end has it undone too', async () => {
    const scene = stage.scene(POLICY);
    const issue = await invited(scene);
    scene.github.webhooks.pause();
    scene.as('eve').acceptInvitation(scene.repo);
    await timePasses(scene, 'eve');
    scene.github.webhooks.resume();
    await scene.until('the role to be gone', () => directRole(scene, 'eve') === null);
    await ended(scene, issue);
    await stage.current().settled();
    expect(directRole(scene, 'eve')).toBeNull();
  });

  it('who declines gets nothing, and the issue says so when it is looked at again', async () => {
    const scene = stage.scene(POLICY);
    const issue = await invited(scene);
    scene.as('eve').declineInvitation(scene.repo);
    await timePasses(scene, 'eve');
    await ended(scene, issue);
    expect(directRole(scene, 'eve')).toBeNull();
  });

  it('whose invitation is revoked before it is accepted gets nothing', async () => {
    const scene = stage.scene(POLICY);
    const issue = await invited(scene);
    expect((await scene.tell('mia', issue, '/revoke')).reaction).toBe('+1');
    await scene.until('no invitation', () => scene.github.see.invitations(scene.repo).length === 0);
    await ended(scene, issue);
    expect(directRole(scene, 'eve')).toBeNull();
  });

  it('is offered no more than what still runs, though the role of that was taken by hand', async () => {
    const scene = stage.scene(POLICY);
    await invited(scene, 'triage');
    scene.as('eve').acceptInvitation(scene.repo);
    await scene.until('the first role', () => directRole(scene, 'eve') === 'triage');
    await stage.current().settled();
    scene.github.webhooks.pause();
    scene.as('olga').removeCollaborator(scene.repo, 'eve');
    scene.github.webhooks.resume(() => []);
    const issue = await invited(scene, 'push');
    expect(offered(scene)).toEqual(['push']);
    expect((await scene.tell('eve', issue, '/done')).reaction).toBe('+1');
    await ended(scene, issue);
    expect(offered(scene)).toEqual(['triage']);
  });

  it('where the organisation forbids outside collaborators is told so in GitHub’s words', async () => {
    const scene = stage.scene(POLICY);
    scene.github.restrictOutsideCollaborators(scene.org, true);
    const issue = ask(scene, 'eve', { duration: '1h' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    const text = await ended(scene, issue);
    expect(text).toContain('Access could not be given');
    expect(text).toContain('outside collaborators');
    expect(directRole(scene, 'eve')).toBeNull();
    expect(scene.github.see.invitations(scene.repo)).toEqual([]);
  });
});
