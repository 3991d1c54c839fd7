/** What the door answers to requests that are no webhook, or not whole: clearly, with nothing of its own inside, and alive. */

import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { guardDoor, WEBHOOK_PATH } from '../../src/door.ts';
import { jitGate } from '../../src/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { knock, type Answer, type Knock } from './send.ts';

const MEGABYTE = 1024 * 1024;
/** The machine is shared: what takes milliseconds alone can take seconds beside other tests. */
const SOON = { timeout: 20_000 };
let stage: Stage;
let database: Database;

beforeAll(async () => {
  stage = await startStage({ open: async () => (database = await openTestDatabase()) });
  await stage.settled();
});
afterAll(async () => {
  await stage.stop();
});

const ask = async (request: Knock): Promise<Answer> => await knock(stage.app.url, stage.github.webhookSecret, request);

async function stored(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int4 as count from delivery`.execute(database.db);
  return rows[0]?.count ?? 0;
}

/** Words that only something of our own, or of a library's inside, would say. */
const INSIDE = /\bat .+:\d+:\d+|node_modules|\/src\/|TypeError|RangeError|undefined|is not a function|select |insert /u;

const WRONG: readonly (Knock & { readonly what: string; readonly status: number })[] = [
  { what: 'a body that is not JSON', body: 'this is no JSON', status: 400 },
  { what: 'a body that begins like JSON', body: '{"action": "opened', status: 400 },
  { what: 'no body', body: '', status: 400 },
  { what: 'null', body: 'null', status: 400 },
  { what: 'a number', body: '12', status: 400 },
  { what: 'a list', body: '[]', status: 400 },
  { what: 'a string of 1 MB', body: JSON.stringify('a'.repeat(MEGABYTE)), status: 400 },
  { what: '100,000 brackets', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, status: 400 },
  { what: 'bytes that are no UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), status: 400 },
  { what: 'more than GitHub ever sends', body: `{"a":"${'a'.repeat(25 * MEGABYTE)}"}`, status: 413 },
  { what: 'a form', body: '{}', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415 },
  { what: 'no content type', body: '{}', headers: { 'content-type': null }, status: 415 },
  { what: 'no delivery id', body: '{}', headers: { 'x-github-delivery': null }, status: 400 },
  { what: 'an empty delivery id', body: '{}', id: '', status: 400 },
  { what: 'a delivery id of 8,000 characters', body: '{}', id: 'a'.repeat(8000), status: 400 },
  { what: 'no event', body: '{}', headers: { 'x-github-event': null }, status: 400 },
  { what: 'an empty event', body: '{}', event: '', status: 400 },
  { what: 'an event that is none', body: '{}', event: '__proto__', status: 400 },
  { what: 'every event', body: '{}', event: '*', status: 400 },
  { what: 'no signature', body: '{}', headers: { 'x-hub-signature-256': null }, status: 400 },
  { what: 'an empty signature', body: '{}', headers: { 'x-hub-signature-256': '' }, status: 400 },
  { what: 'a signature of another kind', body: '{}', headers: { 'x-hub-signature-256': 'sha1=00' }, status: 400 },
  {
    what: 'a signature for something else',
    body: '{}',
    headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    status: 400,
  },
  { what: 'another method', body: '{}', method: 'PUT', status: 404 },
  { what: 'another path', body: '{}', path: '/api/github/webhook', status: 404 },
  { what: 'a path with a slash at its end and no JSON', body: 'no JSON', path: `${WEBHOOK_PATH}/`, status: 400 },
];

describe('the door', () => {
  it('says nothing of what failed inside, where Probot fails before the app is asked', async () => {
    const before = await stored();
    const answer = await ask({
      event: 'issues',
      body: JSON.stringify({ action: 'opened', installation: { id: 'one' } }),
    });
    expect(answer).toMatchObject({
      status: 500,
      body: '{"error":"The delivery could not be handled. Deliver it again."}',
    });
    expect(await stored()).toBe(before);
  });

  it.each(WRONG)('answers $status to $what, says nothing of its inside and stores nothing', async (request) => {
    const before = await stored();
    const answer = await ask(request);
    expect(answer.status).toBe(request.status);
    expect(answer.body).not.toMatch(INSIDE);
    expect(await stored()).toBe(before);
  });

  it('takes what GitHub sends, in one piece or in parts, with a long text or an escaped zero in it', async () => {
    const before = await stored();
    for (const request of [
      { body: '{"zen":"x"}', event: 'ping' },
      { body: `{"zen":"${'x'.repeat(MEGABYTE)}"}`, event: 'ping' },
      { body: '{"zen":"\\u0000"}', event: 'ping' },
      { body: '{}', event: 'projects_v2_item' },
      { body: '{}', event: 'ping', headers: { 'content-length': null, 'transfer-encoding': 'chunked' } },
      { body: '{}', event: 'ping', headers: { 'content-type': 'application/json; charset=utf-8' } },
    ]) {
      expect(await ask(request)).toMatchObject({ status: 200, body: 'ok\n' });
    }
    expect(await stored()).toBe(before + 6);
  });

  it('settles a webhook that lacks what its event promises as failed, and says what is missing', async () => {
    const id = 'lacks-everything';
    expect((await ask({ body: '{}', event: 'pull_request', id })).status).toBe(200);
    await stage.settled();
    const { rows } = await sql<{ outcome: string; note: string }>`
      select outcome, note from delivery where id = ${id}`.execute(database.db);
    expect(rows).toEqual([{ outcome: 'failed', note: expect.stringContaining('repository') as string }]);
    // For people to read: no report in JSON.
    expect(rows[0]?.note).not.toContain('{');
  });
});

describe('every answer', () => {
  const webhook = '/api/github/webhooks';
  it.each<[string, string, RequestInit]>([
    ['to a ping', '/ping', {}],
    ['to a path that is not there', '/nowhere', {}],
    ['to the root', '/', {}],
    ['to a webhook that is not signed', webhook, { method: 'POST', body: '{}' }],
    ['to a body that is none', webhook, { method: 'POST', body: 'no' }],
    ['to another method', webhook, { method: 'DELETE' }],
    ['to a look at the door', webhook, {}],
  ])('%s carries the security headers', async (_what, path, init) => {
    const answer = await fetch(`${stage.app.url}${path}`, { redirect: 'manual', ...init });
    await answer.arrayBuffer();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{7,}/u) as string,
    });
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/u);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('server')).toBeNull();
  });

  it('to a webhook that is taken carries them too', async () => {
    const { status, headers } = await ask({ body: '{"action":"x"}', event: 'star' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
  });
});

describe('a server with a guarded door', () => {
  let server: Server;
  const sockets: Socket[] = [];
  const reached: { body: unknown }[] = [];

  async function listen(bodyTime: number, maxUnderWay?: number): Promise<number> {
    server = createServer((request, response) => {
      reached.push({ body: (request as { body?: unknown }).body });
      response.end('reached');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    guardDoor(server, maxUnderWay === undefined ? { bodyTime } : { bodyTime, maxUnderWay });
    return (server.address() as AddressInfo).port;
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    reached.length = 0;
    await new Promise((resolve) => server.close(resolve));
  });

  function open(port: number, text: string): { readonly socket: Socket; readonly said: () => string } {
    let said = '';
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    sockets.push(socket);
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('utf8'))).on('error', () => undefined);
    return { socket, said: () => said };
  }

  const head = (path: string, length: number): string =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

  it('gives up on a body that does not come, and hands nothing on', async () => {
    const { said } = open(await listen(100), `${head(WEBHOOK_PATH, 100)}{"a"`);
    await vi.waitFor(() => expect(said()).toContain('408 Request Timeout'), SOON);
    expect(reached).toEqual([]);
  });

  it('stops reading a body without an announced length where it grows beyond the limit', async () => {
    const { socket, said } = open(
      await listen(60_000),
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MEGABYTE, 'a'), Buffer.from('\r\n')]);
    for (let count = 0; count < 27 && said() === ''; count += 1) {
      await new Promise((resolve) => socket.write(piece, resolve));
    }
    await vi.waitFor(() => expect(said()).toContain('413'), SOON);
    expect(reached).toEqual([]);
  });

  it('keeps no more under way than it has room for, and takes the next one when there is room again', async () => {
    const port = await listen(60_000, 1000);
    const half = open(port, `${head(WEBHOOK_PATH, 900)}{${' '.repeat(800)}`);
    const other = open(port, `${head(WEBHOOK_PATH, 900)}{${' '.repeat(800)}`);
    await vi.waitFor(() => expect(half.said() + other.said()).toContain('503 Service Unavailable'), SOON);
    expect(reached).toEqual([]);
    const [waiting] = [half, other].filter(({ said }) => said() === '');
    waiting?.socket.write(' '.repeat(99));
    await vi.waitFor(() => expect(waiting?.said()).toContain('reached'), SOON);
    const third = open(port, `${head(WEBHOOK_PATH, 900)}{${' '.repeat(899)}`);
    await vi.waitFor(() => expect(third.said()).toContain('reached'), SOON);
  });

  it('bounds how many connections there are', async () => {
    await listen(60_000);
    expect(server.maxConnections).toBeLessThanOrEqual(1000);
  });

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n', '400'],
    ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, '431'],
  ])('answers %s with the security headers too', async (_what, text, status) => {
    const { said } = open(await listen(60_000), text);
    await vi.waitFor(() => expect(said()).toContain(`HTTP/1.1 ${status}`), SOON);
    expect(said().toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(reached).toEqual([]);
  });

  it('survives a sender that breaks off', async () => {
    const port = await listen(60_000);
    const { socket } = open(port, `${head(WEBHOOK_PATH, 100)}{"a"`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    const { said } = open(port, `${head(WEBHOOK_PATH, 2)}{}`);
    await vi.waitFor(() => expect(said()).toContain('reached'), SOON);
    expect(reached).toEqual([{ body: '{}' }]);
  });

  it('leaves every other path its stream', async () => {
    const { said } = open(await listen(60_000), `${head('/elsewhere', 2)}xx`);
    await vi.waitFor(() => expect(said()).toContain('reached'), SOON);
    expect(reached).toEqual([{ body: undefined }]);
  });

  it('allows no request to take for ever', async () => {
    await listen(60_000);
    expect(server.headersTimeout).toBeLessThanOrEqual(10_000);
    expect(server.requestTimeout).toBeLessThanOrEqual(30_000);
  });
});

describe('the app function', () => {
  type Handler = (event: { id: string; name: string; payload: unknown }) => Promise<void>;
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

  /** What Probot would call with a webhook. */
  function handlerOf(keepDelivery: () => Promise<'stored' | 'known'>): Handler {
    const onAny = vi.fn<(handler: Handler) => void>();
    jitGate({ keepDelivery }, log)({ onAny } as unknown as Parameters<ReturnType<typeof jitGate>>[0]);
    const handler = onAny.mock.calls[0]?.[0];
    if (handler === undefined) throw new Error('no handler was set');
    return handler;
  }

  it('tells GitHub of a failure, and nothing about it, where a delivery can not be stored', async () => {
    const handler = handlerOf(async () => {
      throw new Error('relation "delivery" does not exist');
    });
    const failure = handler({ id: 'a', name: 'push', payload: {} });
    await expect(failure).rejects.toThrow('The delivery could not be stored. Deliver it again.');
    await expect(failure).rejects.not.toHaveProperty('cause');
  });

  it('tells GitHub of a failure before Probot would call it a success, where storing takes too long', async () => {
    vi.useFakeTimers();
    try {
      const answered = vi.fn();
      handlerOf(() => new Promise(() => undefined))({ id: 'a', name: 'push', payload: {} }).catch(answered);
      await vi.advanceTimersByTimeAsync(8_999);
      expect(answered).toHaveBeenCalledWith(new Error('The delivery could not be stored. Deliver it again.'));
    } finally {
      vi.useRealTimers();
    }
  });
});
