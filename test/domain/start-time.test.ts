/** Which instant a start stands for that somebody wrote, and what is no start? */

import { describe, expect, test } from 'vitest';
import { parseStart } from '../../src/domain/start-time.ts';

describe('a start', () => {
  test.each([
    ['2026-12-01 09:00 Europe/Berlin', '2026-12-01T08:00:00.000Z'],
    ['2026-07-01 09:00 Europe/Berlin', '2026-07-01T07:00:00.000Z'],
    ['2026-12-01 09:00 UTC', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01 09:00 utc', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00Z', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00:30+01:00', '2026-12-01T08:00:30.000Z'],
    ['  2026-12-01 9:05 America/New_York ', '2026-12-01T14:05:00.000Z'],
    ['2026-12-01 09:00 gmt', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01 09:00:30 Z', '2026-12-01T09:00:30.000Z'],
    ['2026-12-01   09:00UTC', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01 T 09:00   UTC', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01 09:00 -05:30', '2026-12-01T14:30:00.000Z'],
    ['2026-12-01 00:00 UTC', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01 23:59:59 UTC', '2026-12-01T23:59:59.000Z'],
    ['2028-02-29 9:00 UTC', '2028-02-29T09:00:00.000Z'],
    // The clocks of Berlin show this hour once, those of London twice.
    ['2026-10-25 01:30 Europe/Berlin', '2026-10-24T23:30:00.000Z'],
    // Eighty characters, the longest that is read.
    [`2026-12-01${' '.repeat(62)}09:00UTC`, '2026-12-01T09:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseStart(text)).toEqual({ ok: true, value: Date.parse(instant) });
  });

  test.each([
    ['2026-12-01 09:00', 'names no zone'],
    ['2026-12-01', 'is no time'],
    ['', 'is no time'],
    ['tomorrow', 'is no time'],
    ['1. 12. 2026 09:00 UTC', 'is no time'],
    ['2026-13-01 09:00 UTC', 'is on no calendar'],
    ['2026-02-30 09:00 UTC', 'is on no calendar'],
    ['2026-12-01 24:00 UTC', 'is on no calendar'],
    ['2026-12-01 09:00 Europe/Nowhere', 'zone Europe/Nowhere'],
    ['2026-12-01 09:00 +99:00', 'offset +99:00'],
    ['2026-12-01 09:00 +1', 'zone +1'],
    // Clocks go from 02:00 to 03:00, and in autumn from 03:00 back to 02:00.
    ['2026-03-29 02:30 Europe/Berlin', 'summer time'],
    ['2026-10-25 02:30 Europe/Berlin', 'summer time'],
    [`2026-12-01 09:00 ${'x'.repeat(100)}`, 'is no time'],
    [`2026-12-01${' '.repeat(63)}09:00UTC`, 'is no time'],
    ['on 2026-12-01 09:00 UTC', 'is no time'],
    ['2026-12-01 09:00 UTC or so', 'is no time'],
    ['2026-12-0109:00 UTC', 'is no time'],
    ['12026-12-01 09:00 UTC', 'is no time'],
    ['2026-12-01 009:00 UTC', 'is no time'],
    ['2026-12-01 9:5 UTC', 'is no time'],
    ['2026-12-01 25:00 UTC', 'is on no calendar'],
    ['2026-12-01 09:60 UTC', 'is on no calendar'],
    ['2026-12-01 09:00 ZZ', 'zone ZZ'],
    ['2026-12-01 09:00 xUTC', 'zone xUTC'],
    ['2026-12-01 09:00 +01:000', 'zone +01:000'],
    ['2026-12-01 09:00 x+01:00', 'zone x+01:00'],
    ['2026-12-01 09:00 1:00', 'zone 1:00'],
  ])('%s is none: it %s', (text, why) => {
    const read = parseStart(text);
    expect(read.ok ? '' : read.error).toContain(why);
    expect(read.ok ? '' : read.error).toContain('2026-12-01 09:00 Europe/Berlin');
  });
});

test.each([
  ['2026-12-01 09:00', '"2026-12-01 09:00" names no zone'],
  ['  2026-12-01  ', '"2026-12-01" is no time'],
  ['2026-02-30 09:00 UTC', '"2026-02-30 09:00 UTC" is on no calendar'],
  ['2026-12-01 09:00 +1', '"2026-12-01 09:00 +1" names the zone +1, which is none'],
  ['2026-12-01 09:00 +99:00', '"2026-12-01 09:00 +99:00" has the offset +99:00, which is none'],
  [
    '2026-03-29 02:30 Europe/Berlin',
    '"2026-03-29 02:30 Europe/Berlin" is left out or shown twice by the clocks there, as summer time changes: say it in UTC',
  ],
  ['x'.repeat(81), `"${'x'.repeat(80)}" is no time`],
])('a refusal is the rest of a sentence about what was written: %s', (text, why) => {
  const meant = 'write it with its zone, as in 2026-12-01 09:00 Europe/Berlin or 2026-12-01 08:00 UTC';
  expect(parseStart(text)).toEqual({ ok: false, error: `${why}; ${meant}` });
});
