/** How the tests run: which files, in which order, for how long, and what is measured. */

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more. Begun last, one of them would keep the whole run waiting. */
const LONG_FILES = [
  'torture/torture',
  'engine/access-model',
  'e2e/access-grant',
  'door/payloads',
  'demo',
  'adapters/postgres/queue',
  'e2e/outages',
  'e2e/instances',
];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG_FILES.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return found === -1 ? LONG_FILES.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    dir: 'test',
    include: ['**/*.test.ts'],
    setupFiles: ['test/support/watch-output.ts', 'test/support/watch-contract.ts'],
    // Much of a file's time is waiting, for webhooks and for other processes: more files than processors use what others
    // leave idle.
    pool: 'forks',
    // Loading the app anew for each file would cost as much time as all the tests. So a file leaves nothing behind that
    // another one could see: whatever it stubs or starts, it takes back.
    isolate: false,
    maxWorkers: 4,
    sequence: { sequencer: LongFilesFirst },
    // Scenarios of the torture that are played side by side.
    maxConcurrency: 2,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reportsDirectory: 'coverage' },
  },
});
