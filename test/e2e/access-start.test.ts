/** Does access that is to begin later wait, begin at its time, end by its time, and begin only if it still may? */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { ask, directRole, ended, grantsOf, requestCount, shownRequest } from '../support/asking.ts';
import { clockGoesOn, timeGoesBy } from '../support/passing-time.ts';
import { access, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { issueNumbered, repoNamed } from '../support/github/world/find.ts';

const stage = useStage();

const HOUR = 3_600_000;

/** A time so many hours from now by the database's clock, as people write it. */
async function inHours(hours: number): Promise<{ readonly text: string; readonly at: number }> {
  const at = Math.ceil(((await createStore(stage.current().database).now()) + hours * HOUR) / 60_000) * 60_000;
  return { text: `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`, at };
}

/** Asks for two hours that begin in three, and has that approved. */
async function scheduled(scene: Scene, approver = 'mia'): Promise<{ readonly issue: number; readonly start: number }> {
  const start = await inHours(3);
  const issue = ask(scene, 'erin', { duration: '2h', start: start.text });
  await shownRequest(scene, issue);
  await scene.tell(approver, issue, '/approve');
  return { issue, start: start.at };
}

const has = async (scene: Scene, role: string | null): Promise<void> => {
  await scene.until(
    `erin to have ${role ?? 'no role'}`,
    () => directRole(scene, 'erin') === role,
    () => scene.github.see.collaborators(scene.repo),
  );
};

/** So many hours later nothing was given. */
async function nothingAfter(scene: Scene, hours: number): Promise<void> {
  await timeGoesBy(stage.current(), hours);
  await stage.current().sweep();
  await stage.current().settled();
  expect(await grantsOf(scene, 'erin')).toEqual([]);
  expect(directRole(scene, 'erin')).toBeNull();
}

describe('access that begins later', () => {
  it('waits once it is approved, and says when it begins and ends', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { issue, start } = await scheduled(scene);
    const text = await shownRequest(scene, issue);
    expect(text).toContain('Access approved: has not begun yet');
    const said = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    expect(text).toContain(`begins **${said(start)}**, ends ${said(start + 2 * HOUR)}`);
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:scheduled');
    expect(scene.github.see.labels(scene.repo, issue)).not.toContain('jit:pending');
    expect(directRole(scene, 'erin')).toBeNull();
    expect(await grantsOf(scene, 'erin')).toEqual([]);
  });

  it('begins at its time and ends its duration later', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { issue, start } = await scheduled(scene);
    await timeGoesBy(stage.current(), 2.9);
    expect(directRole(scene, 'erin')).toBeNull();
    await timeGoesBy(stage.current(), 0.2);
    await has(scene, 'push');
    expect((await grantsOf(scene, 'erin')).map((grant) => grant.ends_at)).toEqual([start + 2 * HOUR]);
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:active');
    expect(scene.github.see.labels(scene.repo, issue)).not.toContain('jit:scheduled');
    await timeGoesBy(stage.current(), 2);
    await has(scene, null);
    expect(await ended(scene, issue)).toContain('its time was over');
  });

  it('is asked for by a comment as well', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Hello' });
    const start = await inHours(30);
    const answer = await scene.tell('erin', issue, `/request push for 1h start ${start.text}: repair it at 10:00`);
    expect(answer.reaction).toBe('+1');
    const text = await shownRequest(scene, issue);
    expect(text).toContain(start.text);
    expect(text).toContain('repair it at 10:00');
  });

  it('is found by the sweep where no timer came', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await scheduled(scene);
    await sql`delete from pgboss.job where name = 'timer'`.execute(stage.current().database.db);
    await timeGoesBy(stage.current(), 3.1);
    expect(directRole(scene, 'erin')).toBeNull();
    await stage.current().sweep();
    await has(scene, 'push');
  });

  it('begins late where the app was down, and ends no later for that', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { start } = await scheduled(scene);
    await stage.current().stopApp();
    await clockGoesOn(stage.current(), 4);
    await stage.current().startApp();
    await has(scene, 'push');
    expect((await grantsOf(scene, 'erin')).map((grant) => grant.ends_at)).toEqual([start + 2 * HOUR]);
  });

  it('is never given where the app was down until after its end', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { issue } = await scheduled(scene);
    await stage.current().stopApp();
    await clockGoesOn(stage.current(), 6);
    await stage.current().startApp();
    expect(await ended(scene, issue)).toContain('its time was over before it could be given');
    expect(await grantsOf(scene, 'erin')).toEqual([]);
  });

  it('that nobody approves is over when its time is', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const start = await inHours(3);
    const issue = ask(scene, 'erin', { duration: '2h', start: start.text });
    await shownRequest(scene, issue);
    await nothingAfter(scene, 5.1);
    expect(await ended(scene, issue)).toContain('nobody answered in time');
  });

  it('that is approved late ends when it would have', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const start = await inHours(3);
    const issue = ask(scene, 'erin', { duration: '2h', start: start.text });
    await shownRequest(scene, issue);
    await timeGoesBy(stage.current(), 4);
    await scene.tell('mia', issue, '/approve');
    await has(scene, 'push');
    expect((await grantsOf(scene, 'erin')).map((grant) => grant.ends_at)).toEqual([start.at + 2 * HOUR]);
  });
});

describe('before it begins', () => {
  it.each([
    ['the one who asked withdraws it', 'erin', '/cancel', 'withdrawn by the one who asked'],
    ['the one who asked gives it back', 'erin', '/revoke', 'revoked before it began'],
    ['an approver takes it back', 'mia', '/revoke', 'revoked before it began'],
    ['an approver says no after all', 'mia', '/deny: not now', 'not now'],
  ])('%s', async (_what, who, command, words) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { issue } = await scheduled(scene);
    expect((await scene.tell(who, issue, command)).reaction).toBe(command.startsWith('/deny') ? '-1' : '+1');
    expect(await ended(scene, issue)).toContain(words);
    await nothingAfter(scene, 3.1);
  });

  it('nobody else takes it back, and more time is refused in words', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { issue } = await scheduled(scene);
    expect((await scene.tell('eve', issue, '/revoke')).reaction).toBe('confused');
    const more = await scene.tell('erin', issue, '/extend 1h: longer');
    expect(more.reaction).toBe('confused');
    expect(more.words).toContain('has not begun');
    await timeGoesBy(stage.current(), 3.1);
    await has(scene, 'push');
  });

  it('closing the issue withdraws it, also where no webhook told of that', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const first = await scheduled(scene);
    scene.as('erin').closeIssue(scene.repo, first.issue);
    await stage.current().settled();
    expect(await shownRequest(scene, first.issue)).toContain('the issue was closed');
    const second = await scheduled(scene);
    issueNumbered(repoNamed(scene.github.world, scene.repo), second.issue).state = 'closed';
    await nothingAfter(scene, 3.1);
  });

  it('the policy takes it back', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { issue } = await scheduled(scene);
    scene.setPolicy(access(SHIFT_RULE.replace('max-duration: 8h', 'max-duration: 1h')));
    expect(await ended(scene, issue)).toContain('the policy no longer allows this');
    await nothingAfter(scene, 3.1);
  });

  it('somebody who may no longer ask is given nothing', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const { issue } = await scheduled(scene);
    scene.as('olga').removeFromTeam(scene.org, 'engineers', 'erin');
    await nothingAfter(scene, 3.1);
    expect(await ended(scene, issue)).toContain('the policy no longer allows this');
  });

  it('an approval whose comment is deleted counts no more: it waits for another', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', { duration: '2h', start: (await inHours(3)).text });
    await shownRequest(scene, issue);
    const vote = scene.say('mia', issue, '/approve');
    await scene.answer(issue, vote);
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:scheduled');
    scene.as('mia').deleteComment(scene.repo, vote);
    await nothingAfter(scene, 3.1);
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:pending');
  });

  it('an approver who has left counts no more: it waits for another', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('from: [maintainers]', 'from: [security]')));
    const { issue } = await scheduled(scene, 'sam');
    scene.as('olga').removeFromTeam(scene.org, 'security', 'sam');
    await nothingAfter(scene, 3.1);
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:pending');
  });
});

describe('a start that is refused', () => {
  it.each([
    ['that is over', '2020-01-01 09:00 UTC', 'over already'],
    ['without a zone', '2030-01-01 09:00', 'names no zone'],
    ['that is further ahead than the rule lets ask', '2099-01-01 09:00 UTC', '7 days'],
    ['that is none', 'soon', 'soon'],
  ])('%s', async (_what, start, words) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', { start });
    await stage.current().settled();
    expect(scene.spoken(issue).join('\n')).toContain(words);
    expect(await requestCount(scene)).toBe(0);
  });
});
