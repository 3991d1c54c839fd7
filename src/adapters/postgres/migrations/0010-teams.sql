-- A grant can be of membership of a team: its slug when it was asked for, and GitHub's numbers of it and of its
-- organisation. All three are null for a role on a repository.

alter table access_grant add column team text;
alter table access_grant add column team_id int8;
alter table access_grant add column team_org int8;
alter table access_grant add constraint access_grant_team
  check (num_nulls(team, team_id, team_org) in (0, 3) and (team_id is null or role_base is null));
create index access_grant_team_member on access_grant (team_id, grantee_id) where team_id is not null;

-- What a person was in a team before the first of the grants that run now, from whichever repository they come.
create table team_baseline (
  team_id int8 not null,
  user_id int8 not null,
  role text check (role in ('member', 'maintainer')),
  primary key (team_id, user_id)
);
