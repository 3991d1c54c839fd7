/** What does GitHub's GraphQL say about the collaborators of a repository, and the members of a team? Nothing else can be asked here. */

import { repoByName } from '../world/find.ts';
import {
  effectiveRole,
  peopleWithAccess,
  roleSources,
  roleWord,
  standardRole,
  type RoleSource,
} from '../world/roles.ts';
import type { Account, Repo, RoleName, World } from '../world/state.ts';
import { nodeId } from '../show/shape.ts';
import { reaches, type Caller } from './auth.ts';
import { parseQuery, type Field } from './graphql-query.ts';
import { MissingThing, pick, scalar, select, unknownField, user, type Fields } from './graphql-select.ts';
import { organization } from './graphql-teams.ts';
import { isObject } from './input.ts';
import { problem, type Answer } from './route.ts';

/** Answers `repository { collaborators { ... } }` by the query's own selection, and refuses everything else loudly. */
export function answerGraphql(world: World, caller: Caller, raw: string): Answer {
  if (!world.graphqlAvailable) return problem(403, 'Resource not accessible by integration');
  if (caller.kind !== 'installation') return problem(401, 'Bad credentials');
  try {
    const { query, variables } = requestOf(raw);
    const data: Record<string, unknown> = {};
    for (const field of parseQuery(query, variables)) data[field.alias] = root(world, caller, field);
    return { status: 200, body: { data } };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof MissingThing) {
      return {
        status: 200,
        body: { data: {}, errors: [{ type: 'NOT_FOUND', message }] },
      };
    }
    world.violations.push({ kind: 'graphql', operation: 'graphql', message });
    return { status: 200, body: { errors: [{ message }] } };
  }
}

function requestOf(raw: string): { query: string; variables: Fields } {
  const body: unknown = JSON.parse(raw);
  if (!isObject(body) || typeof body['query'] !== 'string') throw new Error('A query attribute must be specified');
  return { query: body['query'], variables: isObject(body['variables']) ? body['variables'] : {} };
}

function root(world: World, caller: Extract<Caller, { kind: 'installation' }>, field: Field): unknown {
  if (field.name === 'rateLimit')
    return pick({ cost: 1, remaining: world.rateLimit, limit: world.rateLimit }, field, 'RateLimit');
  if (field.name === 'organization') return organization(world, caller, field);
  if (field.name !== 'repository') throw new Error(`Field '${field.name}' can't be asked of the local GitHub`);
  const owner = String(field.args['owner']);
  const name = String(field.args['name']);
  const repo = repoByName(world, owner, name);
  if (repo === null || !reaches(caller.token, repo)) {
    throw new MissingThing(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
  }
  return select(field, 'Repository', (inner) =>
    inner.name === 'collaborators' ? collaborators(world, repo, inner) : scalar(repository(repo), inner, 'Repository'),
  );
}

const repository = (repo: Repo): Fields => ({
  id: nodeId('Repository', repo.id),
  databaseId: repo.id,
  name: repo.name,
  nameWithOwner: `${repo.owner.login}/${repo.name}`,
});

function collaborators(world: World, repo: Repo, field: Field): unknown {
  const { query, login, affiliation, first } = field.args;
  if (typeof first !== 'number' || first < 1 || first > 100) {
    throw new Error(
      'You must provide a `first` or `last` value to properly paginate the `collaborators` connection, up to 100.',
    );
  }
  const direct = affiliation === 'DIRECT' || affiliation === 'OUTSIDE';
  const words = typeof query === 'string' ? query.toLowerCase() : '';
  const people = peopleWithAccess(world, repo)
    .filter((person) => !direct || repo.collaborators.has(person.id))
    // A search: it finds whoever's login or name contains the words, not the one account alone.
    .filter((person) => `${person.login} ${person.name ?? ''}`.toLowerCase().includes(words))
    .filter((person) => typeof login !== 'string' || person.login.toLowerCase() === login.toLowerCase());
  const after = typeof field.args['after'] === 'string' ? Number(field.args['after']) : 0;
  const shown = people.slice(after, after + first);
  return select(field, 'RepositoryCollaboratorConnection', (inner) => {
    if (inner.name === 'edges') return shown.map((person, at) => edge(world, repo, person, after + at, inner));
    if (inner.name === 'nodes') return shown.map((person) => pick(user(person), inner, 'User'));
    if (inner.name === 'totalCount') return people.length;
    if (inner.name === 'pageInfo') {
      const end = after + shown.length;
      return pick({ hasNextPage: end < people.length, endCursor: String(end) }, inner, 'PageInfo');
    }
    throw unknownField(inner, 'RepositoryCollaboratorConnection');
  });
}

function edge(world: World, repo: Repo, person: Account, cursor: number, field: Field): unknown {
  return select(field, 'RepositoryCollaboratorEdge', (inner) => {
    if (inner.name === 'node') return pick(user(person), inner, 'User');
    if (inner.name === 'cursor') return String(cursor + 1);
    if (inner.name === 'permission') return permissionWord(world, repo, effectiveRole(world, repo, person));
    if (inner.name === 'permissionSources') {
      return roleSources(world, repo, person).map((source) => permissionSource(world, repo, source, inner));
    }
    throw unknownField(inner, 'RepositoryCollaboratorEdge');
  });
}

/** `RepositoryPermission`: the standard role that a custom one builds on. */
function permissionWord(world: World, repo: Repo, role: RoleName | null): string {
  return roleWord((role === null ? null : standardRole(world, repo, role)) ?? 'pull').toUpperCase();
}

function permissionSource(world: World, repo: Repo, source: RoleSource, field: Field): unknown {
  return select(field, 'PermissionSource', (inner) => {
    if (inner.name === 'roleName') return roleWord(source.role);
    if (inner.name === 'permission') return permissionWord(world, repo, source.role);
    if (inner.name === 'organization')
      return pick({ login: repo.owner.login, databaseId: repo.owner.id }, inner, 'Organization');
    if (inner.name !== 'source') throw unknownField(inner, 'PermissionSource');
    if (source.kind === 'repository') return pick(repository(repo), inner, 'Repository');
    if (source.kind === 'organization') {
      const { login, id } = repo.owner;
      return pick(
        { id: nodeId('Organization', id), databaseId: id, login, name: repo.owner.name },
        inner,
        'Organization',
      );
    }
    const { id, slug, name } = source.team;
    return pick(
      { id: nodeId('Team', id), databaseId: id, slug, name, combinedSlug: `${repo.owner.login}/${slug}` },
      inner,
      'Team',
    );
  });
}
