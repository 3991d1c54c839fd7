/** How does GitHub show accounts, organisations and teams? */

import { stamp } from '../world/clock.ts';
import { legacyPermission, permissionFlags } from '../world/roles.ts';
import type { Account, Organization, Repo, RoleName, Team, World } from '../world/state.ts';
import { nodeId, WEB, type Shape } from './shape.ts';

/** The short form in which accounts appear inside other things. */
export function showAccount(world: World, account: Account): Shape {
  const api = `${world.url}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${WEB}/avatars/${account.id}`,
    gravatar_id: '',
    url: api,
    html_url: `${WEB}/${encodeURIComponent(account.login)}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

export const showAccountOrNull = (world: World, account: Account | null): Shape | null =>
  account === null ? null : showAccount(world, account);

/** The long form, as `GET /users/{username}` answers. */
export const showProfile = (world: World, account: Account): Shape => ({
  ...showAccount(world, account),
  name: account.name,
  company: null,
  blog: '',
  location: null,
  email: null,
  hireable: null,
  bio: null,
  twitter_username: null,
  public_repos: 0,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: stamp(account.createdAt),
  updated_at: stamp(account.createdAt),
});

/** A collaborator with the role that counts in the end. */
export const showCollaborator = (world: World, repo: Repo, account: Account, role: RoleName | null): Shape => ({
  ...showAccount(world, account),
  permissions: permissionFlags(world, repo, role),
  role_name: role === null ? '' : roleNameOf(world, repo, role),
});

function roleNameOf(world: World, repo: Repo, role: RoleName): string {
  if (role === 'triage' || role === 'maintain' || role === 'admin') return role;
  if (role === 'pull' || role === 'push') return legacyPermission(world, repo, role);
  return role;
}

export function showOrganization(world: World, org: Organization): Shape {
  const api = `${world.url}/orgs/${org.account.login}`;
  return {
    login: org.account.login,
    id: org.account.id,
    node_id: nodeId('Organization', org.account.id),
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${WEB}/avatars/${org.account.id}`,
    description: '',
  };
}

export const showOrganizationInFull = (world: World, org: Organization): Shape => ({
  ...showOrganization(world, org),
  name: org.account.name ?? org.account.login,
  has_organization_projects: true,
  has_repository_projects: true,
  public_repos: 0,
  public_gists: 0,
  followers: 0,
  following: 0,
  html_url: `${WEB}/${org.account.login}`,
  type: 'Organization',
  created_at: stamp(org.account.createdAt),
  updated_at: stamp(org.account.createdAt),
  archived_at: null,
  default_repository_permission: org.baseRole,
});

export function showTeam(world: World, team: Team): Shape {
  const api = `${world.url}/organizations/${team.org.account.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    url: api,
    html_url: `${WEB}/orgs/${team.org.account.login}/teams/${team.slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    permission: 'pull',
    type: 'organization',
    organization_id: team.org.account.id,
  };
}

export const showTeamWithParent = (world: World, team: Team): Shape => ({
  ...showTeam(world, team),
  parent: team.parent === null ? null : showTeam(world, team.parent),
});

export const showTeamInFull = (world: World, team: Team, repoCount: number): Shape => ({
  ...showTeamWithParent(world, team),
  members_count: team.members.size,
  repos_count: repoCount,
  created_at: stamp(team.createdAt),
  updated_at: stamp(team.createdAt),
  organization: showOrganizationInFull(world, team.org),
});
