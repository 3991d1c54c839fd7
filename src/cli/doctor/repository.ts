/** What does the doctor find in one repository, under its own policy and the organisation's? */

import { accessFindings } from '../../domain/doctor/access.ts';
import { boundFindings, isItsOwn, placeFindings } from '../../domain/doctor/baseline.ts';
import { deploymentFindings } from '../../domain/doctor/deployment.ts';
import { isGated, mergeFindings } from '../../domain/doctor/merge.ts';
import {
  finding,
  nameOf,
  ok,
  type AppFacts,
  type DoctorFinding,
  type InstallationFacts,
  type RepoFacts,
} from '../../domain/doctor/model.ts';
import { teamFindings, teamsPlaceFindings, type TeamsPlace } from '../../domain/doctor/teams.ts';
import { ACCESS_REQUEST_TEMPLATE_PATH } from '../../domain/issue-template.ts';
import { notTrustedWithTeams, withBaseline } from '../../domain/policy/baseline.ts';
import { namedIn } from '../../domain/policy/check-online.ts';
import type { Finding, Policy } from '../../domain/policy/model.ts';
import { lintPolicy, parsePolicy } from '../../domain/policy/parse.ts';
import type { BaselineState, PolicyState } from '../../domain/policy/state.ts';
import type { Inspector } from '../../adapters/github/inspect.ts';
import { GitHubRefused, type PolicyFile } from '../../engine/ports.ts';
import { askAll } from '../policy/online.ts';
import { isPlace, type FoundBaseline } from './baseline.ts';

/** More findings of one policy than this help nobody. */
const MAX_POLICY_FINDINGS = 20;

/** What the findings of one repository are made of. */
type Visited = {
  readonly inspector: Inspector;
  readonly app: AppFacts;
  readonly facts: RepoFacts;
  /** The organisation's policy where it binds the repository, or stands in it. */
  readonly baseline: FoundBaseline;
  readonly installation: InstallationFacts | null;
  readonly teamsAllowedBy: readonly string[];
};
type Visit = Visited & {
  readonly holdsBaseline: boolean;
  /** The organisation's policy as one that can let teams be granted; `null` where there is none. */
  readonly teams: TeamsPlace | null;
};

/** Everything there is to say of a repository; that it can't be read is a finding, too. */
export async function repositoryFindings(visited: Visited): Promise<readonly DoctorFinding[]> {
  const { facts, baseline, teamsAllowedBy } = visited;
  const about = nameOf(facts.repo);
  const holdsBaseline = baseline.kind === 'found' && baseline.facts.repo.id === facts.repo.id;
  // Nothing happens in an archived repository, but a baseline that stands there binds the others all the same.
  if (facts.archived && !holdsBaseline) return [ok('archived', about, 'is archived: nothing can happen there')];
  try {
    return await findingsOf({ ...visited, holdsBaseline, teams: teamsPlace(baseline, teamsAllowedBy) });
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    return [finding('error', 'repository-unreadable', about, error.message)];
  }
}

async function findingsOf(visit: Visit): Promise<readonly DoctorFinding[]> {
  const { inspector, facts, holdsBaseline } = visit;
  const about = nameOf(facts.repo);
  const file = await inspector.policyFile(facts.repo);
  const own = stateOf(file);
  const { base, findings: bound } = boundBy(visit, own);
  // Both policies as the running app puts them together. Errors of one hold everything, and were told of its file.
  const all = withBaseline(own, base);
  if (all.kind === 'absent') return [absentFinding(about)];
  const inFile = file.kind === 'found' ? await fileFindings(visit, file, own) : [noPolicyOfItsOwn(about, all)];
  const policy = policyIn(all) ?? policyIn(own);
  const gates = policy === null || facts.archived ? [] : await gateFindings(visit, policy);
  return [...inFile, ...bound, ...(holdsBaseline ? gates.filter(isItsOwn) : gates)];
}

const policyIn = (state: PolicyState): Policy | null => (state.kind === 'present' ? state.policy : null);

/** The baseline that binds a repository, and what it means for the policy there. */
function boundBy(
  { facts, baseline, holdsBaseline, teams }: Visit,
  own: PolicyState,
): { readonly base: BaselineState; readonly findings: readonly DoctorFinding[] } {
  // Teams are let be granted as the running app lets them be.
  const untrusted = teams?.trusted !== true;
  if (holdsBaseline) return { base: { kind: 'itself', untrusted }, findings: [] };
  if (baseline.kind === 'none' || isPlace(facts)) return { base: { kind: 'absent' }, findings: [] };
  const read = stateOf(baseline.file);
  if (read.kind !== 'present') return { base: read, findings: [] };
  const base = untrusted ? { ...read, policy: notTrustedWithTeams(read.policy) } : read;
  const place = nameOf(baseline.facts.repo);
  return { base, findings: boundFindings(facts, own.kind === 'present' ? own : null, place, base.policy) };
}

function teamsPlace(baseline: FoundBaseline, teamsAllowedBy: readonly string[]): TeamsPlace | null {
  if (baseline.kind === 'none') return null;
  const name = nameOf(baseline.facts.repo);
  const teams = policyIn(stateOf(baseline.file))?.limits.teams ?? null;
  return { name, trusted: teamsAllowedBy.includes(name.toLowerCase()), teams };
}

function stateOf(file: PolicyFile): PolicyState {
  if (file.kind === 'absent') return { kind: 'absent' };
  const { path, blob } = file;
  const parsed = parsePolicy(file.text);
  return parsed.ok
    ? { kind: 'present', policy: parsed.value, path, blob }
    : { kind: 'invalid', findings: parsed.error, path, blob };
}

function absentFinding(about: string): DoctorFinding {
  const message = 'has no policy: merges are not held, deployments that ask are denied, nobody can ask for access';
  const todo = 'write one with `jit-gate init`, or take the repository out of the installation';
  return finding('warning', 'policy-absent', about, message, { todo });
}

/** With the organisation's policy alone nobody can ask for access: its access rules are for the repository it stands in. */
function noPolicyOfItsOwn(about: string, all: PolicyState): DoctorFinding {
  if (all.kind === 'present') {
    return ok(
      'policy-of-organisation',
      about,
      'has no policy of its own: the organisation’s gates hold, and nobody can ask for access',
    );
  }
  return ok('policy-of-organisation', about, 'has no policy of its own, and the organisation’s holds everything');
}

async function fileFindings(
  { inspector, facts, holdsBaseline }: Visit,
  file: Extract<PolicyFile, { kind: 'found' }>,
  state: PolicyState,
): Promise<readonly DoctorFinding[]> {
  const about = nameOf(facts.repo);
  const { installationId: installation, owner } = facts.repo;
  const page = `${facts.page}/blob/HEAD/${file.path}`;
  const told = (list: readonly Finding[]): readonly DoctorFinding[] =>
    list.slice(0, MAX_POLICY_FINDINGS).map((one) => inPolicy(one, about, file.path, page));
  if (state.kind === 'invalid') {
    const where = holdsBaseline ? `in every repository of ${owner}` : 'in it';
    const message = `the policy has errors, so everything ${where} is held`;
    return [
      finding('error', 'policy-invalid', about, message, { todo: 'repair it with a push', page }),
      ...told(state.findings),
    ];
  }
  const online = await askAll({ github: inspector, installation }, owner, namedIn(file.text));
  return told([...lintPolicy(file.text), ...online]);
}

const inPolicy = (one: Finding, about: string, path: string, page: string): DoctorFinding =>
  finding(one.severity, one.code, about, `${path}:${one.line}:${one.column}: ${one.message}`, {
    page: `${page}#L${one.line}`,
    ...(one.hint === null ? {} : { todo: one.hint }),
  });

async function gateFindings(
  { inspector, app, facts, holdsBaseline, teams, installation }: Visit,
  policy: Policy,
): Promise<readonly DoctorFinding[]> {
  const [branches, environments, form] = await Promise.all([
    inspector.branches(facts, (branch) => isGated(policy, branch)),
    inspector.environments(facts, app.id),
    policy.access.length === 0 ? null : inspector.file(facts.repo, ACCESS_REQUEST_TEMPLATE_PATH),
  ]);
  return [
    ...mergeFindings(app.id, facts, policy, branches),
    ...(holdsBaseline ? placeFindings(facts, policy, branches) : []),
    ...deploymentFindings(facts, policy, environments),
    ...teamFindings(facts, policy, teams, installation),
    ...(holdsBaseline && teams !== null ? teamsPlaceFindings(teams) : []),
    ...accessFindings(facts, policy, form),
  ];
}
