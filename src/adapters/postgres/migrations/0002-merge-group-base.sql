-- A merge group whose pull requests could not be told is read again, and that takes the commit that it is built on.
alter table merge_group add column base_sha text;

-- What the ref of a deployment stands for was not looked up before: it is held where a gate asks for it.
update request set subject = subject || '{"refKinds": []}'::jsonb
  where subject ->> 'kind' = 'deployment' and subject -> 'refKinds' is null;
