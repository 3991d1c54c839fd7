/** Which rules of a policy apply to what is held or asked for. */

import type { SparedGate } from '../decision.ts';
import { millis, type Millis, type UserId } from '../identity.ts';
import { ok, refused, type Known, type Result } from '../result.ts';
import { isTeam, type Grantable } from '../grantable.ts';
import { byStrength } from '../role.ts';
import { environmentKey, type Facts, type Subject } from '../subject.ts';
import { appliesWhen, evaluateCondition, sparedBy } from './condition.ts';
import { matchesAny } from './glob.ts';
import { offeredNames, offers } from './offers.ts';
import type { AccessRule, Condition, Gate, Glob, Policy } from './model.ts';

/** The gates whose place fits, before any condition is looked at: a merge's base branch, a deployment's environment. No gate fits an access request. */
export function candidateGates(policy: Policy, subject: Subject): readonly Gate[] {
  return policy.gates.filter((gate) => {
    if (gate.on === 'merge') return subject.kind === 'merge' && matchesAny(gate.branches, subject.base);
    // No pipeline can ask for an action yet, so nothing is held by such a gate.
    if (gate.on === 'action') return false;
    // The ref has no say here: a gate that governs the environment denies every ref that it does not name.
    return subject.kind === 'deployment' && matchesAny(gate.environments, environmentKey(subject.environment));
  });
}

/** Where a gate stands: what its patterns name, and under which key. */
export function placesOf(gate: Gate): {
  readonly key: 'branches' | 'environments' | 'actions';
  readonly globs: readonly Glob[];
} {
  switch (gate.on) {
    case 'merge':
      return { key: 'branches', globs: gate.branches };
    case 'deployment':
      return { key: 'environments', globs: gate.environments };
    case 'action':
      return { key: 'actions', globs: gate.actions };
  }
}

/** `applies` has to be satisfied, every one; `spared` are the candidates that a condition lets off. */
export type MatchingGates = { readonly applies: readonly Gate[]; readonly spared: readonly SparedGate[] };

/** The gates that apply to a merge or deployment. A condition that can't be evaluated never spares. */
export function gatesFor(policy: Policy, subject: Subject, facts: Facts): MatchingGates {
  const applies: Gate[] = [];
  const spared: SparedGate[] = [];
  for (const gate of candidateGates(policy, subject)) {
    const when = report(gate.when, facts);
    const unless = report(gate.unless, facts);
    if (when !== null && !appliesWhen(when)) spared.push({ rule: gate.name, by: 'when', condition: when });
    else if (sparedBy(unless)) spared.push({ rule: gate.name, by: 'unless', condition: unless });
    else applies.push(gate);
  }
  return { applies, spared };
}

const report = (condition: Condition | null, facts: Facts) =>
  condition === null ? null : evaluateCondition(condition, facts);

/** What a person asks for, with the members of the groups that the policy lets ask. */
export type Ask = {
  readonly role: Grantable;
  /** In milliseconds; `null` where the person named none, so that the rule's default is meant. */
  readonly duration: Millis | null;
  /** How far ahead it is to begin; `null` for at once. */
  readonly ahead: Millis | null;
  readonly requester: UserId;
  readonly members: Facts['members'];
};

/** Why no access rule fits. */
export type AccessRefusal =
  | { readonly kind: 'no-access-rules' }
  /** `offered`: what the policy offers to anyone, by name: roles weakest first, then teams. */
  | { readonly kind: 'role-not-offered'; readonly role: Grantable; readonly offered: readonly string[] }
  /** A rule offers the team, and the organisation's policy does not let it. */
  | { readonly kind: 'team-not-allowed'; readonly team: string }
  /** `requesters`: the groups whose members may ask for the role. */
  | { readonly kind: 'not-a-requester'; readonly role: Grantable; readonly requesters: readonly string[] }
  /** `longest`: the longest time that this person may ask for. */
  | { readonly kind: 'too-long'; readonly role: Grantable; readonly duration: Millis; readonly longest: Millis }
  /** `furthest`: how far ahead this person may ask for it to begin. */
  | { readonly kind: 'too-far-ahead'; readonly role: Grantable; readonly furthest: Millis }
  /** Whether the person may ask could not be told, and an error is not a yes. */
  | { readonly kind: 'membership-unknown'; readonly group: string; readonly why: string };

/** The rule that an access request is made under, and for how long. */
export type AccessMatch = { readonly rule: AccessRule; readonly duration: Millis };

/**
 * The first access rule that fits role, requester, duration and start. A rule whose requesters can't be read stops the search:
 * going on would hand the request to a later rule that was never meant for it.
 */
export function accessRuleFor(policy: Policy, ask: Ask): Result<AccessMatch, AccessRefusal> {
  const { role, requester, members } = ask;
  const offering = policy.access.filter((rule) => offers(rule, role));
  if (offering.length === 0) return refused(notOffered(policy, role));

  const mine: AccessMatch[] = [];
  for (const rule of offering) {
    const may = mayAsk(rule, requester, members);
    if (may.kind === 'unknown') return refused({ kind: 'membership-unknown', group: may.group, why: may.why });
    if (!may.value) continue;
    const match = { rule, duration: ask.duration ?? rule.defaultDuration };
    if (isShort(match) && (ask.ahead ?? 0) <= rule.maxAhead) return ok(match);
    mine.push(match);
  }
  if (mine.length > 0) return refused(outOfReach(role, mine));
  const requesters = [...new Set(offering.flatMap((rule) => rule.requesters))];
  return refused({ kind: 'not-a-requester', role, requesters });
}

const isShort = ({ rule, duration }: AccessMatch): boolean => duration <= rule.maxDuration;

/** What is too much under every rule that is for the person: where one would give the time, it is the start. */
function outOfReach(role: Grantable, mine: readonly AccessMatch[]): AccessRefusal {
  const [first, ...more] = mine.filter(isShort);
  if (first !== undefined) {
    const furthest = Math.max(first.rule.maxAhead, ...more.map(({ rule }) => rule.maxAhead));
    return { kind: 'too-far-ahead', role, furthest: millis(furthest) };
  }
  const longest = mine.reduce((best, each) => (each.rule.maxDuration > best.rule.maxDuration ? each : best));
  return { kind: 'too-long', role, duration: longest.duration, longest: longest.rule.maxDuration };
}

/** Why no rule offers it. */
export function notOffered(policy: Policy, role: Grantable): AccessRefusal {
  if (isTeam(role) && policy.withheldTeams.includes(role.team)) return { kind: 'team-not-allowed', team: role.team };
  if (policy.access.length === 0) return { kind: 'no-access-rules' };
  const roles = policy.access.flatMap((rule) => rule.roles).toSorted(byStrength);
  const offered = offeredNames([{ roles, teams: policy.access.flatMap(({ teams }) => teams) }]);
  return { kind: 'role-not-offered', role, offered };
}

type MayAsk =
  | { readonly kind: 'known'; readonly value: boolean }
  | { readonly kind: 'unknown'; readonly group: string; readonly why: string };

/** One group that has the person is enough, whatever happened to the others. */
function mayAsk(rule: AccessRule, requester: UserId, members: Facts['members']): MayAsk {
  const read = rule.requesters.map((group) => ({ group, people: members.get(group) ?? notRead }));
  if (read.some(({ people }) => people.kind === 'known' && people.value.some((person) => person.id === requester)))
    return { kind: 'known', value: true };
  for (const { group, people } of read)
    if (people.kind === 'unknown') return { kind: 'unknown', group, why: people.why };
  return { kind: 'known', value: false };
}

const notRead: Known<never> = { kind: 'unknown', why: 'its members were not read' };
