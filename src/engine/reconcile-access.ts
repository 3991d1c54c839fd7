/** Gives and takes back roles until GitHub shows what one person's grants on one repository say. */

import { grantedRole, isLive, type Baseline, type RoleGrant } from '../domain/grant.ts';
import type { Person, RepoRef, UserId } from '../domain/identity.ts';
import { includesRole, isSameRole, type NamedRole, type Role } from '../domain/role.ts';
import { GitHubUnavailable, type Access } from './ports.ts';
import { endThoseDue } from './end-grant.ts';
import { followInvitation, lowerInvitation, type Standing } from './follow-invitation.ts';
import { giveGranted } from './give-granted.ts';
import { grantAudit } from './move-grant.ts';
import { misdeclaredEnded } from './misdeclared.ts';
import { directRoleFor, isAbove, record, residualOf, settled, shows } from './record-grants.ts';
import { roleRefused } from './role-refused.ts';
import { tellOnIssue } from './tell-on-issue.ts';
import { takeBack } from './take-back.ts';
import { unclearRefused } from './unclear-grants.ts';
import { unprovenWords } from './words.ts';
import type { World } from './world.ts';

/**
 * Can be run at any time and any number of times. What the person had before the first running grant is stored before
 * anything is given. Throws while GitHub does not show the result yet: the job's retry and the sweep go on until it does.
 */
export async function reconcileAccess(world: World, repo: RepoRef, userId: UserId): Promise<void> {
  await endThoseDue(world, await world.store.runningGrants(repo.id, userId));
  const grants = await world.store.runningGrants(repo.id, userId);
  if (grants.length === 0) return;
  const person = await world.github.userById(repo.installationId, userId);
  if (person === null) {
    await accountGone(world, grants);
    return;
  }
  const wanted = grantedRole(grants);
  if (wanted === null) await takeBack(world, repo, person, grants);
  else await give(world, repo, person, grants, wanted);
}

async function give(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  wanted: Role,
): Promise<void> {
  const access = await world.github.access(repo, person);
  const stored = await world.store.baseline(repo.id, person.id);
  if (await givenUp(world, repo, person, grants, { access, stored })) return;
  const baseline = stored ?? (await rememberBaseline(world, repo, person, access, grants));
  const role = directRoleFor(wanted, baseline);
  if (!hasToChange(grants, access, role)) {
    await leaveAsItIs(world, repo, person, grants, wanted, { baseline, role, access });
    return;
  }
  const answer = await giveGranted(world, repo, person, grants, { role, baseline });
  switch (answer.kind) {
    case 'refused': {
      await roleRefused(world, repo, person, grants, { role, baseline, why: answer.why });
      return;
    }
    case 'invited': {
      await record(world, repo, grants, (grant) =>
        grant.state === 'applying' ? { kind: 'invited', invitationId: answer.invitationId } : null,
      );
      return;
    }
    case 'given': {
      const now = await world.github.access(repo, person);
      // Where a stronger grant ends, its role has to be seen gone as well.
      const above = now.exact && grants.some(({ state }) => state === 'ending') && isAbove(now, role);
      if (!shows(now, wanted) || above) {
        throw new GitHubUnavailable(
          `GitHub took the role ${role.name} for ${person.id} on ${repo.id} but does not show it yet`,
          null,
        );
      }
      await recordShown(world, repo, grants, now);
      return;
    }
  }
}

async function recordShown(world: World, repo: RepoRef, grants: readonly RoleGrant[], access: Access): Promise<void> {
  if (await misdeclaredEnded(world, grants, access)) return;
  await record(world, repo, grants, (grant) => settled(grant, residualOf(access)));
}

/** The direct role is to stay what it is, if any: what ends is over, and what begins is there or still offered. */
async function leaveAsItIs(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  wanted: Role,
  standing: Standing,
): Promise<void> {
  const { access } = standing;
  // Where nothing is given, what ends may still be offered, whatever the other grants say of themselves.
  if (access.direct === null && (await lowerInvitation(world, repo, person, grants, standing))) return;
  // Where somebody lowered the role by hand, less is there than is granted: what ends has nothing left to be taken.
  const given = grants.every(({ state }) => state === 'active' || state === 'ending');
  if (given || shows(access, wanted)) {
    await recordShown(world, repo, grants, access);
    return;
  }
  await followInvitation(world, repo, person, grants, standing);
}

/** Whether there are grants that can't be given beside what is there. They have failed then, and the rest is done anew. */
async function givenUp(
  world: World,
  repo: RepoRef,
  person: Person,
  grants: readonly RoleGrant[],
  { access, stored }: { readonly access: Access; readonly stored: Baseline | null },
): Promise<boolean> {
  if (stored === null && (await isInvited(world, repo, person, access))) {
    await record(world, repo, grants, (grant) =>
      grant.state === 'applying' ? { kind: 'refused', why: INVITED } : settled(grant, null),
    );
    return true;
  }
  if (!(await unclearRefused(world, repo, grants, access, stored))) return false;
  await reconcileAccess(world, repo, person.id);
  return true;
}

const INVITED =
  'somebody has invited this account already; GitHub would change that invitation instead of making another. Accept or withdraw it, and ask again';

/** The baseline is stored before anything is given: an invitation that is there without one was somebody else's doing. */
async function isInvited(world: World, repo: RepoRef, person: Person, access: Access): Promise<boolean> {
  if (access.direct !== null) return false;
  return (await world.github.invitations(repo)).some(({ invitee, expired }) => invitee === person.id && !expired);
}

/** A running grant whose role was changed by hand is left as it is found: only a new one raises, only an end lowers. */
function hasToChange(grants: readonly RoleGrant[], access: Access, role: NamedRole): boolean {
  const enough = includesRole(access.direct?.role ?? null, role.role);
  const above = isAbove(access, role);
  // GitHub can show late what was given a moment ago: what looks lowered already is lowered all the same.
  const same = access.direct !== null && isSameRole(access.direct.role, role.role);
  const lowers = (granted: Role): boolean => above || (same && !includesRole(role.role, granted));
  // Both can be there at once, while a stronger grant ends and a weaker one begins: the end still lowers.
  return grants.some(
    (grant) => (grant.state === 'applying' && !enough) || (grant.state === 'ending' && lowers(grant.role)),
  );
}

async function rememberBaseline(
  world: World,
  repo: RepoRef,
  person: Person,
  access: Access,
  [first]: readonly RoleGrant[],
): Promise<Baseline> {
  const { direct, exact } = access;
  const proven = exact || direct === null;
  // Whoever is listed as a direct collaborator can read at least. What is listed beside it may be a team's.
  const baseline: Baseline = { role: proven ? (direct?.name ?? null) : 'pull' };
  const effects =
    proven || first === undefined || direct.role === 'pull'
      ? []
      : await tellOnIssue(world, first, `baseline:${first.id}`, unprovenWords(first, direct.name));
  // The log has it before anything is given: a log that is all that is left of us has to tell what to give back.
  const data = { before: baseline.role, proven };
  const audit = first === undefined ? [] : [grantAudit(first, 'grant.changed', null, data)];
  await world.store.commit({ baselines: [{ repoId: repo.id, userId: person.id, baseline }], audit, effects });
  return baseline;
}

async function accountGone(world: World, grants: readonly RoleGrant[]): Promise<void> {
  const [first] = grants;
  if (first === undefined) return;
  await record(
    world,
    first.repo,
    grants,
    (grant) => (isLive(grant) ? { kind: 'end', reason: 'revoked' } : { kind: 'removed', residual: null }),
    grants.every((grant) => !isLive(grant)),
  );
}
