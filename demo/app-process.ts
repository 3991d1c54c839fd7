/** The app as in production: the command `jit-gate`, with nothing but its environment to tell it where it runs. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { LocalGitHub } from '../test/support/github/index.ts';

const JIT_GATE = fileURLToPath(new URL('../bin/jit-gate.js', import.meta.url));

export type AppProcess = {
  /** Resolves with the app's address when it takes webhooks; rejects where it ends before. */
  readonly ready: Promise<string>;
  /** Asks the app to stop, and resolves with its exit code. */
  readonly stop: () => Promise<number | null>;
  /** Ends it at once: for when nobody needs its data any more. */
  readonly kill: () => Promise<void>;
};

export type Place = {
  /** Everything that the demo keeps on disk. Also the working folder, so that nobody's `.env` is read. */
  readonly folder: string;
  readonly github: LocalGitHub;
  /** 0 takes a free one. */
  readonly port: number;
};

/** Where the app's log is written. */
export const logFile = (folder: string): string => join(folder, 'app.log');

const environment = ({ folder, github, port }: Place): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  TZ: process.env['TZ'],
  APP_ID: String(github.appId),
  PRIVATE_KEY: github.privateKey,
  WEBHOOK_SECRET: github.webhookSecret,
  GITHUB_API_URL: github.url,
  DATA_DIR: join(folder, 'data'),
  HOST: '127.0.0.1',
  PORT: String(port),
  LOG_FORMAT: 'json',
});

/** Starts `jit-gate serve`. */
export function startApp(place: Place): AppProcess {
  const child = spawn(process.execPath, [JIT_GATE, 'serve'], {
    cwd: place.folder,
    env: environment(place),
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own, so that Ctrl-C reaches the demo alone, which then stops the app.
    detached: true,
  });
  const log = createWriteStream(logFile(place.folder), { flags: 'a', mode: 0o600 });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = exitOf(child);
  const tooSoon = ended.then((code) => {
    throw new Error(`jit-gate serve ended with ${String(code)} before it was ready`);
  });
  const ready = Promise.race([readyLine(child), tooSoon]);
  // Whoever waits for it is told; nobody has to wait.
  ready.catch(() => undefined);
  tooSoon.catch(() => undefined);
  return {
    ready,
    stop: async () => {
      child.kill('SIGTERM');
      return await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const exitOf = async (child: ChildProcess): Promise<number | null> =>
  await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));

/** The address in the line that the app logs when it takes webhooks. */
async function readyLine(child: ChildProcess & { readonly stdout: NodeJS.ReadableStream }): Promise<string> {
  return await new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /"url":"([^"]+)".*"msg":"ready"/u.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

export type Outcome = { readonly code: number | null; readonly out: string; readonly said: string };

/** Runs another command of `jit-gate` on the same folder. */
export async function runCommand(place: Place, ...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [JIT_GATE, ...args], {
    cwd: place.folder,
    env: environment(place),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [code, out, said] = await Promise.all([exitOf(child), text(child.stdout), text(child.stderr)]);
  return { code, out: out.trim(), said: said.trim() };
}
