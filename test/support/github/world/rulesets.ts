/** Which rulesets are for a branch, and which checks do they require? */

import { literally } from './pattern.ts';
import type { Repo, RequiredCheck, Ruleset } from './state.ts';

/** The rulesets that bind a branch now. */
export const rulesetsFor = (repo: Repo, branch: string): readonly Ruleset[] =>
  repo.rulesets.filter(
    (one) =>
      one.enforcement === 'active' &&
      one.target === 'branch' &&
      one.include.some((pattern) => matches(repo, pattern, branch)) &&
      !one.exclude.some((pattern) => matches(repo, pattern, branch)),
  );

/** As Ruby's `File.fnmatch` with `FNM_PATHNAME`: only a `**` that a slash follows crosses slashes. */
function matches(repo: Repo, pattern: string, branch: string): boolean {
  if (pattern === '~ALL') return true;
  if (pattern === '~DEFAULT_BRANCH') return branch === repo.defaultBranch;
  const parts = pattern.split(/(\*\*\/|\*+)/u).map((part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    return part.startsWith('*') ? '[^/]*' : literally(part);
  });
  return new RegExp(`^${parts.join('')}$`, 'u').test(`refs/heads/${branch}`);
}

/** The checks that the rulesets of a branch require; `null` as app means any. */
export const requiredByRulesets = (repo: Repo, branch: string): readonly RequiredCheck[] =>
  rulesetsFor(repo, branch).flatMap(({ rules }) => rules.flatMap(checksOf));

function checksOf(rule: Readonly<Record<string, unknown>>): RequiredCheck[] {
  if (rule['type'] !== 'required_status_checks') return [];
  const parameters = rule['parameters'] as {
    readonly required_status_checks: readonly { readonly context: string; readonly integration_id?: number }[];
  };
  return parameters.required_status_checks.map(({ context, integration_id: appId }) => ({
    name: context,
    appId: appId ?? null,
  }));
}
