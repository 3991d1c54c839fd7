/** How long until something is so? */

import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

export type WaitOptions = {
  /** 5,000 where nothing is said. */
  readonly timeoutMs?: number;
  /** What is waited for, in words that end "waited ... for". */
  readonly what: string;
  /** What stands there instead, for the message when time is over. */
  readonly seen?: () => unknown;
};

/** What was not so for long is asked for less often: a question can be a query, and there are thousands. */
const SOONEST_MS = 5;
const LATEST_MS = 50;
const SHARE = 0.1;
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Asks again and again until the answer is neither `null`, `undefined` nor `false`, and returns it. When time is over, or
 * when the question itself throws to the end, the error says what was expected and what was seen last.
 */
export async function waitFor<T>(
  question: () => T | Promise<T>,
  options: WaitOptions,
): Promise<Exclude<Awaited<T>, null | undefined | false>> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const begun = performance.now();
  let last: unknown;
  for (;;) {
    try {
      const answer = await question();
      last = answer;
      if (answer !== null && answer !== undefined && answer !== false) {
        return answer as Exclude<Awaited<T>, null | undefined | false>;
      }
    } catch (cause) {
      last = cause;
    }
    const waited = performance.now() - begun;
    if (waited >= timeoutMs) break;
    await sleep(Math.min(Math.max(SOONEST_MS, waited * SHARE), LATEST_MS));
  }
  const seen = options.seen === undefined ? last : options.seen();
  throw new Error(`waited ${timeoutMs} ms for ${options.what}, but saw ${inspect(seen, { depth: 5 })}`, {
    ...(last instanceof Error ? { cause: last } : {}),
  });
}
