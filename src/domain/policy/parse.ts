/** What a policy file says: the one reader that the running app, its checks and the command line share. */

import { millis } from '../identity.ts';
import { ok, refused, type Result } from '../result.ts';
import { distinctRoles, type CustomRole, type Role } from '../role.ts';
import { capFindings } from './caps.ts';
import { meaningFindings, rulelessFindings } from './check.ts';
import { logicFindings } from './check-logic.ts';
import { policyDefinition, type AccessShape, type GateShape, type PolicyShape, type StageShape } from './definition.ts';
import type { AccessRule, Finding, Gate, Group, Limits, Policy, Stage } from './model.ts';
import { roleIn } from './roles.ts';
import { splitTeam, type TeamName } from './team-name.ts';
import { shapeFindings } from './shape.ts';
import { readYaml, type YamlDocument } from './yaml.ts';

/** More findings than this help nobody. */
const MAX_FINDINGS = 200;
const HOUR = 3_600_000;

/**
 * Reads a policy file. Refuses with every error that it has, in the order of the lines; warnings do not make a policy
 * invalid, see `lintPolicy`. Never throws, and takes under 200 ms for any text.
 */
export function parsePolicy(text: string): Result<Policy, readonly Finding[]> {
  const { shape, findings } = examine(text);
  const errors = findings.filter((finding) => finding.severity === 'error');
  if (shape === null || errors.length > 0) return refused(errors);
  return ok(compile(shape));
}

/** Everything that can be said about a policy file without asking GitHub: errors and warnings, in the order of the lines. */
export function lintPolicy(text: string): readonly Finding[] {
  const { document, shape, findings } = examine(text);
  if (document === null || shape === null || findings.some(({ severity }) => severity === 'error')) return findings;
  return inOrder([...findings, ...logicFindings(document, compile(shape))]);
}

type Examination = {
  readonly document: YamlDocument | null;
  readonly shape: PolicyShape | null;
  readonly findings: readonly Finding[];
};

function examine(text: string): Examination {
  const { document, findings } = readYaml(text);
  if (document === null) return { document, shape: null, findings: inOrder(findings) };
  const over = capFindings(document);
  if (over.length > 0) return { document, shape: null, findings: inOrder([...findings, ...over]) };
  const { shape, issues } = shapeOf(document);
  const all = [...findings, ...issues, ...meaningFindings(document)];
  return { document, shape, findings: inOrder(all.length > 0 ? all : rulelessFindings(document)) };
}

function shapeOf(document: YamlDocument): { shape: PolicyShape | null; issues: readonly Finding[] } {
  const result = policyDefinition.safeParse(document.value);
  if (result.success) return { shape: result.data, issues: [] };
  const issues = result.error.issues.slice(0, MAX_FINDINGS);
  const mistyped = new Set(
    issues.filter((issue) => issue.code === 'unrecognized_keys').map((issue) => keyOf(issue.path)),
  );
  const findings = issues.flatMap((issue) => {
    const found = shapeFindings(issue, document);
    // What has only a mistyped key looks empty; saying so besides would send people the wrong way.
    return mistyped.has(keyOf(issue.path)) ? found.filter((finding) => !finding.code.startsWith('empty-')) : found;
  });
  return { shape: null, issues: findings };
}

const keyOf = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => a.line - b.line || a.column - b.column);
  if (sorted.length <= MAX_FINDINGS) return sorted;
  // Errors first, so that what is cut off can't turn an invalid policy into a valid one.
  const kept = [...sorted]
    .sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
    .slice(0, MAX_FINDINGS)
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const { line, column } = kept.at(-1) ?? { line: 1, column: 1 };
  const message = 'there are more findings than are shown';
  return [...kept, { severity: 'warning', code: 'more-findings', line, column, message, hint: 'repair these first' }];
}

/** Turns what was read and checked into the model. Total: nothing can be wrong any more. */
function compile(shape: PolicyShape): Policy {
  const groups = new Map(
    Object.entries(shape.groups).map(([name, group]): [string, Group] => [name, groupOf(name, group)]),
  );
  const { unmatched, limits } = shape;
  const customRoles = new Map(
    Object.entries(shape['custom-roles']).map(([name, { base }]): [string, CustomRole] => [
      name.toLowerCase(),
      { custom: name, base },
    ]),
  );
  const rolesOf: RolesOf = (words) => distinctRoles(words.flatMap((word) => roleIn({ customRoles }, word) ?? []));
  return {
    version: shape.version,
    customRoles,
    groups,
    gates: shape.gates.map(gateOf),
    access: shape.access.map((rule) => accessRuleOf(rule, rolesOf)),
    withheldTeams: [],
    unmatched: {
      deployment: unmatched.deployment ?? 'deny',
      action: unmatched.action ?? 'deny',
      merge: unmatched.merge ?? 'allow',
    },
    unmatchedSaid: unmatched,
    limits: limitsOf(limits ?? {}, rolesOf),
  };
}

/** The roles that words name. What the policy does not declare was refused before. */
type RolesOf = (words: readonly string[]) => readonly Role[];

const teamsOf = (named: readonly string[]): readonly TeamName[] => [...new Set(named)].map(splitTeam);

const limitsOf = (limits: NonNullable<PolicyShape['limits']>, rolesOf: RolesOf): Limits => ({
  roles: limits.roles === undefined ? null : rolesOf(limits.roles),
  teams: limits.teams === undefined ? null : teamsOf(limits.teams),
  maxDuration: limits['max-duration'] ?? null,
  maxAhead: limits['max-ahead'] ?? null,
  maxLive: limits['max-live'] ?? null,
  coolDown: limits['cool-down'] ?? null,
  minCount: limits['min-count'] ?? null,
});

const groupOf = (name: string, group: PolicyShape['groups'][string]): Group => ({
  name,
  teams: [...new Set(group.teams)],
  users: group.users ?? [],
  codeowners: group.codeowners ?? false,
  role: group.role ?? null,
});

const stageOf = (stage: StageShape): Stage => ({
  from: [...new Set(stage.from)],
  count: stage.count,
  when: stage.when ?? null,
});

function gateOf(gate: GateShape): Gate {
  const common = {
    name: gate.name,
    when: gate.when ?? null,
    unless: gate.unless ?? null,
    approvals: gate.approvals.map(stageOf),
    timeout: gate.timeout ?? null,
    selfApproval: gate['self-approval'] === 'allowed',
    reviews: gate.reviews,
    disapprove: [...new Set(gate.disapprove)],
    freeze: gate.freeze,
    escalate: gate.escalate,
    breakGlass: gate['break-glass'] ?? null,
  };
  if (gate.on === 'merge') return { ...common, on: 'merge', branches: gate.branches };
  if (gate.on === 'action') return { ...common, on: 'action', actions: gate.actions };
  return {
    ...common,
    on: 'deployment',
    environments: gate.environments,
    refs: gate.refs ?? null,
    forks: gate.forks === 'allowed',
  };
}

function accessRuleOf(rule: AccessShape, rolesOf: RolesOf): AccessRule {
  const maxDuration = rule['max-duration'];
  return {
    name: rule.name,
    roles: rolesOf(rule.roles ?? []),
    teams: teamsOf(rule.teams ?? []),
    requesters: [...new Set(rule.requesters)],
    maxDuration,
    defaultDuration: rule['default-duration'] ?? millis(Math.min(HOUR, maxDuration)),
    maxAhead: rule['max-ahead'],
    maxLive: rule['max-live'] ?? null,
    maxLiveInOrganisation: null,
    coolDown: rule['cool-down'] ?? null,
    reason: { minLength: rule.reason?.['min-length'] ?? 0, ticket: rule.reason?.ticket ?? null },
    approvals: rule.approvals.map(stageOf),
    autoApprove: rule['auto-approve'] ?? null,
    timeout: rule.timeout,
    selfApproval: rule['self-approval'] === 'allowed',
    onExpiry: rule['on-expiry'],
    onDrift: rule['on-drift'],
  };
}
