/** How many calls does a caller have left this hour? */

import type { Installation, World } from '../world/state.ts';

/** Who pays for a call: an installation, or the app itself. */
export type Payer = Installation | 'app';
type Account = { used: number; resetAt: number };

export type RateLimit = {
  /** Whether the payer has used up the hour. */
  exceeded(payer: Payer): boolean;
  /** Counts an answered call, unless it was 304, and returns the headers that tell about it. */
  count(payer: Payer, status: number, resource: 'core' | 'graphql'): Record<string, string>;
};

const HOUR_MS = 3_600_000;

export function createRateLimit(world: World): RateLimit {
  const accounts = new Map<Payer, Account>();
  const accountOf = (payer: Payer): Account => {
    const now = world.clock.now();
    let account = accounts.get(payer);
    if (account === undefined || account.resetAt <= now) account = { used: 0, resetAt: now + HOUR_MS };
    accounts.set(payer, account);
    return account;
  };
  return {
    exceeded: (payer) => accountOf(payer).used >= world.rateLimit,
    count: (payer, status, resource) => {
      const account = accountOf(payer);
      if (status !== 304) account.used = Math.min(account.used + 1, world.rateLimit);
      return {
        'x-ratelimit-limit': String(world.rateLimit),
        'x-ratelimit-remaining': String(world.rateLimit - account.used),
        'x-ratelimit-used': String(account.used),
        'x-ratelimit-reset': String(Math.ceil(account.resetAt / 1000)),
        'x-ratelimit-resource': resource,
      };
    },
  };
}
