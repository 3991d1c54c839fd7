/** Where the app is installed, and who belongs there, has changed. */

import type { Effect } from '../domain/effect.ts';
import type { DomainEvent } from '../domain/event.ts';
import { isRoleGrant } from '../domain/grant.ts';
import type { RepoRef } from '../domain/identity.ts';
import { noteGone } from './gone.ts';
import { membershipsMayDiffer } from './membership-drift.ts';
import { workOn } from './move-grant.ts';
import type { World } from './world.ts';

type Of<K extends DomainEvent['kind']> = Extract<DomainEvent, { kind: K }>;

/** Someone joined or left: whatever waits or was approved in the installation is decided again, and grants of teams are held against it. */
export async function membershipChanged(world: World, event: Of<'membership-changed'>): Promise<void> {
  const repos = (await world.store.repositories()).filter((repo) => repo.installationId === event.installation);
  const busy = await Promise.all(
    repos.map(async (repo) => ((await world.store.openRequests(repo.id)).length > 0 ? [repo] : [])),
  );
  await world.store.commit({ effects: busy.flat().map((repo) => ({ kind: 'reevaluate', repo })) });
  await membershipsMayDiffer(world, event);
}

/** Stores repositories that the app can see now, looks at each, and settles the grants that run there. */
export async function repositoriesAdded(world: World, repos: readonly RepoRef[]): Promise<void> {
  await world.store.saveRepositories(repos);
  const ids = new Set(repos.map(({ id }) => id));
  const settled = await settlement(world, ({ id }) => ids.has(id));
  await world.store.commit({ effects: [...settled, ...repos.map(lookAgain)] });
}

export async function repositoriesRemoved(world: World, event: Of<'repositories-removed'>): Promise<void> {
  // Membership of a team hangs on no repository.
  const running = (await world.store.allRunningGrants())
    .filter(isRoleGrant)
    .filter((grant) => event.ids.includes(grant.repo.id));
  for (const grant of running) {
    world.log.error(
      { grant: grant.id, repo: grant.repo.id, why: event.why },
      'a grant runs on a repository that the app can no longer reach: take it back by hand',
    );
  }
  const ids = event.ids.map((id) => id as (typeof running)[number]['repo']['id']);
  await world.store.forgetRepositories(ids);
}

const lookAgain = (repo: RepoRef): Effect => ({ kind: 'reevaluate', repo });

/** What grants ask for that could not be done meanwhile, at once: a job that failed before may pause for minutes. */
async function settlement(world: World, concerns: (repo: RepoRef) => boolean): Promise<readonly Effect[]> {
  const running = await world.store.allRunningGrants();
  return running.filter(({ repo }) => concerns(repo)).map(workOn);
}

export async function installationChanged(world: World, event: Of<'installation-changed'>): Promise<void> {
  if (event.change === 'created' || event.change === 'deleted') {
    await noteGone(world, event.installation, event.change === 'deleted');
  }
  if (event.change === 'created') await world.store.saveRepositories(event.repos);
  if (event.change === 'suspend' || event.change === 'deleted') {
    const running = (await world.store.allRunningGrants()).filter(
      (grant) => grant.repo.installationId === event.installation,
    );
    world.log.error(
      { installation: event.installation, change: event.change, grants: running.map((grant) => grant.id) },
      "the app can do nothing here any more: pinned checks go on blocking, and running grants can't be taken back",
    );
  }
  const back =
    event.change === 'created' || event.change === 'unsuspend' || event.change === 'new_permissions_accepted';
  const repos = (await world.store.repositories()).filter((repo) => repo.installationId === event.installation);
  await world.store.commit({
    audit: [
      {
        installationId: event.installation,
        kind: 'installation.changed',
        actor: event.by,
        repoId: null,
        requestId: null,
        grantId: null,
        data: { change: event.change },
      },
    ],
    effects: back
      ? [
          ...(await settlement(world, ({ installationId }) => installationId === event.installation)),
          ...repos.map(lookAgain),
        ]
      : [],
  });
}
