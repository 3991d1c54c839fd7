/** How spans of time are read and said. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, LONGEST, parseDuration, SHORTEST } from '../../src/domain/duration.ts';
import { millis } from '../../src/domain/identity.ts';
import { tries } from '../support/tries.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

describe('a duration is read from', () => {
  test.each<[string, number]>([
    ['1s', SECOND],
    ['90s', 90 * SECOND],
    ['30m', 30 * MINUTE],
    ['4h', 4 * HOUR],
    ['1d', DAY],
    ['2w', 14 * DAY],
    ['2h30m', 2 * HOUR + 30 * MINUTE],
    ['1w2d3h4m5s', 9 * DAY + 3 * HOUR + 4 * MINUTE + 5 * SECOND],
    ['2h 30m', 2 * HOUR + 30 * MINUTE],
    ['  4h ', 4 * HOUR],
    ['4H', 4 * HOUR],
    ['4 hours', 4 * HOUR],
    ['1 hour', HOUR],
    ['30 minutes', 30 * MINUTE],
    ['1 day', DAY],
    ['2 weeks', 14 * DAY],
    ['45 sec', 45 * SECOND],
    ['10 mins', 10 * MINUTE],
    ['1 hr 15 min', HOUR + 15 * MINUTE],
    ['1 hour 30 minutes', HOUR + 30 * MINUTE],
    ['007m', 7 * MINUTE],
    ['366d', 366 * DAY],
  ])('%j', (text, expected) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: expected });
  });
});

describe('a duration is refused, with the reason and with what is meant, in', () => {
  test.each<[string, RegExp]>([
    ['', /no duration/],
    ['   ', /no duration/],
    ['0', /no unit/],
    ['30', /no unit/],
    ['2h30', /no unit/],
    ['0s', /at least 1 second/],
    ['0h0m', /at least 1 second/],
    ['-1h', /negative/],
    ['\u22121h', /negative/],
    ['1e9d', /not a whole number/],
    ['1.5h', /not a whole number/],
    ['1,5h', /not a whole number/],
    ['2 fortnights', /"fortnights"/],
    ['1 month', /"month"/],
    ['1y', /"y"/],
    ['30m2h', /out of order/],
    ['1h1h', /twice/],
    ['1h 60 minutes 1m', /twice/],
    ['367d', /more than 366 days/],
    ['366d1s', /more than 366 days/],
    ['99999999999999999999999999d', /more than 366 days/],
    [`${'9'.repeat(60)}w`, /more than 366 days/],
    ['9'.repeat(65), /too long/],
    ['h', /not a duration/],
    ['soon', /not a duration/],
    ['4h!', /not a duration/],
    ['four hours', /not a duration/],
    ['+4h', /not a duration/],
    ['P1D', /not a duration/],
    ['\u0664h', /not a duration/],
  ])('%j', (text, why) => {
    const result = parseDuration(text);
    if (result.ok) throw new Error(`read as ${result.value}`);
    expect(result.error).toMatch(why);
    expect(result.error).toContain('write it as 30m, 4h, 1d or 2h30m');
  });

  test('any text at all, without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9smhdw .e-]*$/)), (text) => {
        const result = parseDuration(text);
        if (!result.ok) return;
        expect(result.value).toBeGreaterThanOrEqual(SHORTEST);
        expect(result.value).toBeLessThanOrEqual(LONGEST);
        expect(Number.isInteger(result.value)).toBe(true);
      }),
      { numRuns: tries(2_000) },
    );
  });
});

describe('a duration is said as', () => {
  test.each<[number, string]>([
    [4 * HOUR, '4 hours'],
    [HOUR, '1 hour'],
    [HOUR + 30 * MINUTE, '1 hour 30 minutes'],
    [DAY, '1 day'],
    [14 * DAY, '14 days'],
    [MINUTE + SECOND, '1 minute 1 second'],
    [2 * SECOND + 999, '2 seconds'],
    [999, 'less than a second'],
    [0, 'less than a second'],
    [-HOUR, 'less than a second'],
  ])('%d ms: %s', (span, words) => {
    expect(formatDuration(millis(span))).toBe(words);
  });

  test('words that are read back as the same span', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LONGEST / SECOND }), (seconds) => {
        const span = millis(seconds * SECOND);
        expect(parseDuration(formatDuration(span))).toEqual({ ok: true, value: span });
      }),
    );
  });
});

describe('what is refused is shown', () => {
  const said = (text: string): string => {
    const result = parseDuration(text);
    return result.ok ? '' : result.error;
  };

  test('in quotes, without the spaces around it', () => {
    expect(said('  soon  ')).toBe('"soon" is not a duration; write it as 30m, 4h, 1d or 2h30m');
  });

  test('cut to 64 characters', () => {
    expect(said('x'.repeat(65))).toContain(`"${'x'.repeat(64)}" is too long`);
  });

  test('as too long only beyond 64 characters without the spaces around them', () => {
    const longest = `${'0'.repeat(62)}1h`;
    expect(longest).toHaveLength(64);
    expect(parseDuration(` ${longest} `)).toEqual({ ok: true, value: HOUR });
  });

  test.each([
    ['-1h', 'is negative'],
    [' \u22121h', 'is negative'],
    ['1h-2m', 'is not a duration'],
    ['2h30', 'has no unit'],
    ['1h x30', 'is not a duration'],
    ['1.5h', 'is not a whole number'],
  ])('%j: %s', (text, why) => {
    expect(said(text)).toContain(why);
  });
});
