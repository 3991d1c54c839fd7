/** What the tables look like to kysely. The truth is migrations/*.sql; instants are milliseconds. */

import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** A jsonb column: read as a value, written as JSON text. */
type JsonColumn<T> = ColumnType<T, string, string>;

export type Tables = {
  delivery: {
    id: string;
    event: string;
    payload: string | null;
    received_at: Generated<number>;
    settled_at: number | null;
    outcome: 'handled' | 'ignored' | 'failed' | null;
    note: string | null;
  };
  repository: { id: number; installation_id: number; owner: string; name: string };
  policy: { repo_id: number; file: JsonColumn<unknown>; read_at: number };
  login_pin: { repo_id: number; login: string; user_id: number };
  team_pin: { repo_id: number; team: string; team_id: number };
  request: {
    id: string;
    ord: GeneratedAlways<number>;
    version: number;
    state: string;
    repo: JsonColumn<unknown>;
    repo_id: GeneratedAlways<number>;
    subject: JsonColumn<unknown>;
    kind: GeneratedAlways<string>;
    head: GeneratedAlways<string | null>;
    target_id: GeneratedAlways<number | null>;
    starts_at: GeneratedAlways<number | null>;
    key: string;
    conversation: ColumnType<unknown, string | null, string | null>;
    conversation_repo_id: GeneratedAlways<number | null>;
    conversation_number: GeneratedAlways<number | null>;
    requester_id: number | null;
    requester_login: string | null;
    since: number;
    opened_at: number;
    deadline: number | null;
    closed_at: number | null;
    outcome: string | null;
    policy_blob: string | null;
  };
  vote: {
    request_id: string;
    source_kind: 'comment' | 'review' | 'request';
    source_id: number;
    ord: GeneratedAlways<number>;
    voter_id: number;
    voter_login: string;
    answer: 'approve' | 'deny' | 'break-glass' | 'auto-approve' | 'review';
    head: string | null;
    cast_at: number;
    reason: string | null;
    voided_at: number | null;
    void_reason: string | null;
    review_due: number | null;
  };
  /** A view: reviews that are owed. */
  owed_review: {
    request_id: GeneratedAlways<string>;
    ord: GeneratedAlways<number>;
    voter_id: GeneratedAlways<number>;
    voter_login: GeneratedAlways<string>;
    reason: GeneratedAlways<string | null>;
    cast_at: GeneratedAlways<number>;
    due: GeneratedAlways<number>;
    repo_id: GeneratedAlways<number>;
    conversation_repo_id: GeneratedAlways<number | null>;
    conversation_number: GeneratedAlways<number | null>;
    rule: GeneratedAlways<string | null>;
  };
  access_grant: {
    id: string;
    ord: GeneratedAlways<number>;
    version: number;
    state: string;
    request_id: string;
    repo: JsonColumn<unknown>;
    repo_id: GeneratedAlways<number>;
    grantee_id: number;
    grantee_login: string;
    role: string;
    role_base: string | null;
    team: string | null;
    team_id: number | null;
    team_org: number | null;
    starts_at: number;
    ends_at: number;
    on_expiry: string;
    end_reason: string | null;
    ended_at: number | null;
    residual: ColumnType<unknown, string | null, string | null>;
    failure: string | null;
    invitation_id: number | null;
  };
  baseline: { repo_id: number; user_id: number; role: string | null };
  team_baseline: { team_id: number; user_id: number; role: 'member' | 'maintainer' | null };
  merge_group: {
    repo_id: number;
    head: string;
    repo: JsonColumn<unknown>;
    base: string;
    base_sha: string | null;
    pulls: JsonColumn<unknown>;
  };
  push: { repo_id: number; sha: string; ref: string; pusher_id: number; tip: boolean; pushed_at: number };
  surface: { key: string; github_id: number | null; digest: string; shown_at: number };
  person: { id: number; login: string; seen_at: number };
  audit_head: { installation_id: number; seq: number; hash: string };
  audit_entry: {
    installation_id: number;
    seq: number;
    at: number;
    kind: string;
    actor: number | null;
    repo_id: number | null;
    request_id: string | null;
    grant_id: string | null;
    data: JsonColumn<unknown>;
    prev: string;
    hash: string;
  };
};
