/** Which calls are there for accounts, teams, collaborators and invitations? */

import { deleteInvitation, giveRole, joinTeam, leaveTeam, takeRole } from '../acts/access.ts';
import { accountByLogin, organizationByLogin, organizationOf, teamBySlug, teamMembers } from '../world/find.ts';
import {
  effectiveRole,
  hasRole,
  legacyPermission,
  peopleWithAccess,
  roleSources,
  STANDARD_ROLES,
} from '../world/roles.ts';
import type { Account, Organization, Team } from '../world/state.ts';
import {
  showAccount,
  showCollaborator,
  showOrganization,
  showOrganizationInFull,
  showProfile,
  showTeamInFull,
  showTeamWithParent,
} from '../show/accounts.ts';
import { showInvitation } from '../show/repositories.ts';
import { idParam, param, text } from '../http/input.ts';
import { listed } from '../http/pages.ts';
import { answers, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';

const { ok, created, nothing } = answers;

function accountIn(context: Context): Account {
  const account = accountByLogin(context.world, param(context, 'username'));
  if (account === null) throw notFound();
  return account;
}

/** The organisation of the path, which has to be the installation's own. */
function orgIn(context: Context): Organization {
  const org = organizationByLogin(context.world, param(context, 'org'));
  if (org === null || (context.installation !== null && context.installation.account !== org.account)) throw notFound();
  return org;
}

function teamIn(context: Context): Team {
  const team = teamBySlug(orgIn(context), param(context, 'team_slug'));
  if (team === null) throw notFound();
  return team;
}

function listCollaborators(context: Context): Answer {
  const { world, repo, query } = context;
  const affiliation = query.get('affiliation') ?? 'all';
  const least = STANDARD_ROLES.find((role) => role === query.get('permission'));
  const members = organizationOf(world, repo.owner)?.members;
  const found = peopleWithAccess(world, repo)
    .filter((person) => {
      const direct = roleSources(world, repo, person).some((source) => source.kind === 'repository');
      if (affiliation === 'direct') return direct;
      return affiliation === 'all' || (direct && members?.has(person.id) !== true);
    })
    .filter((person) => least === undefined || hasRole(world, repo, person, least));
  // The role is the one that counts in the end, whatever the affiliation: a direct one can be lower.
  return listed(context, found, (person) => showCollaborator(world, repo, person, effectiveRole(world, repo, person)));
}

function permission(context: Context): Answer {
  const { world, repo } = context;
  const person = accountIn(context);
  const role = effectiveRole(world, repo, person);
  const shown = showCollaborator(world, repo, person, role);
  const roleName = role === null ? 'none' : shown['role_name'];
  return ok({
    permission: legacyPermission(world, repo, role),
    role_name: roleName,
    user: { ...shown, role_name: roleName },
  });
}

function addCollaborator(context: Context): Answer {
  const { world, repo, app, body } = context;
  const done = giveRole(world, repo, accountIn(context), text(body, 'permission') ?? 'push', app.bot);
  if (done.kind === 'refused') throw new Refusal(problem(done.status, done.message));
  return done.kind === 'invited' ? created(showInvitation(world, done.invitation)) : nothing;
}

function checkCollaborator(context: Context): Answer {
  const person = accountIn(context);
  if (roleSources(context.world, context.repo, person).length === 0) throw notFound();
  return nothing;
}

function removeInvitation(context: Context): Answer {
  const invitation = context.repo.invitations.find((one) => one.id === idParam(context, 'invitation_id'));
  if (invitation === undefined) throw notFound();
  deleteInvitation(invitation);
  return nothing;
}

/** Membership counts in a team and in the teams below it. */
function teamMembership(context: Context): Answer {
  const team = teamIn(context);
  const person = accountIn(context);
  if (!teamMembers(context.world, team).includes(person)) throw notFound();
  return showMembership(context, team, person, 'active');
}

/** Whoever owns the organisation is shown as a maintainer of every team. */
function showMembership({ world }: Context, team: Team, person: Account, state: 'active' | 'pending'): Answer {
  const owns = team.org.members.get(person.id) === 'admin';
  return ok({
    state,
    role: owns ? 'maintainer' : (team.members.get(person.id) ?? 'member'),
    url: `${world.url}/organizations/${team.org.account.id}/team/${team.id}/memberships/${person.login}`,
  });
}

/** Somebody who is not in the organisation is invited into it. */
function joinByApp(context: Context): Answer {
  const team = teamIn(context);
  const person = accountIn(context);
  if (team.synced) throw new Refusal(problem(403, SYNCED));
  if (!team.org.members.has(person.id)) {
    team.org.invited.add(person.id);
    return showMembership(context, team, person, 'pending');
  }
  const role = text(context.body, 'role') === 'maintainer' ? 'maintainer' : 'member';
  joinTeam(context.world, team, person, context.app.bot, role);
  return showMembership(context, team, person, 'active');
}

function leaveByApp(context: Context): Answer {
  const team = teamIn(context);
  if (team.synced) throw new Refusal(problem(403, SYNCED));
  leaveTeam(context.world, team, accountIn(context), context.app.bot);
  return nothing;
}

const SYNCED = "This team's membership is managed by an identity provider.";

function orgMembership(context: Context): Answer {
  const org = orgIn(context);
  const person = accountIn(context);
  const role = org.members.get(person.id);
  if (role === undefined) throw notFound();
  const api = `${context.world.url}/orgs/${org.account.login}`;
  return ok({
    url: `${api}/memberships/${person.login}`,
    state: 'active',
    role,
    organization_url: api,
    organization: showOrganization(context.world, org),
    user: showAccount(context.world, person),
  });
}

const metadata = { audience: 'installation', needs: ['metadata:read'] } as const;
const members = { audience: 'installation', needs: ['members:read'] } as const;
const changingMembers = { audience: 'installation', needs: ['members:write'] } as const;
const administration = { audience: 'installation', needs: ['administration:write'] } as const;
const repo = '/repos/{owner}/{repo}';

export const peopleRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/{username}',
    operation: 'users/get-by-username',
    ...metadata,
    handle: (context) => ok(showProfile(context.world, accountIn(context))),
  },
  {
    method: 'GET',
    path: '/user/{account_id}',
    operation: 'users/get-by-id',
    ...metadata,
    handle: (context) => {
      const account = context.world.accounts.get(idParam(context, 'account_id'));
      if (account === undefined) throw notFound();
      return ok(showProfile(context.world, account));
    },
  },
  {
    method: 'GET',
    path: '/orgs/{org}',
    operation: 'orgs/get',
    ...metadata,
    handle: (context) => ok(showOrganizationInFull(context.world, orgIn(context))),
  },
  {
    method: 'GET',
    path: '/orgs/{org}/memberships/{username}',
    operation: 'orgs/get-membership-for-user',
    ...members,
    handle: orgMembership,
  },
  {
    method: 'GET',
    path: '/orgs/{org}/teams/{team_slug}',
    operation: 'teams/get-by-name',
    ...members,
    handle: (context) => {
      const team = teamIn(context);
      const repos = [...context.world.repos.values()].filter((one) => one.teamRoles.has(team)).length;
      return ok(showTeamInFull(context.world, team, repos));
    },
  },
  {
    method: 'GET',
    path: '/orgs/{org}/teams',
    operation: 'teams/list',
    ...members,
    handle: (context) =>
      listed(context, [...orgIn(context).teams.values()], (team) => showTeamWithParent(context.world, team)),
  },
  {
    method: 'GET',
    path: '/orgs/{org}/teams/{team_slug}/members',
    operation: 'teams/list-members-in-org',
    ...members,
    handle: (context) => {
      const { members: own } = teamIn(context);
      return listed(context, teamMembers(context.world, teamIn(context)), (person) => ({
        ...showAccount(context.world, person),
        role: own.get(person.id) ?? 'member',
        inherited: !own.has(person.id),
      }));
    },
  },
  {
    method: 'GET',
    path: '/orgs/{org}/teams/{team_slug}/memberships/{username}',
    operation: 'teams/get-membership-for-user-in-org',
    ...members,
    handle: teamMembership,
  },
  {
    method: 'PUT',
    path: '/orgs/{org}/teams/{team_slug}/memberships/{username}',
    operation: 'teams/add-or-update-membership-for-user-in-org',
    ...changingMembers,
    handle: joinByApp,
  },
  {
    method: 'DELETE',
    path: '/orgs/{org}/teams/{team_slug}/memberships/{username}',
    operation: 'teams/remove-membership-for-user-in-org',
    ...changingMembers,
    handle: leaveByApp,
  },
  {
    method: 'GET',
    path: `${repo}/teams`,
    operation: 'repos/list-teams',
    audience: 'installation',
    needs: ['administration:read'],
    handle: (context) =>
      listed(context, [...context.repo.teamRoles], ([team, role]) => ({
        ...showTeamWithParent(context.world, team),
        permission: role,
      })),
  },
  {
    method: 'GET',
    path: `${repo}/collaborators`,
    operation: 'repos/list-collaborators',
    ...metadata,
    handle: listCollaborators,
  },
  {
    method: 'GET',
    path: `${repo}/collaborators/{username}`,
    operation: 'repos/check-collaborator',
    ...metadata,
    handle: checkCollaborator,
  },
  {
    method: 'GET',
    path: `${repo}/collaborators/{username}/permission`,
    operation: 'repos/get-collaborator-permission-level',
    ...metadata,
    handle: permission,
  },
  {
    method: 'PUT',
    path: `${repo}/collaborators/{username}`,
    operation: 'repos/add-collaborator',
    ...administration,
    handle: addCollaborator,
  },
  {
    method: 'DELETE',
    path: `${repo}/collaborators/{username}`,
    operation: 'repos/remove-collaborator',
    ...administration,
    handle: (context) => {
      takeRole(context.world, context.repo, accountIn(context), context.app.bot);
      return nothing;
    },
  },
  {
    method: 'GET',
    path: `${repo}/invitations`,
    operation: 'repos/list-invitations',
    audience: 'installation',
    needs: ['administration:read'],
    handle: (context) =>
      listed(context, context.repo.invitations, (invitation) => showInvitation(context.world, invitation)),
  },
  {
    method: 'DELETE',
    path: `${repo}/invitations/{invitation_id}`,
    operation: 'repos/delete-invitation',
    ...administration,
    handle: removeInvitation,
  },
];
