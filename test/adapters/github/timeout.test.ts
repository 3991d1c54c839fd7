/** A GitHub that takes a request and never answers, over real sockets. */

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGitHub } from '../../../src/adapters/github/github.ts';
import { GitHubUnavailable } from '../../../src/engine/ports.ts';
import { collectLog, probotAt, REPO } from './setup.ts';

let server: Server;
let answer: (path: string, response: ServerResponse) => void;

const token = (response: ServerResponse): void => {
  response.setHeader('content-type', 'application/json');
  response.statusCode = 201;
  response.end(JSON.stringify({ token: 'ghs_local', expires_at: '2099-01-01T00:00:00Z', permissions: {} }));
};

beforeEach(async () => {
  server = createServer((request, response) => {
    answer(request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function local(timeout: number) {
  const probot = probotAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return createGitHub({
    octokitFor: async (who) => (who === 'app' ? await probot.auth() : await probot.auth(who)),
    log: collectLog().log,
    timeout,
  });
}

async function expectOutage(request: Promise<unknown>): Promise<void> {
  const started = performance.now();
  await expect(request).rejects.toThrow(GitHubUnavailable);
  expect(performance.now() - started).toBeLessThan(2000);
}

it('ends the wait for an answer that does not come', async () => {
  answer = (path, response) => {
    if (path.endsWith('/access_tokens')) token(response);
  };
  await expectOutage(local(200).userByLogin(REPO.installationId, 'octo-ana'));
});

it('ends the wait for a token that does not come', async () => {
  answer = () => undefined;
  await expectOutage(local(200).userByLogin(REPO.installationId, 'octo-ana'));
});

it('ends the wait for an answer that stops in the middle', async () => {
  answer = (path, response) => {
    if (path.endsWith('/access_tokens')) {
      token(response);
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.write('{"id":5,');
  };
  await expectOutage(local(200).userByLogin(REPO.installationId, 'octo-ana'));
});

it('works with the address of another GitHub', async () => {
  answer = (path, response) => {
    if (path.endsWith('/access_tokens')) {
      token(response);
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: 5, login: 'octo-ana' }));
  };
  await expect(local(2000).userByLogin(REPO.installationId, 'octo-ana')).resolves.toEqual({ id: 5, login: 'octo-ana' });
});
