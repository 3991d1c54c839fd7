/** Can somebody get around the review that is owed for what was let through without approvals? */

import { describe, expect, it } from 'vitest';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { ask, directRole, grantsOf, shownRequest } from '../support/asking.ts';
import { timeGoesBy } from '../support/passing-time.ts';
import { access } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();
const HOUR = 3_600_000;

const RULE =
  '{ name: shift, roles: [triage, push, maintain], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }], auto-approve: { requesters: [engineers], inside: "mon-sun 00:00 - 24:00", zone: UTC, review: [security], within: 2h } }';

const has = async (scene: Scene, who: string, role: string): Promise<void> => {
  await scene.until(`${who} to have ${role}`, () => directRole(scene, who) === role);
  await scene.stage.settled();
};

/** A start so many hours ahead, as people write it. */
async function startIn(hours: number): Promise<string> {
  const at = Math.ceil(((await createStore(stage.current().database).now()) + hours * HOUR) / 60_000) * 60_000;
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

describe('access that is granted at once and begins later', () => {
  it('is not reviewed before it has begun, and is due to be only after that', async () => {
    const scene = stage.scene(access(RULE));
    const issue = ask(scene, 'erin', { duration: '4h', start: await startIn(3) });
    expect(await shownRequest(scene, issue)).toContain('has not begun yet');
    const early = await scene.tell('sam', issue, '/reviewed : fine');
    expect(early.reaction).toBe('confused');
    expect(early.words).toContain('has not begun');
    await timeGoesBy(stage.current(), 3.1);
    await has(scene, 'erin', 'push');
    const owed = (await createStore(stage.current().database).overdueReviews()).filter(({ by }) => by.login === 'erin');
    expect(owed).toEqual([]);
    expect((await scene.tell('sam', issue, '/reviewed : fine')).reaction).toBe('+1');
  });

  it('is not given any more where the person left a review overdue meanwhile, until somebody approves it', async () => {
    const scene = stage.scene(access(RULE));
    ask(scene, 'erin', { role: 'triage', duration: '1h' });
    await has(scene, 'erin', 'triage');
    const later = ask(scene, 'erin', { role: 'push', duration: '4h', start: await startIn(3) });
    expect(await shownRequest(scene, later)).toContain('has not begun yet');
    await timeGoesBy(stage.current(), 3.1);
    await stage.current().sweep();
    expect(directRole(scene, 'erin')).toBeNull();
    expect((await grantsOf(scene, 'erin')).map(({ role }) => role)).toEqual(['triage']);
    expect(await shownRequest(scene, later)).toContain('**overdue**');
    await scene.tell('mia', later, '/approve');
    await has(scene, 'erin', 'push');
  });
});

describe('two who are owed reviews in one conversation', () => {
  it('review each other, and nobody their own', async () => {
    const mutual = access(RULE).replace('teams: [security]', 'users: [erin, emil]');
    const scene = stage.scene(mutual);
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Help', body: 'It burns', labels: [] });
    await scene.tell('erin', issue, '/request push for 1h : the shop is down');
    await scene.tell('emil', issue, '/request push for 1h : the shop is down');
    await has(scene, 'emil', 'push');
    const store = createStore(stage.current().database);
    const debtors = async (): Promise<readonly string[]> => {
      const repo = (await store.repositories()).find(({ owner, name }) => `${owner}/${name}` === scene.repo);
      return repo === undefined ? [] : (await store.owedReviews(repo.id)).map(({ by }) => by.login).sort();
    };
    expect(await debtors()).toEqual(['emil', 'erin']);
    const first = await scene.tell('erin', issue, '/reviewed : it was right');
    expect(first.words).toContain('Somebody else has to look at it');
    expect(await debtors()).toEqual(['erin']);
    expect((await scene.tell('erin', issue, '/reviewed : mine too')).reaction).toBe('confused');
    expect(await debtors()).toEqual(['erin']);
    expect((await scene.tell('emil', issue, '/reviewed')).reaction).toBe('+1');
    expect(await debtors()).toEqual([]);
  });
});
