/** How a command gets a throw-away PostgreSQL: `node scripts/with-postgres.ts -- COMMAND…` finds `TEST_DATABASE_URL` set. */

import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

type Account = { readonly uid: number; readonly gid: number };
type Server = { readonly url: string; readonly stop: () => Promise<void> };

/** Newest first: `pg_config --bindir` of Debian, Red Hat and Homebrew all end up in one of these. */
function binariesFolder(): string | null {
  const versions = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /^(?:postgresql@)?\d+$/u.test(name))
        .sort((a, b) => Number(b.replace(/\D/gu, '')) - Number(a.replace(/\D/gu, '')))
        .map((name) => join(folder, name, 'bin')),
    );
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  return (
    [...onPath, ...versions, '/usr/pgsql/bin'].find(
      (folder) => folder !== '' && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
    ) ?? null
  );
}

/** PostgreSQL refuses to run as root: then as the account that its package made, or as nobody. */
async function accountToRunAs(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => (await exec('id', [flag, name])).stdout));
      return { uid: Number(uid), gid: Number(gid) };
    } catch {
      // No such account: the next one.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither an account postgres nor nobody to run it as');
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function startServer(): Promise<Server> {
  const bin = binariesFolder();
  if (bin === null) throw new Error('no PostgreSQL server (initdb, postgres) on PATH or in /usr/lib/postgresql/*/bin');
  const account = await accountToRunAs();
  const as = account ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'jit-gate-postgres-'));
  const remove = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
  try {
    if (account !== null) await chown(folder, account.uid, account.gid);
    const data = join(folder, 'data');
    const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await exec(join(bin, 'initdb'), init, { ...as, cwd: folder });
    const port = await freePort();
    const fast = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=200'];
    const settings = [...fast, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
    const server = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
      { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    );
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    const stop = async (): Promise<void> => {
      server.kill('SIGINT');
      await ended;
      await remove();
    };
    for (const patience = Date.now() + 20_000; !said.includes('ready to accept connections');) {
      if (server.exitCode !== null || Date.now() > patience) {
        await stop();
        throw new Error(`PostgreSQL did not start: ${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Loud, as a run without it has tested one engine of two. */
function sayThatThereIsNone(error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  const rule = '!'.repeat(100);
  console.error(
    `\n${rule}\n! POSTGRESQL WAS NOT THERE: the suites run on the embedded database only.\n! ${why}\n` +
      `! Install a PostgreSQL server, 15 or newer, or set TEST_DATABASE_URL, to test both engines.\n${rule}\n`,
  );
}

async function run(command: readonly string[], url: string | null): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) {
    console.error('usage: node scripts/with-postgres.ts -- COMMAND [ARGUMENT…]');
    return 2;
  }
  const env = url === null ? process.env : { ...process.env, TEST_DATABASE_URL: url };
  const child = spawn(program, args, { stdio: 'inherit', env });
  // Ctrl-C reaches the child by itself; this process has to live on to stop the server.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  const [dashes, ...rest] = process.argv.slice(2);
  const command = dashes === '--' ? rest : process.argv.slice(2);
  if ((process.env['TEST_DATABASE_URL'] ?? '') !== '') return await run(command, null);
  let missing: unknown = null;
  const server = await startServer().catch((error: unknown) => {
    missing = error;
    sayThatThereIsNone(error);
    return null;
  });
  const code = await run(command, server?.url ?? null);
  await server?.stop();
  // Once more, where a reader of the results looks.
  if (server === null) sayThatThereIsNone(missing);
  return code;
}

process.exitCode = await main();
