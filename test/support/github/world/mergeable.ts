/** Can a commit be merged, and if not, why? */

import { literally } from './pattern.ts';
import { branchTip } from './find.ts';
import { ancestors, mergeFiles } from './git.ts';
import { requiredByRulesets } from './rulesets.ts';
import type { CheckRun, Protection, PullIssue, Repo, World } from './state.ts';

/** GitHub gives up on a check that stays unfinished for longer than this. */
const STALE_AFTER_MS = 14 * 24 * 3_600_000;

/** Whether a run has become stale: unfinished for more than 14 days. */
export const isStale = (world: World, check: CheckRun): boolean =>
  check.status !== 'completed' && world.clock.now() - check.createdAt > STALE_AFTER_MS;

const PASSING: ReadonlySet<string | null> = new Set(['success', 'neutral', 'skipped']);
const passes = (check: CheckRun): boolean => check.status === 'completed' && PASSING.has(check.conclusion);

/** The protection of a branch; the first pattern that matches. */
export const protectionOf = (repo: Repo, branch: string): Protection | null =>
  repo.protections.find((protection) => patternMatches(protection.pattern, branch)) ?? null;

function patternMatches(pattern: string, branch: string): boolean {
  const parts = pattern.split(/(\*\*|\*)/u).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : literally(part);
  });
  return new RegExp(`^${parts.join('')}$`, 'u').test(branch);
}

/** What keeps `sha` from a branch, in GitHub's manner; empty when every required check passes. */
export function missingChecks(repo: Repo, branch: string, sha: string): string[] {
  const all = [...(protectionOf(repo, branch)?.requiredChecks ?? []), ...requiredByRulesets(repo, branch)];
  return all.flatMap((required) => {
    const check = repo.checks.findLast(
      (run) =>
        run.sha === sha && run.name === required.name && (required.appId === null || run.app.id === required.appId),
    );
    if (check?.status !== 'completed') return [`Required status check "${required.name}" is expected.`];
    return passes(check) ? [] : [`Required status check "${required.name}" is failing.`];
  });
}

/** GitHub's word for how a pull request stands. */
export function mergeableState(world: World, issue: PullIssue): string {
  const { repo, pull } = issue;
  if (issue.state === 'closed') return 'unknown';
  const base = branchTip(repo, pull.baseRef);
  if (base === null) return 'unknown';
  if (mergeFiles(world.objects, base, pull.headSha) === null) return 'dirty';
  if (pull.draft) return 'draft';
  if (missingChecks(repo, pull.baseRef, pull.headSha).length > 0) return 'blocked';
  if (protectionOf(repo, pull.baseRef)?.strict === true && !ancestors(world.objects, pull.headSha).has(base)) {
    return 'behind';
  }
  const others = repo.checks.filter((check) => check.sha === pull.headSha);
  return others.every(passes) ? 'clean' : 'unstable';
}
