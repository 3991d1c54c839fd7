/** Which workflow runs are there, and for which environments do they wait? */

import { instant, userId, type RepoRef, type UserId } from '../../domain/identity.ts';
import type { GitHub, Run } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { at, insideOr, mustBe } from './repository.ts';
import { wire, type WireRun } from './wire.ts';

type Part = Pick<GitHub, 'run' | 'waitingRuns' | 'pendingEnvironments'>;

export function runs(client: Client): Part {
  return {
    async run(repo, runId) {
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
      const parameters = { ...at(repo), run_id: runId };
      const found = await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.run));
      return found === null ? null : runFrom(repo, found);
    },

    async waitingRuns(repo) {
      const parameters = { ...at(repo), status: 'waiting', exclude_pull_requests: true };
      const route = 'GET /repos/{owner}/{repo}/actions/runs';
      // 404: Actions is switched off.
      const request = client.list(repo.installationId, route, parameters, wire.runs);
      const found = (await insideOr(client, repo, request)) ?? [];
      return found.map((run) => runFrom(repo, run));
    },

    async pendingEnvironments(repo, runId) {
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments';
      const parameters = { ...at(repo), run_id: runId };
      const request = client.get(repo.installationId, route, parameters, wire.pendingDeployments);
      const found = (await insideOr(client, repo, request)) ?? [];
      return [...new Set(found.flatMap(({ environment }) => environment.name ?? []))];
    },
  };
}

function runFrom(repo: RepoRef, found: WireRun): Run {
  mustBe(repo, found.repository.id);
  const started = Date.parse(found.run_started_at ?? '');
  return {
    id: found.id,
    attempt: found.run_attempt ?? 1,
    event: found.event,
    actor: idOf(found.actor),
    triggeringActor: idOf(found.triggering_actor),
    fork: found.head_repository?.id !== found.repository.id,
    headSha: found.head_sha,
    headRef: found.head_branch ?? null,
    status: found.status ?? 'unknown',
    startedAt: Number.isNaN(started) ? null : instant(started),
  };
}

const idOf = (account: { readonly id: number } | null): UserId | null => (account === null ? null : userId(account.id));
