/** How tests run on mutants: those of the domain, without the ones that bound how long the code takes. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // Code that counts which of its lines ran is slower than the code that ships.
    exclude: ['**/policy/hostile.test.ts'],
    // Without what other tests need to watch output and GitHub: each mutant would pay for loading it.
    setupFiles: ['test/support/short-properties.ts'],
    isolate: false,
    testTimeout: 90_000,
  },
});
