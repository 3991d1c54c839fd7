/** Check runs, and texts that GitHub would not take whole. */

import fc from 'fast-check';
import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { cut } from '../../../src/adapters/github/text.ts';
import { sha } from '../../../src/domain/identity.ts';
import { GitHubRefused, type Check } from '../../../src/engine/ports.ts';
import { adapter, api, API, APP_ID, AT, REPO, REPOSITORY, sha40, onlyNockAnswers } from './setup.ts';

const A = sha(sha40('a'));
const check: Check = {
  name: 'jit/merge',
  externalId: 'request-1',
  state: 'pending',
  title: 'Waiting',
  summary: 'for octo-ana',
  text: 'all of it',
  detailsUrl: null,
};
/** GitHub's answer to a check run that was written. */
const WRITTEN = { id: 31, output: { annotations_count: 0 } };
const LIST = `${AT}/commits/${A}/check-runs?check_name=jit%2Fmerge&app_id=77&filter=all&per_page=100`;
const whoami = () => nock(API).get('/app').reply(200, { id: APP_ID, slug: 'jit-gate' });

onlyNockAnswers();

describe('a check', () => {
  it('that waits is in progress, without a conclusion', async () => {
    api()
      .post(`${AT}/check-runs`, {
        head_sha: A,
        name: 'jit/merge',
        external_id: 'request-1',
        status: 'in_progress',
        output: { title: 'Waiting', summary: 'for octo-ana', text: 'all of it' },
      })
      .reply(201, WRITTEN);
    await expect(adapter().github.createCheck(REPO, A, check)).resolves.toBe(31);
  });

  it.each(['success', 'failure'] as const)('that ends in %s is completed with just that', async (state) => {
    api()
      .patch(
        `${AT}/check-runs/31`,
        (body: Readonly<Record<string, unknown>>) =>
          body['status'] === 'completed' &&
          body['conclusion'] === state &&
          body['details_url'] === 'https://gate.example/1',
      )
      .reply(200, WRITTEN);
    await adapter().github.updateCheck(REPO, 31, { ...check, state, detailsUrl: 'https://gate.example/1' });
    expect(nock.isDone()).toBe(true);
  });

  it('that is gone cannot be updated', async () => {
    api().patch(`${AT}/check-runs/31`).reply(404, { message: 'Not Found' });
    await expect(adapter().github.updateCheck(REPO, 31, check)).rejects.toThrow(GitHubRefused);
  });

  it('is sent with no more text than GitHub takes', async () => {
    let size = 0;
    api()
      .post(`${AT}/check-runs`, (body: { readonly output: { readonly text: string } }) => {
        size = body.output.text.length;
        return true;
      })
      .reply(201, WRITTEN);
    await adapter().github.createCheck(REPO, A, { ...check, text: 'x'.repeat(100_000) });
    expect(size).toBe(65_535);
  });

  it("is found again as the newest of the app's own with its name and external id", async () => {
    whoami();
    const run = (id: number, app: number, name = 'jit/merge', external_id: string | null = 'request-1') => ({
      id,
      name,
      external_id,
      app: { id: app },
    });
    api()
      .get(LIST)
      .reply(200, {
        total_count: 6,
        check_runs: [
          run(2, APP_ID),
          run(5, APP_ID),
          run(7, 1),
          run(9, APP_ID, 'jit/merge2'),
          run(10, APP_ID, 'jit/merge', 'request-2'),
          run(11, APP_ID, 'jit/merge', null),
        ],
      });
    await expect(adapter().github.findCheck(REPO, A, 'jit/merge', 'request-1')).resolves.toBe(5);
  });

  it('is found to be missing', async () => {
    whoami();
    api().get(LIST).reply(200, { total_count: 0, check_runs: [] });
    await expect(adapter().github.findCheck(REPO, A, 'jit/merge', 'request-1')).resolves.toBeNull();
  });

  it("asks for the app's id once", async () => {
    whoami();
    api().get(LIST).times(2).reply(200, { total_count: 0, check_runs: [] });
    const { github } = adapter();
    await github.findCheck(REPO, A, 'jit/merge', 'request-1');
    await expect(github.findCheck(REPO, A, 'jit/merge', 'request-1')).resolves.toBeNull();
  });

  it('of a commit that GitHub does not know is missing', async () => {
    whoami();
    api().get(LIST).reply(422, { message: 'No commit found' }).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.findCheck(REPO, A, 'jit/merge', 'request-1')).resolves.toBeNull();
  });
});

describe('a text that is too long', () => {
  it('keeps its beginning, says that it was cut, and never exceeds the limit', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 60, max: 3000 }),
        (text, max) => {
          const short = cut(text, max);
          expect(short.length).toBeLessThanOrEqual(max);
          expect(short.isWellFormed()).toBe(true);
          if (text.length <= max) expect(short).toBe(text);
          else expect(text.startsWith(short.slice(0, short.indexOf('…')).trimEnd()) || text.includes('…')).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not split a character', () => {
    expect(cut('😀'.repeat(100), 101)).toBe(`${'😀'.repeat(50)}…`);
    expect(cut('😀'.repeat(100), 100)).toBe(`${'😀'.repeat(49)}…`);
  });

  it('keeps the marker at its end, by which the app finds its own words', () => {
    const short = cut(`${'x'.repeat(70_000)}\n<!-- jit:request-1 -->`, 65_536);
    expect(short.length).toBeLessThanOrEqual(65_536);
    expect(short.endsWith('<!-- jit:request-1 -->')).toBe(true);
    expect(short).toContain('cut here');
  });

  it('does not keep an endless comment as if it were a marker', () => {
    const short = cut(`<!-- ${'x'.repeat(70_000)} -->`, 65_536);
    expect(short.length).toBeLessThanOrEqual(65_536);
  });
});
