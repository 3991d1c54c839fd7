/** Which calls are there for repositories and their branches? */

import { branchTip } from '../world/find.ts';
import { commitAt } from '../world/git.ts';
import { protectionOf } from '../world/mergeable.ts';
import { stamp } from '../world/clock.ts';
import type { Protection } from '../world/state.ts';
import { showAccount } from '../show/accounts.ts';
import { showCommit } from '../show/commits.ts';
import { repoApi, repoWeb, showRepo, showRepoInFull } from '../show/repositories.ts';
import { nodeId, type Shape } from '../show/shape.ts';
import { idParam, param } from '../http/input.ts';
import { listed } from '../http/pages.ts';
import { answers, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';
import { reaches } from '../http/auth.ts';

const { ok } = answers;

function branch(context: Context): Answer {
  const { world, repo } = context;
  const name = param(context, 'branch');
  const tip = branchTip(repo, name);
  if (tip === null) throw new Refusal(problem(404, 'Branch not found'));
  const protection = protectionOf(repo, name);
  const api = `${repoApi(world, repo)}/branches/${encodeURIComponent(name)}`;
  return ok({
    name,
    commit: showCommit(world, repo, commitAt(world.objects, tip)),
    _links: { self: api, html: `${repoWeb(repo)}/tree/${name}` },
    protected: protection !== null,
    protection: {
      enabled: protection !== null,
      required_status_checks: {
        enforcement_level: protection === null ? 'off' : 'everyone',
        contexts: protection?.requiredChecks.map((check) => check.name) ?? [],
        checks: requiredChecks(protection),
      },
    },
    protection_url: `${api}/protection`,
  });
}

const requiredChecks = (protection: Protection | null): Shape[] =>
  (protection?.requiredChecks ?? []).map((check) => ({ context: check.name, app_id: check.appId }));

export const repositoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    operation: 'repos/get',
    audience: 'installation',
    needs: ['metadata:read'],
    handle: ({ world, repo }) => ok(showRepoInFull(world, repo)),
  },
  {
    // Not in GitHub's description, though its own links lead here; it answers what `repos/get` does.
    method: 'GET',
    path: '/repositories/{repository_id}',
    operation: 'repos/get',
    audience: 'installation',
    needs: ['metadata:read'],
    handle: (context) => {
      const repo = context.world.repos.get(idParam(context, 'repository_id'));
      if (
        repo === undefined ||
        context.token === null ||
        (repo.private && !reaches(context.token, repo)) ||
        repo.deleted
      ) {
        throw notFound();
      }
      return ok(showRepoInFull(context.world, repo));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/forks',
    operation: 'repos/list-forks',
    audience: 'installation',
    needs: ['metadata:read'],
    handle: (context) =>
      listed(
        context,
        [...context.world.repos.values()].filter(({ fork, deleted }) => fork === context.repo && !deleted),
        (fork) => showRepo(context.world, fork),
      ),
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches',
    operation: 'repos/list-branches',
    audience: 'installation',
    needs: ['contents:read'],
    handle: (context) => {
      const { world, repo } = context;
      const branches = [...repo.refs].filter(([ref]) => ref.startsWith('refs/heads/'));
      return listed(context, branches, ([ref, sha]) => {
        const name = ref.slice('refs/heads/'.length);
        const commit = { sha, url: `${repoApi(world, repo)}/commits/${sha}` };
        return { name, commit, protected: protectionOf(repo, name) !== null };
      });
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches/{branch}',
    operation: 'repos/get-branch',
    audience: 'installation',
    needs: ['contents:read'],
    handle: branch,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/activity',
    operation: 'repos/list-activities',
    audience: 'installation',
    needs: ['contents:read'],
    handle: (context) => {
      const { world, repo, query } = context;
      const found = repo.activity
        .filter((one) => query.get('actor') === null || one.actor.login === query.get('actor'))
        .filter((one) => query.get('activity_type') === null || one.kind === query.get('activity_type'))
        .filter(
          (one) =>
            query.get('ref') === null ||
            one.ref === query.get('ref') ||
            one.ref === `refs/heads/${query.get('ref') ?? ''}`,
        )
        .toReversed();
      // By cursor alone: this list has no numbers of pages.
      const size = Math.min(Number(query.get('per_page') ?? 30), 100);
      const after = query.get('after');
      const rest = after === null ? found : found.filter((one) => one.id < Number(after));
      const items = rest.slice(0, size);
      const last = items.at(-1);
      const next = new URLSearchParams(query);
      if (last !== undefined) next.set('after', String(last.id));
      const link = `<${world.url}${context.path}?${next.toString()}>; rel="next"`;
      const body = items.map((one) => ({
        id: one.id,
        node_id: nodeId('Activity', one.id),
        before: one.before,
        after: one.after,
        ref: one.ref,
        timestamp: stamp(one.at),
        activity_type: one.kind,
        actor: showAccount(world, one.actor),
      }));
      return { status: 200, body, headers: rest.length > items.length ? { link } : {} };
    },
  },
];
