-- Who pushed what: a commit's author and committer are what its writer says, the pusher is what GitHub says.
create table push (
  repo_id int8 not null,
  sha text not null,
  -- In full: refs/heads/main.
  ref text not null,
  pusher_id int8 not null,
  -- Whether the push made this commit the tip of the ref, the last time that it brought it.
  tip boolean not null,
  pushed_at int8 not null,
  primary key (repo_id, sha, ref, pusher_id)
);
create index push_old on push (pushed_at);
