/** How do the local GitHub's own tests talk to it? As the app does: with Probot's client, and a door that verifies signatures. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProbotOctokit } from 'probot';
import { Webhooks } from '@octokit/webhooks';
import { startGitHub, type GitHubOptions, type Installation, type LocalGitHub } from './index.ts';

export type Heard = {
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: Record<string, unknown>;
};

/** An app that only listens. `answer` can make it fail or hang. */
export type Listener = {
  readonly url: string;
  readonly heard: Heard[];
  /** Deliveries whose signature was wrong. */
  readonly forged: string[];
  answer: (heard: Heard) => Promise<number> | number;
  close(): Promise<void>;
};

/** Listens on a free port and verifies every delivery with @octokit/webhooks. */
export async function listen(secret: string): Promise<Listener> {
  const webhooks = new Webhooks({ secret });
  const heard: Heard[] = [];
  const forged: string[] = [];
  const listener: Pick<Listener, 'answer'> = { answer: () => 202 };
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      const header = (name: string): string => String(request.headers[name]);
      const payload = JSON.parse(body) as Record<string, unknown>;
      const one: Heard = {
        id: header('x-github-delivery'),
        event: header('x-github-event'),
        action: typeof payload['action'] === 'string' ? payload['action'] : null,
        payload,
      };
      if (!(await webhooks.verify(body, header('x-hub-signature-256')))) forged.push(one.id);
      heard.push(one);
      response.writeHead(await listener.answer(one));
      response.end('taken');
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return Object.assign(listener, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`,
    heard,
    forged,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  });
}

/** Probot's client without its throttling and retries, so that every answer is seen as it came. */
export const clientOf = (github: LocalGitHub, installation?: Installation): ProbotOctokit => {
  const auth = { appId: github.appId, privateKey: github.privateKey };
  return new ProbotOctokit({
    baseUrl: github.url,
    auth: installation === undefined ? auth : { ...auth, installationId: installation.id },
    throttle: { enabled: false },
    retry: { enabled: false },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
};

/** One organisation, one shop: enough for most conversations. `olga` owns it, `ben` writes, `ana` is in the release team. */
export async function openShop(options: GitHubOptions & { private?: boolean } = {}) {
  const github = await startGitHub(options);
  github.createOrganization('octo', { owners: ['olga'], members: ['ana', 'ben'] });
  github.createUser('eve');
  github.createTeam('octo', 'release', ['ana']);
  github.createRepository('octo', 'shop', {
    private: options.private ?? true,
    files: { 'docs/guide.md': 'Read me.\n', CODEOWNERS: '* @octo/release\n' },
    collaborators: { ben: 'push' },
    teams: { release: 'triage' },
  });
  const installation = github.installApp('octo');
  const target = { owner: 'octo', repo: 'shop' };
  return { github, installation, target, octokit: clientOf(github, installation), app: clientOf(github) };
}

/** A pull request of `ben`, with its number and head. */
export function openChange(github: LocalGitHub, branch = 'change'): { number: number; sha: string } {
  const sha = github.as('ben').push('octo/shop', { branch, files: { [`${branch}.txt`]: `${branch}\n` } });
  return { sha, number: github.as('ben').openPull('octo/shop', { head: branch }) };
}
