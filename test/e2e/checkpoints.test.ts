/** Are checkpoints published when they should be, where the operator says, and what becomes of a place that fails? */

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNotary } from '../../src/adapters/notary.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { checkSignature, readCheckpoints, type CheckpointPlace } from '../../src/domain/audit-checkpoint.ts';
import { installationId, millis } from '../../src/domain/identity.ts';
import { publishCheckpoints } from '../../src/engine/checkpoint.ts';
import type { Notary, Store } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { secret } from '../../src/secret.ts';
import { openTestDatabase } from '../support/database.ts';

const { privateKey: key } = generateKeyPairSync('ed25519');
const HOUR = millis(3_600_000);

type Asked = { readonly method: string; readonly token: string | undefined; readonly body: string };

let folder = '';
let database: Database;
let store: Store;
let place: Server;
const asked: Asked[] = [];
let answer = 204;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-checkpoints-'));
  database = await openTestDatabase();
  store = createStore(database);
  place = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', token: request.headers.authorization, body });
      const status = request.url === '/elsewhere' ? 204 : answer;
      response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => place.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  place.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  asked.length = 0;
  answer = 204;
  await sql`delete from surface`.execute(database.db);
});

const address = (): string => `http://127.0.0.1:${(place.address() as AddressInfo).port}/checkpoints`;
const toFile = (name: string): CheckpointPlace => ({ kind: 'file', path: join(folder, name) });

const write = async (installation: number, entries = 1): Promise<void> => {
  const draft = {
    installationId: installationId(installation),
    kind: 'installation.changed' as const,
    actor: null,
    repoId: null,
    requestId: null,
    grantId: null,
    data: {},
  };
  await store.commit({ audit: Array.from({ length: entries }, () => draft) });
};

const errors: { fields: Readonly<Record<string, unknown>>; message: string }[] = [];
/** All that publishing looks at. */
function worldWith(notary: Notary): World {
  const silent = (): void => {};
  const error = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    errors.push({ fields, message });
  };
  return { store, notary, log: { debug: silent, info: silent, warn: silent, error } } as Partial<World> as World;
}
const notaryAt = (where: CheckpointPlace, every = HOUR): Notary =>
  createNotary({ key, place: where, token: null, every });

const linesIn = (name: string) => {
  const read = readCheckpoints(readFileSync(join(folder, name), 'utf8'));
  if (!read.ok) throw new Error(`line ${read.error.line} is no checkpoint`);
  return read.value;
};

/** As if the interval had gone by. */
const later = async (): Promise<void> => {
  await sql`update surface set shown_at = shown_at - ${HOUR}::int8 where key = 'checkpoints-published'`.execute(
    database.db,
  );
};

describe('checkpoints', () => {
  it('are added to the file, one for each chain, signed, and true', async () => {
    await write(1, 3);
    await write(2, 5);
    const world = worldWith(notaryAt(toFile('each')));
    await publishCheckpoints(world);
    const lines = linesIn('each');
    expect(lines.map(({ installation, length }) => [installation, length])).toEqual([
      [1, 3],
      [2, 5],
    ]);
    for (const line of lines) {
      expect(checkSignature(line, [createPublicKey(key)])).toEqual({ ok: true, value: null });
      const [entry] = await store.auditEntries(line.installation, line.length, 1);
      expect(line.head).toBe(entry?.hash);
      expect(Math.abs(Date.parse(line.at) - Date.now())).toBeLessThan(60_000);
    }
    expect(errors).toEqual([]);
  });

  it('come once in an interval, and keep what was published before', async () => {
    const world = worldWith(notaryAt(toFile('again')));
    await publishCheckpoints(world);
    const first = linesIn('again');
    await write(1);
    await publishCheckpoints(world);
    expect(linesIn('again')).toEqual(first);
    await later();
    await publishCheckpoints(world);
    const second = linesIn('again');
    expect(second.slice(0, first.length)).toEqual(first);
    expect(second.length).toBe(2 * first.length);
  });

  it.each(['PUT', 'POST'] as const)('are handed to an address by %s, with its token', async (method) => {
    const where = { kind: 'url', url: address(), method } as const;
    await publishCheckpoints(worldWith(createNotary({ key, place: where, token: secret('let-me-in'), every: HOUR })));
    expect(asked.map((one) => [one.method, one.token])).toEqual([[method, 'Bearer let-me-in']]);
    const read = readCheckpoints(asked[0]?.body ?? '');
    expect(read.ok && read.value.length).toBeGreaterThan(0);
  });

  it.each([500, 403, 307])(
    'are tried again where the place answers %i, and count as published only then',
    async (status) => {
      const world = worldWith(notaryAt({ kind: 'url', url: address(), method: 'PUT' }));
      answer = status;
      await expect(publishCheckpoints(world)).rejects.toThrow();
      answer = 204;
      await publishCheckpoints(world);
      expect(asked).toHaveLength(2);
      await publishCheckpoints(world);
      expect(asked).toHaveLength(2);
    },
  );

  it('never tell in an error where they go, as an address can hold a password', async () => {
    answer = 500;
    const where = { kind: 'url', url: `${address()}?signature=hidden`, method: 'PUT' } as const;
    const failed = await publishCheckpoints(worldWith(notaryAt(where))).catch((error: unknown) => String(error));
    expect(failed).toContain('500');
    expect(failed).not.toContain('hidden');
  });

  it('say at error level when a chain lost what the last one saw, the whole chain too', async () => {
    await write(7, 4);
    await write(8, 2);
    const world = worldWith(notaryAt(toFile('lost')));
    await publishCheckpoints(world);
    await sql`alter table audit_entry disable trigger user`.execute(database.db);
    await sql`delete from audit_entry where (installation_id = 7 and seq = 4) or installation_id = 8`.execute(
      database.db,
    );
    await sql`alter table audit_entry enable trigger user`.execute(database.db);
    await later();
    errors.length = 0;
    await publishCheckpoints(world);
    expect(errors.map(({ fields }) => fields)).toEqual([
      { installation: 7, entry: 4 },
      { installation: 8, entry: 2 },
    ]);
    expect(errors[0]?.message).toContain('cut off or written anew');
    // What is out stays out: the old line beside the new one shows it to everybody.
    expect(
      linesIn('lost')
        .filter(({ installation }) => installation === 7)
        .map(({ length }) => length),
    ).toEqual([4, 3]);
  });

  it('are none of a log that is empty', async () => {
    const empty = await openTestDatabase();
    const own = createStore(empty);
    await publishCheckpoints({ ...worldWith(notaryAt({ kind: 'url', url: address(), method: 'PUT' })), store: own });
    expect(asked).toEqual([]);
    await empty.close();
  });
});
