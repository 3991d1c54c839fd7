/** The words about roles that can't be compared, and about those that GitHub does not take. */

import { when } from '../domain/explain.ts';
import type { Instant, Person, RepoRef } from '../domain/identity.ts';
import { codeSpan } from '../domain/markdown.ts';
import { compareRoles, roleName, type Role } from '../domain/role.ts';

/** Why a grant is not given. Plain text, which names nobody. */
export function unclearWords(role: Role, standing: readonly Role[]): string {
  const other = standing.find((each) => compareRoles(role, each) === 'unclear');
  const there = other === undefined ? 'the role that is there' : `${roleName(other)}, which is there already`;
  return `nobody can tell whether ${roleName(role)} gives everything that ${there}, gives: nothing is put in its place`;
}

/** Why a grant of a custom role failed. Plain text, and `why` are GitHub's words. */
export const unknownRoleWords = (name: string, why: string): string =>
  `GitHub did not take the custom role ${name}: an owner has to see that the organisation has a repository role of just this name, as the policy declares it (${why})`;

const COMPARED = 'A custom role can only be compared with what it builds on, and with `admin`.';

/** Said to somebody whose running grant gives what the asked role can't be compared with. Markdown. */
export const runningClashWords = (role: Role, running: Role, until: Instant): string =>
  `A grant of ${codeSpan(roleName(running))} runs until ${when(until)}, and nobody can tell whether ${codeSpan(roleName(role))} gives everything that it does. ${COMPARED} So that nothing that was granted is taken away, ask again when that grant is over; \`/revoke\` ends it.`;

/** Said to somebody who has a role that the asked one would take the place of. Markdown. */
export function standingClashWords(person: Person, repo: RepoRef, role: Role, standing: Role, exact: boolean): string {
  const from = exact ? 'directly' : 'and GitHub does not tell this app whether directly or through a team';
  return `${codeSpan(person.login)} has the role ${codeSpan(roleName(standing))} on ${codeSpan(`${repo.owner}/${repo.name}`)}, ${from}. Nobody can tell whether ${codeSpan(roleName(role))} gives everything that it does. ${COMPARED} So that nobody is lowered by asking, nothing is put in its place.`;
}
