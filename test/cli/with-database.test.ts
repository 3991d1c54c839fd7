/** The commands that read the database, on the embedded one that the app itself would use. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { run } from '../../src/cli/main.ts';
import { installationId, userId } from '../../src/domain/identity.ts';
import { fakeTerminal } from './fake-terminal.ts';

let folder = '';
const place = () => ({ url: null, folder: join(folder, '.jit-gate') });
const terminal = () => fakeTerminal({ cwd: folder });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-database-'));
  const database = await openDatabase(place());
  const draft = {
    installationId: installationId(77),
    kind: 'installation.changed' as const,
    actor: userId(101),
    repoId: null,
    requestId: null,
    grantId: null,
    data: { change: 'created' },
  };
  await createStore(database).commit({ audit: [draft, { ...draft, data: { change: 'suspend' } }] });
  await database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('on a database', () => {
  it('audit verify finds the log whole', async () => {
    const shown = terminal();
    expect(await run(['audit', 'verify', '--json'], shown)).toBe(0);
    expect(JSON.parse(shown.printed())).toMatchObject({
      ok: true,
      chains: [{ installation: 77, entries: 2, head: { seq: 2 }, broken: null }],
    });
  });

  it('audit export writes both entries', async () => {
    const shown = terminal();
    expect(await run(['audit', 'export'], shown)).toBe(0);
    const entries = shown
      .printed()
      .split('\n')
      .map((line) => JSON.parse(line) as { data: unknown });
    expect(entries.map(({ data }) => data)).toEqual([{ change: 'created' }, { change: 'suspend' }]);
  });

  it('grants list says that there are none', async () => {
    const shown = terminal();
    expect(await run(['grants', 'list', '--json'], shown)).toBe(0);
    expect(JSON.parse(shown.printed())).toEqual([]);
  });

  it('leaves a folder alone that the running app has open, and says so', async () => {
    const running = await openDatabase(place());
    try {
      const shown = terminal();
      expect(await run(['grants', 'list'], shown)).toBe(3);
      expect(shown.saidAll()).toContain('is in use by another jit-gate process');
    } finally {
      await running.close();
    }
  });
});
