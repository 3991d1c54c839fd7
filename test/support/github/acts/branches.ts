/** What happens when a branch moves? */

import { changesBetween } from '../world/diff.ts';
import { branchTip, newId, pullsOf, installationsOn } from '../world/find.ts';
import { ancestors, commitAt, commitsBetween, type Commit, type Files } from '../world/git.ts';
import type { Account, Activity, Pull, PullIssue, Repo, World } from '../world/state.ts';
import { showPushedCommit } from '../show/commits.ts';
import { repoApi, repoWeb, showRepo } from '../show/repositories.ts';
import type { Shape } from '../show/shape.ts';
import { tellAboutRepo } from '../webhooks/emit.ts';
import { suiteOf, tellAboutSuite } from './checks.ts';
import { tellAboutIssue, touch } from './conversation.ts';
import { ejectFromQueue } from './merge-queue.ts';

const NOTHING = '0'.repeat(40);
/** A push lists no more commits than this. */
const MOST_PUSHED = 2048;

type Move = { readonly kind?: Activity['kind'] };
/** From where to where a reference went; `NOTHING` is where it is made or deleted. */
type Push = { readonly ref: string; readonly before: string; readonly after: string; readonly forced: boolean };

/** Moves a reference, and does and tells everything that follows from it. `sha: null` deletes it. */
export function moveRef(world: World, repo: Repo, ref: string, sha: string | null, by: Account, move: Move = {}): void {
  const before = repo.refs.get(ref) ?? null;
  if (before === sha) return;
  if (sha === null) repo.refs.delete(ref);
  else repo.refs.set(ref, sha);
  repo.pushedAt = world.clock.now();
  const forced = before !== null && sha !== null && !ancestors(world.objects, sha).has(before);
  const push: Push = { ref, before: before ?? NOTHING, after: sha ?? NOTHING, forced };
  const kind = move.kind ?? activityKind(push);
  repo.activity.push({
    id: newId(world),
    kind,
    actor: by,
    ref,
    before: push.before,
    after: push.after,
    at: repo.pushedAt,
  });
  tellAboutRepo(world, repo, { event: 'push', action: null, sender: by, body: pushBody(world, repo, push, by) });
  if (!ref.startsWith('refs/heads/') || sha === null) return;
  const branch = ref.slice('refs/heads/'.length);
  askForChecks(world, repo, branch, before, sha, by);
  followPulls(world, repo, branch, before, sha, by);
}

function activityKind({ before, after, forced }: Push): Activity['kind'] {
  if (before === NOTHING) return 'branch_creation';
  if (after === NOTHING) return 'branch_deletion';
  return forced ? 'force_push' : 'push';
}

/** GitHub's default: a check suite for every app that may write checks, unless the commit asks for none. */
function askForChecks(world: World, repo: Repo, branch: string, before: string | null, sha: string, by: Account): void {
  if (/^skip-checks:\s*true$/imu.test(commitAt(world.objects, sha).message)) return;
  for (const installation of installationsOn(world, repo)) {
    if (installation.permissions['checks'] !== 'write') continue;
    const isNew = !repo.suites.some((suite) => suite.app === installation.app && suite.sha === sha);
    const suite = suiteOf(world, repo, installation.app, sha, branch, before);
    if (isNew) tellAboutSuite(world, suite, 'requested', by);
  }
}

/** Pull requests from this branch have a new head; those into it may be in it now. */
function followPulls(world: World, repo: Repo, branch: string, before: string | null, sha: string, by: Account): void {
  for (const base of world.repos.values()) {
    for (const issue of pullsOf(base)) {
      if (issue.state !== 'open') continue;
      if (issue.pull.headRepo === repo && issue.pull.headRef === branch && issue.pull.headSha !== sha) {
        synchronize(world, issue, before ?? issue.pull.headSha, sha, by);
      } else if (
        base === repo &&
        issue.pull.baseRef === branch &&
        ancestors(world.objects, sha).has(issue.pull.headSha)
      ) {
        settleMerged(world, issue, sha, by);
      }
    }
  }
}

function synchronize(world: World, issue: PullIssue, before: string, sha: string, by: Account): void {
  const { pull, repo } = issue;
  pull.headSha = sha;
  pull.baseSha = repo.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  repo.refs.set(`refs/pull/${issue.number}/head`, sha);
  touch(world, issue);
  ejectFromQueue(world, issue);
  tellAboutIssue(world, issue, 'synchronize', { account: by, via: null }, { before, after: sha });
}

/** Marks a pull request as merged by `sha`, and tells. */
export function settleMerged(
  world: World,
  issue: PullIssue,
  sha: string,
  by: Account,
  mergeBase: string | null = null,
): void {
  const now = world.clock.now();
  const pull: Pull = issue.pull;
  pull.mergeBase = mergeBase ?? pull.baseSha;
  pull.mergedAt = now;
  pull.mergedBy = by;
  pull.mergeSha = sha;
  issue.state = 'closed';
  issue.closedAt = now;
  issue.closedBy = by;
  touch(world, issue);
  tellAboutIssue(world, issue, 'closed', { account: by, via: null });
}

function pushBody(world: World, repo: Repo, push: Push, by: Account): Shape {
  const { ref, before, after, forced } = push;
  const commits = pushedCommits(world, repo, push).map((commit) => {
    const parent = commit.parents[0];
    const earlier: Files = parent === undefined ? new Map() : commitAt(world.objects, parent).files;
    return showPushedCommit(world, repo, commit, changesBetween(world.objects, earlier, commit.files));
  });
  const tip = world.objects.commits.get(after);
  const seconds = (at: number): number => Math.floor(at / 1000);
  return {
    ref,
    before,
    after,
    created: before === NOTHING,
    deleted: after === NOTHING,
    forced,
    base_ref: null,
    compare: `${repoWeb(repo)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: commits.slice(-MOST_PUSHED),
    head_commit: commits.at(-1) ?? (tip === undefined ? null : showPushedCommit(world, repo, tip, [])),
    pusher: { name: by.login, email: by.emails[0] ?? null },
    // In this payload alone, two of the repository's times are numbers of seconds.
    repository: {
      ...showRepo(world, repo),
      url: repoApi(world, repo),
      created_at: seconds(repo.createdAt),
      pushed_at: seconds(repo.pushedAt),
      stargazers: 0,
      master_branch: repo.defaultBranch,
    },
  };
}

/** What a push brought: a new branch is counted from the default branch. */
function pushedCommits(world: World, repo: Repo, { before, after }: Push): Commit[] {
  if (after === NOTHING) return [];
  const base = before === NOTHING ? branchTip(repo, repo.defaultBranch) : before;
  return base === null ? [] : commitsBetween(world.objects, base, after);
}
