/** What GitHub showed of one person's access, stored as the next states of that person's grants on one repository. */

import type { Baseline, RoleGrant, GrantEvent, Residual } from '../domain/grant.ts';
import type { RepoRef } from '../domain/identity.ts';
import {
  byStrength,
  compareRoles,
  includesRole,
  namedRole,
  roleName,
  type NamedRole,
  type Role,
} from '../domain/role.ts';
import type { Access, Change } from './ports.ts';
import { storeEvents } from './store-events.ts';
import type { World } from './world.ts';

/** What a proven state on GitHub means for one grant: those being given are there, those being taken back are gone. */
export function settled(grant: RoleGrant, residual: Residual | null): GrantEvent | null {
  if (grant.state === 'ending') return { kind: 'removed', residual };
  return grant.state === 'applying' || grant.state === 'invited' ? { kind: 'applied' } : null;
}

/** Access by other ways than the direct role, strongest first: a team, the organisation's base role, ownership. */
export function residualOf(access: Access): Residual | null {
  const [strongest] = [...access.others].sort((a, b) => byStrength(b.role, a.role));
  return strongest === undefined ? null : { role: strongest.name, source: strongest.source };
}

/** What a person had before, as a role. Of a custom one only the name was kept, and that is enough to give it back. */
export const baselineRole = ({ role }: Baseline): NamedRole | null => (role === null ? null : namedRole(role));

/** What a person's direct role is while grants add up to `wanted`: nobody is lowered by asking. */
export function directRoleFor(wanted: Role, baseline: Baseline): NamedRole {
  const before = baselineRole(baseline);
  return before === null || compareRoles(wanted, before.role) === 'more'
    ? { name: roleName(wanted), role: wanted }
    : before;
}

/** Whether GitHub shows that a person has a role, by whichever way. */
export const shows = ({ effective, direct, others }: Access, role: Role): boolean =>
  [effective, direct?.role ?? null, ...others.map((other) => other.role)].some((each) => includesRole(each, role));

/** Whether the direct role gives something that this one does not. */
export const isAbove = ({ direct }: Access, { role }: NamedRole): boolean =>
  direct !== null && !includesRole(role, direct.role);

/** A grant that is to leave read access behind ends before the last one does: from now on that is what is given back. */
async function left(
  world: World,
  repo: RepoRef,
  grants: readonly RoleGrant[],
  eventFor: (grant: RoleGrant) => GrantEvent | null,
): Promise<NonNullable<Change['baselines']>> {
  const leaving = grants.find(
    (grant) => eventFor(grant)?.kind === 'removed' && grant.onExpiry === 'lower-to-read' && grant.invitationId === null,
  );
  // While an invitation is open nothing was given yet, so there is nothing to be left.
  if (leaving === undefined || grants.some(({ state }) => state === 'invited')) return [];
  const stored = await world.store.baseline(repo.id, leaving.grantee.id);
  if (stored?.role !== null) return [];
  return [{ repoId: repo.id, userId: leaving.grantee.id, baseline: { role: 'pull' } }];
}

/**
 * Stores the events of several grants at once, and forgets the baseline when no grant is left. A grant that was approved
 * meanwhile keeps it: what the person had before is what was there before the first of them.
 */
export async function record(
  world: World,
  repo: RepoRef,
  grants: readonly RoleGrant[],
  eventFor: (grant: RoleGrant) => GrantEvent | null,
  forgetBaseline = false,
): Promise<void> {
  const [first] = grants;
  if (first === undefined) return;
  const known = new Set(grants.map(({ id }) => id));
  await storeEvents(world, grants, eventFor, async () => {
    const over = forgetBaseline || grants.every((grant) => eventFor(grant)?.kind === 'refused');
    const running = over ? await world.store.runningGrants(repo.id, first.grantee.id) : [];
    if (over && running.every(({ id }) => known.has(id))) {
      return { baselines: [{ repoId: repo.id, userId: first.grantee.id, baseline: null }] };
    }
    const baselines = await left(world, repo, grants, eventFor);
    return baselines.length === 0 ? null : { baselines };
  });
}
