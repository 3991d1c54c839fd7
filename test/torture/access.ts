/** `npm run torture:access`: a walk of 100,000 steps through people's access; `STEPS` and `SEED` name another one. */

import { performance } from 'node:perf_hooks';
import { openWalk, walk } from '../support/access-walk.ts';

const steps = Number(process.env['STEPS'] ?? 100_000);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
if (!Number.isInteger(steps) || steps < 1 || !Number.isInteger(seed))
  throw new Error('STEPS and SEED are whole numbers');

console.log(`${steps} steps, seed ${seed}`);
const bench = await openWalk();
const begun = performance.now();
let told = 0;
try {
  const walked = await walk(bench, steps, seed, (done) => {
    if (done - told < 1000) return;
    told = done;
    console.log(`${done} steps, ${((performance.now() - begun) / done).toFixed(1)} ms each`);
  });
  if (bench.local.violations.length > 0) throw new Error(JSON.stringify(bench.local.violations[0]));
  console.log(`${walked.steps} steps, seed ${walked.seed}: GitHub showed what the model says after each of them`);
} finally {
  await bench.close();
}
