/** What an approved request for access gives: a grant, or more time with the one that runs. */

import { endOfWish } from '../domain/access-start.ts';
import type { Timer } from '../domain/effect.ts';
import { isLive, warningAt, type Grant } from '../domain/grant.ts';
import { isTeam } from '../domain/grantable.ts';
import { after, grantId, instant, type Instant } from '../domain/identity.ts';
import type { AccessRule } from '../domain/policy/model.ts';
import type { AccessRequest } from '../domain/request.ts';
import { ok, refused, type Result } from '../domain/result.ts';
import { grantAudit, moveGrant, workOn } from './move-grant.ts';
import { clashWithGrants } from './had-already.ts';
import { overLimit } from './person-limits.ts';
import type { Change } from './ports.ts';
import { isOwnTeam } from './team-home.ts';
import type { World } from './world.ts';

/** A refusal says why there is nothing to give any more. It goes into the audit log, so it names nobody. */
export async function giveFor(
  world: World,
  request: AccessRequest,
  rule: AccessRule | null,
  now: Instant,
): Promise<Result<Change, string>> {
  if (rule === null) return refused('the rule that it was approved under is gone');
  const { role, target } = request.subject;
  // What the organisation lets be given was asked of the one that the repository is in now.
  if (isTeam(role) && !(await isOwnTeam(world, target.installationId, role)))
    return refused('the repository is in another organisation than the team by now');
  return request.subject.extends === null
    ? await newGrant(world, request, rule, now)
    : await longerGrant(world, request, rule, now);
}

async function newGrant(
  world: World,
  request: AccessRequest,
  rule: AccessRule,
  now: Instant,
): Promise<Result<Change, string>> {
  const { subject } = request;
  const endsAt = endOfWish(subject) ?? after(now, subject.duration);
  if (endsAt <= now) return refused('its time was over before it could be given');
  // Two requests can be approved at one moment: each counts what was there before, and only one finds this as it was.
  const turn = `given:${subject.target.installationId}:${subject.grantee.id}`;
  const last = await world.store.surface(turn);
  const limit = await overLimit(world, rule, subject.target, subject.grantee, null);
  if (limit !== null) return refused(limit);
  const { role } = subject;
  // Grants of teams clash with nothing: a person is in a team or is not.
  const clash = isTeam(role) ? null : await clashWithGrants(world, subject.target, subject.grantee, role);
  if (clash !== null) return refused(clash);
  const grant: Grant = {
    id: grantId(world.newId()),
    version: 1,
    state: 'applying',
    requestId: request.id,
    repo: subject.target,
    grantee: subject.grantee,
    role,
    startsAt: now,
    endsAt,
    onExpiry: isTeam(role) ? 'remove' : rule.onExpiry,
    endReason: null,
    endedAt: null,
    residual: null,
    failure: null,
    invitationId: null,
  };
  return ok({
    grants: [{ was: null, row: grant }],
    surfaces: [{ was: last?.digest ?? null, row: { key: turn, githubId: null, digest: grant.id } }],
    audit: [
      grantAudit(grant, 'grant.created', null, {
        endsAt: grant.endsAt,
        rule: subject.rule,
        policy: request.policyBlob,
      }),
    ],
    effects: [workOn(grant)],
    timers: timersOf(grant, endsAt, now),
  });
}

async function longerGrant(
  world: World,
  { subject }: AccessRequest,
  rule: AccessRule,
  now: Instant,
): Promise<Result<Change, string>> {
  const grant = subject.extends === null ? null : await world.store.grant(subject.extends);
  if (grant === null || !isLive(grant)) return refused('the grant that was to be lengthened is over');
  const latest = after(now, rule.maxDuration);
  const endsAt = instant(Math.max(grant.endsAt, Math.min(after(grant.endsAt, subject.duration), latest)));
  const change = moveGrant(grant, { kind: 'extend', endsAt }, now, null);
  if (change === null) return refused('the grant that was to be lengthened is over');
  return ok({ ...change, timers: timersOf(grant, endsAt, now) });
}

const timersOf = ({ id, onExpiry, role }: Grant, endsAt: Instant, now: Instant): readonly Timer[] => [
  { kind: 'grant-end', grantId: id, at: endsAt },
  // What hangs on a team is in no one repository, so nothing can be named that its end would hurt.
  ...(onExpiry === 'remove' && !isTeam(role)
    ? [{ kind: 'grant-warning', grantId: id, at: warningAt(endsAt, now), endsAt } as const]
    : []),
];
