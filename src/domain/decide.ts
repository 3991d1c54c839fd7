/** The decision on one request, with the tree of reasons behind it. */

import { startAhead } from './access-start.ts';
import { barredPeople, isAbout, membersOf, withoutLent, type ApprovalRule } from './approval.ts';
import type {
  Decision,
  ExcludedVote,
  Explanation,
  OverallReason,
  OwedReview,
  RuleNote,
  RuleReason,
  RuleReport,
  SparedGate,
  Verdict,
} from './decision.ts';
import { autoApproved, autoNotes } from './auto-approval.ts';
import { deploymentRefusal } from './deployment-refusal.ts';
import { disapprovals } from './disapprovals.ts';
import { glassBroken, glassNotes } from './glass.ts';
import type { Instant } from './identity.ts';
import type { Gate, Policy } from './policy/model.ts';
import { gatesFor } from './policy/match.ts';
import { offers } from './policy/offers.ts';
import type { PolicyState } from './policy/state.ts';
import { isAccess, isDeployment, type AccessRequest, type Request } from './request.ts';
import type { Facts } from './subject.ts';
import { tally, type Tally } from './tally.ts';
import { escalated, escalationNotes, frozen, turnAfter } from './timing.ts';
import type { Vote } from './vote.ts';

/** What a decision rests on. Everything was read just before; nothing here reads a clock or the network. */
export type Evidence = {
  readonly policy: PolicyState;
  readonly request: Request;
  readonly votes: readonly Vote[];
  readonly facts: Facts;
  /** By the database's clock. */
  readonly now: Instant;
  /** Reviews that are owed: for emergencies in the repository, or of an access request those that its requester left. */
  readonly owed?: readonly OwedReview[];
};

/**
 * Decides one request. A fact that is unknown, a policy that is invalid or unreachable and a group that can't be read
 * hold; only complete approvals, or a policy that plainly allows it, let anything pass.
 */
export function decide(evidence: Evidence): Decision {
  const { policy, request } = evidence;
  switch (policy.kind) {
    case 'absent':
      return request.subject.kind === 'merge'
        ? overall(evidence, 'none', { kind: 'policy-absent' })
        : overall(evidence, 'denied', { kind: 'policy-absent' });
    case 'invalid':
      return overall(evidence, 'pending', {
        kind: 'policy-invalid',
        findings: policy.findings.map(({ line, column, message }) => ({
          where: `${policy.path}:${line}:${column}`,
          message,
        })),
      });
    case 'unreachable':
      return overall(evidence, 'pending', { kind: 'policy-unreachable', why: policy.why });
    case 'present':
      return isAccess(request) ? decideAccess(policy.policy, request, evidence) : decideGates(policy.policy, evidence);
  }
}

/** Whether it is allowed because no gate covers it, which is not the same as a gate that lets it off. */
export const allowedUngated = ({ verdict, explanation }: Decision): boolean =>
  verdict === 'none' && explanation.overall.kind !== 'rules';

/** When time alone may next change what follows: a freeze or an access begins or ends, or further people are asked. `null`: never. */
export function nextChange({ policy, request, facts, now }: Evidence): Instant | null {
  if (isAccess(request)) return startAhead(request, now);
  if (policy.kind !== 'present') return null;
  return turnAfter(gatesFor(policy.policy, request.subject, facts).applies, request.openedAt, now);
}

function decideAccess(policy: Policy, request: AccessRequest, evidence: Evidence): Decision {
  const { subject } = request;
  const rule = policy.access.find((candidate) => candidate.name === subject.rule);
  if (rule === undefined || !offers(rule, subject.role) || subject.duration > rule.maxDuration) {
    return overall(evidence, 'denied', { kind: 'rule-gone', rule: subject.rule });
  }
  const approval: ApprovalRule = {
    ...rule,
    reviews: false,
    disapprove: [],
    freeze: [],
    escalate: [],
    breakGlass: null,
  };
  const requesters = membersOf(rule.requesters, evidence.facts);
  if (requesters.kind === 'unknown') {
    return byRules(evidence, [ruleReport(approval, emptyTally, { kind: 'fact-unknown', why: requesters.why })], []);
  }
  if (!requesters.value.some((person) => person.id === subject.grantee.id)) {
    return overall(evidence, 'denied', { kind: 'rule-gone', rule: subject.rule });
  }
  const { votes, facts, now, owed = [] } = evidence;
  const atOnce: Special = {
    refusal: () => null,
    letThrough: () => autoApproved(rule, request, votes, facts, { owed, now }),
    notes: () => autoNotes(policy, rule, request, facts, owed, now),
  };
  const counted = reports([approval], { ...evidence, facts: withoutLent(facts) }, atOnce);
  return byRules(evidence, counted.map(sayingWhoIsLent(facts)), []);
}

/** Whoever would be a member of the groups that approve, but for being lent the team, is told that. */
const sayingWhoIsLent =
  ({ lent }: Facts) =>
  (report: RuleReport): RuleReport => {
    const groups = report.stages.flatMap(({ from }) => from);
    const isLent = ({ voter, why }: ExcludedVote): boolean =>
      why === 'not-a-member' && groups.some((name) => lent?.get(name)?.has(voter.id) === true);
    return { ...report, excluded: report.excluded.map((vote) => (isLent(vote) ? { ...vote, why: 'lent' } : vote)) };
  };

function decideGates(policy: Policy, evidence: Evidence): Decision {
  const { request, facts } = evidence;
  const { subject } = request;
  if (subject.kind === 'access') throw new TypeError('an access request is decided by access rules, not by gates');
  const { applies, spared } = gatesFor(policy, subject, facts);
  // A deployment that no gate was meant for is unmatched; a branch that a gate governs stays governed.
  const governs = isDeployment(request) ? spared.some((gate) => gate.by === 'unless') : spared.length > 0;
  if (applies.length === 0 && !governs) {
    const setting = policy.unmatched[subject.kind];
    return overall(evidence, setting === 'allow' ? 'none' : 'denied', { kind: 'unmatched', setting }, spared);
  }
  const named = (name: string): Gate | undefined => policy.gates.find((gate) => gate.name === name);
  const { votes, now, owed = [] } = evidence;
  const special: Special = {
    refusal: (gate) => (isDeployment(request) ? deploymentRefusal(named(gate.name), request) : null),
    letThrough: (gate) => glassBroken(gate, request, votes, facts),
    notes: (gate) => glassNotes(gate, owed, now),
  };
  const rules = applies.map((gate) => escalated<ApprovalRule>(gate, request.openedAt, now));
  return byRules(evidence, [...reports(rules, evidence, special), ...sparedRefusals(spared, named, request)], spared);
}

/** `unless` lets a deployment off the approvals of a gate, not off what the gate says of refs and forks. */
function sparedRefusals(
  spared: readonly SparedGate[],
  named: (name: string) => Gate | undefined,
  request: Request,
): readonly RuleReport[] {
  if (!isDeployment(request)) return [];
  return spared.flatMap(({ rule, by }) => {
    const gate = by === 'unless' ? named(rule) : undefined;
    const reason = deploymentRefusal(gate, request);
    return gate === undefined || reason === null ? [] : [ruleReport(gate, emptyTally, reason)];
  });
}

/** What decides a rule besides approvals. */
type Special = {
  /** Nobody can approve it. */
  readonly refusal: (rule: ApprovalRule) => RuleReason | null;
  /** It passes at once, and a review is owed for it. */
  readonly letThrough: (rule: ApprovalRule) => RuleReason | null;
  /** Who may be let through, or what stands against it; said where nobody was. */
  readonly notes: (rule: ApprovalRule) => readonly RuleNote[];
};

function reports(
  rules: readonly ApprovalRule[],
  { request, votes, facts, now }: Evidence,
  { refusal, letThrough, notes: further }: Special,
): readonly RuleReport[] {
  const looked = rules.map((rule) => {
    const blocked = refusal(rule) ?? deniedBy(rule, request, votes, facts);
    return { rule, blocked, through: blocked === null ? letThrough(rule) : null };
  });
  // What is let through needs nobody: an approval that could fill a slot there is free for the others.
  const waiting = looked.filter(({ through }) => through === null).map(({ rule }) => rule);
  const tallies = tally(waiting, request, votes, facts);
  return looked.map(({ rule, blocked, through }) => {
    const counted = (through === null ? tallies : tally([rule], request, votes, facts)).get(rule.name) ?? emptyTally;
    const disapproved = disapprovals(rule, request, votes, facts);
    const freeze = frozen(rule, now);
    const reason = blocked ?? through ?? progress(rule, counted, request, facts);
    const doubt: RuleReason | null =
      disapproved.kind === 'unknown' ? { kind: 'fact-unknown', why: disapproved.why } : null;
    const holds = [...(disapproved.kind === 'known' ? disapproved.value : []), ...(freeze === null ? [] : [freeze])];
    const notes = [
      ...holds,
      ...escalationNotes(rule, request.openedAt, now),
      ...(through === null ? further(rule) : []),
    ];
    return ruleReport(rule, counted, heldBack(reason, doubt ?? holds[0] ?? reason), notes);
  });
}

/** Only what would pass is held back: what is denied, or waits for approvals, says so. */
const heldBack = (reason: RuleReason, hold: RuleReason): RuleReason =>
  reason.kind === 'approvals-complete' ? hold : reason;

/**
 * A denial by anyone whom the rule asks, whichever stage: it takes one to say no. Where a group could not be read, a
 * denial that may have come from it holds.
 */
function deniedBy(rule: ApprovalRule, request: Request, votes: readonly Vote[], facts: Facts): RuleReason | null {
  const groups = [...new Set(rule.approvals.flatMap((stage) => stage.from))].map((group) => membersOf([group], facts));
  const denials = votes.filter((vote) => vote.answer === 'deny' && vote.voided === null && isAbout(vote, request));
  const denial = denials.find((vote) =>
    groups.some((group) => group.kind === 'known' && group.value.some((person) => person.id === vote.voter.id)),
  );
  if (denial !== undefined) return { kind: 'denied-by', by: denial.voter, words: denial.reason };
  const unread = denials.length === 0 ? undefined : groups.find((group) => group.kind === 'unknown');
  return unread === undefined ? null : { kind: 'fact-unknown', why: `whether the denial counts: ${unread.why}` };
}

function progress(rule: ApprovalRule, counted: Tally, request: Request, facts: Facts): RuleReason {
  const doubt = rule.selfApproval ? null : unknownWriter(request, facts);
  if (doubt !== null) return { kind: 'fact-unknown', why: `who wrote it: ${doubt}` };
  let missing = 0;
  for (const stage of counted.stages) {
    if (stage.skipped) continue;
    if (stage.candidates.kind === 'unknown') return { kind: 'fact-unknown', why: stage.candidates.why };
    missing += stage.required - stage.approvedBy.length;
  }
  const [stuck] = counted.outOfReach;
  if (stuck !== undefined) return { kind: 'nobody-can', stage: stuck };
  return missing === 0 ? { kind: 'approvals-complete' } : { kind: 'approvals-missing', missing };
}

/** Why it can't be told who has to be kept from approving; `null` where it can. */
function unknownWriter(request: Request, { pull, contributors }: Facts): string | null {
  if (request.subject.kind === 'access') return null;
  if (request.subject.kind === 'merge' && pull === null) return 'the pull request could not be read';
  return contributors.kind === 'unknown' ? contributors.why : null;
}

const emptyTally: Tally = { stages: [], excluded: [], outOfReach: [] };

function ruleReport(
  rule: ApprovalRule,
  counted: Tally,
  reason: RuleReason,
  notes: readonly RuleNote[] = [],
): RuleReport {
  const { stages, excluded } = counted;
  return { rule: rule.name, verdict: verdictOf(reason), reason, stages, excluded, mayHold: rule.disapprove, notes };
}

function verdictOf(reason: RuleReason): RuleReport['verdict'] {
  switch (reason.kind) {
    case 'approvals-complete':
    case 'glass-broken':
    case 'auto-approved':
      return 'approved';
    case 'approvals-missing':
    case 'nobody-can':
    case 'fact-unknown':
    case 'disapproved':
    case 'frozen':
      return 'pending';
    case 'denied-by':
    case 'ref-not-allowed':
    case 'fork-not-allowed':
    case 'event-not-trusted':
      return 'denied';
  }
}

/** All rules have to agree: one denial denies, one that is pending holds. No rule at all: every gate was spared. */
function byRules(evidence: Evidence, rules: readonly RuleReport[], spared: Explanation['spared']): Decision {
  const verdicts = rules.map((rule) => rule.verdict);
  const verdict: Verdict =
    rules.length === 0
      ? 'none'
      : verdicts.includes('denied')
        ? 'denied'
        : verdicts.includes('pending')
          ? 'pending'
          : 'approved';
  return { verdict, explanation: { overall: { kind: 'rules' }, rules, spared, barred: barredList(evidence) } };
}

function overall(
  evidence: Evidence,
  verdict: Verdict,
  reason: OverallReason,
  spared: Explanation['spared'] = [],
): Decision {
  return { verdict, explanation: { overall: reason, rules: [], spared, barred: barredList(evidence) } };
}

const barredList = (evidence: Evidence): Explanation['barred'] =>
  [...barredPeople(evidence.request, evidence.facts)].map(([id, why]) => ({ id, why }));
