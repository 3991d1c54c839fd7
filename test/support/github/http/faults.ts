/** What goes wrong, on demand? */

import type { Answer } from './route.ts';
import { problem } from './route.ts';

/** How a call fails. `drop-before`: the connection is cut and nothing was done; `drop-after`: it was done, the answer is lost. */
export type FaultKind =
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Seconds. */ readonly retryAfter?: number;
      readonly message?: string;
    }
  /** A primary (403 or 429 with no calls left) rate limit that ends after `resetMs`. */
  | { readonly kind: 'rate-limit'; readonly status?: 403 | 429; readonly resetMs: number }
  /** No answer for `ms` milliseconds, then the real one. */
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'drop-before' }
  | { readonly kind: 'drop-after' };

/** Which calls fail: by method, by path (a text that it contains, or an expression) and by how many of them. */
export type Fault = FaultKind & {
  readonly method?: string;
  readonly path?: string | RegExp;
  readonly times: number;
};

export type Faults = {
  /** Returns a function that takes the fault back. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The fault that the next such call meets; counts it. Used by the server. */
  take(method: string, path: string): Fault | null;
};

export function createFaults(): Faults {
  let list: { fault: Fault; left: number }[] = [];
  const meets = (fault: Fault, method: string, path: string): boolean =>
    (fault.method === undefined || fault.method.toUpperCase() === method) &&
    (fault.path === undefined || (typeof fault.path === 'string' ? path.includes(fault.path) : fault.path.test(path)));
  return {
    add: (fault) => {
      const entry = { fault, left: fault.times };
      list.push(entry);
      return () => {
        list = list.filter((other) => other !== entry);
      };
    },
    clear: () => {
      list = [];
    },
    take: (method, path) => {
      const entry = list.find(({ fault, left }) => left > 0 && meets(fault, method, path));
      if (entry === undefined) return null;
      entry.left -= 1;
      return entry.fault;
    },
  };
}

/** The answer of a fault that has one. */
export function faultAnswer(fault: Fault, now: number): Answer | null {
  if (fault.kind === 'rate-limit') {
    const answer = problem(fault.status ?? 403, 'API rate limit exceeded for installation.');
    const reset = Math.ceil((now + fault.resetMs) / 1000);
    return { ...answer, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) } };
  }
  if (fault.kind !== 'status') return null;
  const secondary = fault.status === 403 || fault.status === 429;
  const message =
    fault.message ??
    (secondary
      ? 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
      : 'Server Error');
  const answer = problem(fault.status, message);
  return fault.retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(fault.retryAfter) } };
}
