/** What time alone does to a rule: windows in which nothing passes, and people who are asked later. */

import type { ApprovalRule } from './approval.ts';
import type { HoldNote, RuleNote } from './decision.ts';
import { after, type Instant } from './identity.ts';
import { isWithin, nextTurn, openUntil } from './time-window.ts';

/** The rule as it stands by then: the groups of every escalation that is due may fill any of its stages. */
export function escalated<R extends ApprovalRule>(rule: R, openedAt: Instant, now: Instant): R {
  const due = rule.escalate.filter((step) => after(openedAt, step.after) <= now).flatMap((step) => step.to);
  if (due.length === 0) return rule;
  return {
    ...rule,
    approvals: rule.approvals.map((stage) => ({ ...stage, from: [...new Set([...stage.from, ...due])] })),
  };
}

/** The freeze that the rule is in; `null` where it is in none. The reason is that of a window that is open now. */
export function frozen(rule: ApprovalRule, now: Instant): Extract<HoldNote, { kind: 'frozen' }> | null {
  const until = openUntil(
    rule.freeze.map(({ window }) => window),
    now,
  );
  if (until === null) return null;
  const open = rule.freeze.filter(({ window }) => isWithin(window, now));
  const reasons = open.flatMap(({ reason }) => reason ?? []);
  return { kind: 'frozen', until, zone: open[0]?.window.zone ?? 'UTC', reason: reasons[0] ?? null };
}

/** Who was asked besides, and who will be. */
export const escalationNotes = (rule: ApprovalRule, openedAt: Instant, now: Instant): readonly RuleNote[] =>
  rule.escalate.map(({ after: span, to }) => {
    const at = after(openedAt, span);
    return { kind: at <= now ? 'escalated' : 'escalates', to, at };
  });

/** When time alone next changes what these rules say; `null` where it never does. */
export function turnAfter(rules: readonly ApprovalRule[], openedAt: Instant, now: Instant): Instant | null {
  const freezes = nextTurn(
    rules.flatMap((rule) => rule.freeze.map(({ window }) => window)),
    now,
  );
  const steps = rules.flatMap((rule) => rule.escalate.map((step) => after(openedAt, step.after)));
  return [...steps.filter((at) => at > now), ...(freezes === null ? [] : [freezes])].reduce<Instant | null>(
    (first, at) => (first === null || at < first ? at : first),
    null,
  );
}
