/** Puts the parts together: the door, the store, the queue, GitHub and the engine. Only wiring. */

import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { Probot, Server } from 'probot';
import { createGitHub } from './adapters/github/github.ts';
import type { OctokitLike, Who } from './adapters/github/client.ts';
import { jitOctokit } from './adapters/github/octokit.ts';
import { createNotary } from './adapters/notary.ts';
import { openDatabase, type Database } from './adapters/postgres/database.ts';
import { createQueue } from './adapters/postgres/queue.ts';
import { createStore } from './adapters/postgres/store.ts';
import type { Config } from './config.ts';
import { guardDoor } from './door.ts';
import type { Log } from './engine/ports.ts';
import { performEffect, performTimer } from './engine/perform.ts';
import { receiveDelivery } from './engine/receive.ts';
import { catchUp, sweep } from './engine/sweep.ts';
import type { World } from './engine/world.ts';
import { readEvent } from './events/read.ts';
import { jitGate } from './index.ts';
import { createLogger } from './log.ts';
import { metricsHandler } from './web/metrics.ts';

export type App = {
  /** Where webhooks are received: this address and `/api/github/webhooks`. */
  readonly url: string;
  /** Stops taking webhooks, lets running jobs finish, closes the database. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts one instance. Resolves when webhooks are received; what a stop left behind is caught up with in the background.
 * `serverLog` is what Probot says things to: only what is worth a warning.
 */
export async function startApp(
  config: Config,
  log: Log,
  open = openConfigured,
  serverLog = createLogger({ ...config, logLevel: config.logLevel === 'silent' ? 'silent' : 'warn' }),
): Promise<App> {
  const database = await open(config, log);
  let closeDoor = async (): Promise<unknown> => undefined;
  try {
    const store = createStore(database);
    const server = new Server({
      host: config.host,
      port: config.port === 0 ? await freePort(config.host) : config.port,
      log: serverLog,
      Probot: Probot.defaults({
        appId: config.appId,
        privateKey: config.privateKey.reveal(),
        secret: config.webhookSecret.reveal(),
        baseUrl: config.githubApiUrl,
        Octokit: jitOctokit,
      }),
    });
    const octokit = await octokits(server, (probot) => jitGate(store, log)(probot));
    server.addHandler(metricsHandler(store, log));
    const world: World = {
      github: createGitHub({ octokitFor: octokit, log }),
      store,
      log,
      appId: config.appId,
      notary: config.checkpoints === null ? null : createNotary(config.checkpoints),
      teamsAllowedBy: config.teamsAllowedBy,
      newId: randomUUID,
      compiled: new Map(),
    };
    const queue = createQueue(database, { log, sweepEvery: config.sweepInterval });
    const read = (event: string, payload: unknown) => readEvent(event, payload, config.githubApiUrl);
    // The door first: what comes is kept whether anyone works yet or not, and a port that is taken leaves no work begun.
    guardDoor(await server.start());
    closeDoor = async () => await server.stop();
    await queue.start({
      delivery: (id) => receiveDelivery(world, read, id),
      effect: (effect) => performEffect(world, effect),
      timer: (timer) => performTimer(world, timer),
      sweep: () => sweep(world),
    });
    let stopping = false;
    const caughtUp = catchUp(world, () => stopping).catch((error: unknown) =>
      log.error({ err: error }, 'catching up after the start failed'),
    );
    return {
      url: `http://${server.host.includes(':') && !server.host.startsWith('[') ? `[${server.host}]` : server.host}:${server.port}`,
      stop: async () => {
        stopping = true;
        await closeDoor();
        await queue.stop();
        // It reads and writes: the database stays until it is through.
        await caughtUp;
        await database.close();
      },
    };
  } catch (error) {
    await closeDoor();
    await database.close();
    throw error;
  }
}

/** Probot takes 0 for its default port, so a port that is free is found first. */
async function freePort(host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, host, resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** PostgreSQL where an address is given, else the embedded database in the folder. */
const openConfigured = async (config: Config, log: Log): Promise<Database> =>
  await openDatabase({
    url: config.databaseUrl?.reveal() ?? null,
    folder: config.databaseUrl === null ? config.dataDir : null,
    log,
  });

/** Loads the app function, and hands out the octokits that Probot authenticates. */
async function octokits(server: Server, load: (probot: Probot) => void): Promise<(who: Who) => Promise<OctokitLike>> {
  const { promise, resolve } = Promise.withResolvers<Probot>();
  await server.load((probot) => {
    load(probot);
    resolve(probot);
  });
  const probot = await promise;
  return async (who) => await (who === 'app' ? probot.auth() : probot.auth(who));
}
