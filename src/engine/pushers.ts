/** Who pushed what a pull request brings, and since when its head stands, by GitHub's clock? */

import { instant, type Instant, type RepoRef, type Sha, type UserId } from '../domain/identity.ts';
import type { PullFacts } from '../domain/subject.ts';
import { GitHubRefused, type BranchPush, type KnownPush, type PullOrigin } from './ports.ts';
import type { World } from './world.ts';

export type Pushed = {
  readonly pushers: readonly UserId[];
  /** Whether a pusher is known for every commit. */
  readonly seen: boolean;
  /** When the head came to stand there, never too early; `null` where GitHub does not tell. */
  readonly headSince: Instant | null;
  /** When the pull request last changed as it was looked at: its head and base are not younger. */
  readonly lookedAt: Instant | null;
};

/** Before anyone looked. */
export const UNSEEN: Pushed = { pushers: [], seen: false, headSince: null, lookedAt: null };

/**
 * Webhooks told of pushes as they came; what came before the app did, or got lost, is in the activity that GitHub keeps
 * of the branch, which is asked for only then. Everyone who pushed one of the commits, to whatever branch, is a pusher.
 */
export async function pushersOfPull(world: World, repo: RepoRef, pull: PullFacts): Promise<Pushed> {
  const origin = await world.github.pullOrigin(repo, pull.number);
  if (origin === null) return UNSEEN;
  const lookedAt = origin.updatedAt;
  if (origin.commits.kind === 'unknown') return { ...UNSEEN, lookedAt };
  const commits = new Set(origin.commits.value);
  const told = await world.store.pushesOf(repo.id, [...commits]);
  const ref = origin.branch?.repo.id === repo.id ? origin.branch.ref : null;
  const tips = told.filter((push) => push.tip && push.commit === pull.head && push.ref === ref);
  const pushers = new Set(told.map(({ by }) => by));
  const covered = new Set(told.map(({ commit }) => commit));
  const all = [...commits].every((commit) => covered.has(commit));
  if (all && tips.length > 0) return { pushers: [...pushers], seen: true, headSince: since(origin, tips), lookedAt };
  const activity = await activityOf(world, origin);
  const traced = trace(activity, commits, pull.head);
  for (const id of traced.pushers) pushers.add(id);
  return {
    pushers: [...pushers],
    seen: all || traced.whole,
    headSince: since(origin, [...tips, ...activity.filter(({ after }) => after === pull.head)]),
    lookedAt,
  };
}

function since({ createdAt }: PullOrigin, pushes: readonly (Pick<KnownPush, 'at'> | BranchPush)[]): Instant | null {
  return pushes.length === 0 ? null : instant(Math.max(createdAt, ...pushes.map(({ at }) => at)));
}

/** What GitHub keeps of the branch; nothing where it does not let the app see it, as for a private fork. */
async function activityOf(world: World, { branch }: PullOrigin): Promise<readonly BranchPush[]> {
  if (branch === null) return [];
  try {
    return await world.github.branchPushes(branch.repo, branch.ref);
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    world.log.warn(
      { repo: branch.repo.id, ref: branch.ref, why: error.message },
      'who pushed a branch could not be read',
    );
    return [];
  }
}

type Trace = { readonly pushers: readonly UserId[]; readonly whole: boolean };

/**
 * Follows a branch from its head back to where it was made, or to a plain push onto what the base has already: nothing
 * of the pull request can be older. A forced push can keep some of what stood there, so it ends nothing.
 */
function trace(activity: readonly BranchPush[], commits: ReadonlySet<Sha>, head: Sha): Trace {
  const from = activity.findIndex(({ after }) => after === head);
  if (from < 0) return { pushers: [], whole: false };
  const pushers: UserId[] = [];
  for (const { by, before, forced } of activity.slice(from)) {
    // An account that is gone can't approve, but nor can it be told who it was.
    if (by === null) return { pushers, whole: false };
    pushers.push(by);
    if (before === null || (!forced && !commits.has(before))) return { pushers, whole: true };
  }
  return { pushers, whole: false };
}
