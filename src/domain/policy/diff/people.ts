/** Who may do something before and after: the people behind group names, by where they come from. */

import { ROLES } from '../../role.ts';
import type { Group, Policy, UserName } from '../model.ts';
import { listed, movedBetween } from './change.ts';

/**
 * Those who may, in words such as `the team "release"`. A role is told by itself, as one has the others in it. They are
 * compared by these words, so nothing is cut off.
 */
export function sourcesOf(policy: Policy, names: readonly string[]): readonly string[] {
  const groups = names.flatMap((name) => policy.groups.get(name) ?? []);
  const role = leastRole(groups);
  return [
    ...new Set([
      ...groups.flatMap(({ teams }) => teams.map((team) => `the team "${team}"`)),
      ...groups.flatMap(({ users }) => users.map(userWords)),
      ...(groups.some(({ codeowners }) => codeowners) ? ['the code owners'] : []),
      ...(role === null ? [] : [`everyone with the role ${role} or more`]),
    ]),
  ];
}

const userWords = (user: UserName): string =>
  user.kind === 'login' ? user.login.toLowerCase() : `the account ${String(user.id)}`;

function leastRole(groups: readonly Group[]): Group['role'] {
  const indices = groups.flatMap(({ role }) => (role === null ? [] : [ROLES.indexOf(role)]));
  return indices.length === 0 ? null : (ROLES[Math.min(...indices)] ?? null);
}

/** Who came and who went between two lists of groups; `null` where nobody did. */
export function peopleMoved(
  before: { readonly policy: Policy; readonly names: readonly string[] },
  after: { readonly policy: Policy; readonly names: readonly string[] },
): { readonly come: string | null; readonly gone: string | null } {
  const { come, gone } = movedBetween(sourcesOf(before.policy, before.names), sourcesOf(after.policy, after.names));
  return { come: come.length === 0 ? null : listed(come), gone: gone.length === 0 ? null : listed(gone) };
}
