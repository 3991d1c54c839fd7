/** Does a grant end when it should, whatever happens, and give back what was there before? */

import { describe, expect, it } from 'vitest';
import { ask, directRole, ended, granted, grantsOf, shownRequest, timePasses } from '../support/asking.ts';
import { access, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

const DELETE = { method: 'DELETE', path: '/collaborators/' } as const;

const gone = async (scene: Scene, who = 'erin'): Promise<void> => {
  await scene.until(
    `${who} to have no direct role`,
    () => directRole(scene, who) === null,
    () => scene.github.see.collaborators(scene.repo),
  );
};

const withRule = (was: string, is: string) => (scene: Scene) => {
  scene.setPolicy(access(SHIFT_RULE.replace(was, is)));
};

describe('the end of a grant', () => {
  it('comes by itself when its time is over; the issue says so and is closed', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin', { duration: '2s' });
    await gone(scene);
    const text = await ended(scene, issue);
    expect(text).toContain('Access ended');
    expect(text).toContain('its time was over');
    const labels = scene.github.see.labels(scene.repo, issue);
    expect(labels).not.toContain('jit:active');
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('closed');
    const [grant] = await grantsOf(scene, 'erin');
    expect((grant?.ended_at ?? 0) - (grant?.ends_at ?? 0)).toBeLessThan(20_000);
  });

  it('is found by the sweep where no timer came', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    await timePasses(scene, 'erin');
    await gone(scene);
    expect(await ended(scene, issue)).toContain('its time was over');
  });

  it('comes at the next start where the app was down', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin', { duration: '2s' });
    await stage.current().stopApp();
    const [grant] = await grantsOf(scene, 'erin');
    await scene.until('the time to be over', () => Date.now() > (grant?.ends_at ?? 0));
    expect(directRole(scene, 'erin')).toBe('push');
    await stage.current().startApp();
    await gone(scene);
    expect(await ended(scene, issue)).toContain('its time was over');
  });

  it('is proven by reading again, and what a team still gives is told', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    scene.as('olga').setTeamRole(scene.repo, 'engineers', 'triage');
    await timePasses(scene, 'erin');
    const text = await ended(scene, issue);
    expect(text).toContain('What is left');
    expect(text).toContain('`triage`');
    expect(text).toContain('engineers');
    expect(scene.github.see.role(scene.repo, 'erin')).toBe('triage');
  });

  it('says that the access is gone where nothing is left', async () => {
    const scene = stage.scene(access(SHIFT_RULE), { private: true });
    scene.github.setBaseRole(scene.org, 'none');
    scene.github.world.organizations.forEach((org) => {
      if (org.account.login === scene.org) org.baseRole = 'none';
    });
    scene.as('olga').setTeamRole(scene.repo, 'engineers', 'pull');
    const issue = await granted(scene, 'erin');
    scene.as('olga').setTeamRole(scene.repo, 'engineers', null);
    await timePasses(scene, 'erin');
    const text = await ended(scene, issue);
    expect(text).toContain('the access is gone');
    expect(scene.github.see.role(scene.repo, 'erin')).toBeNull();
  });

  it('is tried again until GitHub takes it, whether it fails or its answers are lost', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    scene.github.faults.add({ kind: 'status', status: 500, ...DELETE, times: 1 });
    scene.github.faults.add({ kind: 'drop-before', ...DELETE, times: 1 });
    scene.github.faults.add({ kind: 'drop-after', ...DELETE, times: 1 });
    await timePasses(scene, 'erin');
    await gone(scene);
    expect(await ended(scene, issue)).toContain('its time was over');
    scene.github.faults.clear();
  });

  it('restores the direct role that the person had before', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    scene.as('olga').addCollaborator(scene.repo, 'emil', 'triage');
    const issue = await granted(scene, 'emil');
    await timePasses(scene, 'emil');
    await scene.until('the earlier role', () => directRole(scene, 'emil') === 'triage');
    await ended(scene, issue);
    expect(directRole(scene, 'emil')).toBe('triage');
  });

  it('leaves read access behind where the rule says so', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('approvals:', 'on-expiry: lower-to-read, approvals:')));
    const issue = await granted(scene, 'erin');
    await timePasses(scene, 'erin');
    await scene.until('read access', () => directRole(scene, 'erin') === 'pull');
    await ended(scene, issue);
  });
});

describe('ending a grant early', () => {
  it.each(['/revoke', '/done'])('is for the one who has it: %s', async (command) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    expect((await scene.tell('erin', issue, command)).reaction).toBe('+1');
    await gone(scene);
    expect(await ended(scene, issue)).toContain('given back');
  });

  it('is for those who can approve it', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    expect((await scene.tell('olga', issue, '/revoke: the shift is over')).reaction).toBe('+1');
    await gone(scene);
    expect(await ended(scene, issue)).toContain('revoked');
  });

  it.each<[string, (scene: Scene) => void, readonly [string, string]]>([
    [
      'whoever has it may not ask any more',
      (scene) => scene.as('olga').removeFromTeam(scene.org, 'engineers', 'erin'),
      ['mia', 'emil'],
    ],
    [
      'its rule gives less by now',
      withRule('max-duration: 8h, default-duration: 1h', 'max-duration: 30m'),
      ['mia', 'emil'],
    ],
    [
      'its rule is gone, for those who administer the repository',
      withRule('name: shift', 'name: other'),
      ['olga', 'mia'],
    ],
    ['the policy is gone, for those who administer the repository', (scene) => scene.setPolicy(null), ['olga', 'mia']],
  ])('is possible though %s', async (_, change, [may, mayNot]) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    change(scene);
    await scene.stage.settled();
    expect((await scene.tell(mayNot, issue, '/revoke')).reaction).toBe('confused');
    expect((await scene.tell(may, issue, '/revoke: not any more')).reaction).toBe('+1');
    await gone(scene);
  });

  it('is not for a stranger', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    const answer = await scene.tell('emil', issue, '/revoke');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('can end it');
    expect(directRole(scene, 'erin')).toBe('push');
  });

  it('comes with closing the issue', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    scene.as('erin').closeIssue(scene.repo, issue);
    await gone(scene);
    expect(await ended(scene, issue)).toContain('the issue was closed');
  });

  it('follows when somebody takes the role away by hand, and it is not given again', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    await stage.current().settled();
    scene.as('olga').removeCollaborator(scene.repo, 'erin');
    expect(await ended(scene, issue)).toContain('Access ended');
    await stage.current().settled();
    expect(directRole(scene, 'erin')).toBeNull();
  });
});

describe('asking for more time', () => {
  it('beyond the longest of the rule is refused with how much there is', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin', { duration: '6h' });
    const [before] = await grantsOf(scene, 'erin');
    const answer = await scene.tell('erin', issue, '/extend 3h: it takes longer');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('8 hours');
    const [after] = await grantsOf(scene, 'erin');
    expect(after?.ends_at).toBe(before?.ends_at);
  });

  it('needs an approval, and then lengthens the grant by just that', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin', { duration: '1h' });
    const [before] = await grantsOf(scene, 'erin');
    expect((await scene.tell('erin', issue, '/extend 2h: it takes longer')).reaction).toBe('+1');
    const [waiting] = await grantsOf(scene, 'erin');
    expect(waiting?.ends_at).toBe(before?.ends_at);
    expect((await scene.tell('erin', issue, '/approve')).reaction).toBe('confused');
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('rocket');
    await stage.current().settled();
    const grants = await grantsOf(scene, 'erin');
    expect(grants).toHaveLength(1);
    expect((grants[0]?.ends_at ?? 0) - (before?.ends_at ?? 0)).toBe(2 * 3_600_000);
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:active');
    expect(directRole(scene, 'erin')).toBe('push');
    await timePasses(scene, 'erin');
    await gone(scene);
    await ended(scene, issue);
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('closed');
  });

  it('is for the one who has the grant alone', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    const other = await scene.tell('emil', issue, '/extend 1h: for a friend');
    expect(other.reaction).toBe('confused');
    const none = scene.as('emil').openIssue(scene.repo, { title: 'Hello' });
    expect((await scene.tell('emil', none, '/extend 1h: please')).words).toContain('No grant runs here');
  });

  it('of no length at all is refused', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    for (const command of ['/extend 0', '/extend -1h', '/extend 2 fortnights', '/extend']) {
      const answer = await scene.tell('erin', issue, command);
      expect(answer.reaction).toBe('confused');
      expect(answer.words).not.toBe('');
    }
    expect(await grantsOf(scene, 'erin')).toHaveLength(1);
  });
});

describe('two grants of one person', () => {
  async function both(scene: Scene, roles: readonly [string, string]): Promise<readonly [number, number]> {
    const first = ask(scene, 'erin', { role: roles[0], duration: '1h' });
    const second = ask(scene, 'erin', { role: roles[1], duration: '4h' });
    await shownRequest(scene, first);
    await shownRequest(scene, second);
    await scene.tell('mia', first, '/approve');
    await scene.tell('mia', second, '/approve');
    await scene.stage.settled();
    expect((await grantsOf(scene, 'erin')).map(({ state }) => state)).toEqual(['active', 'active']);
    return [first, second];
  }

  it('do not cut each other short: the role stays until the longer one is over', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const [first, second] = await both(scene, ['push', 'push']);
    expect((await scene.tell('erin', first, '/revoke')).reaction).toBe('+1');
    expect(await ended(scene, first)).toContain('Access ended');
    expect(directRole(scene, 'erin')).toBe('push');
    expect(scene.github.see.labels(scene.repo, second)).toContain('jit:active');
    await timePasses(scene, 'erin');
    await gone(scene);
    await ended(scene, second);
  });

  it('leave the lower role when the higher one is over first, and nothing in the end', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const [first, second] = await both(scene, ['push', 'triage']);
    expect(directRole(scene, 'erin')).toBe('push');
    await timePasses(scene, 'erin', ['push']);
    await scene.until('the lower role', () => directRole(scene, 'erin') === 'triage');
    await ended(scene, first);
    await timePasses(scene, 'erin');
    await gone(scene);
    await ended(scene, second);
  });

  it('raise the role when the higher one comes second, and keep it when the lower one is over', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const [first, second] = await both(scene, ['triage', 'push']);
    expect(directRole(scene, 'erin')).toBe('push');
    await timePasses(scene, 'erin', ['triage']);
    await ended(scene, first);
    expect(directRole(scene, 'erin')).toBe('push');
    await timePasses(scene, 'erin');
    await gone(scene);
    await ended(scene, second);
  });

  it('restore in the end what was there before the first of them', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('[triage, push]', '[triage, push, maintain]')));
    scene.as('olga').addCollaborator(scene.repo, 'erin', 'triage');
    await both(scene, ['push', 'maintain']);
    await timePasses(scene, 'erin', ['push']);
    await scene.stage.settled();
    expect(directRole(scene, 'erin')).toBe('maintain');
    await timePasses(scene, 'erin');
    await scene.until('the earlier role', () => directRole(scene, 'erin') === 'triage');
    await scene.stage.settled();
    expect(directRole(scene, 'erin')).toBe('triage');
  });
});

describe('giving the role', () => {
  it('is done once though the answer is lost', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    scene.github.faults.add({ kind: 'drop-after', method: 'PUT', path: '/collaborators/', times: 1 });
    const issue = await granted(scene, 'erin');
    await scene.until('the grant to be shown', () => scene.github.see.labels(scene.repo, issue).includes('jit:active'));
    expect(await grantsOf(scene, 'erin')).toHaveLength(1);
    await timePasses(scene, 'erin');
    await gone(scene);
  });

  it('and taking it back work where GraphQL is not served', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    scene.github.graphqlAvailable = false;
    try {
      scene.as('olga').addCollaborator(scene.repo, 'emil', 'triage');
      const issue = await granted(scene, 'emil');
      await scene.until('words about the earlier role', () =>
        scene.spoken(issue).some((text) => text.includes('given again by hand') && text.includes('`triage`')),
      );
      await timePasses(scene, 'emil');
      // What was there may be a team's role: only that it was at least read is sure.
      await scene.until('what is sure of the earlier role', () => directRole(scene, 'emil') === 'pull');
      await ended(scene, issue);
      expect(directRole(scene, 'emil')).toBe('pull');
    } finally {
      scene.github.graphqlAvailable = true;
    }
  });
});
