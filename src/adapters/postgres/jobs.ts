/** Which jobs there are, how they are tried again, and which of them must not run at the same time. */

import { fromKysely, type JobInsert, type PgBoss, type Queue as QueueSettings } from 'pg-boss';
import type { Transaction } from 'kysely';
import type { Effect, Timer } from '../../domain/effect.ts';
import type { Tables } from './schema.ts';

export type QueueName = 'delivery' | 'delivery-failed' | 'effect' | 'timer' | 'sweep';

/** Seconds after which a job of a process that is gone is given to another. */
const HEARTBEAT = 30;
/** Retries wait 1 s, then about twice as long each time, at most this many seconds. */
export const LONGEST_WAIT = 300;
const WITHOUT_END = 1_000_000_000;
const FIVE_YEARS = 5 * 366 * 86_400;

const RETRIED = {
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: LONGEST_WAIT,
  heartbeatSeconds: HEARTBEAT,
  expireInSeconds: 900,
  // A job that waits is never cleared away: what it was to do would be lost.
  retentionSeconds: FIVE_YEARS,
} as const;

/**
 * `singleton`: one job of a key is active at a time, held by a unique index and so by every instance. pg-boss's groups
 * are no lock: two instances that fetch at once can each take a job of the same group.
 */
const SETTINGS: Readonly<Record<QueueName, Omit<QueueSettings, 'name'>>> = {
  'delivery-failed': { ...RETRIED, policy: 'standard', retryLimit: WITHOUT_END },
  // At five minutes a try, about as long as GitHub itself would send a delivery again.
  delivery: { ...RETRIED, policy: 'standard', retryLimit: 1000, deadLetter: 'delivery-failed' },
  effect: { ...RETRIED, policy: 'singleton', retryLimit: WITHOUT_END },
  timer: { ...RETRIED, policy: 'singleton', retryLimit: WITHOUT_END },
  // The next one comes anyway.
  sweep: { ...RETRIED, policy: 'singleton', retryLimit: 0, retentionSeconds: 600, deleteAfterSeconds: 600 },
};

/** Whether a job of this queue may have to wait for another one of its key. */
export const isKeyed = (queue: QueueName): boolean => SETTINGS[queue].policy === 'singleton';

const QUEUES = Object.keys(SETTINGS) as readonly QueueName[];

/** Creates the queues, or brings their settings up to date. Also fills pg-boss's cache, which `insertJobs` relies on. */
export async function prepareQueues(boss: PgBoss): Promise<void> {
  const there = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  for (const name of QUEUES) {
    const { policy, ...settings } = SETTINGS[name];
    const found = there.get(name);
    if (found === undefined) await boss.createQueue(name, { ...settings, policy: policy ?? 'standard' });
    else if (Object.entries(settings).some(([key, value]) => found[key as keyof typeof found] !== value)) {
      await boss.updateQueue(name, settings);
    }
  }
}

/** Jobs that a transaction leaves behind. They become visible when it commits, and are gone when it rolls back. */
export async function insertJobs(
  boss: PgBoss,
  trx: Transaction<Tables>,
  queue: QueueName,
  jobs: readonly JobInsert[],
): Promise<void> {
  if (jobs.length > 0) await boss.insert(queue, [...jobs], { db: fromKysely(trx) });
}

/** Pictures of what stands come before words: a release waits for nobody's comment. */
const PRIORITY: Readonly<Record<Effect['kind'], number>> = {
  deployment: 20,
  access: 20,
  membership: 20,
  'late-acceptance': 20,
  'merge-check': 20,
  pull: 10,
  reevaluate: 10,
  'access-issue': 5,
  'policy-check': 1,
  reply: 0,
  react: 0,
};

export const effectJob = (effect: Effect): JobInsert => ({
  data: effect,
  singletonKey: subjectOf(effect),
  priority: PRIORITY[effect.kind],
});

/** The same, unless a reminder of the same thing is still there: one that is done is deleted, and makes room. */
export const reminderJob = (effect: Effect): JobInsert => ({ ...effectJob(effect), singletonSeconds: FIVE_YEARS });

/** What an effect changes on GitHub: two effects on one thing never run at the same time. */
function subjectOf(effect: Effect): string {
  switch (effect.kind) {
    case 'merge-check':
      return `merge-check:${effect.repo.id}:${effect.sha}`;
    case 'policy-check':
      return `policy-check:${effect.repo.id}:${effect.sha}`;
    case 'pull':
      return `pull:${effect.repo.id}:${effect.pull}`;
    case 'deployment':
    case 'access-issue':
      return `request:${effect.requestId}`;
    case 'access':
    case 'late-acceptance':
      return `access:${effect.repo.id}:${effect.userId}`;
    // By the team's number alone: grants of one team come from several repositories.
    case 'membership':
      return `membership:${effect.team.id}:${effect.userId}`;
    case 'react':
      return `comment:${effect.repo.id}:${effect.commentId}`;
    case 'reply':
      return `reply:${effect.repo.id}:${effect.number}:${effect.marker}`;
    case 'reevaluate':
      return `reevaluate:${effect.repo.id}`;
  }
}

export const timerJob = (timer: Timer): JobInsert => ({
  data: timer,
  singletonKey: timerKey(timer),
  startAfter: new Date(timer.at).toISOString(),
});

function timerKey(timer: Timer): string {
  switch (timer.kind) {
    case 'request-deadline':
      return `request:${timer.requestId}`;
    case 'request-turn':
      return `turn:${timer.requestId}:${timer.at}`;
    case 'grant-warning':
      return `warning:${timer.grantId}`;
    case 'grant-end':
      return `grant:${timer.grantId}`;
  }
}

/** The same, unless this very timer is there already. */
export const turnJob = (timer: Timer): JobInsert => ({ ...timerJob(timer), singletonSeconds: FIVE_YEARS });

export const deliveryJob = (id: string): JobInsert => ({ data: { id } });
