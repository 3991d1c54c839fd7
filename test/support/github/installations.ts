/** What happens to the app's installations: more or fewer repositories, suspension, removal? */

import * as setup from './setup.ts';
import { showInstallation } from './show/apps.ts';
import { tellApp } from './webhooks/emit.ts';
import { stamp } from './world/clock.ts';
import { accountNamed, repoNamed } from './world/find.ts';
import type { App, Installation, Repo, World } from './world/state.ts';
import type { LocalGitHub } from './index.ts';

export type InstallationActs = Pick<
  LocalGitHub,
  | 'installApp'
  | 'addToInstallation'
  | 'removeFromInstallation'
  | 'suspendInstallation'
  | 'unsuspendInstallation'
  | 'uninstall'
  | 'ping'
>;

/** Acts on one app's installations. Each tells the app. */
export const installationActs = (world: World, app: App): InstallationActs => ({
  installApp: (account, repos, permissions) => setup.installApp(world, app, account, repos, permissions),
  addToInstallation: (installation, ...names) => {
    const repos = names.map((name) => repoNamed(world, name));
    if (installation.repos !== 'all') for (const repo of repos) installation.repos.add(repo);
    tellAboutSelection(world, installation, 'added', repos);
  },
  removeFromInstallation: (installation, ...names) => {
    const repos = names.map((name) => repoNamed(world, name));
    if (installation.repos === 'all') installation.repos = new Set(setup.reposOf(world, installation));
    for (const repo of repos) installation.repos.delete(repo);
    tellAboutSelection(world, installation, 'removed', repos);
  },
  suspendInstallation: (installation, by) => {
    installation.suspendedAt = world.clock.now();
    installation.suspendedBy = accountNamed(world, by);
    setup.tellAboutInstallation(world, installation, 'suspend', installation.suspendedBy);
  },
  unsuspendInstallation: (installation, by) => {
    installation.suspendedAt = null;
    installation.suspendedBy = null;
    setup.tellAboutInstallation(world, installation, 'unsuspend', accountNamed(world, by));
  },
  uninstall: (installation, by) => {
    installation.removed = true;
    setup.tellAboutInstallation(world, installation, 'deleted', accountNamed(world, by), {
      repositories: setup.reposOf(world, installation).map(setup.briefly),
    });
  },
  ping: () => {
    const hook = {
      type: 'App',
      id: app.id,
      name: 'web',
      active: true,
      app_id: app.id,
      events: [],
      config: { content_type: 'json', insecure_ssl: '0' },
      created_at: stamp(app.createdAt),
      updated_at: stamp(app.createdAt),
    };
    tellApp(
      world,
      app,
      {
        event: 'ping',
        action: null,
        sender: app.owner,
        body: { zen: 'Keep it logically awesome.', hook_id: app.id, hook },
      },
      null,
    );
  },
});

function tellAboutSelection(
  world: World,
  installation: Installation,
  action: 'added' | 'removed',
  repos: readonly Repo[],
): void {
  const body = {
    installation: showInstallation(world, installation),
    repository_selection: installation.repos === 'all' ? 'all' : 'selected',
    repositories_added: action === 'added' ? repos.map(setup.briefly) : [],
    repositories_removed: action === 'removed' ? repos.map(setup.briefly) : [],
    requester: null,
  };
  tellApp(
    world,
    installation.app,
    { event: 'installation_repositories', action, sender: installation.account, body },
    installation.id,
  );
}
