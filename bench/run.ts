/** `npm run bench`: is the app as fast as it promises? Prints what was measured; ends with 1 where a target is missed. */

import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { approvalTargets, measureApprovals, showApprovals } from './approvals.ts';
import { burstTargets, measureBurst, showBurst } from './burst.ts';
import { coldStartTargets, measureColdStart, showColdStart } from './cold-start.ts';
import { isMet, showTarget, type Target } from './figures.ts';

const USAGE = `npm run bench -- [--json] [--only approvals|burst|start] [--latency MS] [--approvals N] [--rounds N] [--starts N]

BENCH_DATABASE_URL runs the first two on an empty PostgreSQL database in place of the embedded one.`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    latency: { type: 'string', default: '30' },
    approvals: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '6' },
    starts: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});

const PARTS = ['approvals', 'burst', 'start'];
const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${text} is not a number from 1 on\n\n${USAGE}`);
  return value;
};

/** Progress and figures for people go to standard output, or to standard error beside JSON. */
const say = (text: string): void => (options.json ? console.error(text) : console.log(text));

async function bench(): Promise<boolean> {
  if (options.only !== undefined && !PARTS.includes(options.only))
    throw new Error(`no part ${options.only}\n\n${USAGE}`);
  const wanted = (part: string): boolean => options.only === undefined || options.only === part;
  const latencyMs = count(options.latency);
  const databaseUrl = process.env['BENCH_DATABASE_URL'] ?? null;
  const machine = {
    node: process.version,
    cores: cpus().length,
    load: loadavg(),
    database: databaseUrl === null ? 'embedded' : 'PostgreSQL',
  };
  say(
    `Node ${machine.node}, ${machine.cores} cores, load ${machine.load.map((load) => load.toFixed(1)).join(' ')}, ${machine.database} database\n`,
  );
  const targets: Target[] = [];
  const reports: Record<string, unknown> = { machine };
  if (wanted('start')) {
    const report = await measureColdStart(count(options.starts));
    reports['start'] = report;
    targets.push(...coldStartTargets(report));
    say(`${showColdStart(report)}\n`);
  }
  if (wanted('burst')) {
    const rounds = count(options.rounds);
    const report = await measureBurst({ webhooks: 500, atOnce: 20, rounds, latencyMs, databaseUrl });
    reports['burst'] = report;
    targets.push(...burstTargets(report));
    say(`${showBurst(report)}\n`);
  }
  if (wanted('approvals')) {
    const report = await measureApprovals({ approvals: count(options.approvals), latencyMs, databaseUrl });
    reports['approvals'] = report;
    targets.push(...approvalTargets(report));
    say(`${showApprovals(report)}\n`);
  }
  say(targets.map(showTarget).join('\n'));
  if (options.json) {
    console.log(JSON.stringify({ ...reports, targets: targets.map((one) => ({ ...one, met: isMet(one) })) }, null, 2));
  }
  return targets.every(isMet);
}

if (options.help) console.log(USAGE);
else process.exitCode = (await bench()) ? 0 : 1;
