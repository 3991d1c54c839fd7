/** Which repository roles exist and how they compare. */

/** The roles that GitHub's collaborators API takes, weakest first (https://docs.github.com/en/rest/collaborators/collaborators). */
export const ROLES = ['pull', 'triage', 'push', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** GitHub answers `role_name` with `read` and `write` where it is asked for `pull` and `push`. */
const SYNONYMS: Readonly<Record<string, Role>> = {
  pull: 'pull',
  read: 'pull',
  triage: 'triage',
  push: 'push',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin',
};

/** The role a word names, in either of GitHub's spellings and any case; `null` when it is not one of the five. */
export function roleFrom(word: string): Role | null {
  const key = word.toLowerCase();
  return Object.hasOwn(SYNONYMS, key) ? (SYNONYMS[key] ?? null) : null;
}

/** Negative when `a` gives less than `b`, zero when the same, positive when more. `null` is no access at all. */
export const compareRoles = (a: Role | null, b: Role | null): number => rank(a) - rank(b);

/** The stronger of the two. */
export const higherRole = (a: Role | null, b: Role | null): Role | null => (compareRoles(a, b) >= 0 ? a : b);

const rank = (role: Role | null): number => (role === null ? -1 : ROLES.indexOf(role));
