/** Small builders for what the doctor is shown: a repository, its policy, and what protects a branch. */

import type { BaselineState } from '../../src/domain/policy/state.ts';
import type { BranchesFacts, BranchFacts, Guard, RepoFacts } from '../../src/domain/doctor/model.ts';
import { withBaseline } from '../../src/domain/policy/baseline.ts';
import type { Policy } from '../../src/domain/policy/model.ts';
import { present, repo } from './domain.ts';

/** This app's number. */
export const APP = 7;
/** The number of another app. */
export const OTHER_APP = 8;

/** octo-org/shop, whose default branch is `main`. */
export const shop = (changes: Partial<RepoFacts> = {}): RepoFacts => ({
  repo,
  page: 'https://github.com/octo-org/shop',
  private: false,
  archived: false,
  issues: true,
  defaultBranch: 'main',
  ...changes,
});

/** A policy from what stands below its groups, under the organisation's where there is one. */
export function policyOf(text: string, baseline: string | null = null): Policy {
  const base: BaselineState = baseline === null ? { kind: 'itself' } : present(fileOf(baseline));
  const state = withBaseline(present(fileOf(text)), base);
  if (state.kind !== 'present') throw new Error(state.kind);
  return state.policy;
}

/** The policy as its file says it, bound by nothing. */
export function fileAlone(text: string): Policy {
  const state = present(fileOf(text));
  if (state.kind !== 'present') throw new Error(state.kind);
  return state.policy;
}

const fileOf = (text: string): string => `version: 1\ngroups: { leads: { teams: [leads] } }\n${text}\n`;

/** A ruleset that does all that a merge gate needs, with changes. Who bypasses it bypasses its pull requests, too. */
export const guardOf = (changes: Partial<Guard> = {}): Guard => ({
  name: 'the ruleset "firm"',
  page: 'https://github.com/octo-org/shop/rules/1',
  own: false,
  pins: [APP],
  pullRequests: true,
  approvals: 0,
  bypass: { kind: 'nobody' },
  pullBypass: changes.bypass ?? { kind: 'nobody' },
  mergeQueue: false,
  ...changes,
});

export const branchesOf = (branches: readonly BranchFacts[], changes: Partial<BranchesFacts> = {}): BranchesFacts => ({
  branches,
  dormant: [],
  unseen: 0,
  cut: false,
  ...changes,
});
