/** What becomes of everything when the app is killed again and again, alone and beside another? */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, type Program } from './program.ts';
import { play, type ScenarioOptions } from './scenario.ts';

const POSTGRES = (process.env['TEST_DATABASE_URL'] ?? '') !== '';
/** Fixed, so that a failure comes again. `npm run torture` draws others. */
const SEED = 20_261;
const LONG = 1_200_000;

let program: Program;

beforeAll(async () => {
  program = await bundle();
});

afterAll(async () => {
  await program.remove();
});

async function survives(options: Omit<ScenarioOptions, 'program'>): Promise<void> {
  const { wrong, kills } = await play({ ...options, program: program.path });
  expect(wrong, `seed ${options.seed}`).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(options.kills);
}

const scenarios = (count: number, first: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => SEED + first + index);

// Two hundred kills. Two scenarios at a time: much of each is waiting for what it killed to come back.
describe.concurrent(
  'an app that is killed in the middle of its work, with a GitHub that fails',
  { timeout: LONG },
  () => {
    it('loses nothing, does nothing twice and lets nothing go on the embedded database', async () => {
      await survives({ seed: SEED, engine: 'pglite', kills: 5, instances: 1 });
    });

    it.skipIf(!POSTGRES).each(scenarios(10, 100))(
      'loses nothing, does nothing twice and lets nothing go on PostgreSQL (seed %d)',
      async (seed) => {
        await survives({ seed, engine: 'postgres', kills: 12, instances: 1 });
      },
    );

    it.skipIf(!POSTGRES).each(scenarios(5, 200))(
      'loses nothing when one of two that share the work is killed, whichever it is (seed %d)',
      async (seed) => {
        await survives({ seed, engine: 'postgres', kills: 15, instances: 2 });
      },
    );
  },
);
