/** What GitHub showed of one person's access, stored as the next states of that person's grants on one repository. */

import type { Baseline, Grant, GrantEvent, Residual } from '../domain/grant.ts';
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
import { moveGrant } from './move-grant.ts';
import { GitHubUnavailable, type Access, type Change } from './ports.ts';
import { commit, type World } from './world.ts';

/** What a proven state on GitHub means for one grant: those being given are there, those being taken back are gone. */
export function settled(grant: Grant, residual: Residual | null): GrantEvent | null {
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
  grants: readonly Grant[],
  eventFor: (grant: Grant) => GrantEvent | null,
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
  grants: readonly Grant[],
  eventFor: (grant: Grant) => GrantEvent | null,
  forgetBaseline = false,
): Promise<void> {
  await commit(world, async () => {
    const now = await world.store.now();
    const current = await Promise.all(grants.map((grant) => world.store.grant(grant.id)));
    const unchanged = current.every((grant, index) => grant?.version === grants[index]?.version);
    if (!unchanged) {
      throw new GitHubUnavailable('a grant changed while it was being carried out; it is looked at again', null);
    }
    const changes = grants.flatMap((grant) => {
      const event = eventFor(grant);
      const change = event === null ? null : moveGrant(grant, event, now, null);
      return change === null ? [] : [change];
    });
    const [first] = grants;
    if (first === undefined || (changes.length === 0 && !forgetBaseline)) return { change: null, value: undefined };
    const over = forgetBaseline || grants.every((grant) => eventFor(grant)?.kind === 'refused');
    const known = new Set(grants.map(({ id }) => id));
    const running = over ? await world.store.runningGrants(repo.id, first.grantee.id) : [];
    const forget = over && running.every(({ id }) => known.has(id));
    return {
      change: {
        grants: changes.flatMap((change) => change.grants ?? []),
        audit: changes.flatMap((change) => change.audit ?? []),
        effects: changes.flatMap((change) => change.effects ?? []),
        baselines: forget
          ? [{ repoId: repo.id, userId: first.grantee.id, baseline: null }]
          : await left(world, repo, grants, eventFor),
      },
      value: undefined,
    };
  });
}
