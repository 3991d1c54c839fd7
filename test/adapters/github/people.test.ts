/** People by login, id, team and role; installations and their repositories. */

import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { userId } from '../../../src/domain/identity.ts';
import { GitHubUnavailable } from '../../../src/engine/ports.ts';
import { adapter, api, API, AT, hundred, REPO, REPOSITORY, onlyNockAnswers } from './setup.ts';

const { installationId: HERE } = REPO;

onlyNockAnswers();

describe('the members of a team', () => {
  it.each([403, 404])('are unknown when the team cannot be seen (%i)', async (status) => {
    api().get('/orgs/octo/teams/release/members?per_page=100').reply(status, { message: 'no' });
    await expect(adapter().github.teamMembers(HERE, 'octo', 'release')).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('are nobody in a team without members', async () => {
    api().get('/orgs/octo/teams/release/members?per_page=100').reply(200, []);
    await expect(adapter().github.teamMembers(HERE, 'octo', 'release')).resolves.toEqual({ kind: 'known', value: [] });
  });
});

describe('people with a role', () => {
  const LIST = `${AT}/collaborators?permission=maintain&affiliation=all&per_page=100`;
  const one = (id: number, permissions: object) => ({ id, login: `p${id}`, role_name: 'x', permissions });

  it('are those whose own permissions say so', async () => {
    api()
      .get(LIST)
      .reply(200, [
        one(1, { pull: true, triage: true, push: true, maintain: true, admin: false }),
        one(2, { pull: true, triage: true, push: true, maintain: false, admin: false }),
        one(3, { admin: true }),
        one(4, {}),
      ]);
    await expect(adapter().github.peopleWithRole(REPO, 'maintain')).resolves.toEqual({
      kind: 'known',
      value: [
        { id: 1, login: 'p1' },
        { id: 3, login: 'p3' },
      ],
    });
  });

  it('are unknown where GitHub does not let the app see them', async () => {
    api().get(LIST).reply(403, { message: 'Must have push access to view repository collaborators.' });
    await expect(adapter().github.peopleWithRole(REPO, 'maintain')).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('are found on the second page, each once', async () => {
    api()
      .get(LIST)
      .reply(
        200,
        hundred((index) => one(index + 1, { maintain: true })),
      )
      .get(`${LIST}&page=2`)
      .reply(200, [one(100, { maintain: true }), one(101, { maintain: true })]);
    const found = await adapter().github.peopleWithRole(REPO, 'maintain');
    expect(found.kind === 'known' ? found.value : []).toHaveLength(101);
  });
});

describe('an account', () => {
  it('is found by its login', async () => {
    api().get('/users/octo-ana').reply(200, { id: 5, login: 'octo-ana' });
    await expect(adapter().github.userByLogin(HERE, 'octo-ana')).resolves.toEqual({ id: 5, login: 'octo-ana' });
  });

  it('is null when nobody has the login', async () => {
    api().get('/users/octo-ana').reply(404);
    await expect(adapter().github.userByLogin(HERE, 'octo-ana')).resolves.toBeNull();
  });

  it('is found by its id, under its present login', async () => {
    api().get('/user/5').reply(200, { id: 5, login: 'ana-now' });
    await expect(adapter().github.userById(HERE, userId(5))).resolves.toEqual({ id: 5, login: 'ana-now' });
  });

  it('is null when the id is gone', async () => {
    api().get('/user/5').reply(404);
    await expect(adapter().github.userById(HERE, userId(5))).resolves.toBeNull();
  });
});

describe('a repository by name', () => {
  const home = (status: number, body: object) => nock(API).get(`${AT}/installation`).reply(status, body);

  it('is found where it belongs to the installation', async () => {
    home(200, { id: HERE });
    api().get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.findRepository(HERE, 'octo', 'hello')).resolves.toEqual(REPO);
  });

  it('is not found where it is public but belongs to another installation', async () => {
    home(200, { id: 12 });
    await expect(adapter().github.findRepository(HERE, 'octo', 'hello')).resolves.toBeNull();
  });

  it('is not found where the app is not installed', async () => {
    home(404, { message: 'Not Found' });
    await expect(adapter().github.findRepository(HERE, 'octo', 'hello')).resolves.toBeNull();
  });
});

describe('installations', () => {
  it('are all listed, with those that are suspended', async () => {
    nock(API)
      .get('/app/installations?per_page=100')
      .reply(200, [
        { id: 11, account: { id: 7, login: 'octo' }, suspended_at: null },
        { id: 12, account: { slug: 'big' }, suspended_at: '2026-01-01T00:00:00Z' },
      ]);
    await expect(adapter().github.installations()).resolves.toEqual([
      { id: 11, account: 'octo', accountId: 7, suspended: false },
      { id: 12, account: 'big', accountId: null, suspended: true },
    ]);
  });

  it('have repositories, over pages', async () => {
    const repository = (id: number) => ({
      id,
      name: `r${id}`,
      full_name: `octo/r${id}`,
      private: true,
      owner: { login: 'octo' },
    });
    api()
      .get('/installation/repositories?per_page=100')
      .reply(200, { total_count: 101, repositories: hundred((index) => repository(index + 1)) })
      .get('/installation/repositories?per_page=100&page=2')
      .reply(200, { total_count: 101, repositories: [repository(101)] });
    const list = await adapter().github.repositories(HERE);
    expect(list).toHaveLength(101);
    expect(list[100]).toEqual({ installationId: HERE, id: 101, owner: 'octo', name: 'r101' });
  });

  it('are an outage when GitHub sends something else', async () => {
    nock(API).get('/app/installations?per_page=100').reply(200, { message: 'hello' });
    await expect(adapter().github.installations()).rejects.toThrow(GitHubUnavailable);
  });
});
