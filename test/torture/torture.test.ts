/** What becomes of everything when the app is killed again and again, alone and beside another? */

import { describe, expect, it } from 'vitest';
import { play, type ScenarioOptions } from './scenario.ts';

const POSTGRES = (process.env['TEST_DATABASE_URL'] ?? '') !== '';
/** Fixed, so that a failure comes again. `npm run torture` draws others. */
const SEED = 20_261;
const LONG = 400_000;

async function survives(options: ScenarioOptions): Promise<void> {
  const { wrong, kills } = await play(options);
  expect(wrong, `seed ${options.seed}`).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(options.kills);
}

describe('an app that is killed in the middle of its work, with a GitHub that fails', () => {
  it('loses nothing, does nothing twice and lets nothing go on the embedded database', { timeout: LONG }, async () => {
    await survives({ seed: SEED, engine: 'pglite', kills: 3, instances: 1 });
  });

  it.skipIf(!POSTGRES).each(Array.from({ length: 2 }, (_, index) => index))(
    'loses nothing, does nothing twice and lets nothing go on PostgreSQL (%d)',
    { timeout: LONG },
    async (index) => {
      await survives({ seed: SEED + 1 + index, engine: 'postgres', kills: 8, instances: 1 });
    },
  );

  it.skipIf(!POSTGRES)(
    'loses nothing when one of two that share the work is killed, whichever it is',
    { timeout: LONG },
    async () => {
      await survives({ seed: SEED + 10, engine: 'postgres', kills: 6, instances: 2 });
    },
  );
});
