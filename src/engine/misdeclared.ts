/** Does a custom role that was just given build on the role that the policy declared? */

import type { RoleGrant } from '../domain/grant.ts';
import { contradictsBase, goesBy, includesRole, type Role } from '../domain/role.ts';
import { endGrant } from './end-grant.ts';
import type { Access } from './ports.ts';
import type { World } from './world.ts';

/**
 * Ends what is just begun of the grants whose role GitHub shows to be another than the one that was approved, and says
 * whether there were any: then nothing more is to be recorded.
 */
export async function misdeclaredEnded(world: World, grants: readonly RoleGrant[], access: Access): Promise<boolean> {
  const wrong = grants.filter(
    ({ state, role }) => (state === 'applying' || state === 'invited') && isMisdeclared(role, access),
  );
  for (const grant of wrong) {
    world.log.error(
      { grant: grant.id, repo: grant.repo.id, role: grant.role, shown: shownRole(access) },
      'a custom role builds on another one than the policy declares: the grant is ended, correct the policy',
    );
    await endGrant(world, grant.id, 'misdeclared', null);
  }
  return wrong.length > 0;
}

/** Where sources are not told, what counts in the end is shown under the role's name if nothing is higher. */
const shownRole = ({ direct, effective, exact }: Access): Role | null => (exact ? (direct?.role ?? null) : effective);

function isMisdeclared(role: Role, access: Access): boolean {
  const shown = shownRole(access);
  if (typeof role === 'string' || shown === null || typeof shown === 'string') return false;
  if (!goesBy(role, shown.custom)) return false;
  const { includes } = access;
  return contradictsBase(role.base, shown.base) || (includes !== undefined && !includesRole(includes, role.base));
}
