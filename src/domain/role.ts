/** Which repository roles exist and how they compare. */

/** The standard roles that GitHub's collaborators API takes, weakest first (https://docs.github.com/en/rest/collaborators/collaborators). */
export const ROLES = ['pull', 'triage', 'push', 'maintain', 'admin'] as const;
export type StandardRole = (typeof ROLES)[number];

/** The standard roles that a custom one can build on. */
export const BASE_ROLES = ['pull', 'triage', 'push', 'maintain'] as const satisfies readonly StandardRole[];
export type BaseRole = (typeof BASE_ROLES)[number];

/**
 * A role that an organisation defined: it gives everything that `base` gives, and more of which nothing is known.
 * `custom` is the organisation's name for it.
 */
export type CustomRole = { readonly custom: string; readonly base: BaseRole };

export type Role = StandardRole | CustomRole;

/** A role under a name that GitHub takes, which can be `write` for `push`. */
export type NamedRole = { readonly name: string; readonly role: Role };

/** GitHub answers `role_name` with `read` and `write` where it is asked for `pull` and `push`. */
const SYNONYMS: Readonly<Record<string, StandardRole>> = {
  pull: 'pull',
  read: 'pull',
  triage: 'triage',
  push: 'push',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin',
};

/** The standard role a word names, in either of GitHub's spellings and any case; `null` when it is not one of the five. */
export function roleFrom(word: string): StandardRole | null {
  const key = word.toLowerCase();
  return Object.hasOwn(SYNONYMS, key) ? (SYNONYMS[key] ?? null) : null;
}

/**
 * A role as GitHub names it. `told` is a standard role that it is said to include, in GitHub's words: without one, a
 * custom role is known to let people read and no more.
 */
export function namedRole(name: string, told: string | null = null): NamedRole {
  return { name, role: roleFrom(name) ?? { custom: name, base: baseFrom(told) } };
}

function baseFrom(told: string | null): BaseRole {
  const standard = told === null ? null : roleFrom(told);
  return standard === 'admin' ? 'maintain' : (standard ?? 'pull');
}

/** The name under which a role is shown and asked for. */
export const roleName = (role: Role): string => (typeof role === 'string' ? role : role.custom);

/** What the audit log says of a role beside the rows: its name, and what a custom one was declared to build on. */
export const roleData = (role: Role): { readonly role: string; readonly base?: BaseRole } =>
  typeof role === 'string' ? { role } : { role: role.custom, base: role.base };

/** The role that a row in the audit log has; `null` where that is none. */
export function recordedRole(value: unknown): Role | null {
  if (typeof value === 'string') return roleFrom(value);
  if (typeof value !== 'object' || value === null || !('custom' in value) || !('base' in value)) return null;
  const base = BASE_ROLES.find((one) => one === value.base);
  return base === undefined || typeof value.custom !== 'string' ? null : { custom: value.custom, base };
}

/** Whether a word, in any case, is a name of this role. */
export const goesBy = (role: Role, word: string): boolean =>
  typeof role === 'string' ? roleFrom(word) === role : role.custom.toLowerCase() === word.toLowerCase();

/** `unclear`: each may give what the other does not. */
export type RoleOrder = 'less' | 'same' | 'more' | 'unclear';

/**
 * What `a` gives beside `b`; `null` is no access at all. A custom role is above its base and below admin. Of what else it
 * gives nothing is known, so it can't be compared with another custom role, nor with a standard one above its base.
 */
export function compareRoles(a: Role | null, b: Role | null): RoleOrder {
  if (a === null || b === null) return a === b ? 'same' : a === null ? 'less' : 'more';
  if (goesBy(a, roleName(b))) return 'same';
  if (isAbove(a, b)) return 'more';
  return isAbove(b, a) ? 'less' : 'unclear';
}

/** Whether one of two that are not the same surely gives everything that the other gives. */
const isAbove = (one: Role, other: Role): boolean =>
  typeof other === 'string' ? rank(typeof one === 'string' ? one : one.base) >= rank(other) : one === 'admin';

/** Whether `a` surely gives everything that `b` gives. */
export function includesRole(a: Role | null, b: Role | null): boolean {
  const order = compareRoles(a, b);
  return order === 'same' || order === 'more';
}

/** Whether two are one role in every respect. Under one name another base promises another thing. */
export const isSameRole = (a: Role, b: Role): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : goesBy(a, b.custom) && a.base === b.base;

/** Whether a list has the role, in every respect. */
export const hasRole = (roles: readonly Role[], role: Role): boolean => roles.some((each) => isSameRole(each, role));

/** The list without those that it has already, in the order of their first. */
export const distinctRoles = (roles: readonly Role[]): readonly Role[] =>
  roles.filter((role, index) => !hasRole(roles.slice(0, index), role));

/** Weakest first: by the standard role, each custom one after those that it builds on. */
export const byStrength = (a: Role, b: Role): number => weight(a) - weight(b);

const weight = (role: Role): number => (typeof role === 'string' ? rank(role) : rank(role.base) + 0.5);

/**
 * Whether what GitHub tells of a custom role speaks against the base that was declared. GitHub's older words fold maintain
 * into write and triage into read, so that `push` and `pull` can stand for either.
 */
export const contradictsBase = (declared: BaseRole, told: BaseRole): boolean =>
  told === 'triage' || told === 'maintain' ? told !== declared : OLDER_WORD[declared] !== told;

const OLDER_WORD = { pull: 'pull', triage: 'pull', push: 'push', maintain: 'push' } as const satisfies Readonly<
  Record<BaseRole, BaseRole>
>;

const rank = (role: StandardRole): number => ROLES.indexOf(role);
