/** How the tests run: which files, for how long, and what is measured. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: 'test',
    include: ['**/*.test.ts'],
    setupFiles: ['test/support/watch-output.ts', 'test/support/watch-contract.ts'],
    // Much of a file's time is waiting, for webhooks and for other processes: a third file uses what two leave idle.
    pool: 'forks',
    // Loading the app anew for each file would cost as much time as all the tests. So a file leaves nothing behind that
    // another one could see: whatever it stubs or starts, it takes back.
    isolate: false,
    maxWorkers: 3,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reportsDirectory: 'coverage' },
  },
});
