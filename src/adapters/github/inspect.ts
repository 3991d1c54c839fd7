/** What does GitHub say of the app, its webhook and its repositories, for the doctor to judge? */

import { z } from 'zod';
import type {
  AppFacts,
  BranchesFacts,
  DeliveryFacts,
  EnvironmentFacts,
  HookFacts,
  InstallationFacts,
  RepoFacts,
  Repair,
} from '../../domain/doctor/model.ts';
import { installationId, repoId, type InstallationId, type RepoRef } from '../../domain/identity.ts';
import { ok, refused, type Result } from '../../domain/result.ts';
import { GitHubRefused, GitHubUnavailable, type GitHub } from '../../engine/ports.ts';
import { createClient, type Client, type ClientOptions } from './client.ts';
import { contents } from './contents.ts';
import { inspectBranches } from './inspect-branches.ts';
import { inspectEnvironments } from './inspect-environments.ts';
import { people } from './people.ts';
import { repairer, type Repaired } from './inspect-repair.ts';
import { unless } from './repository.ts';
import { failureFrom } from './trust.ts';

const Levels = z.record(z.string(), z.string());

const App = z.object({
  id: z.int(),
  slug: z.string(),
  owner: z.object({ login: z.string().optional(), slug: z.string().optional(), type: z.string().optional() }).nullish(),
  permissions: Levels,
  events: z.array(z.string()),
});
const Installations = z.array(
  z.object({
    id: z.int(),
    account: z.object({ login: z.string().optional(), slug: z.string().optional() }).nullish(),
    suspended_at: z.string().nullish(),
    permissions: Levels,
    events: z.array(z.string()),
    html_url: z.string(),
  }),
);
const Hook = z.object({
  url: z.string().nullish(),
  content_type: z.string().optional(),
  secret: z.string().nullish(),
  insecure_ssl: z.union([z.string(), z.number()]).optional(),
});
const Deliveries = z.array(z.object({ guid: z.string(), event: z.string(), status_code: z.int() }));
const Repository = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  html_url: z.string(),
  private: z.boolean(),
  archived: z.boolean().optional(),
  has_issues: z.boolean().optional(),
  default_branch: z.string(),
});
const Repositories = z.object({ repositories: z.array(Repository) }).transform((page) => page.repositories);
const Home = z.object({ id: z.int() });

/** No more of the latest webhooks are looked at. */
const MAX_DELIVERIES = 300;

/** Reads what enforcement rests on, and adds to it. Throws as the port `GitHub` does, where nothing else is said. */
export type Inspector = Pick<GitHub, 'policyFile' | 'teamMembers' | 'userByLogin' | 'userById'> & {
  /** Refuses, in words, where GitHub does not accept the app's id and key. `web` is where people see GitHub. */
  app(web: string): Promise<Result<AppFacts, string>>;
  installations(): Promise<readonly InstallationFacts[]>;
  hook(): Promise<HookFacts>;
  /** The latest attempts of the last three days, newest first. */
  deliveries(): Promise<readonly DeliveryFacts[]>;
  repositories(installation: InstallationId): Promise<readonly RepoFacts[]>;
  /** One repository by name; `null` where the app is not installed on it. */
  repository(owner: string, name: string): Promise<RepoFacts | null>;
  /** The branches that `wanted` takes, with what protects them; the default branch always. */
  branches(facts: RepoFacts, wanted: (branch: string) => boolean): Promise<BranchesFacts>;
  environments(facts: RepoFacts, appId: number): Promise<readonly EnvironmentFacts[]>;
  /** The text of a file on the default branch; `null` where there is none. */
  file(repo: RepoRef, path: string): Promise<string | null>;
  repair(repair: Repair, appId: number): Promise<Repaired>;
};

export function createInspector(options: ClientOptions): Inspector {
  const client = createClient(options);
  const { policyFile, file } = contents(client);
  const { teamMembers, userByLogin, userById } = people(client);
  return {
    policyFile,
    file,
    teamMembers,
    userByLogin,
    userById,
    ...ownSettings(client),
    ...reachable(client),
    branches: inspectBranches(client),
    environments: inspectEnvironments(client),
    repair: repairer(client),
  };
}

function ownSettings(client: Client): Pick<Inspector, 'app' | 'installations' | 'hook' | 'deliveries'> {
  return {
    async app(web) {
      try {
        const { id, slug, owner, permissions, events } = await client.get('app', 'GET /app', {}, App);
        const home = owner?.type === 'Organization' ? `/organizations/${owner.login ?? ''}` : '';
        return ok({ id, slug, permissions, events, page: `${web}${home}/settings/apps/${slug}` });
      } catch (error) {
        const isRefusal = error instanceof GitHubRefused || isUnauthorized(error);
        if (!isRefusal || !(error instanceof Error)) throw error;
        return refused(error.message);
      }
    },
    async installations() {
      const list = await client.list('app', 'GET /app/installations', {}, Installations);
      return list.map(({ id, account, suspended_at, permissions, events, html_url }) => ({
        id,
        account: account?.login ?? account?.slug ?? String(id),
        suspended: typeof suspended_at === 'string',
        permissions,
        events,
        page: html_url,
      }));
    },
    async hook() {
      const hook = await client.get('app', 'GET /app/hook/config', {}, Hook);
      return {
        url: hook.url ?? null,
        // GitHub's own default: https://docs.github.com/en/rest/apps/webhooks.
        contentType: hook.content_type ?? 'form',
        hasSecret: (hook.secret ?? '') !== '',
        insecure: String(hook.insecure_ssl ?? '0') === '1',
      };
    },
    async deliveries() {
      let seen = 0;
      const enough = (page: readonly unknown[]): boolean => (seen += page.length) >= MAX_DELIVERIES;
      const list = await client.list('app', 'GET /app/hook/deliveries', {}, Deliveries, enough);
      return list.map(({ guid, event, status_code }) => ({ guid, event, status: status_code }));
    },
  };
}

const isUnauthorized = (error: unknown): boolean =>
  error instanceof GitHubUnavailable && failureFrom(error.cause)?.status === 401;

function reachable(client: Client): Pick<Inspector, 'repositories' | 'repository'> {
  return {
    async repositories(installation) {
      const list = await client.list(installation, 'GET /installation/repositories', {}, Repositories);
      return list.map((found) => factsFrom(installation, found));
    },
    async repository(owner, name) {
      const named = { owner, repo: name };
      const home = await unless([404], client.get('app', 'GET /repos/{owner}/{repo}/installation', named, Home));
      if (home === null) return null;
      const installation = installationId(home.id);
      const found = await unless([404], client.get(installation, 'GET /repos/{owner}/{repo}', named, Repository));
      return found === null ? null : factsFrom(installation, found);
    },
  };
}

const factsFrom = (installation: InstallationId, found: z.output<typeof Repository>): RepoFacts => ({
  repo: { installationId: installation, id: repoId(found.id), owner: found.owner.login, name: found.name },
  page: found.html_url,
  private: found.private,
  archived: found.archived ?? false,
  issues: found.has_issues ?? true,
  defaultBranch: found.default_branch,
});
