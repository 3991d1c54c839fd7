/** What people are told of a window of time that can't be read, and at its limits. */

import { describe, expect, it } from 'vitest';
import { instant, type Instant } from '../../src/domain/identity.ts';
import {
  isWithin,
  nextTurn,
  openUntil,
  parseLocal,
  parseWeekly,
  type TimeWindow,
} from '../../src/domain/time-window.ts';
import { processorTime } from '../support/processor-time.ts';

const at = (text: string): Instant => instant(Date.parse(text));

describe('a weekly window that can not be read is told with what was wrong', () => {
  const shape = 'write it as "fri 16:00 - mon 08:00" or "mon-fri 08:00 - 18:00"';
  it.each([
    ['weekend', `"weekend" is no weekly window; ${shape}`],
    ['fra 16:00 - mon 08:00', `"fra 16:00 - mon 08:00" names a day that is none; ${shape}`],
    ['fri 16:00 - mun 08:00', `"fri 16:00 - mun 08:00" names a day that is none; ${shape}`],
    ['fri 16:00 - mon 08:60', `"fri 16:00 - mon 08:60" names a time that is none; ${shape}`],
    ['fra 16:00 - 18:00', `"fra 16:00 - 18:00" names a day that is none; ${shape}`],
    ['mon,fra 16:00 - 18:00', `"mon,fra 16:00 - 18:00" names a day that is none; ${shape}`],
    ['mon-fra 16:00 - 18:00', `"mon-fra 16:00 - 18:00" names a day that is none; ${shape}`],
    ['fri 16:60 - 18:00', `"fri 16:60 - 18:00" names a time that is none; ${shape}`],
    ['fri 16:00 - 18:60', `"fri 16:00 - 18:60" names a time that is none; ${shape}`],
    ['fri 24:30 - 18:00', `"fri 24:30 - 18:00" names a time that is none; ${shape}`],
    ['Fri 16:00 - 16:00', '"Fri 16:00 - 16:00" begins and ends at once; a whole day is written 00:00 - 24:00'],
    ['fri 24:00 - 00:00', '"fri 24:00 - 00:00" begins and ends at once; a whole day is written 00:00 - 24:00'],
    ['fri 24:00 - sat 00:00', `"fri 24:00 - sat 00:00" begins and ends at once; ${shape}`],
    ['sun 24:00 - mon 0:00', `"sun 24:00 - mon 0:00" begins and ends at once; ${shape}`],
    ['x'.repeat(61), `"${'x'.repeat(60)}" is no weekly window; ${shape}`],
  ])('%s', (text, error) => {
    expect(parseWeekly(text)).toEqual({ ok: false, error });
  });
});

describe('a date that can not be read is told with what was wrong', () => {
  it.each([
    ['tomorrow', '"tomorrow" is no date; write it as 2026-12-18 or "2026-12-18 16:00"'],
    ['on 2026-12-18', '"on 2026-12-18" is no date; write it as 2026-12-18 or "2026-12-18 16:00"'],
    ['2026-12-18x16:00', '"2026-12-18x16:00" is no date; write it as 2026-12-18 or "2026-12-18 16:00"'],
    ['2026-02-30', '"2026-02-30" is on no calendar'],
    ['2026-02-30 16:00', '"2026-02-30 16:00" is on no calendar'],
    ['2026-12-18 16:61', '"2026-12-18 16:61" is on no calendar'],
    ['2026-12-18 16:00:61', '"2026-12-18 16:00:61" is on no calendar'],
  ])('%s', (text, error) => {
    expect(parseLocal(text, false)).toEqual({ ok: false, error });
    expect(parseLocal(text, true)).toEqual({ ok: false, error });
  });
});

describe('the days of a window', () => {
  const days = (text: string) => {
    const read = parseWeekly(`${text} 08:00 - 09:00`);
    return read.ok ? read.value.map(({ day }) => day) : read.error;
  };
  it.each([
    ['mon', [1]],
    ['tue', [2]],
    ['wed', [3]],
    ['thu', [4]],
    ['fri', [5]],
    ['sat', [6]],
    ['sun', [7]],
    ['mon-sun', [1, 2, 3, 4, 5, 6, 7]],
    ['sun-mon', [7, 1]],
    ['wed-tue', [3, 4, 5, 6, 7, 1, 2]],
    ['sat-sat', [6]],
    ['fri,mon-tue,fri', [5, 1, 2]],
    ['thu -fri , sun', [4, 5, 7]],
  ])('%s', (text, expected) => {
    expect(days(text)).toEqual(expected);
  });
});

describe('a window over midnight', () => {
  it.each([
    ['wed 22:00 - 06:00', [{ day: 3, start: 1320, over: 1, end: 360 }]],
    ['wed 22:00 - 24:00', [{ day: 3, start: 1320, over: 0, end: 1440 }]],
    ['wed 24:00 - 06:00', [{ day: 3, start: 1440, over: 1, end: 360 }]],
    ['wed 00:00 - 00:01', [{ day: 3, start: 0, over: 0, end: 1 }]],
    ['sun 22:00 - mon 06:00', [{ day: 7, start: 1320, over: 1, end: 360 }]],
    ['tue 22:00 - mon 06:00', [{ day: 2, start: 1320, over: 6, end: 360 }]],
    ['tue 22:00 - tue 23:00', [{ day: 2, start: 1320, over: 0, end: 1380 }]],
  ])('%s', (text, value) => {
    expect(parseWeekly(text)).toEqual({ ok: true, value });
  });

  it('that lasts a week is open for all of it, and longest before its end', () => {
    const spans = parseWeekly('mon 08:00 - mon 08:00');
    if (!spans.ok) throw new Error(spans.error);
    const window: TimeWindow = { kind: 'weekly', spans: spans.value, zone: 'UTC' };
    expect(isWithin(window, at('2026-12-21T07:59:59.999Z'))).toBe(true);
    expect(isWithin(window, at('2026-12-21T08:00:00Z'))).toBe(true);
    expect(openUntil([window], at('2026-12-23T12:00:00Z'))).toBe(Infinity);
    expect(nextTurn([window], at('2026-12-21T08:00:00Z'))).toBe(at('2026-12-28T08:00:00Z'));
  });
});

it('the next of several windows to turn is found wherever it stands among them', () => {
  const on = (day: string): TimeWindow => ({
    kind: 'dates',
    from: `${day}T00:00:00`,
    to: `${day}T12:00:00`,
    zone: 'UTC',
  });
  const windows = [on('2026-01-03'), on('2026-01-02'), on('2026-01-04')];
  expect(nextTurn(windows, at('2026-01-01T00:00:00Z'))).toBe(at('2026-01-02T00:00:00Z'));
  expect(nextTurn(windows, at('2026-01-02T00:00:00Z'))).toBe(at('2026-01-02T12:00:00Z'));
  expect(nextTurn(windows.toReversed(), at('2026-01-02T12:00:00Z'))).toBe(at('2026-01-03T00:00:00Z'));
});

describe('windows that follow one another', () => {
  /** So many days from 2026-01-01 on, each a window of its own. */
  const daily = (count: number): readonly TimeWindow[] =>
    Array.from({ length: count }, (_, day): TimeWindow => {
      const from = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 19);
      const to = new Date(Date.UTC(2026, 0, 2 + day)).toISOString().slice(0, 19);
      return { kind: 'dates', from, to, zone: 'UTC' };
    });

  const weekly = (text: string): TimeWindow => {
    const spans = parseWeekly(text);
    if (!spans.ok) throw new Error(spans.error);
    return { kind: 'weekly', spans: spans.value, zone: 'Europe/Berlin' };
  };

  it('are followed to the end of the last, whatever their order', () => {
    const end = at('2026-01-31T00:00:00Z');
    expect(openUntil(daily(30), at('2026-01-01T12:00:00Z'))).toBe(end);
    expect(openUntil(daily(30).toReversed(), at('2026-01-01T12:00:00Z'))).toBe(end);
  });

  it('are over with the last, however many they are', () => {
    expect(openUntil(daily(101), at('2026-01-01T12:00:00Z'))).toBe(Date.UTC(2026, 0, 102));
  });

  it('that come back each week and leave a gap of a minute are over there', () => {
    const windows = [weekly('mon 00:00 - thu 12:00'), weekly('thu 12:00 - sun 23:59')];
    expect(openUntil(windows, at('2026-12-18T12:00:00Z'))).toBe(at('2026-12-20T23:59:00+01:00'));
  });

  it('go on after dates that end in one that comes back each week', () => {
    const dates = daily(31).slice(9);
    const windows = [...dates, weekly('fri 16:00 - mon 08:00')];
    expect(openUntil(windows, at('2026-01-10T00:00:00Z'))).toBe(at('2026-02-02T08:00:00+01:00'));
  });

  it('take no time worth speaking of, though there are many and they never end', () => {
    const halves = Array.from({ length: 20 }, (_, hour) =>
      weekly(`mon-sun ${String(hour).padStart(2, '0')}:00 - ${String(hour + 5).padStart(2, '0')}:00`),
    );
    const all = [...halves.slice(0, 19), weekly('mon-sun 19:00 - 02:00')];
    let day = 0;
    // Another day each time, so that nothing is known already.
    const look = () => openUntil(all, instant(Date.UTC(2026, 11, 1 + (day += 1))));
    expect(look()).toBe(Infinity);
    expect(processorTime(look, 150)).toBeLessThan(150);
  });
});
