/** Whether the reason and the ticket that somebody gave are what an access rule asks for. */

import type { AccessRule } from './policy/model.ts';
import { ok, refused, type Result } from './result.ts';

/** What is wrong with a reason. Lengths in characters. */
export type ReasonRefusal =
  | { readonly kind: 'reason-missing' }
  | { readonly kind: 'reason-too-short'; readonly length: number; readonly least: number }
  /** `like`: the pattern of the ticket. */
  | { readonly kind: 'ticket-missing'; readonly like: string };

/** The reason and ticket as the rule wants them; a ticket may stand in the reason. */
export function reasonFor(
  rule: AccessRule,
  reason: string | null,
  ticket: string | null,
): Result<{ reason: string; ticket: string | null }, ReasonRefusal> {
  const words = reason?.trim() ?? '';
  if (words === '') return refused({ kind: 'reason-missing' });
  const least = rule.reason.minLength;
  if (words.length < least) return refused({ kind: 'reason-too-short', length: words.length, least });
  const pattern = rule.reason.ticket;
  if (pattern === null) return ok({ reason: words, ticket });
  const named = [ticket ?? '', ...words.split(/[\s,;()]+/u)].find((word) => word !== '' && pattern.matches(word));
  return named === undefined
    ? refused({ kind: 'ticket-missing', like: pattern.source })
    : ok({ reason: words, ticket: named });
}
