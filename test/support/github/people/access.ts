/** What does a person do about access: roles, invitations, teams, names? */

import {
  acceptInvitation,
  deleteInvitation,
  giveRole,
  joinTeam,
  leaveOrganization,
  leaveTeam,
  setTeamRole,
  takeRole,
  type GiveAnswer,
} from '../acts/access.ts';
import { orgNamed, teamNamed } from '../setup.ts';
import { accountByLogin, accountNamed, fullName, organizationOf, repoNamed } from '../world/find.ts';
import { showAccount, showOrganization } from '../show/accounts.ts';
import { showRepo, invitationExpired } from '../show/repositories.ts';
import { tellAboutRepo } from '../webhooks/emit.ts';
import type { Invitation, RoleName } from '../world/state.ts';
import { needRole, type Stage } from './actor.ts';

export const accessActs = (stage: Stage) => {
  const { world, me } = stage;

  const myInvitation = (repo: string): Invitation => {
    const invitation = repoNamed(world, repo).invitations.find((candidate) => candidate.invitee === me);
    if (invitation === undefined) throw new Error(`${me.login} has no invitation to ${repo}`);
    return invitation;
  };

  const ownerOf = (org: string): void => {
    if (orgNamed(world, org).members.get(me.id) !== 'admin') throw new Error(`${me.login} is not an owner of ${org}`);
  };

  return {
    /** Gives someone a direct role by hand, as in the repository's settings. */
    addCollaborator(repo: string, login: string, role: RoleName): GiveAnswer {
      return giveRole(world, needRole(stage, repo, 'admin'), accountNamed(world, login), role, me);
    },

    removeCollaborator(repo: string, login: string): void {
      const person = accountNamed(world, login);
      takeRole(world, person === me ? repoNamed(world, repo) : needRole(stage, repo, 'admin'), person, me);
    },

    acceptInvitation(repo: string): void {
      const invitation = myInvitation(repo);
      if (invitationExpired(world, invitation)) throw new Error(`the invitation of ${me.login} to ${repo} has expired`);
      acceptInvitation(world, invitation);
    },

    declineInvitation(repo: string): void {
      deleteInvitation(myInvitation(repo));
    },

    addToTeam(org: string, slug: string, login: string): void {
      ownerOf(org);
      joinTeam(world, teamNamed(world, org, slug), accountNamed(world, login), me);
    },

    removeFromTeam(org: string, slug: string, login: string): void {
      ownerOf(org);
      leaveTeam(world, teamNamed(world, org, slug), accountNamed(world, login), me);
    },

    /** Gives a team a role on a repository; `null` takes it. */
    setTeamRole(repo: string, slug: string, role: RoleName | null): void {
      const home = needRole(stage, repo, 'admin');
      setTeamRole(world, home, teamNamed(world, home.owner.login, slug), role, me);
    },

    removeFromOrganization(org: string, login: string): void {
      ownerOf(org);
      leaveOrganization(world, orgNamed(world, org), accountNamed(world, login), me);
    },

    /** Takes another login. The old one is free for anyone. GitHub sends no webhook. */
    rename(login: string): void {
      if (accountByLogin(world, login) !== null) throw new Error(`the login ${login} is taken`);
      me.login = login;
    },

    renameRepository(repo: string, name: string): void {
      const home = needRole(stage, repo, 'admin');
      const from = home.name;
      home.name = name;
      tellAboutRepo(world, home, {
        event: 'repository',
        action: 'renamed',
        sender: me,
        body: { changes: { repository: { name: { from } } }, repository: showRepo(world, home) },
      });
    },

    /** Hands a repository to another organisation, under a name that is free there. The app hears of it there, if it is installed on all of it. */
    transferRepository(repo: string, org: string, name: string): void {
      const home = needRole(stage, repo, 'admin');
      ownerOf(org);
      const before = organizationOf(world, home.owner);
      const from =
        before === null ? { user: showAccount(world, home.owner) } : { organization: showOrganization(world, before) };
      const was = home.name;
      home.owner = accountNamed(world, org);
      home.name = name;
      tellAboutRepo(world, home, {
        event: 'repository',
        action: 'transferred',
        sender: me,
        body: {
          changes: { owner: { from }, repository: { name: { from: was } } },
          repository: showRepo(world, home),
        },
      });
    },

    /** Full names of the repositories that invitations of this person are open for. */
    invitations: (): string[] =>
      [...world.repos.values()].flatMap((repo) =>
        repo.invitations.some((one) => one.invitee === me) ? [fullName(repo)] : [],
      ),
  };
};
