/** `jit-gate policy replay` on a database in which the app itself kept what happened. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { run } from '../../../src/cli/main.ts';
import { describeEachEngine } from '../../support/database.ts';
import { ask, directRole } from '../../support/asking.ts';
import { createScene } from '../../support/scene.ts';
import { startStage } from '../../support/stage.ts';
import { fakeTerminal } from '../fake-terminal.ts';

const POLICY = `version: 1
groups:
  release: { teams: [release] }
  security: { teams: [security] }
  engineers: { teams: [engineers] }
gates:
  - name: main
    on: merge
    branches: [main]
    approvals: [{ from: [release] }]
    break-glass: { by: [engineers], review: [security] }
access:
  - name: shift
    roles: [push]
    requesters: [engineers]
    max-duration: 8h
    approvals: [{ from: [release] }]
    auto-approve: { requesters: [engineers], inside: "mon-sun 00:00 - 24:00", zone: UTC, review: [security] }
`;
const without = (key: string): string =>
  POLICY.split('\n')
    .filter((line) => !line.trim().startsWith(`${key}:`))
    .join('\n');

describeEachEngine('policy replay', (engine) => {
  let folder = '';
  let env: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jit-gate-replay-'));
    const url = await engine.address();
    env = url === null ? {} : { DATABASE_URL: url };
    const open = async (): Promise<Database> =>
      await openDatabase(url === null ? { url, folder: join(folder, '.jit-gate') } : { url, folder: null });
    const stage = await startStage({ open, policy: POLICY });
    try {
      const scene = createScene(stage, 'octo');
      const [approved, smashed] = [scene.open(), scene.open()];
      for (const { sha } of [approved, smashed]) await scene.held(sha);
      await scene.tell('ana', approved.number, '/approve');
      await scene.tell('erin', smashed.number, '/break-glass : fire');
      ask(scene, 'emil', {});
      await scene.until('the role', () => directRole(scene, 'emil') === 'push');
      await stage.settled();
    } finally {
      await stage.stop();
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const replay = async (policy: string): Promise<readonly string[]> => {
    writeFileSync(join(folder, 'new.yml'), policy);
    writeFileSync(join(folder, 'old.yml'), POLICY);
    const shown = fakeTerminal({ cwd: folder, env });
    expect(await run(['policy', 'replay', 'new.yml', '--old', 'old.yml', '--json'], shown), shown.saidAll()).toBe(0);
    const { requests } = JSON.parse(shown.printed()) as { requests: { openedAt: string; would: string }[] };
    return requests.map(({ would }) => would).sort();
  };

  it('finds that all went the same way by the policy that decided it', async () => {
    expect(await replay(POLICY)).toEqual(['same', 'same', 'same']);
  });

  it.each([
    ['the emergency exit', without('break-glass')],
    ['what is granted at once', without('auto-approve')],
  ])('finds the one that passed by %s, where there is none any more', async (_, policy) => {
    expect((await replay(policy)).filter((would) => would === 'held')).toHaveLength(1);
  });

  it('finds those who lack a second approval', async () => {
    const two = POLICY.replaceAll('{ from: [release] }', '{ from: [release], count: 2 }');
    expect((await replay(two)).filter((would) => would === 'held')).toHaveLength(1);
  });
});
