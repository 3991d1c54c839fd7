/** Shows on a pull request that touches the policy what it would mean: the check `jit/policy`, which informs. */

import type { Effect } from '../domain/effect.ts';
import { instant, sha as shaOf, type RepoRef, type Sha } from '../domain/identity.ts';
import { escapeMarkdown } from '../domain/markdown.ts';
import { reportOn, type HeadFile } from '../domain/policy/check-report.ts';
import { pastOf } from './past.ts';
import { readBaseline, readPolicy, unread } from './policy.ts';
import { GitHubRefused, type Check } from './ports.ts';
import { showCheck } from './show.ts';
import type { World } from './world.ts';

const POLICY_CHECK = 'jit/policy';
/** Where a policy can stand, the first that exists counts, and the cases beside each. */
const PLACES: Readonly<Record<string, string>> = {
  '.jit-policy.yml': '.jit-policy.test.yml',
  '.github/.jit-policy.yml': '.github/.jit-policy.test.yml',
};
const GOVERNING = new Set(Object.entries(PLACES).flat());

type PolicyCheckEffect = Extract<Effect, { kind: 'policy-check' }>;

const prefixOf = (repo: RepoRef): string => `policy-check:${repo.id}:`;

/**
 * Reports on the commit, if the pull request touches the policy or its cases. A commit that was reported on before is
 * reported on again: the policy that it is compared with may be another by now.
 */
export async function publishPolicyCheck(world: World, { repo, sha, pull }: PolicyCheckEffect): Promise<void> {
  const key = `${prefixOf(repo)}${sha}`;
  const known = (await world.store.surface(key)) !== null;
  if (!known && (pull === null || !(await touches(world, repo, pull, sha)))) return;
  await showCheck(world, repo, sha, key, await checkFor(world, repo, sha, key));
}

/** Effects that have every report of a repository made anew, or those on one commit. */
export async function policyChecksOf(world: World, repo: RepoRef, head: Sha | null = null): Promise<readonly Effect[]> {
  const later = instant((await world.store.now()) + 60_000);
  const shown = await world.store.surfacesShownBefore(prefixOf(repo), later);
  const commits = shown.map(({ key }) => shaOf(key.slice(prefixOf(repo).length)));
  return commits
    .filter((sha) => head === null || sha === head)
    .map((sha) => ({ kind: 'policy-check', repo, sha, pull: null }));
}

async function touches(world: World, repo: RepoRef, number: number, sha: Sha): Promise<boolean> {
  const pull = await world.github.pull(repo, number);
  if (pull?.open !== true || pull.head !== sha) return false;
  const files = await world.github.pullFiles(repo, number);
  // More files than GitHub lists may hold it.
  return files.kind === 'unknown' || files.value.some((path) => GOVERNING.has(path));
}

async function checkFor(world: World, repo: RepoRef, sha: Sha, key: string): Promise<Check> {
  const state = await readPolicy(world, repo);
  if (state.kind === 'unreachable') throw unread(state);
  const common = { name: POLICY_CHECK, externalId: key, detailsUrl: null };
  let policy: HeadFile;
  let cases: HeadFile;
  try {
    policy = await headFile(world, repo, sha, Object.keys(PLACES));
    cases = await headFile(world, repo, sha, [PLACES[policy.path] ?? '.jit-policy.test.yml']);
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    const why = escapeMarkdown(error.message);
    const summary = `**The policy or its tests can’t be read:** ${why}. On the default branch this would hold everything.`;
    return { ...common, state: 'failure', title: 'The policy can’t be read', summary, text: '' };
  }
  const before = state.kind === 'present' ? state.policy : null;
  const [baseline, past] = await Promise.all([readBaseline(world, repo), pastOf(world, repo)]);
  const { ok, title, summary, text, annotations } = reportOn({ before, policy, cases, baseline, past });
  return { ...common, state: ok ? 'success' : 'failure', title, summary, text, annotations };
}

async function headFile(world: World, repo: RepoRef, sha: Sha, paths: readonly string[]): Promise<HeadFile> {
  const found = await world.github.fileAt(repo, sha, paths);
  return found.kind === 'found' ? found : { path: paths[0] ?? '', text: null };
}
