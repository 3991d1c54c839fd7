/** When windows that people write by the clock of a place are open, also where that clock is changed. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, type Instant } from '../../src/domain/identity.ts';
import {
  isWithin,
  isZone,
  localWords,
  nextTurn,
  openUntil,
  parseLocal,
  parseWeekly,
  type TimeWindow,
} from '../../src/domain/time-window.ts';

const BERLIN = 'Europe/Berlin';
const at = (text: string): Instant => instant(Date.parse(text));
const utc = (time: Instant | null): string | null => (time === null ? null : new Date(time).toISOString());

function weekly(text: string, zone = BERLIN): TimeWindow {
  const spans = parseWeekly(text);
  if (!spans.ok) throw new Error(spans.error);
  return { kind: 'weekly', spans: spans.value, zone };
}

function dates(from: string, to: string, zone = BERLIN): TimeWindow {
  const [start, end] = [parseLocal(from, false), parseLocal(to, true)];
  if (!start.ok || !end.ok) throw new Error('no date');
  return { kind: 'dates', from: start.value, to: end.value, zone };
}

describe('a weekly window is read', () => {
  it.each([
    ['fri 16:00 - mon 08:00', [{ day: 5, start: 960, over: 3, end: 480 }]],
    ['  Fri 16:00-MON  08:00 ', [{ day: 5, start: 960, over: 3, end: 480 }]],
    ['mon 08:00 - mon 07:00', [{ day: 1, start: 480, over: 7, end: 420 }]],
    ['mon 08:00 - mon 08:00', [{ day: 1, start: 480, over: 7, end: 480 }]],
    ['mon 08:00 - mon 08:01', [{ day: 1, start: 480, over: 0, end: 481 }]],
    ['sun 00:00 - sun 24:00', [{ day: 7, start: 0, over: 0, end: 1440 }]],
    ['tue 9:05 - 10:00', [{ day: 2, start: 545, over: 0, end: 600 }]],
    ['wed 22:00 - 06:00', [{ day: 3, start: 1320, over: 1, end: 360 }]],
    [
      'sat,sun 00:00 - 24:00',
      [
        { day: 6, start: 0, over: 0, end: 1440 },
        { day: 7, start: 0, over: 0, end: 1440 },
      ],
    ],
    ['sat - mon, tue 12:00 - 13:00', [6, 7, 1, 2].map((day) => ({ day, start: 720, over: 0, end: 780 }))],
    ['mon,mon 12:00 - 13:00', [{ day: 1, start: 720, over: 0, end: 780 }]],
  ])('%s', (text, spans) => {
    expect(parseWeekly(text)).toEqual({ ok: true, value: spans });
  });

  it.each([
    ['', /is no weekly window; write it as "fri 16:00 - mon 08:00"/],
    ['weekend', /is no weekly window/],
    ['friday 16:00 - monday 08:00', /is no weekly window/],
    ['fri - mon', /is no weekly window/],
    ['fri 16 - mon 8', /is no weekly window/],
    ['fri 16:00 - mon 08:00 UTC', /is no weekly window/],
    ['x fri 16:00 - mon 08:00', /is no weekly window/],
    ['fra 16:00 - mon 08:00', /names a day that is none/],
    ['fri 16:00 - mun 08:00', /names a day that is none/],
    ['fri-mun 16:00 - 18:00', /names a day that is none/],
    ['mon-wed-fri 16:00 - 18:00', /names a day that is none/],
    ['fri 25:00 - mon 08:00', /names a time that is none/],
    ['fri 16:60 - mon 08:00', /names a time that is none/],
    ['fri 16:00 - mon 24:01', /names a time that is none/],
    ['fri 16:00 - 24:01', /names a time that is none/],
    ['fri 16:00 - 16:00', /begins and ends at once; a whole day is written 00:00 - 24:00/],
  ])('or refused: %s', (text, why) => {
    const read = parseWeekly(text);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.error).toMatch(why);
  });
});

describe('a date is read', () => {
  it.each([
    ['2026-12-18', false, '2026-12-18T00:00:00'],
    ['2026-12-18', true, '2026-12-19T00:00:00'],
    ['2026-12-31', true, '2027-01-01T00:00:00'],
    ['2028-02-29', false, '2028-02-29T00:00:00'],
    ['2026-12-18 16:00', false, '2026-12-18T16:00:00'],
    ['2026-12-18 16:00', true, '2026-12-18T16:00:00'],
    [' 2026-12-18T16:00:30 ', true, '2026-12-18T16:00:30'],
  ])('%s, through %s', (text, through, value) => {
    expect(parseLocal(text, through)).toEqual({ ok: true, value });
  });

  it.each([
    ['2026-02-29', /is on no calendar/],
    ['2026-13-01', /is on no calendar/],
    ['2026-12-18 24:30', /is on no calendar/],
    ['18.12.2026', /is no date; write it as 2026-12-18/],
    ['2026-12-18 16', /is no date/],
    ['2026-12-18 16:00 Z', /is no date/],
    ['tomorrow', /is no date/],
  ])('or refused: %s', (text, why) => {
    const read = parseLocal(text, false);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.error).toMatch(why);
  });
});

describe('a zone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata'])('is one: %s', (name) => {
    expect(isZone(name)).toBe(true);
  });
  it.each(['', 'Europe/Berlln', '+02:00', '-05', 'CEST+1', 'Mars/Base', 'Europe/Berlin ', '__proto__'])(
    'is none: %s',
    (name) => {
      expect(isZone(name)).toBe(false);
    },
  );
});

describe('a weekly window', () => {
  const weekend = weekly('fri 16:00 - mon 08:00');

  // In winter Berlin is an hour before UTC, in summer two.
  it.each([
    ['just before it begins', '2026-12-18T14:59:59.999Z', null],
    ['as it begins', '2026-12-18T15:00:00Z', '2026-12-21T07:00:00.000Z'],
    ['on the second day', '2026-12-19T12:00:00Z', '2026-12-21T07:00:00.000Z'],
    ['just before it ends', '2026-12-21T06:59:59.999Z', '2026-12-21T07:00:00.000Z'],
    ['as it ends', '2026-12-21T07:00:00Z', null],
    ['in summer', '2026-07-03T14:00:00Z', '2026-07-06T06:00:00.000Z'],
    ['over the clock put forward', '2026-03-28T12:00:00Z', '2026-03-30T06:00:00.000Z'],
    ['over the clock put back', '2026-10-24T12:00:00Z', '2026-10-26T07:00:00.000Z'],
  ])('%s', (_, now, until) => {
    expect(utc(openUntil([weekend], at(now)))).toBe(until);
    expect(isWithin(weekend, at(now))).toBe(until !== null);
  });

  it('turns as it begins and as it ends', () => {
    expect(utc(nextTurn([weekend], at('2026-12-16T12:00:00Z')))).toBe('2026-12-18T15:00:00.000Z');
    expect(utc(nextTurn([weekend], at('2026-12-18T15:00:00Z')))).toBe('2026-12-21T07:00:00.000Z');
    expect(utc(nextTurn([weekend], at('2026-12-21T07:00:00Z')))).toBe('2026-12-25T15:00:00.000Z');
  });

  it('of several days turns on each', () => {
    const office = weekly('mon-fri 08:00 - 18:00', 'UTC');
    expect(utc(openUntil([office], at('2026-12-18T12:00:00Z')))).toBe('2026-12-18T18:00:00.000Z');
    expect(utc(nextTurn([office], at('2026-12-18T18:00:00Z')))).toBe('2026-12-21T08:00:00.000Z');
    expect(isWithin(office, at('2026-12-19T12:00:00Z'))).toBe(false);
  });

  it('that lasts a week but an hour is open but in that hour', () => {
    const nearly = weekly('mon 08:00 - mon 07:00', 'UTC');
    expect(isWithin(nearly, at('2026-12-21T06:59:59Z'))).toBe(true);
    expect(isWithin(nearly, at('2026-12-21T07:00:00Z'))).toBe(false);
    expect(isWithin(nearly, at('2026-12-21T08:00:00Z'))).toBe(true);
  });
});

describe('where the clock leaves an hour out or shows it twice', () => {
  // 2026-03-29: 02:00 to 03:00 is left out. 2026-10-25: 02:00 to 03:00 comes twice, first with +02:00.
  it('a window that begins in the hour that comes twice begins the first time', () => {
    const night = weekly('sun 02:30 - 12:00');
    expect(utc(nextTurn([night], at('2026-10-24T20:00:00Z')))).toBe('2026-10-25T00:30:00.000Z');
  });

  it('a window that ends in the hour that comes twice ends the second time', () => {
    const night = weekly('sat 20:00 - sun 02:30');
    expect(utc(openUntil([night], at('2026-10-24T20:00:00Z')))).toBe('2026-10-25T01:30:00.000Z');
  });

  it('a window that begins in the hour that is left out begins before it', () => {
    const night = weekly('sun 02:30 - 12:00');
    expect(utc(nextTurn([night], at('2026-03-28T20:00:00Z')))).toBe('2026-03-29T00:30:00.000Z');
  });

  it('a window that ends in the hour that is left out ends after it', () => {
    const night = weekly('sat 20:00 - sun 02:30');
    expect(utc(openUntil([night], at('2026-03-28T20:00:00Z')))).toBe('2026-03-29T01:30:00.000Z');
  });

  it('dates begin and end at the midnight of the place', () => {
    const year = dates('2026-03-29', '2026-10-25');
    expect(utc(nextTurn([year], at('2026-03-01T00:00:00Z')))).toBe('2026-03-28T23:00:00.000Z');
    expect(utc(openUntil([year], at('2026-05-01T00:00:00Z')))).toBe('2026-10-25T23:00:00.000Z');
  });
});

describe('a window of dates', () => {
  const year = dates('2026-12-18', '2027-01-04');
  it.each([
    ['2026-12-17T22:59:59Z', false],
    ['2026-12-17T23:00:00Z', true],
    ['2027-01-04T22:59:59Z', true],
    ['2027-01-04T23:00:00Z', false],
  ])('holds its last day too: %s', (now, open) => {
    expect(isWithin(year, at(now))).toBe(open);
  });

  it('never turns again once it is over', () => {
    expect(nextTurn([year], at('2027-01-04T23:00:00Z'))).toBeNull();
    expect(openUntil([year], at('2027-01-04T23:00:00Z'))).toBeNull();
  });
});

describe('several windows', () => {
  it('that follow without a gap are over with the last', () => {
    const windows = [dates('2026-12-18', '2026-12-18'), weekly('sat 00:00 - sun 12:00')];
    expect(utc(openUntil(windows, at('2026-12-18T12:00:00Z')))).toBe('2026-12-20T11:00:00.000Z');
    expect(utc(nextTurn(windows, at('2026-12-18T12:00:00Z')))).toBe('2026-12-18T23:00:00.000Z');
  });

  it('that leave a gap are over before it', () => {
    const windows = [dates('2026-12-18', '2026-12-18'), weekly('sat 00:01 - sun 12:00')];
    expect(utc(openUntil(windows, at('2026-12-18T12:00:00Z')))).toBe('2026-12-18T23:00:00.000Z');
  });

  it('that overlap are over with the one that ends last', () => {
    const windows = [weekly('fri 12:00 - 20:00', 'UTC'), weekly('fri 10:00 - 14:00', 'UTC')];
    expect(utc(openUntil(windows, at('2026-12-18T13:00:00Z')))).toBe('2026-12-18T20:00:00.000Z');
  });

  it('that never leave a gap have no end', () => {
    const always = [weekly('mon-sun 00:00 - 12:00'), weekly('mon-sun 12:00 - 24:00')];
    expect(openUntil(always, at('2026-12-18T12:00:00Z'))).toBe(Infinity);
  });

  it('are not open where there are none', () => {
    expect(openUntil([], at('2026-12-18T12:00:00Z'))).toBeNull();
    expect(nextTurn([], at('2026-12-18T12:00:00Z'))).toBeNull();
  });
});

describe('whatever the window, the zone and the time', () => {
  const day = fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun');
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([h, m]) => `${h}:${String(m).padStart(2, '0')}`);
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'UTC',
  );
  const window = fc
    .tuple(day, time, day, time, zone)
    .map(([a, from, b, to, place]) => weekly(`${a} ${from} - ${b} ${to}`, place));
  const now = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }).map(instant);

  it('nothing changes before the next turn, and it is open just until its end', () => {
    fc.assert(
      fc.property(window, now, fc.double({ min: 0, max: 1, noNaN: true }), (one, start, part) => {
        const turn = nextTurn([one], start);
        expect(turn).not.toBeNull();
        if (turn === null) return;
        expect(turn).toBeGreaterThan(start);
        const between = instant(Math.floor(start + (turn - start - 1) * part));
        expect(isWithin(one, between)).toBe(isWithin(one, start));
        const until = openUntil([one], start);
        expect(until !== null).toBe(isWithin(one, start));
        if (until !== null && until !== Infinity) expect(isWithin(one, until)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

it('an instant is told by the clock of the place', () => {
  expect(localWords(at('2026-12-18T15:00:00Z'), BERLIN)).toBe('2026-12-18 16:00 Europe/Berlin');
  expect(localWords(at('2026-07-18T15:04:05Z'), BERLIN)).toBe('2026-07-18 17:04 Europe/Berlin');
});
