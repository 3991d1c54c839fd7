/** `deployment` and `deployment_protection_rule`: something is about to be deployed, and may have to wait. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef } from '../domain/identity.ts';
import { Account, RepositoryEvent, repoOf, Sha, shortRef, Time } from './payload.ts';

const Deployment = z.object({
  id: z.int(),
  sha: Sha,
  ref: z.string(),
  environment: z.string(),
  created_at: Time,
  creator: Account.nullish(),
});

const CreatedPayload = RepositoryEvent.extend({
  action: z.string(),
  deployment: Deployment,
  workflow_run: z.object({ id: z.int() }).nullish(),
});

export function fromDeployment(raw: unknown): DomainEvent | null {
  const payload = CreatedPayload.parse(raw);
  if (payload.action !== 'created') return null;
  const { deployment } = payload;
  return {
    kind: 'deployment-asked',
    repo: repoOf(payload),
    environment: deployment.environment,
    deploymentId: deployment.id,
    sha: deployment.sha,
    ref: shortRef(deployment.ref),
    runId: payload.workflow_run?.id ?? null,
    rule: false,
    creator: deployment.creator?.id ?? null,
    at: deployment.created_at,
  };
}

const RulePayload = RepositoryEvent.extend({
  action: z.string(),
  environment: z.string().optional(),
  deployment_callback_url: z.string().optional(),
  deployment: Deployment.nullish(),
});

/** `apiUrl` is the address of GitHub's API that this app talks to: the callback has to lead there. */
export function fromDeploymentProtectionRule(raw: unknown, apiUrl: string): DomainEvent | null {
  const payload = RulePayload.parse(raw);
  if (payload.action !== 'requested') return null;
  const repo = repoOf(payload);
  const { deployment } = payload;
  const environment = deployment?.environment ?? payload.environment;
  if (environment === undefined) throw new TypeError('the protection rule names no environment');
  const runId = runIdOf(payload.deployment_callback_url, repo, apiUrl);
  const asked = { kind: 'deployment-asked', repo, environment, runId, rule: true } as const;
  if (!deployment)
    return { ...asked, deploymentId: null, sha: null, ref: null, creator: payload.sender?.id ?? null, at: null };
  return {
    ...asked,
    deploymentId: deployment.id,
    sha: deployment.sha,
    ref: shortRef(deployment.ref),
    creator: deployment.creator?.id ?? payload.sender?.id ?? null,
    at: deployment.created_at,
  };
}

/** The run that waits, from the callback's address: the payload has it nowhere else. A foreign address is refused. */
function runIdOf(callback: string | undefined, repo: RepoRef, apiUrl: string): number {
  if (callback === undefined) throw new TypeError('the protection rule has no callback URL');
  const url = new URL(callback);
  const api = new URL(apiUrl);
  const path =
    /^(?<prefix>.*)\/repos\/(?<owner>[^/]+)\/(?<name>[^/]+)\/actions\/runs\/(?<run>[1-9]\d{0,14})\/deployment_protection_rule$/u.exec(
      url.pathname,
    )?.groups;
  const prefix = api.pathname.replace(/\/$/u, '');
  const same = (part: string | undefined, own: string): boolean => part?.toLowerCase() === own.toLowerCase();
  const ours =
    isPlain(callback, url) &&
    url.origin === api.origin &&
    path?.['prefix'] === prefix &&
    url.username === '' &&
    url.password === '';
  if (!ours || !same(path['owner'], repo.owner) || !same(path['name'], repo.name)) {
    throw new TypeError(`the callback URL does not belong to ${repo.owner}/${repo.name}: ${callback.slice(0, 200)}`);
  }
  return Number(path['run']);
}

/** Whether the path is written as it is read. One with `..` in it names another run than the one it begins with. */
const isPlain = (address: string, { pathname }: URL): boolean =>
  /^[a-z]+:\/\/[^/\\?#]*(?<path>[^?#]*)/iu.exec(address)?.groups?.['path'] === pathname;
