/** When does a limit keep a person from being given more, and when will it not any more? */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { installationId, instant, millis, repoId } from '../../src/domain/identity.ts';
import { limitRefusal, limitWords, type Holding } from '../../src/domain/person-limits.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const SHOP = { id: repoId(7), installationId: installationId(1) };

/** A grant that runs until so many hours from now, or that ended then. */
const held = (hours: number, change: Partial<Holding> = {}): Holding => ({
  repo: SHOP.id,
  installation: SHOP.installationId,
  rule: 'shift',
  endsAt: instant(NOW + hours * HOUR),
  endedAt: null,
  ...change,
});
const over = (hours: number, change: Partial<Holding> = {}): Holding =>
  held(hours, { endedAt: instant(NOW + hours * HOUR), ...change });

const RULE = { name: 'shift', maxLive: null, maxLiveInOrganisation: null, coolDown: null };
const now = { at: instant(NOW), ahead: false };
const inHours = (hours: number) => ({ at: instant(NOW + hours * HOUR), ahead: true });
const elsewhere = { repo: repoId(8) };
const abroad = { repo: repoId(9), installation: installationId(2) };

describe('the number of grants that run', () => {
  const two = { ...RULE, maxLive: 2 };

  test.each([
    ['fewer', [held(1)], now, null],
    ['as many: until the first of them ends', [held(3), held(1)], now, 1],
    ['more, since the limit was lowered: until enough of them end', [held(3), held(1), held(2)], now, 2],
    ['some of them under another rule', [held(1, { rule: 'admin' }), held(2)], now, 1],
    ['some of them over', [over(-1), held(2)], now, null],
    ['some of them elsewhere', [held(1, elsewhere), held(2)], now, null],
    ['one whose end is over while GitHub still shows it', [held(-1), held(2)], now, -1],
    ['one that ends before the start', [held(1), held(5)], inHours(2), null],
    ['all of them longer than until the start', [held(4), held(5)], inHours(2), 4],
  ])('%s', (_, holdings, begin, hours) => {
    expect(limitRefusal(two, holdings, SHOP, begin)?.possibleAt ?? null).toBe(
      hours === null ? null : NOW + hours * HOUR,
    );
  });

  test('is counted over the organisation where that says so, and not beyond it', () => {
    const rule = { ...RULE, maxLiveInOrganisation: 2 };
    expect(limitRefusal(rule, [held(1), held(1, abroad)], SHOP, now)).toBeNull();
    expect(limitRefusal(rule, [held(1), held(2, elsewhere)], SHOP, now)).toEqual({
      kind: 'too-many-live',
      where: 'organisation',
      most: 2,
      held: 2,
      possibleAt: NOW + HOUR,
    });
  });

  test('never lets more run than it says, whatever runs already', () => {
    const some = fc.array(
      fc.integer({ min: 1, max: 50 }).map((hours) => held(hours)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 5 }), (holdings, most) => {
        const refusal = limitRefusal({ ...RULE, maxLive: most }, holdings, SHOP, now);
        expect(refusal === null).toBe(holdings.length < most);
        // When it says that it will be possible, it is.
        if (refusal === null) return;
        const left = holdings.filter(({ endsAt }) => endsAt > refusal.possibleAt);
        expect(limitRefusal({ ...RULE, maxLive: most }, left, SHOP, now)).toBeNull();
      }),
    );
  });
});

describe('a cool-down', () => {
  const rule = { ...RULE, coolDown: millis(4 * HOUR) };

  test.each([
    ['nothing before', [], now, null],
    ['a grant that ended shortly before', [over(-1)], now, 3],
    ['a grant that ended just so long before', [over(-4)], now, null],
    ['the later of two', [over(-3), over(-1)], now, 3],
    ['a grant of another rule', [over(-1, { rule: 'admin' })], now, null],
    ['a grant elsewhere', [over(-1, elsewhere)], now, null],
    ['one that still runs', [held(2)], now, 6],
    ['one that GitHub still shows long after its end', [held(-9)], now, -5],
    ['a start after the cool-down', [held(2)], inHours(6), null],
    ['a start within it', [held(2)], inHours(5), 6],
  ])('%s', (_, holdings, begin, hours) => {
    expect(limitRefusal(rule, holdings, SHOP, begin)?.possibleAt ?? null).toBe(
      hours === null ? null : NOW + hours * HOUR,
    );
  });
});

test('a cool-down says whether something still runs, and names the rule', () => {
  const rule = { ...RULE, coolDown: millis(4 * HOUR) };
  const refusal = { kind: 'cool-down', rule: 'shift' };
  expect(limitRefusal(rule, [over(-1)], SHOP, now)).toEqual({ ...refusal, runs: false, possibleAt: NOW + 3 * HOUR });
  expect(limitRefusal(rule, [held(2)], SHOP, now)).toEqual({ ...refusal, runs: true, possibleAt: NOW + 6 * HOUR });
  expect(limitRefusal(rule, [over(-1), held(2)], SHOP, now)).toMatchObject({ runs: true, possibleAt: NOW + 6 * HOUR });
  expect(limitRefusal(rule, [held(2), over(-1)], SHOP, now)).toMatchObject({ runs: true, possibleAt: NOW + 6 * HOUR });
});

describe('of several limits', () => {
  const all = { ...RULE, maxLive: 1, maxLiveInOrganisation: 2, coolDown: millis(4 * HOUR) };

  test.each([
    ['the one of the repository comes first', [held(1), held(1, elsewhere)], { where: 'repository', most: 1, held: 1 }],
    ['then the one of the organisation', [held(1, elsewhere), held(2, elsewhere)], { where: 'organisation', held: 2 }],
    ['then the cool-down', [over(-1), held(2, elsewhere)], { kind: 'cool-down', possibleAt: NOW + 3 * HOUR }],
  ])('%s', (_, holdings, expected) => {
    expect(limitRefusal(all, holdings, SHOP, now)).toMatchObject(expected);
  });

  test('none is broken where there is room', () => {
    expect(limitRefusal(all, [held(1, elsewhere), over(-5)], SHOP, now)).toBeNull();
    expect(limitRefusal(RULE, [held(1), held(2), over(-1)], SHOP, now)).toBeNull();
  });

  test('only the organisation that the repository is in counts, whatever its number', () => {
    expect(limitRefusal(all, [held(1, { installation: installationId(2) })], SHOP, now)).toBeNull();
  });
});

test('what ends in the very moment of a start that lies ahead is over by then', () => {
  const one = { ...RULE, maxLive: 1 };
  expect(limitRefusal(one, [held(2)], SHOP, inHours(2))).toBeNull();
  expect(limitRefusal(one, [held(2)], SHOP, { at: instant(NOW + 2 * HOUR - 1), ahead: true })).not.toBeNull();
});

test('the words name the limit, and when it will be possible', () => {
  const cooling = { ...RULE, coolDown: millis(4 * HOUR) };
  const refusal = limitRefusal(cooling, [over(-1)], SHOP, now);
  expect(refusal === null ? '' : limitWords(refusal, cooling)).toBe(
    'the rule shift gives again only after a cool-down of 4 hours, and its last grant ended shortly before: it can be given from 2026-03-01 15:00 UTC on',
  );
  const many = { kind: 'too-many-live', where: 'repository', most: 1, held: 1, possibleAt: instant(NOW) } as const;
  expect(limitWords(many, RULE)).toBe(
    'a person has at most 1 running at a time in this repository (max-live), and 1 runs: it can be given from 2026-03-01 12:00 UTC on, or earlier if something ends before its time',
  );
  const more = { ...many, where: 'organisation', most: 2, held: 3 } as const;
  expect(limitWords(more, RULE)).toBe(
    'a person has at most 2 running at a time in this organisation (max-live), and 3 run: it can be given from 2026-03-01 12:00 UTC on, or earlier if something ends before its time',
  );
  const running = { kind: 'cool-down', runs: true, rule: 'shift', possibleAt: instant(NOW) } as const;
  expect(limitWords(running, cooling)).toBe(
    'the rule shift gives again only after a cool-down of 4 hours, and one of its grants still runs: it can be given from 2026-03-01 12:00 UTC on',
  );
  expect(limitWords(running, RULE)).toBe(
    'the rule shift gives again only after a cool-down, and one of its grants still runs: it can be given from 2026-03-01 12:00 UTC on',
  );
});
