/** Which pull requests a merge group is made of. */

import type { Sha } from './identity.ts';
import { known, unknown, type Known } from './result.ts';

/** A branch of the queue: the pull request that was put on top of `builtOn`, giving `sha`. */
export type QueuedBranch = { readonly pull: number; readonly sha: Sha; readonly builtOn: Sha };

/** A commit of the group, its first parent first: the one that it was put on top of. */
export type GroupCommit = { readonly sha: Sha; readonly parents: readonly Sha[] };

/** GitHub does not queue more than a hundred pull requests in one group. */
const LONGEST = 100;

/**
 * Walks the queue's branches back from the group's head to its base; each was built on the one before. GitHub sends
 * no list with a group, so a walk that does not arrive at the base leaves the pull requests unknown, and that holds.
 * So does a commit that two branches claim: one of them could be made by hand to name a pull request that is approved.
 */
export function pullsOfGroup(head: Sha, base: Sha, branches: readonly QueuedBranch[]): Known<readonly number[]> {
  const pulls: number[] = [];
  let at = head;
  while (at !== base) {
    const here = at;
    const [branch, another] = branches.filter((candidate) => candidate.sha === here);
    if (branch === undefined || another !== undefined || pulls.includes(branch.pull) || pulls.length >= LONGEST) {
      return unknown('the branches of the merge queue do not tell which pull requests are in this group');
    }
    pulls.push(branch.pull);
    at = branch.builtOn;
  }
  return pulls.length === 0 ? unknown('the merge group is empty') : known(pulls.reverse());
}

/**
 * The commits of a group, from its head down, that no branch names. A branch can carry the changes of several pull
 * requests and be called after the last one alone, so a pull request that nobody approved could ride along in one.
 */
export function unnamedCommits(
  head: Sha,
  base: Sha,
  branches: readonly QueuedBranch[],
  commits: Known<readonly GroupCommit[]>,
): Known<readonly GroupCommit[]> {
  if (commits.kind === 'unknown') return unknown(`the commits of the merge group are not known: ${commits.why}`);
  const bySha = new Map(commits.value.map((commit) => [commit.sha, commit]));
  const named = new Set(branches.map((branch) => branch.sha));
  const line: GroupCommit[] = [];
  for (let at: Sha | undefined = head; at !== base; at = line.at(-1)?.parents[0]) {
    const commit = at === undefined ? undefined : bySha.get(at);
    if (commit === undefined || line.length >= LONGEST) {
      return unknown('the commits of the merge group do not lead to its base');
    }
    line.push(commit);
  }
  return known(line.filter((commit) => !named.has(commit.sha)));
}
