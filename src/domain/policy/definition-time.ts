/** How a policy writes times: windows in which nothing passes, and when further people are asked. */

import { z } from 'zod';
import { nearest } from '../nearest.ts';
import { refused, type Result } from '../result.ts';
import { isZone, parseLocal, parseWeekly, type TimeWindow } from '../time-window.ts';
import { duration, groupNames, reject } from './definition-values.ts';
import type { BreakGlass, Escalation, Freeze } from './model.ts';

const MAX_REASON = 200;

export type Context = z.core.$RefinementCtx;

export const zone = z
  .string({ error: 'a time zone such as Europe/Berlin' })
  .meta({
    description: 'Name of a time zone in the IANA database, which knows of summer time.',
    examples: ['Europe/Berlin'],
  })
  .superRefine((name, context) => {
    if (isZone(name)) return;
    const meant = nearest(name, Intl.supportedValuesOf('timeZone'));
    const hint = meant === null ? 'write it as Europe/Berlin or UTC' : `did you mean \`${meant}\`?`;
    reject(context, 'unknown-zone', `"${name.slice(0, 60)}" is no time zone`, hint);
  });

const text = (what: string, description: string) => z.string({ error: what }).optional().meta({ description });

export const freezeKeys = z.strictObject(
  {
    from: text('a date such as 2026-12-18', 'First day, or date and time, at which nothing passes.'),
    to: text('a date such as 2027-01-04', 'Last day of it, included; or the date and time when it is over.'),
    weekly: text(
      'a text such as "fri 16:00 - mon 08:00"',
      'Comes back each week: "fri 16:00 - mon 08:00" or "mon-fri 08:00 - 18:00".',
    ),
    zone,
    reason: z
      .string({ error: 'a text' })
      .max(MAX_REASON, { error: `the reason is longer than ${String(MAX_REASON)} characters` })
      .optional()
      .meta({ description: 'Shown to those who wait.' }),
  },
  { error: 'a window: a mapping with `from` and `to`, or `weekly`, and `zone`' },
);

type Keys = z.output<typeof freezeKeys>;

/** A stretch of dates, or one that comes back each week; exactly one of the two. */
export const freeze: z.ZodType<Freeze> = freezeKeys
  .transform((value, context): Freeze => {
    const window = windowOf(value, context);
    if (window === null) return z.NEVER;
    return { window, reason: value.reason ?? null };
  })
  .meta({ id: 'freeze', description: 'A time in which nothing passes.' });

function windowOf(value: Keys, context: Context): TimeWindow | null {
  const { from, to, weekly, zone: place } = value;
  const dated = from !== undefined || to !== undefined;
  if ((weekly === undefined) !== dated) {
    const message = dated ? 'the window has both dates and `weekly`' : 'the window says neither dates nor `weekly`';
    return rejected(context, dated ? 'bad-window' : 'empty-window', message, 'give `from` and `to`, or `weekly`');
  }
  if (weekly !== undefined) return weeklyWindow(weekly, 'weekly', place, context);
  if (from === undefined || to === undefined) {
    const lacks = from === undefined ? 'from' : 'to';
    return rejected(context, 'bad-window', `the window has no \`${lacks}\``, 'give both dates');
  }
  return datesWindow(from, to, place, context);
}

/** The window that stands under `key`; `null` where it can't be read, which `context` is told. */
export function weeklyWindow(weekly: string, key: string, place: string, context: Context): TimeWindow | null {
  const spans = parseWeekly(weekly);
  if (!spans.ok) return at(context, key, spans);
  if (spans.value.some((span) => span.over === 7 && span.start === span.end))
    return at(context, key, refused(`"${weekly.slice(0, 60)}" is the whole week: it would never be over`));
  return { kind: 'weekly', spans: spans.value, zone: place };
}

function datesWindow(from: string, to: string, place: string, context: Context): TimeWindow | null {
  const [start, end] = [parseLocal(from, false), parseLocal(to, true)];
  if (!start.ok) return at(context, 'from', start);
  if (!end.ok) return at(context, 'to', end);
  if (end.value <= start.value) return at(context, 'to', refused('`to` is not after `from`'));
  return { kind: 'dates', from: start.value, to: end.value, zone: place };
}

function at(context: Context, key: string, result: Extract<Result<unknown, string>, { ok: false }>): null {
  context.addIssue({ code: 'custom', message: result.error, path: [key], params: { code: 'bad-window', hint: null } });
  return null;
}

function rejected(context: Context, code: string, message: string, hint: string): null {
  reject(context, code, message, hint);
  return null;
}

export const breakGlassKeys = z.strictObject(
  {
    by: groupNames.meta({ description: 'Groups whose members may say `/break-glass : reason`.' }),
    review: groupNames.meta({ description: 'Groups of whom one other person has to look at it afterwards.' }),
    within: duration.prefault('24h').meta({ description: 'How long that may take before it is overdue.' }),
  },
  { error: 'a mapping with `by`, `review` and `within`' },
);

export const breakGlass: z.ZodType<BreakGlass> = breakGlassKeys
  .transform(({ by, review, within }): BreakGlass => ({ by: [...new Set(by)], review: [...new Set(review)], within }))
  .meta({ id: 'break-glass', description: 'Lets someone through at once in an emergency; a review is owed for it.' });

export const escalateKeys = z.strictObject(
  {
    after: duration.meta({ description: 'How long it has waited, counted from when it was first held.' }),
    to: groupNames.meta({ description: 'Groups whose members may then fill any stage.' }),
  },
  { error: 'a mapping with `after` and `to`' },
);

export const escalation: z.ZodType<Escalation> = escalateKeys
  .transform(({ after, to }): Escalation => ({ after, to: [...new Set(to)] }))
  .meta({ id: 'escalation', description: 'Who may approve besides, after a time.' });
