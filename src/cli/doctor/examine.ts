/** What does the doctor find? Everything is read from GitHub; nothing is changed. */

import { appFindings, installationFindings } from '../../domain/doctor/app.ts';
import {
  finding,
  nameOf,
  type DoctorFinding,
  type InstallationFacts,
  type RepoFacts,
} from '../../domain/doctor/model.ts';
import { deliveryFindings, hookFindings } from '../../domain/doctor/webhook.ts';
import { installationId } from '../../domain/identity.ts';
import type { Inspector } from '../../adapters/github/inspect.ts';
import { readAppFile, WEBHOOK_PATH } from '../setup/manifest.ts';
import { findBaseline, type FoundBaseline } from './baseline.ts';
import { repositoryFindings } from './repository.ts';

export type RepoName = { readonly owner: string; readonly name: string };

export type Scope = {
  /** Where people see GitHub, without a slash at the end. */
  readonly web: string;
  /** `null`: every repository of every installation. */
  readonly only: readonly RepoName[] | null;
  /** Repositories, as OWNER/NAME in lower case, whose policy the operator lets say which teams can be granted. */
  readonly teamsAllowedBy: readonly string[];
  readonly say: (line: string) => void;
};

/** Every finding, the app's first. Throws where GitHub did not answer: then nothing is known, and nothing called fine. */
export async function examine(inspector: Inspector, scope: Scope): Promise<readonly DoctorFinding[]> {
  const app = await inspector.app(scope.web);
  if (!app.ok) {
    const todo = 'check APP_ID and the key; `jit-gate setup` registers an app anew';
    return [finding('error', 'app-credentials', 'app', `GitHub does not accept this app: ${app.error}`, { todo })];
  }
  const { default_permissions: permissions, default_events: events } = readAppFile();
  const wants = { permissions, events };
  const installations = await inspector.installations();
  const [hook, deliveries] = await Promise.all([inspector.hook(), inspector.deliveries()]);
  const found: DoctorFinding[] = [
    ...appFindings(wants, app.value),
    ...hookFindings(app.value, hook, WEBHOOK_PATH),
    ...deliveryFindings(app.value, deliveries),
    ...installationFindings(wants, app.value, concerned(installations, scope)),
  ];
  const repositories = await chosen(inspector, installations, scope);
  found.push(...repositories.missing);
  const baselines = await baselinesOf(inspector, repositories.there, scope);
  for (const baseline of baselines.values()) if (baseline.kind === 'none') found.push(...baseline.findings);
  for (const facts of withPlaces(repositories.there, baselines)) {
    scope.say(`Looking at ${nameOf(facts.repo)} ...`);
    const baseline = baselines.get(ownerOf(facts)) ?? NO_BASELINE;
    const installation = installations.find(({ id }) => id === Number(facts.repo.installationId)) ?? null;
    const { teamsAllowedBy } = scope;
    found.push(
      ...(await repositoryFindings({ inspector, app: app.value, facts, baseline, installation, teamsAllowedBy })),
    );
  }
  return found;
}

const NO_BASELINE: FoundBaseline = { kind: 'none', findings: [] };

const ownerOf = ({ repo }: RepoFacts): string => repo.owner.toLowerCase();

/** The baseline of each owner whose repositories are looked at. */
async function baselinesOf(
  inspector: Inspector,
  repositories: readonly RepoFacts[],
  { only }: Scope,
): Promise<ReadonlyMap<string, FoundBaseline>> {
  const found = new Map<string, FoundBaseline>();
  for (const facts of repositories) {
    const owner = ownerOf(facts);
    if (found.has(owner)) continue;
    const reachable = only === null ? repositories : await inspector.repositories(facts.repo.installationId);
    found.set(owner, await findBaseline(inspector, facts.repo.owner, reachable));
  }
  return found;
}

/** A baseline is as firm as the repository where it stands, so that is looked at, too, though nobody named it. */
function withPlaces(
  repositories: readonly RepoFacts[],
  baselines: ReadonlyMap<string, FoundBaseline>,
): readonly RepoFacts[] {
  const ids = new Set(repositories.map(({ repo }) => repo.id));
  const places = [...baselines.values()].flatMap((one) => (one.kind === 'found' ? [one.facts] : []));
  return [...places.filter(({ repo }) => !ids.has(repo.id)), ...repositories];
}

/** With repositories named, other people's installations are none of the question. */
function concerned(installations: readonly InstallationFacts[], { only }: Scope): readonly InstallationFacts[] {
  if (only === null) return installations;
  const owners = new Set(only.map(({ owner }) => owner.toLowerCase()));
  const some = installations.filter(({ account }) => owners.has(account.toLowerCase()));
  return some.length > 0 ? some : installations;
}

type Chosen = { readonly there: readonly RepoFacts[]; readonly missing: readonly DoctorFinding[] };

async function chosen(
  inspector: Inspector,
  installations: readonly InstallationFacts[],
  { only }: Scope,
): Promise<Chosen> {
  const awake = installations.filter(({ suspended }) => !suspended);
  if (only === null) {
    const lists = await Promise.all(awake.map(async ({ id }) => await inspector.repositories(installationId(id))));
    return { there: lists.flat(), missing: [] };
  }
  const asleep = new Set(
    installations.filter(({ suspended }) => suspended).map(({ account }) => account.toLowerCase()),
  );
  const there: RepoFacts[] = [];
  const missing: DoctorFinding[] = [];
  for (const { owner, name } of only) {
    // That the installation is suspended was told: nothing can be read there.
    if (asleep.has(owner.toLowerCase())) continue;
    const facts = await inspector.repository(owner, name);
    if (facts !== null) there.push(facts);
    else {
      const message = 'the app is not installed on it, or there is no such repository';
      missing.push(
        finding('error', 'repository-not-found', `${owner}/${name}`, message, { todo: 'add it to the installation' }),
      );
    }
  }
  return { there, missing };
}
