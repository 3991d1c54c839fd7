/** How do requests come in and answers go out? With latency, faults, entity tags and rate-limit headers. */

import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, World } from '../world/state.ts';
import { answer, type Asked } from './answer.ts';
import { faultAnswer, type Faults } from './faults.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { createMatcher, type Answer, type Match, type Route } from './route.ts';

export type ServerOptions = {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly faults: Faults;
  /** Milliseconds that every call takes at least. Read at each call, so it can be changed. */
  readonly latencyMs: () => number;
  /** Whether requests and answers are held against GitHub's description. */
  readonly contract: boolean;
};

type Api = ServerOptions & {
  readonly match: (method: string, path: string) => Match | null;
  readonly limit: RateLimit;
};

/** The API as a server that does not listen yet. */
export function createApi(options: ServerOptions): Server {
  const api: Api = { ...options, match: createMatcher(options.routes), limit: createRateLimit(options.world) };
  return createServer((request, response) => {
    // Only a connection that the caller broke off can fail here, and then there is nobody to tell.
    respond(api, request, response).catch(() => response.destroy());
  });
}

async function respond(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const at = Date.now();
  const began = performance.now();
  const raw = await readBody(request);
  const url = new URL(request.url ?? '/', 'http://local');
  const method = request.method ?? 'GET';
  const asked: Asked = {
    method,
    url,
    headers: request.headers,
    raw,
    match: api.match(method, url.pathname),
    payer: 'app',
  };
  const record = (status: number): void => {
    const call: Call = {
      method,
      path: url.pathname + url.search,
      route: asked.match?.route.path ?? (url.pathname === '/graphql' ? '/graphql' : null),
      operation: asked.match?.route.operation ?? null,
      status,
      counted: status !== 304,
      at,
      durationMs: performance.now() - began,
      authorization: request.headers.authorization ?? null,
    };
    api.world.calls.push(call);
    for (const witness of api.world.witnesses) witness(call);
  };
  if (api.latencyMs() > 0) await sleep(api.latencyMs());
  const given = await meetFaults(api, asked);
  record(given?.status ?? 0);
  if (given === null) request.socket.destroy();
  else {
    const resource = url.pathname === '/graphql' ? 'graphql' : 'core';
    write(api.world, response, given, api.limit.count(asked.payer, given.status, resource));
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The answer, if no fault gets in its way; `null` where the connection is to be cut. */
async function meetFaults(api: Api, asked: Asked): Promise<Answer | null> {
  const fault = api.faults.take(asked.method, asked.url.pathname + asked.url.search);
  if (fault?.kind === 'drop-before') return null;
  if (fault?.kind === 'timeout') await sleep(fault.ms);
  const failure = fault === null ? null : faultAnswer(fault, api.world.clock.now());
  if (failure !== null) return failure;
  const given = conditional(asked.method, asked.headers['if-none-match'], await answer(api, asked));
  return fault?.kind === 'drop-after' ? null : given;
}

/** A weak tag over the body; whoever has it already gets 304 and no body, which is free of charge. */
function conditional(method: string, known: string | undefined, given: Answer): Answer {
  if (method !== 'GET' || given.status !== 200) return given;
  const etag = `W/"${createHash('sha256').update(wire(given.body)).digest('hex')}"`;
  const headers = { ...given.headers, etag, 'cache-control': 'private, max-age=60, s-maxage=60' };
  const tags = (known ?? '').split(',').map((tag) => tag.trim().replace(/^W\//u, ''));
  return tags.includes(etag.slice(2)) ? { status: 304, headers } : { ...given, headers };
}

const wire = (body: unknown): string =>
  typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);

function write(world: World, response: ServerResponse, given: Answer, limit: Record<string, string>): void {
  const text = wire(given.body);
  const type = typeof given.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(given.status, {
    server: 'github.local',
    date: new Date(world.clock.now()).toUTCString(),
    'x-github-request-id': randomUUID(),
    ...limit,
    ...(text === '' ? {} : { 'content-type': type }),
    ...given.headers,
  });
  response.end(text);
}
