/** Does GitHub hold a merge until this app's check has passed? */

import { isShared } from '../policy/baseline.ts';
import { matchesAny } from '../policy/glob.ts';
import type { Glob, MergeGate, Policy } from '../policy/model.ts';
import { MERGE_CHECK } from '../subject.ts';
import {
  finding,
  nameOf,
  ok,
  type BranchesFacts,
  type BranchFacts,
  type DoctorFinding,
  type DormantRuleset,
  type Guard,
  type Repair,
  type RepoFacts,
} from './model.ts';

const mergeGates = (policy: Policy): readonly MergeGate[] => policy.gates.filter((gate) => gate.on === 'merge');

/** Whether merges into a branch are held, or denied for want of a gate. */
export const isGated = (policy: Policy, branch: string): boolean =>
  policy.unmatched.merge === 'deny' || mergeGates(policy).some((gate) => matchesAny(gate.branches, branch));

/**
 * Whether a pattern names branches rather than taking all there are. Where even branches to work on need the check,
 * nobody can push to them, so that is not for a command to decide.
 */
const isNaming = ({ source }: Glob): boolean => /[\p{L}\p{N}]/u.test(source);

/** What stands in the way of every merge gate of a policy. */
export function mergeFindings(
  appId: number,
  facts: RepoFacts,
  policy: Policy,
  { branches, dormant, unseen, cut }: BranchesFacts,
): readonly DoctorFinding[] {
  const about = nameOf(facts.repo);
  const found = branches.flatMap((branch) =>
    isGated(policy, branch.name)
      ? gatedFindings(appId, facts, policy, branch, dormant)
      : ungatedFindings(appId, facts, branch),
  );
  for (const gate of mergeGates(policy)) {
    if (isShared(gate) || cut || unseen > 0 || branches.some(({ name }) => matchesAny(gate.branches, name))) continue;
    const message = `the gate "${gate.name}" matches no branch that is there`;
    found.push(
      finding('warning', 'gate-without-branch', about, message, {
        todo: 'correct its `branches`, unless the branch is to come',
      }),
    );
  }
  if (unseen > 0 || cut) {
    const what = cut
      ? 'the repository has too many branches to list them all'
      : `${unseen} more branches that the policy gates were not looked at`;
    found.push(finding('warning', 'branches-cut', about, what, { todo: 'protect them by pattern, in a ruleset' }));
  }
  return found;
}

const requires = ({ pins }: Guard): boolean => pins.length > 0;
const pinsTo = (guard: Guard, appId: number): boolean => guard.pins.includes(appId);

function gatedFindings(
  appId: number,
  facts: RepoFacts,
  policy: Policy,
  branch: BranchFacts,
  dormant: readonly DormantRuleset[],
): readonly DoctorFinding[] {
  const about = nameOf(facts.repo);
  const { name, guards } = branch;
  const repair = repairOf(facts, policy, name);
  const pinned = guards.filter((guard) => pinsTo(guard, appId));
  if (pinned.length === 0) return [notPinned(appId, facts, branch, repair, dormant)];
  const firm = pinned.filter(({ bypass }) => bypass.kind === 'nobody');
  const found: DoctorFinding[] = [];
  if (firm.length === 0) found.push(bypassable(facts, name, pinned, repair));
  const foreign = guards.find(({ pins }) => pins.some((pin) => pin !== null && pin !== appId));
  if (foreign !== undefined) {
    const message = `${foreign.name} wants ${MERGE_CHECK} on ${name} from another app, too, so nothing can be merged until that one reports it`;
    found.push(
      finding('warning', 'check-pinned-elsewhere', about, message, {
        todo: `take that ${MERGE_CHECK} out`,
        page: foreign.page,
      }),
    );
  }
  if (isPushable(guards, firm)) found.push(pushable(facts, name, guards, repair));
  if (found.length > 0) return found;
  const queue = guards.some(({ mergeQueue }) => mergeQueue) ? ', through a merge queue' : '';
  return [
    ok(
      'merge',
      about,
      `${name}: ${firm[0]?.name ?? ''} requires ${MERGE_CHECK} of this app, and nobody bypasses it${queue}`,
    ),
  ];
}

/** Whether somebody needs no pull request. Where those bypass the check as well, that was said of them. */
const isPushable = (guards: readonly Guard[], firm: readonly Guard[]): boolean => {
  const asking = guards.filter(({ pullRequests }) => pullRequests);
  return asking.length === 0 || (firm.length > 0 && asking.every(({ pullBypass }) => pullBypass.kind === 'some'));
};

function pushable(facts: RepoFacts, branch: string, guards: readonly Guard[], repair: Repair | null): DoctorFinding {
  const who = guards.flatMap(({ pullRequests, pullBypass }) =>
    pullRequests && pullBypass.kind === 'some' ? [pullBypass.who] : [],
  );
  const by = who.length === 0 ? '' : ` by ${who.join(', ')}`;
  const message = `commits can be pushed to ${branch} without a pull request${by}: one that was approved for another branch would pass`;
  return finding('warning', 'pull-request-not-required', nameOf(facts.repo), message, {
    todo: who.length === 0 ? 'require a pull request before merging' : 'let nobody past the pull request',
    page: `${facts.page}/settings/rules`,
    ...(repair === null ? {} : { repair }),
  });
}

function notPinned(
  appId: number,
  facts: RepoFacts,
  { name, guards }: BranchFacts,
  repair: Repair | null,
  dormant: readonly DormantRuleset[],
): DoctorFinding {
  const about = nameOf(facts.repo);
  const rest = repair === null ? {} : { repair };
  const requiring = guards.find(requires);
  if (requiring === undefined) {
    const [sleeping] = dormant;
    const also =
      sleeping === undefined ? '' : `; ${sleeping.name} would, but its enforcement is "${sleeping.enforcement}"`;
    const message = `nothing requires ${MERGE_CHECK} on ${name}, so a merge does not wait${also}`;
    const todo = `require the check ${MERGE_CHECK} with this app (${appId}) as its source`;
    return finding('error', 'check-not-required', about, message, {
      todo,
      page: sleeping?.page ?? `${facts.page}/settings/rules`,
      ...rest,
    });
  }
  const other = requiring.pins.find((pin) => pin !== null);
  const todo = `choose this app (${appId}) as the source of ${MERGE_CHECK}`;
  if (other !== undefined) {
    const message = `${requiring.name} takes ${MERGE_CHECK} on ${name} from another app (${other})`;
    return finding('error', 'check-pinned-to-another', about, message, { todo, page: requiring.page, ...rest });
  }
  const message = `${requiring.name} takes ${MERGE_CHECK} on ${name} from anyone who may write checks`;
  return finding('error', 'check-not-pinned', about, message, { todo, page: requiring.page, ...rest });
}

function bypassable(facts: RepoFacts, branch: string, pinned: readonly Guard[], repair: Repair | null): DoctorFinding {
  const about = nameOf(facts.repo);
  const guard = pinned.find(({ bypass }) => bypass.kind === 'unknown') ?? pinned[0];
  const page = guard?.page ?? facts.page;
  // What `--fix` writes is bound to nobody's exception but those that a person wrote into it.
  const byHand = pinned.some(({ own }) => own) || repair === null;
  const rest = { page, ...(byHand ? {} : { repair }) };
  if (guard?.bypass.kind !== 'some') {
    const message = `GitHub does not tell the app who may bypass ${guard?.name ?? ''} on ${branch}`;
    return finding('warning', 'bypass-unknown', about, message, { ...rest, todo: 'see that its bypass list is empty' });
  }
  const message = `${guard.bypass.who} may bypass ${guard.name} on ${branch}`;
  return finding('error', 'bypass', about, message, {
    ...rest,
    todo: 'empty the bypass list, or bind administrators too',
  });
}

function ungatedFindings(appId: number, facts: RepoFacts, { name, guards }: BranchFacts): readonly DoctorFinding[] {
  const about = nameOf(facts.repo);
  const requiring = guards.find((guard) => requires(guard) && (pinsTo(guard, appId) || guard.pins.includes(null)));
  const found: DoctorFinding[] = [];
  if (requiring !== undefined) {
    const message = `${requiring.name} requires ${MERGE_CHECK} on ${name}, which no gate covers: it is never reported there, so nothing can be merged`;
    found.push(
      finding('warning', 'check-without-gate', about, message, {
        todo: 'add a gate for the branch, or do not require the check there',
        page: requiring.page,
      }),
    );
  }
  if (name === facts.defaultBranch) {
    const message = `no gate holds merges into ${name}, where the policy itself stands: who can merge there can change it`;
    found.push(
      finding('warning', 'policy-not-held', about, message, { todo: `add a gate with \`on: merge\` for ${name}` }),
    );
  }
  return found;
}

/** What `--fix` would write for a branch: the patterns of its gates that GitHub understands alike, and its own name. */
function repairOf({ repo, defaultBranch }: RepoFacts, policy: Policy, branch: string): Repair | null {
  const globs = mergeGates(policy).flatMap((gate) => gate.branches.filter((glob) => glob.matches(branch)));
  if (branch !== defaultBranch && !globs.some(isNaming)) return null;
  const patterns = globs.filter(isNaming).flatMap(({ source }) => refPattern(source) ?? []);
  return { kind: 'require-check', repo, refs: [...new Set([`refs/heads/${branch}`, ...patterns])] };
}

/** A pattern as rulesets write it (https://docs.ruby-lang.org/en/3.4/File.html#method-c-fnmatch); `null` where it can't be told for sure. */
function refPattern(source: string): string | null {
  if (!/^[\p{L}\p{N}/._*-]+$/u.test(source)) return null;
  if (source.split('/').some((part) => part.includes('**') && part !== '**')) return null;
  // A last `**` crosses slashes for us, and not for GitHub.
  return `refs/heads/${source.replace(/(^|\/)\*\*$/u, '$1**/*')}`;
}
