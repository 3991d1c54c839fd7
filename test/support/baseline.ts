/** How the end-to-end tests give an organisation a policy. */

import type { Scene } from './scene.ts';

/** A repository of the organisation that has this policy, known to the app. */
export async function baseline(scene: Scene, name: string, policy: string | null): Promise<void> {
  scene.github.createRepository(scene.org, name, {
    files: { 'README.md': '# All\n', ...(policy === null ? {} : { '.jit-policy.yml': policy }) },
    collaborators: {},
  });
  const installation = [...scene.github.world.installations.values()].find(
    ({ account }) => account.login === scene.org,
  );
  if (installation === undefined) throw new Error('the app is not installed');
  scene.github.addToInstallation(installation, `${scene.org}/${name}`);
  await scene.stage.settled();
}
