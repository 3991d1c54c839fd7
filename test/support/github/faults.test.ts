/** Do faults happen when they are asked for, and only then? */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChange, openShop } from './testing.ts';

type Shop = Awaited<ReturnType<typeof openShop>>;
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.github.close();
});

const comments = async (number: number): Promise<number> =>
  (await shop.octokit.rest.issues.listComments({ ...shop.target, issue_number: number })).data.length;

describe('a fault', () => {
  it.each([500, 502, 503])('answers %i as often as it was asked to, and does nothing', async (status) => {
    const { number } = openChange(shop.github);
    shop.github.faults.add({ kind: 'status', status, method: 'POST', path: '/comments', times: 2 });
    const say = async (): Promise<unknown> =>
      await shop.octokit.rest.issues.createComment({ ...shop.target, issue_number: number, body: 'hi' });
    await expect(say()).rejects.toMatchObject({ status });
    await expect(say()).rejects.toMatchObject({ status });
    expect(await comments(number)).toBe(0);
    await say();
    expect(await comments(number)).toBe(1);
  });

  it('asks to wait with retry-after', async () => {
    shop.github.faults.add({ kind: 'status', status: 429, retryAfter: 7, path: /\/repos\/octo\/shop$/u, times: 1 });
    await expect(shop.octokit.rest.repos.get(shop.target)).rejects.toMatchObject({
      status: 429,
      response: { headers: { 'retry-after': '7' } },
    });
  });

  it('says that no calls are left until a time', async () => {
    shop.github.faults.add({ kind: 'rate-limit', resetMs: 60_000, path: '/repos/octo/shop', times: 1 });
    const failed: unknown = await shop.octokit.rest.repos.get(shop.target).catch((cause: unknown) => cause);
    expect(failed).toMatchObject({ status: 403, response: { headers: { 'x-ratelimit-remaining': '0' } } });
  });

  it('cuts the connection before anything was done', async () => {
    const { number } = openChange(shop.github);
    shop.github.faults.add({ kind: 'drop-before', method: 'POST', path: '/comments', times: 1 });
    const say = shop.octokit.rest.issues.createComment({ ...shop.target, issue_number: number, body: 'hi' });
    await expect(say).rejects.toThrow();
    expect(await comments(number)).toBe(0);
  });

  it('loses the answer after it was done', async () => {
    const { number } = openChange(shop.github);
    shop.github.faults.add({ kind: 'drop-after', method: 'POST', path: '/comments', times: 1 });
    const say = shop.octokit.rest.issues.createComment({ ...shop.target, issue_number: number, body: 'hi' });
    await expect(say).rejects.toThrow();
    expect(await comments(number)).toBe(1);
  });

  it('keeps the caller waiting, and can be taken back', async () => {
    await shop.octokit.rest.repos.get(shop.target);
    const takeBack = shop.github.faults.add({ kind: 'timeout', ms: 1_000, path: '/repos/octo/shop', times: 10 });
    const slow = performance.now();
    await shop.octokit.rest.repos.get(shop.target);
    expect(performance.now() - slow).toBeGreaterThanOrEqual(995);
    takeBack();
    const fast = performance.now();
    await shop.octokit.rest.repos.get(shop.target);
    expect(performance.now() - fast).toBeLessThan(995);
  });

  it('leaves other calls alone', async () => {
    shop.github.faults.add({ kind: 'status', status: 500, method: 'DELETE', path: '/repos/octo/shop', times: 1 });
    expect((await shop.octokit.rest.repos.get(shop.target)).status).toBe(200);
  });
});

describe('latency', () => {
  it('slows every call down by what was asked for', async () => {
    await shop.octokit.rest.repos.get(shop.target);
    shop.github.latencyMs = 60;
    const began = performance.now();
    await shop.octokit.rest.repos.get(shop.target);
    expect(performance.now() - began).toBeGreaterThanOrEqual(58);
  });
});
