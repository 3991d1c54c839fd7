/** What does the doctor find? Everything is read from GitHub; nothing is changed. */

import { accessFindings } from '../../domain/doctor/access.ts';
import { appFindings, installationFindings } from '../../domain/doctor/app.ts';
import { deploymentFindings } from '../../domain/doctor/deployment.ts';
import { isGated, mergeFindings } from '../../domain/doctor/merge.ts';
import {
  finding,
  nameOf,
  ok,
  type AppFacts,
  type DoctorFinding,
  type InstallationFacts,
  type RepoFacts,
} from '../../domain/doctor/model.ts';
import { deliveryFindings, hookFindings } from '../../domain/doctor/webhook.ts';
import { installationId } from '../../domain/identity.ts';
import { ACCESS_REQUEST_TEMPLATE_PATH } from '../../domain/issue-template.ts';
import { namedIn } from '../../domain/policy/check-online.ts';
import type { Finding, Policy } from '../../domain/policy/model.ts';
import { lintPolicy, parsePolicy } from '../../domain/policy/parse.ts';
import type { Inspector } from '../../adapters/github/inspect.ts';
import { GitHubRefused } from '../../engine/ports.ts';
import { askAll } from '../policy/online.ts';
import { readAppFile, WEBHOOK_PATH } from '../setup/manifest.ts';

export type RepoName = { readonly owner: string; readonly name: string };

export type Scope = {
  /** Where people see GitHub, without a slash at the end. */
  readonly web: string;
  /** `null`: every repository of every installation. */
  readonly only: readonly RepoName[] | null;
  readonly say: (line: string) => void;
};

/** More findings of one policy than this help nobody. */
const MAX_POLICY_FINDINGS = 20;

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
  for (const facts of repositories.there) {
    scope.say(`Looking at ${nameOf(facts.repo)} ...`);
    found.push(...(await repositoryFindings(inspector, app.value, facts)));
  }
  return found;
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

async function repositoryFindings(
  inspector: Inspector,
  app: AppFacts,
  facts: RepoFacts,
): Promise<readonly DoctorFinding[]> {
  const about = nameOf(facts.repo);
  if (facts.archived) return [ok('archived', about, 'is archived: nothing can happen there')];
  try {
    return await policyAndGates(inspector, app, facts);
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    return [finding('error', 'repository-unreadable', about, error.message)];
  }
}

async function policyAndGates(
  inspector: Inspector,
  app: AppFacts,
  facts: RepoFacts,
): Promise<readonly DoctorFinding[]> {
  const about = nameOf(facts.repo);
  const file = await inspector.policyFile(facts.repo);
  if (file.kind === 'absent') {
    const message = 'has no policy: merges are not held, deployments that ask are denied, nobody can ask for access';
    const todo = 'write one with `jit-gate init`, or take the repository out of the installation';
    return [finding('warning', 'policy-absent', about, message, { todo })];
  }
  const page = `${facts.page}/blob/HEAD/${file.path}`;
  const told = (list: readonly Finding[]): readonly DoctorFinding[] =>
    list.slice(0, MAX_POLICY_FINDINGS).map((one) => inPolicy(one, about, file.path, page));
  const parsed = parsePolicy(file.text);
  if (!parsed.ok) {
    const message = 'the policy has errors, so everything is held';
    return [
      finding('error', 'policy-invalid', about, message, { todo: 'repair it with a push', page }),
      ...told(parsed.error),
    ];
  }
  const { installationId: installation, owner } = facts.repo;
  const online = await askAll({ github: inspector, installation }, owner, namedIn(file.text));
  return [...told([...lintPolicy(file.text), ...online]), ...(await gateFindings(inspector, app, facts, parsed.value))];
}

const inPolicy = (one: Finding, about: string, path: string, page: string): DoctorFinding =>
  finding(one.severity, one.code, about, `${path}:${one.line}:${one.column}: ${one.message}`, {
    page: `${page}#L${one.line}`,
    ...(one.hint === null ? {} : { todo: one.hint }),
  });

async function gateFindings(
  inspector: Inspector,
  app: AppFacts,
  facts: RepoFacts,
  policy: Policy,
): Promise<readonly DoctorFinding[]> {
  const [branches, environments, form] = await Promise.all([
    inspector.branches(facts, (branch) => isGated(policy, branch)),
    inspector.environments(facts, app.id),
    policy.access.length === 0 ? null : inspector.file(facts.repo, ACCESS_REQUEST_TEMPLATE_PATH),
  ]);
  return [
    ...mergeFindings(app.id, facts, policy, branches),
    ...deploymentFindings(facts, policy, environments),
    ...accessFindings(facts, policy, form),
  ];
}
