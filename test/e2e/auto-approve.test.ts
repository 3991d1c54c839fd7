/** Does a rule grant at once what it says, leave a review that is owed, and go back to approvals where that is overdue? */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { ask, directRole, ended, grantsOf, shownRequest } from '../support/asking.ts';
import { timeGoesBy } from '../support/passing-time.ts';
import { access } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const ALWAYS = 'inside: "mon-sun 00:00 - 24:00", zone: UTC';
const NEVER = 'outside: "mon-sun 00:00 - 24:00", zone: UTC';
const rule = (hours: string, requesters = 'engineers', more = ''): string =>
  `{ name: shift, roles: [triage, push, maintain, admin], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }], auto-approve: { requesters: [${requesters}], ${hours}, review: [security, release], within: 2h }${more} }`;

/** Waits until the person has a role that they asked for. */
const given = async (scene: Scene, who: string, role = 'push'): Promise<void> => {
  await scene.until(
    `${who} to have ${role}`,
    () => directRole(scene, who) === role,
    () => scene.github.see.collaborators(scene.repo),
  );
  await scene.stage.settled();
};

const askedAtOnce = async (scene: Scene, who = 'erin', role = 'push'): Promise<number> => {
  const issue = ask(scene, who, { role });
  await given(scene, who, role);
  return issue;
};

describe('a request in the hours, by one whom the rule names', () => {
  it('is granted at once and without a vote, shows which review is owed, and ends like any other', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const issue = await askedAtOnce(scene);
    const shown = await shownRequest(scene, issue);
    expect(shown).toContain('Access granted');
    expect(shown).toContain('granted to `erin` at once');
    expect(shown).toContain('`security` or `release` owe a look at it, by `/reviewed`, until');
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:active');
    expect((await scene.tell('erin', issue, '/revoke')).reaction).toBe('+1');
    await ended(scene, issue);
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('by the command `/request` is granted as well', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Help', body: 'It burns', labels: [] });
    await scene.tell('erin', issue, '/request push for 1h : the shop is down');
    await given(scene, 'erin');
  });

  it('is kept in the audit log as what it was', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    await askedAtOnce(scene);
    const [grant] = await grantsOf(scene, 'erin');
    const entries = await scene.stage.database.db
      .selectFrom('audit_entry')
      .select(['kind', 'data'])
      .where('request_id', '=', grant?.request_id ?? '')
      .orderBy('seq')
      .execute();
    expect(entries.map(({ kind }) => kind).slice(0, 4)).toEqual([
      'request.opened',
      'vote.cast',
      'request.approved',
      'request.released',
    ]);
    expect(entries[1]?.data).toMatchObject({ answer: 'auto-approve', source: { kind: 'request' } });
    expect(entries[2]?.data).toMatchObject({ rules: [{ rule: 'shift', reason: 'auto-approved' }] });
  });
});

describe('a request that waits for its approvals', () => {
  it.each([
    ['outside of the hours', rule(NEVER)],
    ['by one who is not in the group', rule(ALWAYS, 'release')],
    ['where the group can not be read', rule(ALWAYS, 'gone')],
    ['where the organisation asks for so many people', rule(ALWAYS).concat('\nlimits: { min-count: 1 }')],
  ])('is one %s', async (_, written) => {
    const policy = access(written).replace('groups:\n', 'groups:\n  gone: { teams: [no-such-team] }\n');
    const scene = stage.scene(policy);
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    expect(scene.github.see.labels(scene.repo, issue)).toEqual(expect.arrayContaining(['jit:pending']));
    expect(directRole(scene, 'erin')).toBeNull();
    await scene.tell('mia', issue, '/approve');
    await given(scene, 'erin');
  });
});

describe('the review that is owed', () => {
  it('is given by the reviewers, but not by whoever has the good of it', async () => {
    const policy = access(rule(ALWAYS)).replace('teams: [security]', 'teams: [security], users: [erin]');
    const scene = stage.scene(policy);
    const issue = await askedAtOnce(scene);
    for (const who of ['erin', 'mia', 'ben']) {
      expect((await scene.tell(who, issue, '/reviewed')).reaction, who).toBe('confused');
    }
    expect((await scene.tell('sam', issue, '/reviewed : fine')).reaction).toBe('+1');
    expect((await scene.tell('ana', issue, '/reviewed')).words).toContain('No review is owed here');
  });

  it('can end the access that it looks at', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const issue = await askedAtOnce(scene);
    expect((await scene.tell('ben', issue, '/revoke')).reaction).toBe('confused');
    expect((await scene.tell('sam', issue, '/revoke')).reaction).toBe('+1');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
  });

  it('is called for once when it is overdue, and until it is given that person waits for approvals', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const first = await askedAtOnce(scene, 'erin', 'triage');
    await scene.tell('sam', await askedAtOnce(scene, 'emil', 'triage'), '/reviewed');
    // In time, the debt binds nobody.
    await askedAtOnce(scene, 'erin', 'push');
    await timeGoesBy(scene.stage, 3);
    await scene.stage.sweep();
    await scene.stage.sweep();
    const calls = scene.spoken(first).filter((text) => text.includes('A review is overdue'));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toContain('@sam');
    expect(calls[0]).not.toContain('@erin');
    const metrics = await (await fetch(`${scene.stage.app.url}/metrics`)).text();
    expect(metrics).toMatch(/jit_gate_reviews_overdue [1-9]/u);

    const next = ask(scene, 'erin', { role: 'maintain' });
    const shown = await shownRequest(scene, next);
    expect(shown).toContain('not granted at once, since a review is **overdue**');
    expect(shown).toContain('until `security` or `release` say `/reviewed`');
    expect(shown).toContain(`in #${first}`);
    expect(directRole(scene, 'erin')).not.toBe('maintain');
    await askedAtOnce(scene, 'emil', 'maintain');

    await scene.tell('sam', first, '/reviewed');
    expect((await scene.tell('erin', first, '/request admin for 1h : again')).reaction).toBe('+1');
    await scene.stage.settled();
    expect(directRole(scene, 'erin')).not.toBe('admin');
  });
});

describe('who owes the look', () => {
  it('can end the access though whoever has it is in no group any more that is granted it', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const issue = await askedAtOnce(scene);
    scene.as('olga').removeFromTeam(scene.org, 'engineers', 'erin');
    await scene.stage.settled();
    expect((await scene.tell('sam', issue, '/revoke: not hers any more')).reaction).toBe('+1');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
  });
});

describe('a debt whose rule is gone', () => {
  const OTHERS = access(
    '{ name: other, roles: [push], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }',
  );

  it.each<[string, string | null]>([
    ['with every rule that names reviewers', OTHERS],
    ['with the policy', null],
  ])('%s stays, and is settled by those who administer the repository', async (_, policy) => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const issue = await askedAtOnce(scene);
    scene.setPolicy(policy);
    await scene.stage.settled();
    await timeGoesBy(scene.stage, 3);
    await scene.stage.sweep();
    await scene.stage.settled();
    const [call = ''] = scene.spoken(issue).filter((text) => text.includes('A review is overdue'));
    expect(call).toContain('those who administer the repository, since no rule names anybody any more');
    expect(call).toContain('@olga');
    expect(call).not.toContain('@erin');
    for (const who of ['erin', 'sam', 'mia']) {
      const { reaction, words } = await scene.tell(who, issue, '/reviewed');
      expect(reaction, who).toBe('confused');
      if (who !== 'erin') expect(words).toContain('`olga`');
    }
    expect((await scene.tell('olga', issue, '/reviewed : it was right')).reaction).toBe('+1');
    expect((await scene.tell('olga', issue, '/reviewed')).words).toContain('No review is owed here');
    const [grant] = await grantsOf(scene, 'erin');
    const { rows } = await sql<{ login: string }>`
      select login from audit_entry join person on person.id = actor
      where request_id = ${grant?.request_id} and data ->> 'answer' = 'review'`.execute(scene.stage.database.db);
    expect(rows).toEqual([{ login: 'olga' }]);
  });

  it('is not settled by one who administers the repository for a time', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const issue = await askedAtOnce(scene);
    await askedAtOnce(scene, 'emil', 'admin');
    scene.setPolicy(OTHERS);
    await scene.stage.settled();
    expect((await scene.tell('emil', issue, '/reviewed')).reaction).toBe('confused');
  });

  it('is for the reviewers of another rule where one names some', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    const issue = await askedAtOnce(scene);
    scene.setPolicy(access(rule(ALWAYS).replace('name: shift', 'name: other')));
    await scene.stage.settled();
    expect((await scene.tell('olga', issue, '/reviewed')).reaction).toBe('confused');
    expect((await scene.tell('sam', issue, '/reviewed')).reaction).toBe('+1');
  });
});

describe('two at once', () => {
  it('by one whose review is overdue both wait', async () => {
    const scene = stage.scene(access(rule(ALWAYS)));
    await askedAtOnce(scene, 'erin', 'triage');
    await timeGoesBy(scene.stage, 3);
    const issues = [ask(scene, 'erin', { role: 'push' }), ask(scene, 'erin', { role: 'maintain' })];
    for (const issue of issues) expect(await shownRequest(scene, issue)).toContain('**overdue**');
    expect(directRole(scene, 'erin')).not.toBe('maintain');
  });
});
