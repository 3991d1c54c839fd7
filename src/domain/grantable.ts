/** What can be granted for a time: a role on a repository, or membership of a team? */

import { goesBy, isSameRole, roleData, roleName, type BaseRole, type Role } from './role.ts';

/**
 * Membership of a team. `team` is the slug that it was asked by, for showing. The team is known by `id`, and the
 * organisation that has it by `org`: GitHub's numbers, which no renaming changes.
 */
export type TeamRole = { readonly team: string; readonly id: number; readonly org: number };

export type Grantable = Role | TeamRole;

export const isTeam = (what: Grantable): what is TeamRole => typeof what === 'object' && 'team' in what;

const TEAM_WORD = /^team:(\S+)$/iu;

/** The team that a row in the audit log has; `null` where that is none. */
export function recordedTeam(value: unknown): TeamRole | null {
  if (typeof value !== 'object' || value === null || !('team' in value) || !('id' in value) || !('org' in value))
    return null;
  const { team, id, org } = value;
  return typeof team === 'string' && typeof id === 'number' && typeof org === 'number' ? { team, id, org } : null;
}

/** The slug in `team:SLUG`, in lower case; `null` for a word that means no team. */
export const teamIn = (word: string): string | null => TEAM_WORD.exec(word.trim())?.[1]?.toLowerCase() ?? null;

/** How a team is asked for and shown. */
export const teamWord = (slug: string): string => `team:${slug}`;

/** The name under which it is asked for and shown: a role's, or `team:SLUG`. */
export const grantableName = (what: Grantable): string => (isTeam(what) ? teamWord(what.team) : roleName(what));

/** What the audit log says of it beside the rows. */
export const grantableData = (
  what: Grantable,
): { readonly role: string; readonly base?: BaseRole; readonly team?: number } =>
  isTeam(what) ? { role: grantableName(what), team: what.id } : roleData(what);

/** Whether a word, in any case, is a name of it. */
export const isCalled = (what: Grantable, word: string): boolean =>
  isTeam(what) ? teamIn(word) === what.team : goesBy(what, word);

/** Whether two are the same in every respect. A team is the same under another slug, and another one under the same. */
export function isSameGrantable(a: Grantable, b: Grantable): boolean {
  if (isTeam(a) || isTeam(b)) return isTeam(a) && isTeam(b) && a.id === b.id;
  return isSameRole(a, b);
}
