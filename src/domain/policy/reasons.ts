/** Every reason that a decision or a refusal can have, for those who expect one. */

import type { OverallReason, RuleNote, RuleReason } from '../decision.ts';
import type { ReasonRefusal } from '../access-reason.ts';
import type { StartRefusal } from '../access-start.ts';
import type { AccessRefusal } from './match.ts';

export type Reason =
  | RuleReason['kind']
  | RuleNote['kind']
  | Exclude<OverallReason['kind'], 'rules'>
  | AccessRefusal['kind']
  | 'unknown-role'
  | StartRefusal['kind']
  | ReasonRefusal['kind'];

/** A reason that is missing here does not compile. */
const KNOWN = {
  'approvals-complete': true,
  'approvals-missing': true,
  'nobody-can': true,
  'denied-by': true,
  'ref-not-allowed': true,
  'fork-not-allowed': true,
  'event-not-trusted': true,
  'fact-unknown': true,
  disapproved: true,
  frozen: true,
  escalated: true,
  escalates: true,
  unmatched: true,
  'policy-absent': true,
  'policy-invalid': true,
  'policy-unreachable': true,
  'timed-out': true,
  'rule-gone': true,
  'no-access-rules': true,
  'unknown-role': true,
  'role-not-offered': true,
  'team-not-allowed': true,
  'not-a-requester': true,
  'too-long': true,
  'too-far-ahead': true,
  'start-over': true,
  'membership-unknown': true,
  'glass-broken': true,
  'break-glass': true,
  'reviews-owed': true,
  'auto-approved': true,
  'auto-approve': true,
  'auto-approve-unread': true,
  'auto-approve-blocked': true,
  'reason-missing': true,
  'reason-too-short': true,
  'ticket-missing': true,
} as const satisfies Readonly<Record<Reason, true>>;

export const REASONS = Object.keys(KNOWN) as readonly Reason[];
