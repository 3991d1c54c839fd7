/** Who has a role on a repository by right, and not only because this app lends it for a time. */

import { isTeamGrant } from '../domain/grant.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { known, type Known } from '../domain/result.ts';
import { includesRole, type StandardRole } from '../domain/role.ts';
import { baselineRole } from './record-grants.ts';
import type { World } from './world.ts';

/**
 * Everyone whose role is at least `role`, without those who would be below it but for a running grant: else two people
 * could keep each other in a group by approving each other's grants. Where GitHub does not tell from where a role
 * comes, a running grant counts as its source. Who is lent a team may have any team's role by that: a team hands on what
 * those above it have, so none of them counts then.
 */
export async function roleHolders(world: World, repo: RepoRef, role: StandardRole): Promise<Known<readonly Person[]>> {
  const [people, running] = await Promise.all([
    world.github.peopleWithRole(repo, role),
    world.store.allRunningGrants(),
  ]);
  if (people.kind === 'unknown') return people;
  const kept = await Promise.all(
    people.value.map(async (person) => {
      const own = running.filter(({ grantee }) => grantee.id === person.id);
      const lent = {
        role: own.some((grant) => !isTeamGrant(grant) && grant.repo.id === repo.id),
        // From wherever: the repository that it was asked for under can have moved to another installation since.
        team: own.some(isTeamGrant),
      };
      return (!lent.role && !lent.team) || (await hadBefore(world, repo, person, role, lent));
    }),
  );
  return known(people.value.filter((_, index) => kept[index] === true));
}

/** Whether the person would have the role without the grants: directly from before, through a team, or as an owner. */
async function hadBefore(
  world: World,
  repo: RepoRef,
  person: Person,
  role: StandardRole,
  lent: { readonly role: boolean; readonly team: boolean },
): Promise<boolean> {
  const before = await world.store.baseline(repo.id, person.id);
  if (before !== null && includesRole(baselineRole(before)?.role ?? null, role)) return true;
  const { direct, others, exact } = await world.github.access(repo, person);
  if (!exact) return false;
  if (!lent.role && includesRole(direct?.role ?? null, role)) return true;
  return others.some((other) => !(lent.team && other.byTeam) && includesRole(other.role, role));
}
