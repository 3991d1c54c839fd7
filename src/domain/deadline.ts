/** How long a request waits: the shortest timeout of the rules that hold it, and no time that is frozen. */

import { endOfWish } from './access-start.ts';
import type { Decision } from './decision.ts';
import { after, millis, type Instant, type Millis } from './identity.ts';
import type { PolicyState } from './policy/state.ts';
import type { Request } from './request.ts';

/**
 * The request with its deadline, counted from when it was opened, or from the end of the freeze that it was opened in.
 * A deadline that is set stays: a policy that was not there to be read when the request came sets it later, and one that
 * is edited while people decide changes nothing. Only a request that has every approval and waits for the end of a freeze
 * is given its time again after it: nobody is left who could still answer.
 */
export function withDeadline<R extends Request>(request: R, policy: PolicyState, decision: Decision): R {
  if (policy.kind !== 'present') return request;
  const until = frozenUntil(decision);
  if (request.deadline !== null) return postponed(request, request.deadline, until, decision);
  const holding = new Set(decision.explanation.rules.map((rule) => rule.rule));
  const rules = request.subject.kind === 'access' ? policy.policy.access : policy.policy.gates;
  const timeouts = rules.flatMap((rule) => (holding.has(rule.name) ? (rule.timeout ?? []) : []));
  const shortest = timeouts.reduce<Millis | null>(
    (least, next) => (least === null || next < least ? next : least),
    null,
  );
  // Frozen without an end: there is nothing to count from yet.
  if (shortest === null || until === Infinity) return request;
  const deadline = after(until ?? request.openedAt, shortest);
  // What would be over by then needs no answer any more.
  const over = request.subject.kind === 'access' ? endOfWish(request.subject) : null;
  return { ...request, deadline: over !== null && over < deadline ? over : deadline };
}

function postponed<R extends Request>(request: R, deadline: Instant, until: Instant | null, decision: Decision): R {
  if (until === null || until < deadline || !waitsForTime(decision)) return request;
  const again = until === Infinity ? null : after(until, millis(deadline - request.openedAt));
  return { ...request, deadline: again };
}

/** When the last freeze of the rules ends; `null` where nothing is frozen. */
function frozenUntil({ explanation }: Decision): Instant | null {
  const ends = explanation.rules
    .flatMap((rule) => rule.notes)
    .flatMap((note) => (note.kind === 'frozen' ? [note.until] : []));
  return ends.reduce<Instant | null>((last, end) => (last === null || end > last ? end : last), null);
}

/** Whether nothing but the end of a freeze is missing. */
const waitsForTime = ({ verdict, explanation }: Decision): boolean =>
  verdict === 'pending' &&
  explanation.rules.every(({ reason }) => reason.kind === 'frozen' || reason.kind === 'approvals-complete');
