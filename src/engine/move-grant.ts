/** What an event does to a grant: its next state, its audit entry, and what has to be shown and done. */

import type { AuditDraft, AuditKind, Json } from '../domain/audit.ts';
import type { Effect } from '../domain/effect.ts';
import { transition, type Grant, type GrantEvent } from '../domain/grant.ts';
import { grantableData, isTeam } from '../domain/grantable.ts';
import type { Instant, UserId } from '../domain/identity.ts';
import type { Change } from './ports.ts';

const AUDIT_OF = {
  applied: 'grant.active',
  invited: 'grant.invited',
  refused: 'grant.failed',
  extend: 'grant.extended',
  end: 'grant.ending',
  removed: 'grant.ended',
} as const satisfies Readonly<Record<GrantEvent['kind'], AuditKind>>;

/** An audit entry about a grant. */
export function grantAudit(
  grant: Grant,
  kind: AuditKind,
  actor: UserId | null,
  data: Readonly<Record<string, Json>>,
): AuditDraft {
  return {
    installationId: grant.repo.installationId,
    kind,
    actor,
    repoId: grant.repo.id,
    requestId: grant.requestId,
    grantId: grant.id,
    data: { grantee: grant.grantee.id, ...grantableData(grant.role), ...data },
  };
}

/** A grant moved by an event, with its audit entry and what has to be shown and done; `null` where the event is not allowed. */
export function moveGrant(grant: Grant, event: GrantEvent, now: Instant, actor: UserId | null): Change | null {
  const moved = transition(grant, event, now);
  if (!moved.ok) return null;
  const row = moved.value;
  return {
    grants: [{ was: grant.version, row }],
    audit: [grantAudit(row, AUDIT_OF[event.kind], actor, eventData(row, event, now))],
    effects: effectsOfGrant(row, event),
  };
}

function eventData(row: Grant, event: GrantEvent, now: Instant): Readonly<Record<string, Json>> {
  switch (event.kind) {
    case 'applied':
    case 'extend':
      return { endsAt: row.endsAt };
    case 'invited':
      return { endsAt: row.endsAt, invitation: event.invitationId };
    case 'refused':
      return { why: event.why };
    case 'end':
      return { reason: event.reason, endsAt: row.endsAt };
    case 'removed':
      return { reason: row.endReason, lateBy: Math.max(0, now - row.endsAt), residual: event.residual };
  }
}

function effectsOfGrant(grant: Grant, event: GrantEvent): readonly Effect[] {
  const shown: Effect = { kind: 'access-issue', requestId: grant.requestId };
  return event.kind === 'end' || event.kind === 'extend' ? [shown, workOn(grant)] : [shown];
}

/** What brings GitHub in line with the grants of a person, of which this is one. */
export const workOn = ({ repo, grantee, role }: Pick<Grant, 'repo' | 'grantee' | 'role'>): Effect =>
  isTeam(role)
    ? { kind: 'membership', repo, team: role, userId: grantee.id }
    : { kind: 'access', repo, userId: grantee.id };
