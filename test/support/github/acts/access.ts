/** How are roles given and taken? */

import { newId, organizationOf } from '../world/find.ts';
import { effectiveRole, rankOf, roleWord, standardRole } from '../world/roles.ts';
import type { Account, Invitation, Organization, Repo, RoleName, Team, World } from '../world/state.ts';
import { showAccount, showTeam } from '../show/accounts.ts';
import type { Shape } from '../show/shape.ts';
import { tellAboutOrganization, tellAboutRepo } from '../webhooks/emit.ts';

export type GiveAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'invited'; readonly invitation: Invitation }
  | { readonly kind: 'refused'; readonly status: 403 | 422; readonly message: string };

/** GitHub's limit for people from outside, a repository and 24 hours. */
const INVITATIONS_A_DAY = 50;
const DAY_MS = 24 * 3_600_000;

/** Gives a direct role, silently lowering a higher one, or invites people from outside the organisation. */
export function giveRole(world: World, repo: Repo, person: Account, role: RoleName, by: Account): GiveAnswer {
  const org = organizationOf(world, repo.owner);
  const isMember = org?.members.has(person.id) === true;
  const wrong = unfit(world, repo, person, role);
  if (wrong !== null) return refused(422, wrong);
  // A repository of a person knows one kind of collaborator.
  const given = org === null ? 'push' : role;
  const had = repo.collaborators.get(person.id);
  if (had !== undefined || isMember) {
    setDirectRole(world, repo, person, given, by);
    return { kind: 'done' };
  }
  if (org?.outsideCollaboratorsRestricted === true) {
    return refused(403, 'You do not have permission to add outside collaborators');
  }
  return invite(world, repo, person, given, by);
}

/** Why GitHub does not take this role for this person; `null` when it does. */
function unfit(world: World, repo: Repo, person: Account, role: RoleName): string | null {
  const standard = standardRole(world, repo, role);
  if (standard === null) return `Role ${role} is not valid`;
  const org = organizationOf(world, repo.owner);
  if (org === null) return person === repo.owner ? 'Repository owner cannot be a collaborator' : null;
  if (!org.members.has(person.id) || org.baseRole === 'none') return null;
  const lower = rankOf(standard) < rankOf(standardRole(world, repo, org.baseRole));
  return lower ? `Cannot assign ${person.login} permission of ${roleWord(role)}` : null;
}

const refused = (status: 403 | 422, message: string): GiveAnswer => ({ kind: 'refused', status, message });

function invite(world: World, repo: Repo, person: Account, role: RoleName, by: Account): GiveAnswer {
  const open = repo.invitations.find((invitation) => invitation.invitee === person);
  if (open !== undefined) {
    open.role = role;
    return { kind: 'invited', invitation: open };
  }
  const recent = repo.invitations.filter((invitation) => world.clock.now() - invitation.createdAt < DAY_MS);
  if (recent.length >= INVITATIONS_A_DAY)
    return refused(403, 'You have exceeded the limit of invitations for this repository');
  const invitation: Invitation = {
    id: newId(world),
    repo,
    invitee: person,
    inviter: by,
    role,
    createdAt: world.clock.now(),
  };
  repo.invitations.push(invitation);
  return { kind: 'invited', invitation };
}

/** Sets a direct role at once, and tells about the member that was added or edited. */
function setDirectRole(world: World, repo: Repo, person: Account, role: RoleName, by: Account): void {
  const had = repo.collaborators.get(person.id);
  repo.collaborators.set(person.id, role);
  if (had === undefined)
    tellAboutMember(world, repo, person, 'added', by, {
      changes: { permission: { to: hookRole(role) }, role_name: { to: roleWord(role) } },
    });
  else if (had !== role) {
    tellAboutMember(world, repo, person, 'edited', by, {
      changes: { permission: { from: roleWord(had), to: roleWord(role) } },
    });
  }
}

/** `member.added` names the older words in `permission`, and the role itself in `role_name`. */
const hookRole = (role: RoleName): string =>
  role === 'admin' ? 'admin' : role === 'pull' || role === 'triage' ? 'read' : 'write';

/** Takes the direct role; fine when there is none. What else GitHub does then: unassigns, and deletes private forks. */
export function takeRole(world: World, repo: Repo, person: Account, by: Account): void {
  if (!repo.collaborators.delete(person.id)) return;
  for (const issue of repo.issues.values()) issue.assignees = issue.assignees.filter((account) => account !== person);
  if (repo.private && effectiveRole(world, repo, person) === null) {
    for (const fork of world.repos.values()) if (fork.fork === repo && fork.owner === person) fork.deleted = true;
  }
  tellAboutMember(world, repo, person, 'removed', by, {});
}

const tellAboutMember = (world: World, repo: Repo, person: Account, action: string, by: Account, body: Shape): void => {
  tellAboutRepo(world, repo, {
    event: 'member',
    action,
    sender: by,
    body: { member: showAccount(world, person), ...body },
  });
};

export function deleteInvitation(invitation: Invitation): void {
  const { invitations } = invitation.repo;
  invitations.splice(invitations.indexOf(invitation), 1);
}

export function acceptInvitation(world: World, invitation: Invitation): void {
  deleteInvitation(invitation);
  setDirectRole(world, invitation.repo, invitation.invitee, invitation.role, invitation.invitee);
}

const tellAboutMembership = (world: World, team: Team, person: Account, action: string, by: Account): void => {
  tellAboutOrganization(world, team.org, {
    event: 'membership',
    action,
    sender: by,
    body: { scope: 'team', member: showAccount(world, person), team: showTeam(world, team) },
  });
};

export function joinTeam(
  world: World,
  team: Team,
  person: Account,
  by: Account,
  role: 'member' | 'maintainer' = 'member',
): void {
  if (!team.org.members.has(person.id)) throw new Error(`${person.login} is not a member of ${team.org.account.login}`);
  const isNew = !team.members.has(person.id);
  team.members.set(person.id, role);
  if (isNew) tellAboutMembership(world, team, person, 'added', by);
}

export function leaveTeam(world: World, team: Team, person: Account, by: Account): void {
  if (team.members.delete(person.id)) tellAboutMembership(world, team, person, 'removed', by);
}

/** Someone leaves the organisation: teams and what came with membership are gone; so are direct roles on its repositories. */
export function leaveOrganization(world: World, org: Organization, person: Account, by: Account): void {
  const role = org.members.get(person.id);
  if (role === undefined) return;
  for (const team of org.teams.values()) leaveTeam(world, team, person, by);
  org.members.delete(person.id);
  for (const repo of world.repos.values()) if (repo.owner === org.account) takeRole(world, repo, person, by);
  const api = `${world.url}/orgs/${org.account.login}`;
  tellAboutOrganization(world, org, {
    event: 'organization',
    action: 'member_removed',
    sender: by,
    body: {
      membership: {
        url: `${api}/memberships/${person.login}`,
        state: 'active',
        role: role === 'admin' ? 'admin' : 'member',
        organization_url: api,
        user: showAccount(world, person),
      },
    },
  });
}

/** A team gets a role on a repository, or with `null` loses it. */
export function setTeamRole(world: World, repo: Repo, team: Team, role: RoleName | null, by: Account): void {
  const had = repo.teamRoles.has(team);
  if (role === null) repo.teamRoles.delete(team);
  else repo.teamRoles.set(team, role);
  const action = role === null ? 'removed_from_repository' : had ? 'edited' : 'added_to_repository';
  tellAboutRepo(world, repo, {
    event: 'team',
    action,
    sender: by,
    body: {
      team: showTeam(world, team),
      ...(action === 'edited' ? { changes: { repository: { permissions: { from: {} } } } } : {}),
    },
  });
}
