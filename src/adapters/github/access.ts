/** What may a person do on a repository, from where does that come, and how is a role given and taken back? */

import { userId, type Person, type RepoRef } from '../../domain/identity.ts';
import {
  compareRoles,
  goesBy,
  includesRole,
  namedRole,
  roleFrom,
  ROLES,
  type NamedRole,
  type Role,
  type StandardRole,
} from '../../domain/role.ts';
import { GitHubRefused, GitHubUnavailable, type Access, type GitHub, type Log } from '../../engine/ports.ts';
import { sourcesOf, type Sources } from './access-sources.ts';
import type { Client } from './client.ts';
import { at, insideOr, mustBeThere, repositoryOf, unless } from './repository.ts';
import { wire } from './wire.ts';

const COLLABORATOR = '/repos/{owner}/{repo}/collaborators/{username}';

const NOTHING: Access = { effective: null, direct: null, others: [], exact: true };

type Part = Pick<GitHub, 'access' | 'giveRole' | 'takeRole' | 'privateForks' | 'invitations' | 'deleteInvitation'>;
type Effective = {
  readonly login: string;
  readonly name: string;
  readonly role: Role | null;
  /** The highest of the five that is surely included; `null` where GitHub does not tell. */
  readonly most: StandardRole | null;
};

export function access(client: Client, log: Log): Part {
  /** The highest role across every way; `null` where the account does not exist any more. */
  async function effectiveOf(repo: RepoRef, person: Person): Promise<Effective | null> {
    const first = await permissionOf(repo, person.login);
    if (first?.id === person.id) return first;
    // Nobody has this login now, or somebody else has: the account goes by another one, or it is gone.
    const parameters = { account_id: person.id };
    const now = await unless(
      [404],
      client.get(repo.installationId, 'GET /user/{account_id}', parameters, wire.account),
    );
    if (now?.id !== person.id) {
      await mustBeThere(client, repo);
      return null;
    }
    const second = await permissionOf(repo, now.login);
    if (second?.id === person.id) return second;
    throw new GitHubUnavailable(
      `GitHub does not say what account ${person.id} may do on ${repo.owner}/${repo.name}`,
      null,
    );
  }

  async function permissionOf(
    repo: RepoRef,
    login: string,
  ): Promise<(Effective & { readonly id: number | null }) | null> {
    const parameters = { ...at(repo), username: login };
    const request = client.get(repo.installationId, `GET ${COLLABORATOR}/permission`, parameters, wire.permission);
    const found = await insideOr(client, repo, request);
    if (found === null) return null;
    const name = found.role_name ?? found.permission;
    const { id = null, login: current = login, permissions } = found.user ?? {};
    const most = ROLES.findLast((role) => permissions?.[role] === true) ?? null;
    return { id, login: current, name, role: roleOf(name, found.permission), most };
  }

  /** The direct role as far as the REST API tells it: the list of direct collaborators shows their highest role. */
  async function guess(repo: RepoRef, person: Person, effective: Effective): Promise<Access> {
    const parameters = { ...at(repo), affiliation: 'direct' };
    const route = 'GET /repos/{owner}/{repo}/collaborators';
    const list = await client.list(repo.installationId, route, parameters, wire.collaborators);
    const name = list.find((one) => one.id === person.id)?.role_name ?? null;
    const direct = name === null ? null : namedRole(name);
    const covered = direct !== null && includesRole(direct.role, effective.role);
    const others =
      effective.role === null || covered
        ? []
        : [{ name: effective.name, role: effective.role, source: 'a way that GitHub did not tell' }];
    return { effective: effective.role, direct, others, ...includedIn(direct, effective), exact: false };
  }

  return {
    async access(repo, person) {
      const effective = await effectiveOf(repo, person);
      if (effective === null) return NOTHING;
      let sources: Sources | null;
      try {
        sources = await sourcesOf(client, repo, { id: person.id, login: effective.login });
      } catch (error) {
        if (!(error instanceof GitHubRefused)) throw error;
        log.warn({ repo: repo.id }, `where access comes from is guessed, since GitHub does not tell: ${error.message}`);
        sources = null;
      }
      if (sources === null) return await guess(repo, person, effective);
      if (sources.listed) {
        const { direct, others } = sources;
        const known = [...(direct === null ? [] : [direct]), ...others].map(({ role }) => role);
        const included = includedIn(direct, effective);
        return { effective: known.reduce(stronger, effective.role), direct, others, ...included, exact: true };
      }
      if (effective.role === null) return NOTHING;
      const { private: isPrivate } = await repositoryOf(client, repo);
      // Everyone can read a public repository without being listed for it.
      if (isPrivate || effective.role !== 'pull') return await guess(repo, person, effective);
      const others = [{ name: effective.name, role: effective.role, source: 'the repository is public' }];
      return { effective: effective.role, direct: null, others, exact: true };
    },

    async giveRole(repo, login, role) {
      const parameters = { ...at(repo), username: login, permission: roleFrom(role) ?? role };
      try {
        const route = `PUT ${COLLABORATOR}` as const;
        const { status, value } = await client.write(repo.installationId, 'release', route, parameters, wire.given);
        if (status !== 201) return { kind: 'given' };
        if (value === null) throw new GitHubUnavailable('GitHub made an invitation and did not say which', null);
        return { kind: 'invited', invitationId: value };
      } catch (error) {
        if (!(error instanceof GitHubRefused) || ![403, 404, 422].includes(error.status)) throw error;
        if (error.status === 404) await mustBeThere(client, repo);
        return { kind: 'refused', why: error.message };
      }
    },

    async takeRole(repo, login) {
      const parameters = { ...at(repo), username: login };
      const route = `DELETE ${COLLABORATOR}` as const;
      await insideOr(client, repo, client.write(repo.installationId, 'release', route, parameters, wire.done));
    },

    async privateForks(repo, person) {
      if (!(await repositoryOf(client, repo)).private) return [];
      const list = await client.list(repo.installationId, 'GET /repos/{owner}/{repo}/forks', at(repo), wire.forks);
      return list.filter(({ owner }) => owner.id === person).map(({ full_name: name }) => name);
    },

    async invitations(repo) {
      const route = 'GET /repos/{owner}/{repo}/invitations';
      const list = await client.list(repo.installationId, route, at(repo), wire.invitations);
      return list.map(({ id, invitee, inviter, permissions, expired }) => ({
        id,
        invitee: invitee === null ? null : userId(invitee.id),
        role: namedRole(permissions).role,
        expired: expired === true,
        byPerson: inviter?.type === 'User',
      }));
    },

    async deleteInvitation(repo, id) {
      const parameters = { ...at(repo), invitation_id: id };
      const route = 'DELETE /repos/{owner}/{repo}/invitations/{invitation_id}';
      await insideOr(client, repo, client.write(repo.installationId, 'release', route, parameters, wire.done));
    },
  };
}

/** The role of a name; the older field tells what a custom one includes, and whether there is any. */
const roleOf = (name: string, older: string): Role | null =>
  roleFrom(older) === null ? roleFrom(name) : namedRole(name, older).role;

/** The flags are about everything together. Under a custom role's name there is nothing above it but what it includes. */
const includedIn = (direct: NamedRole | null, { name, role, most }: Effective): Pick<Access, 'includes'> =>
  most !== null && direct !== null && typeof role === 'object' && role !== null && goesBy(direct.role, name)
    ? { includes: most }
    : {};

const stronger = (a: Role | null, b: Role): Role | null => (compareRoles(b, a) === 'more' ? b : a);
