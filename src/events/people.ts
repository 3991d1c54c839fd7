/** `member`, `membership`, `organization` and `team`: who has access, and who belongs to what, has changed. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { installationId } from '../domain/identity.ts';
import { Account, InstallationEvent, personOf, RepositoryEvent, repoOf } from './payload.ts';

const CHANGES = ['added', 'edited', 'removed'] as const;

const MemberPayload = RepositoryEvent.extend({ action: z.string(), member: Account });

export function fromMember(raw: unknown): DomainEvent | null {
  const payload = MemberPayload.parse(raw);
  const change = CHANGES.find((candidate) => candidate === payload.action);
  if (change === undefined) return null;
  return {
    kind: 'collaborator-changed',
    repo: repoOf(payload),
    person: personOf(payload.member),
    by: payload.sender?.id ?? null,
    change,
  };
}

const Team = z.object({ id: z.int() });

const MembershipPayload = InstallationEvent.extend({
  action: z.string().optional(),
  member: Account.nullish(),
  team: Team.nullish(),
});

export function fromMembership(raw: unknown): DomainEvent | null {
  const payload = MembershipPayload.parse(raw);
  return {
    kind: 'membership-changed',
    installation: installationId(payload.installation.id),
    person: payload.member ? personOf(payload.member) : null,
    team: payload.team?.id ?? null,
    change: CHANGES.find((candidate) => candidate === payload.action) ?? 'edited',
    by: payload.sender?.id ?? null,
  };
}

const OrganizationPayload = InstallationEvent.extend({
  action: z.string(),
  membership: z.object({ user: Account.nullish() }).optional(),
});

export function fromOrganization(raw: unknown): DomainEvent | null {
  const payload = OrganizationPayload.parse(raw);
  if (payload.action !== 'member_removed') return null;
  const user = payload.membership?.user;
  return {
    kind: 'membership-changed',
    installation: installationId(payload.installation.id),
    person: user ? personOf(user) : null,
    team: null,
    change: 'removed',
    by: payload.sender?.id ?? null,
  };
}

const TeamPayload = InstallationEvent.extend({ team: Team.nullish() });

export function fromTeam(raw: unknown): DomainEvent | null {
  const payload = TeamPayload.parse(raw);
  return {
    kind: 'membership-changed',
    installation: installationId(payload.installation.id),
    person: null,
    team: payload.team?.id ?? null,
    change: 'edited',
    by: payload.sender?.id ?? null,
  };
}
