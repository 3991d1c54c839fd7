/** Who is in the team that a policy means, and not in another that took its name? */

import type { TeamRole } from '../domain/grantable.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { splitTeam, type TeamName } from '../domain/policy/team-name.ts';
import { known, unknown, type Known } from '../domain/result.ts';
import type { World } from './world.ts';

/**
 * Members of a team of the organisation `org`. Whoever may create teams may give one the slug of a team that was deleted
 * or renamed, so the slug means the team that it stood for when it was first used here. A policy that names the number
 * as well, `release#4711`, says which one it is from now on: only who may change the policy can do that.
 */
export async function teamMembers(
  world: World,
  repo: RepoRef,
  org: string,
  named: string,
): Promise<Known<readonly Person[]>> {
  const { slug, id } = splitTeam(named);
  const [found, members] = await Promise.all([
    world.github.team(repo.installationId, org, slug),
    world.github.teamMembers(repo.installationId, org, slug),
  ]);
  if (found === null) return notThere(org, slug);
  if (members.kind === 'unknown') return members;
  return (await doubtOf(world, repo, org, { slug, id }, found.id)) ?? members;
}

/** The team that a policy means by a name, to be granted: held to the same number as one that is asked to approve. */
export async function teamMeant(world: World, repo: RepoRef, named: TeamName): Promise<Known<TeamRole>> {
  const found = await world.github.team(repo.installationId, repo.owner, named.slug);
  if (found === null) return notThere(repo.owner, named.slug);
  return (await doubtOf(world, repo, repo.owner, named, found.id)) ?? known({ ...found, team: named.slug });
}

const notThere = (org: string, slug: string): Known<never> =>
  unknown(`the team ${org}/${slug} does not exist, or the app may not see it; where it was renamed, name its new slug`);

/** Why the team that has the slug is not the one that was meant; `null` where it is. */
async function doubtOf(
  world: World,
  repo: RepoRef,
  org: string,
  { slug, id }: TeamName,
  found: number,
): Promise<Known<never> | null> {
  const key = `${org}/${slug}`.toLowerCase();
  const pinned = await world.store.pinTeam(repo.id, key, id ?? found, id !== null);
  if (pinned === found) return null;
  return unknown(
    `the team ${org}/${slug} is another team (${found}) than when it was first named here (${pinned}); if it is the right one, have the policy name it as ${slug}#${found}`,
  );
}
