/** Who wrote what a deployment brings: everything since what was last released to its environment? */

import type { RepoRef, Sha, UserId } from '../domain/identity.ts';
import type { DeploymentRequest } from '../domain/request.ts';
import { known, type Known } from '../domain/result.ts';
import type { Contributors, PullFacts } from '../domain/subject.ts';
import { lastDeployed } from './last-deployed.ts';
import type { World } from './world.ts';

export type Writers = {
  readonly contributors: Known<Contributors>;
  /** Everyone known to have opened, or pushed to, a pull request that the deployment brings. */
  readonly pushers: readonly UserId[];
};

/** Commits whose pull requests are asked for: one call each, whose answer never changes again. */
const MAX_ASKED = 100;

const NOBODY: Contributors = { people: [], unattributed: 0 };

/**
 * The people of the commit, of its pull request, and of every commit since the last release that succeeded. Before the
 * first release there is nothing to count from, and all of history was written by everyone. Where the range can't be told,
 * somebody who may approve may have written in it, so one approval more is asked for.
 */
export async function writersOfDeployment(
  world: World,
  request: DeploymentRequest,
  pull: PullFacts | null,
): Promise<Writers> {
  const { repo, subject } = request;
  const [commit, brought, since] = await Promise.all([
    world.github.commitContributors(repo, subject.sha),
    pull === null ? known(NOBODY) : world.github.pullContributors(repo, pull.number),
    writersSince(world, request),
  ]);
  const pulls = [...new Set([...(pull === null ? [] : [pull.number]), ...since.pulls])];
  const pushers = await world.store.peopleOfPulls(repo.id, pulls);
  for (const part of [commit, brought]) if (part.kind === 'unknown') return { contributors: part, pushers };
  const parts = [commit, brought].flatMap((part) => (part.kind === 'known' ? [part.value] : []));
  return { contributors: known(together([...parts, since.contributors])), pushers };
}

type Since = { readonly contributors: Contributors; readonly pulls: readonly number[] };

async function writersSince(world: World, request: DeploymentRequest): Promise<Since> {
  const last = await lastDeployed(world, request);
  const { repo } = request;
  const { sha } = request.subject;
  if (last.kind === 'unknown') return untold(last.why);
  // Nothing was released before, or just this: it brings nothing that is new.
  if (last.value === null || last.value === sha) return { contributors: NOBODY, pulls: [] };
  const range = await world.github.contributorsBetween(repo, last.value, sha);
  if (range.kind === 'unknown') return untold(range.why);
  const { contributors, total, read, line } = range.value;
  const asked = (await world.store.hasHeldMerges(repo.id)) ? line.slice(0, MAX_ASKED) : [];
  const pulls = await pullsOf(world, repo, asked);
  if (read < total) return { contributors: { ...contributors, untold: only(read, total, last.value) }, pulls };
  if (asked.length === 0 || asked.length === line.length) return { contributors, pulls };
  const why = `its pull requests are more than can be asked for (${line.length} steps since ${short(last.value)})`;
  return { contributors: { ...contributors, untold: why }, pulls };
}

const short = (sha: Sha): string => sha.slice(0, 7);

const only = (read: number, total: number, base: Sha): string =>
  `${total} commits came since the last release (${short(base)}), and only the newest ${read} of them can be read`;

const untold = (why: string): Since => ({
  contributors: { ...NOBODY, untold: `it can't be told who wrote what came since the last release: ${why}` },
  pulls: [],
});

async function pullsOf(world: World, repo: RepoRef, commits: readonly Sha[]): Promise<readonly number[]> {
  const found = await Promise.all(commits.map((commit) => world.github.pullsOfCommit(repo, commit)));
  return [...new Set(found.flat())];
}

function together(parts: readonly Contributors[]): Contributors {
  const untold = parts.flatMap((part) => part.untold ?? []);
  return {
    people: [...new Set(parts.flatMap((part) => part.people))],
    // What two parts share is counted twice, and only whether there is any matters.
    unattributed: parts.reduce((sum, part) => sum + part.unattributed, 0),
    ...(untold.length === 0 ? {} : { untold: untold.join('; ') }),
  };
}
