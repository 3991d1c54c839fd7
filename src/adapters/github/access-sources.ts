/** From where does a person's access to a repository come: given directly, through a team, or through the organisation? */

import type { Person, RepoRef } from '../../domain/identity.ts';
import { compareRoles, namedRole, type NamedRole } from '../../domain/role.ts';
import type { Client, Parameters } from './client.ts';
import type { OtherRole } from '../../engine/ports.ts';
import { mustBe } from './repository.ts';
import { wire, type WirePermissionSource, type WirePermissionSources } from './wire.ts';

/** `listed`: GitHub named the person and where the access comes from. A public repository can be read by people who are not. */
export type Sources =
  | {
      readonly listed: true;
      readonly direct: NamedRole | null;
      readonly others: readonly OtherRole[];
    }
  | { readonly listed: false };

/** `query` is a search by login and name, so others can come too; the account's id tells which is meant. */
const QUERY = `query ($owner: String!, $name: String!, $login: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    databaseId
    collaborators(query: $login, affiliation: ALL, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges {
        permission
        permissionSources {
          permission
          roleName
          source {
            __typename
            ... on Team { slug }
            ... on Organization { login }
          }
        }
        node { databaseId }
      }
    }
  }
}`;

/** Pages of people whose login or name contains the login; more than one is rare. */
const MAX_PAGES = 10;

/** `null` where GitHub does not tell sources to this app. Throws `GitHubRefused` where it refuses the query. */
export async function sourcesOf(client: Client, repo: RepoRef, person: Person): Promise<Sources | null> {
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const variables: Parameters = { owner: repo.owner, name: repo.name, login: person.login, after };
    const answer: WirePermissionSources = await client.graphql(repo.installationId, QUERY, variables, wire.sources);
    const { repository } = answer;
    if (repository?.collaborators?.edges === undefined || repository.collaborators.edges === null) return null;
    mustBe(repo, repository.databaseId);
    const { edges, pageInfo } = repository.collaborators;
    const own = edges.find((edge) => edge.node.databaseId === person.id);
    if (own !== undefined) return split(own.permissionSources ?? []);
    after = pageInfo.endCursor ?? null;
    if (!pageInfo.hasNextPage || after === null) return { listed: false };
  }
  return null;
}

/** The repository itself as a source means that the role was given directly. */
function split(sources: readonly WirePermissionSource[]): Sources | null {
  // Someone who is listed has access from somewhere: without a source nothing is told.
  if (sources.length === 0) return null;
  let direct: NamedRole | null = null;
  const others: OtherRole[] = [];
  for (const { permission, roleName, source } of sources) {
    // `permission` is one of the standard roles, of a custom one that which it builds on.
    const named = namedRole(roleName ?? permission.toLowerCase(), permission);
    if (source.__typename !== 'Repository') others.push({ ...named, ...waysOf(source) });
    else if (direct === null || compareRoles(named.role, direct.role) === 'more') direct = named;
  }
  return { listed: true, direct, others };
}

const waysOf = (source: WirePermissionSource['source']): Pick<OtherRole, 'source' | 'byTeam'> => ({
  source: sourceName(source),
  ...(source.__typename === 'Team' ? { byTeam: true } : {}),
});

function sourceName(source: WirePermissionSource['source']): string {
  if (source.__typename === 'Team') return `the team ${source.slug ?? ''}`.trim();
  if (source.__typename === 'Organization') return `the organisation ${source.login ?? ''}`.trim();
  return source.__typename;
}
