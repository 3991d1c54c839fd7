/** Who is in a group by nothing but a team that this app lends for a time? */

import { isTeamGrant, type TeamGrant } from '../domain/grant.ts';
import type { Person, RepoRef, UserId } from '../domain/identity.ts';
import type { Group, Policy } from '../domain/policy/model.ts';
import { splitTeam } from '../domain/policy/team-name.ts';
import type { Known } from '../domain/result.ts';
import type { Facts } from '../domain/subject.ts';
import type { World } from './world.ts';

type BesideTeams = (group: Group) => Promise<Known<readonly Person[]>>;

/**
 * By group. Whoever is in it by another way as well is not lent: by name, by a role, by another team, or by this one from
 * before. Where GitHub does not tell by which team, it is taken for the lent one. Costs nothing while no team is lent.
 */
export async function lentMembers(
  world: World,
  repo: RepoRef,
  policy: Policy,
  members: Facts['members'],
  besideTeams: BesideTeams,
): Promise<ReadonlyMap<string, ReadonlySet<UserId>>> {
  const running = (await world.store.allRunningGrants()).filter(isTeamGrant);
  const byPerson = Map.groupBy(running, ({ grantee }) => grantee.id);
  const lent = new Map<string, ReadonlySet<UserId>>();
  if (running.length === 0) return lent;
  for (const [name, people] of members) {
    const group = policy.groups.get(name);
    const borrowers = people.kind === 'known' ? people.value.filter(({ id }) => byPerson.has(id)) : [];
    if (group === undefined || borrowers.length === 0) continue;
    const others = await besideTeams(group);
    const byRight = new Set(others.kind === 'known' ? others.value.map(({ id }) => id) : []);
    const ids = new Set<UserId>();
    for (const person of borrowers) {
      const { id } = person;
      if (!byRight.has(id) && !(await inOneByRight(world, repo, group, person, byPerson.get(id) ?? []))) ids.add(id);
    }
    if (ids.size > 0) lent.set(name, ids);
  }
  return lent;
}

async function inOneByRight(
  world: World,
  repo: RepoRef,
  group: Group,
  person: Person,
  grants: readonly TeamGrant[],
): Promise<boolean> {
  for (const named of group.teams) if (await inByRight(world, repo, splitTeam(named).slug, person, grants)) return true;
  return false;
}

/** Whether a person is in a team, or in one below it, that no grant lends. */
async function inByRight(
  world: World,
  repo: RepoRef,
  slug: string,
  person: Person,
  grants: readonly TeamGrant[],
): Promise<boolean> {
  const [team, { place, through, exact }] = await Promise.all([
    world.github.team(repo.installationId, repo.owner, slug),
    world.github.membership(repo.installationId, repo.owner, slug, person),
  ]);
  if (team === null || !exact) return false;
  const slugs = new Set(grants.map(({ role }) => role.team));
  if (through.some((below) => !slugs.has(below))) return true;
  if (place === null) return false;
  if (grants.every(({ role }) => role.id !== team.id)) return true;
  const before = await world.store.teamBaseline(team.id, person.id);
  return before !== null && before.role !== null;
}
