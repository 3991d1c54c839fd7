/** One life of the app, with many deaths: people act, GitHub fails, instances are killed, and in the end all is held to account. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { createDatabase, dropDatabase, workLeft } from '../support/database.ts';
import type { FaultKind } from '../support/github/http/faults.ts';
import { startGitHub, type LocalGitHub } from '../support/github/index.ts';
import { examine } from './books.ts';
import { createChance, type Chance } from './chance.ts';
import { openGateway } from './gateway.ts';
import { startInstance, type Instance, type Keep } from './instance.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { hurry, letHeartbeatsRunOut } from './passing.ts';
import { createPeople, gather } from './people.ts';
import { doubled, missing } from './verdict.ts';
import { watchOver } from './witness.ts';

export type ScenarioOptions = {
  readonly seed: number;
  readonly engine: 'postgres' | 'pglite';
  readonly kills: number;
  /** Instances at a time; more than one only on PostgreSQL. */
  readonly instances: number;
  /** Path of what is started; see `bundle`. */
  readonly program: string;
};

/** What happened and was looked at, and everything that was wrong; that list is empty when all is well. */
export type Outcome = {
  readonly kills: number;
  /** How many of them came right after a call took effect, before its answer. */
  readonly killsInCalls: number;
  readonly faults: number;
  readonly calls: number;
  readonly acknowledged: number;
  readonly entries: number;
  readonly held: number;
  readonly wrong: readonly string[];
};

const ORGS = ['octo-1', 'octo-2'];
/** Longer than anything takes on a machine that does much else. */
const PATIENCE = 90_000;
const START_PATIENCE = 60_000;

type Stage = {
  readonly github: LocalGitHub;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly act: () => void;
  readonly start: () => Instance;
  readonly running: Set<Instance>;
  /** The database beside the instances; `null` on PGlite, which lets one process in. */
  readonly beside: Database | null;
  readonly counts: { kills: number; killsInCalls: number; faults: number };
  readonly wrong: Set<string>;
};

/** Plays one scenario. Same seed, same choices; what the machine makes of them differs. */
export async function play({ seed, engine, kills, instances, program }: ScenarioOptions): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'jit-gate-torture-'));
  const url = engine === 'postgres' ? await createDatabase() : null;
  const keep: Keep = url === null ? { folder: join(folder, 'data') } : { url };
  const github = await startGitHub();
  const running = new Set<Instance>();
  const ready = (): readonly string[] => [...running].flatMap((instance) => instance.address() ?? []);
  const chance = createChance(seed);
  const gateway = await openGateway(() => chance.pick(ready()) ?? null);
  let beside: Database | null = null;
  try {
    beside = url === null ? null : await openDatabase({ url, folder: null });
    github.webhookTarget = gateway.url;
    gather(github, ORGS);
    const ledger = createLedger();
    const wrong = new Set<string>();
    const people = createPeople(github, ORGS, ledger, chance);
    const stage: Stage = {
      github,
      chance,
      ledger,
      act: people.act,
      running,
      beside,
      wrong,
      counts: { kills: 0, killsInCalls: 0, faults: 0 },
      start: () => {
        const instance = startInstance(github, keep, folder, program);
        running.add(instance);
        void instance.ended.then(() => {
          running.delete(instance);
          instance.bugs.forEach((line) => wrong.add(`a bug in the log: ${line.slice(0, 600)}`));
        });
        return instance;
      },
    };
    const blind = watchOver(github, ledger, wrong);
    await tear(stage, kills, instances);
    const last = await recover(stage);
    blind();
    for (const line of doubled(
      github,
      ledger,
      ORGS.map((org) => `${org}/shop`),
    ))
      wrong.add(line);
    if ((await last.stop()) !== 0) wrong.add(`the last instance did not stop well:\n${last.said()}`);
    const books = await closed(github, keep, beside);
    books.wrong.forEach((line) => wrong.add(line));
    for (const { kind, operation, message } of github.violations.splice(0))
      wrong.add(`${kind}: ${operation}: ${message}`);
    const held = ledger.pulls.length + ledger.runs.length + ledger.asked.length;
    const { acknowledged, entries } = books;
    return { ...stage.counts, calls: github.calls.length, acknowledged, entries, held, wrong: [...wrong] };
  } finally {
    for (const instance of running) instance.kill();
    await Promise.all([...running].map(async (instance) => await instance.ended));
    await gateway.close();
    await github.close();
    await beside?.close();
    if (url !== null) await dropDatabase(url);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Kills one instance after another in the middle of what people and GitHub's faults make of it. */
async function tear(stage: Stage, kills: number, instances: number): Promise<void> {
  const { running, start, chance, beside, counts } = stage;
  while (counts.kills < kills) {
    while (running.size < instances) start();
    const victim = chance.pick([...running]);
    if (victim === undefined) continue;
    // Now and then it does not live to take its first webhook.
    if (chance.happens(0.3)) await sleep(chance.whole(100, 900));
    else {
      await whenReady(victim);
      await liveAndDie(stage, victim);
    }
    if (victim.kill()) counts.kills += 1;
    await victim.ended;
    if (beside !== null && running.size === 0) await letHeartbeatsRunOut(beside);
    if (beside !== null) await hurry(beside);
  }
}

async function whenReady(instance: Instance): Promise<void> {
  const late = new AbortController();
  const tooLate = sleep(START_PATIENCE, null, { signal: late.signal }).then(() => {
    throw new Error(`an instance did not start:\n${instance.said()}`);
  });
  await Promise.race([instance.ready, tooLate]);
  late.abort();
  tooLate.catch(() => undefined);
  if (instance.address() === null) throw new Error(`an instance ended by itself:\n${instance.said()}`);
}

/** Things happen, and then it is killed: after a random time, or right when a call of it took effect. */
async function liveAndDie(stage: Stage, victim: Instance): Promise<void> {
  const { chance, github, counts } = stage;
  disturb(stage);
  const doings = chance.whole(1, 3);
  for (let done = 0; done < doings; done += 1) stage.act();
  if (chance.happens(0.35)) {
    await sleep(chance.whole(0, 400));
    return;
  }
  let left = chance.whole(1, 6);
  const { promise: died, resolve } = Promise.withResolvers<undefined>();
  const strike = ({ method }: { readonly method: string }): void => {
    if (method === 'GET') return;
    left -= 1;
    if (left !== 0 || !victim.kill()) return;
    counts.kills += 1;
    counts.killsInCalls += 1;
    resolve(undefined);
  };
  github.world.witnesses.add(strike);
  await Promise.race([died, sleep(1_200)]);
  github.world.witnesses.delete(strike);
}

const FAULTS: readonly FaultKind[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 429, retryAfter: 1 },
  { kind: 'drop-before' },
  { kind: 'drop-after' },
  { kind: 'drop-after' },
];

function disturb({ chance, github, counts }: Stage): void {
  const fault = chance.happens(0.6) ? chance.pick(FAULTS) : undefined;
  if (fault === undefined) return;
  // Every decision asks for the policy first, and a failed question is asked once more at once.
  const policy = { method: 'GET', path: '/contents/.jit-policy', times: 2 };
  const any = { method: chance.pick(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']) ?? 'POST', times: 1 };
  github.faults.add({ ...fault, ...(chance.happens(0.3) ? policy : any) });
  counts.faults += 1;
}

/** GitHub is well again, one instance starts and stays, and everything comes to its end. Returns that instance. */
async function recover(stage: Stage): Promise<Instance> {
  const { github, running, beside, start, ledger, wrong } = stage;
  github.faults.clear();
  for (const instance of running) instance.kill();
  await Promise.all([...running].map(async (instance) => await instance.ended));
  if (beside !== null) await letHeartbeatsRunOut(beside);
  const last = start();
  await whenReady(last);
  const end = performance.now() + PATIENCE;
  for (;;) {
    if (beside !== null) await hurry(beside);
    await github.webhooks.idle();
    const left = missing(github, ledger);
    const work = beside === null ? 0 : await workLeft(beside);
    if (left.length === 0 && work === 0) return last;
    if (performance.now() > end) {
      left.forEach((line) => wrong.add(`lost: ${line}`));
      if (work > 0) wrong.add(`${work} jobs are never done`);
      wrong.add(`the log ends:\n${last.said()}`);
      return last;
    }
    await sleep(100);
  }
}

async function closed(github: LocalGitHub, keep: Keep, beside: Database | null) {
  if (beside !== null) return await examine(github, beside);
  const database = await openDatabase({ url: null, folder: 'folder' in keep ? keep.folder : null });
  try {
    return await examine(github, database);
  } finally {
    await database.close();
  }
}
