/** Who is in a team, by which way, and how does somebody come in and out of it? */

import type { InstallationId, Person } from '../../domain/identity.ts';
import { GitHubRefused, GitHubUnavailable, type GitHub, type Log } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { unless } from './repository.ts';
import { teamWays, type WireTeamWays } from './wire-teams.ts';
import { wire } from './wire.ts';

type Part = Pick<GitHub, 'team' | 'teamById' | 'orgMembership' | 'membership' | 'addMember' | 'removeMember'>;

const TEAM = '/orgs/{org}/teams/{team_slug}';
const MEMBERSHIP = '/orgs/{org}/teams/{team_slug}/memberships/{username}';

/**
 * `query` is a search by login and name, so others can come too; the account's id tells which is meant. A team lists the
 * members of those below it as its own: `IMMEDIATE` leaves them out
 * (https://docs.github.com/en/graphql/reference/enums#teammembershiptype).
 */
const WAYS = `query ($org: String!, $slug: String!, $login: String!) {
  organization(login: $org) {
    team(slug: $slug) {
      members(membership: IMMEDIATE, query: $login, first: 100) { nodes { databaseId } }
      childTeams(immediateOnly: false, first: 100) {
        pageInfo { hasNextPage }
        nodes { slug members(membership: IMMEDIATE, query: $login, first: 100) { nodes { databaseId } } }
      }
    }
  }
}`;

/** Whether somebody is in the very team, and the teams below it that the person is in, too. */
type Ways = { readonly immediate: boolean; readonly through: readonly string[] };

/** A team below, where nobody tells which. */
const SOME_TEAM = '(a team below it)';

export function memberships(client: Client, log: Log): Part {
  async function team(installation: InstallationId, org: string, slug: string) {
    const route = `GET ${TEAM}` as const;
    const parameters = { org, team_slug: slug };
    const found = await unless([403, 404], client.get(installation, route, parameters, wire.team));
    return found === null ? null : { team: found.slug.toLowerCase(), id: found.id, org: found.organization.id };
  }

  async function waysOf(installation: InstallationId, org: string, slug: string, person: Person): Promise<Ways | null> {
    try {
      const answer = await client.graphql(installation, WAYS, { org, slug, login: person.login }, teamWays);
      const told = waysIn(answer, person);
      if (told !== null) return told;
    } catch (error) {
      if (!(error instanceof GitHubRefused)) throw error;
      log.warn({ org, team: slug }, `how somebody is in a team is read from its list: ${error.message}`);
    }
    const parameters = { org, team_slug: slug };
    const list = await client.list(installation, `GET ${TEAM}/members`, parameters, wire.teamMembers);
    const inherited = list.find(({ id }) => id === person.id)?.inherited;
    if (inherited === undefined) return null;
    return { immediate: !inherited, through: inherited ? [SOME_TEAM] : [] };
  }

  return {
    team,

    async teamById(installation, org, id) {
      const slugNow = async (): Promise<string | undefined> => {
        const list = await client.list(installation, 'GET /orgs/{org}/teams', { org }, wire.teams);
        return list.find((one) => one.id === id)?.slug;
      };
      // The list is sorted by name: one that is renamed between two pages can be on neither of them, once.
      const slug = (await slugNow()) ?? (await slugNow());
      if (slug === undefined) return null;
      const found = await team(installation, org, slug);
      if (found?.id === id) return found;
      throw new GitHubUnavailable(`the team ${id} of ${org} is listed as ${slug}, and is not found there`, null);
    },

    async orgMembership(installation, org, person) {
      const parameters = { org, username: person.login };
      const route = 'GET /orgs/{org}/memberships/{username}';
      const found = await unless([404], client.get(installation, route, parameters, wire.orgMembership));
      if (found?.state !== 'active' || found.user?.id !== person.id) return null;
      return found.role === 'admin' ? 'admin' : 'member';
    },

    async membership(installation, org, slug, person) {
      const parameters = { org, team_slug: slug, username: person.login };
      const route = `GET ${MEMBERSHIP}` as const;
      const found = await unless([404], client.get(installation, route, parameters, wire.teamMembership));
      const none = { place: null, through: [], exact: true };
      if (found === null) return { ...none, pending: false };
      if (found.state !== 'active') return { ...none, pending: true };
      const ways = await waysOf(installation, org, slug, person);
      // Somebody is a member by one way at least: an answer that tells of none tells nothing.
      if (ways === null || (!ways.immediate && ways.through.length === 0)) {
        return { place: found.role, through: [], pending: false, exact: false };
      }
      return { place: ways.immediate ? found.role : null, through: ways.through, pending: false, exact: true };
    },

    async addMember(installation, org, slug, login) {
      const parameters = { org, team_slug: slug, username: login, role: 'member' };
      const route = `PUT ${MEMBERSHIP}` as const;
      try {
        const { value } = await client.write(installation, 'release', route, parameters, wire.teamMembership);
        return value.state === 'active' ? { kind: 'added' } : { kind: 'invited' };
      } catch (error) {
        if (!(error instanceof GitHubRefused) || ![403, 404, 422].includes(error.status)) throw error;
        return { kind: 'refused', why: error.message };
      }
    },

    async removeMember(installation, org, slug, login) {
      const parameters = { org, team_slug: slug, username: login };
      const route = `DELETE ${MEMBERSHIP}` as const;
      await unless([404], client.write(installation, 'release', route, parameters, wire.done));
    },
  };
}

/** `null` where GitHub does not tell the team to this app, or has more teams below it than were asked for. */
function waysIn({ organization }: WireTeamWays, person: Person): Ways | null {
  const team = organization?.team;
  if (!team || team.childTeams.pageInfo.hasNextPage) return null;
  const has = ({ nodes }: typeof team.members): boolean => (nodes ?? []).some((node) => node?.databaseId === person.id);
  const through = (team.childTeams.nodes ?? []).flatMap((child) => (child && has(child.members) ? [child.slug] : []));
  return { immediate: has(team.members), through };
}
