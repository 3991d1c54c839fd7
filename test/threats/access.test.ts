/** Attacks on roles: to get one that nobody approved, for somebody else, or to keep it when its time is over. */

import { describe, expect, it, vi } from 'vitest';
import { access, SHIFT_RULE } from '../support/policies.ts';
import {
  ask,
  directRole,
  formText,
  granted,
  grantsOf,
  requestCount,
  shownRequest,
  timePasses,
} from '../support/asking.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { repoNamed } from '../support/github/world/find.ts';
import { teamNamed } from '../support/github/setup.ts';
import { hurry } from '../torture/passing.ts';
import { account, altered, audited, nothingGivenAway, post, sent } from './support.ts';

const stage = useStage();

/** An issue of erin's that asks for nothing. */
const harmless = (scene: Scene): number =>
  scene.as('erin').openIssue(scene.repo, { title: 'The cart is slow', body: 'It takes two seconds.' });

describe('a request in the name of somebody else', () => {
  it('is not made by labelling an issue whose text the attacker has changed into a form', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = harmless(scene);
    scene.as('mia').edit(scene.repo, issue, { body: formText({ role: 'push', reason: 'Trust me' }) });
    scene.as('mia').label(scene.repo, issue, 'access-request');
    await stage.current().settled();
    expect(await requestCount(scene)).toBe(0);
    await scene.tell('mia', issue, '/approve');
    expect(directRole(scene, 'erin')).toBeNull();
    await nothingGivenAway(scene);
  });

  it('is not made by moving a request to a repository that it was not meant for', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = harmless(scene);
    await stage.current().settled();
    const body = formText({ role: 'push', reason: 'Repair the checkout page' });
    const moved = altered(sent(scene, 'issues', 'opened').payload, {
      issue: { body },
      sender: { id: account(scene, 'mia').id, login: 'mia' },
      changes: { old_issue: {}, old_repository: {} },
    });
    expect(await post(stage.current(), 'issues', moved)).toBeLessThan(300);
    await stage.current().settled();
    expect(await requestCount(scene)).toBe(0);
    await scene.tell('mia', issue, '/approve');
    await nothingGivenAway(scene);
  });

  it('is not made when its author changes only the title of a text that the attacker wrote', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = harmless(scene);
    scene.as('mia').edit(scene.repo, issue, { body: formText({ role: 'push', reason: 'Trust me' }) });
    scene.as('erin').edit(scene.repo, issue, { title: 'The cart is very slow' });
    await stage.current().settled();
    expect(await requestCount(scene)).toBe(0);
    await nothingGivenAway(scene);
  });
});

describe('two grants of one person', () => {
  it('that is approved while a stronger one is taken back gives no more than its own role', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const weak = ask(scene, 'erin', { role: 'triage', duration: '8h' });
    await shownRequest(scene, weak);
    const strong = await granted(scene, 'erin', { role: 'push', duration: '1h' });
    // GitHub fails for the moment in which the one ends and the other is approved.
    const back = scene.github.faults.add({ kind: 'status', status: 503, path: '/collaborators/erin', times: 1_000 });
    scene.say('erin', strong, '/revoke');
    await scene.until('the end to begin', async () =>
      (await grantsOf(scene, 'erin')).some(({ state }) => state === 'ending'),
    );
    scene.say('mia', weak, '/approve');
    await scene.until('the second grant', async () => (await grantsOf(scene, 'erin')).length === 2);
    back();
    // What failed waits longer after each try; here it has the next one now.
    await hurry(scene.stage.database);
    await scene.until(
      'only triage to be left',
      () => directRole(scene, 'erin') === 'triage',
      () => scene.github.see.collaborators(scene.repo),
    );
    await scene.until('the first to be over', async () => (await grantsOf(scene, 'erin'))[0]?.state === 'ended');
    expect(directRole(scene, 'erin')).toBe('triage');
    await timePasses(scene, 'erin');
    await hurry(scene.stage.database);
    await scene.until('nothing to be left', () => directRole(scene, 'erin') === null);
  });
});

describe('a group by role', () => {
  const MAINTAIN_RULE = SHIFT_RULE.replace('[triage, push]', '[maintain]');

  it('does not count those who have the role only by a grant: two could keep each other in it', async () => {
    const scene = stage.scene(access(MAINTAIN_RULE));
    await granted(scene, 'erin', { role: 'maintain' });
    const next = ask(scene, 'emil', { role: 'maintain' });
    await shownRequest(scene, next);
    const { reaction, words } = await scene.tell('erin', next, '/approve');
    expect(reaction).toBe('confused');
    expect(words).toContain('`erin` is in none of the groups');
    expect(directRole(scene, 'emil')).toBeNull();
    await scene.tell('mia', next, '/approve');
    await scene.until('emil to have the role', () => directRole(scene, 'emil') === 'maintain');
  });

  it('counts somebody with a grant whose team has the role anyway', async () => {
    const scene = stage.scene(access(MAINTAIN_RULE));
    await granted(scene, 'erin', { role: 'maintain' });
    scene.github.createTeam(scene.org, 'leads', ['erin']);
    const repo = repoNamed(scene.github.world, scene.repo);
    repo.teamRoles.set(teamNamed(scene.github.world, scene.org, 'leads'), 'maintain');
    const next = ask(scene, 'emil', { role: 'maintain' });
    await shownRequest(scene, next);
    await scene.tell('erin', next, '/approve');
    await scene.until('emil to have the role', () => directRole(scene, 'emil') === 'maintain');
  });
});

describe('a request that asks for what it should not get', () => {
  it('names somebody else as the one to get the role: the field is not read, the author asks', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const body = `### Person\n\nemil\n\n### Grantee\n\nemil\n\n${formText({ role: 'push', reason: 'Repair the checkout page' })}`;
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'For @emil', body });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    await scene.until('erin to have push', () => directRole(scene, 'erin') === 'push');
    expect(directRole(scene, 'emil')).toBeNull();
  });

  it('asks for a lower role than the person has: nothing changes, and the person is told', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('[engineers]', '[engineers, maintainers]')));
    const issue = ask(scene, 'mia', { role: 'triage' });
    await scene.until('an answer', () => scene.spoken(issue).some((text) => text.includes('already has')));
    await stage.current().settled();
    expect(directRole(scene, 'mia')).toBe('maintain');
    await nothingGivenAway(scene);
  });

  it('is approved by the one who asks, or by one who may only ask', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('from: [maintainers]', 'from: [engineers, maintainers]')));
    const issue = ask(scene, 'erin', { role: 'push' });
    await shownRequest(scene, issue);
    expect((await scene.tell('erin', issue, '/approve')).reaction).toBe('confused');
    expect((await scene.tell('sam', issue, '/approve all')).reaction).toBe('confused');
    expect(directRole(scene, 'erin')).toBeNull();
    await nothingGivenAway(scene);
  });

  it('is one of two that wait on an issue: "/approve all" by one of the two does not count for their own', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('from: [maintainers]', 'from: [engineers]')));
    const issue = ask(scene, 'erin', { role: 'push' });
    await shownRequest(scene, issue);
    await scene.tell('emil', issue, '/request push for 1h: me too');
    await scene.tell('emil', issue, '/approve all');
    await scene.until('erin to have push', () => directRole(scene, 'erin') === 'push');
    await stage.current().settled();
    expect(directRole(scene, 'emil')).toBeNull();
  });

  it('says one thing when it is approved and another afterwards: what was shown is what is given', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', { role: 'triage', duration: '1h' });
    await shownRequest(scene, issue);
    scene.as('erin').edit(scene.repo, issue, { body: formText({ role: 'push', duration: '8h', reason: 'More' }) });
    await stage.current().settled();
    await scene.tell('mia', issue, '/approve');
    await scene.until('triage', () => directRole(scene, 'erin') === 'triage');
    scene
      .as('erin')
      .edit(scene.repo, issue, { body: formText({ role: 'admin', duration: '9h', reason: 'Much more' }) });
    await stage.current().settled();
    expect(directRole(scene, 'erin')).toBe('triage');
    expect(await requestCount(scene)).toBe(1);
  });

  it('is for a repository of another installation, which this one can not give', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const other = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', { role: 'push', repository: other.repo });
    await scene.until('an answer', () => scene.spoken(issue).some((text) => text.includes('can see')));
    await scene.tell('mia', issue, '/approve');
    expect(directRole(scene, 'erin', other.repo)).toBeNull();
    await nothingGivenAway(other);
    await nothingGivenAway(scene);
  });
});

describe('a grant that should be over', () => {
  it('is lengthened after its end: the approval of that gives nothing back', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin', { role: 'push', duration: '1h' });
    await scene.tell('erin', issue, '/extend 1h: not done yet');
    await timePasses(scene, 'erin');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
    await scene.tell('mia', issue, '/approve');
    await stage.current().settled();
    expect(directRole(scene, 'erin')).toBeNull();
    expect((await grantsOf(scene, 'erin')).map(({ state }) => state)).toEqual(['ended']);
  });

  it('is taken back though its holder goes by another name, and the name by another holder', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin', { role: 'push', duration: '1h' });
    scene.as('erin').rename('erin-new');
    scene.as('eve').rename('erin');
    try {
      scene.as('olga').addCollaborator(scene.repo, 'emil', 'push');
      const { db } = stage.current().database;
      await db
        .updateTable('access_grant')
        .set({ ends_at: 1 })
        .where('grantee_id', '=', account(scene, 'erin-new').id)
        .execute();
      await stage.current().sweep();
      await scene.until('the role to be gone', () => directRole(scene, 'erin-new') === null);
      expect(directRole(scene, 'emil')).toBe('push');
    } finally {
      scene.as('erin').rename('eve');
      scene.as('erin-new').rename('erin');
    }
  });

  it('does not come back with its holder, who left the organisation and was taken in again', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin', { role: 'push', duration: '8h' });
    scene.as('olga').removeFromOrganization(scene.org, 'erin');
    await stage.current().settled();
    scene.github.addMember(scene.org, 'erin');
    await stage.current().sweep();
    expect(directRole(scene, 'erin')).toBeNull();
    expect(scene.github.see.invitations(scene.repo)).toEqual([]);
    expect((await grantsOf(scene, 'erin')).map(({ state }) => state)).toEqual(['ended']);
  });

  it('is not ended by somebody who has no say in it', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin', { role: 'push', duration: '1h' });
    const answer = await scene.tell('emil', issue, '/revoke');
    expect(answer.reaction).toBe('confused');
    expect(directRole(scene, 'erin')).toBe('push');
  });

  it('is an invitation that nobody accepted: it is gone, and accepting it late is undone', async () => {
    const scene = stage.scene(
      access(SHIFT_RULE.replace('requesters: [engineers]', 'requesters: [outside]')).replace(
        'groups:\n',
        'groups:\n  outside: { users: [eve] }\n',
      ),
    );
    const issue = ask(scene, 'eve', { role: 'push', duration: '1h' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    await scene.until('an invitation', () => scene.github.see.invitations(scene.repo).length > 0);
    const { invitations } = repoNamed(scene.github.world, scene.repo);
    const accepting = [...invitations];
    await timePasses(scene, 'eve');
    await scene.until('no invitation', () => scene.github.see.invitations(scene.repo).length === 0);
    // The acceptance that GitHub was already working on.
    invitations.push(...accepting);
    scene.as('eve').acceptInvitation(scene.repo);
    expect(directRole(scene, 'eve')).toBe('push');
    await scene.until('the role to be gone', () => directRole(scene, 'eve') === null);
  });

  it('is changed by hand meanwhile: that is recorded, and the end still takes all of it', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin', { role: 'push', duration: '1h' });
    scene.as('olga').addCollaborator(scene.repo, 'erin', 'admin');
    await stage.current().settled();
    expect(await audited(scene)).toContain('grant.drift');
    await timePasses(scene, 'erin');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
  });

  it('ends by the database’s clock, whatever GitHub’s and the machine’s say', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin', { role: 'push', duration: '1h' });
    scene.github.clock.advance(48 * 3_600_000);
    const real = Date.now;
    // The embedded database asks the machine too: it stands for one that has a clock of its own, so it keeps its time.
    const jump = vi.spyOn(Date, 'now').mockImplementation(() => {
      const asked = new Error().stack ?? '';
      return real() + (asked.includes('pglite') ? 0 : 48 * 3_600_000);
    });
    await stage.current().sweep();
    expect(directRole(scene, 'erin')).toBe('push');
    jump.mockRestore();
    await timePasses(scene, 'erin');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
  });

  it('is one of two on two issues: each is given back on its own, and the last takes the role', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const second = ask(scene, 'erin', { role: 'push', duration: '8h' });
    await shownRequest(scene, second);
    const first = await granted(scene, 'erin', { role: 'push', duration: '1h' });
    await scene.tell('mia', second, '/approve');
    await scene.tell('erin', first, '/revoke');
    await stage.current().settled();
    expect(directRole(scene, 'erin')).toBe('push');
    await scene.tell('erin', second, '/revoke');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
  });
});
