/** How long from starting the process until it answers, on a new folder and on an old one? */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { showSpread, spreadOf, type Spread, type Target } from './figures.ts';
import { freePort } from './port.ts';
import type { Credentials, GitHubQuestions } from './processes/github.ts';
import { startHelper } from './processes/talk.ts';

/** Milliseconds. `busy` is the processor time that the process took: what a machine with nothing else to do needs. */
export type Start = { readonly time: Spread; readonly busy: Spread | null };

export type ColdStartReport = {
  readonly fresh: Start;
  readonly old: Start;
  /** On the folder of a process that was killed: the database repairs itself first. */
  readonly killed: Start;
};

type Measured = { readonly ms: number; readonly busyMs: number | null };

const PROGRAM = join(import.meta.dirname, '../bin/jit-gate.js');
const PATIENCE_MS = 60_000;

export async function measureColdStart(times: number): Promise<ColdStartReport> {
  const fresh: Measured[] = [];
  const old: Measured[] = [];
  const killed: Measured[] = [];
  const github = startHelper<GitHubQuestions>('github.ts');
  try {
    const credentials = await github.ask('start', { latencyMs: 1 });
    for (let index = 0; index < times; index += 1) {
      const folder = await mkdtemp(join(tmpdir(), 'jit-bench-'));
      try {
        fresh.push(await startOnce(folder, credentials, 'SIGTERM'));
        old.push(await startOnce(folder, credentials, 'SIGKILL'));
        killed.push(await startOnce(folder, credentials, 'SIGTERM'));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  } finally {
    await github.end();
  }
  return { fresh: startOf(fresh), old: startOf(old), killed: startOf(killed) };
}

function startOf(measured: readonly Measured[]): Start {
  const busy = measured.flatMap(({ busyMs }) => busyMs ?? []);
  return { time: spreadOf(measured.map(({ ms }) => ms)), busy: busy.length === 0 ? null : spreadOf(busy) };
}

/** Starts the program, waits for its first answer, ends it with the signal. */
async function startOnce(folder: string, github: Credentials, signal: NodeJS.Signals): Promise<Measured> {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'] ?? '',
    APP_ID: String(github.appId),
    PRIVATE_KEY: github.privateKey,
    WEBHOOK_SECRET: github.webhookSecret,
    GITHUB_API_URL: github.url,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'fatal',
  } as const;
  const began = performance.now();
  // In a folder of its own, where no .env of the developer's is read.
  const app = spawn(process.execPath, [PROGRAM, 'serve'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(app, 'exit');
  try {
    while (!(await answers(port))) {
      if (app.exitCode !== null) throw new Error(`jit-gate serve ended with ${app.exitCode} instead of answering`);
      if (performance.now() - began > PATIENCE_MS) throw new Error('jit-gate serve did not answer within a minute');
      await sleep(10);
    }
    return { ms: performance.now() - began, busyMs: await processorTime(app.pid) };
  } finally {
    app.kill(signal);
    await exited;
  }
}

/** Milliseconds that a process has computed so far, from Linux' proc(5), in ticks of 10 ms; `null` elsewhere. */
async function processorTime(pid: number | undefined): Promise<number | null> {
  if (process.platform !== 'linux' || pid === undefined) return null;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const answers = async (port: number): Promise<boolean> =>
  await new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/ping', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });

export const coldStartTargets = (report: ColdStartReport): readonly Target[] => [
  {
    what: 'start to first answer on a new folder',
    measured: report.fresh.time.median / 1000,
    limit: 10,
    bound: 'at most',
    unit: ' s',
  },
  {
    what: 'start to first answer on an old folder',
    measured: report.old.time.median / 1000,
    limit: 3,
    bound: 'at most',
    unit: ' s',
  },
];

const showStart = ({ time, busy }: Start): string =>
  `${showSpread(time, ' ms')}${busy === null ? '' : `; computing ${showSpread(busy, ' ms')}`}`;

export const showColdStart = (report: ColdStartReport): string =>
  [
    'Start of `jit-gate serve` to its first answer, embedded database',
    `  on a new folder          ${showStart(report.fresh)}`,
    `  on an old folder         ${showStart(report.old)}`,
    `  after a kill             ${showStart(report.killed)}`,
  ].join('\n');
