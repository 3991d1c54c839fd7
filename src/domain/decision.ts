/** What a decision is: a verdict together with the tree of reasons that led to it. */

import type { Instant, Person, RequestId, UserId } from './identity.ts';

/** `none`: no rule holds this and `unmatched` allows it. */
export type Verdict = 'approved' | 'pending' | 'denied' | 'none';

/** Why a vote does not fill a slot. */
export type Exclusion =
  | 'author'
  | 'contributor'
  | 'pusher'
  | 'requester'
  | 'run-actor'
  | 'deployment-creator'
  | 'lent'
  | 'not-a-member'
  | 'other-head'
  | 'voided'
  | 'review-does-not-count';

/** Those whose vote a stage still needs. */
export type Candidates =
  { readonly kind: 'people'; readonly people: readonly Person[] } | { readonly kind: 'unknown'; readonly why: string };

/** One stage of one gate, with who filled it and who still can. */
export type StageReport = {
  /** Position in the gate, from 0; the added stage for unattributed commits comes last. */
  readonly index: number;
  readonly from: readonly string[];
  /** `unattributed`: the one approval more that a commit of no known account asks for. */
  readonly why: 'policy' | 'unattributed';
  /** On the added stage: why somebody may have written a part of it who could not be found. */
  readonly untold?: string;
  readonly required: number;
  readonly approvedBy: readonly Person[];
  /** People whose approval would fill a slot here, perhaps by freeing someone who fills another; the barred are not among them. */
  readonly candidates: Candidates;
  /** Whether the policy's `when` spared this stage. */
  readonly skipped: boolean;
  readonly condition: ConditionReport | null;
};

/** How a condition came out. Unknown counts as what holds. */
export type ConditionReport = {
  readonly outcome: 'met' | 'unmet' | 'unknown';
  /** In words, such as `paths: infra/**`. */
  readonly text: string;
  /** What decided it: the first matching path, or why it could not be evaluated. */
  readonly because: string | null;
  readonly children: readonly ConditionReport[];
};

export type ExcludedVote = { readonly voter: Person; readonly why: Exclusion };

/** One gate or access rule, and how it came out. */
export type RuleReport = {
  readonly rule: string;
  readonly verdict: 'approved' | 'pending' | 'denied';
  /** Closed list of what can decide a rule. */
  readonly reason: RuleReason;
  readonly stages: readonly StageReport[];
  readonly excluded: readonly ExcludedVote[];
  /** Groups that are not asked, but whose members can hold it. */
  readonly mayHold: readonly string[];
  /** What bears on the rule besides approvals, whatever decided it. */
  readonly notes: readonly RuleNote[];
};

/** A look at what was let through without approvals, that nobody has given yet. */
export type OwedReview = {
  readonly requestId: RequestId;
  /** Number of the pull request or issue where it was; `null` where it had none, or was in another repository. */
  readonly conversation: number | null;
  readonly by: Person;
  /** The access rule that granted it; `null` for an emergency, and for what was in another repository. */
  readonly rule: string | null;
  /** Empty where it was in another repository: not everyone here can read that one. */
  readonly reason: string;
  readonly at: Instant;
  readonly due: Instant;
};

/** What keeps a rule from being satisfied though all approvals are there. */
export type HoldNote =
  | { readonly kind: 'disapproved'; readonly by: Person; readonly words: string | null }
  /** `until` is infinite where no end is in sight; `zone` is the one that the policy names. */
  | { readonly kind: 'frozen'; readonly until: Instant; readonly zone: string; readonly reason: string | null };

export type RuleNote =
  | HoldNote
  /** Reviews that are owed for earlier emergencies: until they are given, nobody can use the next. */
  | {
      readonly kind: 'reviews-owed';
      readonly reviews: readonly OwedReview[];
      readonly to: readonly string[];
      readonly overdue: boolean;
    }
  | { readonly kind: 'break-glass'; readonly by: readonly string[] }
  /** Whose requests are granted at once, and when. */
  | { readonly kind: 'auto-approve'; readonly by: readonly string[]; readonly hours: string }
  /** It would have been granted at once, but it can't be told who may have that. */
  | { readonly kind: 'auto-approve-unread'; readonly why: string }
  /** It would have been granted at once, but for reviews that the requester left unpaid. */
  | {
      readonly kind: 'auto-approve-blocked';
      readonly reviews: readonly OwedReview[];
      /** Groups of whom one has to give them, as far as this policy tells. */
      readonly to: readonly string[];
    }
  /** These may approve as well, since then or from then on. */
  | { readonly kind: 'escalated' | 'escalates'; readonly to: readonly string[]; readonly at: Instant };

export type RuleReason =
  | { readonly kind: 'approvals-complete' }
  | { readonly kind: 'approvals-missing'; readonly missing: number }
  | { readonly kind: 'nobody-can'; readonly stage: number }
  | { readonly kind: 'denied-by'; readonly by: Person; readonly words: string | null }
  | { readonly kind: 'ref-not-allowed'; readonly ref: string; readonly allowed: readonly string[] }
  | HoldNote
  | {
      readonly kind: 'glass-broken';
      readonly by: Person;
      readonly words: string | null;
      readonly review: readonly string[];
      readonly due: Instant;
    }
  | {
      readonly kind: 'auto-approved';
      readonly by: Person;
      /** When the rule does that, such as `outside mon-fri 08:00 - 18:00 (Europe/Berlin)`. */
      readonly hours: string;
      readonly review: readonly string[];
      readonly due: Instant;
    }
  | { readonly kind: 'fork-not-allowed' }
  | { readonly kind: 'event-not-trusted'; readonly event: string }
  | { readonly kind: 'fact-unknown'; readonly why: string };

/** A gate that does not apply, and the condition that spared it. */
export type SparedGate = {
  readonly rule: string;
  /** `when`: it was never meant for this. `unless`: it governs this and lets it off. */
  readonly by: 'when' | 'unless';
  readonly condition: ConditionReport;
};

export type Explanation = {
  /** What led to the verdict when no rule did. */
  readonly overall: OverallReason;
  readonly rules: readonly RuleReport[];
  readonly spared: readonly SparedGate[];
  /** Ids whose vote can't count, with why: shown so that nobody wonders. */
  readonly barred: readonly { readonly id: UserId; readonly why: Exclusion }[];
};

export type OverallReason =
  | { readonly kind: 'rules' }
  | { readonly kind: 'unmatched'; readonly setting: 'deny' | 'allow' }
  | { readonly kind: 'policy-absent' }
  | {
      readonly kind: 'policy-invalid';
      readonly findings: readonly { readonly where: string; readonly message: string }[];
    }
  | { readonly kind: 'policy-unreachable'; readonly why: string }
  | { readonly kind: 'timed-out'; readonly at: Instant }
  | { readonly kind: 'rule-gone'; readonly rule: string };

export type Decision = {
  readonly verdict: Verdict;
  readonly explanation: Explanation;
};
