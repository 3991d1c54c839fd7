/** How is the world set up before the story begins? Nothing here sends a webhook, but installing the app does. */

import { generateKeyPairSync } from 'node:crypto';
import { remember } from '../secrets.ts';
import { accountByLogin, accountNamed, fullName, newId, organizationOf, repoNamed, teamBySlug } from './world/find.ts';
import { createClock } from './world/clock.ts';
import { createObjects, putBlob, putCommit } from './world/git.ts';
import { createEnvironment, environmentNamed } from './acts/runs.ts';
import { showInstallation } from './show/apps.ts';
import { nodeId, type Shape } from './show/shape.ts';
import { tellApp } from './webhooks/emit.ts';
import type {
  Account,
  App,
  Installation,
  Organization,
  Permissions,
  Repo,
  RequiredCheck,
  Ruleset,
  Team,
  World,
} from './world/state.ts';

export function createWorld(): World {
  return {
    url: '',
    clock: createClock(),
    accounts: new Map(),
    organizations: new Map(),
    repos: new Map(),
    objects: createObjects(),
    apps: new Map(),
    installations: new Map(),
    tokens: new Map(),
    deliveries: [],
    calls: [],
    witnesses: new Set(),
    violations: [],
    nextId: 1000,
    graphqlAvailable: true,
    rulesAskedOnRerun: true,
    oneAnswerForAll: true,
    rateLimit: 5000,
    enqueue: () => {
      throw new Error('the local GitHub has not started');
    },
  };
}

function addAccount(
  world: World,
  login: string,
  type: Account['type'],
  id?: number,
  name: string | null = null,
): Account {
  if (accountByLogin(world, login) !== null) throw new Error(`there is an account ${login} already`);
  const account: Account = { id: id ?? newId(world), login, type, name, emails: [], createdAt: world.clock.now() };
  account.emails.push(`${account.id}+${login}@users.noreply.github.com`);
  world.accounts.set(account.id, account);
  return account;
}

/** GitHub's own account that commits what people merge on its pages: https://github.com/web-flow. */
export function createWebFlow(world: World): void {
  addAccount(world, 'web-flow', 'User', 19_864_447, 'GitHub Web Flow').emails.push('noreply@github.com');
}

/** A person. `email` is one more address that commits are attributed by. */
export function createUser(world: World, login: string, options: { name?: string; email?: string } = {}): Account {
  const account = addAccount(world, login, 'User', undefined, options.name ?? null);
  account.emails.unshift(options.email ?? `${login}@example.com`);
  return account;
}

/** An organisation; `members` are made where they do not exist yet. */
export function createOrganization(
  world: World,
  login: string,
  options: { owners?: readonly string[]; members?: readonly string[]; baseRole?: Organization['baseRole'] } = {},
): Organization {
  const account = addAccount(world, login, 'Organization');
  const org: Organization = {
    account,
    members: new Map(),
    teams: new Map(),
    baseRole: options.baseRole ?? 'none',
    customRoles: new Map(),
    outsideCollaboratorsRestricted: false,
    invited: new Set(),
  };
  world.organizations.set(account.id, org);
  for (const owner of options.owners ?? []) addMember(world, login, owner, 'admin');
  for (const member of options.members ?? []) addMember(world, login, member);
  return org;
}

/** An organisation by login; throws where there is none. */
export function orgNamed(world: World, login: string): Organization {
  const org = organizationOf(world, accountNamed(world, login));
  if (org === null) throw new Error(`${login} is not an organisation`);
  return org;
}

/** A team by organisation and slug; throws where there is none. */
export function teamNamed(world: World, org: string, slug: string): Team {
  const team = teamBySlug(orgNamed(world, org), slug);
  if (team === null) throw new Error(`${org} has no team ${slug}`);
  return team;
}

export function addMember(world: World, org: string, login: string, role: 'admin' | 'member' = 'member'): void {
  const person = accountByLogin(world, login) ?? createUser(world, login);
  orgNamed(world, org).members.set(person.id, role);
}

/** A team; its members become members of the organisation where they are not yet. */
export function createTeam(
  world: World,
  org: string,
  slug: string,
  members: readonly string[] = [],
  options: { parent?: string } = {},
): Team {
  const organization = orgNamed(world, org);
  const team: Team = {
    id: newId(world),
    org: organization,
    slug,
    name: slug,
    parent: options.parent === undefined ? null : teamNamed(world, org, options.parent),
    members: new Map(),
    synced: false,
    createdAt: world.clock.now(),
  };
  organization.teams.set(slug, team);
  for (const login of members) {
    const known = accountByLogin(world, login);
    if (known === null || !organization.members.has(known.id)) addMember(world, org, login);
    team.members.set(accountNamed(world, login).id, 'member');
  }
  return team;
}

export type RepositoryOptions = {
  readonly private?: boolean;
  readonly defaultBranch?: string;
  /** Paths to texts of the first commit. */
  readonly files?: Readonly<Record<string, string>>;
  readonly fork?: Repo;
  /** Direct roles by login. */
  readonly collaborators?: Readonly<Record<string, string>>;
  /** Roles by team slug. */
  readonly teams?: Readonly<Record<string, string>>;
};

/** A repository with one commit on its default branch. It is public where nothing else is said. */
export function createRepository(world: World, owner: string, name: string, options: RepositoryOptions = {}): Repo {
  const account = accountNamed(world, owner);
  const now = world.clock.now();
  const repo: Repo = {
    id: newId(world),
    owner: account,
    name,
    private: options.private ?? false,
    defaultBranch: options.defaultBranch ?? 'main',
    fork: options.fork ?? null,
    createdAt: now,
    pushedAt: now,
    refs: new Map(),
    labels: new Map(),
    issues: new Map(),
    nextNumber: 1,
    suites: [],
    checks: [],
    protections: [],
    rulesets: [],
    environments: new Map(),
    deployments: [],
    runs: [],
    collaborators: new Map(),
    teamRoles: new Map(),
    invitations: [],
    queues: new Map(),
    activity: [],
    archived: false,
    deleted: false,
  };
  world.repos.set(repo.id, repo);
  const files = Object.entries({ 'README.md': `# ${name}\n`, ...options.files });
  const ident = { name: account.name ?? account.login, email: account.emails[0] ?? '', at: now };
  const first = putCommit(world.objects, {
    files: new Map(files.map(([path, text]) => [path, putBlob(world.objects, text)])),
    parents: [],
    author: ident,
    committer: ident,
    message: 'Initial commit',
  });
  repo.refs.set(`refs/heads/${repo.defaultBranch}`, first.sha);
  for (const [login, role] of Object.entries(options.collaborators ?? {})) {
    repo.collaborators.set(accountNamed(world, login).id, role);
  }
  for (const [slug, role] of Object.entries(options.teams ?? {}))
    repo.teamRoles.set(teamNamed(world, owner, slug), role);
  return repo;
}

export type Keys = { readonly publicKey: string; readonly privateKey: string };
let sharedKeys: Keys | null = null;

/** Keys of an app. Making them takes long, so all apps of a process but those that ask for their own share a pair. */
export function keys(own = false): Keys {
  if (!own && sharedKeys !== null) return sharedKeys;
  const made = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  if (!own) sharedKeys = made;
  return made;
}

export type AppOptions = {
  readonly slug: string;
  readonly id?: number;
  readonly name?: string;
  readonly permissions: Permissions;
  readonly events: ReadonlySet<string> | 'all';
  readonly webhookSecret?: string;
  /** Without keys, it is one of GitHub's own, that nobody can sign in as. */
  readonly keys?: Keys;
};

/** Registers an app, with its bot account. */
export function createApp(world: World, options: AppOptions): App {
  for (const secret of [options.keys?.privateKey, options.webhookSecret]) if (secret !== undefined) remember(secret);
  const owner = accountByLogin(world, 'github') ?? addAccount(world, 'github', 'Organization');
  const app: App = {
    id: options.id ?? newId(world),
    slug: options.slug,
    name: options.name ?? options.slug,
    owner,
    bot: addAccount(world, `${options.slug}[bot]`, 'Bot'),
    publicKey: options.keys?.publicKey ?? '',
    privateKey: options.keys?.privateKey ?? '',
    webhookSecret: options.webhookSecret ?? '',
    webhookTarget: null,
    hook: { contentType: 'json', insecureSsl: '0' },
    permissions: options.permissions,
    events: options.events,
    createdAt: world.clock.now(),
  };
  world.apps.set(app.id, app);
  return app;
}

/** The few fields by which installation payloads name repositories. */
export const briefly = (repo: Repo): Shape => ({
  id: repo.id,
  node_id: nodeId('Repository', repo.id),
  name: repo.name,
  full_name: fullName(repo),
  private: repo.private,
});

export const reposOf = (world: World, installation: Installation): Repo[] =>
  installation.repos === 'all'
    ? [...world.repos.values()].filter((repo) => repo.owner === installation.account && !repo.deleted)
    : [...installation.repos];

/** Installs an app on an account, and tells the app. `repos` are full names. */
export function installApp(
  world: World,
  app: App,
  account: string,
  repos: readonly string[] | 'all' = 'all',
  permissions: Permissions = app.permissions,
): Installation {
  const installation: Installation = {
    id: newId(world),
    app,
    account: accountNamed(world, account),
    repos: repos === 'all' ? 'all' : new Set(repos.map((name) => repoNamed(world, name))),
    permissions,
    suspendedAt: null,
    suspendedBy: null,
    removed: false,
    createdAt: world.clock.now(),
  };
  world.installations.set(installation.id, installation);
  tellAboutInstallation(world, installation, 'created', installation.account, {
    repositories: reposOf(world, installation).map(briefly),
    requester: null,
  });
  return installation;
}

export function tellAboutInstallation(
  world: World,
  installation: Installation,
  action: string,
  sender: Account,
  body: Shape = {},
): void {
  const event = 'installation';
  const shown = { installation: showInstallation(world, installation), ...body };
  tellApp(world, installation.app, { event, action, sender, body: shown }, installation.id);
}

export type ProtectionOptions = {
  /** Checks by name; `appId` pins one to an app. */
  readonly requiredChecks?: readonly { readonly name: string; readonly appId?: number }[];
  readonly strict?: boolean;
  readonly mergeQueue?: boolean;
  /** `false`: administrators are above it. */
  readonly enforceAdmins?: boolean;
  readonly pullRequests?: boolean;
  /** Reviews that a pull request needs; shown, not enforced. */
  readonly approvals?: number;
  /** Logins of those who need no pull request; shown, not enforced. */
  readonly pullBypass?: readonly string[];
};

/** Protects the branches that a pattern matches, in place of what protected that pattern before. */
export function protectBranch(world: World, repo: string, pattern: string, options: ProtectionOptions = {}): void {
  const { protections } = repoNamed(world, repo);
  const at = protections.findIndex((protection) => protection.pattern === pattern);
  if (at !== -1) protections.splice(at, 1);
  protections.push({
    pattern,
    requiredChecks: (options.requiredChecks ?? []).map(({ name, appId }): RequiredCheck => ({
      name,
      appId: appId ?? null,
    })),
    strict: options.strict ?? false,
    mergeQueue: options.mergeQueue ?? false,
    enforceAdmins: options.enforceAdmins ?? true,
    pullRequests: options.pullRequests ?? false,
    approvals: options.approvals ?? 0,
    pullBypass: options.pullBypass ?? [],
    createdAt: world.clock.now(),
  });
}

/** An environment, with a custom deployment protection rule of each app in `rules`. */
export function protectEnvironment(
  world: World,
  repo: string,
  name: string,
  rules: readonly App[],
  adminsBypass = true,
): void {
  const home = repoNamed(world, repo);
  const environment = environmentNamed(home, name) ?? createEnvironment(world, home, name);
  environment.canAdminsBypass = adminsBypass;
  for (const app of rules) environment.rules.push({ id: newId(world), app, enabled: true });
}

export type RulesetOptions = Partial<
  Pick<Ruleset, 'sourceType' | 'target' | 'enforcement' | 'bypassActors' | 'include' | 'exclude' | 'rules'>
>;

/** A ruleset of a repository, or of its organisation for this one repository. It is for the default branch unless told. */
export function addRuleset(world: World, repo: string, name: string, options: RulesetOptions = {}): Ruleset {
  const home = repoNamed(world, repo);
  const now = world.clock.now();
  const sourceType = options.sourceType ?? 'Repository';
  const ruleset: Ruleset = {
    id: newId(world),
    sourceType,
    source: sourceType === 'Repository' ? fullName(home) : home.owner.login,
    name,
    target: options.target ?? 'branch',
    enforcement: options.enforcement ?? 'active',
    bypassActors: options.bypassActors ?? [],
    include: options.include ?? ['~DEFAULT_BRANCH'],
    exclude: options.exclude ?? [],
    rules: options.rules ?? [],
    createdAt: now,
    updatedAt: now,
  };
  home.rulesets.push(ruleset);
  return ruleset;
}
