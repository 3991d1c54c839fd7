/** Membership of a team: by which way somebody is in it, and what GitHub answers to who is taken in and out. */

import { describe, expect, it } from 'vitest';
import { userId } from '../../../src/domain/identity.ts';
import { GitHubRefused, GitHubUnavailable } from '../../../src/engine/ports.ts';
import { adapter, api, onlyNockAnswers, REPO } from './setup.ts';

const ANA = { id: userId(5), login: 'octo-ana' };
const TEAM = '/orgs/octo/teams/core';
const AT_ANA = `${TEAM}/memberships/octo-ana`;
const active = (role = 'member') => ({ state: 'active', role, url: 'https://api.example/x' });
const nodes = (...ids: readonly number[]) => ({ nodes: ids.map((databaseId) => ({ databaseId })) });

const ways = (own: readonly number[], below: Readonly<Record<string, readonly number[]>> = {}, more = false) => ({
  data: {
    organization: {
      team: {
        members: nodes(...own),
        childTeams: {
          pageInfo: { hasNextPage: more },
          nodes: Object.entries(below).map(([slug, ids]) => ({ slug, members: nodes(...ids) })),
        },
      },
    },
  },
});

const HERE = REPO.installationId;

onlyNockAnswers();

const membership = async () => await adapter().github.membership(HERE, 'octo', 'core', ANA);

describe('what somebody is in a team', () => {
  it('is nothing where GitHub says so of the team and of all below it', async () => {
    api().get(AT_ANA).reply(404, { message: 'Not Found' });
    await expect(membership()).resolves.toEqual({ place: null, through: [], pending: false, exact: true });
  });

  it('is not yet anything while an invitation waits', async () => {
    api()
      .get(AT_ANA)
      .reply(200, { ...active(), state: 'pending' });
    await expect(membership()).resolves.toEqual({ place: null, through: [], pending: true, exact: true });
  });

  it.each([
    ['by the team itself', ways([7, 5]), { place: 'maintainer', through: [] }],
    ['by a team below it', ways([7], { night: [5], day: [8] }), { place: null, through: ['night'] }],
    ['by both', ways([5], { night: [5] }), { place: 'maintainer', through: ['night'] }],
  ])('is told %s', async (_, answer, expected) => {
    api().get(AT_ANA).reply(200, active('maintainer')).post('/graphql').reply(200, answer);
    await expect(membership()).resolves.toEqual({ ...expected, pending: false, exact: true });
  });

  it.each([
    ['GraphQL refuses', { errors: [{ type: 'FORBIDDEN', message: 'no' }] }],
    ['GraphQL shows no such team', { data: { organization: { team: null } } }],
    ['there are more teams below than were asked for', ways([], {}, true)],
  ])('is read from the list of members where %s', async (_, answer) => {
    for (const inherited of [false, true]) {
      api()
        .get(AT_ANA)
        .reply(200, active())
        .post('/graphql')
        .reply(200, answer)
        .get(`${TEAM}/members?per_page=100`)
        .reply(200, [
          { ...ANA, role: 'member', inherited },
          { id: 9, login: 'other', role: 'member', inherited: !inherited },
        ]);
      expect(await membership()).toMatchObject({ place: inherited ? null : 'member', exact: true });
    }
  });

  it('is not told apart where neither tells: then it counts as if it were by the team itself', async () => {
    api()
      .get(AT_ANA)
      .reply(200, active())
      .post('/graphql')
      .reply(200, { errors: [{ message: 'no' }] })
      .get(`${TEAM}/members?per_page=100`)
      .reply(200, [ANA]);
    await expect(membership()).resolves.toEqual({ place: 'member', through: [], pending: false, exact: false });
  });

  it('is not taken for nothing where the answers contradict each other', async () => {
    api()
      .get(AT_ANA)
      .reply(200, active())
      .post('/graphql')
      .reply(200, ways([7]));
    await expect(membership()).resolves.toMatchObject({ place: 'member', exact: false });
  });

  it('is an outage where GitHub fails', async () => {
    api().get(AT_ANA).times(2).reply(502);
    await expect(membership()).rejects.toThrow(GitHubUnavailable);
  });
});

describe('whoever is taken into a team', () => {
  const add = async () => await adapter().github.addMember(HERE, 'octo', 'core', 'octo-ana');

  it.each([
    [200, active(), { kind: 'added' }],
    [200, { ...active(), state: 'pending' }, { kind: 'invited' }],
  ])('%i: %j', async (status, body, expected) => {
    api().put(AT_ANA, { role: 'member' }).reply(status, body);
    await expect(add()).resolves.toEqual(expected);
  });

  it.each([403, 404, 422])('is refused with GitHub’s words: %i', async (status) => {
    api().put(AT_ANA).reply(status, { message: 'Team synchronization is on' });
    expect(await add()).toMatchObject({ kind: 'refused', why: expect.stringContaining('Team synchronization is on') });
  });
});

describe('whoever is taken out of a team', () => {
  const remove = async () => await adapter().github.removeMember(HERE, 'octo', 'core', 'octo-ana');

  it.each([204, 404])('%i is fine', async (status) => {
    api()
      .delete(AT_ANA)
      .reply(status, status === 204 ? undefined : { message: 'Not Found' });
    await expect(remove()).resolves.toBeUndefined();
  });

  it('is still in it where GitHub refuses: that is no success', async () => {
    api().delete(AT_ANA).reply(403, { message: 'Team synchronization is on' });
    await expect(remove()).rejects.toThrow(GitHubRefused);
  });
});

describe('a team', () => {
  const full = (id: number, slug = 'core') => ({ id, slug, organization: { id: 3 } });

  it('is found by its slug, with its number and that of its organisation', async () => {
    api().get(TEAM).reply(200, full(4711, 'Core'));
    await expect(adapter().github.team(HERE, 'octo', 'core')).resolves.toEqual({ team: 'core', id: 4711, org: 3 });
  });

  it.each([403, 404])('is none where it can not be seen: %i', async (status) => {
    api().get(TEAM).reply(status, { message: 'no' });
    await expect(adapter().github.team(HERE, 'octo', 'core')).resolves.toBeNull();
  });

  it('is found by its number under its present slug', async () => {
    api()
      .get('/orgs/octo/teams?per_page=100')
      .reply(200, [
        { id: 1, slug: 'a' },
        { id: 4711, slug: 'core' },
      ])
      .get(TEAM)
      .reply(200, full(4711));
    await expect(adapter().github.teamById(HERE, 'octo', 4711)).resolves.toMatchObject({ team: 'core', id: 4711 });
  });

  it('is gone only where the whole list was read, twice, and has it not', async () => {
    api()
      .get('/orgs/octo/teams?per_page=100')
      .twice()
      .reply(200, [{ id: 1, slug: 'a' }]);
    await expect(adapter().github.teamById(HERE, 'octo', 4711)).resolves.toBeNull();
    api().get('/orgs/octo/teams?per_page=100').reply(403, { message: 'no' });
    await expect(adapter().github.teamById(HERE, 'octo', 4711)).rejects.toThrow(GitHubRefused);
  });

  it('that slipped from one page to another while the list was read is not gone', async () => {
    const first = Array.from({ length: 100 }, (_, index) => ({ id: index + 1, slug: `b${index}` }));
    const next = { link: '<https://api.github.com/orgs/octo/teams?per_page=100&page=2>; rel="next"' };
    api()
      .get('/orgs/octo/teams?per_page=100')
      .reply(200, first, next)
      .get('/orgs/octo/teams?per_page=100&page=2')
      .reply(200, [{ id: 101, slug: 'c' }])
      .get('/orgs/octo/teams?per_page=100')
      .reply(200, [{ id: 4711, slug: 'core' }])
      .get(TEAM)
      .reply(200, full(4711));
    await expect(adapter().github.teamById(HERE, 'octo', 4711)).resolves.toMatchObject({ team: 'core', id: 4711 });
  });

  it('that went to another slug between two answers is looked for again', async () => {
    api()
      .get('/orgs/octo/teams?per_page=100')
      .reply(200, [{ id: 4711, slug: 'core' }])
      .get(TEAM)
      .reply(200, full(12));
    await expect(adapter().github.teamById(HERE, 'octo', 4711)).rejects.toThrow(GitHubUnavailable);
  });
});

describe('what somebody is in the organisation', () => {
  const AT = '/orgs/octo/memberships/octo-ana';
  it.each([
    ['a member', { state: 'active', role: 'member', user: ANA }, 'member'],
    ['an owner', { state: 'active', role: 'admin', user: ANA }, 'admin'],
    ['nobody while invited', { state: 'pending', role: 'member', user: ANA }, null],
    [
      'nobody where another has the login',
      { state: 'active', role: 'member', user: { id: 6, login: 'octo-ana' } },
      null,
    ],
  ])('%s', async (_, body, expected) => {
    api().get(AT).reply(200, body);
    await expect(adapter().github.orgMembership(HERE, 'octo', ANA)).resolves.toBe(expected);
  });

  it('is nothing where GitHub knows of none', async () => {
    api().get(AT).reply(404, { message: 'Not Found' });
    await expect(adapter().github.orgMembership(HERE, 'octo', ANA)).resolves.toBeNull();
  });
});
