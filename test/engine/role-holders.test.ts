/** Does anybody count as one who approves by a role that only a lent team gives? */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { installationId, repoId, type RepoRef } from '../../src/domain/identity.ts';
import { roleHolders } from '../../src/engine/role-holders.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openAccessBench(['ana', 'ben'], []);
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

it('leaves out who is lent a team, also where the repository that it was asked for under has moved away', async () => {
  const { local, world, repo } = bench;
  const { id, org } = local.createTeam('octo', 'on-call', ['ben']);
  const made = local.createRepository('octo', 'depot', { private: true });
  local.as('olga').setTeamRole('octo/depot', 'on-call', 'maintain');
  const depot: RepoRef = { ...repo, id: repoId(made.id), name: 'depot' };
  const holders = async (): Promise<readonly string[]> => {
    const people = await roleHolders(world, depot, 'maintain');
    return people.kind === 'known' ? people.value.map(({ login }) => login) : [];
  };
  await bench.approve('ana', { role: { team: 'on-call', id, org: org.account.id } });
  await bench.run();
  expect(await holders()).not.toContain('ana');
  await world.store.saveRepositories([{ ...repo, installationId: installationId(repo.installationId + 1000) }]);
  expect(await holders()).not.toContain('ana');
  expect(await holders()).toContain('ben');
});
