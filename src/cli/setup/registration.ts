/** The small server behind `jit-gate setup`: shows the button, takes GitHub's answer, once. */

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { convert, type NewApp } from './conversion.ts';
import type { Manifest } from './manifest.ts';
import { donePage, refusedPage, startPage } from './pages.ts';

export type Registration = {
  /** The page with the button. */
  readonly url: string;
  /** Settled once the app is registered and kept; rejected where keeping it failed. */
  readonly registered: Promise<NewApp>;
  readonly close: () => Promise<void>;
};

export type RegistrationOptions = {
  readonly port: number;
  /** GitHub's API, and the page of its website that takes a manifest. */
  readonly apiUrl: string;
  readonly registrationUrl: string;
  /** The manifest, once the address that GitHub sends people back to is known. */
  readonly manifest: (redirectUrl: string) => Manifest;
  /** Keeps the credentials. They exist only once: if this throws, the registration failed. */
  readonly keep: (app: NewApp) => void;
};

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  // The address holds the code, and is no business of the next page.
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
};

/** Listens on this machine alone. The state is drawn afresh, so that nobody else's code is taken for ours. */
export async function openRegistration(options: RegistrationOptions): Promise<Registration> {
  const state = randomBytes(32).toString('hex');
  const { promise, resolve, reject } = Promise.withResolvers<NewApp>();
  let base = '';
  let taken = false;

  const callback = async (query: URLSearchParams): Promise<readonly [number, string]> => {
    const code = query.get('code') ?? '';
    if (!same(query.get('state') ?? '', state)) return [403, refusedPage('This answer was not asked for here')];
    if (!/^[\w-]{1,200}$/u.test(code)) return [400, refusedPage('GitHub’s answer holds no code')];
    if (taken) return [409, refusedPage('The app was registered already')];
    taken = true;
    const app = await convert(options.apiUrl, code);
    if (!app.ok) {
      taken = false;
      return [502, refusedPage(app.error)];
    }
    try {
      options.keep(app.value);
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
      return [500, refusedPage('The credentials could not be written; see the terminal')];
    }
    resolve(app.value);
    return [200, donePage(`${app.value.htmlUrl}/installations/new`)];
  };

  const answer = async (request: IncomingMessage): Promise<readonly [number, string]> => {
    // A page elsewhere whose name was pointed at this machine would read the state: only our own name is answered.
    if (request.headers.host !== new URL(base).host) return [421, refusedPage(`Open ${base}`)];
    const url = new URL(request.url ?? '/', base);
    if (request.method !== 'GET') return [405, refusedPage('Only GET is answered here')];
    if (url.pathname === '/callback') return await callback(url.searchParams);
    if (url.pathname !== '/') return [404, refusedPage(`There is no such page; open ${base}`)];
    const action = `${options.registrationUrl}?state=${state}`;
    return [200, startPage(options.manifest(`${base}/callback`), action)];
  };

  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => send(response, status, body),
      () => send(response, 502, refusedPage('GitHub could not be reached; try again')),
    );
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(options.port, 'localhost', listening);
  });
  base = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: base,
    registered: promise,
    close: async () => {
      await new Promise((closed) => {
        server.close(closed);
        server.closeIdleConnections();
      });
    },
  };
}

const send = (response: ServerResponse, status: number, body: string): void => {
  // Closing the connection lets the command end as soon as the last page was sent.
  response.writeHead(status, { ...HEADERS, connection: 'close' }).end(body);
};

/** Compares without telling by its time how much was right. */
function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
