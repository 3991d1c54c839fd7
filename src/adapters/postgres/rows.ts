/** How rows become the domain's values and back. Every cast from the database is in this file. */

import type { Insertable, Selectable } from 'kysely';
import type { AuditEntry } from '../../domain/audit.ts';
import type { OwedReview } from '../../domain/decision.ts';
import type { Grant } from '../../domain/grant.ts';
import type { RepoRef, UserId } from '../../domain/identity.ts';
import type { Holding } from '../../domain/person-limits.ts';
import type { Request } from '../../domain/request.ts';
import { grantableName, isTeam, type Grantable } from '../../domain/grantable.ts';
import type { Vote } from '../../domain/vote.ts';
import type { MergeGroup, StoredPolicy, Surface } from '../../engine/ports.ts';
import type { Tables } from './schema.ts';
import { json, storableText } from './storable.ts';

/** Where repositories are called now, by id; one that is not here keeps the name that was stored with the row. */
export type Names = ReadonlyMap<number, RepoRef>;

const present = (repo: RepoRef, names: Names): RepoRef => names.get(repo.id) ?? repo;

export const repoFrom = (row: Selectable<Tables['repository']>): RepoRef =>
  ({ installationId: row.installation_id, id: row.id, owner: row.owner, name: row.name }) as unknown as RepoRef;

export function requestFrom(row: Selectable<Tables['request']>, names: Names): Request {
  const subject = row.subject as Request['subject'];
  const conversation = row.conversation as Request['conversation'];
  const request = {
    id: row.id,
    version: row.version,
    state: row.state,
    repo: present(row.repo as RepoRef, names),
    subject: subject.kind === 'access' ? { ...subject, target: present(subject.target, names) } : subject,
    key: row.key,
    conversation:
      conversation === null ? null : { repo: present(conversation.repo, names), number: conversation.number },
    requester: row.requester_id === null ? null : { id: row.requester_id as UserId, login: row.requester_login ?? '' },
    since: row.since,
    openedAt: row.opened_at,
    deadline: row.deadline,
    closedAt: row.closed_at,
    outcome: row.outcome,
    policyBlob: row.policy_blob,
  };
  return request as unknown as Request;
}

export const requestRow = (request: Request): Insertable<Tables['request']> => ({
  id: request.id,
  version: request.version,
  state: request.state,
  repo: json(request.repo),
  subject: json(request.subject),
  key: storableText(request.key),
  conversation: request.conversation === null ? null : json(request.conversation),
  requester_id: request.requester?.id ?? null,
  requester_login: request.requester?.login ?? null,
  since: request.since,
  opened_at: request.openedAt,
  deadline: request.deadline,
  closed_at: request.closedAt,
  outcome: text(request.outcome),
  policy_blob: request.policyBlob,
});

export function voteFrom(row: Selectable<Tables['vote']>): Vote {
  const vote = {
    requestId: row.request_id,
    voter: { id: row.voter_id, login: row.voter_login },
    answer: row.answer,
    source: { kind: row.source_kind, id: row.source_id },
    head: row.head,
    castAt: row.cast_at,
    reason: row.reason,
    ...(row.review_due === null ? {} : { due: row.review_due }),
    voided: row.voided_at === null ? null : { at: row.voided_at, why: row.void_reason },
  };
  return vote as unknown as Vote;
}

/** A review that is owed, as it is told where the conversation is `at`: in another repository its words are not for everyone. */
export function owedFrom(row: Selectable<Tables['owed_review']>, at: number): OwedReview {
  const here = (row.conversation_repo_id ?? row.repo_id) === at;
  const owed = {
    requestId: row.request_id,
    conversation: here ? row.conversation_number : null,
    by: { id: row.voter_id, login: row.voter_login },
    rule: here ? row.rule : null,
    reason: here ? (row.reason ?? '') : '',
    at: row.cast_at,
    due: row.due,
  };
  return owed as unknown as OwedReview;
}

export const voteRow = (vote: Vote): Insertable<Tables['vote']> => ({
  request_id: vote.requestId,
  source_kind: vote.source.kind,
  source_id: vote.source.id,
  voter_id: vote.voter.id,
  voter_login: vote.voter.login,
  answer: vote.answer,
  head: vote.head,
  cast_at: vote.castAt,
  reason: text(vote.reason),
  review_due: vote.due ?? null,
  voided_at: vote.voided?.at ?? null,
  void_reason: vote.voided?.why ?? null,
});

export function grantFrom(row: Selectable<Tables['access_grant']>, names: Names): Grant {
  const grant = {
    id: row.id,
    version: row.version,
    state: row.state,
    requestId: row.request_id,
    repo: present(row.repo as RepoRef, names),
    grantee: { id: row.grantee_id, login: row.grantee_login },
    role: grantableFrom(row),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    onExpiry: row.on_expiry,
    endReason: row.end_reason,
    endedAt: row.ended_at,
    residual: row.residual,
    failure: row.failure,
    invitationId: row.invitation_id,
  };
  return grant as unknown as Grant;
}

function grantableFrom({
  role,
  role_base: base,
  team,
  team_id: id,
  team_org: org,
}: Selectable<Tables['access_grant']>) {
  if (id !== null) return { team, id, org };
  return base === null ? role : { custom: role, base };
}

function grantableColumns(
  what: Grantable,
): Pick<Insertable<Tables['access_grant']>, 'role' | 'role_base' | 'team' | 'team_id' | 'team_org'> {
  const role = grantableName(what);
  if (isTeam(what)) return { role, role_base: null, team: what.team, team_id: what.id, team_org: what.org };
  return { role, role_base: typeof what === 'string' ? null : what.base, team: null, team_id: null, team_org: null };
}

export type HoldingRow = {
  readonly repo_id: number;
  readonly installation_id: number;
  readonly rule: string;
  readonly ends_at: number;
  readonly ended_at: number | null;
};

export const holdingFrom = (row: HoldingRow): Holding =>
  ({
    repo: row.repo_id,
    installation: row.installation_id,
    rule: row.rule,
    endsAt: row.ends_at,
    endedAt: row.ended_at,
  }) as Holding;

export const grantRow = (grant: Grant): Insertable<Tables['access_grant']> => ({
  id: grant.id,
  version: grant.version,
  state: grant.state,
  request_id: grant.requestId,
  repo: json(grant.repo),
  grantee_id: grant.grantee.id,
  grantee_login: grant.grantee.login,
  ...grantableColumns(grant.role),
  starts_at: grant.startsAt,
  ends_at: grant.endsAt,
  on_expiry: grant.onExpiry,
  end_reason: grant.endReason,
  ended_at: grant.endedAt,
  residual: grant.residual === null ? null : json(grant.residual),
  failure: text(grant.failure),
  invitation_id: grant.invitationId,
});

export const mergeGroupFrom = (row: Selectable<Tables['merge_group']>, names: Names): MergeGroup =>
  ({
    repo: present(row.repo as RepoRef, names),
    head: row.head,
    base: row.base,
    baseSha: row.base_sha,
    pulls: row.pulls,
  }) as MergeGroup;

export const mergeGroupRow = (group: MergeGroup): Insertable<Tables['merge_group']> => ({
  repo_id: group.repo.id,
  head: group.head,
  repo: json(group.repo),
  base: storableText(group.base),
  base_sha: group.baseSha,
  pulls: json(group.pulls),
});

export const surfaceFrom = (row: Selectable<Tables['surface']>): Surface =>
  ({ key: row.key, githubId: row.github_id, digest: row.digest, shownAt: row.shown_at }) as unknown as Surface;

export const policyFrom = (row: Selectable<Tables['policy']>): StoredPolicy =>
  ({ file: row.file, readAt: row.read_at }) as unknown as StoredPolicy;

export function auditEntryFrom(row: Selectable<Tables['audit_entry']>): AuditEntry {
  const entry = {
    installationId: row.installation_id,
    kind: row.kind,
    actor: row.actor,
    repoId: row.repo_id,
    requestId: row.request_id,
    grantId: row.grant_id,
    data: row.data,
    seq: row.seq,
    at: row.at,
    prev: row.prev,
    hash: row.hash,
  };
  return entry as unknown as AuditEntry;
}

export const auditRow = (entry: AuditEntry): Insertable<Tables['audit_entry']> => ({
  installation_id: entry.installationId,
  seq: entry.seq,
  at: entry.at,
  kind: entry.kind,
  actor: entry.actor,
  repo_id: entry.repoId,
  request_id: entry.requestId,
  grant_id: entry.grantId,
  data: json(entry.data),
  prev: entry.prev,
  hash: entry.hash,
});

const text = (value: string | null): string | null => (value === null ? null : storableText(value));
