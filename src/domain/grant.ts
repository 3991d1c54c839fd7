/** The life of a grant, as a table of transitions. */

import {
  instant,
  millis,
  type GrantId,
  type Instant,
  type Millis,
  type Person,
  type RepoRef,
  type RequestId,
} from './identity.ts';
import { isTeam, type Grantable, type TeamRole } from './grantable.ts';
import { refused, ok, type Result } from './result.ts';
import { compareRoles, type Role } from './role.ts';

/**
 * `applying`: agreed, being given. `invited`: waits for the person to accept GitHub's invitation.
 * `active`: re-read and there. `ending`: being taken back. `ended`: re-read and gone. `failed`: GitHub refused to give it.
 */
export const GRANT_STATES = ['applying', 'invited', 'active', 'ending', 'ended', 'failed'] as const;
export type GrantState = (typeof GRANT_STATES)[number];

/** Why a grant was taken back. `misdeclared`: GitHub says that the custom role builds on another one than was declared. */
export type EndReason = 'expired' | 'revoked' | 'returned' | 'issue-closed' | 'drift' | 'misdeclared';

/** Access that is left after a grant was taken back, and where it comes from. */
export type Residual = { readonly role: string; readonly source: string };

/** `What`: what it gives. Those of roles and those of teams are never added up with each other. */
type Granted<What extends Grantable> = {
  readonly id: GrantId;
  readonly version: number;
  readonly state: GrantState;
  readonly requestId: RequestId;
  /** The repository that it was asked for under. */
  readonly repo: RepoRef;
  readonly grantee: Person;
  readonly role: What;
  readonly startsAt: Instant;
  /** Stored at approval; due work is found by comparing it with the database's clock. */
  readonly endsAt: Instant;
  readonly onExpiry: 'remove' | 'lower-to-read';
  readonly endReason: EndReason | null;
  readonly endedAt: Instant | null;
  /** Told after the end: what the person still has by other ways. */
  readonly residual: Residual | null;
  /** GitHub's words when it refused to give the role. */
  readonly failure: string | null;
  /** GitHub's invitation, while one is open. */
  readonly invitationId: number | null;
};

export type RoleGrant = Granted<Role>;
export type TeamGrant = Granted<TeamRole>;
export type Grant = Granted<Grantable>;

export const isTeamGrant = (grant: Grant): grant is TeamGrant => isTeam(grant.role);
export const isRoleGrant = (grant: Grant): grant is RoleGrant => !isTeam(grant.role);

/** What a person is in a team, by being in it and not in a team below it; `null`: nothing. */
export type TeamPlace = 'member' | 'maintainer' | null;

/** What a person was in a team before the first of the grants that run now. */
export type TeamBaseline = { readonly role: TeamPlace };

/** What a person had directly on the repository before the first of the grants that run now. */
export type Baseline = {
  /** GitHub's own name of the role, custom roles included; `null` when there was none. */
  readonly role: string | null;
};

export type GrantEvent =
  | { readonly kind: 'applied' }
  | { readonly kind: 'invited'; readonly invitationId: number }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'extend'; readonly endsAt: Instant }
  | { readonly kind: 'end'; readonly reason: EndReason }
  | { readonly kind: 'removed'; readonly residual: Residual | null };

export type IllegalTransition = {
  readonly kind: 'illegal-transition';
  readonly from: GrantState;
  readonly event: GrantEvent['kind'];
};

const TRANSITIONS = {
  applying: { applied: 'active', invited: 'invited', refused: 'failed', end: 'ending', extend: 'applying' },
  invited: { applied: 'active', invited: 'invited', refused: 'failed', end: 'ending', extend: 'invited' },
  active: { applied: 'active', end: 'ending', extend: 'active' },
  ending: { removed: 'ended' },
  ended: {},
  failed: {},
} as const satisfies Readonly<Record<GrantState, Partial<Record<GrantEvent['kind'], GrantState>>>>;

/** The grant after `event`, one version on. */
export function transition<G extends Grant>(grant: G, event: GrantEvent, now: Instant): Result<G, IllegalTransition> {
  const row: Partial<Record<GrantEvent['kind'], GrantState>> = TRANSITIONS[grant.state];
  const state = row[event.kind];
  if (state === undefined) return refused({ kind: 'illegal-transition', from: grant.state, event: event.kind });
  const moved: G = { ...grant, state, version: grant.version + 1 };
  switch (event.kind) {
    case 'applied':
      return ok({ ...moved, invitationId: null });
    case 'invited':
      return ok({ ...moved, invitationId: event.invitationId });
    case 'refused':
      return ok({ ...moved, failure: event.why, endedAt: now });
    case 'extend':
      return ok({ ...moved, endsAt: event.endsAt > grant.endsAt ? event.endsAt : grant.endsAt });
    case 'end':
      return ok({ ...moved, endReason: event.reason });
    case 'removed':
      return ok({ ...moved, endedAt: now, residual: event.residual, invitationId: null });
  }
}

/** Whether some event leads from one state to the other. */
export const canBecome = (from: GrantState, to: GrantState): boolean =>
  Object.values<GrantState>(TRANSITIONS[from]).includes(to);

/** States in which a person has, or is about to have, the role. */
export const LIVE_STATES = ['applying', 'invited', 'active'] as const satisfies readonly GrantState[];

export const isLive = (grant: Grant): boolean =>
  grant.state === 'applying' || grant.state === 'invited' || grant.state === 'active';

/** At most so long before the end a person is told of it. */
const WARNING: Millis = millis(3_600_000);

/** When to tell a person that access that begins or is lengthened `now` ends: an hour before, or after half of a shorter time. */
export const warningAt = (endsAt: Instant, now: Instant): Instant =>
  instant(endsAt - Math.floor(Math.min(WARNING, Math.max(0, endsAt - now) / 2)));

/** The role that the live ones among a person's grants on one repository add up to; `null` when none is live. */
export function grantedRole(grants: readonly RoleGrant[]): Role | null {
  return grants
    .filter(isLive)
    .reduce<Role | null>((best, grant) => (compareRoles(grant.role, best) === 'more' ? grant.role : best), null);
}

/**
 * Those that are about to be given though nobody can tell whether their role is more than what it would take the place
 * of: one of `standing`, or the role of a grant that is there or comes first.
 */
export function unclearGrants(grants: readonly RoleGrant[], standing: readonly Role[]): readonly RoleGrant[] {
  const live = grants.filter(isLive);
  const kept = [...standing, ...live.filter(({ state }) => state !== 'applying').map(({ role }) => role)];
  return live.filter(({ state, role }) => {
    if (state !== 'applying') return false;
    if (kept.some((other) => compareRoles(role, other) === 'unclear')) return true;
    kept.push(role);
    return false;
  });
}
