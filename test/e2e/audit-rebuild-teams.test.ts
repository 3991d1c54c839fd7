/** Are grants of teams told by the audit log as the table has them? */

import { expect, it } from 'vitest';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { checkTables } from '../../src/cli/audit/rebuild.ts';
import { fakeTerminal } from '../cli/fake-terminal.ts';
import { ask, ended, grantsOf, shownRequest } from '../support/asking.ts';
import { baseline } from '../support/baseline.ts';
import { access, gates, MAIN_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

it('the table and the log agree on a team that was granted, taken back, and refused by GitHub', async () => {
  const rule =
    '{ name: on call, teams: [on-call], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }';
  const scene = stage.scene(access(rule));
  const team = scene.github.createTeam(scene.org, 'on-call', []);
  await baseline(scene, '.github-private', `${gates(MAIN_GATE)}limits: { teams: [on-call] }\n`);
  for (const synced of [false, true]) {
    team.synced = synced;
    const issue = ask(scene, 'erin', { role: 'team:on-call', duration: '2s' });
    await shownRequest(scene, issue);
    await scene.tell('mia', issue, '/approve');
    await ended(scene, issue);
  }
  await stage.current().settled();
  expect((await grantsOf(scene, 'erin')).map(({ state }) => state)).toEqual(['ended', 'failed']);
  const terminal = fakeTerminal();
  const code = await checkTables(createStore(stage.current().database), false, terminal);
  expect({ code, printed: terminal.printed() }).toEqual({ code: 0, printed: '' });
});
