/** Which facts have to be fetched to decide something: those that its rules ask for, and no more. */

import type { Grantable } from '../grantable.ts';
import type { Subject } from '../subject.ts';
import { loginKey } from './condition-authors.ts';
import { candidateGates } from './match.ts';
import type { Condition, Gate, Policy, Stage, UserName } from './model.ts';
import { offers } from './offers.ts';

/** `group` names a group of the policy, `team` a team's slug, `login` a login in lower case. */
export type FactQuery =
  | { readonly kind: 'pull' }
  | { readonly kind: 'files' }
  | { readonly kind: 'contributors' }
  | { readonly kind: 'signatures' }
  | { readonly kind: 'checks' }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'team'; readonly name: string }
  | { readonly kind: 'login'; readonly name: string };

/** What the rules that can apply to a subject rest on. Each query comes once. */
export function factsNeeded(policy: Policy, subject: Subject): readonly FactQuery[] {
  if (subject.kind !== 'access')
    return distinct(candidateGates(policy, subject).flatMap((gate) => ofGate(policy, gate)));
  return distinct(
    policy.access
      .filter((rule) => rule.name === subject.rule)
      .flatMap((rule) => [
        ...rule.requesters.flatMap((name) => ofGroup(policy, name)),
        ...rule.approvals.flatMap((stage) => ofStage(policy, stage)),
        ...(rule.autoApprove?.requesters ?? []).flatMap((name) => ofGroup(policy, name)),
      ]),
  );
}

/** Whether any gate looks at the checks of others, so that each of their reports may change a decision. */
export const asksForChecks = (policy: Policy): boolean =>
  policy.gates.some((gate) => ofGate(policy, gate).some((query) => query.kind === 'checks'));

/** What `accessRuleFor` rests on for a role: the members of every group that may ask for it. */
export function factsToAsk(policy: Policy, role: Grantable): readonly FactQuery[] {
  const rules = policy.access.filter((rule) => offers(rule, role));
  return distinct(rules.flatMap((rule) => rule.requesters).flatMap((name) => ofGroup(policy, name)));
}

function ofGate(policy: Policy, gate: Gate): readonly FactQuery[] {
  return [
    // Who wrote it is barred from approving, so where self-approval is allowed nobody has to be found.
    ...(gate.selfApproval ? [] : [{ kind: 'pull' } as const, { kind: 'contributors' } as const]),
    ...ofOptional(gate.when),
    ...ofOptional(gate.unless),
    ...gate.approvals.flatMap((stage) => ofStage(policy, stage)),
    ...gate.disapprove.flatMap((name) => ofGroup(policy, name)),
    ...gate.escalate.flatMap((step) => step.to).flatMap((name) => ofGroup(policy, name)),
    ...(gate.breakGlass?.by ?? []).flatMap((name) => ofGroup(policy, name)),
  ];
}

const ofStage = (policy: Policy, stage: Stage): readonly FactQuery[] => [
  ...ofOptional(stage.when),
  ...stage.from.flatMap((name) => ofGroup(policy, name)),
];

function ofGroup(policy: Policy, name: string): readonly FactQuery[] {
  const codeowners = policy.groups.get(name)?.codeowners === true;
  return [{ kind: 'group', name }, ...(codeowners ? [{ kind: 'files' } as const] : [])];
}

const ofOptional = (condition: Condition | null): readonly FactQuery[] =>
  condition === null ? [] : ofCondition(condition);

function ofCondition(condition: Condition): readonly FactQuery[] {
  switch (condition.kind) {
    case 'paths':
    case 'only-paths':
      return [{ kind: 'files' }];
    case 'labels':
    case 'title':
    case 'base':
    case 'head':
    case 'draft':
    case 'fork':
    case 'lines-changed':
      return [{ kind: 'pull' }];
    case 'signed':
      return [{ kind: 'signatures' }];
    case 'event':
      return [];
    case 'checks':
      return [{ kind: 'checks' }];
    case 'authors':
    case 'only-authors':
      return [
        { kind: 'pull' },
        { kind: 'contributors' },
        ...condition.users.flatMap(ofUser),
        ...condition.teams.map(teamQuery),
      ];
    case 'all':
    case 'any':
      return condition.of.flatMap(ofCondition);
    case 'not':
      return ofCondition(condition.of);
  }
}

const ofUser = (user: UserName): readonly FactQuery[] =>
  user.kind === 'login' ? [{ kind: 'login', name: loginKey(user.login) }] : [];

const teamQuery = (name: string): FactQuery => ({ kind: 'team', name });

function distinct(queries: readonly FactQuery[]): readonly FactQuery[] {
  const byKey = new Map(queries.map((query) => [JSON.stringify(query), query]));
  return [...byKey.values()];
}
