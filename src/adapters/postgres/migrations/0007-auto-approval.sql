-- Requests that a rule grants at once, and by when each review that is owed has to be given.

alter table vote drop constraint vote_answer_check;
alter table vote add constraint vote_answer_check
  check (answer in ('approve', 'deny', 'break-glass', 'auto-approve', 'review'));
alter table vote drop constraint vote_source_kind_check;
alter table vote add constraint vote_source_kind_check check (source_kind in ('comment', 'review', 'request'));
alter table vote add column review_due int8;
drop index vote_glass;
create index vote_glass on vote (request_id) where answer in ('break-glass', 'auto-approve', 'review');
create index request_repo on request (repo_id, ord desc);

-- What was let through without approvals and nobody has looked at since. It stays owed though its comment was deleted:
-- what was let through was let through. What a rule would have granted, and did not after all, owes nothing.
create view owed_review as
  select vote.request_id, vote.ord, vote.voter_id, vote.voter_login, vote.reason, vote.cast_at,
    -- Emergencies from before it was kept: within a day, as where the policy says nothing.
    coalesce(vote.review_due, vote.cast_at + 86400000) as due,
    request.repo_id, request.conversation_repo_id, request.conversation_number,
    case when vote.answer = 'auto-approve' then request.subject ->> 'rule' end as rule
  from vote join request on request.id = vote.request_id
  where (vote.answer = 'break-glass' or vote.answer = 'auto-approve' and request.state in ('approved', 'released'))
    and not exists (
      select 1 from vote as review
      where review.request_id = vote.request_id and review.answer = 'review' and review.voided_at is null
    );
