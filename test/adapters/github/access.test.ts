/** Roles: what someone has and from where, how it is given and taken back. */

import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { userId } from '../../../src/domain/identity.ts';
import { GitHubRefused, GitHubUnavailable } from '../../../src/engine/ports.ts';
import { adapter, api, AT, REPO, REPOSITORY, onlyNockAnswers } from './setup.ts';

const ANA = { id: userId(5), login: 'octo-ana' };
const AT_ANA = `${AT}/collaborators/octo-ana`;
const permission = (role_name: string, legacy: string, user: object | null = ANA) => ({
  permission: legacy,
  role_name,
  user,
});

type Source = { readonly permission: string; readonly roleName?: string; readonly source: object };
const DIRECT = { __typename: 'Repository' };
const graphql = (sources: readonly Source[] | null, over: object = {}) => ({
  data: {
    repository: {
      databaseId: 22,
      collaborators: {
        pageInfo: { hasNextPage: false, endCursor: null },
        edges: [
          {
            permissionSources: [{ permission: 'ADMIN', roleName: 'admin', source: DIRECT }],
            node: { databaseId: 555 },
          },
          ...(sources === null ? [] : [{ permissionSources: sources, node: { databaseId: 5 } }]),
        ],
      },
      ...over,
    },
  },
});

onlyNockAnswers();

describe('what someone has', () => {
  it('is told by source: given directly, through a team, through the organisation', async () => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('maintain', 'write'))
      .post('/graphql')
      .reply(
        200,
        graphql([
          { permission: 'WRITE', roleName: 'write', source: DIRECT },
          { permission: 'MAINTAIN', roleName: 'maintain', source: { __typename: 'Team', slug: 'core' } },
          { permission: 'READ', roleName: 'read', source: { __typename: 'Organization', login: 'octo' } },
        ]),
      );
    await expect(adapter().github.access(REPO, ANA)).resolves.toEqual({
      effective: 'maintain',
      direct: { name: 'write', role: 'push' },
      others: [
        { name: 'maintain', role: 'maintain', source: 'the team core', byTeam: true },
        { name: 'read', role: 'pull', source: 'the organisation octo' },
      ],
      exact: true,
    });
  });

  it('is a custom role with what each of the two APIs tells that it builds on', async () => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('release-engineer', 'write'))
      .post('/graphql')
      .reply(200, graphql([{ permission: 'MAINTAIN', roleName: 'release-engineer', source: DIRECT }]));
    await expect(adapter().github.access(REPO, ANA)).resolves.toEqual({
      effective: { custom: 'release-engineer', base: 'push' },
      direct: { name: 'release-engineer', role: { custom: 'release-engineer', base: 'maintain' } },
      others: [],
      exact: true,
    });
  });

  it('is told with the flags of a custom role, where that is the one which counts', async () => {
    const flags = { pull: true, triage: true, push: true, maintain: false, admin: false };
    const answered = async (name: string) => {
      api()
        .get(`${AT_ANA}/permission`)
        .reply(200, { permission: 'write', role_name: name, user: { ...ANA, permissions: flags } })
        .post('/graphql')
        .reply(200, graphql([{ permission: 'WRITE', roleName: 'release-engineer', source: DIRECT }]));
      return (await adapter().github.access(REPO, ANA)).includes;
    };
    expect(await answered('release-engineer')).toBe('push');
    expect(await answered('write')).toBeUndefined();
    expect(await answered('auditor')).toBeUndefined();
  });

  it.each([
    ['triage', 'read', 'triage'],
    ['read', 'read', 'pull'],
    ['none', 'none', null],
    ['admin', 'admin', 'admin'],
  ])('is the role %s, not what the older field %s folds it into', async (role, legacy, effective) => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission(role, legacy))
      .post('/graphql')
      .reply(200, graphql(null))
      .get(AT)
      .optionally()
      .reply(200, REPOSITORY)
      .get(`${AT}/collaborators?affiliation=direct&per_page=100`)
      .optionally()
      .reply(200, []);
    await expect(adapter().github.access(REPO, ANA)).resolves.toMatchObject({ effective });
  });

  it('is guessed from the direct collaborators, and says so, where GraphQL is refused', async () => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('write', 'write'))
      .post('/graphql')
      .reply(200, { data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }] })
      .get(`${AT}/collaborators?affiliation=direct&per_page=100`)
      .reply(200, [{ ...ANA, role_name: 'write', permissions: {} }]);
    await expect(adapter().github.access(REPO, ANA)).resolves.toEqual({
      effective: 'push',
      direct: { name: 'write', role: 'push' },
      others: [],
      exact: false,
    });
  });

  it('names what is left over when the direct role does not explain it', async () => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('write', 'write'))
      .post('/graphql')
      .reply(404)
      .get(`${AT}/collaborators?affiliation=direct&per_page=100`)
      .reply(200, []);
    await expect(adapter().github.access(REPO, ANA)).resolves.toMatchObject({
      effective: 'push',
      direct: null,
      others: [{ name: 'write', role: 'push' }],
      exact: false,
    });
  });

  it.each([
    ['its limit is used up', 200, { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }],
    [
      'it took too long',
      200,
      { data: null, errors: [{ message: 'Something went wrong while executing your query.' }] },
    ],
    ['it fails', 502, {}],
  ])('is not guessed when GraphQL would answer later, since %s', async (_why, status, body) => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('write', 'write'))
      .post('/graphql')
      .times(2)
      .reply(status, body);
    await expect(adapter().github.access(REPO, ANA)).rejects.toThrow(GitHubUnavailable);
  });

  it('is reading alone, from nobody, on a public repository', async () => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('read', 'read'))
      .post('/graphql')
      .reply(200, graphql(null))
      .get(AT)
      .reply(200, { ...REPOSITORY, private: false });
    await expect(adapter().github.access(REPO, ANA)).resolves.toEqual({
      effective: 'pull',
      direct: null,
      others: [{ name: 'read', role: 'pull', source: 'the repository is public' }],
      exact: true,
    });
  });

  it('follows someone to a new login, and does not take the new owner of the old one for them', async () => {
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('admin', 'admin', { id: 666, login: 'octo-ana' }))
      .get('/user/5')
      .reply(200, { id: 5, login: 'ana-now' })
      .get(`${AT}/collaborators/ana-now/permission`)
      .reply(200, permission('read', 'read', { id: 5, login: 'ana-now' }))
      .post(
        '/graphql',
        (body: { readonly variables: { readonly login: string } }) => body.variables.login === 'ana-now',
      )
      .reply(200, graphql([{ permission: 'READ', roleName: 'read', source: DIRECT }]));
    await expect(adapter().github.access(REPO, ANA)).resolves.toMatchObject({
      effective: 'pull',
      direct: { name: 'read', role: 'pull' },
    });
  });

  it('is nothing when the account does not exist any more', async () => {
    api().get(`${AT_ANA}/permission`).reply(404).get('/user/5').reply(404).get(AT).times(2).reply(200, REPOSITORY);
    await expect(adapter().github.access(REPO, ANA)).resolves.toEqual({
      effective: null,
      direct: null,
      others: [],
      exact: true,
    });
  });

  it('is not called nothing when the app cannot see the repository', async () => {
    api().get(`${AT_ANA}/permission`).reply(404).get(AT).reply(404);
    await expect(adapter().github.access(REPO, ANA)).rejects.toThrow(GitHubUnavailable);
  });

  it('is looked for on the next page of people with a like name', async () => {
    const page = { pageInfo: { hasNextPage: true, endCursor: 'c1' }, edges: [] };
    api()
      .get(`${AT_ANA}/permission`)
      .reply(200, permission('write', 'write'))
      .post('/graphql', (body: { readonly variables: { readonly after: unknown } }) => body.variables.after === null)
      .reply(200, graphql(null, { collaborators: page }))
      .post('/graphql', (body: { readonly variables: { readonly after: unknown } }) => body.variables.after === 'c1')
      .reply(200, graphql([{ permission: 'WRITE', source: DIRECT }]));
    await expect(adapter().github.access(REPO, ANA)).resolves.toMatchObject({
      direct: { name: 'write', role: 'push' },
      exact: true,
    });
  });
});

describe('a role', () => {
  it.each([
    ['push', 'push'],
    ['write', 'push'],
    ['read', 'pull'],
    ['release-engineer', 'release-engineer'],
  ])('%s is given under the name that GitHub takes', async (role, sent) => {
    api().put(AT_ANA, { permission: sent }).reply(204);
    await expect(adapter().github.giveRole(REPO, 'octo-ana', role)).resolves.toEqual({ kind: 'given' });
  });

  it('is given by invitation to someone outside', async () => {
    api().put(AT_ANA).reply(201, { id: 51, invitee: ANA, permissions: 'write' });
    await expect(adapter().github.giveRole(REPO, 'octo-ana', 'push')).resolves.toEqual({
      kind: 'invited',
      invitationId: 51,
    });
  });

  it.each([
    [403, { message: 'Outside collaborators are restricted' }],
    [422, { message: 'Validation Failed', errors: [{ message: 'Cannot assign octo-ana permission of read' }] }],
  ])('is refused in the words of GitHub (%i)', async (status, body) => {
    api().put(AT_ANA).reply(status, body);
    const answer = await adapter().github.giveRole(REPO, 'octo-ana', 'push');
    expect(answer).toMatchObject({ kind: 'refused', why: expect.stringMatching(/restricted|Cannot assign/u) });
  });

  it('is not refused but delayed by a limit', async () => {
    api().put(AT_ANA).reply(403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '5' });
    await expect(adapter().github.giveRole(REPO, 'octo-ana', 'push')).rejects.toThrow(GitHubUnavailable);
  });

  it('is refused for an account that nobody has', async () => {
    api().put(AT_ANA).reply(404, { message: 'Not Found' }).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.giveRole(REPO, 'octo-ana', 'push')).resolves.toMatchObject({ kind: 'refused' });
  });

  it('is taken back, and it is fine when there is none', async () => {
    api().delete(AT_ANA).reply(204).delete(AT_ANA).reply(404).get(AT).reply(200, REPOSITORY);
    const { github } = adapter();
    await github.takeRole(REPO, 'octo-ana');
    await github.takeRole(REPO, 'octo-ana');
    expect(nock.isDone()).toBe(true);
  });

  it('is not called taken back when the app cannot see the repository', async () => {
    api().delete(AT_ANA).reply(404).get(AT).reply(404);
    await expect(adapter().github.takeRole(REPO, 'octo-ana')).rejects.toThrow(GitHubUnavailable);
  });

  it('that may not be taken back is a refusal', async () => {
    api().delete(AT_ANA).reply(403, { message: 'Resource not accessible by integration' });
    await expect(adapter().github.takeRole(REPO, 'octo-ana')).rejects.toThrow(GitHubRefused);
  });
});

describe('invitations', () => {
  it('are listed with those that expired, those to an address, and whether a person made them', async () => {
    const person = { id: 7, login: 'octo-admin', type: 'User' };
    const app = { id: 8, login: 'jit-gate[bot]', type: 'Bot' };
    api()
      .get(`${AT}/invitations?per_page=100`)
      .reply(200, [
        { id: 51, invitee: ANA, inviter: person, permissions: 'write', expired: true },
        { id: 52, invitee: null, inviter: app, permissions: 'read' },
        { id: 53, invitee: ANA, inviter: null, permissions: 'read' },
      ]);
    await expect(adapter().github.invitations(REPO)).resolves.toEqual([
      { id: 51, invitee: 5, role: 'push', expired: true, byPerson: true },
      { id: 52, invitee: null, role: 'pull', expired: false, byPerson: false },
      { id: 53, invitee: 5, role: 'pull', expired: false, byPerson: false },
    ]);
  });

  it('are deleted, and it is fine when they are gone', async () => {
    api()
      .delete(`${AT}/invitations/51`)
      .reply(204)
      .delete(`${AT}/invitations/51`)
      .reply(404)
      .get(AT)
      .reply(200, REPOSITORY);
    const { github } = adapter();
    await github.deleteInvitation(REPO, 51);
    await github.deleteInvitation(REPO, 51);
    expect(nock.isDone()).toBe(true);
  });
});
