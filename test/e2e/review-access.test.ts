/** Does access end, and give back what was there, where a step was refused, lost, late, or never made? */

import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
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
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const UP_TO_MAINTAIN = access(SHIFT_RULE.replace('[triage, push]', '[triage, push, maintain]'));

const GUESTS = `version: 1
groups:
  guests: { users: [eve] }
  maintainers: { role: maintain }
access:
  - { name: guest, roles: [triage, push], requesters: [guests], max-duration: 8h, approvals: [{ from: [maintainers] }] }
`;

afterEach(() => stage.current().github.faults.clear());

const stateOf = async (scene: Scene, who: string): Promise<string | undefined> =>
  (await grantsOf(scene, who)).at(-1)?.state;

/** Eve asked for a role, it was approved, and GitHub has sent the invitation. */
async function invited(scene: Scene, role = 'push', duration = '1h'): Promise<number> {
  const issue = ask(scene, 'eve', { role, duration });
  await shownRequest(scene, issue);
  await scene.tell('mia', issue, '/approve');
  await scene.until('the invitation', async () => (await stateOf(scene, 'eve')) === 'invited');
  await scene.stage.settled();
  return issue;
}

function shop(scene: Scene) {
  const found = [...scene.github.world.repos.values()].find((one) => one.owner.login === scene.org);
  if (found === undefined) throw new Error('there is no repository');
  return found;
}

describe('the role that a person had before', () => {
  it('stays where the grant ended before anything was given', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'triage');
    const issue = ask(scene, 'emil', {});
    await shownRequest(scene, issue);
    scene.github.faults.add({ kind: 'status', status: 500, path: '/collaborators/emil/permission', times: 1000 });
    scene.say('mia', issue, '/approve');
    await scene.until('the grant', async () => (await stateOf(scene, 'emil')) === 'applying');
    await stage.current().stopApp();
    scene.github.faults.clear();
    await scene.stage.database.db
      .updateTable('access_grant')
      .set({ ends_at: Date.now() - 1000 })
      .where('id', '=', (await grantsOf(scene, 'emil')).at(-1)?.id ?? '')
      .execute();
    await stage.current().startApp();
    await ended(scene, issue);
    expect(directRole(scene, 'emil')).toBe('triage');
  });

  it('does not keep the granted one alive where GitHub refuses to restore it', async () => {
    const scene = stage.scene(UP_TO_MAINTAIN);
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'triage');
    await granted(scene, 'emil', { role: 'maintain' });
    scene.github.setBaseRole(scene.org, 'write');
    await timePasses(scene, 'emil');
    expect(scene.github.see.role(scene.repo, 'emil')).toBe('push');
    expect(await stateOf(scene, 'emil')).toBe('ended');
  });

  it('is not given back to somebody who was lowered by hand meanwhile', async () => {
    const scene = stage.scene(UP_TO_MAINTAIN);
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'push');
    const issue = await granted(scene, 'emil', { role: 'maintain' });
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'pull');
    await scene.stage.settled();
    await timePasses(scene, 'emil');
    await ended(scene, issue);
    expect(directRole(scene, 'emil')).toBe('pull');
  });
});

describe('a grant that can not be taken back for a long time', () => {
  it('does not heap up work with every sweep', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin');
    await scene.stage.settled();
    scene.github.faults.add({ kind: 'status', status: 500, method: 'DELETE', path: '/collaborators/', times: 1000 });
    const { db, boss } = scene.stage.database;
    await db.updateTable('access_grant').set({ ends_at: 1 }).where('grantee_login', '=', 'erin').execute();
    for (let sweeps = 0; sweeps < 6; sweeps += 1) {
      await boss.send('sweep', {});
      scene.stage.database.announce('sweep');
      await scene.until('the sweep to be over', async () => {
        const { rows } = await sql<{ count: number }>`
          select count(*)::int4 as count from pgboss.job
          where name = 'sweep' and state in ('created', 'active')`.execute(db);
        return rows[0]?.count === 0;
      });
    }
    const { rows } = await sql<{ count: number }>`
      select count(*)::int4 as count from pgboss.job where name = 'effect' and singleton_key like 'access:%'`.execute(
      db,
    );
    expect(rows[0]?.count).toBeLessThanOrEqual(2);
    scene.github.faults.clear();
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
    await scene.stage.settled();
  });
});

describe('an invitation', () => {
  it('that was accepted while GitHub still showed no role is not kept after the grant was given up', async () => {
    const scene = stage.scene(GUESTS);
    await invited(scene);
    const repo = shop(scene);
    scene.github.webhooks.pause();
    scene.as('eve').acceptInvitation(scene.repo);
    const [eve] = [...repo.collaborators.keys()].slice(-1);
    if (eve === undefined) throw new Error('eve did not accept');
    repo.collaborators.delete(eve);
    await scene.stage.database.boss.send('sweep', {});
    scene.stage.database.announce('sweep');
    await scene.until('the grant to be given up', async () => (await stateOf(scene, 'eve')) === 'failed');
    repo.collaborators.set(eve, 'push');
    scene.github.webhooks.resume();
    await scene.until('the role to be gone', () => directRole(scene, 'eve') === null);
  });

  it('that somebody else sends long after a grant ended is not undone', async () => {
    const scene = stage.scene(GUESTS);
    const issue = await invited(scene);
    await timePasses(scene, 'eve');
    await ended(scene, issue);
    await scene.stage.database.db
      .updateTable('access_grant')
      .set({ ended_at: Date.now() - 3 * 24 * 3_600_000 })
      .where('id', '=', (await grantsOf(scene, 'eve')).at(-1)?.id ?? '')
      .execute();
    scene.as('olga').addCollaborator(scene.repo, 'eve', 'push');
    scene.as('eve').acceptInvitation(scene.repo);
    await scene.stage.settled();
    expect(directRole(scene, 'eve')).toBe('push');
  });

  it('is lowered when the stronger of two grants ends before it is accepted', async () => {
    const scene = stage.scene(GUESTS);
    const strong = await invited(scene, 'push');
    const weak = await invited(scene, 'triage', '4h');
    await timePasses(scene, 'eve', ['push']);
    expect((await grantsOf(scene, 'eve')).map(({ state }) => state)).toEqual(['ended', 'invited']);
    expect(scene.github.see.invitations(scene.repo)).toMatchObject([{ login: 'eve', role: 'triage' }]);
    await ended(scene, strong);
    scene.as('eve').acceptInvitation(scene.repo);
    await scene.until('the grant to be active', async () => (await stateOf(scene, 'eve')) === 'active');
    expect(directRole(scene, 'eve')).toBe('triage');
    await timePasses(scene, 'eve');
    await ended(scene, weak);
    expect(directRole(scene, 'eve')).toBeNull();
  });
});

describe('what the app does itself', () => {
  it('is not written down as a change by hand', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin', { role: 'triage', duration: '4h' });
    await granted(scene, 'erin', { role: 'push', duration: '1h' });
    await scene.stage.settled();
    // The app lowers the role to the one of the grant that goes on, and GitHub tells of that.
    await timePasses(scene, 'erin', ['push']);
    expect(directRole(scene, 'erin')).toBe('triage');
    const ids = (await grantsOf(scene, 'erin')).map(({ id }) => id);
    const drift = await scene.stage.database.db
      .selectFrom('audit_entry')
      .select('data')
      .where('kind', '=', 'grant.drift')
      .where('grant_id', 'in', ids)
      .execute();
    expect(drift).toEqual([]);
  });
});

describe('a command that is handled again after an interruption', () => {
  it('does not ask a second time for what was withdrawn meanwhile', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Talk' });
    expect((await scene.tell('erin', issue, '/request push for 1h: repair the checkout page')).reaction).toBe('+1');
    expect((await scene.tell('erin', issue, '/cancel')).reaction).toBe('+1');
    const rows = await scene.stage.database.db
      .selectFrom('delivery')
      .select(['id', 'payload'])
      .where('event', '=', 'issue_comment')
      .execute();
    const first = rows.find(
      ({ payload }) => payload?.includes('/request push for 1h') === true && payload.includes(scene.repo),
    );
    await scene.stage.database.boss.send('delivery', { id: first?.id });
    scene.stage.database.announce('delivery');
    await scene.stage.settled();
    expect(await requestCount(scene)).toBe(1);
  });
});
