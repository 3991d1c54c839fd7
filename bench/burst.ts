/** How fast are webhooks answered, beside an app that does nothing with them, and is every one kept and handled? */

import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { showSpread, spreadOf, type Spread, type Target } from './figures.ts';
import { freePort } from './port.ts';
import type { BareQuestions } from './processes/bare.ts';
import type { GitHubQuestions, Place } from './processes/github.ts';
import type { OurQuestions, Stored } from './processes/ours.ts';
import { startHelper } from './processes/talk.ts';

export type BurstReport = {
  readonly webhooks: number;
  readonly atOnce: number;
  /** Webhooks answered in a second. */
  readonly ours: Spread;
  readonly bare: Spread;
  /** Ours over bare, of bursts that came one right after the other. */
  readonly ratio: Spread;
  /** Slowest answers of our app, in milliseconds, one a burst. */
  readonly slowest: Spread;
  /** From the first webhook of a burst to its last one being handled, in milliseconds. */
  readonly handled: Spread;
  readonly sent: number;
  readonly refused: number;
  readonly rows: Stored;
  /** Rows after the first burst was sent once more with the same ids. */
  readonly rowsAfterRedelivery: number;
};

export type BurstPlan = {
  readonly webhooks: number;
  readonly atOnce: number;
  readonly rounds: number;
  readonly latencyMs: number;
  readonly databaseUrl: string | null;
};

type Signed = { readonly headers: Readonly<Record<string, string>>; readonly body: string };
type Payload = Record<string, unknown>;

/** The events of an ordinary day on GitHub. */
const EVENTS = ['pull_request', 'issue_comment', 'push', 'check_run', 'workflow_run', 'issues', 'pull_request_review'];

export async function measureBurst(plan: BurstPlan): Promise<BurstReport> {
  const folder = await mkdtemp(join(tmpdir(), 'jit-bench-'));
  const github = startHelper<GitHubQuestions>('github.ts');
  const ours = startHelper<OurQuestions>('ours.ts');
  const bare = startHelper<BareQuestions>('bare.ts');
  try {
    const credentials = await github.ask('start', { latencyMs: plan.latencyMs });
    const target = await ours.ask('start', { github: credentials, folder, databaseUrl: plan.databaseUrl });
    const bareTarget = await bare.ask('start', { github: credentials, port: await freePort() });
    await github.ask('deliverTo', { target });
    const place = await github.ask('organize', { org: 'octo' });
    await github.ask('quiet', undefined);
    const burst = (prefix: string): readonly Signed[] =>
      webhooks(plan.webhooks, prefix, place, credentials.webhookSecret);
    const count = async (prefix: string): Promise<Stored> => await ours.ask('count', { prefix });

    // Both have compiled what they run by then.
    await send(bareTarget, burst('warm-bare-'), plan.atOnce);
    await send(target, burst('warm-ours-'), plan.atOnce);
    await settled(count, 'warm-ours-');

    const rounds: { ours: Sent; bare: Sent; handledMs: number }[] = [];
    const first = burst('burst-0-');
    for (let round = 0; round < plan.rounds; round += 1) {
      const mine = round === 0 ? first : burst(`burst-${round}-`);
      const began = performance.now();
      // In turns first and second, since a machine gets slower or faster as time goes by.
      if (round % 2 === 0) {
        const sentBare = await send(bareTarget, burst(`bare-${round}-`), plan.atOnce);
        const start = performance.now();
        const sent = await send(target, mine, plan.atOnce);
        await settled(count, `burst-${round}-`);
        rounds.push({ ours: sent, bare: sentBare, handledMs: performance.now() - start });
      } else {
        const sent = await send(target, mine, plan.atOnce);
        await settled(count, `burst-${round}-`);
        const handledMs = performance.now() - began;
        rounds.push({ ours: sent, bare: await send(bareTarget, burst(`bare-${round}-`), plan.atOnce), handledMs });
      }
    }
    const rows = await count('burst-');
    await send(target, first, plan.atOnce);
    const rowsAfterRedelivery = (await count('burst-')).stored;
    await ours.ask('stop', undefined);
    const rate = ({ ms }: Sent): number => (plan.webhooks / ms) * 1000;
    return {
      webhooks: plan.webhooks,
      atOnce: plan.atOnce,
      ours: spreadOf(rounds.map((round) => rate(round.ours))),
      bare: spreadOf(rounds.map((round) => rate(round.bare))),
      ratio: spreadOf(rounds.map((round) => rate(round.ours) / rate(round.bare))),
      slowest: spreadOf(rounds.map((round) => round.ours.slowest)),
      handled: spreadOf(rounds.map((round) => round.handledMs)),
      sent: plan.webhooks * plan.rounds,
      refused: rounds.reduce((sum, round) => sum + round.ours.refused, 0),
      rows,
      rowsAfterRedelivery,
    };
  } finally {
    await ours.end();
    await bare.end();
    await github.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** GitHub's own payloads, told as if they had happened in the repository that is there. */
function webhooks(count: number, prefix: string, place: Place, secret: string): readonly Signed[] {
  const load = createRequire(import.meta.url);
  const examples = (load('@octokit/webhooks-examples') as { name: string; examples: Payload[] }[])
    .filter(({ name }) => EVENTS.includes(name))
    .flatMap(({ name, examples: payloads }) => payloads.map((payload) => ({ name, payload: settle(payload, place) })));
  return Array.from({ length: count }, (_, index) => {
    const { name, payload } = examples[index % examples.length] ?? { name: 'push', payload: {} };
    const body = JSON.stringify(payload);
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'GitHub-Hookshot/bench',
        'x-github-delivery': `${prefix}${randomUUID()}`,
        'x-github-event': name,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      },
    };
  });
}

function settle(payload: Payload, place: Place): Payload {
  const { id, owner, name } = place.repository;
  const repository = payload['repository'] as Payload;
  const moved: Payload = {
    ...payload,
    installation: { id: place.installation },
    repository: {
      ...repository,
      id,
      name,
      full_name: `${owner}/${name}`,
      owner: { ...(repository['owner'] as Payload), login: owner },
    },
  };
  if ('number' in moved) moved['number'] = place.pull;
  for (const part of ['pull_request', 'issue']) {
    if (part in moved) moved[part] = { ...(moved[part] as Payload), number: place.pull };
  }
  return moved;
}

type Sent = { readonly ms: number; readonly slowest: number; readonly refused: number };

/** Sends all, at most so many at a time, and says how long it took to have them all answered. */
async function send(target: string, all: readonly Signed[], atOnce: number): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const waiting = all.values();
  let slowest = 0;
  let refused = 0;
  const sender = async (): Promise<void> => {
    for (const one of waiting) {
      const began = performance.now();
      const status = await post(agent, target, one);
      slowest = Math.max(slowest, performance.now() - began);
      // 202 is Probot's word for "still at it", which is no promise that anything was kept.
      if (status !== 200) refused += 1;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, sender));
  const ms = performance.now() - began;
  agent.destroy();
  return { ms, slowest, refused };
}

async function post(agent: Agent, target: string, { headers, body }: Signed): Promise<number> {
  return await new Promise((resolve, reject) => {
    const sent = request(target, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });
}

const PATIENCE_MS = 180_000;

async function settled(count: (prefix: string) => Promise<Stored>, prefix: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const { stored, handled, ignored, failed } = await count(prefix);
    if (handled + ignored + failed === stored) return;
    if (performance.now() > end) throw new Error(`${stored - handled - ignored - failed} webhooks were never handled`);
    // Asking takes the app's time, so it is asked rarely.
    await sleep(100);
  }
}

export const burstTargets = (report: BurstReport): readonly Target[] => [
  {
    what: 'rate of answers in a burst, beside a bare Probot app',
    measured: report.ratio.median,
    limit: 1 / 3,
    bound: 'at least',
    unit: '',
  },
  {
    what: 'webhooks kept',
    measured: report.rows.stored,
    limit: report.sent,
    bound: 'at least',
    unit: '',
  },
  {
    what: 'webhooks not acknowledged',
    measured: report.refused,
    limit: 0,
    bound: 'at most',
    unit: '',
  },
  {
    what: 'webhooks handled in the end',
    measured: report.rows.handled + report.rows.ignored,
    limit: report.sent,
    bound: 'at least',
    unit: '',
  },
];

export function showBurst(report: BurstReport): string {
  const { rows } = report;
  return [
    `A burst of ${report.webhooks} signed webhooks, ${report.atOnce} at once`,
    `  our app                  ${showSpread(report.ours, '/s')}`,
    `  bare Probot              ${showSpread(report.bare, '/s')}`,
    `  ours over bare           ${showSpread(report.ratio)}`,
    `  our slowest answer       ${showSpread(report.slowest, ' ms')}`,
    `  until all was handled    ${showSpread(report.handled, ' ms')}`,
    `  sent ${report.sent}, kept ${rows.stored}: ${rows.handled} handled, ${rows.ignored} of no concern, ${rows.failed} failed`,
    `  rows after one burst was sent again: ${report.rowsAfterRedelivery}`,
  ].join('\n');
}
