/** What does an access rule offer, and what does a word ask for under a policy? */

import { isTeam, teamIn, teamWord, type Grantable, type TeamRole } from '../grantable.ts';
import { distinctRoles, hasRole, roleName } from '../role.ts';
import type { AccessRule, Policy } from './model.ts';
import { roleIn } from './roles.ts';
import type { TeamName } from './team-name.ts';

type Offer = Pick<AccessRule, 'roles' | 'teams'>;

/** Whether a rule offers it. A team that the rule names with its number is no other of that slug. */
export const offers = ({ roles, teams }: Offer, what: Grantable): boolean =>
  isTeam(what) ? teams.some((team) => isMeant(team, what)) : hasRole(roles, what);

const isMeant = ({ slug, id }: TeamName, what: TeamRole): boolean =>
  slug === what.team && (id === null || id === what.id);

/** What rules offer together, by name: roles, then teams, in the order in which they are written. */
export const offeredNames = (rules: readonly Offer[]): readonly string[] => [
  ...distinctRoles(rules.flatMap(({ roles }) => roles)).map(roleName),
  ...new Set(rules.flatMap(({ teams }) => teams.map(({ slug }) => teamWord(slug)))),
];

/** Those among the teams that the limits name. A team that one of both names with its number is that one alone. */
export const teamsWithin = (teams: readonly TeamName[], limits: readonly TeamName[]): readonly TeamName[] =>
  teams.flatMap((team) => {
    const by = limits.find(({ slug, id }) => slug === team.slug && (id === null || team.id === null || id === team.id));
    return by === undefined ? [] : [{ slug: team.slug, id: team.id ?? by.id }];
  });

/** The team that a rule of the policy offers under a slug; one named with its number where there is one. */
export function offeredTeam({ access }: Pick<Policy, 'access'>, slug: string): TeamName | null {
  const named = access.flatMap(({ teams }) => teams).filter((team) => team.slug === slug);
  return named.find(({ id }) => id !== null) ?? named[0] ?? null;
}

/**
 * What a word asks for where GitHub can't be asked; `null` where the policy knows nothing of the name. A team has the
 * number that the policy gives, and none of GitHub's otherwise.
 */
export function supposedGrantable(policy: Pick<Policy, 'access' | 'customRoles'>, word: string): Grantable | null {
  const slug = teamIn(word);
  if (slug === null) return roleIn(policy, word);
  return { team: slug, id: offeredTeam(policy, slug)?.id ?? 0, org: 0 };
}

/** Whether two rules offer something in common. */
export const sharesOffer = (one: Offer, other: Offer): boolean => {
  const names = new Set(offeredNames([other]).map((name) => name.toLowerCase()));
  return offeredNames([one]).some((name) => names.has(name.toLowerCase()));
};

/** Everything that a rule offers, each as one that can be asked for. */
export const offeredBy = ({ roles, teams }: Offer): readonly Grantable[] => [
  ...roles,
  ...teams.map(({ slug, id }): TeamRole => ({ team: slug, id: id ?? 0, org: 0 })),
];
