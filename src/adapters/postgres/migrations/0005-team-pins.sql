-- Which team a slug stood for when a policy or CODEOWNERS first named it: a slug is free again when its team is gone.
create table team_pin (
  repo_id int8 not null,
  -- ORGANISATION/SLUG in lower case.
  team text not null,
  team_id int8 not null,
  primary key (repo_id, team)
);
