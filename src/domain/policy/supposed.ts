/** How a person writes down facts for the tools that try a policy out: the shape of a facts file. */

import { z } from 'zod';
import { roleFrom, ROLES } from '../role.ts';

/** What is not said is unknown, and so is what is said to be. */
const UNKNOWN = 'unknown';

const person = z
  .union([z.string(), z.int().positive()], { error: "a login, or an account's number" })
  .meta({ description: 'A login, or the numeric account id.' });
const people = z.array(person, { error: 'a list of logins or account numbers' });
const texts = (what: string) => z.array(z.string({ error: 'a text' }), { error: what });
const told = <T extends z.ZodType>(type: T) =>
  z.union([z.literal(UNKNOWN), type], { error: `what it is, or \`${UNKNOWN}\`` }).optional();

const pull = z.strictObject(
  {
    number: z.int().positive().optional(),
    author: person.optional().meta({ description: 'Who opened it.' }),
    title: z.string().optional(),
    labels: texts('a list of labels').optional(),
    draft: z.boolean().optional(),
    fork: z.boolean().optional().meta({ description: 'Whether it comes from a fork.' }),
    base: z.string().optional().meta({ description: 'The branch it goes into.' }),
    head: z.string().optional().meta({ description: 'The branch it comes from.' }),
    lines: z.int().min(0).optional().meta({ description: 'Lines added and removed together.' }),
  },
  { error: 'a mapping with what is known of the pull request' },
);

const check = z.union(
  [
    z.string(),
    z.strictObject({
      name: z.string(),
      app: z.string().optional(),
      state: z.enum(['succeeded', 'failed', 'running']).default('succeeded'),
    }),
  ],
  { error: "a check's name, or a mapping with `name`, `app` and `state`" },
);

const run = z.strictObject(
  {
    event: z.string().optional().meta({ description: 'What started the workflow run, such as push.' }),
    actor: person.optional().meta({ description: 'Who started it.' }),
    'rerun-by': person.optional().meta({ description: 'Who started this attempt, where it was run again.' }),
    fork: z.boolean().optional().meta({ description: 'Whether its head is in a fork.' }),
  },
  { error: 'a mapping with what is known of the workflow run' },
);

const role = z.string({ error: `one of ${ROLES.join(', ')}` }).transform((word, context) => {
  const found = roleFrom(word);
  if (found !== null) return found;
  context.addIssue({ code: 'custom', message: `"${word.slice(0, 60)}" is no role; the roles are ${ROLES.join(', ')}` });
  return z.NEVER;
});

/** Every fact that a decision can ask for. */
export const supposedKeys = z.strictObject(
  {
    pull: pull
      .optional()
      .meta({ description: 'The pull request: the one that is merged, or that brought a deployment.' }),
    files: told(texts('a list of paths')).meta({
      description: 'Paths that change, old names of renamed files included.',
    }),
    contributors: told(people).meta({ description: 'Everyone who wrote or committed a part.' }),
    unattributed: z.int().min(0).optional().meta({ description: 'Commits that belong to no known account.' }),
    pushers: people.optional().meta({ description: 'Everyone who pushed to the pull request.' }),
    signed: told(z.boolean()).meta({ description: 'Whether every commit has a verified signature.' }),
    checks: told(z.array(check, { error: 'a list of checks' })).meta({
      description: 'Checks of others on the commit.',
    }),
    run: told(run).meta({ description: 'The workflow run that deploys.' }),
    'ref-kind': z.enum(['branch', 'tag', 'other']).optional().meta({ description: 'What the deployed ref is.' }),
    groups: z
      .record(z.string(), z.union([z.literal(UNKNOWN), people], { error: 'a list of logins' }), {
        error: 'a mapping of groups to their members',
      })
      .optional()
      .meta({ description: "Members of the policy's groups, as a whole: nothing else is looked at for these." }),
    teams: z
      .record(z.string(), z.union([z.literal(UNKNOWN), people], { error: 'a list of logins' }), {
        error: 'a mapping of teams to their members',
      })
      .optional()
      .meta({ description: 'Members of teams, by slug.' }),
    roles: z
      .record(z.string(), role, { error: 'a mapping of logins to roles' })
      .optional()
      .meta({ description: "Everyone's role on the repository. Who is not named has none." }),
    owners: told(people).meta({ description: 'The code owners of the files that change.' }),
  },
  { error: 'a mapping of facts, such as { files: [src/a.ts], teams: { release: [ana] } }' },
);

/** Facts as a person supposes them. */
export type Supposed = z.output<typeof supposedKeys>;
export type SupposedPerson = z.output<typeof person>;
export const supposedPerson = person;

/** JSON Schema of a facts file. */
export const factsSchema = (): object => ({
  title: 'Facts for jit-gate policy explain',
  ...z.toJSONSchema(supposedKeys, { io: 'input' }),
});
