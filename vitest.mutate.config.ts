/** How tests run on mutants: those of the domain, without the ones that bound how long the code takes. */

import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default mergeConfig(base, {
  // Code that counts which of its lines ran is slower than the code that ships.
  test: { exclude: ['domain/policy/hostile.test.ts'] },
});
