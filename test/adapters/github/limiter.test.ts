/** GitHub's limits, kept before GitHub has to enforce them. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLimiter, type Lane } from '../../../src/adapters/github/limiter.ts';
import { GitHubUnavailable } from '../../../src/engine/ports.ts';

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends `count` requests at once, and counts those that went out. */
function send(limiter: ReturnType<typeof createLimiter>, lane: Lane, count: number) {
  const tally = { out: 0, away: 0 };
  const all = Array.from({ length: count }, () =>
    limiter
      .run(lane, 'core', async () => {
        tally.out += 1;
      })
      .catch((error: unknown) => {
        if (error instanceof GitHubUnavailable) tally.away += 1;
      }),
  );
  return { tally, done: Promise.all(all) };
}

describe('the limiter', () => {
  it('adds no delay while there is room', async () => {
    let ran = false;
    const running = createLimiter().run('release', 'core', async () => {
      ran = true;
    });
    expect(ran).toBe(true);
    await running;
  });

  it('lets 80 changes out in any minute, and the rest as the minute passes', async () => {
    const { tally } = send(createLimiter(), 'release', 100);
    await vi.advanceTimersByTimeAsync(MINUTE - 100);
    expect(tally.out).toBe(80);
    await vi.advanceTimersByTimeAsync(200);
    expect(tally).toEqual({ out: 100, away: 0 });
  });

  it('does not let twice the limit out around the end of a minute', async () => {
    const limiter = createLimiter();
    await vi.advanceTimersByTimeAsync(MINUTE - 1000);
    send(limiter, 'release', 80);
    await vi.advanceTimersByTimeAsync(2000);
    const later = send(limiter, 'release', 80);
    await vi.advanceTimersByTimeAsync(2000);
    expect(later.tally.out).toBe(0);
  });

  it('lets 500 changes out in any hour', async () => {
    const limiter = createLimiter();
    let out = 0;
    for (let minute = 0; minute < 30; minute += 1) {
      const { tally } = send(limiter, 'release', 30);
      await vi.advanceTimersByTimeAsync(2 * MINUTE - 1);
      out += tally.out;
    }
    expect(out).toBe(500);
  });

  it('keeps part of both limits for releases when comments have used up theirs', async () => {
    const limiter = createLimiter();
    const talk = send(limiter, 'talk', 200);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(talk.tally.out).toBe(60);
    const release = send(limiter, 'release', 20);
    await vi.advanceTimersByTimeAsync(1);
    expect(release.tally.out).toBe(20);
  });

  it('sends a comment away after some seconds instead of holding its job', async () => {
    const { tally } = send(createLimiter(), 'talk', 61);
    await vi.advanceTimersByTimeAsync(6000);
    expect(tally).toEqual({ out: 60, away: 1 });
  });

  it('lets a release out before comments that waited longer', async () => {
    const limiter = createLimiter();
    const order: Lane[] = [];
    let free = () => {};
    const busy = new Promise<void>((resolve) => {
      free = resolve;
    });
    for (let slot = 0; slot < 50; slot += 1) void limiter.run('read', 'core', () => busy);
    for (const lane of ['talk', 'read', 'release'] as const)
      void limiter.run(lane, 'core', async () => void order.push(lane));
    free();
    await vi.advanceTimersByTimeAsync(1);
    expect(order).toEqual(['release', 'read', 'talk']);
  });

  it('has no more than 50 requests under way', async () => {
    let running = 0;
    const limiter = createLimiter();
    for (let count = 0; count < 80; count += 1) {
      void limiter
        .run('read', 'core', () => {
          running += 1;
          return new Promise<void>(() => {});
        })
        .catch(() => {});
    }
    await vi.advanceTimersByTimeAsync(1);
    expect(running).toBe(50);
  });

  it('refuses at once, with the time that is left, while GitHub asked to wait', async () => {
    const limiter = createLimiter();
    limiter.pause('all', 30_000);
    await vi.advanceTimersByTimeAsync(10_000);
    const error: unknown = await limiter.run('read', 'graphql', async () => 1).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'GitHubUnavailable', retryAfter: 20_000 });
    await vi.advanceTimersByTimeAsync(20_000);
    await expect(limiter.run('read', 'graphql', async () => 1)).resolves.toBe(1);
  });

  it('goes on with REST when only GraphQL is exhausted', async () => {
    const limiter = createLimiter();
    limiter.pause('graphql', 30_000);
    await expect(limiter.run('read', 'core', async () => 1)).resolves.toBe(1);
  });

  it('does not send what stood in the queue when GitHub asked to wait', async () => {
    const limiter = createLimiter();
    const { tally } = send(limiter, 'release', 81);
    await vi.advanceTimersByTimeAsync(1);
    limiter.pause('all', 2 * MINUTE);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(tally).toEqual({ out: 80, away: 1 });
  });
});
