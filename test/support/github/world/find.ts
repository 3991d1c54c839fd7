/** Where is it? Look-ups in the world, and ids for new things. */

import type { Account, App, Installation, Issue, Organization, PullIssue, Repo, Team, World } from './state.ts';

/** A new id, unique over everything, so that an id used for the wrong kind of thing is noticed. */
export function newId(world: World): number {
  world.nextId += 1;
  return world.nextId;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The account that has this login now, compared without case. */
export function accountByLogin(world: World, login: string): Account | null {
  for (const account of world.accounts.values()) if (same(account.login, login)) return account;
  return null;
}

/** The account that a commit's address belongs to. */
export function accountByEmail(world: World, email: string): Account | null {
  for (const account of world.accounts.values()) {
    if (account.emails.some((known) => same(known, email))) return account;
  }
  return null;
}

export const organizationOf = (world: World, account: Account): Organization | null =>
  world.organizations.get(account.id) ?? null;

export function organizationByLogin(world: World, login: string): Organization | null {
  const account = accountByLogin(world, login);
  return account === null ? null : organizationOf(world, account);
}

export function teamBySlug(org: Organization, slug: string): Team | null {
  for (const team of org.teams.values()) if (same(team.slug, slug)) return team;
  return null;
}

/** Everyone in a team, members of its child teams included, as GitHub lists them. */
export function teamMembers(world: World, team: Team): Account[] {
  const ids = new Set<number>();
  const teams = [...team.org.teams.values()];
  const collect = (of: Team): void => {
    for (const id of of.members.keys()) ids.add(id);
    for (const child of teams) if (child.parent === of) collect(child);
  };
  collect(team);
  return [...ids].flatMap((id) => world.accounts.get(id) ?? []);
}

export function repoByName(world: World, owner: string, name: string): Repo | null {
  for (const repo of world.repos.values()) {
    if (!repo.deleted && same(repo.owner.login, owner) && same(repo.name, name)) return repo;
  }
  return null;
}

/** A repository by `owner/name`; throws where there is none, since only set-ups and people ask this way. */
export function repoNamed(world: World, fullName: string): Repo {
  const [owner = '', name = ''] = fullName.split('/');
  const repo = repoByName(world, owner, name);
  if (repo === null) throw new Error(`the local GitHub has no repository ${fullName}`);
  return repo;
}

/** An account by login; throws where there is none. */
export function accountNamed(world: World, login: string): Account {
  const account = accountByLogin(world, login);
  if (account === null) throw new Error(`the local GitHub has no account ${login}`);
  return account;
}

/** An issue or pull request by number; throws where there is none. */
export function issueNumbered(repo: Repo, number: number): Issue {
  const issue = repo.issues.get(number);
  if (issue === undefined) throw new Error(`${repo.owner.login}/${repo.name} has no issue or pull request ${number}`);
  return issue;
}

/** A pull request by number; throws where there is none. */
export function pullNumbered(repo: Repo, number: number): PullIssue {
  const issue = issueNumbered(repo, number);
  if (!isPull(issue)) throw new Error(`${repo.owner.login}/${repo.name}#${number} is not a pull request`);
  return issue;
}

export const isPull = (issue: Issue): issue is PullIssue => issue.pull !== null;

export const fullName = (repo: Repo): string => `${repo.owner.login}/${repo.name}`;

export const pullsOf = (repo: Repo): PullIssue[] => [...repo.issues.values()].filter(isPull);

/** Open pull requests with this head commit, from forks too. */
export const openPullsAt = (repo: Repo, sha: string): PullIssue[] =>
  pullsOf(repo).filter((issue) => issue.state === 'open' && issue.pull.headSha === sha);

export const branchTip = (repo: Repo, branch: string): string | null => repo.refs.get(`refs/heads/${branch}`) ?? null;

/** Whether an installation reaches a repository. */
export const covers = (installation: Installation, repo: Repo): boolean =>
  installation.account === repo.owner && (installation.repos === 'all' || installation.repos.has(repo));

/** The live installations that reach a repository. */
export const installationsOn = (world: World, repo: Repo): Installation[] =>
  [...world.installations.values()].filter((installation) => !installation.removed && covers(installation, repo));

export function installationOf(world: World, app: App, account: Account): Installation | null {
  for (const installation of world.installations.values()) {
    if (!installation.removed && installation.app === app && installation.account === account) return installation;
  }
  return null;
}
