/** Which pull requests a merge group is made of. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha } from '../../src/domain/identity.ts';
import { pullsOfGroup, unnamedCommits, type GroupCommit, type QueuedBranch } from '../../src/domain/merge-queue.ts';
import { known, unknown } from '../../src/domain/result.ts';

const commit = (n: number) => sha(n.toString(16).padStart(40, '0'));
const queued = (pull: number, at: number, on: number): QueuedBranch => ({ pull, sha: commit(at), builtOn: commit(on) });

describe('a merge group', () => {
  it('is made of the pull requests between its head and its base, first one first', () => {
    const branches = [queued(12, 3, 2), queued(10, 1, 0), queued(11, 2, 1), queued(13, 4, 3)];
    expect(pullsOfGroup(commit(3), commit(0), branches)).toEqual({ kind: 'known', value: [10, 11, 12] });
  });

  it.each([
    ['no branch has its head', commit(9), [queued(10, 1, 0)]],
    ['a branch on the way is missing', commit(3), [queued(12, 3, 2), queued(10, 1, 0)]],
    ['its branches run in a circle', commit(1), [queued(10, 1, 2), queued(11, 2, 1)]],
    ['a branch is built on itself', commit(1), [queued(10, 1, 1)]],
    ['it is its own base', commit(0), [queued(10, 1, 0)]],
    ['there are no branches', commit(1), []],
    ['two branches claim its head, in one order', commit(1), [queued(10, 1, 0), queued(11, 1, 0)]],
    ['two branches claim its head, in the other', commit(1), [queued(11, 1, 0), queued(10, 1, 0)]],
    ['two branches claim a commit on the way', commit(2), [queued(12, 2, 1), queued(10, 1, 0), queued(11, 1, 0)]],
    ['one pull request is in it twice', commit(2), [queued(10, 2, 1), queued(10, 1, 0)]],
  ])('is not known when %s', (_name, head, branches) => {
    const why =
      head === commit(0)
        ? 'the merge group is empty'
        : 'the branches of the merge queue do not tell which pull requests are in this group';
    expect(pullsOfGroup(head, commit(0), branches)).toEqual(unknown(why));
  });

  it('is found in any order of the branches, up to a hundred of them', () => {
    const chain = fc.integer({ min: 1, max: 100 }).chain((length) =>
      fc.shuffledSubarray(
        Array.from({ length }, (_, index) => queued(500 + index, index + 1, index)),
        { minLength: length },
      ),
    );
    fc.assert(
      fc.property(chain, (branches) => {
        const pulls = branches.map((branch) => branch.pull).sort((a, b) => a - b);
        expect(pullsOfGroup(commit(branches.length), commit(0), branches)).toEqual({ kind: 'known', value: pulls });
      }),
    );
  });

  it('of more than a hundred is not known', () => {
    const branches = Array.from({ length: 101 }, (_, index) => queued(500 + index, index + 1, index));
    expect(pullsOfGroup(commit(101), commit(0), branches).kind).toBe('unknown');
  });
});

describe('the commits of a merge group that no branch names', () => {
  const made = (at: number, ...on: readonly number[]): GroupCommit => ({ sha: commit(at), parents: on.map(commit) });
  const shas = (found: ReturnType<typeof unnamedCommits>) =>
    found.kind === 'known' ? found.value.map(({ sha: found }) => found) : found;

  it('are none where each commit has its branch', () => {
    const commits = known([made(2, 1), made(1, 0)]);
    expect(shas(unnamedCommits(commit(2), commit(0), [queued(11, 2, 1), queued(10, 1, 0)], commits))).toEqual([]);
  });

  it('are those on the way from the head to the base, from the head down', () => {
    const commits = known([made(1, 0), made(4, 3), made(3, 2), made(2, 1)]);
    const found = unnamedCommits(commit(4), commit(0), [queued(11, 4, 3), queued(10, 2, 1)], commits);
    expect(shas(found)).toEqual([commit(3), commit(1)]);
  });

  it('follow the first parent of a merge, which is what it was put on', () => {
    const commits = known([made(2, 1, 9), made(1, 0), made(9, 0)]);
    expect(shas(unnamedCommits(commit(2), commit(0), [], commits))).toEqual([commit(2), commit(1)]);
  });

  it('are none of a group that is its own base', () => {
    expect(unnamedCommits(commit(0), commit(0), [], known([]))).toEqual(known([]));
  });

  it.each([
    ['end before the base', [made(2, 1)]],
    ['begin with a commit that is not among them', [made(1, 0)]],
    ['end with one that has no parent', [made(2, 1), made(1)]],
    ['run in a circle', [made(2, 1), made(1, 2)]],
  ])('are not known where they %s', (_name, commits) => {
    expect(unnamedCommits(commit(2), commit(0), [], known(commits))).toEqual(
      unknown('the commits of the merge group do not lead to its base'),
    );
  });

  it('are not known where the commits are not, for the same reason', () => {
    expect(unnamedCommits(commit(2), commit(0), [], unknown('there are too many'))).toEqual(
      unknown('the commits of the merge group are not known: there are too many'),
    );
  });

  it.each([
    [100, 'known'],
    [101, 'unknown'],
  ])('of %d in a row are %s', (length, kind) => {
    const commits = known(Array.from({ length }, (_, index) => made(index + 1, index)));
    expect(unnamedCommits(commit(length), commit(0), [], commits).kind).toBe(kind);
  });
});
