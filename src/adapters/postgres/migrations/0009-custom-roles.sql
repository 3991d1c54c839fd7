-- What a custom role was declared to build on when it was granted; null for a standard role.

alter table access_grant add column role_base text check (role_base in ('pull', 'triage', 'push', 'maintain'));
