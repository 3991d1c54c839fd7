/** What a decision does to a request: its next state, the audit entries and the effects, as data. */

import type { AuditDraft, AuditKind, Json } from './audit.ts';
import type { Decision, OverallReason, Verdict } from './decision.ts';
import type { Effect } from './effect.ts';
import { grantableData } from './grantable.ts';
import { title } from './title.ts';
import type { Instant, UserId } from './identity.ts';
import { advance, type Request, type RequestEvent } from './request.ts';

export type Step = {
  readonly row: Request;
  readonly audit: readonly AuditDraft[];
  readonly effects: readonly Effect[];
};

const AUDIT_OF = {
  approve: 'request.approved',
  unapprove: 'request.unapproved',
  release: 'request.released',
  deny: 'request.denied',
  expire: 'request.expired',
  cancel: 'request.cancelled',
  supersede: 'request.superseded',
  close: 'request.closed',
} as const satisfies Readonly<Record<RequestEvent, AuditKind>>;

/** What a verdict asks for; a request that is in line with it already does not allow the event. */
const EVENT_OF = {
  approved: 'approve',
  none: 'approve',
  pending: 'unapprove',
  denied: 'deny',
} as const satisfies Readonly<Record<Verdict, RequestEvent>>;

/** Brings the request in line with a decision. `null`: it already is, or its state allows no change. */
export function settle(
  request: Request,
  decision: Decision,
  policyBlob: string | null,
  now: Instant,
  actor: UserId | null,
): Step | null {
  const event = EVENT_OF[decision.verdict];
  const row = advance({ ...request, policyBlob }, event, now, title(decision));
  if (row === null) return null;
  // The title names the person who denied; the audit log knows people by id alone, so it keeps the decision instead.
  return {
    row,
    audit: [auditOf(row, AUDIT_OF[event], actor, decisionData(decision, policyBlob))],
    effects: effectsOf(row),
  };
}

/**
 * Moves a request along by an event that is not a decision: a deadline, a push, a withdrawal. `outcome` goes into the
 * audit log, so it names nobody.
 */
export function step(
  request: Request,
  event: RequestEvent,
  now: Instant,
  actor: UserId | null,
  outcome: string,
): Step | null {
  const row = advance(request, event, now, outcome);
  if (row === null) return null;
  return { row, audit: [auditOf(row, AUDIT_OF[event], actor, { outcome })], effects: effectsOf(row) };
}

/** An audit entry about a request. */
export function auditOf(
  request: Request,
  kind: AuditKind,
  actor: UserId | null,
  data: Readonly<Record<string, Json>>,
): AuditDraft {
  return {
    installationId: request.repo.installationId,
    kind,
    actor,
    repoId: request.repo.id,
    requestId: request.id,
    grantId: request.subject.kind === 'access' ? request.subject.extends : null,
    data,
  };
}

/** What has to be shown again on GitHub when a request changed. */
export function effectsOf(request: Request): readonly Effect[] {
  switch (request.subject.kind) {
    case 'merge':
      return [{ kind: 'merge-check', repo: request.repo, sha: request.subject.head }];
    case 'deployment':
      return [{ kind: 'deployment', requestId: request.id }];
    case 'access':
      return [{ kind: 'access-issue', requestId: request.id }];
  }
}

/** What the audit log keeps of a decision: rules, stages and people by id, under which policy. */
export function decisionData(decision: Decision, policyBlob: string | null): Readonly<Record<string, Json>> {
  return {
    policy: policyBlob,
    verdict: decision.verdict,
    because: overallData(decision.explanation.overall),
    rules: decision.explanation.rules.map((rule) => ({
      rule: rule.rule,
      verdict: rule.verdict,
      reason: rule.reason.kind,
      approvedBy: rule.stages.map((stage) => stage.approvedBy.map((person) => person.id)),
      ...(rule.reason.kind === 'disapproved' ? { heldBy: rule.reason.by.id, words: rule.reason.words } : {}),
      ...(rule.reason.kind === 'glass-broken' ? { glassBrokenBy: rule.reason.by.id, words: rule.reason.words } : {}),
      ...(rule.reason.kind === 'auto-approved' ? { autoApproved: rule.reason.by.id } : {}),
      ...(rule.reason.kind === 'denied-by' ? { deniedBy: rule.reason.by.id, words: rule.reason.words } : {}),
    })),
  };
}

const overallData = (reason: OverallReason): string =>
  reason.kind === 'unmatched' ? `unmatched-${reason.setting}` : reason.kind;

/** What the audit log keeps of a request when it is opened. People appear by id. */
export function openedData(request: Request): Readonly<Record<string, Json>> {
  const { subject } = request;
  const common = { what: subject.kind, deadline: request.deadline, requester: request.requester?.id ?? null };
  switch (subject.kind) {
    case 'merge':
      return { ...common, pull: subject.pull, head: subject.head, base: subject.base, pushers: subject.pushers };
    case 'deployment':
      return {
        ...common,
        environment: subject.environment,
        sha: subject.sha,
        ref: subject.ref,
        run: subject.run === null ? null : { id: subject.run.id, attempt: subject.run.attempt },
        deployment: subject.deploymentId,
      };
    case 'access':
      return {
        ...common,
        grantee: subject.grantee.id,
        target: subject.target.id,
        ...grantableData(subject.role),
        duration: subject.duration,
        ...(subject.start === undefined ? {} : { start: subject.start }),
        reason: subject.reason,
        ticket: subject.ticket,
        rule: subject.rule,
        extends: subject.extends,
      };
  }
}
