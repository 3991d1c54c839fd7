/** Gives the role that grants add up to, and takes it back where the grants ended while it was on its way. */

import { grantedRole, type Baseline, type RoleGrant } from '../domain/grant.ts';
import type { Person, RepoRef } from '../domain/identity.ts';
import { includesRole, type NamedRole } from '../domain/role.ts';
import { giveRoleTo, takeRoleFrom } from './change-role.ts';
import { grantAudit } from './move-grant.ts';
import type { GiveRoleAnswer } from './ports.ts';
import { directRoleFor } from './record-grants.ts';
import { isSame, mustBeSame, overtaken } from './same-grants.ts';
import { leftWith } from './take-back.ts';
import type { World } from './world.ts';

/**
 * A process can stand still for minutes anywhere, and others do its work meanwhile. So the grants are read again right
 * before the role is given and right after: what was given too late, or is too much by then, is undone here, since
 * nobody else would look for it. Throws whenever the grants are not what they were: the job begins anew.
 */
export async function giveGranted(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  { role, baseline }: { readonly role: NamedRole; readonly baseline: Baseline },
): Promise<GiveRoleAnswer> {
  mustBeSame(person, grants, await world.store.runningGrants(repo.id, person.id));
  const answer = await giveRoleTo(world, repo, person, role.name);
  const now = await world.store.runningGrants(repo.id, person.id);
  if (isSame(grants, now) || answer.kind === 'refused') return answer;
  await undo(world, repo, person, grants, now, { answer, role, baseline });
  throw overtaken(person);
}

type Given = { readonly answer: GiveRoleAnswer; readonly role: NamedRole; readonly baseline: Baseline };

async function undo(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  now: readonly RoleGrant[],
  { answer, role, baseline }: Given,
): Promise<void> {
  const wanted = grantedRole(now);
  const target = wanted === null ? leftWith(baseline, grants) : directRoleFor(wanted, baseline);
  if (includesRole(target?.role ?? null, role.role)) return;
  world.log.error(
    { repo: repo.id, person: person.id, role: role.name, target: target?.name ?? null },
    'a role was given after its grant had ended: it is taken back',
  );
  const data = { change: 'given-after-the-end', given: role.name, undone: true };
  const audit = grants.slice(0, 1).map((grant) => grantAudit(grant, 'grant.drift', null, data));
  await world.store.commit({ audit });
  if (answer.kind === 'invited') await world.github.deleteInvitation(repo, answer.invitationId);
  // An invitation can have been accepted in the meantime, so the role goes in either case. What was there before that
  // invitation somebody had taken by hand, so only a grant that runs is offered again.
  const again = wanted === null && answer.kind === 'invited' ? null : target;
  await bringTo(world, repo, person, again?.name ?? null);
}

async function bringTo(world: World, repo: RepoRef, person: Person, role: string | null): Promise<void> {
  const lowered = role === null ? null : await giveRoleTo(world, repo, person, role);
  if (lowered === null || lowered.kind === 'refused') await takeRoleFrom(world, repo, person);
}
