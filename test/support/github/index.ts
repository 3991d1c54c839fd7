/**
 * What is the local GitHub, and how is it used? A small GitHub over HTTP, with real state, for tests, the benchmark and
 * the demo. It is held against GitHub's own description: see `violations`, which should be empty at the end of a test.
 *
 *   const github = await startGitHub({ latencyMs: 0 });
 *   github.createOrganization('octo', { owners: ['olga'], members: ['ana', 'ben'] });
 *   github.createTeam('octo', 'release', ['ana']);
 *   github.createRepository('octo', 'shop', { files: { '.jit-policy.yml': '...' }, teams: { release: 'push' } });
 *   github.protectBranch('octo/shop', 'main', { requiredChecks: [{ name: 'jit/merge', appId: github.appId }] });
 *   github.createEnvironment('octo/shop', 'production', { customRule: true });
 *   const installation = github.installApp('octo');
 *
 *   // The app: new Probot({ appId: github.appId, privateKey: github.privateKey, secret: github.webhookSecret,
 *   // baseUrl: github.url }). Then tell GitHub where it listens:
 *   github.webhookTarget = 'http://127.0.0.1:3000/api/github/webhooks';
 *
 *   github.as('ben').push('octo/shop', { branch: 'fix', files: { 'a.txt': 'a' } });
 *   const number = github.as('ben').openPull('octo/shop', { head: 'fix' });
 *   const sha = github.see.pull('octo/shop', number).headSha;
 *   await github.waitFor(() => github.see.check('octo/shop', sha, 'jit/merge')?.status === 'in_progress', { what: 'the hold' });
 *   github.as('ana').comment('octo/shop', number, '/approve');
 *   github.as('ben').merge('octo/shop', number); // { ok: true, sha } or { ok: false, why: [...] }
 *
 * People's acts (`people/`) throw where the person lacks the role. Sets-up (`setup.ts`) ask for no right and send no
 * webhook, but for `installApp`. Times in options are milliseconds. GitHub's clock is moved with `clock.advance`; tokens
 * live by the machine's clock, since the app's token cache can't know of the move.
 */

import type { AddressInfo } from 'node:net';
import { createFaults, type Faults } from './http/faults.ts';
import { issueToken } from './http/auth.ts';
import { createApi } from './http/server.ts';
import { watchViolations } from './http/watched.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { createView, type View } from './observe.ts';
import { createActor, type Actor } from './people/actor.ts';
import { allRoutes } from './routes/all.ts';
import * as setup from './setup.ts';
import { createSender, type Webhooks } from './webhooks/deliver.ts';
import { createCheck, updateCheck, type CheckDraft } from './acts/checks.ts';
import { accountNamed, repoNamed } from './world/find.ts';
import type { Clock } from './world/clock.ts';
import type {
  Account,
  App,
  Call,
  Delivery,
  Installation,
  Organization,
  Permissions,
  Repo,
  Ruleset,
  Team,
  Violation,
  World,
} from './world/state.ts';
import { installationActs } from './installations.ts';
import { waitFor, type WaitOptions } from './wait.ts';

export type GitHubOptions = {
  /** 0, or left out: any free port. */
  readonly port?: number;
  /** How long every call takes at least. */
  readonly latencyMs?: number;
  readonly webhookSecret?: string;
  /** What the app may do and hears of; `app.yml` of this repository where nothing is said. */
  readonly manifest?: Manifest;
  /** `false` switches the contract off, for measurements. */
  readonly contract?: boolean;
  readonly appId?: number;
};

export type LocalGitHub = {
  /** Address of the API; GraphQL is below it at `/graphql`. */
  readonly url: string;
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly appSlug: string;
  /** Login of the app's bot account. */
  readonly botLogin: string;
  /** Where the app takes webhooks; `null` until it is set: deliveries fail until then. */
  webhookTarget: string | null;
  latencyMs: number;
  /** Whether GraphQL answers installations. */
  graphqlAvailable: boolean;
  /** Whether a re-run asks the protection rules again (GitHub's own answer is not known for sure). */
  rulesAskedOnRerun: boolean;
  /** Whether one answer of a rule is for every job that waits (GitHub's own answer is not known for sure). */
  oneAnswerForAll: boolean;
  /** Calls an hour for one installation; 5,000 at first. */
  rateLimit: number;

  readonly clock: Clock;
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  /** Every call of the API in the order of its answer. Empty it to count anew. */
  readonly calls: Call[];
  /** Everything that GitHub's description, or the app's permissions, did not allow. */
  readonly violations: Violation[];
  readonly deliveries: readonly Delivery[];
  /** What GitHub shows. */
  readonly see: View;
  /** The whole state, for what nothing else here offers. */
  readonly world: World;

  createUser(login: string, options?: { name?: string; email?: string }): Account;
  createOrganization(
    login: string,
    options?: { owners?: readonly string[]; members?: readonly string[]; baseRole?: Organization['baseRole'] },
  ): Organization;
  addMember(org: string, login: string, role?: 'admin' | 'member'): void;
  createTeam(org: string, slug: string, members?: readonly string[], options?: { parent?: string }): Team;
  createRepository(owner: string, name: string, options?: setup.RepositoryOptions): Repo;
  protectBranch(repo: string, pattern: string, options?: setup.ProtectionOptions): void;
  /** With `customRule`, jobs for it wait until the app answers. */
  createEnvironment(repo: string, name: string, options?: { customRule?: boolean; adminsBypass?: boolean }): void;
  /** A ruleset that protects branches besides what `protectBranch` says. */
  addRuleset(repo: string, name: string, options?: setup.RulesetOptions): Ruleset;
  setBaseRole(org: string, role: Organization['baseRole']): void;
  /** A custom repository role that builds on a standard one. */
  addCustomRole(org: string, name: string, base: string): void;
  /** Whether people from outside the organisation are refused as collaborators. */
  restrictOutsideCollaborators(org: string, restricted: boolean): void;
  /** Installs the app; `repos` are full names. Permissions are those of the manifest where nothing is said. */
  installApp(account: string, repos?: readonly string[] | 'all', permissions?: Permissions): Installation;
  addToInstallation(installation: Installation, ...repos: string[]): void;
  removeFromInstallation(installation: Installation, ...repos: string[]): void;
  suspendInstallation(installation: Installation, by: string): void;
  unsuspendInstallation(installation: Installation, by: string): void;
  uninstall(installation: Installation, by: string): void;
  /** Sends the app a ping, as GitHub does when the webhook is set up. */
  ping(): void;

  /** A person who acts. Throws where there is no such account. */
  as(login: string): Actor;
  /** Another app that reports checks, such as a CI or an impostor. `github-actions` is there already. */
  reportCheck(repo: string, sha: string, check: CheckDraft & { readonly name: string; readonly app?: string }): number;
  /** A token of an installation, for calls that a test makes itself. */
  token(installation: Installation, permissions?: Permissions): string;
  /** Makes every token that was given out invalid. */
  expireTokens(): void;
  waitFor<T>(
    question: () => T | Promise<T>,
    options: WaitOptions,
  ): Promise<Exclude<Awaited<T>, null | undefined | false>>;
  close(): Promise<void>;
};

/** Starts a GitHub with nothing in it but the app and `github-actions`. */
export async function startGitHub(options: GitHubOptions = {}): Promise<LocalGitHub> {
  const world = setup.createWorld();
  watchViolations(world.violations);
  const manifest = options.manifest ?? readManifest();
  const keys = setup.keys();
  const app = setup.createApp(world, {
    slug: 'jit-gate',
    name: 'JIT Gate',
    permissions: manifest.permissions,
    events: manifest.events,
    webhookSecret: options.webhookSecret ?? 'local-github-webhook-secret',
    keys,
    ...(options.appId === undefined ? {} : { id: options.appId }),
  });
  setup.createApp(world, { slug: 'github-actions', id: 15_368, permissions: {}, events: new Set() });
  setup.createWebFlow(world);
  const sender = createSender(world);
  world.enqueue = sender.enqueue;
  const faults = createFaults();
  let latencyMs = options.latencyMs ?? 0;
  const server = createApi({
    world,
    routes: allRoutes((delivery) => sender.redeliver(delivery)),
    faults,
    latencyMs: () => latencyMs,
    contract: options.contract ?? true,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: world.url,
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: app.webhookSecret,
    appSlug: app.slug,
    botLogin: app.bot.login,
    get webhookTarget() {
      return app.webhookTarget;
    },
    set webhookTarget(target) {
      app.webhookTarget = target;
    },
    get latencyMs() {
      return latencyMs;
    },
    set latencyMs(ms) {
      latencyMs = ms;
    },
    get graphqlAvailable() {
      return world.graphqlAvailable;
    },
    set graphqlAvailable(available) {
      world.graphqlAvailable = available;
    },
    get rulesAskedOnRerun() {
      return world.rulesAskedOnRerun;
    },
    set rulesAskedOnRerun(asked) {
      world.rulesAskedOnRerun = asked;
    },
    get oneAnswerForAll() {
      return world.oneAnswerForAll;
    },
    set oneAnswerForAll(forAll) {
      world.oneAnswerForAll = forAll;
    },
    get rateLimit() {
      return world.rateLimit;
    },
    set rateLimit(limit) {
      world.rateLimit = limit;
    },
    clock: world.clock,
    faults,
    webhooks: sender,
    calls: world.calls,
    violations: world.violations,
    deliveries: world.deliveries,
    see: createView(world),
    world,
    ...setUps(world, app),
    ...installationActs(world, app),
    as: (login) => createActor(world, accountNamed(world, login)),
    reportCheck: (repo, sha, check) => reportCheck(world, repo, sha, check),
    token: (installation, permissions) =>
      issueToken(world, installation, permissions === undefined ? {} : { permissions }).token,
    expireTokens: () => {
      world.tokens.clear();
    },
    waitFor,
    close: async () => {
      await sender.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

type SetUps = Pick<
  LocalGitHub,
  | 'createUser'
  | 'createOrganization'
  | 'addMember'
  | 'createTeam'
  | 'createRepository'
  | 'protectBranch'
  | 'createEnvironment'
  | 'addRuleset'
  | 'setBaseRole'
  | 'addCustomRole'
  | 'restrictOutsideCollaborators'
>;

const setUps = (world: World, app: App): SetUps => ({
  createUser: (login, options) => setup.createUser(world, login, options),
  createOrganization: (login, options) => setup.createOrganization(world, login, options),
  addMember: (org, login, role) => {
    setup.addMember(world, org, login, role);
  },
  createTeam: (org, slug, members, options) => setup.createTeam(world, org, slug, members, options),
  createRepository: (owner, name, options) => setup.createRepository(world, owner, name, options),
  protectBranch: (repo, pattern, options) => {
    setup.protectBranch(world, repo, pattern, options);
  },
  createEnvironment: (repo, name, options = {}) => {
    setup.protectEnvironment(world, repo, name, options.customRule === true ? [app] : [], options.adminsBypass);
  },
  addRuleset: (repo, name, options) => setup.addRuleset(world, repo, name, options),
  setBaseRole: (org, role) => {
    setup.orgNamed(world, org).baseRole = role;
  },
  addCustomRole: (org, name, base) => {
    setup.orgNamed(world, org).customRoles.set(name, base);
  },
  restrictOutsideCollaborators: (org, restricted) => {
    setup.orgNamed(world, org).outsideCollaboratorsRestricted = restricted;
  },
});

/** A check of another app: made on the first report, changed by the next ones. Returns the run's id. */
function reportCheck(
  world: World,
  name: string,
  sha: string,
  { app: slug = 'github-actions', ...draft }: CheckDraft & { readonly name: string; readonly app?: string },
): number {
  const repo = repoNamed(world, name);
  const app =
    [...world.apps.values()].find((candidate) => candidate.slug === slug) ??
    setup.createApp(world, { slug, permissions: { checks: 'write' }, events: new Set() });
  const known = repo.checks.findLast((check) => check.app === app && check.sha === sha && check.name === draft.name);
  if (known === undefined) return createCheck(world, repo, app, sha, draft).id;
  updateCheck(world, known, draft);
  return known.id;
}

export type { Actor, Call, Delivery, Installation, Violation, Webhooks };
