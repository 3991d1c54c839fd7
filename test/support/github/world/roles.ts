/** Who has which role on a repository, and from where? */

import { organizationOf, teamMembers } from './find.ts';
import type { Account, Repo, RoleName, Team, World } from './state.ts';

/** The standard roles, weakest first, as the collaborators API takes them. */
export const STANDARD_ROLES = ['pull', 'triage', 'push', 'maintain', 'admin'] as const;
export type StandardRole = (typeof STANDARD_ROLES)[number];

const SPOKEN: Readonly<Record<string, StandardRole>> = {
  pull: 'pull',
  read: 'pull',
  triage: 'triage',
  push: 'push',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin',
};

/** The standard role that a word means or a custom role builds on; `null` where the organisation has no such role. */
export function standardRole(world: World, repo: Repo, role: RoleName): StandardRole | null {
  const spoken = Object.hasOwn(SPOKEN, role) ? SPOKEN[role] : undefined;
  if (spoken !== undefined) return spoken;
  const base = organizationOf(world, repo.owner)?.customRoles.get(role);
  return base === undefined ? null : (SPOKEN[base] ?? null);
}

export const rankOf = (role: StandardRole | null): number => (role === null ? -1 : STANDARD_ROLES.indexOf(role));

/** A role as GitHub names it in answers: `read` and `write` for `pull` and `push`, custom names as they are. */
export const roleWord = (role: RoleName): string => (role === 'pull' ? 'read' : role === 'push' ? 'write' : role);

/** One way in which a person has a role. */
export type RoleSource =
  | { readonly kind: 'repository'; readonly role: RoleName }
  | { readonly kind: 'team'; readonly role: RoleName; readonly team: Team }
  | { readonly kind: 'organization'; readonly role: RoleName };

/** Every way in which a person has a role on a repository; being able to read a public one is none of them. */
export function roleSources(world: World, repo: Repo, person: Account): RoleSource[] {
  const sources: RoleSource[] = [];
  if (repo.owner === person) sources.push({ kind: 'repository', role: 'admin' });
  const direct = repo.collaborators.get(person.id);
  if (direct !== undefined) sources.push({ kind: 'repository', role: direct });
  for (const [team, role] of repo.teamRoles) {
    if (teamMembers(world, team).includes(person)) sources.push({ kind: 'team', role, team });
  }
  const org = organizationOf(world, repo.owner);
  const membership = org?.members.get(person.id);
  if (org !== null && membership === 'admin') sources.push({ kind: 'organization', role: 'admin' });
  else if (org !== null && membership === 'member' && org.baseRole !== 'none') {
    sources.push({ kind: 'organization', role: SPOKEN[org.baseRole] ?? 'pull' });
  }
  return sources;
}

/** The highest role by its standard rank, a custom one above what it builds on; `null` for none. */
function highestRole(world: World, repo: Repo, sources: readonly RoleSource[]): RoleName | null {
  let best: RoleName | null = null;
  let bestRank = -1;
  for (const { role } of sources) {
    const standard = standardRole(world, repo, role);
    const rank = rankOf(standard) + (standard !== null && !Object.hasOwn(SPOKEN, role) ? 0.5 : 0);
    if (rank > bestRank) [best, bestRank] = [role, rank];
  }
  return best;
}

/** What a person can do on a repository in the end; everyone can read a public one. */
export const effectiveRole = (world: World, repo: Repo, person: Account): RoleName | null =>
  highestRole(world, repo, roleSources(world, repo, person)) ?? (repo.private ? null : 'pull');

/** Whether a person's role is at least this one. */
export function hasRole(world: World, repo: Repo, person: Account, least: StandardRole): boolean {
  const role = effectiveRole(world, repo, person);
  return role !== null && rankOf(standardRole(world, repo, role)) >= rankOf(least);
}

/** Everyone who has a role on the repository by any way. */
export const peopleWithAccess = (world: World, repo: Repo): Account[] =>
  [...world.accounts.values()].filter(
    (account) => account.type === 'User' && roleSources(world, repo, account).length > 0,
  );

/** The five flags that answers carry beside a role's name. */
export function permissionFlags(world: World, repo: Repo, role: RoleName | null): Record<string, boolean> {
  const rank = role === null ? -1 : rankOf(standardRole(world, repo, role));
  return {
    admin: rank >= 4,
    maintain: rank >= 3,
    push: rank >= 2,
    triage: rank >= 1,
    pull: rank >= 0,
  };
}

/** The older word, which folds maintain into write and triage into read. */
export function legacyPermission(world: World, repo: Repo, role: RoleName | null): string {
  const rank = role === null ? -1 : rankOf(standardRole(world, repo, role));
  if (rank >= 4) return 'admin';
  if (rank >= 2) return 'write';
  return rank >= 0 ? 'read' : 'none';
}
