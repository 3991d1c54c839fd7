/** Which commits and files does a pull request bring? */

import { changesBetween, type FileChange } from './diff.ts';
import { commitAt, commitsBetween, mergeBase, type Commit } from './git.ts';
import type { PullIssue, World } from './state.ts';

/** The commit that the changes are counted from: where the branch left its base. */
const pullMergeBase = (world: World, { pull }: PullIssue): string =>
  pull.mergeBase ?? mergeBase(world.objects, pull.baseSha, pull.headSha) ?? pull.baseSha;

/** Oldest first. */
export const pullCommits = (world: World, issue: PullIssue): Commit[] =>
  commitsBetween(world.objects, pullMergeBase(world, issue), issue.pull.headSha);

// Counting thousands of files for every answer would make the local GitHub the slow part of a measurement.
const cache = new WeakMap<PullIssue, { readonly key: string; readonly changes: FileChange[] }>();

export function pullChanges(world: World, issue: PullIssue): FileChange[] {
  const base = pullMergeBase(world, issue);
  const key = `${base}..${issue.pull.headSha}`;
  const known = cache.get(issue);
  if (known?.key === key) return known.changes;
  const before = commitAt(world.objects, base).files;
  const changes = changesBetween(world.objects, before, commitAt(world.objects, issue.pull.headSha).files);
  cache.set(issue, { key, changes });
  return changes;
}
