/** How is a real `jit-gate serve` started, as an operator starts it, and killed? */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LocalGitHub } from '../support/github/index.ts';

const JIT_GATE = fileURLToPath(new URL('../../bin/jit-gate.js', import.meta.url));

/** Where the instance keeps its data: the address of a PostgreSQL, or a folder for the embedded database. */
export type Keep = { readonly url: string } | { readonly folder: string };

export type Instance = {
  /** Its address once it takes webhooks; `null` until then and after its end. */
  readonly address: () => string | null;
  /** Resolves when it takes webhooks, and when it ended before. */
  readonly ready: Promise<void>;
  /** SIGKILL, sent within this call. Returns whether it was this one that ended the process. */
  readonly kill: () => boolean;
  /** SIGTERM; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  readonly ended: Promise<void>;
  /** The last lines of its log, for a report. */
  readonly said: () => string;
  /** Lines that tell of a bug rather than of an outage. */
  readonly bugs: readonly string[];
};

/** What ends a process, or is never meant to be seen. */
const BUG =
  /unhandledRejection|uncaughtException|"err":\{"type":"(?:TypeError|ReferenceError|RangeError|SyntaxError)"/u;
const KEPT_LINES = 40;

/** `cwd` is an empty folder, so that nobody's `.env` is read. */
export function startInstance(github: LocalGitHub, keep: Keep, cwd: string, program = JIT_GATE): Instance {
  const child = spawn(process.execPath, [program, 'serve'], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      APP_ID: String(github.appId),
      PRIVATE_KEY: github.privateKey,
      WEBHOOK_SECRET: github.webhookSecret,
      GITHUB_API_URL: github.url,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_FORMAT: 'json',
      ...('url' in keep ? { DATABASE_URL: keep.url } : { DATA_DIR: keep.folder }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let address: string | null = null;
  let killed = false;
  let rest = '';
  const lines: string[] = [];
  const bugs: string[] = [];
  const { promise: ready, resolve: isReady } = Promise.withResolvers<undefined>();
  const hear = (piece: Buffer): void => {
    const whole = (rest + piece.toString('utf8')).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) {
      const url = /"url":"([^"]+)".*"msg":"ready"/u.exec(line)?.[1];
      if (url !== undefined) {
        address = url;
        isReady(undefined);
      }
      if (BUG.test(line)) bugs.push(line);
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    }
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => {
      address = null;
      isReady(undefined);
      resolve(code);
    });
  });
  return {
    address: () => address,
    ready,
    kill: () => {
      address = null;
      if (killed || child.exitCode !== null || child.signalCode !== null) return false;
      killed = child.kill('SIGKILL');
      return killed;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return await exit;
    },
    ended: exit.then(() => undefined),
    said: () => lines.join('\n'),
    bugs,
  };
}
