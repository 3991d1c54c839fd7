/** What a command sees of the world around it, and how it ends. */

import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import type { Environment } from '../config.ts';
import { scrub } from '../secret.ts';

/** How `jit-gate` ends. Scripts rely on these: they are part of what `--help` promises. */
export const EXIT = {
  /** Done, and nothing is wrong. */
  fine: 0,
  /** Done, and something was found: a policy with errors, a broken audit chain, an overdue grant. */
  findings: 1,
  /** Not begun: wrong arguments, a missing variable, a file that is in the way. */
  usage: 2,
  /** Begun and failed: the database or GitHub could not be reached, or a bug. */
  failed: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type Terminal = {
  /** Writes results, whole lines, to standard output. */
  readonly out: (line: string) => void;
  /** Says what is being done, to standard error, so that results can be piped. */
  readonly say: (line: string) => void;
  readonly env: Environment;
  /** Absolute path that relative ones start from. */
  readonly cwd: string;
  /** Whether a person is there who can be asked. */
  readonly interactive: boolean;
  /** Everything on standard input. */
  readonly readInput: () => Promise<string>;
  /** Asks one question; an empty answer means `otherwise`. */
  readonly ask: (question: string, otherwise: string) => Promise<string>;
};

/** Turns an action that says how it ended into one that commander can call. */
export type Ends = <A extends readonly unknown[]>(
  action: (...args: A) => Promise<ExitCode> | ExitCode,
) => (...args: A) => Promise<void>;

/**
 * Text with control characters written out as JSON writes them, so that a file or a name can't steer the terminal that
 * shows it. JSON stays the same JSON.
 */
export const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The real one: this process's streams. */
export const processTerminal = (): Terminal => ({
  out: (line) => process.stdout.write(`${printable(line)}\n`),
  say: (line) => process.stderr.write(`${printable(scrub(line))}\n`),
  env: process.env,
  cwd: process.cwd(),
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  readInput: async () => await text(process.stdin),
  ask: async (question, otherwise) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await lines.question(`${question} [${otherwise}] `);
      return answer.trim() === '' ? otherwise : answer.trim();
    } finally {
      lines.close();
    }
  },
});

/** Says why a command was not begun, and ends it so. */
export function usage(words: string, terminal: Terminal): ExitCode {
  terminal.say(words);
  return EXIT.usage;
}

/** Writes one JSON document to standard output. */
export const outJson = (terminal: Terminal, value: unknown): void => terminal.out(JSON.stringify(value, null, 2));
