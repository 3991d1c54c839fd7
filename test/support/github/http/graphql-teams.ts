/** What does GitHub's GraphQL say about the members of a team, and of the teams below it? */

import { organizationByLogin, teamBySlug, teamMembers } from '../world/find.ts';
import type { Account, Team, World } from '../world/state.ts';
import { nodeId } from '../show/shape.ts';
import type { Caller } from './auth.ts';
import type { Field } from './graphql-query.ts';
import { MissingThing, pick, select, unknownField, user } from './graphql-select.ts';

/** `organization(login:)`, which has to be the installation's own. */
export function organization(world: World, caller: Extract<Caller, { kind: 'installation' }>, field: Field): unknown {
  const login = String(field.args['login']);
  const org = organizationByLogin(world, login);
  if (org?.account !== caller.token.installation.account) {
    throw new MissingThing(`Could not resolve to an Organization with the login of '${login}'.`);
  }
  return select(field, 'Organization', (inner) => {
    if (inner.name !== 'team') throw unknownField(inner, 'Organization');
    const team = teamBySlug(org, String(inner.args['slug']));
    return team === null ? null : showTeam(world, team, inner);
  });
}

const showTeam = (world: World, team: Team, field: Field): unknown =>
  select(field, 'Team', (inner) => {
    if (inner.name === 'members') return members(world, team, inner);
    if (inner.name === 'childTeams') return childTeams(world, team, inner);
    const { id, slug, name } = team;
    return pick({ id: nodeId('Team', id), databaseId: id, slug, name }, { ...field, selection: [inner] }, 'Team')[
      inner.alias
    ];
  });

function members(world: World, team: Team, field: Field): unknown {
  const { membership = 'ALL', query, first } = field.args;
  mustBePaged(field, first);
  const words = typeof query === 'string' ? query.toLowerCase() : '';
  const all = teamMembers(world, team);
  const immediate = (person: Account): boolean => team.members.has(person.id);
  const found = all
    .filter((person) => membership === 'ALL' || immediate(person) === (membership === 'IMMEDIATE'))
    .filter((person) => `${person.login} ${person.name ?? ''}`.toLowerCase().includes(words));
  return select(field, 'TeamMemberConnection', (inner) => {
    if (inner.name === 'nodes') return found.slice(0, Number(first)).map((person) => pick(user(person), inner, 'User'));
    if (inner.name === 'totalCount') return found.length;
    throw unknownField(inner, 'TeamMemberConnection');
  });
}

function childTeams(world: World, team: Team, field: Field): unknown {
  const { immediateOnly = true, first } = field.args;
  mustBePaged(field, first);
  const all = [...team.org.teams.values()];
  const below = (of: Team): readonly Team[] =>
    all
      .filter(({ parent }) => parent === of)
      .flatMap((child) => (immediateOnly === true ? [child] : [child, ...below(child)]));
  const found = below(team);
  return select(field, 'TeamConnection', (inner) => {
    if (inner.name === 'nodes') return found.slice(0, Number(first)).map((child) => showTeam(world, child, inner));
    if (inner.name === 'pageInfo') return pick({ hasNextPage: found.length > Number(first) }, inner, 'PageInfo');
    throw unknownField(inner, 'TeamConnection');
  });
}

function mustBePaged(field: Field, first: unknown): void {
  if (typeof first === 'number' && first >= 1 && first <= 100) return;
  throw new Error(
    `You must provide a \`first\` or \`last\` value to properly paginate the \`${field.name}\` connection.`,
  );
}
