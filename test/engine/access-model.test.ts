/** Does GitHub show after every step what the grants say, whatever happens in whatever order? */

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccessBench } from '../support/access-bench.ts';
import { openWalk, walk } from '../support/access-walk.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openWalk();
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

/** `npm run torture` walks fifty times as far. */
const STEPS = 2000;

it(
  'a walk through grants, ends, hands and outages leaves GitHub as the model says',
  { timeout: 1_200_000 },
  async () => {
    const { steps } = await walk(bench, STEPS, 20_261_124);
    expect(steps).toBeGreaterThanOrEqual(STEPS);
  },
);
