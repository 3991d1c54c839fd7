/** How fast may an installation's requests go out, and which go first? */

import PQueue from 'p-queue';
import { GitHubUnavailable } from '../../engine/ports.ts';

/** `release` answers holds and gives or takes access; `talk` is comments, labels and reactions; `read` changes nothing. */
export type Lane = 'release' | 'read' | 'talk';

/** What a limit of GitHub's covers: the REST API, the GraphQL API, or everything (a secondary limit). */
export type Resource = 'core' | 'graphql' | 'all';

export type Limiter = {
  /**
   * Runs a task as soon as GitHub's limits allow, at once when they do. Throws `GitHubUnavailable` where it would wait
   * too long, or where GitHub asked to wait: the job that needs it comes back later and blocks nobody meanwhile.
   */
  run<T>(lane: Lane, resource: Resource, task: () => Promise<T>): Promise<T>;
  /** Lets nothing of this resource out for `span` milliseconds, since GitHub asked so. */
  pause(resource: Resource, span: number): void;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** GitHub allows 100 at once for everything that acts for the installation; half of that leaves room for other instances. */
const AT_ONCE = 50;

/**
 * GitHub allows 80 content-creating requests a minute and 500 an hour
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api). Talk may use only part of either,
 * so that a storm of comments never keeps a release or a revocation from going out.
 */
const WRITES = [
  { cap: 500, interval: HOUR },
  { cap: 80, interval: MINUTE },
] as const;
const TALK = [
  { cap: 400, interval: HOUR },
  { cap: 60, interval: MINUTE },
] as const;

const PRIORITY = { release: 2, read: 1, talk: 0 } as const satisfies Record<Lane, number>;

/** How long a request may stand in the queue, in milliseconds, before its job is sent away to come again. */
const PATIENCE = { release: MINUTE, read: 30_000, talk: 5_000 } as const satisfies Record<Lane, number>;

/** A sliding window, not a fixed one: at the edge of two fixed windows twice the limit could go out. */
const window = ({ cap, interval }: { readonly cap: number; readonly interval: number }): PQueue =>
  new PQueue({ intervalCap: cap, interval, strict: true });

/**
 * The limiter of one installation (or of the app itself), for this process. p-queue starts a task within the call where there
 * is room; Bottleneck, which octokit's own throttling uses, took 5 ms a task without any limit being near.
 */
export function createLimiter(now: () => number = Date.now): Limiter {
  const slots = new PQueue({ concurrency: AT_ONCE });
  const writes = WRITES.map(window);
  const talk = TALK.map(window);
  const queues = {
    release: [...writes, slots],
    talk: [...talk, ...writes, slots],
    read: [slots],
  } as const satisfies Record<Lane, readonly PQueue[]>;
  const pausedUntil: Record<Resource, number> = { core: 0, graphql: 0, all: 0 };

  function refuseWhilePaused(resource: Resource): void {
    const left = Math.max(pausedUntil[resource], pausedUntil.all) - now();
    if (left > 0) throw new GitHubUnavailable(`GitHub asked to wait, for ${seconds(left)} more`, left);
  }

  return {
    pause(resource, span) {
      pausedUntil[resource] = Math.max(pausedUntil[resource], now() + span);
    },
    async run<T>(lane: Lane, resource: Resource, task: () => Promise<T>): Promise<T> {
      refuseWhilePaused(resource);
      const waiting = new AbortController();
      let started = false;
      const start = async (): Promise<T> => {
        started = true;
        // GitHub may have asked to wait while this one stood in the queue.
        refuseWhilePaused(resource);
        return await task();
      };
      const options = { priority: PRIORITY[lane], signal: waiting.signal };
      const queued = queues[lane].reduceRight<() => Promise<T>>((next, queue) => () => queue.add(next, options), start);
      const result = queued();
      // Queues with room start their task before they return.
      if (isStarted(() => started)) return await result;
      const timer = setTimeout(() => {
        if (!started) waiting.abort(new GitHubUnavailable(`too many requests are waiting for GitHub's limits`, MINUTE));
      }, PATIENCE[lane]);
      timer.unref();
      try {
        return await result;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Read through a function, since the compiler takes the variable for constant where a callback changes it. */
const isStarted = (started: () => boolean): boolean => started();

const seconds = (span: number): string => `${Math.ceil(span / 1000)} s`;
