/** How the end-to-end tests deploy, and what they read off a run. */

import type { Scene } from './scene.ts';

export type Deployment = { readonly run: number; readonly sha: string };

type Started = {
  readonly by?: string;
  readonly environment?: string;
  readonly environments?: readonly string[];
  readonly branch?: string;
  readonly event?: string;
  readonly pull?: number;
  readonly sha?: string;
};

/** Starts a workflow run that deploys: by ben, from main, to production where nothing else is said. */
export function deploy(scene: Scene, { by = 'ben', environment = 'production', ...more }: Started = {}): Deployment {
  const where = more.environments === undefined ? { environment } : {};
  const run = scene.as(by).startRun(scene.repo, { ...where, ...more });
  return { run, sha: scene.github.see.run(scene.repo, run).headSha };
}

/** How the rule of a run's job stands, by the job's environment. */
export function ruleOf(scene: Scene, run: number, environment = 'production') {
  const { jobs } = scene.github.see.run(scene.repo, run);
  const rule = jobs.find((job) => job.environment === environment)?.rules[0];
  if (rule === undefined) throw new Error(`run ${run} has no rule for ${environment}`);
  return rule;
}

/** Number of the issue that the app opened for the newest deployment without a pull request. */
export async function ownIssue(scene: Scene): Promise<number> {
  return await scene.until(
    'the issue of the deployment',
    () => scene.github.see.issues(scene.repo).findLast(({ author }) => author === scene.github.botLogin)?.number,
  );
}

export const deployCheck = (environment = 'production'): string => `jit/deploy: ${environment}`;
