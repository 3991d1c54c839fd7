/** Do several instances on one PostgreSQL share the work, know the same, and take over from one that is killed? */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, dropDatabase } from '../support/database.ts';
import { formText } from '../support/asking.ts';
import { startGitHub, type LocalGitHub } from '../support/github/index.ts';
import type { Call } from '../support/github/world/state.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { organize, REPO } from '../support/stage.ts';
import { openGateway, type Gateway } from '../torture/gateway.ts';
import { startInstance, type Instance } from '../torture/instance.ts';

const POSTGRES = (process.env['TEST_DATABASE_URL'] ?? '') !== '';
const PEOPLE = ['olga', 'ana', 'rita', 'sam', 'mia', 'ben', 'erin', 'emil'];
/** Milliseconds. A job of a process that was killed is noticed within 45 s. */
const TAKEN_OVER = 90_000;
const LONG = 200_000;

let github: LocalGitHub;
let url: string;
let folder: string;
let gateway: Gateway;
const instances: Instance[] = [];
/** Takes the next webhook. */
let door: Instance | null = null;
let turn = 0;

const start = async (): Promise<Instance> => {
  const instance = startInstance(github, { url }, folder);
  instances.push(instance);
  await instance.ready;
  if (instance.address() === null) throw new Error(instance.said());
  return instance;
};

async function perform(policy: string): Promise<readonly [Instance, Instance]> {
  for (const login of PEOPLE) github.createUser(login);
  organize(github, { org: 'octo', policy });
  const pair = [await start(), await start()] as const;
  github.installApp('octo');
  return pair;
}

const open = (name: string): { readonly number: number; readonly sha: string } => {
  github.as('ben').push(REPO, { branch: name, files: { [`src/${name}.ts`]: `// ${name}\n` } });
  const number = github.as('ben').openPull(REPO, { head: name });
  return { number, sha: github.see.pull(REPO, number).headSha };
};

const shown = (sha: string) => github.see.check(REPO, sha, 'jit/merge');
const isHeld = ({ sha }: { readonly sha: string }): boolean => shown(sha)?.status === 'in_progress';
const until = async (what: string, question: () => boolean, timeoutMs = 60_000): Promise<boolean> =>
  await github.waitFor(question, { what, timeoutMs, seen: () => instances.map((instance) => instance.said()) });

/** How many of the calls that made something each process carried out. */
function shares(from: number): readonly number[] {
  const count = new Map<string, number>();
  for (const { method, route, authorization } of github.calls.slice(from)) {
    if (method !== 'POST' || route?.startsWith('/repos/') !== true || authorization === null) continue;
    count.set(authorization, (count.get(authorization) ?? 0) + 1);
  }
  return [...count.values()];
}

const answered = (comment: number): boolean =>
  github.see.reactions(REPO, comment).some(({ by }) => by === github.botLogin);

beforeEach(async () => {
  if (!POSTGRES) return;
  github = await startGitHub();
  url = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'jit-gate-instances-'));
  gateway = await openGateway(() => {
    const ready = instances.filter((instance) => instance.address() !== null);
    const next = door ?? ready[(turn += 1) % ready.length];
    return next?.address() ?? null;
  });
  github.webhookTarget = gateway.url;
}, LONG);

afterEach(async () => {
  if (!POSTGRES) return;
  door = null;
  for (const instance of instances) instance.kill();
  await Promise.all(instances.splice(0).map(async (instance) => await instance.ended));
  await gateway.close();
  const { violations } = github;
  await github.close();
  await dropDatabase(url);
  await rm(folder, { recursive: true, force: true });
  expect(violations).toEqual([]);
}, LONG);

describe.skipIf(!POSTGRES)('two instances on one PostgreSQL', { timeout: LONG }, () => {
  it('share one burst between them, and do each thing once', async () => {
    await perform(gates(MAIN_GATE));
    const before = github.calls.length;
    const pulls = Array.from({ length: 30 }, (_, index) => open(`burst-${index}`));
    await until('every pull request to be held', () => pulls.every(isHeld));
    const done = shares(before);
    expect(done).toHaveLength(2);
    expect(Math.min(...done)).toBeGreaterThan(5);
    for (const { sha } of pulls) {
      expect(github.see.checks(REPO, sha).filter(({ name }) => name === 'jit/merge')).toHaveLength(1);
    }
  });

  it('obey a policy that only the other one was told of', async () => {
    const [told, other] = await perform(gates(MAIN_GATE));
    door = other;
    const warm = open('warm');
    await until('the other to have read the old policy', () => isHeld(warm));
    github.clock.advance(2000);
    const first = github.as('ana').comment(REPO, warm.number, '/approve');
    await until('the approval under the old policy', () => answered(first));
    await until('the release', () => shown(warm.sha)?.conclusion === 'success');
    const pull = open('next');
    await until('the next to be held', () => isHeld(pull));

    door = told;
    const stricter = '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [security] }] }';
    github.as('olga').editFile(REPO, 'main', '.jit-policy.yml', gates(stricter));
    await github.webhooks.idle();

    door = other;
    github.clock.advance(2000);
    const late = github.as('ana').comment(REPO, pull.number, '/approve');
    await until('an answer to who is no longer asked', () => answered(late));
    expect(github.see.reactions(REPO, late).map(({ content }) => content)).toEqual(['confused']);
    expect(isHeld(pull)).toBe(true);
    github.clock.advance(2000);
    github.as('sam').comment(REPO, pull.number, '/approve');
    await until('the release by who is asked now', () => shown(pull.sha)?.conclusion === 'success');
  });

  it('take over from one that is killed in the middle of its work: a hold, an answer and the end of a grant', async () => {
    const [first, second] = await perform(`${access(SHIFT_RULE)}gates:\n  - ${MAIN_GATE}\n`);
    door = first;
    const issue = github.as('erin').openIssue(REPO, {
      title: 'Access request',
      body: formText({ role: 'push', reason: 'Repair the checkout page', duration: '3s' }),
      labels: ['access-request'],
    });
    await until('the request to be shown', () => github.see.labels(REPO, issue).includes('jit:pending'));
    github.clock.advance(2000);
    github.as('mia').comment(REPO, issue, '/approve');
    await until('the role to be given', () => github.see.collaborators(REPO)['erin'] === 'push');
    const waiting = open('waiting');
    await until('one to be held', () => isHeld(waiting));

    // Its calls hang, so it is killed with jobs in its hands; the other lives on and is told of nothing.
    const begun = new Set<string>();
    const strike = ({ method, authorization }: Call): void => {
      if (method !== 'GET' && authorization !== null) begun.add(authorization);
    };
    github.world.witnesses.add(strike);
    github.latencyMs = 400;
    github.clock.advance(2000);
    const approval = github.as('ana').comment(REPO, waiting.number, '/approve');
    const pulls = Array.from({ length: 8 }, (_, index) => open(`late-${index}`));
    await until('its work to be under way', () => begun.size > 0);
    expect(first.kill()).toBe(true);
    github.world.witnesses.delete(strike);
    github.latencyMs = 0;
    door = second;
    for (const delivery of github.deliveries.filter(({ statusCode }) => statusCode >= 400 || statusCode === 0)) {
      github.webhooks.redeliver(delivery);
    }

    await until('what it left to be held', () => pulls.every(isHeld), TAKEN_OVER);
    await until('the approval to be answered', () => answered(approval), TAKEN_OVER);
    await until('the release', () => shown(waiting.sha)?.conclusion === 'success', TAKEN_OVER);
    await until('the role to be gone', () => github.see.collaborators(REPO)['erin'] === undefined, TAKEN_OVER);
    await until('the end to be shown', () => github.see.labels(REPO, issue).includes('jit:ended'), TAKEN_OVER);
    for (const { sha } of [waiting, ...pulls]) {
      expect(github.see.checks(REPO, sha).filter(({ name }) => name === 'jit/merge')).toHaveLength(1);
    }
  });
});
