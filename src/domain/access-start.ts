/** Whether access that is to begin later waits, begins or has come too late. */

import { after, millis, type Instant, type Millis } from './identity.ts';
import { ok, refused, type Result } from './result.ts';
import type { Request } from './request.ts';
import type { AccessSubject } from './subject.ts';

/** What is wrong with a start: `start-over` lies before the moment in which it was asked for. */
export type StartRefusal = { readonly kind: 'start-over'; readonly start: Instant };

/** How far ahead of the asking a start lies, in milliseconds; `null` for at once. */
export function aheadOf(start: Instant | null, askedAt: Instant): Result<Millis | null, StartRefusal> {
  if (start === null) return ok(null);
  return start <= askedAt ? refused({ kind: 'start-over', start }) : ok(millis(start - askedAt));
}

/** When the access would be over; `null` where that is counted from the approval. */
export const endOfWish = ({ start, duration }: AccessSubject): Instant | null =>
  start === undefined ? null : after(start, duration);

/** The start that a request still waits for, though it may have every approval; `null` where it waits for none. */
export function startAhead({ subject }: Pick<Request, 'subject'>, now: Instant): Instant | null {
  const start = (subject.kind === 'access' ? subject.start : undefined) ?? now;
  return start > now ? start : null;
}
