/** Can membership of a team be asked for, given and taken back, as surely as a role? */

import { describe, expect, it } from 'vitest';
import { ask, ended, grantsOf, requestCount, shownRequest, timeIsOver, timePasses } from '../support/asking.ts';
import { baseline } from '../support/baseline.ts';
import { orgNamed, teamNamed } from '../support/github/setup.ts';
import { access, gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const RULE =
  '{ name: on call, teams: [on-call], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }';

const allowing = (teams: string): string => `${gates(MAIN_GATE)}limits: { teams: [${teams}] }\n`;

/** A repository whose rule offers the team, and an organisation that has the team and lets it be granted. */
async function sceneWithTeam(rule = RULE, allowed: string | null = 'on-call'): Promise<Scene> {
  const policy = access(rule).replace('groups:', 'groups:\n  guests: { users: [eve] }');
  const scene = stage.scene(policy);
  scene.github.createTeam(scene.org, 'on-call', ['rita']);
  if (allowed !== null) await baseline(scene, '.github-private', allowing(allowed));
  return scene;
}

const placeOf = (scene: Scene, who: string, slug = 'on-call'): string | null =>
  scene.github.see.teamMembers(scene.org, slug)[who] ?? null;

async function isIn(scene: Scene, who: string): Promise<void> {
  await scene.until(
    `${who} to be in the team`,
    () => placeOf(scene, who) !== null,
    () => seen(scene),
  );
  await stage.current().settled();
}

async function isOut(scene: Scene, who: string): Promise<void> {
  await scene.until(
    `${who} to be out of the team`,
    () => placeOf(scene, who) === null,
    () => seen(scene),
  );
  await stage.current().settled();
}

const seen = (scene: Scene): unknown => [
  scene.github.see.teamMembers(scene.org, 'on-call'),
  scene.github.calls.slice(-12).map(({ method, path, status }) => `${method} ${path} ${status}`),
];

/** Asks, has it approved, and waits until GitHub shows the membership. */
async function granted(scene: Scene, who: string, duration = '1h'): Promise<number> {
  const issue = ask(scene, who, { role: 'team:on-call', duration });
  await shownRequest(scene, issue);
  await scene.tell('mia', issue, '/approve');
  await isIn(scene, who);
  return issue;
}

const question = (scene: Scene, who: string): number => scene.as(who).openIssue(scene.repo, { title: 'A question' });

const states = async (scene: Scene, who: string) => (await grantsOf(scene, who)).map(({ state }) => state);

/** What changed the team, by the app. */
const changes = (scene: Scene): readonly string[] =>
  scene.github.calls
    .filter(({ method, path }) => method !== 'GET' && path.startsWith(`/orgs/${scene.org}/`))
    .map(({ method, path }) => `${method} ${path}`);

describe('membership of a team', () => {
  it('is asked for in the form, shown by its name, given, and taken back when its time is over', async () => {
    const scene = await sceneWithTeam();
    const issue = ask(scene, 'erin', { role: 'team:On-Call' });
    const text = await shownRequest(scene, issue);
    expect(text).toContain(`\`team:on-call\` of \`${scene.org}\``);
    expect(text).toContain('membership of `team:on-call`');
    expect((await scene.tell('mia', issue, '/approve team:on-call')).reaction).toBe('rocket');
    await isIn(scene, 'erin');
    expect(placeOf(scene, 'erin')).toBe('member');
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:active');
    const { id } = teamNamed(scene.github.world, scene.org, 'on-call');
    expect(await grantsOf(scene, 'erin')).toMatchObject([{ state: 'active', role: 'team:on-call', team_id: id }]);
    expect(scene.github.see.collaborators(scene.repo)).not.toHaveProperty('erin');
    await timePasses(scene, 'erin');
    await isOut(scene, 'erin');
    expect(await ended(scene, issue)).toContain('GitHub was read again afterwards: the access is gone.');
    expect(placeOf(scene, 'rita')).toBe('member');
  });

  it('is asked for in a comment, told by /status, lengthened, and given back early', async () => {
    const scene = await sceneWithTeam();
    const issue = question(scene, 'erin');
    expect((await scene.tell('erin', issue, '/request team:on-call for 2h: to look at the pager')).reaction).toBe('+1');
    await scene.tell('mia', issue, '/approve');
    await isIn(scene, 'erin');
    expect((await scene.tell('mia', issue, '/status')).words).toContain('membership of `team:on-call`');
    const [before] = await grantsOf(scene, 'erin');
    await scene.tell('erin', issue, '/extend 1h: the pager still rings');
    await scene.tell('mia', issue, '/approve');
    await scene.until(
      'a later end',
      async () => ((await grantsOf(scene, 'erin'))[0]?.ends_at ?? 0) > (before?.ends_at ?? 0),
    );
    expect((await scene.tell('erin', issue, '/revoke')).reaction).toBe('+1');
    await isOut(scene, 'erin');
    expect(await states(scene, 'erin')).toEqual(['ended']);
  });

  it('is taken back when the end came while the app was down', async () => {
    const scene = await sceneWithTeam();
    const issue = await granted(scene, 'erin');
    await stage.current().stopApp();
    await timeIsOver(scene, 'erin');
    await stage.current().startApp();
    await isOut(scene, 'erin');
    await ended(scene, issue);
  });

  it('is given and taken back where GraphQL is not served', async () => {
    const scene = await sceneWithTeam();
    scene.github.graphqlAvailable = false;
    try {
      const issue = await granted(scene, 'erin');
      await timePasses(scene, 'erin');
      await isOut(scene, 'erin');
      await ended(scene, issue);
    } finally {
      scene.github.graphqlAvailable = true;
    }
  });

  it('counts for how much a person may have at a time', async () => {
    const limited = RULE.replace('max-duration: 8h', 'max-duration: 8h, max-live: 1');
    const scene = await sceneWithTeam(limited.replace('teams:', 'roles: [push], teams:'));
    await granted(scene, 'erin');
    const { words } = await scene.tell('erin', question(scene, 'erin'), '/request push for 1h: more to do');
    expect(words).toContain('max-live');
  });

  it('is given beside a role on the repository, and neither takes the other with it', async () => {
    const scene = await sceneWithTeam(RULE.replace('teams:', 'roles: [push], teams:'));
    const team = await granted(scene, 'erin', '4h');
    const role = ask(scene, 'erin', { role: 'push', duration: '1h' });
    await shownRequest(scene, role);
    await scene.tell('mia', role, '/approve');
    await scene.until('the role', () => scene.github.see.collaborators(scene.repo)['erin'] === 'push');
    await stage.current().settled();
    await timePasses(scene, 'erin', ['push']);
    await ended(scene, role);
    expect(scene.github.see.collaborators(scene.repo)).not.toHaveProperty('erin');
    expect(placeOf(scene, 'erin')).toBe('member');
    await timePasses(scene, 'erin');
    await isOut(scene, 'erin');
    await ended(scene, team);
  });
});

describe('a team that two repositories grant', () => {
  it('is left with the last of the grants', async () => {
    const scene = await sceneWithTeam();
    const other = `${scene.org}/depot`;
    scene.github.createRepository(scene.org, 'depot', {
      files: { '.jit-policy.yml': access(RULE) },
      collaborators: { mia: 'maintain' },
    });
    const installation = [...scene.github.world.installations.values()].find(
      ({ account }) => account.login === scene.org,
    );
    if (installation === undefined) throw new Error('the app is not installed');
    scene.github.addToInstallation(installation, other);
    await stage.current().settled();

    const first = await granted(scene, 'erin', '1h');
    const second = question(scene, 'erin');
    const asked = await scene.tell('erin', second, `/request team:on-call for 4h on ${other}: to look at both`);
    expect(asked.words).toBe('');
    await scene.tell('mia', second, '/approve');
    await stage.current().settled();

    await timePasses(scene, 'erin', ['team:on-call']);
    const text = await ended(scene, first);
    expect(text).toContain('another grant of the same team');
    expect(placeOf(scene, 'erin')).toBe('member');
    expect((await scene.tell('erin', second, '/revoke')).reaction).toBe('+1');
    await isOut(scene, 'erin');
    expect(changes(scene).filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
  });
});

describe('what was there before', () => {
  it('is not asked for again: a member is told so', async () => {
    const scene = await sceneWithTeam();
    scene.as('olga').addToTeam(scene.org, 'on-call', 'erin');
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request team:on-call for 1h: please');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('is already a member of the team `on-call`');
    expect(await requestCount(scene)).toBe(0);
  });

  it('stays where somebody was taken in by hand before it was approved', async () => {
    const scene = await sceneWithTeam();
    const issue = ask(scene, 'erin', { role: 'team:on-call' });
    await shownRequest(scene, issue);
    scene.as('olga').addToTeam(scene.org, 'on-call', 'erin');
    await scene.tell('mia', issue, '/approve');
    await stage.current().settled();
    expect(await states(scene, 'erin')).toEqual(['active']);
    await timePasses(scene, 'erin');
    const text = await ended(scene, issue);
    expect(text).toContain('membership that no grant gave');
    expect(placeOf(scene, 'erin')).toBe('member');
    expect(changes(scene)).toEqual([]);
  });

  it('does not count where somebody was taken out since: what is given then is taken back', async () => {
    const scene = await sceneWithTeam();
    const first = ask(scene, 'erin', { role: 'team:on-call' });
    const second = ask(scene, 'erin', { role: 'team:on-call' });
    await shownRequest(scene, first);
    await shownRequest(scene, second);
    scene.as('olga').addToTeam(scene.org, 'on-call', 'erin');
    await scene.tell('mia', first, '/approve');
    await stage.current().settled();
    // The webhook of it is late, so the first grant still runs when the second begins.
    scene.github.webhooks.pause();
    scene.as('olga').removeFromTeam(scene.org, 'on-call', 'erin');
    scene.github.webhooks.resume((held) => held.filter(({ event }) => event !== 'membership'));
    await scene.tell('mia', second, '/approve');
    await isIn(scene, 'erin');
    await timePasses(scene, 'erin');
    await isOut(scene, 'erin');
  });
});

describe('somebody who can not be taken in', () => {
  it('is told when asking from outside the organisation, and is not invited into it', async () => {
    const scene = await sceneWithTeam(RULE.replace('[engineers]', '[guests]'));
    const answer = await scene.tell('eve', question(scene, 'eve'), '/request team:on-call for 1h: please');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('is not a member of the organisation');
    expect(orgNamed(scene.github.world, scene.org).invited.size).toBe(0);
    expect(await requestCount(scene)).toBe(0);
  });

  it('is not invited back in after leaving the organisation: the grant fails', async () => {
    const scene = await sceneWithTeam(RULE.replace('[engineers]', '[maintainers, guests]'));
    const policy = RULE.replace('[engineers]', '[staff]').replace('[maintainers]', '[release]');
    scene.setPolicy(access(policy).replace('groups:', 'groups:\n  staff: { users: [emil] }'));
    await stage.current().settled();
    const issue = ask(scene, 'emil', { role: 'team:on-call' });
    await shownRequest(scene, issue);
    scene.as('olga').removeFromOrganization(scene.org, 'emil');
    await scene.tell('ana', issue, '/approve');
    const text = await ended(scene, issue);
    expect(text).toContain('not a member of the organisation');
    expect(await states(scene, 'emil')).toEqual(['failed']);
    expect(orgNamed(scene.github.world, scene.org).invited.size).toBe(0);
  });

  it('is told in GitHub’s words that an identity provider has the team', async () => {
    const scene = await sceneWithTeam();
    teamNamed(scene.github.world, scene.org, 'on-call').synced = true;
    const issue = ask(scene, 'erin', { role: 'team:on-call' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    const text = await ended(scene, issue);
    expect(text).toContain('Access could not be given');
    expect(text).toContain('managed by an identity provider');
    expect(await states(scene, 'erin')).toEqual(['failed']);
  });

  it('is told that there is no such team', async () => {
    const scene = await sceneWithTeam(RULE.replace('[on-call]', '[nobody]'), 'nobody');
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request team:nobody for 1h: please');
    expect(answer.words).toContain('does not exist, or the app may not see it');
    expect(await requestCount(scene)).toBe(0);
  });

  it('is told what is on offer when the team is not', async () => {
    const scene = await sceneWithTeam();
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request team:security for 1h: please');
    expect(answer.words).toContain('On offer: `team:on-call`');
  });
});

describe('membership that is changed by hand', () => {
  const driftOf = async (scene: Scene) => {
    const rows = await stage
      .current()
      .database.db.selectFrom('audit_entry')
      .select('data')
      .where('kind', '=', 'grant.drift')
      .where(
        'grant_id',
        'in',
        (await grantsOf(scene, 'erin')).map(({ id }) => id),
      )
      .execute();
    return rows.map(({ data }) => data);
  };

  it('is no change by hand where the app itself makes it', async () => {
    const scene = await sceneWithTeam();
    await granted(scene, 'erin');
    await stage.current().sweep();
    expect(await driftOf(scene)).toEqual([]);
    expect(await states(scene, 'erin')).toEqual(['active']);
  });

  it('and taken away ends the grant, and is not given again', async () => {
    const scene = await sceneWithTeam();
    const issue = await granted(scene, 'erin');
    scene.as('olga').removeFromTeam(scene.org, 'on-call', 'erin');
    await ended(scene, issue);
    expect(await driftOf(scene)).toMatchObject([{ change: 'removed', found: null, expected: 'member' }]);
    expect(placeOf(scene, 'erin')).toBeNull();
  });

  it('and given anew after that is somebody else’s to take', async () => {
    const scene = await sceneWithTeam();
    const issue = await granted(scene, 'erin');
    scene.as('olga').removeFromTeam(scene.org, 'on-call', 'erin');
    await ended(scene, issue);
    scene.as('olga').addToTeam(scene.org, 'on-call', 'erin');
    await stage.current().sweep();
    expect(placeOf(scene, 'erin')).toBe('member');
  });

  it('with the organisation that was left, ends the grant', async () => {
    const scene = await sceneWithTeam();
    const issue = await granted(scene, 'erin');
    scene.as('olga').removeFromOrganization(scene.org, 'erin');
    await ended(scene, issue);
    expect(await states(scene, 'erin')).toEqual(['ended']);
  });

  it.each([
    ['report', ['active']],
    ['revoke', ['ended']],
  ])('and made more is recorded, and with on-drift: %s the grant is then %s', async (onDrift, expected) => {
    const scene = await sceneWithTeam(RULE.replace('max-duration', `on-drift: ${onDrift}, max-duration`));
    await granted(scene, 'erin');
    teamNamed(scene.github.world, scene.org, 'on-call').members.set(scene.as('erin').id, 'maintainer');
    await stage.current().database.db.deleteFrom('surface').where('key', 'like', 'drift-looked:team:%').execute();
    await stage.current().sweep();
    expect(await driftOf(scene)).toMatchObject([{ found: 'maintainer', expected: 'member' }]);
    expect(await states(scene, 'erin')).toEqual(expected);
    await timePasses(scene, 'erin');
    await isOut(scene, 'erin');
  });

  it('by deleting the team ends the grant', async () => {
    const scene = await sceneWithTeam();
    const issue = await granted(scene, 'erin');
    orgNamed(scene.github.world, scene.org).teams.delete('on-call');
    await timePasses(scene, 'erin');
    await ended(scene, issue);
    expect(await states(scene, 'erin')).toEqual(['ended']);
  });
});

describe('a team below', () => {
  it.each([true, false])('keeps its own members, which is told at the end; GraphQL served: %s', async (graphql) => {
    const scene = await sceneWithTeam();
    scene.github.createTeam(scene.org, 'night-crew', [], { parent: 'on-call' });
    const issue = await granted(scene, 'erin');
    scene.as('olga').addToTeam(scene.org, 'night-crew', 'erin');
    await stage.current().settled();
    scene.github.graphqlAvailable = graphql;
    try {
      await timePasses(scene, 'erin');
      const text = await ended(scene, issue);
      expect(text).toContain(graphql ? 'membership of night-crew, below that team' : 'below that team');
    } finally {
      scene.github.graphqlAvailable = true;
    }
    expect(placeOf(scene, 'erin')).toBeNull();
    expect(placeOf(scene, 'erin', 'night-crew')).toBe('member');
  });

  it('is enough to be in: the team above is not given besides', async () => {
    const scene = await sceneWithTeam();
    scene.github.createTeam(scene.org, 'night-crew', ['erin'], { parent: 'on-call' });
    const answer = await scene.tell('erin', question(scene, 'erin'), '/request team:on-call for 1h: please');
    expect(answer.words).toContain('through `night-crew` below it');
  });
});

describe('a team that was renamed while it is granted', () => {
  it('is left under its new name', async () => {
    const scene = await sceneWithTeam();
    const issue = await granted(scene, 'erin');
    const { teams } = orgNamed(scene.github.world, scene.org);
    const team = teamNamed(scene.github.world, scene.org, 'on-call');
    teams.delete('on-call');
    teams.set('pager', { ...team, slug: 'pager' });
    await timePasses(scene, 'erin');
    await ended(scene, issue);
    expect(placeOf(scene, 'erin', 'pager')).toBeNull();
  });
});
