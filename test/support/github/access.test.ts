/** Does the local GitHub give, show and take roles as GitHub documents it? */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShop } from './testing.ts';

type Shop = Awaited<ReturnType<typeof openShop>>;
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  const { violations } = shop.github;
  await shop.github.close();
  expect(violations).toEqual([]);
});

const REPO = 'octo/shop';
const put = async (username: string, permission: string): Promise<number> =>
  (await shop.octokit.rest.repos.addCollaborator({ ...shop.target, username, permission })).status;
const roleName = async (username: string): Promise<string> =>
  (await shop.octokit.rest.repos.getCollaboratorPermissionLevel({ ...shop.target, username })).data.role_name;

describe('a role', () => {
  it('is given to a member at once, changed without a sign, and can be lowered silently', async () => {
    const { github } = shop;
    expect(await put('ana', 'maintain')).toBe(204);
    expect(await roleName('ana')).toBe('maintain');
    expect(await put('ana', 'push')).toBe(204);
    expect(github.see.collaborators(REPO)).toMatchObject({ ana: 'push' });
    const told = github.deliveries.filter((delivery) => delivery.event === 'member');
    expect(told.map((delivery) => [delivery.action, delivery.payload['changes']])).toEqual([
      ['added', { permission: { to: 'write' }, role_name: { to: 'maintain' } }],
      ['edited', { permission: { from: 'maintain', to: 'write' } }],
    ]);
  });

  it('is an invitation to someone from outside, until it is accepted', async () => {
    const { github, octokit, target } = shop;
    const answer = await octokit.rest.repos.addCollaborator({ ...target, username: 'eve', permission: 'triage' });
    expect(answer).toMatchObject({
      status: 201,
      data: { invitee: { login: 'eve' }, permissions: 'triage', expired: false },
    });
    expect(await roleName('eve')).toBe('none');
    const listed = await octokit.rest.repos.listInvitations(target);
    expect(listed.data.map((one) => one.id)).toEqual([answer.data.id]);
    github.as('eve').acceptInvitation(REPO);
    expect(await roleName('eve')).toBe('triage');
    expect(github.see.invitations(REPO)).toEqual([]);
  });

  it('is not given by an invitation that was deleted, declined or has expired', async () => {
    const { github, octokit, target } = shop;
    const invite = async (): Promise<number> =>
      (await octokit.rest.repos.addCollaborator({ ...target, username: 'eve', permission: 'push' })).data.id;
    await octokit.rest.repos.deleteInvitation({ ...target, invitation_id: await invite() });
    expect(() => github.as('eve').acceptInvitation(REPO)).toThrow(/no invitation/u);
    await invite();
    github.as('eve').declineInvitation(REPO);
    await invite();
    await octokit.rest.repos.removeCollaborator({ ...target, username: 'eve' });
    expect(github.see.invitations(REPO)).toHaveLength(1);
    github.clock.advance(8 * 24 * 3_600_000);
    expect((await octokit.rest.repos.listInvitations(target)).data).toMatchObject([{ expired: true }]);
    expect(() => github.as('eve').acceptInvitation(REPO)).toThrow(/expired/u);
  });

  it('is refused below the base role, to unknown people, by unknown names, and to outsiders where they are kept out', async () => {
    const { github } = shop;
    github.setBaseRole('octo', 'write');
    const lower: unknown = await put('ana', 'triage').catch((cause: unknown) => cause);
    expect(lower).toMatchObject({ status: 422, message: expect.stringContaining('Cannot assign') });
    await expect(put('nobody', 'push')).rejects.toMatchObject({ status: 404 });
    await expect(put('ana', 'emperor')).rejects.toMatchObject({ status: 422 });
    github.restrictOutsideCollaborators('octo', true);
    await expect(put('eve', 'push')).rejects.toMatchObject({ status: 403 });
  });

  it('is taken back directly, while teams and the base role stay', async () => {
    const { github, octokit, target } = shop;
    await put('ana', 'admin');
    await octokit.rest.repos.removeCollaborator({ ...target, username: 'ana' });
    expect(await roleName('ana')).toBe('triage');
    const again = await octokit.rest.repos.removeCollaborator({ ...target, username: 'ana' });
    expect(again.status).toBe(204);
    github.setBaseRole('octo', 'read');
    await octokit.rest.repos.removeCollaborator({ ...target, username: 'ben' });
    expect(await roleName('ben')).toBe('read');
    expect(github.see.roles(REPO)).toEqual({ olga: 'admin', ana: 'triage', ben: 'read' });
  });

  it('taken from someone who keeps none deletes their forks of a private repository and unassigns them', async () => {
    const { github, octokit, target } = shop;
    await put('eve', 'push');
    github.as('eve').acceptInvitation(REPO);
    const fork = github.as('eve').fork(REPO);
    const issue = github.as('ana').openIssue(REPO, { title: 'x' });
    github.as('ana').assign(REPO, issue, 'eve');
    await octokit.rest.repos.removeCollaborator({ ...target, username: 'eve' });
    expect(() => github.see.branch(fork, 'main')).toThrow(/no repository/u);
    expect(github.see.issue(REPO, issue).assignees).toEqual([]);
  });

  it('folds into the older words, with custom roles under their own name', async () => {
    const { github, octokit, target } = shop;
    github.addCustomRole('octo', 'deployer', 'push');
    expect(await put('ana', 'deployer')).toBe(204);
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...target, username: 'ana' });
    expect(data).toMatchObject({
      permission: 'write',
      role_name: 'deployer',
      user: { permissions: { push: true, maintain: false } },
    });
    await put('ana', 'maintain');
    const after = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...target, username: 'ana' });
    expect(after.data).toMatchObject({ permission: 'write', role_name: 'maintain' });
  });

  it('is listed for everyone, directly given, or from outside, and by its least', async () => {
    const { github, octokit, target } = shop;
    await put('eve', 'pull');
    github.as('eve').acceptInvitation(REPO);
    const logins = async (query: object): Promise<string[]> =>
      (await octokit.paginate(octokit.rest.repos.listCollaborators, { ...target, ...query, per_page: 2 }))
        .map((one) => one.login)
        .sort();
    expect(await logins({})).toEqual(['ana', 'ben', 'eve', 'olga']);
    expect(await logins({ affiliation: 'direct' })).toEqual(['ben', 'eve']);
    expect(await logins({ affiliation: 'outside' })).toEqual(['eve']);
    expect(await logins({ permission: 'push' })).toEqual(['ben', 'olga']);
  });
});

describe('GraphQL', () => {
  const QUERY = `query access($owner: String!, $name: String!, $login: String!) {
    repository(owner: $owner, name: $name) {
      collaborators(query: $login, first: 10) {
        edges {
          permission
          node { databaseId login }
          permissionSources { roleName permission source { __typename ... on Repository { name } ... on Team { slug } ... on Organization { login } } }
        }
      }
    }
  }`;
  const ask = async (login: string): Promise<unknown> =>
    await shop.octokit.graphql(QUERY, { owner: 'octo', name: 'shop', login });

  it('tells where a role comes from', async () => {
    const { github } = shop;
    github.setBaseRole('octo', 'read');
    await put('ana', 'push');
    expect(await ask('ana')).toEqual({
      repository: {
        collaborators: {
          edges: [
            {
              permission: 'WRITE',
              node: { databaseId: github.as('ana').id, login: 'ana' },
              permissionSources: [
                { roleName: 'write', permission: 'WRITE', source: { __typename: 'Repository', name: 'shop' } },
                { roleName: 'triage', permission: 'TRIAGE', source: { __typename: 'Team', slug: 'release' } },
                { roleName: 'read', permission: 'READ', source: { __typename: 'Organization', login: 'octo' } },
              ],
            },
          ],
        },
      },
    });
  });

  it('searches by parts of a login, so that others are found too', async () => {
    shop.github.addMember('octo', 'diana');
    await put('diana', 'pull');
    const found = (await ask('ana')) as { repository: { collaborators: { edges: { node: { login: string } }[] } } };
    expect(found.repository.collaborators.edges.map((edge) => edge.node.login)).toEqual(['ana', 'diana']);
  });

  it('can be made unavailable', async () => {
    shop.github.graphqlAvailable = false;
    await expect(ask('ana')).rejects.toMatchObject({ status: 403 });
  });

  it('refuses what it does not know, loudly', async () => {
    const { github, octokit } = shop;
    await expect(octokit.graphql('{ viewer { login } }')).rejects.toThrow(/viewer/u);
    await expect(octokit.graphql('{ repository(owner: "octo", name: "shop") { stars } }')).rejects.toThrow(/stars/u);
    expect(github.violations.map((one) => one.kind)).toEqual(['graphql', 'graphql']);
    github.violations.length = 0;
  });
});

describe('people and teams', () => {
  it('keep their id when they are renamed, and the old login can be taken by another', async () => {
    const { github, octokit } = shop;
    const ana = github.as('ana');
    ana.rename('anna');
    const other = github.createUser('ana');
    expect((await octokit.request('GET /user/{account_id}', { account_id: ana.id })).data.login).toBe('anna');
    expect((await octokit.rest.users.getByUsername({ username: 'ANA' })).data.id).toBe(other.id);
    expect(other.id).not.toBe(ana.id);
  });

  it('list all members of a team over pages, those of teams below it too', async () => {
    const { github, octokit } = shop;
    const many = Array.from({ length: 45 }, (_, at) => `member-${at}`);
    github.createTeam('octo', 'crew', many.slice(0, 40));
    github.createTeam('octo', 'night-crew', many.slice(40), { parent: 'crew' });
    const all = await octokit.paginate(octokit.rest.teams.listMembersInOrg, {
      org: 'octo',
      team_slug: 'crew',
      per_page: 20,
    });
    expect(all.map((one) => one.login).sort()).toEqual(many.toSorted());
    const below = await octokit.rest.teams.getMembershipForUserInOrg({
      org: 'octo',
      team_slug: 'crew',
      username: 'member-44',
    });
    expect(below.data.state).toBe('active');
    const stranger = octokit.rest.teams.getMembershipForUserInOrg({ org: 'octo', team_slug: 'crew', username: 'eve' });
    await expect(stranger).rejects.toMatchObject({ status: 404 });
    await expect(octokit.rest.teams.getByName({ org: 'octo', team_slug: 'nope' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('lose teams and roles when they leave the organisation', async () => {
    const { github } = shop;
    github.as('olga').removeFromOrganization('octo', 'ben');
    expect(await roleName('ben')).toBe('none');
    expect(github.deliveries.map((delivery) => `${delivery.event}.${delivery.action ?? ''}`)).toContain(
      'organization.member_removed',
    );
  });
});

describe('waiting', () => {
  it('gives the answer as soon as there is one, and says what was seen when there is none', async () => {
    const { github } = shop;
    setTimeout(() => github.as('ana').openIssue(REPO, { title: 'late' }), 20);
    const issue = await github.waitFor(() => github.see.issues(REPO)[0], { what: 'an issue' });
    expect(issue.title).toBe('late');
    const never = github.waitFor(() => false, {
      what: 'a miracle',
      timeoutMs: 20,
      seen: () => github.see.issues(REPO),
    });
    await expect(never).rejects.toThrow(/waited 20 ms for a miracle, but saw[\s\S]*late/u);
  });
});
