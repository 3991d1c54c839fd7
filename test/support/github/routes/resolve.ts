/** Which commit does a name mean? */

import type { Commit } from '../world/git.ts';
import type { Repo, World } from '../world/state.ts';
import { problem, Refusal, type Context } from '../http/route.ts';

/** A commit by branch, tag, full reference or id (at least seven digits). */
export function resolve({ world }: { readonly world: World }, repo: Repo, ref: string): string | null {
  const direct = [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`, ref]
    .map((name) => repo.refs.get(name))
    .find(Boolean);
  if (direct !== undefined) return direct;
  if (!/^[0-9a-f]{7,40}$/u.test(ref)) return null;
  const full = world.objects.commits.get(ref)?.sha;
  return full ?? [...world.objects.commits.keys()].find((sha) => sha.startsWith(ref)) ?? null;
}

/** The commit that a name means in the request's repository; refuses with 422 as GitHub does. */
export function commitIn(context: Context, ref: string): Commit {
  const sha = resolve(context, context.repo, ref);
  const commit = sha === null ? undefined : context.world.objects.commits.get(sha);
  if (commit === undefined) throw new Refusal(problem(422, `No commit found for SHA: ${ref}`));
  return commit;
}
