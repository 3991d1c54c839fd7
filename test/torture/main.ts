/** `npm run torture [-- --seed N --kills N --steps N]`: a thousand kills, a walk of 100,000 steps, and what was found. */

import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openWalk, walk } from '../support/access-walk.ts';
import { bundle } from './program.ts';
import { play, type Outcome, type ScenarioOptions } from './scenario.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    kills: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '100000' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
const kills = Number(values.kills);
const steps = Number(values.steps);
if (![seed, kills, steps].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  console.error('usage: npm run torture -- [--seed WHOLE_NUMBER] [--kills WHOLE_NUMBER] [--steps WHOLE_NUMBER]');
  process.exit(2);
}
const postgres = (process.env['TEST_DATABASE_URL'] ?? '') !== '';
if (!postgres) console.log('There is no PostgreSQL: everything is played on the embedded database.');

const survived = await kill(kills);
const kept = await walkAccess(steps);
process.exitCode = survived && kept ? 0 : 1;

/** Kills the app in one scenario after another. Says what came of each, and returns whether all of it was well. */
async function kill(wanted: number): Promise<boolean> {
  const A_SCENARIO = 10;
  const sum = { scenarios: 0, kills: 0, killsInCalls: 0, faults: 0, calls: 0, acknowledged: 0, entries: 0, held: 0 };
  let failed = 0;
  const program = await bundle();
  for (let index = 0; sum.kills < wanted; index += 1) {
    const options = { ...optionsOf(seed + index, Math.min(A_SCENARIO, wanted - sum.kills)), program: program.path };
    const outcome = await play(options);
    sum.scenarios += 1;
    for (const key of ['kills', 'killsInCalls', 'faults', 'calls', 'acknowledged', 'entries', 'held'] as const) {
      sum[key] += outcome[key];
    }
    console.log(lineOf(options, outcome));
    if (outcome.wrong.length > 0) failed += 1;
  }
  await program.remove();
  console.log(
    `\n${sum.scenarios} scenarios, ${sum.kills} kills (${sum.killsInCalls} right after a call took effect), ${sum.faults} faults of GitHub, ` +
      `${sum.calls} calls.\n${sum.held} holds and requests for access, ${sum.acknowledged} acknowledged webhooks and ${sum.entries} audit ` +
      `entries were looked at. ${failed === 0 ? 'Nothing was lost, done twice, or let go without an approval.' : `${failed} scenarios failed.`}\n`,
  );
  return failed === 0;
}

/** The seed says it all: every fifth scenario is played on the embedded database, every other one of the rest by two instances. */
function optionsOf(drawn: number, most: number): Omit<ScenarioOptions, 'program'> {
  const embedded = !postgres || drawn % 5 === 4;
  return {
    seed: drawn,
    engine: embedded ? 'pglite' : 'postgres',
    kills: most,
    instances: embedded || drawn % 2 === 0 ? 1 : 2,
  };
}

function lineOf(options: ScenarioOptions, outcome: Outcome): string {
  const head = `seed ${options.seed} on ${options.engine}, ${options.instances} at a time: ${outcome.kills} kills, ${outcome.faults} faults, ${outcome.held} holds`;
  if (outcome.wrong.length === 0) return `${head}: well`;
  const again = `--seed ${options.seed} --kills ${options.kills} --steps 0`;
  return `${head}: WRONG (play it again with ${again})\n  ${outcome.wrong.join('\n  ')}`;
}

/** Walks people through all that can happen to their access. Returns whether GitHub always showed what the model says. */
async function walkAccess(wanted: number): Promise<boolean> {
  if (wanted === 0) return true;
  const bench = await openWalk();
  const begun = performance.now();
  let told = 0;
  try {
    const walked = await walk(bench, wanted, seed, (done) => {
      if (done - told < 5_000) return;
      told = done;
      console.log(`${done} steps, ${((performance.now() - begun) / done).toFixed(1)} ms each`);
    });
    const [violation] = bench.local.violations;
    if (violation === undefined)
      console.log(`${walked.steps} steps, seed ${walked.seed}: GitHub showed what the model says after each of them`);
    else console.log(`WRONG: GitHub would not have it so: ${JSON.stringify(violation)}`);
    return violation === undefined;
  } catch (error) {
    console.log(`WRONG (walk again with --seed ${seed} --kills 0):`, error);
    return false;
  } finally {
    await bench.close();
  }
}
