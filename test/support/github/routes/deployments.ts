/** Which calls are there for environments, deployments and workflow runs? */

import {
  addDeployment,
  addDeploymentStatus,
  answerRule,
  environmentNamed,
  tellAboutPlainDeployment,
} from '../acts/runs.ts';
import { newId } from '../world/find.ts';
import type { Deployment, DeploymentState, DeploymentStatus, Run } from '../world/state.ts';
import {
  showCustomRule,
  showCustomRules,
  showDeployment,
  showDeploymentStatus,
  showEnvironment,
  showJob,
  showRun,
} from '../show/deployments.ts';
import { idParam, isObject, neededText, oneOf, param, text } from '../http/input.ts';
import { counted, listed } from '../http/pages.ts';
import { answers, invalid, notFound, type Answer, type Context, type Route } from '../http/route.ts';
import { resolve } from './resolve.ts';

const { ok, created, nothing } = answers;

function environmentIn(context: Context) {
  const environment = environmentNamed(context.repo, param(context, 'environment_name'));
  if (environment === null) throw notFound();
  return environment;
}

function deploymentIn(context: Context): Deployment {
  const deployment = context.repo.deployments.find((candidate) => candidate.id === idParam(context, 'deployment_id'));
  if (deployment === undefined) throw notFound();
  return deployment;
}

function runIn(context: Context): Run {
  const run = context.repo.runs.find((candidate) => candidate.id === idParam(context, 'run_id'));
  if (run === undefined) throw notFound();
  return run;
}

/** Newest first. */
function list(context: Context): Answer {
  const { query, repo, world } = context;
  const { sha, ref, task, environment } = Object.fromEntries(query);
  const found = repo.deployments
    .filter((one) => sha === undefined || sha === 'none' || one.sha === sha)
    .filter((one) => ref === undefined || ref === 'none' || one.ref === ref)
    .filter((one) => task === undefined || task === 'none' || one.task === task)
    .filter((one) => environment === undefined || environment === 'none' || one.environment === environment)
    .toReversed();
  return listed(context, found, (deployment) => showDeployment(world, deployment));
}

/** An app's rule is switched on once; GitHub refuses what is on already, and apps that are not there. */
function enableRule(context: Context): Answer {
  const { world, body } = context;
  const environment = environmentIn(context);
  const app = world.apps.get(Number(body['integration_id']));
  if (app === undefined) throw invalid('The integration does not exist');
  const known = environment.rules.find((rule) => rule.app === app);
  if (known?.enabled === true) throw invalid('The rule is enabled already');
  const rule = known ?? { id: newId(world), app, enabled: true };
  rule.enabled = true;
  if (known === undefined) environment.rules.push(rule);
  return created(showCustomRule(world, rule));
}

function create(context: Context): Answer {
  const { world, repo, app, body } = context;
  const ref = neededText(body, 'ref');
  const sha = resolve(context, repo, ref);
  if (sha === null) throw invalid(`No ref found for: ${ref}`);
  const payload = body['payload'];
  const deployment = addDeployment(
    world,
    repo,
    { account: app.bot, via: app },
    {
      sha,
      ref,
      environment: text(body, 'environment') ?? 'production',
      task: text(body, 'task') ?? 'deploy',
      description: text(body, 'description') ?? null,
      payload: isObject(payload) ? payload : {},
      run: null,
    },
  );
  tellAboutPlainDeployment(world, deployment, app.bot);
  return created(showDeployment(world, deployment));
}

const STATES = [
  'error',
  'failure',
  'inactive',
  'in_progress',
  'queued',
  'pending',
  'success',
] as const satisfies readonly DeploymentState[];

function createStatus(context: Context): Answer {
  const { world, app, body } = context;
  const deployment = deploymentIn(context);
  const state = oneOf(body, 'state', STATES);
  if (state === undefined) throw invalid('"state" wasn\'t supplied');
  const environment = text(body, 'environment');
  const status = addDeploymentStatus(
    world,
    deployment,
    { account: app.bot, via: app },
    {
      state,
      description: text(body, 'description') ?? '',
      logUrl: text(body, 'log_url') ?? text(body, 'target_url') ?? '',
      ...(environment === undefined ? {} : { environment }),
    },
  );
  return created(showDeploymentStatus(world, deployment, status));
}

const newestFirst = (statuses: readonly DeploymentStatus[]): DeploymentStatus[] => statuses.toReversed();

function answer(context: Context): Answer {
  const { world, app, body } = context;
  const done = answerRule(world, runIn(context), app, {
    environment: neededText(body, 'environment_name'),
    state: oneOf(body, 'state', ['approved', 'rejected'] as const) ?? null,
    comment: text(body, 'comment') ?? '',
  });
  if (done.kind === 'refused') throw invalid(done.message);
  return nothing;
}

const pending = (context: Context): Answer => {
  const run = runIn(context);
  const waiting = run.jobs.filter((job) => job.attempt === run.attempt && job.status === 'waiting');
  return ok(
    waiting.map((job) => {
      const environment = environmentNamed(run.repo, job.environment ?? '');
      const shown = environment === null ? {} : showEnvironment(context.world, run.repo, environment);
      const { id, node_id: node, name, url, html_url: html } = shown as Record<string, unknown>;
      return {
        environment: { id, node_id: node, name, url, html_url: html },
        wait_timer: 0,
        wait_timer_started_at: null,
        current_user_can_approve: false,
        reviewers: [],
      };
    }),
  );
};

const base = '/repos/{owner}/{repo}';
const reading = (name: string) => ({ audience: 'installation', needs: [`${name}:read`] }) as const;

export const deploymentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${base}/environments`,
    operation: 'repos/get-all-environments',
    ...reading('actions'),
    handle: (context) =>
      counted(context, 'environments', [...context.repo.environments.values()], (environment) =>
        showEnvironment(context.world, context.repo, environment),
      ),
  },
  {
    method: 'GET',
    path: `${base}/environments/{environment_name}`,
    operation: 'repos/get-environment',
    ...reading('actions'),
    handle: (context) => ok(showEnvironment(context.world, context.repo, environmentIn(context))),
  },
  {
    method: 'GET',
    path: `${base}/environments/{environment_name}/deployment_protection_rules`,
    operation: 'repos/get-all-deployment-protection-rules',
    ...reading('actions'),
    handle: (context) => ok(showCustomRules(context.world, environmentIn(context))),
  },
  {
    method: 'POST',
    path: `${base}/environments/{environment_name}/deployment_protection_rules`,
    operation: 'repos/create-deployment-protection-rule',
    audience: 'installation',
    needs: ['administration:write'],
    handle: enableRule,
  },
  {
    method: 'GET',
    path: `${base}/deployments`,
    operation: 'repos/list-deployments',
    ...reading('deployments'),
    handle: list,
  },
  {
    method: 'POST',
    path: `${base}/deployments`,
    operation: 'repos/create-deployment',
    audience: 'installation',
    needs: ['deployments:write'],
    handle: create,
  },
  {
    method: 'GET',
    path: `${base}/deployments/{deployment_id}`,
    operation: 'repos/get-deployment',
    ...reading('deployments'),
    handle: (context) => ok(showDeployment(context.world, deploymentIn(context))),
  },
  {
    method: 'GET',
    path: `${base}/deployments/{deployment_id}/statuses`,
    operation: 'repos/list-deployment-statuses',
    ...reading('deployments'),
    handle: (context) => {
      const deployment = deploymentIn(context);
      return listed(context, newestFirst(deployment.statuses), (status) =>
        showDeploymentStatus(context.world, deployment, status),
      );
    },
  },
  {
    method: 'POST',
    path: `${base}/deployments/{deployment_id}/statuses`,
    operation: 'repos/create-deployment-status',
    audience: 'installation',
    needs: ['deployments:write'],
    handle: createStatus,
  },
  {
    method: 'GET',
    path: `${base}/actions/runs`,
    operation: 'actions/list-workflow-runs-for-repo',
    ...reading('actions'),
    handle: (context) => {
      const { status, head_sha: head, event, branch } = Object.fromEntries(context.query);
      const found = context.repo.runs
        .filter((run) => status === undefined || run.status === status || run.conclusion === status)
        .filter((run) => head === undefined || run.headSha === head)
        .filter((run) => event === undefined || run.event === event)
        .filter((run) => branch === undefined || run.headBranch === branch)
        .toReversed();
      return counted(context, 'workflow_runs', found, (run) => showRun(context.world, run));
    },
  },
  {
    method: 'GET',
    path: `${base}/actions/runs/{run_id}`,
    operation: 'actions/get-workflow-run',
    ...reading('actions'),
    handle: (context) => ok(showRun(context.world, runIn(context))),
  },
  {
    method: 'GET',
    path: `${base}/actions/runs/{run_id}/jobs`,
    operation: 'actions/list-jobs-for-workflow-run',
    ...reading('actions'),
    handle: (context) => {
      const run = runIn(context);
      const jobs = run.jobs.filter((job) => context.query.get('filter') === 'all' || job.attempt === run.attempt);
      return counted(context, 'jobs', jobs, (job) => showJob(context.world, run, job));
    },
  },
  {
    method: 'GET',
    path: `${base}/actions/runs/{run_id}/pending_deployments`,
    operation: 'actions/get-pending-deployments-for-run',
    ...reading('actions'),
    handle: pending,
  },
  {
    method: 'POST',
    path: `${base}/actions/runs/{run_id}/deployment_protection_rule`,
    operation: 'actions/review-custom-gates-for-run',
    audience: 'installation',
    needs: ['deployments:write'],
    handle: answer,
  },
];
