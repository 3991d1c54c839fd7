/** How do the tests of the adapter talk to it: through Probot's own authentication, against answers that nock gives. */

import { generateKeyPairSync } from 'node:crypto';
import nock from 'nock';
import { Probot } from 'probot';
import { afterEach, beforeEach } from 'vitest';
import { installationId, repoId, type RepoRef } from '../../../src/domain/identity.ts';
import type { GitHub, Log } from '../../../src/engine/ports.ts';
import type { ClientOptions } from '../../../src/adapters/github/client.ts';
import { createGitHub } from '../../../src/adapters/github/github.ts';
import { jitOctokit } from '../../../src/adapters/github/octokit.ts';
import { operationAt, requestComplaints } from '../../support/github/http/contract.ts';
import { watchViolations } from '../../support/github/http/watched.ts';
import type { Violation } from '../../support/github/world/state.ts';

// To import nock is to put it to work, and then it stands between sockets in every file that comes later in this process.
nock.restore();

export const API = 'https://api.github.com';
export const TOKEN = 'ghs_testtoken';
export const REPO: RepoRef = { installationId: installationId(11), id: repoId(22), owner: 'octo', name: 'hello' };
/** The path of the repository, and GitHub's answer to it. */
export const AT = '/repos/octo/hello';
export const REPOSITORY = { id: 22, name: 'hello', full_name: 'octo/hello', private: true, owner: { login: 'octo' } };
export const APP_ID = 77;

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export type Line = {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
};

export function collectLog(): { readonly log: Log; readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push({ level, fields, message });
  };
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

export function probotAt(baseUrl: string): Probot {
  return new Probot({ appId: APP_ID, privateKey, secret: 'secret', Octokit: jitOctokit, baseUrl, logLevel: 'fatal' });
}

/** The adapter as production wires it. */
export function adapter(options: Partial<ClientOptions> = {}): {
  readonly github: GitHub;
  readonly lines: readonly Line[];
} {
  const { log, lines } = collectLog();
  const probot = probotAt(API);
  const github = createGitHub({
    octokitFor: async (who) => held(who === 'app' ? await probot.auth() : await probot.auth(who)),
    log,
    ...options,
  });
  return { github, lines };
}

type Asking = Awaited<ReturnType<Probot['auth']>>;

const violations: Violation[] = [];

/** Holds every request against GitHub's description, though nobody but nock answers it. */
function held(octokit: Asking): Asking {
  watchViolations(violations);
  octokit.hook.before('request', (options) => {
    const { method, url, body } = octokit.request.endpoint.parse(options);
    const at = new URL(url);
    if (at.pathname === '/graphql') return;
    const match = operationAt(method, at.pathname);
    const operation = match?.route.operation ?? `${method} ${at.pathname}`;
    const complaints =
      match === null
        ? ["GitHub's description has no such call"]
        : requestComplaints(operation, match.params, at.searchParams, body);
    violations.push(...complaints.map((message): Violation => ({ kind: 'request', operation, message })));
  });
  return octokit;
}

/** Lets nobody but nock answer the tests of a file, and takes nothing of that along to the next file. */
export function onlyNockAnswers(): void {
  beforeEach(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
    nock.restore();
  });
}

/** GitHub's answers, in the order in which they are asked for; the token comes unasked. */
export function api(): nock.Scope {
  nock(API)
    .post('/app/installations/11/access_tokens')
    .optionally()
    .reply(201, { token: TOKEN, expires_at: '2099-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' });
  return nock(API);
}

/** A hundred things: a full page. */
export const hundred = <T>(make: (index: number) => T): readonly T[] =>
  Array.from({ length: 100 }, (_, index) => make(index));

export const sha40 = (digit: string): string => digit.repeat(40);
