/** Does the audit log tell everything of what was let through without approvals, and of what is owed for it? */

import { expect, it } from 'vitest';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { checkTables, printRebuilt } from '../../src/cli/audit/rebuild.ts';
import { chainOf } from '../../src/cli/audit/source.ts';
import { installationId } from '../../src/domain/identity.ts';
import { fakeTerminal } from '../cli/fake-terminal.ts';
import { ask, directRole } from '../support/asking.ts';
import { timeGoesBy } from '../support/passing-time.ts';
import { gates } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();
const store = () => createStore(stage.current().database);

const GATE =
  '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }], break-glass: { by: [engineers], review: [security], within: 2h } }';
const RULE =
  '{ name: shift, roles: [push], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }], auto-approve: { requesters: [engineers], inside: "mon-sun 00:00 - 24:00", zone: UTC, review: [security], within: 2h } }';
const POLICY = `${gates(GATE)}access:\n  - ${RULE}\n`;

async function checked(): Promise<{ code: number; printed: string }> {
  const terminal = fakeTerminal();
  const code = await checkTables(store(), false, terminal);
  return { code, printed: terminal.printed() };
}

async function grantedAtOnce(scene: Scene, who: string): Promise<void> {
  ask(scene, who, {});
  await scene.until(`${who} to have push`, () => directRole(scene, who) === 'push');
  await scene.stage.settled();
}

it('agrees with the tables after a grant at once, an emergency, a review that is overdue, and one that is given', async () => {
  const scene = stage.scene(POLICY);
  const pull = scene.open();
  await scene.held(pull.sha);
  expect((await scene.tell('emil', pull.number, '/break-glass : the shop is down')).reaction).toBe('rocket');
  await scene.passed(pull.sha);
  await grantedAtOnce(scene, 'erin');
  expect(await checked()).toEqual({ code: 0, printed: '' });

  await timeGoesBy(stage.current(), 3);
  await stage.current().sweep();
  await stage.current().settled();
  expect((await store().overdueReviews()).map(({ by }) => by.login).sort()).toEqual(['emil', 'erin']);
  // With the overdue review the next waits, and is told of like any other.
  const waits = ask(scene, 'erin', { role: 'push', reason: 'Once more, please' });
  await scene.until('an answer', () => scene.spoken(waits).length > 0);
  expect((await scene.tell('sam', pull.number, '/reviewed : it was right')).reaction).toBe('+1');
  expect((await store().overdueReviews()).map(({ by }) => by.login)).toEqual(['erin']);
  expect(await checked()).toEqual({ code: 0, printed: '' });

  const last = (await store().auditInstallations()).at(-1);
  const terminal = fakeTerminal();
  expect(await printRebuilt(chainOf(store(), last ?? installationId(0)), undefined, terminal)).toBe(0);
  const votes = terminal
    .printed()
    .split('\n')
    .map((line) => JSON.parse(line) as { table: string; row: { answer?: string; due?: number } })
    .filter(({ table }) => table === 'vote');
  expect(votes.map(({ row }) => [row.answer, row.due !== undefined])).toEqual([
    ['break-glass', true],
    ['auto-approve', true],
    ['review', false],
  ]);
});

it('names a debt that somebody put off by hand', async () => {
  const { db } = stage.current().database;
  await db
    .updateTable('vote')
    .set((row) => ({ review_due: row('review_due', '+', 86_400_000) }))
    .where('answer', '=', 'auto-approve')
    .execute();
  const found = await checked();
  expect(found.code).toBe(1);
  expect(found.printed).toMatch(/:request:\d+: due is \d+ in the table, \d+ in the log/u);
});
