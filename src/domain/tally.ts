/** Which slots of a request the votes fill, and who can still fill the others. */

import { approvalsFor, barredPeople, exclusionOf, membersOf, type ApprovalRule } from './approval.ts';
import type { Candidates, ExcludedVote, Exclusion, StageReport } from './decision.ts';
import type { Person, UserId } from './identity.ts';
import { match, type Matching } from './matching.ts';
import { evaluateCondition } from './policy/condition.ts';
import type { Request } from './request.ts';
import type { Known } from './result.ts';
import type { Facts } from './subject.ts';
import type { Vote } from './vote.ts';

/** A stage as it applies to one request: its condition evaluated, its members resolved. */
type OpenStage = {
  readonly rule: ApprovalRule;
  readonly index: number;
  readonly from: readonly string[];
  readonly why: StageReport['why'];
  readonly untold?: string;
  readonly required: number;
  readonly members: Known<readonly Person[]>;
  readonly skipped: boolean;
  readonly condition: StageReport['condition'];
};

export type Tally = {
  readonly stages: readonly StageReport[];
  readonly excluded: readonly ExcludedVote[];
  /** Indices of the stages that could not be completed even if everyone who may approve did. */
  readonly outOfReach: readonly number[];
};

/** One request's votes laid out over the slots of every rule that applies to it. */
type Count = {
  readonly request: Request;
  readonly barred: ReadonlyMap<UserId, Exclusion>;
  readonly stages: readonly OpenStage[];
  /** One slot for each person that a stage asks for, in the order of the stages. */
  readonly slots: readonly OpenStage[];
  readonly approvals: readonly Vote[];
  /** By slot, the index among `approvals`. */
  readonly filled: Matching;
  /** By slot, the approval that fills it. */
  readonly holders: readonly (Vote | undefined)[];
};

/**
 * Counts the votes of one request under every rule that applies to it. Each person fills at most one slot of the
 * whole request; which one is chosen so that as many slots as possible are filled, earlier stages first.
 */
export function tally(
  rules: readonly ApprovalRule[],
  request: Request,
  votes: readonly Vote[],
  facts: Facts,
): ReadonlyMap<string, Tally> {
  const barred = barredPeople(request, facts);
  const stages = rules.flatMap((rule) => openStages(rule, facts));
  const slots = stages.flatMap((stage) => Array.from({ length: stage.skipped ? 0 : stage.required }, () => stage));
  const approvals = approvalsFor(request, votes);
  const filled = match(slots, approvals, (stage, vote) => counts(stage, vote, request, barred));
  const holders = filled.map((index) => approvals[index]);
  const count: Count = { request, barred, stages, slots, approvals, filled, holders };
  const beyond = stagesOutOfReach(count);

  return new Map(
    rules.map((rule) => {
      const own = stages.filter((stage) => stage.rule === rule);
      return [
        rule.name,
        {
          stages: own.map((stage) => report(stage, count)),
          excluded: excludedVotes(rule, own, count),
          outOfReach: own.filter((stage) => beyond.has(stage)).map((stage) => stage.index),
        },
      ];
    }),
  );
}

/** A stage for each of the policy's, and one more where a commit belongs to no account that could be kept out. */
function openStages(rule: ApprovalRule, facts: Facts): readonly OpenStage[] {
  const stages = rule.approvals.map((stage, index): OpenStage => {
    const condition = stage.when === null ? null : evaluateCondition(stage.when, facts);
    return {
      rule,
      index,
      from: stage.from,
      why: 'policy',
      required: stage.count,
      members: membersOf(stage.from, facts),
      skipped: condition?.outcome === 'unmet',
      condition,
    };
  });
  const wrote = facts.contributors.kind === 'known' ? facts.contributors.value : null;
  if (rule.selfApproval || wrote === null) return stages;
  const { unattributed, untold } = wrote;
  if (unattributed === 0 && untold === undefined) return stages;
  const from = [...new Set(rule.approvals.flatMap((stage) => stage.from))];
  const members = membersOf(from, facts);
  return [
    ...stages,
    {
      ...{ rule, index: stages.length, from, required: 1, members, skipped: false, condition: null },
      why: 'unattributed',
      ...(untold === undefined ? {} : { untold }),
    },
  ];
}

const counts = (stage: OpenStage, vote: Vote, request: Request, barred: ReadonlyMap<UserId, Exclusion>): boolean =>
  exclusionOf(stage.rule, stage.members, vote, request, barred) === null;

/** Approvals that fit no stage of the rule. Where members could not be read, nobody is said to be none of them. */
function excludedVotes(
  rule: ApprovalRule,
  own: readonly OpenStage[],
  { request, approvals, barred }: Count,
): readonly ExcludedVote[] {
  const active = own.filter((stage) => !stage.skipped);
  const unread = active.some((stage) => stage.members.kind === 'unknown');
  return approvals.flatMap((vote) => {
    const reasons = active.map((stage) => exclusionOf(rule, stage.members, vote, request, barred));
    const refusals = reasons.filter((reason) => reason !== null);
    const [why] = refusals;
    if (why === undefined || refusals.length < reasons.length) return [];
    return unread && why === 'not-a-member' ? [] : [{ voter: vote.voter, why }];
  });
}

function report(stage: OpenStage, count: Count): StageReport {
  const { slots, holders } = count;
  const approvedBy = slots.flatMap((slot, index) => {
    const vote = slot === stage ? holders[index] : undefined;
    return vote === undefined ? [] : [vote.voter];
  });
  return {
    index: stage.index,
    from: stage.from,
    why: stage.why,
    ...(stage.untold === undefined ? {} : { untold: stage.untold }),
    required: stage.required,
    approvedBy,
    candidates: candidates(stage, count),
    skipped: stage.skipped,
    condition: stage.condition,
  };
}

/**
 * Everyone whose approval would fill a slot of this stage: its own members, and those who would take over another
 * stage's slot from someone who can then move here.
 */
function candidates(stage: OpenStage, count: Count): Candidates {
  if (stage.members.kind === 'unknown') return { kind: 'unknown', why: stage.members.why };
  const people = [...reachable(stage, count)].flatMap((each) => eligible(each, count));
  return { kind: 'people', people: distinct(people) };
}

/** The stage itself, and the stages that hold someone who could move to one of these. */
function reachable(stage: OpenStage, { request, barred, slots, holders }: Count): ReadonlySet<OpenStage> {
  const found = new Set([stage]);
  // A set hands out what is added to it while it is being walked.
  for (const at of found) {
    for (const [index, slot] of slots.entries()) {
      const holder = holders[index];
      if (holder !== undefined && counts(at, holder, request, barred)) found.add(slot);
    }
  }
  return found;
}

/** Members of a stage who may approve and fill no slot yet. */
function eligible(stage: OpenStage, { barred, holders }: Count): readonly Person[] {
  if (stage.members.kind === 'unknown') return [];
  const busy = new Set(holders.map((holder) => holder?.voter.id));
  return stage.members.value.filter(
    (person) => !busy.has(person.id) && (stage.rule.selfApproval || !barred.has(person.id)),
  );
}

/** The stages that keep an open slot though everyone who may approve did; those whose members are unknown left out. */
function stagesOutOfReach(count: Count): ReadonlySet<OpenStage> {
  const { request, barred, stages, slots, approvals, filled } = count;
  const idle = new Map(stages.map((stage) => [stage, new Set(eligible(stage, count).map((person) => person.id))]));
  const rest = distinct(stages.flatMap((stage) => eligible(stage, count)));
  const best = match<OpenStage, Vote | Person>(
    slots,
    [...approvals, ...rest],
    (stage, who) => ('voter' in who ? counts(stage, who, request, barred) : idle.get(stage)?.has(who.id) === true),
    filled,
  );
  return new Set(slots.filter((slot, index) => best[index] === -1 && slot.members.kind === 'known'));
}

const distinct = (people: readonly Person[]): readonly Person[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
];
