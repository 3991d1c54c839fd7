/** How a test knocks at the door: a signed webhook as GitHub sends it, or one with something wrong about it. */

import { createHmac, randomUUID } from 'node:crypto';
import { request, type RequestOptions } from 'node:http';

export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
};

export type Knock = {
  readonly body: string | Buffer;
  readonly event?: string;
  readonly id?: string;
  /** Headers in place of the usual ones; `null` leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly method?: string;
  readonly path?: string;
};

const signatureOf = (secret: string, body: string | Buffer): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Sends one request to the app at `url`, signed with `secret`. */
export async function knock(url: string, secret: string, { body, event = 'push', ...more }: Knock): Promise<Answer> {
  const headers: Record<string, string> = {};
  const wanted: Readonly<Record<string, string | null>> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'GitHub-Hookshot/test',
    'x-github-delivery': more.id ?? randomUUID(),
    'x-github-event': event,
    'x-hub-signature-256': signatureOf(secret, body),
    ...more.headers,
  };
  for (const [name, value] of Object.entries(wanted)) if (value !== null) headers[name] = value;
  return await exchange(
    url,
    { method: more.method ?? 'POST', path: more.path ?? '/api/github/webhooks', headers },
    body,
  );
}

async function exchange(url: string, options: RequestOptions, body: string | Buffer): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          headers: response.headers,
        }),
      );
    });
    sent.on('error', reject).end(body);
  });
}
