/** What a change of a policy means: what is no longer held, who may approve or ask now, what is asked for more or less. */

import { accessCame, accessChanged, accessWent } from './diff/access.ts';
import { listed, movedBetween, other, stricter, weaker, type PolicyChange, type Said } from './diff/change.ts';
import { gateChanged } from './diff/gates.ts';
import { limitsChanged } from './diff/limits.ts';
import { gateCame, held } from './diff/places.ts';
import { customRolesChanged } from './diff/roles.ts';
import type { AccessRule, Gate, Policy, Unmatched } from './model.ts';
import { NO_LIMITS } from './baseline.ts';
import { sharesOffer } from './offers.ts';

/** Every change, gates first, then access rules, then the rest. Empty where both mean the same. */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  return Object.values(PARTS).flatMap((compare) => compare(before, after));
}

const whole = (said: readonly Said[]): readonly PolicyChange[] => said.map((each) => ({ ...each, rule: null }));
const nothing = (): readonly PolicyChange[] => [];

/** A part of the policy that is missing here does not compile. */
const PARTS = {
  version: nothing,
  customRoles: (before, after) => whole(customRolesChanged(before, after)),
  // Told at each rule that asks them.
  groups: nothing,
  gates: (before, after) => gatesDiffer(before, after),
  access: (before, after) => accessDiffers(before, after),
  // What comes of both policies together, and stands in neither.
  withheldTeams: nothing,
  unmatched: (before, after) => whole(unmatchedDiffers(before.unmatched, after.unmatched)),
  unmatchedSaid: (before, after) => whole(deniesChanged(before, after)),
  limits: (before, after) => whole(limitsChanged(before.limits, after.limits)),
} as const satisfies Readonly<Record<keyof Policy, (before: Policy, after: Policy) => readonly PolicyChange[]>>;

/** The same in one list: the weaker ones first. */
export const weakestFirst = (changes: readonly PolicyChange[]): readonly PolicyChange[] =>
  (['weaker', 'stricter', 'other'] as const).flatMap((effect) => changes.filter((change) => change.effect === effect));

/** A policy where there was none, or none where there was one. */
export const diffWithNone = (policy: Policy, which: 'came' | 'went'): readonly PolicyChange[] => {
  const none: Policy = {
    version: 1,
    customRoles: new Map(),
    groups: new Map(),
    gates: [],
    access: [],
    unmatched: { deployment: 'deny', action: 'deny', merge: 'allow' },
    unmatchedSaid: {},
    withheldTeams: [],
    limits: NO_LIMITS,
  };
  return which === 'came' ? diffPolicies(none, policy) : diffPolicies(policy, none);
};

const at = (rule: { readonly name: string }, said: readonly Said[]): readonly PolicyChange[] =>
  said.map((each) => ({ ...each, rule: rule.name }));

type Pairs<R> = {
  readonly kept: readonly (readonly [R, R])[];
  readonly gone: readonly R[];
  readonly come: readonly R[];
};

/** Rules by name, in any case. One that only changed its name is the same rule. */
function pairsOf<R extends { readonly name: string }>(before: readonly R[], after: readonly R[]): Pairs<R> {
  const kept: (readonly [R, R])[] = [];
  const come = [...after];
  const take = (fits: (rule: R) => boolean): R | null => {
    const index = come.findIndex(fits);
    return index === -1 ? null : (come.splice(index, 1)[0] ?? null);
  };
  const left = before.filter((was) => {
    const is = take(({ name }) => name.toLowerCase() === was.name.toLowerCase());
    if (is !== null) kept.push([was, is]);
    return is === null;
  });
  const content = (rule: R): string => JSON.stringify({ ...rule, name: '' });
  const gone = left.filter((was) => {
    const is = take((rule) => content(rule) === content(was));
    if (is !== null) kept.push([was, is]);
    return is === null;
  });
  return { kept, gone, come };
}

const renamed = (was: { readonly name: string }, is: { readonly name: string }): readonly Said[] =>
  was.name === is.name ? [] : [other(`it was called "${was.name}"`)];

function gatesDiffer(before: Policy, after: Policy): readonly PolicyChange[] {
  const { kept, gone, come } = pairsOf<Gate>(before.gates, after.gates);
  return [
    ...gone.flatMap((gate) => at(gate, [weaker(`the gate is gone: ${held(gate)} are no longer held by it`)])),
    ...come.flatMap((gate) => at(gate, gateCame(gate, before))),
    ...kept.flatMap(([was, is]) => at(is, [...renamed(was, is), ...gateChanged(was, is, { before, after })])),
  ];
}

function accessDiffers(before: Policy, after: Policy): readonly PolicyChange[] {
  const { kept, gone, come } = pairsOf<AccessRule>(before.access, after.access);
  return [
    ...gone.flatMap((rule) => at(rule, [accessWent(rule, after)])),
    ...come.flatMap((rule) => at(rule, [accessCame(rule, after)])),
    ...kept.flatMap(([was, is]) => at(is, [...renamed(was, is), ...accessChanged(was, is, { before, after })])),
    ...reordered(kept, before.access, after.access),
  ];
}

/** The first rule that fits applies, so that another order gives requests to other rules. */
function reordered(
  kept: Pairs<AccessRule>['kept'],
  before: readonly AccessRule[],
  after: readonly AccessRule[],
): readonly PolicyChange[] {
  const old = [...kept].sort(([one], [two]) => before.indexOf(one) - before.indexOf(two)).map(([, is]) => is);
  const moved = old.filter((rule, index) =>
    old.slice(index + 1).some((later) => after.indexOf(later) < after.indexOf(rule) && sharesOffer(rule, later)),
  );
  return moved.flatMap((rule) => at(rule, [weaker('it now stands behind a rule that takes some of its requests')]));
}

const WHATS = ['deployment', 'action', 'merge'] as const;

function unmatchedDiffers(was: Unmatched, is: Unmatched): readonly Said[] {
  return WHATS.flatMap((what) => {
    if (was[what] === is[what]) return [];
    return is[what] === 'allow'
      ? [weaker(`each ${what} that no gate matches is now allowed`)]
      : [stricter(`each ${what} that no gate matches is now denied`)];
  });
}

/** In the organisation's policy a `deny` that is written down binds all repositories, and the same by default none of them. */
function deniesChanged(before: Policy, after: Policy): readonly Said[] {
  const said = ({ unmatchedSaid }: Policy): readonly (keyof Unmatched)[] =>
    WHATS.filter((what) => unmatchedSaid[what] === 'deny' && before.unmatched[what] === after.unmatched[what]);
  const { come, gone } = movedBetween(said(before), said(after));
  const bound = (whats: readonly string[]): string => `${listed(whats.map((what) => `${what}s`))} that no gate matches`;
  return [
    ...(gone.length === 0
      ? []
      : [weaker(`as the organisation's policy it no longer keeps repositories from allowing ${bound(gone)}`)]),
    ...(come.length === 0
      ? []
      : [stricter(`as the organisation's policy it now keeps repositories from allowing ${bound(come)}`)]),
  ];
}
