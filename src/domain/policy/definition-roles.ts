/** How a policy file names roles, and declares those that an organisation defined. */

import { z } from 'zod';
import { BASE_ROLES, roleFrom, ROLES, type BaseRole } from '../role.ts';
import { reject } from './definition-values.ts';
import { MAX_ROLE_NAME, ROLE_NAME } from './roles.ts';

/** A role that may be asked for. Whether a custom one is declared shows where the whole file is looked at. */
const roleWord = z.string({ error: `a role: one of ${ROLES.join(', ')}, or one of \`custom-roles\`` }).meta({
  description: 'One of the five, or the name of one that `custom-roles` declares.',
  anyOf: [{ enum: ['pull', 'read', 'triage', 'push', 'write', 'maintain', 'admin'] }, { minLength: 1 }],
});

const BASES = `one of ${BASE_ROLES.join(', ')}`;

const baseRole: z.ZodType<BaseRole, string> = z
  .string({ error: BASES })
  .meta({ enum: ['pull', 'read', 'triage', 'push', 'write', 'maintain'] })
  .transform((word, context) => {
    const found = BASE_ROLES.find((base) => base === roleFrom(word));
    if (found !== undefined) return found;
    reject(context, 'bad-base', `no custom role builds on "${word.slice(0, 60)}"`, `it builds on ${BASES}`);
    return z.NEVER;
  });

/** What `/request` can say, so that a name can't be taken for another: ASCII, and none that the five go by. */
const customRoleName = z
  .string()
  .superRefine((text, context) => {
    if (roleFrom(text) !== null)
      reject(context, 'bad-name', `"${text}" is a role of GitHub's own`, "use the name of the organisation's role");
    else if (text.length > MAX_ROLE_NAME)
      reject(context, 'bad-name', `the name is longer than ${String(MAX_ROLE_NAME)} characters`);
    else if (!ROLE_NAME.test(text) || text.includes('  '))
      reject(
        context,
        'bad-name',
        `"${text.slice(0, 60)}" can't be the name of a custom role`,
        'letters a to z, digits, single spaces and . _ & / + - can be used',
      );
  })
  .meta({
    description: "The organisation's name of the role, just as GitHub shows it.",
    examples: ['release-captain'],
  });

/** Roles that may be asked for; `empty` is said where there are none. */
export const roleList = (empty: string) =>
  z.array(roleWord, { error: 'a list of roles, such as [triage, push]' }).min(1, { error: empty });

export const customRoleKeys = z.strictObject(
  {
    base: baseRole.meta({
      description: 'The role that it builds on, as the organisation defined it. It gives that and more.',
    }),
  },
  { error: 'a mapping such as { base: push }' },
);

export const customRoles = z
  .record(customRoleName, customRoleKeys, {
    error: 'a mapping of names to roles, such as { release-captain: { base: push } }',
  })
  .default({})
  .meta({ description: "The organisation's own repository roles that access rules and limits name." });
