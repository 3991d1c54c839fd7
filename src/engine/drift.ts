/** Notices that somebody changed a person's access by hand while a grant runs, or after it ended. */

import type { DomainEvent } from '../domain/event.ts';
import { grantedRole, type Grant, type RoleGrant } from '../domain/grant.ts';
import type { RepoRef, UserId } from '../domain/identity.ts';
import { isAccess } from '../domain/request.ts';
import { compareRoles, type NamedRole } from '../domain/role.ts';
import { takeRoleFrom } from './change-role.ts';
import { endGrant } from './end-grant.ts';
import { grantAudit } from './move-grant.ts';
import { readPolicy } from './policy.ts';
import { GitHubUnavailable, type Access } from './ports.ts';
import { directRoleFor } from './record-grants.ts';
import type { World } from './world.ts';

/** How long after its end an accepted invitation is taken for a grant's own: webhooks can be hours late. Milliseconds. */
const ACCEPTED_LATE = 24 * 3600 * 1000;

type Changed = Extract<DomainEvent, { kind: 'collaborator-changed' }>;

/**
 * Every change has the grants looked at again, which is how an accepted invitation becomes an active grant. A role that
 * was removed by hand ends its grant. An invitation that was accepted after its grant ended is undone.
 */
export async function collaboratorChanged(world: World, event: Changed): Promise<void> {
  const { repo, person, by } = event;
  // Who may approve can hang on a role, so what waits or was approved is decided again.
  if ((await world.store.openRequests(repo.id)).length > 0) {
    await world.store.commit({ effects: [{ kind: 'reevaluate', repo }] });
  }
  const grants = await world.store.runningGrants(repo.id, person.id);
  if (grants.length === 0) {
    await lateAcceptance(world, event);
    return;
  }
  const access = await world.github.access(repo, person);
  await noteDrift(world, repo, grants, access, { change: event.change, by });
  await world.store.commit({ effects: [{ kind: 'access', repo, userId: person.id }] });
}

/** How it came to be known. */
export type Sign = { readonly change: Changed['change'] | 'found-by-the-sweep'; readonly by: UserId | null };

/**
 * Records that the direct role is not what running grants say, once for each way in which it is not, and ends the grants
 * whose rule says so. A role that is gone altogether ends its grants in any case: nobody gives it again.
 */
export async function noteDrift(
  world: World,
  repo: RepoRef,
  grants: readonly RoleGrant[],
  access: Access,
  { change, by }: Sign,
): Promise<void> {
  const active = grants.filter((grant) => grant.state === 'active');
  const [first] = active;
  if (first === undefined) return;
  const settled = active.length === grants.length;
  const gone = access.direct === null && (settled || change === 'removed');
  // While a grant begins or ends, the role is on its way, and not changed by hand.
  if (!gone && !settled) return;
  const expected = await expectedRole(world, repo, grants);
  const asGranted = !gone && isAsGranted(access, expected);
  const seen = { change, found: nameOf(access.direct), expected: nameOf(expected) };
  await recordDrift(world, `drift:${repo.id}:${first.grantee.id}`, active, asGranted ? null : seen, by);
  if (asGranted) return;
  await endForDrift(world, active, gone, by);
}

const nameOf = (role: NamedRole | null): string | null => role?.name ?? null;

/** What was found instead of what is granted; `null` for nothing. */
export type Seen = { readonly change: Sign['change']; readonly found: string | null; readonly expected: string | null };

/**
 * Records what was seen under a key, unless it is what was seen the last time. `null`: all is as granted, which is no news
 * at first. The same under another grant is news: nobody may have seen that it was as granted in between.
 */
export async function recordDrift(
  world: World,
  key: string,
  active: readonly Grant[],
  seen: Seen | null,
  by: UserId | null,
): Promise<void> {
  const ids = active.map(({ id }) => id).toSorted();
  const shown =
    seen === null ? AS_GRANTED : `${seen.found ?? 'none'} instead of ${seen.expected ?? 'none'} in ${ids.join(' ')}`;
  if (((await world.store.surface(key))?.digest ?? AS_GRANTED) === shown) return;
  const audit = seen === null ? [] : active.map((grant) => grantAudit(grant, 'grant.drift', by, seen));
  await world.store.commit({ audit });
  await world.store.saveSurface({ key, githubId: null, digest: shown });
}

/** Ends grants for what somebody did by hand: all of them where nothing is left of what they gave. */
export async function endForDrift(
  world: World,
  active: readonly Grant[],
  gone: boolean,
  by: UserId | null,
): Promise<void> {
  for (const grant of active) {
    if (gone) await endGrant(world, grant.id, 'revoked', by);
    else if (await endsOnDrift(world, grant)) await endGrant(world, grant.id, 'drift', by);
  }
}

const AS_GRANTED = 'as granted';

/** What the direct role has to be; `null` while nothing is granted. */
async function expectedRole(world: World, repo: RepoRef, grants: readonly RoleGrant[]): Promise<NamedRole | null> {
  const wanted = grantedRole(grants);
  const [first] = grants;
  if (wanted === null || first === undefined) return null;
  const baseline = await world.store.baseline(repo.id, first.grantee.id);
  return directRoleFor(wanted, baseline ?? { role: null });
}

/** GitHub tells of what the app itself does, too: a role that is just what the grants say was changed by nobody's hand. */
function isAsGranted({ direct, exact }: Access, expected: NamedRole | null): boolean {
  if (expected === null) return true;
  const order = compareRoles(direct?.role ?? null, expected.role);
  // Where sources are not told, what looks like more, or like another role, can come through a team.
  return exact ? order === 'same' : order !== 'less';
}

/** By the policy as it is now. Where it can't be read, nothing is ended for it: the next look asks again. */
async function endsOnDrift(world: World, grant: Grant): Promise<boolean> {
  const request = await world.store.request(grant.requestId);
  if (request === null || !isAccess(request)) return false;
  const policy = await readPolicy(world, grant.repo);
  if (policy.kind !== 'present') return false;
  return policy.policy.access.some(({ name, onDrift }) => name === request.subject.rule && onDrift === 'revoke');
}

/** How often each running grant is held against GitHub, in milliseconds. Webhooks tell of most changes at once. */
export const LOOK_EVERY = 10 * 60_000;

/** Holds running grants against what GitHub shows: webhooks get lost, and some changes have none. */
export async function lookForDrift(world: World, grants: readonly RoleGrant[]): Promise<void> {
  const [first] = grants;
  if (first === undefined || grants.some(({ state }) => state !== 'active')) return;
  const { repo, grantee } = first;
  const key = `drift-looked:${repo.id}:${grantee.id}`;
  const [looked, now] = await Promise.all([world.store.surface(key), world.store.now()]);
  if (looked !== null && now - looked.shownAt < LOOK_EVERY) return;
  const person = await world.github.userById(repo.installationId, grantee.id);
  const access = person === null ? null : await world.github.access(repo, person);
  await world.store.saveSurface({ key, githubId: null, digest: '' });
  if (access !== null) await noteDrift(world, repo, grants, access, { change: 'found-by-the-sweep', by: null });
}

/** The grants of each person on each repository, together. */
export const byPerson = (grants: readonly RoleGrant[]): readonly (readonly RoleGrant[])[] => [
  ...Map.groupBy(grants, ({ repo, grantee }) => `${repo.id}:${grantee.id}`).values(),
];

/**
 * Only what was accepted about when the grant ended can have been ours: ends prove that no invitation is left. Later it
 * is somebody else's, and theirs to give. A grant that was given up counts too: its invitation may have been accepted
 * while GitHub did not show it yet.
 */
async function lateAcceptance(world: World, { repo, person, by, change }: Changed): Promise<void> {
  if (change !== 'added' || by !== person.id) return;
  const last = await world.store.lastGrant(repo.id, person.id);
  if (typeof last?.endedAt !== 'number') return;
  if ((await world.store.now()) - last.endedAt > ACCEPTED_LATE) return;
  const access = await world.github.access(repo, person);
  if (access.direct === null) return;
  await world.store.commit({
    audit: [grantAudit(last, 'grant.drift', by, { change: 'accepted-after-the-end', undone: true })],
    effects: [{ kind: 'late-acceptance', repo, userId: person.id }],
  });
}

/** Takes what a late acceptance gave. Where a new grant has begun meanwhile, its own end sees to it. */
export async function undoLateAcceptance(world: World, repo: RepoRef, id: UserId): Promise<void> {
  if ((await world.store.runningGrants(repo.id, id)).length > 0) return;
  const person = await world.github.userById(repo.installationId, id);
  if (person === null) return;
  world.log.warn({ person: id, repo: repo.id }, 'an invitation was accepted after its grant had ended; it is undone');
  await takeRoleFrom(world, repo, person);
  const { direct } = await world.github.access(repo, person);
  if (direct !== null)
    throw new GitHubUnavailable(`the role of ${id} on ${repo.id} was taken, but GitHub still shows it`, null);
}
