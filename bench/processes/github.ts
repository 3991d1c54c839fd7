/** The local GitHub in a process of its own, so that its work is not done in the time of the app that is measured. */

import { setTimeout as sleep } from 'node:timers/promises';
import { startGitHub, type Call, type LocalGitHub } from '../../test/support/github/index.ts';
import { answerQuestions } from './talk.ts';

/** A policy with one team. */
const POLICY = `version: 1
groups:
  release: { teams: [release] }
gates:
  - name: main
    on: merge
    branches: ["main"]
    approvals: [{ from: [release], count: 1 }]
`;

export type Credentials = {
  readonly url: string;
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
};

/** What webhooks have to say to be about a pull request that is there. */
export type Place = {
  readonly installation: number;
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
  readonly pull: number;
};

/** One approval: how long, and every call that the app made from the comment to the answer of the check's update. */
export type Approval = { readonly ms: number; readonly calls: readonly Call[]; readonly later: readonly Call[] };

let running: LocalGitHub | null = null;
const github = (): LocalGitHub => {
  if (running === null) throw new Error('the local GitHub was not started');
  return running;
};

/** No call for this long: the app has nothing more to do. */
const QUIET_MS = 400;
const PATIENCE_MS = 60_000;

const questions = {
  start: async ({ latencyMs }: { latencyMs: number }): Promise<Credentials> => {
    // Its contract is for tests: here it would only slow GitHub down.
    running = await startGitHub({ contract: false, latencyMs });
    for (const login of ['olga', 'ana', 'ben']) running.createUser(login);
    const { url, appId, privateKey, webhookSecret } = running;
    return { url, appId, privateKey, webhookSecret };
  },

  deliverTo: ({ target }: { target: string }): null => {
    github().webhookTarget = target;
    return null;
  },

  /** An organisation with a repository and a pull request. Our own limiter counts by installation, so several share a run. */
  organize: async ({ org }: { org: string }): Promise<Place> => {
    const here = github();
    here.createOrganization(org, { owners: ['olga'], members: ['ana', 'ben'] });
    here.createTeam(org, 'release', ['ana']);
    here.createRepository(org, 'shop', {
      files: { '.jit-policy.yml': POLICY, 'README.md': '# Shop\n' },
      collaborators: { ana: 'push', ben: 'push' },
    });
    const installation = here.installApp(org);
    const repo = `${org}/shop`;
    const pull = await openHeld(here, repo);
    const id = [...here.world.repos.values()].find((one) => one.owner.login === org)?.id ?? 0;
    return { installation: installation.id, repository: { id, owner: org, name: 'shop' }, pull: pull.number };
  },

  /** Opens a pull request, waits until it is held and the app is quiet, has it approved, and measures. */
  approve: async ({ org }: { org: string }): Promise<Approval> => {
    const here = github();
    const repo = `${org}/shop`;
    const { number, sha } = await openHeld(here, repo);
    await quiet(here);
    // A comment counts for a commit that came before it, and GitHub's times are whole seconds.
    here.clock.advance(2000);
    const from = here.calls.length;
    const began = Date.now();
    here.as('ana').comment(repo, number, '/approve');
    const update = await here.waitFor(
      () =>
        here.see.check(repo, sha, 'jit/merge')?.conclusion === 'success' && here.calls.slice(from).find(updatesCheck),
      { what: 'the release', timeoutMs: PATIENCE_MS, seen: () => here.see.comments(repo, number) },
    );
    const answered = update.at + update.durationMs;
    await quiet(here);
    const made = here.calls.slice(from);
    return {
      ms: answered - began,
      calls: made.filter((call) => call.at <= update.at),
      later: made.filter((call) => call.at > update.at),
    };
  },

  quiet: async (): Promise<null> => {
    await quiet(github());
    return null;
  },
} as const;

export type GitHubQuestions = typeof questions;

const updatesCheck = (call: Call): boolean => call.method === 'PATCH' && call.path.includes('/check-runs/');

let opened = 0;

async function openHeld(here: LocalGitHub, repo: string): Promise<{ readonly number: number; readonly sha: string }> {
  const ben = here.as('ben');
  const branch = `fix-${++opened}`;
  ben.push(repo, { branch, files: { [`src/${branch}.ts`]: branch } });
  const number = ben.openPull(repo, { head: branch });
  const sha = here.see.pull(repo, number).headSha;
  await here.waitFor(() => here.see.check(repo, sha, 'jit/merge')?.status === 'in_progress', {
    what: 'the hold',
    timeoutMs: PATIENCE_MS,
    seen: () => here.deliveries.slice(-3).map(({ event, status, responseBody }) => [event, status, responseBody]),
  });
  return { number, sha };
}

async function quiet(here: LocalGitHub): Promise<void> {
  for (let before = -1; before !== here.calls.length;) {
    before = here.calls.length;
    await here.webhooks.idle();
    await sleep(QUIET_MS);
  }
}

answerQuestions(questions);
