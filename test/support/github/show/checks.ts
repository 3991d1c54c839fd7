/** How does GitHub show check runs and check suites? */

import { stamp, stampOrNull } from '../world/clock.ts';
import { openPullsAt } from '../world/find.ts';
import { isStale } from '../world/mergeable.ts';
import type { CheckRun, CheckSuite, World } from '../world/state.ts';
import { showApp } from './apps.ts';
import { showSimpleCommit } from './commits.ts';
import { showPullsBriefly } from './pulls.ts';
import { repoApi, repoWeb, showRepo } from './repositories.ts';
import { nodeId, type Shape } from './shape.ts';

/** Status and conclusion as GitHub would give them now: a run that waits too long is completed as stale. */
export function checkState(world: World, check: CheckRun): { status: string; conclusion: string | null } {
  return isStale(world, check)
    ? { status: 'completed', conclusion: 'stale' }
    : { status: check.status, conclusion: check.conclusion };
}

export function showCheck(world: World, check: CheckRun): Shape {
  const api = `${repoApi(world, check.repo)}/check-runs/${check.id}`;
  const web = `${repoWeb(check.repo)}/runs/${check.id}`;
  return {
    id: check.id,
    node_id: nodeId('CheckRun', check.id),
    head_sha: check.sha,
    external_id: check.externalId,
    url: api,
    html_url: web,
    details_url: check.detailsUrl ?? web,
    ...checkState(world, check),
    started_at: stamp(check.startedAt),
    completed_at: stampOrNull(check.completedAt),
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text,
      annotations_count: check.annotations.length,
      annotations_url: `${api}/annotations`,
    },
    name: check.name,
    check_suite: { id: check.suite.id },
    app: showApp(world, check.app),
    pull_requests: showPullsBriefly(world, check.repo, openPullsAt(check.repo, check.sha)),
  };
}

/** The newest run of each name in a suite. */
const latestOf = (suite: CheckSuite): CheckRun[] => [
  ...new Map(
    suite.repo.checks.filter((check) => check.suite === suite).map((check) => [check.name, check] as const),
  ).values(),
];

function suiteState(world: World, suite: CheckSuite): { status: string; conclusion: string | null } {
  const states = latestOf(suite).map((check) => checkState(world, check));
  if (states.length === 0) return { status: 'queued', conclusion: null };
  if (states.some((state) => state.status !== 'completed')) return { status: 'in_progress', conclusion: null };
  const bad = states.find((state) => !['success', 'neutral', 'skipped'].includes(state.conclusion ?? ''));
  return { status: 'completed', conclusion: bad === undefined ? 'success' : bad.conclusion };
}

/** The form inside a check run's payload and beside its own suite's. */
export function showSuite(world: World, suite: CheckSuite): Shape {
  const api = `${repoApi(world, suite.repo)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.branch,
    head_sha: suite.sha,
    ...suiteState(world, suite),
    url: api,
    before: suite.before,
    after: suite.sha,
    pull_requests: showPullsBriefly(world, suite.repo, openPullsAt(suite.repo, suite.sha)),
    app: showApp(world, suite.app),
    created_at: stamp(suite.createdAt),
    updated_at: stamp(suite.updatedAt),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: latestOf(suite).length,
    check_runs_url: `${api}/check-runs`,
    head_commit: showSimpleCommit(world, suite.sha),
  };
}

export const showSuiteInFull = (world: World, suite: CheckSuite): Shape => ({
  ...showSuite(world, suite),
  repository: showRepo(world, suite.repo),
});

/** As payloads show a check run: with its suite. */
export const showCheckInPayload = (world: World, check: CheckRun): Shape => {
  const suite = { ...showSuiteInFull(world, check.suite) };
  for (const name of ['head_commit', 'latest_check_runs_count', 'check_runs_url']) Reflect.deleteProperty(suite, name);
  return { ...showCheck(world, check), check_suite: suite };
};
