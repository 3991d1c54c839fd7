/** `npm run torture [-- --seed N --kills N]`: a thousand kills, and what was found after them. */

import { parseArgs } from 'node:util';
import { play, type Outcome, type ScenarioOptions } from './scenario.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, kills: { type: 'string', default: '1000' } },
});
const first = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
const wanted = Number(values.kills);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(wanted) || wanted < 1) {
  console.error('usage: npm run torture -- [--seed WHOLE_NUMBER] [--kills WHOLE_NUMBER]');
  process.exit(2);
}
const postgres = (process.env['TEST_DATABASE_URL'] ?? '') !== '';
if (!postgres) console.log('There is no PostgreSQL: everything is played on the embedded database.');

/** Every fifth scenario is played on the embedded database, every other one of the rest by two instances. */
const optionsOf = (index: number, kills: number): ScenarioOptions => {
  const embedded = !postgres || index % 5 === 4;
  return {
    seed: first + index,
    engine: embedded ? 'pglite' : 'postgres',
    kills,
    instances: embedded || index % 2 === 0 ? 1 : 2,
  };
};

const sum = { scenarios: 0, kills: 0, killsInCalls: 0, faults: 0, calls: 0, acknowledged: 0, entries: 0, held: 0 };
const A_SCENARIO = 10;
let failed = 0;
for (let index = 0; sum.kills < wanted; index += 1) {
  const options = optionsOf(index, Math.min(A_SCENARIO, wanted - sum.kills));
  const outcome = await play(options);
  sum.scenarios += 1;
  for (const key of ['kills', 'killsInCalls', 'faults', 'calls', 'acknowledged', 'entries', 'held'] as const) {
    sum[key] += outcome[key];
  }
  console.log(lineOf(options, outcome));
  if (outcome.wrong.length > 0) failed += 1;
}
console.log(
  `\n${sum.scenarios} scenarios, ${sum.kills} kills (${sum.killsInCalls} right after a call took effect), ${sum.faults} faults of GitHub, ` +
    `${sum.calls} calls.\n${sum.held} holds and requests for access, ${sum.acknowledged} acknowledged webhooks and ${sum.entries} audit ` +
    `entries were looked at. ${failed === 0 ? 'Nothing was lost, done twice, or let go without an approval.' : `${failed} scenarios failed.`}`,
);
process.exitCode = failed === 0 ? 0 : 1;

function lineOf({ seed, engine, instances, kills }: ScenarioOptions, outcome: Outcome): string {
  const head = `seed ${seed} on ${engine}, ${instances} at a time: ${outcome.kills} kills, ${outcome.faults} faults, ${outcome.held} holds`;
  if (outcome.wrong.length === 0) return `${head}: well`;
  return `${head}: WRONG (play it again with --seed ${seed} --kills ${kills})\n  ${outcome.wrong.join('\n  ')}`;
}
