/** The words about who can be taken into a team, and who can't. */

import type { TeamRole } from '../domain/grantable.ts';
import type { Person } from '../domain/identity.ts';
import { codeSpan } from '../domain/markdown.ts';

/** Why a grant is not given. Plain text, which names nobody. */
export const outsiderWords = (org: string): string =>
  `the account is not a member of the organisation ${org}: taking it into a team would invite it into the organisation, which is an owner's to do`;

/** The same, where the invitation has gone out. Plain text. */
export const INVITED_WORDS =
  'GitHub invited the account into the organisation, as it is no member any more: an owner has to withdraw that invitation';

/** Said to somebody who asks for a team and does not belong to the organisation. Markdown. */
export const notInOrganisation = (person: Person, org: string): string =>
  `${codeSpan(person.login)} is not a member of the organisation ${codeSpan(org)}. Taking somebody into a team would invite them into the organisation, which this app leaves to its owners. Ask again as a member.`;

/** Said to somebody who asks for a team and is in it. Markdown. */
export function alreadyIn(person: Person, { team }: TeamRole, through: readonly string[]): string {
  const how = through.length === 0 ? '' : `, through ${through.map(codeSpan).join(' and ')} below it`;
  return `${codeSpan(person.login)} is already a member of the team ${codeSpan(team)}${how}. Nothing changes. A running grant is made longer with \`/extend\`.`;
}

/** Said where the organisation's policy does not let a team be granted. Markdown. */
export const notAllowedWords = (team: string, owner: string): string =>
  `The organisation does not let membership of ${codeSpan(team)} be granted, whatever a repository's policy offers: a team has rights everywhere. Who may change the organisation's policy can allow it: in ${codeSpan(`${owner}/.github-private`)} or ${codeSpan(`${owner}/.github`)}, the file \`.jit-policy.yml\` has to name it under \`limits: { teams: [${team.replace(/[^\w.-]/gu, '')}] }\`, and whoever runs this app has to trust that repository with it (\`TEAMS_ALLOWED_BY\`).`;
