/** Which grants can't be given, since nobody can tell whether their role is more than what it would take the place of? */

import { unclearGrants, type Baseline, type RoleGrant } from '../domain/grant.ts';
import type { RepoRef } from '../domain/identity.ts';
import { goesBy, roleName, type Role } from '../domain/role.ts';
import type { Access } from './ports.ts';
import { baselineRole, record } from './record-grants.ts';
import { unclearWords } from './role-words.ts';
import type { World } from './world.ts';

/**
 * Refuses them, and says whether there were any: then the rest is to be looked at again. A request that asks for such a
 * role is refused already; what the person has can have changed since.
 */
export async function unclearRefused(
  world: World,
  repo: RepoRef,
  grants: readonly RoleGrant[],
  access: Access,
  stored: Baseline | null,
): Promise<boolean> {
  const standing = standingRoles(grants, access, stored);
  const unclear = unclearGrants(grants, standing);
  if (unclear.length === 0) return false;
  await record(world, repo, grants, (grant) =>
    unclear.includes(grant) ? { kind: 'refused', why: unclearWords(grant.role, standing) } : null,
  );
  return true;
}

/** What the person had before, and a direct role that somebody gave by hand since: no grant gave it. */
function standingRoles(grants: readonly RoleGrant[], { direct }: Access, stored: Baseline | null): readonly Role[] {
  const before = stored === null ? null : baselineRole(stored);
  const own = [...(before === null ? [] : [before.role]), ...grants.map(({ role }) => role)];
  const byHand = direct !== null && (stored === null || !own.some((role) => goesBy(role, roleName(direct.role))));
  return [...(before === null ? [] : [before.role]), ...(byHand ? [direct.role] : [])];
}
