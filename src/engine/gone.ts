/** From which installations was the app taken off, and what becomes of the work there? */

import { repoAudit } from '../domain/audit.ts';
import type { Effect } from '../domain/effect.ts';
import { isTeam, type Grantable } from '../domain/grantable.ts';
import type { InstallationId, RepoRef } from '../domain/identity.ts';
import { repoOf } from './out-of-reach.ts';
import { GitHubUnavailable, InstallationGone } from './ports.ts';
import type { World } from './world.ts';

const GONE = 'gone';
const keyOf = (installation: InstallationId): string => `installation-gone:${installation}`;

/** Whether the app is known to be uninstalled there. One that is suspended is not gone: work there is tried again. */
const isGone = async ({ store }: World, installation: InstallationId): Promise<boolean> =>
  (await store.surface(keyOf(installation)))?.digest === GONE;

/** Keeps that the app was uninstalled, or is installed again. */
export async function noteGone({ store }: World, installation: InstallationId, gone: boolean): Promise<void> {
  await store.saveSurface({ key: keyOf(installation), githubId: null, digest: gone ? GONE : 'back' });
}

/** Whether an error means that nothing can come of the work: no token, and no such installation among the app's own. */
export async function isForGood(world: World, error: unknown, installation: InstallationId): Promise<boolean> {
  if (!(error instanceof GitHubUnavailable)) return false;
  if (await isGone(world, installation)) return true;
  if (!(error instanceof InstallationGone)) return false;
  const installed = await world.github.installations();
  if (installed.some(({ id }) => id === installation)) return false;
  await noteGone(world, installation, true);
  return true;
}

/**
 * Does an effect. Where the app is not installed any more it is given up, roles that have to be taken back too: that is
 * logged and put into the audit log. When the app is installed again, its grants are settled and
 * everything in its repositories is looked at again.
 */
export async function unlessGone(world: World, effect: Effect, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const repo = error instanceof GitHubUnavailable ? await repoOf(world, effect) : null;
    if (repo === null || !(await isForGood(world, error, repo.installationId))) throw error;
    // Membership hangs on the organisation, wherever it was asked for.
    if (effect.kind === 'membership' && (await accounts(world)).has(effect.team.org)) throw error;
    await giveUp(world, effect, repo);
  }
}

const TAKES_BACK: ReadonlySet<Effect['kind']> = new Set(['access', 'membership', 'late-acceptance']);

async function giveUp(world: World, effect: Effect, repo: RepoRef): Promise<void> {
  const thing = thingOf(effect);
  const takesBack = TAKES_BACK.has(effect.kind);
  world.log.error(
    { effect: effect.kind, repo: repo.id, installation: repo.installationId, about: thing },
    takesBack
      ? 'given up: the app is not installed any more, so access that it gave can’t be taken back: take it back by hand'
      : 'given up: the app is not installed any more',
  );
  const data = { effect: effect.kind, about: thing, why: 'not-installed' };
  await world.store.commit({ audit: [repoAudit(repo, 'repository.out-of-reach', null, data)] });
}

/** What an effect is about in its repository: a person by number, a request, a commit, a conversation. */
function thingOf(effect: Effect): string {
  switch (effect.kind) {
    case 'access':
    case 'membership':
    case 'late-acceptance':
      return String(effect.userId);
    case 'deployment':
    case 'access-issue':
      return effect.requestId;
    case 'merge-check':
    case 'policy-check':
      return effect.sha;
    case 'pull':
      return String(effect.pull);
    case 'react':
      return String(effect.commentId);
    case 'reply':
      return effect.marker;
    case 'reevaluate':
      return '';
  }
}

/** Numbers of the accounts that the app is installed on. */
const accounts = async ({ github }: World): Promise<ReadonlySet<number | null>> =>
  new Set((await github.installations()).map(({ accountId }) => accountId));

/** Those that are in installations where the app still is, and grants of teams whose organisation has it again. */
export async function inReach<T extends { readonly repo: RepoRef; readonly role?: Grantable }>(
  world: World,
  items: readonly T[],
): Promise<readonly T[]> {
  const installations = [...new Set(items.map(({ repo }) => repo.installationId))];
  const gone = new Set<InstallationId>();
  for (const id of installations) if (await isGone(world, id)) gone.add(id);
  const maybeBack = gone.size > 0 && items.some(({ role }) => role !== undefined && isTeam(role));
  const installed = maybeBack ? await accounts(world) : new Set();
  const isBack = ({ role }: T): boolean => role !== undefined && isTeam(role) && installed.has(role.org);
  return items.filter((item) => !gone.has(item.repo.installationId) || isBack(item));
}
