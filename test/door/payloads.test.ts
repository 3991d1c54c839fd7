/** What becomes of every webhook that GitHub can send: kept once, settled, and never a release or a grant by itself. */

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES, example, type Payload } from '../support/example.ts';
import { openStageDatabase } from '../support/stage-database.ts';
import { REPO, startStage, type Stage } from '../support/stage.ts';
import { describedPayloads } from './described.ts';
import { rewrite, type Scenery } from './rewrite.ts';
import { knock, type Answer } from './send.ts';

type Webhook = { readonly id: string; readonly name: string; readonly event: string; readonly payload: Payload };

const COLLECTED: readonly Omit<Webhook, 'id'>[] = EXAMPLES.flatMap(({ name, examples }) =>
  examples.map((payload) => ({
    name: `${name} ${typeof payload['action'] === 'string' ? payload['action'] : ''}`,
    event: name,
    payload,
  })),
);
const DESCRIBED: readonly Omit<Webhook, 'id'>[] = [false, true].flatMap((full) => describedPayloads(full));
const ALL = [...COLLECTED, ...DESCRIBED];

const LONG = 300_000;
let stage: Stage;
let scenery: Scenery;
let run: number;
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

const accountOf = (login: string): { id: number; login: string } => {
  const found = [...stage.github.world.accounts.values()].find((account) => account.login === login);
  if (found === undefined) throw new Error(`no account ${login}`);
  return { id: found.id, login };
};

beforeAll(async () => {
  process.on('unhandledRejection', note);
  stage = await startStage({ open: async () => await openStageDatabase() });
  const { github } = stage;
  const ben = github.as('ben');
  ben.push(REPO, { branch: 'fix', files: { 'src/a.ts': 'a' } });
  const number = ben.openPull(REPO, { head: 'fix' });
  run = ben.startRun(REPO, { branch: 'main', environment: 'production' });
  await stage.settled();
  const [installation] = github.world.installations.values();
  const repository = [...github.world.repos.values()].find(({ name }) => name === 'shop');
  if (installation === undefined || repository === undefined) throw new Error('the stage is not set');
  scenery = {
    installation: installation.id,
    repository: { id: repository.id, owner: 'octo', name: 'shop' },
    // An approver of everything that waits here.
    person: accountOf('ana'),
    number,
    sha: github.see.pull(REPO, number).headSha,
    environment: 'production',
    callback: `${github.url}/repos/octo/shop/actions/runs/${run}/deployment_protection_rule`,
  };
}, LONG);
afterAll(async () => {
  await stage.stop();
  process.off('unhandledRejection', note);
}, LONG);

const withIds = (webhooks: readonly Omit<Webhook, 'id'>[], change: (payload: Payload) => Payload): readonly Webhook[] =>
  webhooks.map((webhook) => ({ ...webhook, id: randomUUID(), payload: change(webhook.payload) }));

/** Sends them in order, some at once as GitHub does. */
async function sendAll(webhooks: readonly Webhook[], secret = stage.github.webhookSecret): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const waiting = webhooks.entries();
  const sender = async (): Promise<void> => {
    for (const [index, { id, event, payload }] of waiting) {
      answers[index] = await knock(stage.app.url, secret, { id, event, body: JSON.stringify(payload) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  return answers;
}

const query = async <T>(text: ReturnType<typeof sql<T>>): Promise<readonly T[]> =>
  (await text.execute(stage.database.db)).rows;

type Row = { readonly id: string; readonly outcome: string | null; readonly note: string | null };
async function rowsOf(webhooks: readonly Webhook[]): Promise<readonly Row[]> {
  const ids = webhooks.map(({ id }) => id);
  return await query(sql<Row>`select id, outcome, note from delivery where id = any(${ids}::text[])`);
}

/** Resolves when every job was tried: what is left waits for its next try. */
async function tried(): Promise<void> {
  await stage.github.waitFor(
    async () => {
      const [left] = await query(sql<{ count: number }>`
        select count(*)::int4 as count from pgboss.job
        where state in ('created', 'active') and (name <> 'timer' or start_after <= now())`);
      return left?.count === 0;
    },
    { what: 'every job to be tried', timeoutMs: LONG },
  );
}

/** Lets the jobs of deliveries that are to be tried again have their last try now, and not in an hour. */
async function lastTry(): Promise<void> {
  await stage.github.waitFor(
    async () => {
      await sql`
        update pgboss.job set retry_limit = retry_count + 1, start_after = now()
        where name = 'delivery' and state = 'retry'`.execute(stage.database.db);
      const [left] = await query(sql<{ count: number }>`
        select count(*)::int4 as count from pgboss.job
        where name in ('delivery', 'delivery-failed') and state in ('created', 'active', 'retry')`);
      return left?.count === 0;
    },
    { what: 'the last tries of deliveries', timeoutMs: LONG },
  );
}

/** Nothing was let go and nobody was given anything. */
async function expectNothingGiven(): Promise<void> {
  const { see } = stage.github;
  const shas = [scenery.sha, see.branch(REPO, 'main')];
  expect(shas.flatMap((sha) => see.checks(REPO, sha)).filter(({ conclusion }) => conclusion === 'success')).toEqual([]);
  expect(see.run(REPO, run).jobs.flatMap(({ rules }) => rules.map(({ state }) => state))).toEqual(['waiting']);
  expect(see.collaborators(REPO)).toEqual({ ana: 'push', ben: 'push', mia: 'maintain', rita: 'push', sam: 'push' });
  expect(see.invitations(REPO)).toEqual([]);
  expect(await query(sql`select id from access_grant`)).toEqual([]);
  expect(await query(sql`select source_id from vote`)).toEqual([]);
  expect(await query(sql`select id from request where state in ('approved', 'released')`)).toEqual([]);
}

describe('every webhook that GitHub can send', () => {
  it('is among these: 329 that were collected, and all that GitHub describes', () => {
    expect(COLLECTED).toHaveLength(329);
    const events = new Set(DESCRIBED.map(({ event }) => event));
    expect([...events]).toEqual(expect.arrayContaining(['deployment_protection_rule', 'merge_group', 'check_run']));
    expect(DESCRIBED.some(({ name }) => name === 'check-run-requested-action')).toBe(true);
  });

  it(
    'is refused with a wrong signature, and not stored',
    async () => {
      const webhooks = withIds(ALL, (payload) => payload);
      const answers = await sendAll(webhooks, 'another-secret-than-the-real-one');
      expect(answers.filter(({ status }) => status !== 400)).toEqual([]);
      expect(await rowsOf(webhooks)).toEqual([]);
    },
    LONG,
  );

  describe('about repositories that the app can not see', () => {
    let webhooks: readonly Webhook[];

    it(
      'is kept and tried, and what GitHub does not answer is tried again ever more seldom',
      async () => {
        webhooks = withIds(ALL, (payload) => ({ ...payload, installation: { id: scenery.installation } }));
        const answers = await sendAll(webhooks);
        expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
        expect(await rowsOf(webhooks)).toHaveLength(webhooks.length);
        await tried();
        const waiting = await query(sql<{ tries: number; wait: number }>`
          select retry_count as tries, extract(epoch from start_after - started_on)::float8 as wait
          from pgboss.job where name in ('delivery', 'effect') and state = 'retry'`);
        expect(waiting.length).toBeGreaterThan(0);
        // One second before the first repetition, and about twice as long each time.
        expect(waiting.filter(({ tries, wait }) => wait < 2 ** Math.min(tries, 8))).toEqual([]);
      },
      LONG,
    );

    it(
      'is settled in the end: handled, of no concern, or failed with a note that says why',
      async () => {
        await lastTry();
        const rows = await rowsOf(webhooks);
        expect(rows.filter(({ outcome }) => outcome === null)).toEqual([]);
        expect(rows.filter(({ outcome, note: why }) => outcome === 'failed' && (why ?? '') === '')).toEqual([]);
        const failed = rows.filter(({ outcome }) => outcome === 'failed').map(({ note: why }) => why ?? '');
        expect(failed.some((why) => why.includes('the app cannot read'))).toBe(true);
        await expectNothingGiven();
      },
      LONG,
    );
  });

  describe('told as if an approver had done it in a repository with a policy', () => {
    let webhooks: readonly Webhook[];
    let before: number;

    it(
      'is kept, settled, and releases and grants nothing',
      async () => {
        webhooks = withIds(ALL, (payload) => rewrite(payload, scenery));
        const answers = await sendAll(webhooks);
        expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
        await tried();
        await lastTry();
        await tried();
        const rows = await rowsOf(webhooks);
        expect(rows).toHaveLength(webhooks.length);
        expect(rows.filter(({ outcome }) => outcome === null)).toEqual([]);
        expect(rows.filter(({ outcome, note: why }) => outcome === 'failed' && (why ?? '') === '')).toEqual([]);
        await expectNothingGiven();
      },
      LONG,
    );

    it(
      'is dropped when it is delivered again',
      async () => {
        const [counted] = await query(sql<{ count: number }>`select count(*)::int4 as count from delivery`);
        before = counted?.count ?? 0;
        const calls = stage.github.calls.length;
        const settled = await rowsOf(webhooks);
        const answers = await sendAll(webhooks);
        expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
        const [after] = await query(sql<{ count: number }>`select count(*)::int4 as count from delivery`);
        expect(after?.count).toBe(before);
        const [jobs] = await query(sql<{ count: number }>`
          select count(*)::int4 as count from pgboss.job where name = 'delivery' and state in ('created', 'active')`);
        expect(jobs?.count).toBe(0);
        expect(new Set(await rowsOf(webhooks))).toEqual(new Set(settled));
        expect(stage.github.calls.slice(calls).filter(({ method }) => method !== 'GET')).toEqual([]);
      },
      LONG,
    );
  });

  it('leaves the app well: nothing unhandled, nothing that GitHub does not allow', () => {
    expect(unhandled).toEqual([]);
    expect(stage.github.violations).toEqual([]);
  });
});

describe('the webhooks that matter, as GitHub writes them', () => {
  /** Something happens on GitHub whose own webhook is lost; what the example says of it arrives in its place. */
  async function instead<T>(act: () => T): Promise<T> {
    stage.github.webhooks.pause();
    const made = act();
    stage.github.webhooks.resume(() => []);
    return made;
  }

  async function deliver(event: string, payload: Payload): Promise<void> {
    const body = JSON.stringify(payload);
    const answer = await knock(stage.app.url, stage.github.webhookSecret, { event, body });
    expect(answer).toMatchObject({ status: 200, body: 'ok\n' });
    await tried();
  }

  async function openUnseen(branch: string): Promise<Scenery> {
    const ben = stage.github.as('ben');
    return await instead(() => {
      ben.push(REPO, { branch, files: { [`src/${branch}.ts`]: branch } });
      const number = ben.openPull(REPO, { head: branch });
      return { ...scenery, person: accountOf('ben'), number, sha: stage.github.see.pull(REPO, number).headSha };
    });
  }

  const checkOf = ({ sha }: Scenery) => stage.github.see.check(REPO, sha, 'jit/merge');
  const now = (): string => new Date(stage.github.clock.now()).toISOString();
  const part = (payload: Payload, key: string): Payload => payload[key] as Payload;

  it('a pull request that is opened is held, and an approver releases it with a comment', async () => {
    const here = await openUnseen('held');
    await deliver('pull_request', rewrite(example('pull_request', 'opened'), here));
    expect(checkOf(here)).toMatchObject({ status: 'in_progress', conclusion: null });

    stage.github.clock.advance(2000);
    const id = await instead(() => stage.github.as('ana').comment(REPO, here.number, '/approve'));
    const said = (person: string, body: string): Payload => {
      const payload = rewrite(example('issue_comment', 'created'), { ...here, person: accountOf(person) });
      return { ...payload, comment: { ...part(payload, 'comment'), id, body, created_at: now() } };
    };
    // Whoever is not asked, and whoever says something else, changes nothing.
    await deliver('issue_comment', said('ben', '/approve'));
    await deliver('issue_comment', said('ana', '> /approve'));
    expect(checkOf(here)?.conclusion).toBeNull();
    await deliver('issue_comment', said('ana', '/approve'));
    expect(checkOf(here)).toMatchObject({ status: 'completed', conclusion: 'success' });
  }, 60_000);

  it('a press on a button of the check, by an approver, releases nothing', async () => {
    const here = await openUnseen('button');
    await deliver('pull_request', rewrite(example('pull_request', 'opened'), here));
    const pressed = DESCRIBED.findLast(({ name }) => name === 'check-run-requested-action');
    expect(pressed).toBeDefined();
    const payload = rewrite(pressed?.payload ?? {}, { ...here, person: accountOf('ana') });
    await deliver('check_run', { ...payload, requested_action: { identifier: 'approve' } });
    expect(checkOf(here)?.conclusion).toBeNull();
  }, 60_000);

  it('a pull request that is closed lets go of what was held', async () => {
    const here = await openUnseen('closed');
    await deliver('pull_request', rewrite(example('pull_request', 'opened'), here));
    await instead(() => stage.github.as('ben').closePull(REPO, here.number));
    await deliver('pull_request', rewrite(example('pull_request', 'closed'), here));
    const [request] = await query(sql<{ state: string }>`
      select state from request where key = ${`merge:${here.repository.id}:${here.number}`} order by ord desc limit 1`);
    expect(request?.state).toBe('closed');
  }, 60_000);

  it('a protection rule that asks is told that it is waited for, and is not answered', async () => {
    const id = await instead(() =>
      stage.github.as('ben').startRun(REPO, { branch: 'main', environment: 'production' }),
    );
    const asked = DESCRIBED.findLast(({ name }) => name === 'deployment-protection-rule-requested');
    const sha = stage.github.see.branch(REPO, 'main');
    const callback = `${stage.github.url}/repos/octo/shop/actions/runs/${id}/deployment_protection_rule`;
    await deliver('deployment_protection_rule', {
      ...rewrite(asked?.payload ?? {}, { ...scenery, sha, callback, person: accountOf('ben') }),
      event: 'push',
    });
    const [rule] = stage.github.see.run(REPO, id).jobs.flatMap(({ rules }) => rules);
    expect(rule?.state).toBe('waiting');
    expect(rule?.reports.length).toBeGreaterThan(0);
    expect(stage.github.see.check(REPO, sha, 'jit/deploy: production')?.status).toBe('in_progress');
  }, 60_000);

  it('an issue that asks for access is answered, and gives nothing before it is approved', async () => {
    const body = '### Role\n\npush\n\n### Duration\n\n1h\n\n### Reason\n\nFix the shop\n';
    const number = await instead(() => stage.github.as('erin').openIssue(REPO, { title: 'Access', body }));
    const payload = rewrite(example('issues', 'opened'), { ...scenery, number, person: accountOf('erin') });
    await deliver('issues', { ...payload, issue: { ...part(payload, 'issue'), body, labels: [], created_at: now() } });
    expect(stage.github.see.comments(REPO, number)).not.toEqual([]);
    expect(stage.github.see.labels(REPO, number)).toContain('jit:pending');
    expect(stage.github.see.collaborators(REPO)).not.toHaveProperty('erin');
  }, 60_000);
});
