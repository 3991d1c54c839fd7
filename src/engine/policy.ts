/** The policy that stands on a repository's default branch at this moment. */

import { repoAudit, type Json } from '../domain/audit.ts';
import type { Effect } from '../domain/effect.ts';
import type { RepoRef } from '../domain/identity.ts';
import { notTrustedWithTeams, withBaseline } from '../domain/policy/baseline.ts';
import { parsePolicy } from '../domain/policy/parse.ts';
import type { BaselineState, PolicyState } from '../domain/policy/state.ts';
import { GitHubRefused, GitHubUnavailable, InstallationGone, type PolicyFile, type StoredPolicy } from './ports.ts';
import type { World } from './world.ts';

/** Compiled policies kept at a time; a policy of 300 lines takes about a millisecond to compile anew. */
const COMPILED = 500;

/**
 * Asks GitHub for the repository's policy and for the organisation's, each at the cost of one request that GitHub answers
 * with 304 as long as nothing changed. A file that differs from the one last seen is recorded, and everything that it
 * governs is looked at again.
 */
export async function readPolicy(world: World, repo: RepoRef): Promise<PolicyState> {
  const [own, baseline] = await Promise.all([readOne(world, repo), readBaseline(world, repo)]);
  return together(world, own, baseline);
}

/** The same for what somebody said: it is heard when an outage is over, since nothing true can be answered before. */
export const readPolicyOnceUp = async (world: World, repo: RepoRef): Promise<PolicyState> =>
  onceUp(await readPolicy(world, repo));

/** Throws for a policy that an outage keeps from being read, so that the job is tried again. */
export function onceUp(state: PolicyState): PolicyState {
  if (state.kind === 'unreachable' && state.passing) throw unread(state);
  return state;
}

export const unread = ({ why }: Extract<PolicyState, { kind: 'unreachable' }>): GitHubUnavailable =>
  new GitHubUnavailable(`the policy could not be read: ${why}`, null);

async function readOne(world: World, repo: RepoRef): Promise<PolicyState> {
  let file: PolicyFile;
  try {
    file = await world.github.policyFile(repo);
  } catch (error) {
    if (error instanceof GitHubUnavailable || error instanceof GitHubRefused) {
      const passing = error instanceof GitHubUnavailable && !(error instanceof InstallationGone);
      return { kind: 'unreachable', why: error.message, passing };
    }
    throw error;
  }
  await remember(world, repo, file);
  return compile(world, file);
}

/** The policy as it was last read; `null` where it never was. Asks GitHub nothing. */
export async function lastPolicy(world: World, repo: RepoRef): Promise<PolicyState | null> {
  const stored = await world.store.policy(repo.id);
  if (stored === null) return null;
  const own = compile(world, stored.file);
  for (const place of await baselinePlaces(world, repo)) {
    const baseline = await world.store.policy(place.id);
    if (baseline?.file.kind === 'found')
      return together(world, own, placed(world, place, compile(world, baseline.file)));
  }
  return together(world, own, { kind: 'absent' });
}

/** The organisation's policy: in `.github-private`, else in `.github`. */
export async function readBaseline(world: World, repo: RepoRef): Promise<BaselineState> {
  const isPlace = isBaselinePlace(repo);
  for (const place of await world.store.baselineRepositories(repo)) {
    if (place.id === repo.id) return { kind: 'itself', untrusted: !mayAllowTeams(world, place) };
    if (await wasAbsent(world, place)) continue;
    const state = placed(world, place, await readOne(world, place));
    // A repository where a baseline can stand is governed by its own policy alone, whoever's comes first.
    if (state.kind !== 'absent') return isPlace ? { kind: 'absent' } : state;
    await noteAbsent(world, place);
  }
  return { kind: 'absent' };
}

/** Where the baseline of a repository can stand that holds none itself. */
async function baselinePlaces(world: World, repo: RepoRef): Promise<readonly RepoRef[]> {
  if (isBaselinePlace(repo)) return [];
  return await world.store.baselineRepositories(repo);
}

/** Whether a repository is one of those where the organisation's policy can stand. */
const isBaselinePlace = ({ name }: RepoRef): boolean => ['.github-private', '.github'].includes(name.toLowerCase());

/**
 * Findings and outages say whose policy they are about. In many organisations anybody may make a repository of this name:
 * that is enough to be stricter, and not to hand out teams.
 */
function placed(world: World, place: RepoRef, state: PolicyState): PolicyState {
  const name = `${place.owner}/${place.name}`;
  if (state.kind === 'unreachable') return { ...state, why: `the policy of ${name}: ${state.why}` };
  if (state.kind === 'absent') return state;
  const named = { ...state, path: `${name}: ${state.path}` };
  if (named.kind === 'invalid' || mayAllowTeams(world, place)) return named;
  return { ...named, policy: notTrustedWithTeams(named.policy) };
}

const mayAllowTeams = ({ teamsAllowedBy }: World, { owner, name }: RepoRef): boolean =>
  teamsAllowedBy.includes(`${owner}/${name}`.toLowerCase());

/** GitHub counts the question for a file that is not there, so an absent baseline is asked for once a minute. */
const ASK_AGAIN = 60_000;

async function absentKey(world: World, place: RepoRef): Promise<string> {
  return `absent:${place.id}:${Math.floor((await world.store.now()) / ASK_AGAIN)}`;
}

const wasAbsent = async (world: World, place: RepoRef): Promise<boolean> => {
  // A push that brings the file is told of: then the store knows better than what was noted.
  if ((await world.store.policy(place.id))?.file.kind === 'found') return false;
  return world.compiled.has(await absentKey(world, place));
};

async function noteAbsent(world: World, place: RepoRef): Promise<void> {
  keep(world, await absentKey(world, place), { kind: 'absent' });
}

/** Both policies as one. The same two give the same object, which the caller need not compile again. */
function together(world: World, own: PolicyState, baseline: BaselineState): PolicyState {
  if (own.kind !== 'present' && baseline.kind !== 'present') return withBaseline(own, baseline);
  const key = `both:${blobIn(own)}:${blobIn(baseline)}`;
  const before = world.compiled.get(key);
  if (before !== undefined) return before;
  const state = withBaseline(own, baseline);
  if (state.kind === 'present') keep(world, key, state);
  return state;
}

function blobIn(state: BaselineState): string {
  // The same words in two organisations are not trusted alike.
  if (state.kind === 'itself') return `itself:${state.untrusted === true ? 'untrusted' : 'trusted'}`;
  return state.kind === 'present' || state.kind === 'invalid' ? `${state.path}@${state.blob}` : state.kind;
}

function compile(world: World, file: PolicyFile): PolicyState {
  if (file.kind === 'absent') return { kind: 'absent' };
  const key = `${file.path}@${file.blob}`;
  const before = world.compiled.get(key);
  if (before !== undefined) return before;
  const parsed = parsePolicy(file.text);
  const state: PolicyState = parsed.ok
    ? { kind: 'present', policy: parsed.value, path: file.path, blob: file.blob }
    : { kind: 'invalid', findings: parsed.error, path: file.path, blob: file.blob };
  keep(world, key, state);
  return state;
}

function keep(world: World, key: string, state: PolicyState): void {
  if (world.compiled.size >= COMPILED) world.compiled.clear();
  world.compiled.set(key, state);
}

const blobOf = (file: PolicyFile | undefined): string | null =>
  file?.kind === 'found' ? `${file.path}@${file.blob}` : null;

async function remember(world: World, repo: RepoRef, file: PolicyFile): Promise<void> {
  const stored = await world.store.policy(repo.id);
  if (stored !== null && blobOf(stored.file) === blobOf(file)) return;
  const data: Record<string, Json> =
    file.kind === 'absent'
      ? { file: null }
      : { file: file.path, blob: file.blob, valid: compile(world, file).kind === 'present' };
  await world.store.commit({
    policy: { repoId: repo.id, file },
    audit: [repoAudit(repo, 'policy.changed', null, data)],
    effects: await governed(world, repo, file, stored),
  });
}

/** Everything that the file governs, to be looked at again: for a baseline, every repository of its owner. */
async function governed(
  world: World,
  repo: RepoRef,
  file: PolicyFile,
  stored: StoredPolicy | null,
): Promise<readonly Effect[]> {
  if (stored === null && (file.kind === 'absent' || !isBaselinePlace(repo))) return [];
  if (!isBaselinePlace(repo)) return [{ kind: 'reevaluate', repo }];
  const all = await world.store.repositories();
  return all
    .filter((one) => one.installationId === repo.installationId && one.owner.toLowerCase() === repo.owner.toLowerCase())
    .map((one) => ({ kind: 'reevaluate', repo: one }));
}
