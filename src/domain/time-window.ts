/** When a window of time is open that people wrote down by the clock of a place, across changes of that clock. */

import { Temporal } from 'temporal-polyfill';
import { instant, type Instant } from './identity.ts';
import { ok, refused, type Result } from './result.ts';

/** A stretch that comes back each week. `day` counts from Monday, 1, to Sunday, 7; `start` and `end` are minutes of a day. */
export type Span = {
  readonly day: number;
  readonly start: number;
  /** Days from the start's to the end's: 0 to 7. */
  readonly over: number;
  readonly end: number;
};

/** `from` and `to` are local times, such as `2026-12-18T00:00:00`; `to` is not part of it any more. */
export type TimeWindow =
  | { readonly kind: 'dates'; readonly from: string; readonly to: string; readonly zone: string }
  | { readonly kind: 'weekly'; readonly spans: readonly Span[]; readonly zone: string };

type Stretch = { readonly from: Instant; readonly to: Instant };

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 1440;
const WEEK = 7;
/** A weekly stretch begins at most this many days before the instant that it covers, its changes of the clock included. */
const LOOK_BACK = WEEK + 1;
/** What comes back each week and leaves no gap for so long, in milliseconds, leaves none ever; a change of the clock included. */
const ENDLESS = 8 * 86_400_000;

const SHAPE = 'write it as "fri 16:00 - mon 08:00" or "mon-fri 08:00 - 18:00"';
const ACROSS = /^([a-z]{3}) (\d\d?:\d\d) ?- ?([a-z]{3}) (\d\d?:\d\d)$/u;
const DAILY = /^([a-z]{3}(?: ?[-,] ?[a-z]{3})*) (\d\d?:\d\d) ?- ?(\d\d?:\d\d)$/u;

/**
 * Reads `fri 16:00 - mon 08:00`, which lasts over days, or `mon-fri 08:00 - 18:00` and `sat,sun 22:00 - 06:00`, which
 * come back each day that is named. An end at or before its start is on a later day. Refuses with what was wrong.
 */
export function parseWeekly(text: string): Result<readonly Span[], string> {
  const plain = text.trim().toLowerCase().replace(/\s+/gu, ' ');
  const across = ACROSS.exec(plain);
  if (across !== null) {
    const [, fromDay, from = '', toDay, to = ''] = across;
    return spanAcross(dayOf(fromDay), minutesOf(from), dayOf(toDay), minutesOf(to), text);
  }
  const daily = DAILY.exec(plain);
  if (daily === null) return refused(`"${shown(text)}" is no weekly window; ${SHAPE}`);
  const [, days = '', from = '', to = ''] = daily;
  return spansOn(daysOf(days), minutesOf(from), minutesOf(to), text);
}

function spanAcross(
  from: number | null,
  start: number | null,
  to: number | null,
  end: number | null,
  text: string,
): Result<readonly Span[], string> {
  if (from === null || to === null) return refused(`"${shown(text)}" names a day that is none; ${SHAPE}`);
  if (start === null || end === null) return refused(`"${shown(text)}" names a time that is none; ${SHAPE}`);
  const days = (to - from + WEEK) % WEEK;
  const span = { day: from, start, over: days === 0 && end <= start ? WEEK : days, end };
  return isEmpty(span) ? refused(`"${shown(text)}" begins and ends at once; ${SHAPE}`) : ok([span]);
}

function spansOn(
  days: readonly number[] | null,
  start: number | null,
  end: number | null,
  text: string,
): Result<readonly Span[], string> {
  if (days === null) return refused(`"${shown(text)}" names a day that is none; ${SHAPE}`);
  if (start === null || end === null) return refused(`"${shown(text)}" names a time that is none; ${SHAPE}`);
  const over = end <= start ? 1 : 0;
  const spans = days.map((day): Span => ({ day, start, over, end }));
  return start === end || spans.some(isEmpty)
    ? refused(`"${shown(text)}" begins and ends at once; a whole day is written 00:00 - 24:00`)
    : ok(spans);
}

/** 24:00 is the 00:00 of the day after. */
const isEmpty = ({ start, over, end }: Span): boolean => over * DAY_MINUTES + end === start;

/** Monday is 1; `null` for what is no day. */
function dayOf(word: string | undefined): number | null {
  const index = DAYS.findIndex((day) => day === word);
  return index === -1 ? null : index + 1;
}

/** `mon-fri` and `sat,sun` as days, each once; a range may go over the end of the week. */
function daysOf(text: string): readonly number[] | null {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first = null, last, ...more] = part.split('-').map((word) => dayOf(word.trim()));
    if (first === null || last === null || more.length > 0) return null;
    const length = last === undefined ? 0 : (last - first + WEEK) % WEEK;
    for (let step = 0; step <= length; step += 1) days.add(((first - 1 + step) % WEEK) + 1);
  }
  return [...days];
}

/** `24:00` is the end of the day. */
function minutesOf(text: string): number | null {
  const [hours = NaN, minutes = NaN] = text.split(':').map(Number);
  const all = hours * 60 + minutes;
  return minutes < 60 && all <= DAY_MINUTES ? all : null;
}

/**
 * Reads `2026-12-18` or `2026-12-18 16:00` as a local time. A date alone is its beginning, or with `through` its end.
 * Refuses what is on no calendar.
 */
export function parseLocal(text: string, through: boolean): Result<string, string> {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/u.exec(text.trim()) ?? [];
  if (date === undefined) return refused(`"${shown(text)}" is no date; write it as 2026-12-18 or "2026-12-18 16:00"`);
  try {
    const day = Temporal.PlainDate.from(date);
    if (time === undefined)
      return ok(
        day
          .add({ days: through ? 1 : 0 })
          .toPlainDateTime()
          .toString(),
      );
    return ok(day.toPlainDateTime(Temporal.PlainTime.from(time)).toString());
  } catch {
    return refused(`"${shown(text)}" is on no calendar`);
  }
}

/** Whether the name is one of a time zone, such as `Europe/Berlin`. */
export function isZone(name: string): boolean {
  // An offset has no summer time, so it would be the wrong place for half of the year.
  if (!/^[A-Za-z]/u.test(name)) return false;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId !== '';
  } catch {
    return false;
  }
}

/** Whether the window is open. */
export const isWithin = (window: TimeWindow, now: Instant): boolean =>
  stretchesAround(window, now).some((stretch) => covers(stretch, now));

/**
 * When the windows that are open now, and those that follow without a gap, are over. `null`: none is open now;
 * `Infinity` where they never end.
 */
export function openUntil(windows: readonly TimeWindow[], now: Instant): Instant | null {
  const around = windows.map((window) => ({ window, stretches: stretchesAround(window, now) }));
  const weekly = around.filter(({ window }) => window.kind === 'weekly');
  if (reach(weekly, now) - now >= ENDLESS) return instant(Infinity);
  const end = reach(around, now);
  // Dates can lead further than the stretches that were looked at: those around their end may follow.
  return end === now ? null : (openUntil(windows, end) ?? end);
}

/** How far one gets from an instant without a gap, by stretches that may overlap. */
function reach(around: readonly { readonly stretches: readonly Stretch[] }[], at: Instant): Instant {
  return around
    .flatMap(({ stretches }) => stretches)
    .toSorted((a, b) => a.from - b.from)
    .reduce((end, { from, to }) => (from <= end && to > end ? to : end), at);
}

/** The next instant after `now` at which one of the windows opens or closes; `null` where none ever does again. */
export function nextTurn(windows: readonly TimeWindow[], now: Instant): Instant | null {
  return windows
    .flatMap((window) => stretchesAround(window, now))
    .flatMap(({ from, to }) => [from, to])
    .filter((at) => at > now)
    .reduce<Instant | null>((first, at) => (first === null || at < first ? at : first), null);
}

const covers = ({ from, to }: Stretch, at: Instant): boolean => from <= at && at < to;

/** The calendar is slow to ask, and whatever is decided on one day asks the same of it. */
const lookedUp = new WeakMap<TimeWindow, { readonly day: string; readonly stretches: readonly Stretch[] }>();

/** Every stretch of the window that may cover the instant, and the next ones after it. */
function stretchesAround(window: TimeWindow, at: Instant): readonly Stretch[] {
  const day = window.kind === 'dates' ? '' : localDay(at, window.zone);
  const before = lookedUp.get(window);
  if (before?.day === day) return before.stretches;
  const stretches = window.kind === 'dates' ? [stretchOf(window)] : weekAround(window, Temporal.PlainDate.from(day));
  lookedUp.set(window, { day, stretches });
  return stretches;
}

const localDay = (at: Instant, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();

const stretchOf = ({ from, to, zone }: Extract<TimeWindow, { readonly kind: 'dates' }>): Stretch => ({
  from: opens(Temporal.PlainDateTime.from(from), zone),
  to: closes(Temporal.PlainDateTime.from(to), zone),
});

function weekAround(
  { spans, zone }: Extract<TimeWindow, { readonly kind: 'weekly' }>,
  today: Temporal.PlainDate,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let offset = -LOOK_BACK; offset <= LOOK_BACK; offset += 1) {
    const day = today.add({ days: offset });
    for (const span of spans) {
      // What began longer ago than it lasts, and the day that a change of the clock can add, is over.
      if (span.day !== day.dayOfWeek || offset < -span.over - 1) continue;
      const from = opens(atMinute(day, span.start), zone);
      stretches.push({ from, to: closes(atMinute(day.add({ days: span.over }), span.end), zone) });
    }
  }
  return stretches;
}

const atMinute = (day: Temporal.PlainDate, minute: number): Temporal.PlainDateTime =>
  day.toPlainDateTime().add({ minutes: minute });

/** A local time that the clock shows twice opens a window the first time, and one that it leaves out opens it early. */
const opens = (local: Temporal.PlainDateTime, zone: string): Instant =>
  instant(local.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds);

/** A window closes late rather than early: the second time, or after what the clock left out. */
const closes = (local: Temporal.PlainDateTime, zone: string): Instant =>
  instant(local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds);

/** An instant by the clock of a place: `2026-12-18 16:00 Europe/Berlin`. */
export function localWords(at: Instant, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })} ${zone}`;
}

const shown = (text: string): string => text.slice(0, 60);
