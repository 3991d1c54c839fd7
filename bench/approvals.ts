/** How long from an approving comment to the check's update, and what does GitHub have to answer for it? */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '../test/support/github/index.ts';
import { showSpread, spreadOf, type Spread, type Target } from './figures.ts';
import type { Approval, Credentials, GitHubQuestions } from './processes/github.ts';
import type { OurQuestions } from './processes/ours.ts';
import { startHelper } from './processes/talk.ts';

export type ApprovalReport = {
  readonly latencyMs: number;
  readonly time: Spread;
  readonly roundTrip: Spread;
  /** Calls of one approval, each with its place in the longest chain of calls that had to wait for each other. */
  readonly calls: readonly { readonly call: string; readonly counted: boolean; readonly step: number | null }[];
  /** Calls that came after the update: reading once more whether the release still holds. */
  readonly later: readonly { readonly call: string; readonly counted: boolean }[];
  readonly steps: number;
  readonly counted: Spread;
  /** Time over the sum of the round trips that wait for each other. */
  readonly ratio: number;
  /** Milliseconds of an approval that are not spent waiting for GitHub. */
  readonly own: number;
};

export type ApprovalPlan = {
  readonly approvals: number;
  readonly latencyMs: number;
  readonly databaseUrl: string | null;
};

/** One installation may write 80 times a minute, and an approval takes three: so a run is spread over several. */
const ORGS = ['octo', 'acme', 'umbrella', 'initech'];

export async function measureApprovals({ approvals, latencyMs, databaseUrl }: ApprovalPlan): Promise<ApprovalReport> {
  const folder = await mkdtemp(join(tmpdir(), 'jit-bench-'));
  const github = startHelper<GitHubQuestions>('github.ts');
  const ours = startHelper<OurQuestions>('ours.ts');
  try {
    const credentials = await github.ask('start', { latencyMs });
    await github.ask('deliverTo', { target: await ours.ask('start', { github: credentials, folder, databaseUrl }) });
    for (const org of ORGS) {
      await github.ask('organize', { org });
      // The first one fills the caches, as an app that has been running has done long ago.
      await github.ask('approve', { org });
    }
    const measured: Approval[] = [];
    const trips: number[] = [];
    while (measured.length < approvals) {
      for (const org of ORGS) {
        trips.push(...(await roundTrips(credentials, 3)));
        measured.push(await github.ask('approve', { org }));
      }
    }
    await ours.ask('stop', undefined);
    return report(latencyMs, measured, trips);
  } finally {
    await ours.end();
    await github.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a call of GitHub takes in this run, as a client sees it: the cheapest one there is, on a warm connection. */
async function roundTrips({ url }: Credentials, count: number): Promise<readonly number[]> {
  const trips: number[] = [];
  for (let index = -1; index < count; index += 1) {
    const began = performance.now();
    await (await fetch(`${url}/no-such-call`)).arrayBuffer();
    // The first may have had to connect.
    if (index >= 0) trips.push(performance.now() - began);
  }
  return trips;
}

function report(latencyMs: number, measured: readonly Approval[], trips: readonly number[]): ApprovalReport {
  const time = spreadOf(measured.map(({ ms }) => ms));
  const roundTrip = spreadOf(trips);
  // A slow moment can make calls that go out together look like a chain, never the other way round.
  const chains = measured.map((approval) => ({ approval, steps: stepsOf(approval.calls) }));
  const shortest = chains.reduce((least, one) => (lengthOf(one.steps) < lengthOf(least.steps) ? one : least));
  const steps = lengthOf(shortest.steps);
  return {
    latencyMs,
    time,
    roundTrip,
    calls: shortest.approval.calls.map((call, index) => ({
      call: nameOf(call),
      counted: call.counted,
      step: shortest.steps[index] ?? null,
    })),
    later: shortest.approval.later.map((call) => ({ call: nameOf(call), counted: call.counted })),
    steps,
    counted: spreadOf(measured.map(({ calls }) => calls.filter((call) => call.counted).length)),
    ratio: time.median / (steps * roundTrip.median),
    own: time.median - steps * roundTrip.median,
  };
}

const nameOf = (call: Call): string => `${call.method} ${call.route ?? call.path} ${call.status}`;

/** Reactions and comments answer the person: the check does not wait for them. */
const isTalk = ({ method, path }: Call): boolean => method === 'POST' && /\/(?:reactions|comments)$/u.test(path);

/** For each call, how many calls came one after the other up to it. Times in the record are whole milliseconds. */
function stepsOf(calls: readonly Call[]): readonly (number | null)[] {
  const steps: (number | null)[] = [];
  const inOrder = [...calls.entries()].sort(([, a], [, b]) => a.at - b.at);
  for (const [index, call] of inOrder) {
    if (isTalk(call)) {
      steps[index] = null;
      continue;
    }
    const before = inOrder.filter(
      ([other, { at, durationMs }]) => typeof steps[other] === 'number' && at + durationMs <= call.at + 1,
    );
    steps[index] = 1 + Math.max(0, ...before.map(([other]) => steps[other] ?? 0));
  }
  return steps;
}

const lengthOf = (steps: readonly (number | null)[]): number => Math.max(0, ...steps.map((step) => step ?? 0));

export const approvalTargets = (report: ApprovalReport): readonly Target[] => [
  {
    what: 'approve comment to check update, over the GitHub round trips that it waits for',
    measured: report.ratio,
    limit: 3,
    bound: 'at most',
    unit: ' times',
  },
  {
    what: 'counted GitHub calls from the comment to the check update',
    measured: report.counted.max,
    limit: 3,
    bound: 'at most',
    unit: '',
  },
];

export function showApprovals(report: ApprovalReport): string {
  const { time, roundTrip, steps, calls, later } = report;
  return [
    `Approve comment to check update, GitHub's answers taking ${report.latencyMs} ms`,
    `  time                     ${showSpread(time, ' ms')}`,
    `  one round trip           ${showSpread(roundTrip, ' ms')}`,
    `  round trips in a row     ${steps}, together ${(steps * roundTrip.median).toFixed(0)} ms`,
    `  not waiting for GitHub   ${report.own.toFixed(0)} ms`,
    `  counted calls            ${showSpread(report.counted)}`,
    `  calls (the number is the step in the chain; those of one step go out together):`,
    ...calls
      .toSorted((a, b) => (a.step ?? Infinity) - (b.step ?? Infinity))
      .map(({ call, counted, step }) => `    ${step ?? '-'}  ${counted ? 'counted' : 'free   '}  ${call}`),
    `  after the update, to see whether the release still holds:`,
    ...later.map(({ call, counted }) => `       ${counted ? 'counted' : 'free   '}  ${call}`),
  ].join('\n');
}
