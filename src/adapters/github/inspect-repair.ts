/** How is protection added that is missing, without taking any away? */

import type { Repair } from '../../domain/doctor/model.ts';
import { MERGE_CHECK } from '../../domain/subject.ts';
import type { RepoRef } from '../../domain/identity.ts';
import { GitHubRefused } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { isOwn, OWN_RULESET, Ruleset, Rulesets, type Rule } from './inspect-branches.ts';
import { at } from './repository.ts';
import { wire } from './wire.ts';
import type { z } from 'zod';

/** `why` is GitHub's answer where it refused. */
export type Repaired = { readonly done: true } | { readonly done: false; readonly why: string };

/** Carries out one repair. Done twice it changes nothing more. */
export function repairer(client: Client): (repair: Repair, appId: number) => Promise<Repaired> {
  return async (repair, appId) => {
    try {
      if (repair.kind === 'require-check') await requireCheck(client, repair.repo, repair.refs, appId);
      else await enableRule(client, repair.repo, repair.environment, appId);
      return { done: true };
    } catch (error) {
      if (!(error instanceof GitHubRefused)) throw error;
      return { done: false, why: error.message };
    }
  };
}

async function enableRule(client: Client, repo: RepoRef, environment: string, appId: number): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules';
  const parameters = { ...at(repo), environment_name: environment, integration_id: appId };
  await client.write(repo.installationId, 'read', route, parameters, wire.done);
}

/** Others' rulesets are left as they are: all rules that are for a branch apply together, so one more is enough. */
async function requireCheck(client: Client, repo: RepoRef, refs: readonly string[], appId: number): Promise<void> {
  const parameters = { ...at(repo), includes_parents: false };
  const list = await client.list(repo.installationId, 'GET /repos/{owner}/{repo}/rulesets', parameters, Rulesets);
  const own = list.find((one) => isOwn(one) && (one.target ?? 'branch') === 'branch');
  const write = async (route: 'POST' | 'PUT', body: object): Promise<void> => {
    if (route === 'POST') {
      await client.write(
        repo.installationId,
        'read',
        'POST /repos/{owner}/{repo}/rulesets',
        { ...at(repo), ...body },
        wire.done,
      );
      return;
    }
    const one = 'PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}';
    await client.write(repo.installationId, 'read', one, { ...at(repo), ruleset_id: own?.id, ...body }, wire.done);
  };
  if (own === undefined) {
    await write('POST', {
      name: OWN_RULESET,
      target: 'branch',
      enforcement: 'active',
      bypass_actors: [],
      conditions: { ref_name: { include: refs, exclude: [] } },
      rules: rulesWith([], appId),
    });
    return;
  }
  const found = await client.get(
    repo.installationId,
    'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}',
    { ...at(repo), ruleset_id: own.id },
    Ruleset,
  );
  const names = found.conditions?.ref_name ?? { include: [], exclude: [] };
  await write('PUT', {
    name: OWN_RULESET,
    target: 'branch',
    enforcement: 'active',
    // Who bypasses it was somebody's decision: the doctor tells of it, and a person changes it.
    ...(found.bypass_actors === undefined ? {} : { bypass_actors: found.bypass_actors }),
    conditions: {
      ref_name: {
        include: [...new Set([...names.include, ...refs])],
        exclude: names.exclude.filter((ref) => !refs.includes(ref)),
      },
    },
    rules: rulesWith(found.rules ?? [], appId),
  });
}

type WireRule = z.output<typeof Rule>;

/** The rules with ours among them. What is there stays as strict as it is. */
function rulesWith(rules: readonly WireRule[], appId: number): readonly object[] {
  const checks = rules.find(({ type }) => type === 'required_status_checks');
  const before = checks?.parameters?.required_status_checks ?? [];
  const others = before.filter(
    ({ context, integration_id: app }) => context !== MERGE_CHECK || (app ?? appId) !== appId,
  );
  return [
    ...rules.filter((rule) => rule !== checks),
    ...(rules.some(({ type }) => type === 'pull_request') ? [] : [PULL_REQUEST]),
    {
      type: 'required_status_checks',
      parameters: {
        // A branch is made from a commit that has the check only by chance.
        do_not_enforce_on_create: true,
        strict_required_status_checks_policy: false,
        ...checks?.parameters,
        required_status_checks: [...others, { context: MERGE_CHECK, integration_id: appId }],
      },
    },
  ];
}

/** Without it, a commit that was approved for one branch could be pushed to another. */
const PULL_REQUEST = {
  type: 'pull_request',
  parameters: {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
  },
};
