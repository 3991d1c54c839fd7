/** How does GitHub show deployments, environments and workflow runs? */

import { stamp, stampOrNull } from '../world/clock.ts';
import type { Deployment, DeploymentStatus, Environment, Job, Repo, Run, World } from '../world/state.ts';
import { showAccount } from './accounts.ts';
import { showApp } from './apps.ts';
import { showSimpleCommit } from './commits.ts';
import { showPullsBriefly } from './pulls.ts';
import { repoApi, repoWeb, showRepo } from './repositories.ts';
import { nodeId, type Shape } from './shape.ts';

export const showDeployment = (world: World, deployment: Deployment): Shape => {
  const api = `${repoApi(world, deployment.repo)}/deployments/${deployment.id}`;
  return {
    url: api,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: showAccount(world, deployment.creator),
    created_at: stamp(deployment.createdAt),
    updated_at: stamp(deployment.updatedAt),
    statuses_url: `${api}/statuses`,
    repository_url: repoApi(world, deployment.repo),
    transient_environment: false,
    production_environment: false,
    performed_via_github_app: deployment.via === null ? null : showApp(world, deployment.via),
  };
};

export const showDeploymentStatus = (world: World, deployment: Deployment, status: DeploymentStatus): Shape => {
  const api = `${repoApi(world, deployment.repo)}/deployments/${deployment.id}`;
  return {
    url: `${api}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: showAccount(world, status.creator),
    description: status.description,
    environment: status.environment,
    // GitHub leaves it empty where nothing was given, but describes it as an address that is always there.
    target_url: status.logUrl === '' ? `${repoWeb(deployment.repo)}/deployments` : status.logUrl,
    created_at: stamp(status.at),
    updated_at: stamp(status.at),
    deployment_url: api,
    repository_url: repoApi(world, deployment.repo),
    ...(status.logUrl === '' ? {} : { log_url: status.logUrl }),
    performed_via_github_app: status.via === null ? null : showApp(world, status.via),
  };
};

export const showEnvironment = (world: World, repo: Repo, environment: Environment): Shape => ({
  id: environment.id,
  node_id: nodeId('Environment', environment.id),
  name: environment.name,
  url: `${repoApi(world, repo)}/environments/${encodeURIComponent(environment.name)}`,
  html_url: `${repoWeb(repo)}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
  created_at: stamp(environment.createdAt),
  updated_at: stamp(environment.createdAt),
  can_admins_bypass: environment.canAdminsBypass,
  protection_rules: environment.rules
    .filter((rule) => rule.enabled)
    .map((rule) => ({ id: rule.id, node_id: nodeId('GateRule', rule.id), type: 'custom_deployment_protection_rule' })),
  deployment_branch_policy: null,
});

export const showCustomRules = (world: World, environment: Environment): Shape => ({
  total_count: environment.rules.length,
  custom_deployment_protection_rules: environment.rules.map((rule) => showCustomRule(world, rule)),
});

export const showCustomRule = (world: World, rule: Environment['rules'][number]): Shape => ({
  id: rule.id,
  node_id: nodeId('GateRule', rule.id),
  enabled: rule.enabled,
  app: {
    id: rule.app.id,
    slug: rule.app.slug,
    integration_url: `${world.url}/apps/${rule.app.slug}`,
    node_id: nodeId('App', rule.app.id),
  },
});

const workflowPath = (run: Run): string => `.github/workflows/${run.workflow}.yml`;
/** One workflow has one id: it is made from its name. */
const workflowId = (run: Run): number => Buffer.from(run.workflow).reduce((sum, byte) => sum + byte, 1000);

export function showRun(world: World, run: Run): Shape {
  const api = `${repoApi(world, run.repo)}/actions/runs/${run.id}`;
  const suite = run.jobs.at(-1)?.check.suite;
  return {
    id: run.id,
    name: run.workflow,
    node_id: nodeId('WorkflowRun', run.id),
    check_suite_id: suite?.id ?? 0,
    check_suite_node_id: nodeId('CheckSuite', suite?.id ?? 0),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: workflowPath(run),
    display_title: run.workflow,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId(run),
    url: api,
    html_url: `${repoWeb(run.repo)}/actions/runs/${run.id}`,
    pull_requests: showPullsBriefly(world, run.repo, run.pulls),
    created_at: stamp(run.createdAt),
    updated_at: stamp(run.updatedAt),
    actor: showAccount(world, run.actor),
    triggering_actor: showAccount(world, run.triggeringActor),
    run_started_at: stamp(run.startedAt),
    referenced_workflows: [],
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    check_suite_url: `${repoApi(world, run.repo)}/check-suites/${suite?.id ?? 0}`,
    artifacts_url: `${api}/artifacts`,
    cancel_url: `${api}/cancel`,
    rerun_url: `${api}/rerun`,
    previous_attempt_url: run.attempt === 1 ? null : `${api}/attempts/${run.attempt - 1}`,
    workflow_url: `${repoApi(world, run.repo)}/actions/workflows/${workflowId(run)}`,
    head_commit: showSimpleCommit(world, run.headSha),
    repository: showRepo(world, run.repo),
    head_repository: showRepo(world, run.headRepo),
  };
}

export const showWorkflow = (world: World, run: Run): Shape => {
  const api = `${repoApi(world, run.repo)}/actions/workflows/${workflowId(run)}`;
  return {
    id: workflowId(run),
    node_id: nodeId('Workflow', workflowId(run)),
    name: run.workflow,
    path: workflowPath(run),
    state: 'active',
    created_at: stamp(run.repo.createdAt),
    updated_at: stamp(run.repo.createdAt),
    url: api,
    html_url: `${repoWeb(run.repo)}/blob/${run.repo.defaultBranch}/${workflowPath(run)}`,
    badge_url: `${repoWeb(run.repo)}/workflows/${encodeURIComponent(run.workflow)}/badge.svg`,
  };
};

export const showJob = (world: World, run: Run, job: Job): Shape => ({
  id: job.id,
  run_id: run.id,
  run_attempt: job.attempt,
  run_url: `${repoApi(world, run.repo)}/actions/runs/${run.id}`,
  node_id: nodeId('Job', job.id),
  head_sha: run.headSha,
  head_branch: run.headBranch,
  workflow_name: run.workflow,
  url: `${repoApi(world, run.repo)}/actions/jobs/${job.id}`,
  html_url: `${repoWeb(run.repo)}/actions/runs/${run.id}/job/${job.id}`,
  status: job.status,
  conclusion: job.conclusion,
  created_at: stamp(job.createdAt),
  started_at: stamp(job.createdAt),
  completed_at: stampOrNull(job.completedAt),
  name: job.name,
  steps: [],
  check_run_url: `${repoApi(world, run.repo)}/check-runs/${job.check.id}`,
  labels: ['ubuntu-latest'],
  runner_id: null,
  runner_name: null,
  runner_group_id: null,
  runner_group_name: null,
});
