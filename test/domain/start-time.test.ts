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
  ])('%s is none: it %s', (text, why) => {
    const read = parseStart(text);
    expect(read.ok ? '' : read.error).toContain(why);
    expect(read.ok ? '' : read.error).toContain('2026-12-01 09:00 Europe/Berlin');
  });
});
