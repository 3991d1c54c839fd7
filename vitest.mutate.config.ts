/**
 * How tests run on mutants: those of the domain, without the ones that bound how long the code takes. What other tests need
 * to watch output and GitHub is left out: each mutant would pay for loading it.
 */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/policy/hostile.test.ts'],
    isolate: false,
    testTimeout: 90_000,
  },
});
