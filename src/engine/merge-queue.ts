/** Holds a merge queue's group until every pull request in it is approved. */

import type { Effect } from '../domain/effect.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef, Sha } from '../domain/identity.ts';
import { pullsOfGroup, unnamedCommits, type GroupCommit } from '../domain/merge-queue.ts';
import { isMerge, type Request } from '../domain/request.ts';
import { known, unknown, type Known } from '../domain/result.ts';
import type { MergeGroup, QueueRef } from './ports.ts';
import type { World } from './world.ts';

type Asked = Extract<DomainEvent, { kind: 'merge-group-asked' }>;
type Ended = Extract<DomainEvent, { kind: 'merge-group-ended' }>;

type Place = { readonly repo: RepoRef; readonly base: string; readonly baseSha: Sha; readonly head: Sha };

/** A group that GitHub shows no branch of is forgotten after this long, in milliseconds: nobody told of its end. */
const FORGOTTEN_AFTER = 24 * 3600 * 1000;

export async function holdMergeGroup(world: World, event: Asked): Promise<void> {
  const { pulls } = await readGroup(world, event);
  await store(world, event, pulls);
}

/** Reads a group again whose pull requests could not be told: what GitHub did not show yet, it shows by and by. */
export async function rereadMergeGroup(world: World, group: MergeGroup): Promise<void> {
  const { repo, base, baseSha, head } = group;
  if (baseSha === null) return;
  const place = { repo: (await world.store.repository(repo.id)) ?? repo, base, baseSha, head };
  const { pulls, branches } = await readGroup(world, place);
  // Its end may have been told of meanwhile.
  if ((await world.store.mergeGroup(repo.id, head)) === null) return;
  if (pulls.kind === 'known') await store(world, place, pulls);
  else if (!branches.some((branch) => branch.sha === head)) await forgetIfOld(world, place);
}

async function store(world: World, { repo, base, baseSha, head }: Place, pulls: MergeGroup['pulls']): Promise<void> {
  await world.store.commit({
    mergeGroups: [{ repo, head, base, baseSha, pulls }],
    effects: [{ kind: 'merge-check', repo, sha: head }],
  });
}

async function forgetIfOld(world: World, { repo, head }: Place): Promise<void> {
  const shown = await world.store.surface(`merge-check:${repo.id}:${head}`);
  const now = await world.store.now();
  if (shown === null || now - shown.shownAt < FORGOTTEN_AFTER) return;
  await world.store.commit({ endedMergeGroups: [{ repoId: repo.id, head }] });
}

type Read = { readonly pulls: Known<readonly number[]>; readonly branches: readonly QueueRef[] };

async function readGroup(world: World, { repo, base, baseSha, head }: Place): Promise<Read> {
  const [branches, commits] = await Promise.all([
    world.github.queueRefs(repo, base),
    world.github.commitsBetween(repo, baseSha, head),
  ]);
  const named = pullsOfGroup(head, baseSha, branches);
  const unnamed = unnamedCommits(head, baseSha, branches, commits);
  return { pulls: await withUnnamed(world, repo, named, unnamed), branches };
}

/** A merge commit that no branch names tells its pull request by the head that it merged; any other can't be told. */
async function withUnnamed(
  world: World,
  repo: RepoRef,
  named: Known<readonly number[]>,
  unnamed: Known<readonly GroupCommit[]>,
): Promise<Known<readonly number[]>> {
  if (named.kind === 'unknown') return named;
  if (unnamed.kind === 'unknown') return unnamed;
  const pulls = new Set(named.value);
  for (const { parents } of unnamed.value) {
    const [, merged, more] = parents;
    const requests =
      merged === undefined || more !== undefined ? [] : await world.store.mergeRequestsAt(repo.id, merged);
    if (requests.length === 0) return unknown('the merge group holds a commit that belongs to no known pull request');
    for (const request of requests) if (isMerge(request)) pulls.add(request.subject.pull);
  }
  return known([...pulls]);
}

export async function forgetMergeGroup(world: World, event: Ended): Promise<void> {
  await world.store.commit({ endedMergeGroups: [{ repoId: event.repo.id, head: event.head }] });
}

/** The checks of the queued groups that wait for this request's pull request too. */
export async function groupChecks(world: World, request: Request): Promise<readonly Effect[]> {
  if (!isMerge(request)) return [];
  const groups = await world.store.mergeGroupsWith(request.repo.id, request.subject.pull);
  return groups.map((group) => ({ kind: 'merge-check', repo: group.repo, sha: group.head }));
}
