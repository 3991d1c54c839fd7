/** When somebody wants access to begin, as people write it. */

import { Temporal } from 'temporal-polyfill';
import { instant, type Instant } from './identity.ts';
import { ok, refused, type Result } from './result.ts';
import { isZone } from './time-window.ts';

const MEANT = 'write it with its zone, as in 2026-12-01 09:00 Europe/Berlin or 2026-12-01 08:00 UTC';
const MAX_LENGTH = 80;
const SHAPE = /^(\d{4}-\d\d-\d\d)[ T]+(\d{1,2}:\d\d(?::\d\d)?)\s*(\S*)$/u;

/**
 * Reads `2026-12-01 09:00 Europe/Berlin`, `2026-12-01 08:00 UTC` or `2026-12-01T09:00+01:00` as an instant. A time without
 * a zone is refused: it would be another one for everybody who reads it. So is a local time that the clocks of the zone
 * leave out or show twice. A refusal is the rest of a sentence about the text, and shows it.
 */
export function parseStart(text: string): Result<Instant, string> {
  const plain = text.trim();
  const no = (what: string): Result<Instant, string> => refused(`"${plain.slice(0, MAX_LENGTH)}" ${what}; ${MEANT}`);
  const found = plain.length > MAX_LENGTH ? null : SHAPE.exec(plain);
  if (found === null) return no('is no time');
  const [, date = '', time = '', zone = ''] = found;
  if (zone === '') return no('names no zone');
  const local = localTime(date, time);
  if (local === null) return no('is on no calendar');
  const at = instantIn(local, zone);
  return at.ok ? at : no(at.error);
}

function instantIn(local: Temporal.PlainDateTime, zone: string): Result<Instant, string> {
  if (/^(?:Z|UTC|GMT)$/iu.test(zone)) return ok(instant(local.toZonedDateTime('UTC').epochMilliseconds));
  if (/^[+-]\d\d:\d\d$/u.test(zone)) return atOffset(local, zone);
  if (!isZone(zone)) return refused(`names the zone ${zone}, which is none`);
  try {
    return ok(instant(local.toZonedDateTime(zone, { disambiguation: 'reject' }).epochMilliseconds));
  } catch {
    return refused('is left out or shown twice by the clocks there, as summer time changes: say it in UTC');
  }
}

function atOffset(local: Temporal.PlainDateTime, offset: string): Result<Instant, string> {
  try {
    return ok(instant(local.toZonedDateTime(offset).epochMilliseconds));
  } catch {
    return refused(`has the offset ${offset}, which is none`);
  }
}

/** `null` for what is on no calendar: text is never rounded to the nearest day or time that exists. */
function localTime(date: string, time: string): Temporal.PlainDateTime | null {
  try {
    return Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time.padStart(5, '0')));
  } catch {
    return null;
  }
}
