/** How does the merge queue work? Groups are built on one another; the first one merges when its checks pass. */

import { branchTip } from '../world/find.ts';
import { commitAt, mergeFiles, putCommit } from '../world/git.ts';
import { missingChecks, protectionOf } from '../world/mergeable.ts';
import type { Account, PullIssue, QueueGroup, Repo, World } from '../world/state.ts';
import { showSimpleCommit } from '../show/commits.ts';
import { tellAboutRepo } from '../webhooks/emit.ts';
import { moveRef, settleMerged } from './branches.ts';
import type { MergeAnswer } from './merge.ts';

/** Puts pull requests into the queue of their base, as one group. Refuses what GitHub would not let in. */
export function enqueue(world: World, pulls: readonly PullIssue[], by: Account): MergeAnswer {
  const [first] = pulls;
  if (first === undefined) throw new Error('a merge group needs a pull request');
  const { repo } = first;
  const base = first.pull.baseRef;
  if (protectionOf(repo, base)?.mergeQueue !== true) {
    return { ok: false, why: [`Branch ${base} has no merge queue.`] };
  }
  const why = pulls.flatMap((issue) => refusals(repo, base, issue));
  if (why.length > 0) return { ok: false, why };
  const queue = repo.queues.get(base) ?? [];
  repo.queues.set(base, queue);
  const group: QueueGroup = { pulls, by, ref: '', headSha: '', baseSha: '' };
  queue.push(group);
  build(world, repo, base, group);
  return { ok: true, sha: group.headSha };
}

function refusals(repo: Repo, base: string, issue: PullIssue): string[] {
  if (issue.state !== 'open') return [`Pull request #${issue.number} is not open.`];
  if (issue.pull.draft) return [`Pull request #${issue.number} is a draft.`];
  if (issue.pull.baseRef !== base) return [`Pull request #${issue.number} is for another branch.`];
  if (groupOf(repo, issue) !== null) return [`Pull request #${issue.number} is in the queue already.`];
  return missingChecks(repo, base, issue.pull.headSha);
}

const groupOf = (repo: Repo, issue: PullIssue): QueueGroup | null =>
  [...repo.queues.values()].flat().find((group) => group.pulls.includes(issue)) ?? null;

/** Merges the group on top of what is before it in the queue, on a branch of its own, and asks for checks. */
function build(world: World, repo: Repo, base: string, group: QueueGroup): void {
  const queue = repo.queues.get(base) ?? [];
  const ahead = queue[queue.indexOf(group) - 1];
  const onto = ahead?.headSha ?? branchTip(repo, base);
  if (onto === null) throw new Error(`branch ${base} is gone`);
  let tip = onto;
  for (const issue of group.pulls) {
    const files = mergeFiles(world.objects, tip, issue.pull.headSha);
    if (files === null) {
      leave(world, repo, base, group, 'dequeued');
      return;
    }
    tip = mergeCommit(world, tip, issue, files, group.by).sha;
  }
  const last = group.pulls.at(-1);
  group.baseSha = onto;
  group.headSha = tip;
  group.ref = `refs/heads/gh-readonly-queue/${base}/pr-${last?.number ?? 0}-${onto}`;
  moveRef(world, repo, group.ref, tip, group.by);
  tellAboutGroup(world, repo, base, group, 'checks_requested', {});
}

export function mergeCommit(
  world: World,
  onto: string,
  issue: PullIssue,
  files: ReadonlyMap<string, string>,
  by: Account,
): { sha: string } {
  const ident = { name: by.name ?? by.login, email: by.emails[0] ?? '', at: world.clock.now() };
  return putCommit(world.objects, {
    files,
    parents: [onto, issue.pull.headSha],
    author: ident,
    committer: { name: 'GitHub', email: 'noreply@github.com', at: world.clock.now() },
    byGitHub: true,
    message: `Merge pull request #${issue.number} from ${issue.pull.headRepo.owner.login}/${issue.pull.headRef}\n\n${issue.title}`,
  });
}

function tellAboutGroup(
  world: World,
  repo: Repo,
  base: string,
  group: QueueGroup,
  action: string,
  more: { reason?: string },
): void {
  tellAboutRepo(world, repo, {
    event: 'merge_group',
    action,
    sender: group.by,
    body: {
      ...more,
      merge_group: {
        head_sha: group.headSha,
        head_ref: group.ref,
        base_sha: group.baseSha,
        base_ref: `refs/heads/${base}`,
        head_commit: showSimpleCommit(world, group.headSha),
      },
    },
  });
}

/** Takes a group out of the queue and builds those behind it again. */
function leave(
  world: World,
  repo: Repo,
  base: string,
  group: QueueGroup,
  reason: 'merged' | 'invalidated' | 'dequeued',
): void {
  const queue = repo.queues.get(base) ?? [];
  const behind = queue.splice(queue.indexOf(group)).slice(1);
  if (group.ref !== '') dropGroup(world, repo, base, group, reason);
  if (reason === 'merged') {
    queue.push(...behind);
    return;
  }
  for (const next of behind) {
    if (next.ref !== '') dropGroup(world, repo, base, next, 'invalidated');
    queue.push(next);
    build(world, repo, base, next);
  }
}

function dropGroup(world: World, repo: Repo, base: string, group: QueueGroup, reason: string): void {
  tellAboutGroup(world, repo, base, group, 'destroyed', { reason });
  moveRef(world, repo, group.ref, null, group.by);
  group.ref = '';
}

/** A pull request that got a new head, was closed or retargeted leaves the queue with its group. */
export function ejectFromQueue(world: World, issue: PullIssue): void {
  for (const [base, queue] of issue.repo.queues) {
    const group = queue.find((candidate) => candidate.pulls.includes(issue));
    if (group !== undefined) leave(world, issue.repo, base, group, 'dequeued');
  }
}

// A merge moves branches and ends checks, which asks to settle again: one round at a time.
const settling = new WeakSet<Repo>();

/** Merges what is at the front of each queue and passes, and ejects what failed. */
export function settleQueues(world: World, repo: Repo): void {
  if (settling.has(repo)) return;
  settling.add(repo);
  try {
    for (const [base, queue] of repo.queues) {
      for (let group = queue[0]; group !== undefined; group = queue[0]) {
        if (failed(repo, base, group)) {
          leave(world, repo, base, group, 'dequeued');
        } else if (missingChecks(repo, base, group.headSha).length === 0) {
          land(world, repo, base, group);
        } else break;
      }
    }
  } finally {
    settling.delete(repo);
  }
}

const failed = (repo: Repo, base: string, group: QueueGroup): boolean =>
  missingChecks(repo, base, group.headSha).some((why) => why.endsWith('is failing.'));

function land(world: World, repo: Repo, base: string, group: QueueGroup): void {
  const mergeBase = commitAt(world.objects, group.baseSha).sha;
  for (const issue of group.pulls) settleMerged(world, issue, group.headSha, group.by, mergeBase);
  moveRef(world, repo, `refs/heads/${base}`, group.headSha, group.by, { kind: 'merge_queue_merge' });
  leave(world, repo, base, group, 'merged');
}
