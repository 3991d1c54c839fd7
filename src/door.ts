/** What may come as far as Probot: a webhook's request is whole, bounded and shaped like one before anyone works on it. */

import type { IncomingMessage, OutgoingHttpHeaders, Server as HttpServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Where GitHub sends webhooks to: Probot's own path. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** GitHub sends no more: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap. */
const MAX_BYTES = 25 * 1024 * 1024;
/** How long a body may take to come in, in milliseconds. GitHub itself gives up on the whole delivery after 10 s. */
const BODY_TIME = 10_000;
const HEADERS_TIME = 10_000;
const REQUEST_TIME = 30_000;
/** Far more than GitHub opens; beyond it, connections are closed unanswered. */
const MAX_CONNECTIONS = 1_000;

/** No signature covers these headers, so they are held to what GitHub writes there. */
const HEADERS = [
  { name: 'x-github-event', shape: /^[a-z][a-z0-9_]{0,63}$/u },
  { name: 'x-github-delivery', shape: /^[A-Za-z0-9_-]{1,128}$/u },
] as const;

/** Nothing that this server says is a page, or to be kept, or to be read by a script from elsewhere. A page says otherwise itself. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Bytes of webhooks that may be on their way in at once: nobody is asked for a signature before the body is there. */
const MAX_UNDER_WAY = 128 * 1024 * 1024;

type Refusal = { readonly status: number; readonly error: string };
type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Puts itself before the handlers of a server. What is not a POST to the webhooks' path goes through untouched. A webhook
 * is handed on with its body read, as `request.body`, which Probot takes in place of the stream: so Probot's time for
 * an answer begins when the body is there, and a body without end, or without haste, never gets that far.
 */
export function guardDoor(server: HttpServer, { bodyTime = BODY_TIME, maxUnderWay = MAX_UNDER_WAY } = {}): void {
  server.headersTimeout = HEADERS_TIME;
  server.requestTimeout = REQUEST_TIME;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', answerNoRequest);
  const room: Room = { bytes: maxUnderWay };
  const behind = server.listeners('request') as Listener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const goOn = (): void => behind.forEach((listener) => listener.call(server, request, response));
    if (request.method !== 'POST' || !isWebhookPath(request.url ?? '')) {
      goOn();
      return;
    }
    hideFailures(response);
    admit(request, bodyTime, room).then(
      (refusal) => (refusal === null ? goOn() : refuse(request, response, refusal)),
      // The sender broke off: there is nobody to tell.
      () => response.destroy(),
    );
  });
}

/**
 * What failed is for the log. Probot answers with the error's own text where it fails itself, before our code is asked:
 * over an installation whose id is none, say.
 */
function hideFailures(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  Object.assign(response, {
    writeHead: (status: number, headers: OutgoingHttpHeaders) =>
      writeHead(status, status === 500 ? { ...headers, 'content-length': Buffer.byteLength(FAILED) } : headers),
    end: (body: unknown) => end(response.statusCode === 500 ? FAILED : body),
  });
}

/** GitHub shows it on its page of deliveries. It says nothing about why. */
const FAILED = JSON.stringify({ error: 'The delivery could not be handled. Deliver it again.' });

/** Read as Probot reads it, or a path with a slash at its end would come in past the door. */
function isWebhookPath(url: string): boolean {
  const local = 'http://localhost';
  return URL.canParse(url, local) && new URL(url, local).pathname.replace(/\/+$/u, '') === WEBHOOK_PATH;
}

async function admit(request: IncomingMessage, bodyTime: number, room: Room): Promise<Refusal | null> {
  for (const { name, shape } of HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string' && !shape.test(value)) {
      return { status: 400, error: `The header ${name} is not one that GitHub sends.` };
    }
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) return TOO_LARGE;
  const body = await bodyOf(request, bodyTime, room);
  if (typeof body !== 'string') return body;
  if (body === '') return { status: 400, error: 'The body is empty.' };
  if (!/^\s*\{/u.test(body)) return { status: 400, error: 'The body is not a JSON object.' };
  Object.assign(request, { body });
  return null;
}

const TOO_LARGE: Refusal = { status: 413, error: `The body is larger than ${MAX_BYTES} bytes.` };
const TOO_SLOW: Refusal = { status: 408, error: 'The body took too long.' };
/** GitHub takes it for a delivery that failed, and the app asks for those again. */
const TOO_MUCH: Refusal = { status: 503, error: 'Too much is on its way in just now.' };

/** What more may come in, in bytes, over all requests. */
type Room = { bytes: number };

async function bodyOf(request: IncomingMessage, bodyTime: number, room: Room): Promise<string | Refusal> {
  const { promise, resolve, reject } = Promise.withResolvers<string | Refusal>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => resolve(TOO_SLOW), bodyTime);
  const take = (chunk: Buffer): void => {
    bytes += chunk.length;
    room.bytes -= chunk.length;
    if (bytes > MAX_BYTES) resolve(TOO_LARGE);
    else if (room.bytes < 0) resolve(TOO_MUCH);
    else chunks.push(chunk);
  };
  request.on('data', take);
  request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  request.once('error', reject);
  request.once('close', () => reject(new Error('the connection was closed')));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    request.off('data', take);
    room.bytes += bytes;
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, error }: Refusal): void {
  // What still comes is let run past, no longer than a request may take: a connection that is cut loses the answer.
  request.resume();
  const text = JSON.stringify({ error });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  response.writeHead(status, request.complete ? headers : { ...headers, connection: 'close' }).end(text);
}

/** What is no HTTP, or too much of it before the body, never becomes a request. */
function answerNoRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = NO_REQUEST[error.code ?? ''] ?? '400 Bad Request';
  const headers = { ...SECURITY_HEADERS, connection: 'close', 'content-length': '0' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
}

const NO_REQUEST: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
