/** A terminal that remembers what it was told. */

import type { Terminal } from '../../src/cli/terminal.ts';
import { outputWatch } from '../support/secrets.ts';

export type FakeTerminal = Terminal & {
  /** Everything on standard output. */
  readonly printed: () => string;
  /** Everything on standard error. */
  readonly saidAll: () => string;
  /** The first line on standard error that matches, as soon as it is there. */
  readonly said: (pattern: RegExp) => Promise<string>;
};

export type FakeTerminalOptions = {
  readonly cwd?: string;
  readonly env?: Terminal['env'];
  /** What is on standard input. */
  readonly input?: string;
  /** What a person answers, question by question. Without it nobody is there. */
  readonly answers?: readonly string[];
};

export function fakeTerminal({
  cwd = '/nowhere',
  env = {},
  input = '',
  answers,
}: FakeTerminalOptions = {}): FakeTerminal {
  const out: string[] = [];
  const said: string[] = [];
  const waiting: { readonly pattern: RegExp; readonly found: (line: string) => void }[] = [];
  const open = [...(answers ?? [])];
  return {
    cwd,
    env,
    interactive: answers !== undefined,
    out: (line) => {
      outputWatch.look('the terminal', line);
      out.push(line);
    },
    say: (line) => {
      outputWatch.look('the terminal', line);
      said.push(line);
      for (const { pattern, found } of waiting) if (pattern.test(line)) found(line);
    },
    readInput: async () => input,
    ask: async (_question, otherwise) => {
      const answer = open.shift() ?? '';
      return answer === '' ? otherwise : answer;
    },
    printed: () => out.join('\n'),
    saidAll: () => said.join('\n'),
    said: async (pattern) => {
      const already = said.find((line) => pattern.test(line));
      if (already !== undefined) return already;
      return await new Promise((found) => waiting.push({ pattern, found }));
    },
  };
}
