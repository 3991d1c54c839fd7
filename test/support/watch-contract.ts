/**
 * Fails a test file when a GitHub that it started was asked something that GitHub's own description, or the app's
 * permissions, do not allow. vitest runs this before each test file, in the file's own process.
 */

import { afterAll } from 'vitest';
import { takeViolations } from './github/http/watched.ts';

// Registered before everything of the file itself, and so run after it, when what was begun there has ended.
afterAll(() => {
  const lines = takeViolations().map(({ kind, operation, message }) => `${kind}: ${operation}: ${message}`);
  if (lines.length > 0) throw new Error(`GitHub would not have it so:\n${[...new Set(lines)].join('\n')}`);
});
