/** How the organisation's policy and a repository's own go together: both gate, and the organisation's limits bind. */

import { millis, type Millis } from '../identity.ts';
import type { AccessRule, Gate, Group, Limits, Policy, Stage, Unmatched, UnmatchedSaid } from './model.ts';
import { hasRole } from '../role.ts';
import { teamsWithin } from './offers.ts';
import { redeclared } from './roles.ts';
import type { BaselineState, PolicyState } from './state.ts';

/** Before the names of the organisation's gates and groups. No repository can use it for its own. */
export const BASELINE_PREFIX = 'org:';

/** Whether a gate is the organisation's: it is for all repositories, and need not fit each of them. */
export const isShared = ({ name }: Pick<Gate, 'name'>): boolean => name.startsWith(BASELINE_PREFIX);

/**
 * What governs a repository. An organisation's policy that is invalid or can't be reached holds everything, as the
 * repository's own does; one that is absent says nothing, and so lets no team be granted. A repository can be stricter
 * than it, never weaker.
 */
export function withBaseline(own: PolicyState, baseline: BaselineState): PolicyState {
  if (baseline.kind === 'invalid' || baseline.kind === 'unreachable') return baseline;
  if (own.kind === 'invalid' || own.kind === 'unreachable') return own;
  if (baseline.kind === 'absent' || baseline.kind === 'itself')
    return own.kind === 'absent' ? own : { ...own, policy: byItself(own.policy, baseline) };
  const base = prefixed(baseline.policy);
  if (own.kind === 'absent') {
    const policy: Policy = { ...base, access: [] };
    return { kind: 'present', policy, path: baseline.path, blob: baseline.blob, baselineOnly: true };
  }
  const within = boundByItself(own.policy);
  // What the organisation declares of a role counts, and its limits are held against that.
  const declared = { ...within, access: within.access.map((rule) => redeclared(rule, base.customRoles)) };
  const limited = bound(declared, { ...base.limits, teams: base.limits.teams ?? [] }, 'maxLiveInOrganisation');
  return {
    kind: 'present',
    path: own.path,
    blob: `${own.blob}+${baseline.blob}`,
    policy: {
      ...limited,
      withheldTeams: teamsGone(declared, limited),
      customRoles: new Map([...limited.customRoles, ...base.customRoles]),
      groups: new Map([...limited.groups, ...base.groups]),
      gates: [...base.gates, ...limited.gates],
      unmatched: stricter(limited.unmatched, base.unmatchedSaid),
    },
  };
}

/** A baseline whose repository the operator does not trust with teams: it can be stricter, and hands none out. */
export const notTrustedWithTeams = (policy: Policy): Policy => ({
  ...policy,
  limits: { ...policy.limits, teams: null },
});

/** What governs where no other policy does: it may be that of the whole organisation itself. */
function byItself(policy: Policy, baseline: Extract<BaselineState, { readonly kind: 'absent' | 'itself' }>): Policy {
  const ofAll = baseline.kind === 'itself';
  const limited = bound(policy, policy.limits, ofAll ? 'maxLiveInOrganisation' : 'maxLive');
  const mayGrantTeams = ofAll && baseline.untrusted !== true && policy.limits.teams !== null;
  return mayGrantTeams ? limited : withoutTeams(limited);
}

/** The policy with every name of a gate or group marked as the organisation's. */
function prefixed(policy: Policy): Policy {
  const mark = (name: string): string => `${BASELINE_PREFIX}${name}`;
  const all = (names: readonly string[]): readonly string[] => names.map(mark);
  const stage = (one: Stage): Stage => ({ ...one, from: all(one.from) });
  const gate = <G extends Gate>(one: G): G => ({
    ...one,
    name: mark(one.name),
    approvals: one.approvals.map(stage),
    disapprove: all(one.disapprove),
    escalate: one.escalate.map((step) => ({ ...step, to: all(step.to) })),
    breakGlass:
      one.breakGlass === null
        ? null
        : { ...one.breakGlass, by: all(one.breakGlass.by), review: all(one.breakGlass.review) },
  });
  const groups = [...policy.groups].map(([name, group]): [string, Group] => [
    mark(name),
    { ...group, name: mark(name) },
  ]);
  return { ...policy, groups: new Map(groups), gates: policy.gates.map(gate) };
}

/** Whose `max-live` it is says where grants are counted. */
type Counted = 'maxLive' | 'maxLiveInOrganisation';

/** A policy as its own limits bind it, where no organisation's is known. */
export const boundByItself = (policy: Policy): Policy => bound(policy, policy.limits, 'maxLive');

/** A policy of which no team can be granted, since no policy of the organisation says that it may. */
function withoutTeams(policy: Policy): Policy {
  const none = bound(policy, { ...NO_LIMITS, teams: [] }, 'maxLive');
  return { ...none, withheldTeams: teamsGone(policy, none) };
}

export const NO_LIMITS: Limits = {
  roles: null,
  teams: null,
  maxDuration: null,
  maxAhead: null,
  maxLive: null,
  coolDown: null,
  minCount: null,
};

const slugsIn = ({ access }: Policy): ReadonlySet<string> =>
  new Set(access.flatMap(({ teams }) => teams.map(({ slug }) => slug)));

/** What the rules offered before they were bound, and offer no more. */
function teamsGone(before: Policy, after: Policy): readonly string[] {
  const left = slugsIn(after);
  return [...slugsIn(before)].filter((slug) => !left.has(slug));
}

/** The policy with its access rules cut to the limits. A rule that offers nothing any more is left out. */
function bound(policy: Policy, limits: Limits, counted: Counted): Policy {
  return {
    ...policy,
    access: policy.access
      .map((rule) => limitedRule(rule, limits, counted))
      .filter(({ roles, teams }) => roles.length + teams.length > 0),
  };
}

function limitedRule(rule: AccessRule, limits: Limits, counted: Counted): AccessRule {
  const { roles, teams, maxDuration, maxAhead, maxLive, coolDown, minCount } = limits;
  const shorter = (span: Millis, most: Millis | null): Millis => (most === null ? span : millis(Math.min(span, most)));
  return {
    ...rule,
    roles: roles === null ? rule.roles : rule.roles.filter((role) => hasRole(roles, role)),
    teams: teams === null ? rule.teams : teamsWithin(rule.teams, teams),
    maxDuration: shorter(rule.maxDuration, maxDuration),
    defaultDuration: shorter(rule.defaultDuration, maxDuration),
    maxAhead: shorter(rule.maxAhead, maxAhead),
    [counted]: least(rule[counted], maxLive),
    coolDown: coolDown === null ? rule.coolDown : millis(Math.max(coolDown, rule.coolDown ?? 0)),
    approvals: minCount === null ? rule.approvals : raised(rule.approvals, minCount),
    // So many others have to approve: at once nobody does, and who asks is none of them.
    autoApprove: minCount === null ? rule.autoApprove : null,
    selfApproval: minCount === null && rule.selfApproval,
  };
}

const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** Stages that are always asked have to come to the count; where they don't, the first of them asks for more. */
function raised(stages: readonly Stage[], minCount: number): readonly Stage[] {
  const always = stages.filter((stage) => stage.when === null);
  const missing = minCount - always.reduce((sum, stage) => sum + stage.count, 0);
  if (missing <= 0) return stages;
  const first = always[0] ?? stages[0];
  if (first === undefined) return stages;
  const count = first.when === null ? first.count + missing : Math.max(first.count, missing);
  return stages.map((stage) => (stage === first ? { ...stage, when: null, count } : stage));
}

const stricter = (own: Unmatched, said: UnmatchedSaid): Unmatched => ({
  deployment: said.deployment === 'deny' ? 'deny' : own.deployment,
  action: said.action === 'deny' ? 'deny' : own.action,
  merge: said.merge === 'deny' ? 'deny' : own.merge,
});
