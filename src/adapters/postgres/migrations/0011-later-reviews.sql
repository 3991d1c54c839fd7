-- A review pays what was let through before it, not what the same request is let through by afterwards.

create or replace view owed_review as
  select vote.request_id, vote.ord, vote.voter_id, vote.voter_login, vote.reason, vote.cast_at,
    coalesce(vote.review_due, vote.cast_at + 86400000) as due,
    request.repo_id, request.conversation_repo_id, request.conversation_number,
    case when vote.answer = 'auto-approve' then request.subject ->> 'rule' end as rule
  from vote join request on request.id = vote.request_id
  where (vote.answer = 'break-glass'
      or vote.answer = 'auto-approve' and (
        request.state = 'released'
        or request.state = 'approved' and coalesce((request.subject ->> 'start')::int8, 0) <= jit_now()))
    and not exists (
      select 1 from vote as review
      where review.request_id = vote.request_id and review.answer = 'review' and review.voided_at is null
        and review.ord > vote.ord
    );
