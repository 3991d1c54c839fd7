/** What becomes of work in a repository that the app can no longer see: it ends, with words, instead of going on for ever. */

import { repoAudit } from '../domain/audit.ts';
import type { Effect } from '../domain/effect.ts';
import type { RepoRef } from '../domain/identity.ts';
import { GitHubRefused } from './ports.ts';
import type { World } from './world.ts';

/** What only shows or looks. Roles that have to be taken back are tried until they are gone, whatever GitHub says. */
const MAY_END: ReadonlySet<Effect['kind']> = new Set([
  'merge-check',
  'policy-check',
  'pull',
  'deployment',
  'access-issue',
  'react',
  'reply',
  'reevaluate',
]);

/**
 * Does an effect. Where GitHub refuses it, and knows the app in its repository no more, it is given up, which is logged and
 * put into the audit log; when the repository comes back, everything in it is looked at again.
 */
export async function unlessOutOfReach(world: World, effect: Effect, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    // A public repository can still be read: GitHub answers 403 to what is written there, and 404 for a private one.
    const refused = error instanceof GitHubRefused;
    const repo = refused && MAY_END.has(effect.kind) ? await repoOf(world, effect) : null;
    if (!refused || repo === null || (await isInReach(world, repo))) throw error;
    world.log.error(
      { effect: effect.kind, repo: repo.id, why: error.message },
      'given up: the app cannot see the repository',
    );
    await world.store.commit({ audit: [repoAudit(repo, 'repository.out-of-reach', null, { effect: effect.kind })] });
  }
}

/** The repository that an effect is for, as it is now; `null` where its request is gone. */
export async function repoOf(world: World, effect: Effect): Promise<RepoRef | null> {
  if ('repo' in effect) return effect.repo;
  return 'requestId' in effect ? ((await world.store.request(effect.requestId))?.repo ?? null) : null;
}

async function isInReach(world: World, repo: RepoRef): Promise<boolean> {
  return (await world.github.repositories(repo.installationId)).some(({ id }) => id === repo.id);
}
