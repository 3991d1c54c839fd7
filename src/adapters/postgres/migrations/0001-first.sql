-- What JIT Gate keeps. Instants are milliseconds since 1970 (int8), so that both engines give back the number put in.
-- A statement ends with a semicolon at the end of a line.

create function jit_now() returns int8 language sql volatile as
$$ select (extract(epoch from clock_timestamp()) * 1000)::int8 $$;

-- The inbox. The payload is text: a webhook may hold what jsonb refuses, such as an escaped zero character.
create table delivery (
  id text primary key,
  event text not null,
  payload text,
  received_at int8 not null default jit_now(),
  settled_at int8,
  outcome text check (outcome in ('handled', 'ignored', 'failed')),
  note text
);
create index delivery_to_empty on delivery (settled_at) where payload is not null;
create index delivery_received on delivery (received_at);

create table repository (
  id int8 primary key,
  installation_id int8 not null,
  owner text not null,
  name text not null
);

create table policy (
  repo_id int8 primary key,
  file jsonb not null,
  read_at int8 not null
);

create table login_pin (
  repo_id int8 not null,
  -- In lower case: GitHub compares logins without case.
  login text not null,
  user_id int8 not null,
  primary key (repo_id, login)
);

create table request (
  id text primary key,
  -- Order of arrival; the newest request of a key has the highest.
  ord int8 generated always as identity,
  version int4 not null,
  state text not null check (state in
    ('pending', 'approved', 'released', 'denied', 'expired', 'cancelled', 'superseded', 'closed')),
  repo jsonb not null,
  repo_id int8 not null generated always as ((repo ->> 'id')::int8) stored,
  subject jsonb not null,
  kind text not null generated always as (subject ->> 'kind') stored,
  head text generated always as (subject ->> 'head') stored,
  target_id int8 generated always as ((subject #>> '{target,id}')::int8) stored,
  key text not null,
  conversation jsonb,
  conversation_repo_id int8 generated always as ((conversation #>> '{repo,id}')::int8) stored,
  conversation_number int8 generated always as ((conversation ->> 'number')::int8) stored,
  requester_id int8,
  requester_login text,
  since int8 not null,
  opened_at int8 not null,
  deadline int8,
  closed_at int8,
  outcome text,
  policy_blob text
);
create unique index request_open_key on request (key) where state in ('pending', 'approved');
create index request_key on request (key, ord desc);
create index request_open_repo on request (repo_id) where state in ('pending', 'approved');
create index request_head on request (repo_id, head) where kind = 'merge';
create index request_conversation on request (conversation_repo_id, conversation_number);
create index request_deadline on request (deadline) where state in ('pending', 'approved');

create table vote (
  request_id text not null references request (id),
  source_kind text not null check (source_kind in ('comment', 'review')),
  source_id int8 not null,
  ord int8 generated always as identity,
  voter_id int8 not null,
  voter_login text not null,
  answer text not null check (answer in ('approve', 'deny')),
  head text,
  cast_at int8 not null,
  reason text,
  voided_at int8,
  void_reason text,
  primary key (request_id, source_kind, source_id),
  check ((voided_at is null) = (void_reason is null))
);
create index vote_source on vote (source_kind, source_id);

create table access_grant (
  id text primary key,
  ord int8 generated always as identity,
  version int4 not null,
  state text not null check (state in ('applying', 'invited', 'active', 'ending', 'ended', 'failed')),
  request_id text not null references request (id),
  repo jsonb not null,
  repo_id int8 not null generated always as ((repo ->> 'id')::int8) stored,
  grantee_id int8 not null,
  grantee_login text not null,
  role text not null,
  starts_at int8 not null,
  ends_at int8 not null,
  on_expiry text not null,
  end_reason text,
  ended_at int8,
  residual jsonb,
  failure text,
  invitation_id int8
);
create index access_grant_request on access_grant (request_id);
create index access_grant_person on access_grant (repo_id, grantee_id, ord desc);
create index access_grant_due on access_grant (ends_at) where state in ('applying', 'invited', 'active', 'ending');

create table baseline (
  repo_id int8 not null,
  user_id int8 not null,
  role text,
  primary key (repo_id, user_id)
);

create table merge_group (
  repo_id int8 not null,
  head text not null,
  repo jsonb not null,
  base text not null,
  pulls jsonb not null,
  primary key (repo_id, head)
);

create table surface (
  key text primary key,
  github_id int8,
  digest text not null,
  shown_at int8 not null
);
create index surface_shown on surface (shown_at);

-- Names live apart from the audit log, so that a name can be erased and the log still verifies.
create table person (
  id int8 primary key,
  login text not null,
  seen_at int8 not null
);

-- The end of each installation's chain. Whoever appends locks this row, so that a chain is written one entry at a time.
create table audit_head (
  installation_id int8 primary key,
  seq int8 not null,
  hash text not null
);

create table audit_entry (
  installation_id int8 not null,
  seq int8 not null check (seq > 0),
  at int8 not null,
  kind text not null,
  actor int8,
  repo_id int8,
  request_id text,
  grant_id text,
  data jsonb not null,
  prev text not null,
  hash text not null,
  primary key (installation_id, seq)
);
create index audit_entry_request on audit_entry (request_id);

-- A seat belt, not a proof: it keeps a slip of the hand from changing the log. Who owns the table can take it off, and
-- then the chain of hashes shows it.
create function audit_refuse() returns trigger language plpgsql as
$$
begin
  raise exception 'the audit log is append-only: % is refused', tg_op
    using hint = 'Entries are never changed. To leave them out of an export, filter the export.';
end
$$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function audit_refuse();
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function audit_refuse();
