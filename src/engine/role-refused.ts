/** What becomes of a person's grants when GitHub refuses a role: those that were to begin fail, and nothing of them is left. */

import { grantedRole, type Baseline, type RoleGrant } from '../domain/grant.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { includesRole, isSameRole, type NamedRole } from '../domain/role.ts';
import { giveRoleTo, takeRoleFrom } from './change-role.ts';
import { baselineRole, directRoleFor, isAbove, record } from './record-grants.ts';
import { unknownRoleWords } from './role-words.ts';
import { ownInvitations } from './take-back.ts';
import type { World } from './world.ts';

/** The role that was refused, GitHub's words, and what the person had before. */
export type RefusedRole = { readonly role: NamedRole; readonly baseline: Baseline; readonly why: string };

/**
 * An earlier try can have given the role, or offered it, and its answer was lost: that goes before the grant counts as
 * failed, since nobody looks for it afterwards. The role of a grant that ends is not left standing either.
 */
export async function roleRefused(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  { role, baseline, why }: RefusedRole,
): Promise<void> {
  const target = roleOfOthers(grants, baseline);
  await withdraw(world, repo, person, grants, target);
  const now = await world.github.access(repo, person);
  // It was not there when the role was to be given.
  const given = now.direct !== null && isSameRole(now.direct.role, role.role);
  if (grants.some(({ state }) => state === 'ending') && isAbove(now, role)) {
    world.log.error(
      { repo: repo.id, person: person.id, role: role.name, why },
      'GitHub refused to lower a role to that of the grants that still run: the direct role is taken whole',
    );
    await takeRoleFrom(world, repo, person);
  } else if (
    grants.some(({ state }) => state === 'applying') &&
    given &&
    !includesRole(target?.role ?? null, role.role)
  ) {
    const lowered = target === null ? null : await giveRoleTo(world, repo, person, target.name);
    if (lowered?.kind !== 'given') await takeRoleFrom(world, repo, person);
  }
  const words = wordsOf(world, repo, role, why);
  await record(world, repo, grants, (grant) => (grant.state === 'applying' ? { kind: 'refused', why: words } : null));
}

/** What the person is to have without the grants that were to begin; `null`: nothing. */
function roleOfOthers(grants: readonly RoleGrant[], baseline: Baseline): NamedRole | null {
  const wanted = grantedRole(grants.filter(({ state }) => state !== 'applying'));
  return wanted === null ? baselineRole(baseline) : directRoleFor(wanted, baseline);
}

/** An invitation offers no more than the grants that wait for it; where none waits, there is none. */
async function withdraw(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  target: NamedRole | null,
): Promise<void> {
  const offered = grants.some(({ state }) => state === 'invited') ? target : null;
  const tooMuch = (await ownInvitations(world, repo, person, grants)).filter(
    (invitation) => offered === null || !includesRole(offered.role, invitation.role),
  );
  for (const { id } of tooMuch) await world.github.deleteInvitation(repo, id);
  // Where GitHub refuses this too, those that waited are given up like any whose invitation is gone.
  if (tooMuch.length > 0 && offered !== null) await giveRoleTo(world, repo, person, offered.name);
}

/** GitHub's words, and what to do about a custom role that the policy declares. */
function wordsOf(world: World, repo: RepoRef, role: NamedRole, why: string): string {
  if (typeof role.role !== 'object') return why;
  world.log.error(
    { repo: repo.id, role: role.name, why },
    'GitHub refused a custom role that the policy declares: see that the organisation has one of just this name',
  );
  return unknownRoleWords(role.name, why);
}
