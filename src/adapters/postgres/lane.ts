/** How one kind of job is fetched and run: as many at once as there are slots, the next as soon as one is free. */

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { fromKysely, type JobWithMetadata } from 'pg-boss';
import { GitHubUnavailable, type Log } from '../../engine/ports.ts';
import type { Database } from './database.ts';
import { isKeyed, LONGEST_WAIT, type QueueName } from './jobs.ts';
import { storableText } from './storable.ts';

export type LaneSettings = {
  readonly queue: QueueName;
  /** Jobs at a time in this process. */
  readonly slots: number;
  readonly run: (job: JobWithMetadata<unknown>) => Promise<void>;
};

export type Lane = {
  readonly start: () => void;
  /** There may be work in a queue: looks at once if it is this lane's. */
  readonly heard: (queue: QueueName) => void;
  /** Takes no more, and resolves when what runs has ended. */
  readonly stop: () => Promise<void>;
};

/** How soon a job is found whose time has come, or that another instance left behind. */
const POLL = 1_000;
/** A third of the heartbeat that jobs.ts sets. */
const TOUCH = 10_000;
/** A handler that takes longer is given up, so that one that hangs doesn't keep its slot for ever. */
const LONGEST_RUN = 600_000;
/** How long a lane waits before each job while webhooks come in a burst: it goes on, slowly, however long that lasts. */
const STAND_BACK = 500;
/** How soon it notices that the burst is over. */
const GLANCE = 50;

/**
 * pg-boss's own workers were left aside: each takes one job and then sleeps to the next poll unless it is notified, so a
 * backlog drains at a job a second and worker, and each notification makes every idle worker ask the database. A lane
 * asks once for all its free slots, right after a commit of this process, and again as slots become free.
 */
export function createLane(database: Database, { queue, slots, run }: LaneSettings, log: Log | undefined): Lane {
  const keyed = isKeyed(queue);
  const active = new Map<string, JobWithMetadata<unknown>>();
  const running = new Set<Promise<void>>();
  let stopped = true;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  /** Whether the queue may hold jobs that the last look left behind. */
  let mayHoldMore = false;
  let poll: NodeJS.Timeout | undefined;
  let touch: NodeJS.Timeout | undefined;

  /** Read through a function, since the compiler takes the variable for constant where something else changes it. */
  const isStopped = (): boolean => stopped;
  const isBusy = (): boolean => performance.now() < database.door.busyUntil;

  const look = (): void => {
    lookAgain = true;
    looking ??= fill().finally(() => (looking = null));
  };

  /** Fetches until there is nothing more to fetch or nowhere to put it. */
  const fill = async (): Promise<void> => {
    while (lookAgain && !stopped && active.size < slots) {
      lookAgain = false;
      // GitHub gives a webhook ten seconds, and nobody but the work itself is waiting here.
      for (let waited = 0; isBusy() && waited < STAND_BACK; waited += GLANCE) await sleep(GLANCE);
      await nextTurn();
      if (isStopped()) return;
      try {
        const wanted = isBusy() ? 1 : slots - active.size;
        const jobs = await database.boss.fetch<unknown>(queue, {
          batchSize: wanted,
          includeMetadata: true,
        });
        // A full batch, or one that was cut to one job of a key, may have left some behind.
        mayHoldMore = keyed ? jobs.length > 0 : jobs.length === wanted;
        if (mayHoldMore) lookAgain = true;
        jobs.forEach(begin);
      } catch (error) {
        log?.error({ queue, error: wordsOf(error) }, 'jobs could not be fetched; trying again');
      }
    }
  };

  const begin = (job: JobWithMetadata<unknown>): void => {
    active.set(job.id, job);
    const work = carryOut(job).finally(() => {
      active.delete(job.id);
      running.delete(work);
      // Also for the job of the same key that had to wait for this one. Asking is the dearest statement of a small job.
      if (keyed || mayHoldMore || lookAgain) look();
    });
    running.add(work);
  };

  const carryOut = async (job: JobWithMetadata<unknown>): Promise<void> => {
    // PGlite's promises let no request in between: without this a backlog would keep the door shut to its end.
    await nextTurn();
    const failure = await within(LONGEST_RUN, run, job);
    try {
      if (failure === null) await finish(database, queue, job);
      else await putBack(database, queue, job, failure.error);
    } catch (error) {
      // The job stays active until its heartbeat runs out, and is then done again.
      log?.error({ queue, job: job.id, error: wordsOf(error) }, 'a job could not be settled');
    }
    if (failure !== null) {
      const fields = { queue, job: job.id, attempt: job.retryCount + 1, error: wordsOf(failure.error) };
      log?.warn(fields, 'a job failed and will be tried again');
    }
  };

  const keepAlive = (): void => {
    if (active.size === 0) return;
    const mine = [...active.values()].map(({ id, retryCount }) => ({ id, retryCount }));
    database.boss
      .touch(queue, mine)
      .catch((error: unknown) => log?.warn({ queue, error: wordsOf(error) }, 'running jobs could not be kept alive'));
  };

  return {
    start: () => {
      stopped = false;
      poll = setInterval(look, POLL);
      touch = setInterval(keepAlive, TOUCH);
      look();
    },
    heard: (name) => {
      if (name === queue) look();
    },
    stop: async () => {
      stopped = true;
      clearInterval(poll);
      await looking;
      while (running.size > 0) await Promise.all(running);
      clearInterval(touch);
    },
  };
}

type Failure = { readonly error: unknown };

/** Runs a job, and gives up waiting for it after `longest` milliseconds. `null`: done. */
async function within(
  longest: number,
  run: LaneSettings['run'],
  job: JobWithMetadata<unknown>,
): Promise<Failure | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<Failure>((resolve) => {
    const error = new Error(`the handler took longer than ${longest / 1000} s`);
    timer = setTimeout(() => resolve({ error }), longest);
  });
  const done = run(job).then(
    () => null,
    (error: unknown): Failure => ({ error }),
  );
  try {
    return await Promise.race([done, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** A job that is done is gone, but for a sweep, whose row keeps its minute taken. */
async function finish(database: Database, queue: QueueName, job: JobWithMetadata<unknown>): Promise<void> {
  const attempt = { id: job.id, retryCount: job.retryCount };
  if (queue === 'sweep') await database.boss.complete(queue, attempt);
  else await database.boss.deleteJob(queue, attempt);
}

/** Puts a failed job back, or to the ones that failed for good. Waits at least as long as GitHub asked. */
async function putBack(
  database: Database,
  queue: QueueName,
  job: JobWithMetadata<unknown>,
  error: unknown,
): Promise<void> {
  const message = storableText(wordsOf(error));
  await database.db.transaction().execute(async (trx) => {
    const db = fromKysely(trx);
    await database.boss.fail(queue, { id: job.id, retryCount: job.retryCount }, { message }, { db });
    const asked = error instanceof GitHubUnavailable ? error.retryAfter : null;
    if (asked !== null) {
      const startAfter = Math.ceil(Math.max(asked / 1000, backoff(job.retryCount)));
      await database.boss.update(queue, undefined, { id: job.id, startAfter, db });
    }
  });
}

/** Seconds: 1, 2, 4 and so on, up to twice that by chance so that jobs that failed together come back apart. */
const backoff = (tries: number): number => Math.min(LONGEST_WAIT, 2 ** Math.min(tries, 16) * (1 + Math.random()));

const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
