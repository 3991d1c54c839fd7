/** How does a workflow run go on? Jobs with an environment deploy, and wait for the environment's protection rules. */

import { newId } from '../world/find.ts';
import type {
  Account,
  App,
  Deployment,
  DeploymentState,
  DeploymentStatus,
  Environment,
  Job,
  PullIssue,
  Repo,
  Run,
  World,
} from '../world/state.ts';
import { showDeployment, showDeploymentStatus, showRun, showWorkflow } from '../show/deployments.ts';
import { showPullInFull } from '../show/pulls.ts';
import { repoApi, repoWeb } from '../show/repositories.ts';
import type { Shape } from '../show/shape.ts';
import { tellAboutRepo } from '../webhooks/emit.ts';
import { createCheck, updateCheck } from './checks.ts';
import type { Doer } from './conversation.ts';

export type RunDraft = {
  readonly workflow: string;
  readonly event: string;
  readonly headRepo: Repo;
  readonly headBranch: string | null;
  readonly headSha: string;
  /** Names as the workflow spells them; a job for each. */
  readonly environments: readonly string[];
  readonly pulls: readonly PullIssue[];
};

/** GitHub's own app, whose bot the jobs' checks belong to. */
const actionsApp = (world: World): App => {
  const app = [...world.apps.values()].find((candidate) => candidate.slug === 'github-actions');
  if (app === undefined) throw new Error('the local GitHub has no github-actions app');
  return app;
};

/** Environments are the same whatever their case. */
export const environmentNamed = (repo: Repo, name: string): Environment | null =>
  repo.environments.get(name.toLowerCase()) ?? null;

export function startRun(world: World, repo: Repo, actor: Account, draft: RunDraft): Run {
  const now = world.clock.now();
  const run: Run = {
    id: newId(world),
    repo,
    number: repo.runs.filter((other) => other.workflow === draft.workflow).length + 1,
    ...draft,
    actor,
    triggeringActor: actor,
    attempt: 0,
    jobs: [],
    status: 'queued',
    conclusion: null,
    createdAt: now,
    startedAt: now,
    updatedAt: now,
  };
  repo.runs.push(run);
  attempt(world, run, actor);
  return run;
}

/** One more job of the present attempt reaches its environment, as one does that needed another to be done first. */
export function nextJob(world: World, run: Run, environment: string): void {
  const by = run.triggeringActor;
  const job = createJob(world, run, environment, true, by);
  tellAboutDeployment(world, run, job, by);
  for (const answer of job.answers) askRule(world, run, job, answer.app, by);
  settleRun(world, run);
}

/** Runs it again from the start: same commit and actor, a new attempt by whoever asked. */
export function rerun(world: World, run: Run, by: Account): void {
  if (run.status !== 'completed') throw new Error(`run ${run.id} is not completed, so it can't be run again`);
  run.triggeringActor = by;
  attempt(world, run, by);
}

function attempt(world: World, run: Run, by: Account): void {
  run.attempt += 1;
  run.status = 'queued';
  run.conclusion = null;
  run.startedAt = world.clock.now();
  run.updatedAt = run.startedAt;
  const names = run.environments.length === 0 ? [null] : run.environments;
  const askRules = run.attempt === 1 || world.rulesAskedOnRerun;
  const jobs = names.map((environment) => createJob(world, run, environment, askRules, by));
  tellAboutRun(world, run, 'requested', by);
  for (const job of jobs) {
    tellAboutDeployment(world, run, job, by);
    for (const answer of job.answers) askRule(world, run, job, answer.app, by);
  }
  settleRun(world, run);
}

function createJob(world: World, run: Run, environment: string | null, askRules: boolean, by: Account): Job {
  const app = actionsApp(world);
  const now = world.clock.now();
  const { repo } = run;
  const check = createCheck(world, repo, app, run.headSha, {
    name: environment === null ? run.workflow : `deploy ${environment}`,
  });
  const known =
    environment === null ? null : (environmentNamed(repo, environment) ?? createEnvironment(world, repo, environment));
  const rules = askRules ? (known?.rules ?? []).filter((rule) => rule.enabled && hears(world, repo, rule.app)) : [];
  const deployment =
    environment === null
      ? null
      : addDeployment(
          world,
          repo,
          { account: by, via: app },
          {
            sha: run.headSha,
            ref: run.headBranch ?? run.headSha,
            environment,
            task: 'deploy',
            description: null,
            payload: {},
            run,
          },
        );
  const job: Job = {
    id: newId(world),
    name: check.name,
    environment,
    attempt: run.attempt,
    deployment,
    check,
    answers: rules.map((rule) => ({ app: rule.app, state: 'waiting', comment: '', reports: [] })),
    status: rules.length > 0 ? 'waiting' : 'queued',
    conclusion: null,
    createdAt: now,
    completedAt: null,
  };
  run.jobs.push(job);
  return job;
}

const hears = (world: World, repo: Repo, app: App): boolean =>
  [...world.installations.values()].some(
    (installation) =>
      !installation.removed &&
      installation.app === app &&
      installation.account === repo.owner &&
      (installation.repos === 'all' || installation.repos.has(repo)),
  );

export function createEnvironment(world: World, repo: Repo, name: string): Environment {
  const environment: Environment = {
    id: newId(world),
    name,
    rules: [],
    canAdminsBypass: true,
    createdAt: world.clock.now(),
  };
  repo.environments.set(name.toLowerCase(), environment);
  return environment;
}

type DeploymentDraft = Pick<Deployment, 'sha' | 'ref' | 'environment' | 'task' | 'description' | 'payload' | 'run'>;

/** Stores a deployment; telling about it is the caller's, since a run's deployment is told with the run. */
export function addDeployment(world: World, repo: Repo, by: Doer, draft: DeploymentDraft): Deployment {
  const now = world.clock.now();
  const deployment: Deployment = {
    id: newId(world),
    repo,
    ...draft,
    creator: by.account,
    via: by.via,
    createdAt: now,
    updatedAt: now,
    statuses: [],
  };
  repo.deployments.push(deployment);
  return deployment;
}

function tellAboutDeployment(world: World, run: Run, job: Job, sender: Account): void {
  if (job.deployment === null) return;
  tellAboutRepo(world, run.repo, {
    event: 'deployment',
    action: 'created',
    sender,
    body: {
      deployment: showDeployment(world, job.deployment),
      workflow: showWorkflow(world, run),
      workflow_run: showRunOfDeployment(world, run),
    },
  });
}

/** Beside a deployment, and only there, GitHub describes the run without its commit. */
const showRunOfDeployment = (world: World, run: Run): Shape => ({ ...showRun(world, run), head_commit: null });

/** A deployment made through the API has no workflow to tell of. */
export function tellAboutPlainDeployment(world: World, deployment: Deployment, sender: Account): void {
  tellAboutRepo(world, deployment.repo, {
    event: 'deployment',
    action: 'created',
    sender,
    body: { deployment: showDeployment(world, deployment), workflow: null, workflow_run: null },
  });
}

function askRule(world: World, run: Run, job: Job, app: App, sender: Account): void {
  if (job.deployment === null) return;
  tellAboutRepo(world, run.repo, {
    event: 'deployment_protection_rule',
    action: 'requested',
    sender,
    only: app,
    body: {
      environment: job.environment,
      event: run.event,
      deployment_callback_url: `${repoApi(world, run.repo)}/actions/runs/${run.id}/deployment_protection_rule`,
      deployment: showDeployment(world, job.deployment),
      pull_requests: run.pulls
        .filter((issue) => issue.pull.headRepo === run.repo)
        .map((issue) => showPullInFull(world, issue)),
    },
  });
}

const tellAboutRun = (world: World, run: Run, action: string, sender: Account): void => {
  tellAboutRepo(world, run.repo, {
    event: 'workflow_run',
    action,
    sender,
    body: { workflow: showWorkflow(world, run), workflow_run: showRun(world, run) },
  });
};

export function addDeploymentStatus(
  world: World,
  deployment: Deployment,
  by: Doer,
  draft: { state: DeploymentState; environment?: string; description?: string; logUrl?: string },
): DeploymentStatus {
  const status: DeploymentStatus = {
    id: newId(world),
    state: draft.state,
    creator: by.account,
    via: by.via,
    description: draft.description ?? '',
    environment: draft.environment ?? deployment.environment,
    logUrl: draft.logUrl ?? '',
    at: world.clock.now(),
  };
  deployment.statuses.push(status);
  deployment.updatedAt = status.at;
  tellAboutRepo(world, deployment.repo, {
    event: 'deployment_status',
    action: 'created',
    sender: by.account,
    body: {
      deployment: showDeployment(world, deployment),
      deployment_status: showDeploymentStatus(world, deployment, status),
      ...(deployment.run === null ? {} : { workflow_run: showRunOfDeployment(world, deployment.run) }),
    },
  });
  return status;
}

/** Lets jobs go on that wait for nothing any more, and ends the run with the last of them. */
function settleRun(world: World, run: Run): void {
  const jobs = run.jobs.filter((job) => job.attempt === run.attempt);
  for (const job of jobs) settleJob(world, run, job);
  run.updatedAt = world.clock.now();
  if (jobs.every((job) => job.status === 'completed')) {
    if (run.status === 'completed') return;
    run.status = 'completed';
    run.conclusion = jobs.find((job) => job.conclusion !== 'success')?.conclusion ?? 'success';
    tellAboutRun(world, run, 'completed', run.triggeringActor);
  } else run.status = 'waiting';
}

function settleJob(world: World, run: Run, job: Job): void {
  if (job.status === 'completed') return;
  if (job.answers.some((answer) => answer.state === 'rejected')) endJob(world, run, job, 'failure');
  else if (job.answers.every((answer) => answer.state === 'approved')) {
    setDeploymentState(world, run, job, 'in_progress');
    endJob(world, run, job, 'success');
  }
}

function setDeploymentState(world: World, run: Run, job: Job, state: DeploymentState): void {
  if (job.deployment === null) return;
  const app = actionsApp(world);
  const logUrl = `${repoWeb(run.repo)}/actions/runs/${run.id}/job/${job.id}`;
  addDeploymentStatus(world, job.deployment, { account: app.bot, via: app }, { state, logUrl });
}

function endJob(world: World, run: Run, job: Job, conclusion: 'success' | 'failure' | 'cancelled'): void {
  job.status = 'completed';
  job.conclusion = conclusion;
  job.completedAt = world.clock.now();
  const states = { success: 'success', failure: 'failure', cancelled: 'error' } as const;
  setDeploymentState(world, run, job, states[conclusion]);
  updateCheck(world, job.check, { conclusion });
}

export function cancelRun(world: World, run: Run): void {
  for (const job of run.jobs)
    if (job.attempt === run.attempt && job.status !== 'completed') endJob(world, run, job, 'cancelled');
  settleRun(world, run);
}

export type RuleReply = { readonly kind: 'done' } | { readonly kind: 'refused'; readonly message: string };

const MAX_REPORTS = 10;
const MAX_COMMENT = 1024;

/**
 * An app answers its rule for an environment of the current attempt; without a state it reports and goes on waiting. Where
 * several jobs wait for it, the answer is for all of them or for one, as `oneAnswerForAll` says.
 */
export function answerRule(
  world: World,
  run: Run,
  app: App,
  reply: { environment: string; state: 'approved' | 'rejected' | null; comment: string },
): RuleReply {
  const waiting = run.jobs.flatMap((job) =>
    job.attempt === run.attempt &&
    job.status !== 'completed' &&
    job.environment?.toLowerCase() === reply.environment.toLowerCase()
      ? job.answers.filter((candidate) => candidate.app === app && candidate.state === 'waiting')
      : [],
  );
  const [answer] = waiting;
  if (answer === undefined) return no('No pending deployment requests to approve or reject');
  if (reply.comment.length > MAX_COMMENT) return no(`Comment is too long (maximum is ${MAX_COMMENT} characters)`);
  if (reply.state === null) {
    if (answer.reports.length >= MAX_REPORTS) return no(`At most ${MAX_REPORTS} status reports are allowed`);
    answer.reports.push(reply.comment);
    return { kind: 'done' };
  }
  for (const one of world.oneAnswerForAll ? waiting : [answer]) {
    one.state = reply.state;
    one.comment = reply.comment;
  }
  settleRun(world, run);
  return { kind: 'done' };
}

const no = (message: string): RuleReply => ({ kind: 'refused', message });
