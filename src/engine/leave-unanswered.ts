/** What is done about a run that can't be held by a request: its run can't be read, or it runs another commit. */

import { repoAudit } from '../domain/audit.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef } from '../domain/identity.ts';
import { environmentKey } from '../domain/subject.ts';
import { GitHubUnavailable, type Run } from './ports.ts';
import type { World } from './world.ts';

type Asked = Extract<DomainEvent, { kind: 'deployment-asked' }>;

/** GitHub shows a new run everywhere within this time, in milliseconds. */
const SETTLED_AFTER = 2 * 60_000;

/**
 * A run that GitHub does not show (yet): throws so that the webhook is handled again, and after a while says so and gives
 * up. Nothing is released; the sweep finds the run once it can be read.
 */
export async function leaveUnread(world: World, event: Asked, runId: number): Promise<void> {
  const key = `missing-run:${event.repo.id}:${runId}`;
  const first = await world.store.surface(key);
  if (first === null) await world.store.saveSurface({ key, githubId: runId, digest: '' });
  const since = first?.shownAt ?? (await world.store.now());
  if ((await world.store.now()) - since < SETTLED_AFTER) {
    throw new GitHubUnavailable(`the workflow run ${runId} is not to be seen yet`, null);
  }
  await leaveUnanswered(world, event, { runId, attempt: null, why: `GitHub does not show the workflow run ${runId}` });
}

/** A run that checks out another commit than its deployment names: what would be approved is not what runs. */
export async function leaveMismatched(world: World, event: Asked, run: Run): Promise<void> {
  const named = event.sha ?? 'none';
  const why = `the deployment names the commit ${named.slice(0, 12)}, but its run checks out ${run.headSha.slice(0, 12)}`;
  await leaveUnanswered(world, event, { runId: run.id, attempt: run.attempt, why });
}

/** Whether it was said of this attempt that it stays unanswered. */
export const isLeft = async (world: World, repo: RepoRef, environment: string, run: Run): Promise<boolean> =>
  (await world.store.surface(leftKey(repo, environment, run.id, run.attempt))) !== null;

type Left = { readonly runId: number; readonly attempt: number | null; readonly why: string };

/** Says on the rule, in the log and in the audit log why nothing is answered, once. */
async function leaveUnanswered(world: World, event: Asked, { runId, attempt, why }: Left): Promise<void> {
  const { repo, environment, deploymentId } = event;
  // Another webhook tells of the deployment alone: then no rule waits, or it asks by itself.
  if (!event.rule) return;
  const key = leftKey(repo, environment, runId, attempt);
  if ((await world.store.surface(key)) !== null) return;
  world.log.error({ repo: repo.id, run: runId, environment, why }, 'a deployment stays held and unanswered');
  const words = `Held, and nobody can approve it: ${why}. Cancel the run and start it anew.`;
  await world.github.reportRule(repo, runId, environment, words);
  const data = { environment, run: runId, attempt, deployment: deploymentId, why };
  await world.store.commit({ audit: [repoAudit(repo, 'deployment.unanswered', event.creator, data)] });
  await world.store.saveSurface({ key, githubId: runId, digest: why });
}

const leftKey = (repo: RepoRef, environment: string, runId: number, attempt: number | null): string =>
  `unanswered:${repo.id}:${runId}:${attempt ?? 'unread'}:${environmentKey(environment)}`;
