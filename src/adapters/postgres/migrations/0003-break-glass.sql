-- Votes that let through at once in an emergency, and the reviews that are owed for them.

alter table vote drop constraint vote_answer_check;
alter table vote add constraint vote_answer_check check (answer in ('approve', 'deny', 'break-glass', 'review'));
create index vote_glass on vote (request_id) where answer in ('break-glass', 'review');
