/** A token that GitHub stopped accepting, as after a suspension. */

import { expect, it } from 'vitest';
import { createGitHub } from '../../../src/adapters/github/github.ts';
import { GitHubUnavailable } from '../../../src/engine/ports.ts';
import { collectLog, REPO } from './setup.ts';

it('is replaced before the next request', async () => {
  let token = 'old';
  const asked: string[] = [];
  const github = createGitHub({
    log: collectLog().log,
    octokitFor: async () => ({
      auth: async ({ refresh }) => {
        expect(refresh).toBe(true);
        token = 'new';
      },
      graphql: async () => ({}),
      request: async () => {
        asked.push(token);
        const bad = { status: 401, headers: {}, data: { message: 'Bad credentials' } };
        if (token === 'old') throw Object.assign(new Error('Bad credentials'), { status: 401, response: bad });
        return { status: 200, headers: {}, data: { id: 5, login: 'octo-ana' } };
      },
    }),
  });
  await expect(github.userByLogin(REPO.installationId, 'octo-ana')).rejects.toThrow(GitHubUnavailable);
  await expect(github.userByLogin(REPO.installationId, 'octo-ana')).resolves.toEqual({ id: 5, login: 'octo-ana' });
  expect(asked).toEqual(['old', 'new']);
});
