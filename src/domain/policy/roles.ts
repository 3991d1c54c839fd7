/** Which role a word means under a policy: one of the five, or a custom one that it declares. */

import { roleFrom, type CustomRole, type Role } from '../role.ts';
import type { AccessRule, Policy } from './model.ts';

/** Longest name of a custom role. */
export const MAX_ROLE_NAME = 100;

/** What a comment can say, in quotes where it has spaces. */
export const ROLE_NAME = /^[a-z\d](?:[a-z\d ._&/+-]*[a-z\d.+])?$/iu;

/** The role that people mean by a word, in any case; `null` where the policy knows none. */
export const roleIn = ({ customRoles }: Pick<Policy, 'customRoles'>, word: string): Role | null =>
  roleFrom(word) ?? customRoles.get(word.toLowerCase()) ?? null;

/** The rule with the roles that `declared` has under the same name in place of its own. */
export const redeclared = (rule: AccessRule, declared: ReadonlyMap<string, CustomRole>): AccessRule => ({
  ...rule,
  roles: rule.roles.map((role) =>
    typeof role === 'string' ? role : (declared.get(role.custom.toLowerCase()) ?? role),
  ),
});
