/** How does GitHub show repositories? */

import { stamp } from '../world/clock.ts';
import { fullName, organizationOf } from '../world/find.ts';
import { permissionFlags, roleWord, standardRole } from '../world/roles.ts';
import type { Invitation, Repo, World } from '../world/state.ts';
import { showAccount, showAccountOrNull } from './accounts.ts';
import { nodeId, WEB, type Shape } from './shape.ts';

export const repoApi = (world: World, repo: Repo): string => `${world.url}/repos/${repo.owner.login}/${repo.name}`;
export const repoWeb = (repo: Repo): string => `${WEB}/${repo.owner.login}/${repo.name}`;

/** The common form, enough for every place where GitHub shows a repository. */
export function showRepo(world: World, repo: Repo): Shape {
  const api = repoApi(world, repo);
  const web = repoWeb(repo);
  const openIssues = [...repo.issues.values()].filter((issue) => issue.state === 'open').length;
  const forks = [...world.repos.values()].filter((other) => other.fork === repo && !other.deleted).length;
  return {
    id: repo.id,
    node_id: nodeId('Repository', repo.id),
    name: repo.name,
    full_name: fullName(repo),
    private: repo.private,
    owner: showAccount(world, repo.owner),
    html_url: web,
    description: null,
    fork: repo.fork !== null,
    url: api,
    ...repoLinks(api),
    git_url: `git://github.example/${fullName(repo)}.git`,
    ssh_url: `git@github.example:${fullName(repo)}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    size: 0,
    created_at: stamp(repo.createdAt),
    updated_at: stamp(repo.pushedAt),
    pushed_at: stamp(repo.pushedAt),
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    forks_count: forks,
    forks,
    open_issues_count: openIssues,
    open_issues: openIssues,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    archived: repo.archived,
    disabled: false,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repo.private ? 'private' : 'public',
    default_branch: repo.defaultBranch,
  };
}

function repoLinks(api: string): Shape {
  return {
    archive_url: `${api}/{archive_format}{/ref}`,
    assignees_url: `${api}/assignees{/user}`,
    blobs_url: `${api}/git/blobs{/sha}`,
    branches_url: `${api}/branches{/branch}`,
    collaborators_url: `${api}/collaborators{/collaborator}`,
    comments_url: `${api}/comments{/number}`,
    commits_url: `${api}/commits{/sha}`,
    compare_url: `${api}/compare/{base}...{head}`,
    contents_url: `${api}/contents/{+path}`,
    contributors_url: `${api}/contributors`,
    deployments_url: `${api}/deployments`,
    downloads_url: `${api}/downloads`,
    events_url: `${api}/events`,
    forks_url: `${api}/forks`,
    git_commits_url: `${api}/git/commits{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    hooks_url: `${api}/hooks`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    issue_events_url: `${api}/issues/events{/number}`,
    issues_url: `${api}/issues{/number}`,
    keys_url: `${api}/keys{/key_id}`,
    labels_url: `${api}/labels{/name}`,
    languages_url: `${api}/languages`,
    merges_url: `${api}/merges`,
    milestones_url: `${api}/milestones{/number}`,
    notifications_url: `${api}/notifications{?since,all,participating}`,
    pulls_url: `${api}/pulls{/number}`,
    releases_url: `${api}/releases{/id}`,
    stargazers_url: `${api}/stargazers`,
    statuses_url: `${api}/statuses/{sha}`,
    subscribers_url: `${api}/subscribers`,
    subscription_url: `${api}/subscription`,
    tags_url: `${api}/tags`,
    teams_url: `${api}/teams`,
    trees_url: `${api}/git/trees{/sha}`,
  };
}

/** As `GET /repos/{owner}/{repo}` answers an app, which reads and no more. */
export function showRepoInFull(world: World, repo: Repo): Shape {
  const org = organizationOf(world, repo.owner);
  return {
    ...showRepo(world, repo),
    permissions: permissionFlags(world, repo, 'pull'),
    subscribers_count: 0,
    network_count: 0,
    ...(org === null ? {} : { organization: showAccount(world, org.account) }),
    ...(repo.fork === null ? {} : { parent: showRepo(world, repo.fork), source: showRepo(world, repo.fork) }),
  };
}

/** GitHub gives an invitation seven days. */
const INVITATION_LIFE_MS = 7 * 24 * 3_600_000;
export const invitationExpired = (world: World, invitation: Invitation): boolean =>
  world.clock.now() > invitation.createdAt + INVITATION_LIFE_MS;

export const showInvitation = (world: World, invitation: Invitation): Shape => ({
  id: invitation.id,
  node_id: nodeId('RepositoryInvitation', invitation.id),
  repository: showRepo(world, invitation.repo),
  invitee: showAccountOrNull(world, invitation.invitee),
  inviter: showAccountOrNull(world, invitation.inviter),
  // A custom role is shown as what it builds on: GitHub's description allows no other word.
  permissions: roleWord(standardRole(world, invitation.repo, invitation.role) ?? 'pull'),
  created_at: stamp(invitation.createdAt),
  expired: invitationExpired(world, invitation),
  url: `${world.url}/user/repository_invitations/${invitation.id}`,
  html_url: `${repoWeb(invitation.repo)}/invitations`,
});
