/** A folder for the files of one test, and the command run in it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { run } from '../../../src/cli/main.ts';
import { fakeTerminal, type FakeTerminalOptions } from '../fake-terminal.ts';

export type Ran = {
  readonly code: number;
  readonly printed: string;
  readonly said: string;
  readonly json: () => unknown;
};

export type Folder = {
  readonly path: () => string;
  readonly write: (path: string, text: string | Buffer) => void;
  /** Runs `jit-gate policy` with these words, in the folder. */
  readonly policy: (words: readonly string[], options?: FakeTerminalOptions) => Promise<Ran>;
};

/** An empty folder for each test of the file. */
export function useFolder(): Folder {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jit-gate-policy-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: () => folder,
    write: (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    policy: async (words, options = {}) => {
      const terminal = fakeTerminal({ cwd: folder, ...options });
      const code = await run(['policy', ...words], terminal);
      const printed = terminal.printed();
      return { code, printed, said: terminal.saidAll(), json: () => JSON.parse(printed) as unknown };
    },
  };
}
