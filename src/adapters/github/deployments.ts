/** Which deployments were made, did they succeed, and how is a protection rule answered? */

import { environmentKey } from '../../domain/subject.ts';
import { GitHubRefused, GitHubUnavailable, type GitHub, type Log } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import type { OwnApp } from './own-app.ts';
import { at, insideOr, mustBeThere } from './repository.ts';
import { cut } from './text.ts';
import { wire } from './wire.ts';

/** The longest comment on a protection rule, in characters. */
const MAX_COMMENT = 1024;

const RULE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';

type Part = Pick<GitHub, 'hasOwnRule' | 'deploymentOf' | 'deploymentSucceeded' | 'answerRule' | 'reportRule'>;

export function deployments(client: Client, app: OwnApp, log: Log): Part {
  return {
    async hasOwnRule(repo, environment) {
      const { id } = await app();
      const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules';
      const parameters = { ...at(repo), environment_name: environment };
      const found = await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.customRules));
      return found?.some((rule) => rule.enabled && rule.app.id === id) === true;
    },

    async deploymentOf(repo, commit, environment) {
      // GitHub compares the environment's name with its case where it is asked for one, and jobs spell it as they like.
      const parameters = { ...at(repo), sha: commit, per_page: 100 };
      const route = 'GET /repos/{owner}/{repo}/deployments';
      const found = await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.deployments));
      return (found ?? [])
        .filter((one) => one.sha === commit && environmentKey(one.environment) === environmentKey(environment))
        .reduce<number | null>((newest, one) => Math.max(newest ?? 0, one.id), null);
    },

    async deploymentSucceeded(repo, id) {
      const route = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
      const parameters = { ...at(repo), deployment_id: id };
      const request = client.list(repo.installationId, route, parameters, wire.statuses);
      const statuses = (await insideOr(client, repo, request)) ?? [];
      // A later success elsewhere makes this one `inactive`: the success before it still stands in the list.
      return statuses.some((status) => status.state === 'success');
    },

    async answerRule(repo, runId, answer) {
      const parameters = {
        ...at(repo),
        run_id: runId,
        environment_name: answer.environment,
        state: answer.state,
        comment: cut(answer.comment, MAX_COMMENT),
      };
      try {
        await client.write(repo.installationId, 'release', RULE, parameters, wire.done);
        return 'answered';
      } catch (error) {
        if (!(error instanceof GitHubRefused)) throw error;
        if (error.status === 404) {
          await mustBeThere(client, repo);
          return 'gone';
        }
        if (error.status !== 422) throw error;
        if (isAnswered(error.message)) return 'already-answered';
        // GitHub says no more than this where two answers race; the next try tells which it was.
        if (/problem (?:approving|rejecting)/iu.test(error.message)) {
          throw new GitHubUnavailable(error.message, null, { cause: error });
        }
        throw error;
      }
    },

    async reportRule(repo, runId, environment, comment) {
      const parameters = {
        ...at(repo),
        run_id: runId,
        environment_name: environment,
        comment: cut(comment, MAX_COMMENT),
      };
      try {
        await client.write(repo.installationId, 'talk', RULE, parameters, wire.done);
      } catch (error) {
        // A report changes nothing. It comes too late where the rule was answered, and GitHub takes ten in all.
        if (!(error instanceof GitHubRefused) || (error.status !== 422 && error.status !== 404)) throw error;
        log.warn({ repo: repo.id, run: runId, environment }, `a progress report was not taken: ${error.message}`);
      }
    },
  };
}

/** GitHub's words for a rule that waits no more: someone answered it, or the run ended. */
const isAnswered = (message: string): boolean =>
  /already (?:been )?(?:reviewed|approved|rejected|answered|completed)|no pending deployment/iu.test(message);
