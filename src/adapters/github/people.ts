/** Who is meant: by a login, an id, a team or a role? */

import { userId, type Person } from '../../domain/identity.ts';
import { known, unknown } from '../../domain/result.ts';
import { ROLES } from '../../domain/role.ts';
import type { GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { at, unless } from './repository.ts';
import { wire, type WireAccount } from './wire.ts';

type Part = Pick<GitHub, 'teamMembers' | 'peopleWithRole' | 'userByLogin' | 'userById'>;

export function people(client: Client): Part {
  return {
    async teamMembers(installation, org, slug) {
      const parameters = { org, team_slug: slug };
      const route = 'GET /orgs/{org}/teams/{team_slug}/members';
      const list = await unless([403, 404], client.list(installation, route, parameters, wire.accounts));
      if (list === null) return unknown(`the team ${org}/${slug} does not exist, or the app may not see its members`);
      return known(distinct(list));
    },

    async peopleWithRole(repo, role) {
      const parameters = { ...at(repo), permission: role, affiliation: 'all' };
      const route = 'GET /repos/{owner}/{repo}/collaborators';
      const list = await unless([403], client.list(repo.installationId, route, parameters, wire.collaborators));
      if (list === null) return unknown(`GitHub does not let the app see who has the role ${role} here`);
      // The filter is GitHub's; what it lets through is looked at again.
      return known(
        distinct(
          list.filter(({ permissions }) => ROLES.slice(ROLES.indexOf(role)).some((one) => permissions?.[one] === true)),
        ),
      );
    },

    async userByLogin(installation, login) {
      const found = await unless(
        [404],
        client.get(installation, 'GET /users/{username}', { username: login }, wire.account),
      );
      return found === null ? null : personFrom(found);
    },

    async userById(installation, id) {
      const found = await unless(
        [404],
        client.get(installation, 'GET /user/{account_id}', { account_id: id }, wire.account),
      );
      return found?.id === id ? personFrom(found) : null;
    },
  };
}

const personFrom = (account: WireAccount): Person => ({ id: userId(account.id), login: account.login });

/** A list that changes between two pages can show someone twice. */
const distinct = (accounts: readonly WireAccount[]): readonly Person[] => [
  ...new Map(accounts.map((account) => [account.id, personFrom(account)])).values(),
];
