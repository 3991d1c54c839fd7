-- Access that is approved can begin later. A timer wakes the work up; this finds what a lost timer left behind.
alter table request add column starts_at int8 generated always as ((subject ->> 'start')::int8) stored;
create index request_starts on request (starts_at) where state in ('pending', 'approved') and starts_at is not null;
