/** Does a PostgreSQL that says nothing any more hold a process up for ever? */

import { createServer, Socket, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { describeEachEngine } from '../../support/database.ts';

afterEach(() => vi.restoreAllMocks());

describe('a server that takes connections and says nothing', () => {
  it('is given up within seconds, and the start fails with words', { timeout: 40_000 }, async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(openDatabase({ url: `postgres://nobody@127.0.0.1:${port}/none`, folder: null })).rejects.toThrow(
        /timeout/u,
      );
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });
});

describeEachEngine('every connection', (engine) => {
  it('is probed while it is silent, so that a server that vanished is noticed', async () => {
    const url = await engine.address();
    const probed = vi.spyOn(Socket.prototype, 'setKeepAlive');
    const connected = vi.spyOn(Socket.prototype, 'connect');
    const database = url === null ? await engine.fresh() : await openDatabase({ url, folder: null });
    await createStore(database).now();
    if (url !== null) await database.close();
    const count = connected.mock.calls.length;
    expect(count > 0).toBe(engine.name === 'postgres');
    expect(probed.mock.calls.filter(([on, delay]) => on === true && delay === 10_000).length).toBe(count);
  });
});
