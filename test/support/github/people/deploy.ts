/** What does a person start: workflow runs and deployments? */

import {
  addDeployment,
  addDeploymentStatus,
  cancelRun,
  nextJob,
  rerun,
  startRun,
  tellAboutPlainDeployment,
} from '../acts/runs.ts';
import type { RunDraft } from '../acts/runs.ts';
import { branchTip, openPullsAt, pullNumbered } from '../world/find.ts';
import type { DeploymentState, PullIssue, Repo, Run } from '../world/state.ts';
import { needRole, type Stage } from './actor.ts';

export type RunOptions = {
  readonly workflow?: string;
  /** Branch or tag; a run of a pull request names the pull request instead. */
  readonly branch?: string;
  readonly event?: string;
  /** One name or several, as the workflow spells them: a job for each. */
  readonly environment?: string;
  readonly environments?: readonly string[];
  /** The pull request whose head runs; its branch can be in a fork. */
  readonly pull?: number;
  /** The commit that is checked out, where it is not the tip of the branch (`pull_request_target`, an old commit). */
  readonly sha?: string;
};

type Checkout = Pick<RunDraft, 'event' | 'headRepo' | 'headBranch' | 'headSha' | 'pulls'>;

function ofBranch(home: Repo, { branch = home.defaultBranch, event = 'push', sha }: RunOptions): Checkout {
  const headSha = sha ?? branchTip(home, branch) ?? home.refs.get(`refs/tags/${branch}`);
  if (headSha === undefined) throw new Error(`${home.name} has no branch or tag ${branch}`);
  return { event, headRepo: home, headBranch: branch, headSha, pulls: openPullsAt(home, headSha) };
}

function ofPull(issue: PullIssue, { event = 'pull_request', sha }: RunOptions): Checkout {
  const { headRepo, headRef, headSha } = issue.pull;
  return { event, headRepo, headBranch: headRef, headSha: sha ?? headSha, pulls: [issue] };
}

export const deployActs = (stage: Stage) => {
  const { world, me } = stage;

  const runOf = (repo: string, id: number): Run => {
    const run = needRole(stage, repo, 'push').runs.find((candidate) => candidate.id === id);
    if (run === undefined) throw new Error(`${repo} has no workflow run ${id}`);
    return run;
  };

  return {
    /** Starts a workflow run and returns its id. Jobs with an environment wait for its protection rules. */
    startRun(repo: string, options: RunOptions = {}): number {
      const { pull, workflow = 'deploy', environment } = options;
      const home = needRole(stage, repo, pull === undefined ? 'push' : 'pull');
      const what = pull === undefined ? ofBranch(home, options) : ofPull(pullNumbered(home, pull), options);
      const environments = options.environments ?? (environment === undefined ? [] : [environment]);
      return startRun(world, home, me, { ...what, workflow, environments }).id;
    },

    /** Runs a completed run again: a new attempt of the same commit. */
    rerun(repo: string, runId: number): void {
      rerun(world, runOf(repo, runId), me);
    },

    /** One more job of a run that is not over reaches an environment. */
    nextJob(repo: string, runId: number, environment: string): void {
      nextJob(world, runOf(repo, runId), environment);
    },

    cancelRun(repo: string, runId: number): void {
      cancelRun(world, runOf(repo, runId));
    },

    /** Makes a deployment through the API, as a script with the person's token does. Returns its id. */
    createDeployment(
      repo: string,
      options: { ref: string; environment: string; task?: string; description?: string },
    ): number {
      const home = needRole(stage, repo, 'push');
      const sha = branchTip(home, options.ref) ?? home.refs.get(`refs/tags/${options.ref}`) ?? options.ref;
      if (!world.objects.commits.has(sha)) throw new Error(`${repo} has no ref ${options.ref}`);
      const deployment = addDeployment(
        world,
        home,
        { account: me, via: null },
        {
          sha,
          ref: options.ref,
          environment: options.environment,
          task: options.task ?? 'deploy',
          description: options.description ?? null,
          payload: {},
          run: null,
        },
      );
      tellAboutPlainDeployment(world, deployment, me);
      return deployment.id;
    },

    /** Sets a deployment's status; the status may name another environment. */
    setDeploymentStatus(repo: string, id: number, state: DeploymentState, environment?: string): void {
      const deployment = needRole(stage, repo, 'push').deployments.find((candidate) => candidate.id === id);
      if (deployment === undefined) throw new Error(`${repo} has no deployment ${id}`);
      addDeploymentStatus(
        world,
        deployment,
        { account: me, via: null },
        { state, ...(environment === undefined ? {} : { environment }) },
      );
    },
  };
};
