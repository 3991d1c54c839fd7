/** Does the organisation's baseline bind its repositories, and can nobody change it alone? */

import { matchesAny } from '../policy/glob.ts';
import type { Policy } from '../policy/model.ts';
import { overLimits } from '../policy/over-limits.ts';
import { finding, nameOf, ok, type BranchesFacts, type DoctorFinding, type Guard, type RepoFacts } from './model.ts';

/** Where a baseline can stand, in the order in which it is looked for. */
export const BASELINE_PLACES = ['.github-private', '.github'] as const;

/** That an organisation has none. The app can't tell a repository that is not there from one it is not installed on. */
export const noBaseline = (owner: string): DoctorFinding =>
  ok(
    'baseline-absent',
    `organisation ${owner}`,
    `no baseline binds its repositories: the app sees no policy in ${BASELINE_PLACES.join(' or ')}, and one that stands where the app is not installed has no effect`,
  );

/** That the baseline can't be read. */
export const unreadableBaseline = (place: string, why: string): DoctorFinding =>
  finding(
    'error',
    'baseline-unreadable',
    place,
    `the organisation’s policy can’t be read, so everything is held in its repositories: ${why}`,
    { todo: 'see that it is a file, and that the app may read it' },
  );

/** What a baseline that can be read means for one repository: `own` is the repository's policy as its file says it. */
export function boundFindings(
  { repo, page }: RepoFacts,
  own: { readonly policy: Policy; readonly path: string } | null,
  place: string,
  base: Policy,
): readonly DoctorFinding[] {
  const about = nameOf(repo);
  const gates = `${String(base.gates.length)} gate${base.gates.length === 1 ? '' : 's'}`;
  const limited = Object.values(base.limits).some((limit) => limit !== null);
  const said = `${place} binds it: ${gates}${limited ? ', and limits for access' : ''}`;
  const over = own?.policy.access.flatMap((rule) => {
    const beyond = overLimits(rule, base.limits);
    if (beyond.length === 0) return [];
    const message = `the rule "${rule.name}" exceeds the limits of ${place}: ${beyond.join('; ')}`;
    return [
      finding('warning', 'rule-over-limits', about, message, {
        todo: 'bring the rule within the limits, so that it says what is given',
        page: `${page}/blob/HEAD/${own.path}`,
      }),
    ];
  });
  return over === undefined || over.length === 0 ? [ok('baseline', about, said)] : over;
}

/** Findings of the baseline's own repository that ask it to have what its gates are for elsewhere. */
const ELSEWHERE: ReadonlySet<string> = new Set(['gate-without-branch', 'gate-without-environment', 'policy-not-held']);

/** Whether a finding about the repository where a baseline stands is about that repository at all. */
export const isItsOwn = ({ code }: DoctorFinding): boolean => !ELSEWHERE.has(code);

/** Whether a gate of the baseline holds every change of the default branch until somebody else approves it. */
const isHeldByGate = (policy: Policy, branch: string): boolean =>
  policy.gates.some(
    (gate) =>
      gate.on === 'merge' &&
      gate.when === null &&
      gate.unless === null &&
      gate.approvals.some(({ when, count }) => when === null && count > (gate.selfApproval ? 1 : 0)) &&
      matchesAny(gate.branches, branch),
  );

/** Whoever can change the baseline alone is bound by nothing that it says. Gates that hold it are judged by `merge.ts`. */
export function placeFindings(facts: RepoFacts, policy: Policy, { branches }: BranchesFacts): readonly DoctorFinding[] {
  const { defaultBranch: branch } = facts;
  if (isHeldByGate(policy, branch)) return [];
  const about = nameOf(facts.repo);
  const guards = branches.find(({ name }) => name === branch)?.guards ?? [];
  const reviewed = guards.filter(({ approvals }) => approvals > 0);
  const firm = reviewed.find(({ pullBypass }) => pullBypass.kind === 'nobody');
  if (firm !== undefined) return [ok('baseline-held', about, `${branch}: ${firm.name} wants a review, of everyone`)];
  const [doubtful = reviewed[0]] = reviewed.filter(({ pullBypass }) => pullBypass.kind === 'unknown');
  if (doubtful !== undefined) return [bypassed(about, branch, doubtful)];
  const message = `the baseline can be changed without a review: nothing on ${branch} wants one`;
  const todo = `in a ruleset for ${branch}, tick "Require a pull request before merging" with 1 required approval, and leave its bypass list empty; or add a gate with \`on: merge\``;
  return [finding('error', 'baseline-not-held', about, message, { todo, page: `${facts.page}/settings/rules` })];
}

function bypassed(about: string, branch: string, { name, page, pullBypass: bypass }: Guard): DoctorFinding {
  if (bypass.kind !== 'some') {
    const message = `GitHub does not tell the app who may bypass ${name} on ${branch}, and so change the baseline alone`;
    const todo = 'see that its bypass list is empty';
    return finding('warning', 'baseline-bypass-unknown', about, message, { todo, page });
  }
  const message = `${bypass.who} may bypass ${name} on ${branch}, and so change the baseline alone`;
  const todo = 'empty the bypass list, bind administrators too, and let nobody past the pull request';
  return finding('error', 'baseline-bypass', about, message, { todo, page });
}
