/** How a span of time is written by people, and how it is said back to them. */

import { millis, type Millis } from './identity.ts';
import { ok, refused, type Result } from './result.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** The shortest span that a person can write, in milliseconds. */
export const SHORTEST = millis(SECOND);
/** The longest span that a person can write: 366 days, in milliseconds. */
export const LONGEST = millis(366 * DAY);

const UNITS: ReadonlyMap<string, number> = new Map([
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((word) => [word, SECOND] as const),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((word) => [word, MINUTE] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((word) => [word, HOUR] as const),
  ...['d', 'day', 'days'].map((word) => [word, DAY] as const),
  ...['w', 'week', 'weeks'].map((word) => [word, WEEK] as const),
]);

const MEANT = 'write it as 30m, 4h, 1d or 2h30m';
const MAX_LENGTH = 64;
/** A number and its unit. `e` followed by a digit is an exponent, not a unit. */
const PART = /^(\d+)\s*(?!e\d)([a-z]+)\s*/u;

/**
 * Reads `90s`, `30m`, `4h`, `1d`, `2h30m` or `1 hour 30 minutes` as milliseconds. Units are s, m, h, d and w, whole
 * numbers only, the larger unit first. Refuses what is under 1 second or over 366 days, and whatever else could be
 * misread, with a message that says what was wrong and what is meant.
 */
export function parseDuration(text: string): Result<Millis, string> {
  const shown = `"${text.trim().slice(0, MAX_LENGTH)}"`;
  const no = (what: string): Result<Millis, string> => refused(`${shown} ${what}; ${MEANT}`);
  if (text.trim() === '') return refused(`no duration is given; ${MEANT}`);
  if (text.trim().length > MAX_LENGTH) return no('is too long for a duration');
  if (/^[-\u2212]/u.test(text.trim())) return no('is negative');

  const total = sumOf(text.trim().toLowerCase());
  if (!total.ok) return no(total.error);
  if (total.value < SHORTEST) return no('is no time at all; at least 1 second is needed');
  if (total.value > LONGEST) return no('is more than 366 days');
  return ok(millis(total.value));
}

/** Adds up the parts of a duration, largest unit first; refuses with what is wrong. */
function sumOf(text: string): Result<number, string> {
  let total = 0;
  let smallest = Infinity;
  let rest = text;
  while (rest !== '') {
    const part = PART.exec(rest);
    if (part === null) return refused(faultIn(rest));
    const [whole, count = '', word = ''] = part;
    const unit = UNITS.get(word);
    if (unit === undefined) return refused(`has the unit "${word}", which is none of s, m, h, d and w`);
    if (unit >= smallest) return refused('names its units out of order or twice');
    smallest = unit;
    total += Number(count) * unit;
    rest = rest.slice(whole.length);
  }
  return ok(total);
}

/** Why what is left does not begin with a number and a unit. */
function faultIn(rest: string): string {
  if (!/^\d/u.test(rest)) return 'is not a duration';
  return /^\d+$/u.test(rest) ? 'has no unit' : 'is not a whole number of seconds, minutes, hours, days or weeks';
}

const SPOKEN = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;

/** Says a span in words: `4 hours`, `1 hour 30 minutes`. Fractions of a second are dropped. */
export function formatDuration(span: Millis): string {
  const words: string[] = [];
  let rest: number = span;
  for (const [name, unit] of SPOKEN) {
    const count = Math.floor(rest / unit);
    if (count <= 0) continue;
    rest -= count * unit;
    words.push(`${String(count)} ${name}${count === 1 ? '' : 's'}`);
  }
  return words.length === 0 ? 'less than a second' : words.join(' ');
}
