/** How the demo makes sure of what it tells: every step is looked for on GitHub's side, and counted. */

import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { LocalGitHub } from '../test/support/github/index.ts';

/** A step that did not happen: what was to be seen, and what was there instead. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen';
  readonly expected: string;
  readonly seen: string;
  constructor(expected: string, seen: unknown) {
    const words = typeof seen === 'string' ? seen : inspect(seen, { depth: 6 });
    super(`expected ${expected}, but saw ${words}`);
    this.expected = expected;
    this.seen = words;
  }
}

export type Watch = {
  /**
   * Waits until GitHub shows something, and returns it. `seen` says what is there instead when the time is over. Throws
   * `NotSeen` then.
   */
  readonly sees: <T>(what: string, question: () => T | Promise<T>, seen: () => unknown) => Promise<NonNullable<T>>;
  /** Compares what an act gave back. Throws `NotSeen`. */
  readonly is: (what: string, holds: boolean, seen: unknown) => void;
  /**
   * Lets a person read before they write. A comment has to be younger than what it is about by GitHub's clock, and that
   * one has whole seconds.
   */
  readonly reading: () => Promise<void>;
  readonly count: () => number;
};

/** Milliseconds; longer than any step takes on a machine that does much else. */
const PATIENCE = 45_000;
const LEAST_READING = 100;

export function createWatch(github: Pick<LocalGitHub, 'waitFor' | 'clock'>, patience = PATIENCE): Watch {
  let count = 0;
  return {
    sees: async (what, question, seen) => {
      const answer = await github.waitFor(question, { what, timeoutMs: patience }).catch((error: unknown) => {
        throw new NotSeen(what, error instanceof Error && error.cause !== undefined ? error.cause : seen());
      });
      count += 1;
      return answer as NonNullable<Awaited<ReturnType<typeof question>>>;
    },
    is: (what, holds, seen) => {
      if (!holds) throw new NotSeen(what, seen);
      count += 1;
    },
    reading: async () => {
      const now = github.clock.now() + LEAST_READING;
      await sleep(LEAST_READING + 1000 - (now % 1000) + 20);
    },
    count: () => count,
  };
}
