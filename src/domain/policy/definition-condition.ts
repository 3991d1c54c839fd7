/** Which conditions a policy file knows, for `when` and `unless`. */

import { z } from 'zod';
import { flag, flatGlob, flatGlobList, globList, reject, slug, teams, users } from './definition-values.ts';
import type { CheckName, Condition, Named } from './model.ts';

export const authorKeys = z.strictObject({ users: users.optional(), teams: teams.optional() });

const named = (key: string): z.ZodType<Named> =>
  z
    .union([users, authorKeys], {
      error: 'a list of logins, or a mapping with `users` and `teams`',
    })
    .transform((value, context): Named => {
      const people = Array.isArray(value)
        ? { users: value, teams: [] }
        : { users: value.users ?? [], teams: value.teams ?? [] };
      if (people.users.length + people.teams.length === 0)
        reject(context, 'empty-condition', `\`${key}\` names nobody`);
      return people;
    });

const MAX_LINES = 10_000_000;
const MAX_CHECKS = 50;

const lines = (description: string) =>
  z
    .int({ error: 'a number of lines' })
    .min(0, { error: 'the number of lines is negative' })
    .max(MAX_LINES, { error: `the number of lines is more than ${String(MAX_LINES)}` })
    .optional()
    .meta({ description });

export const lineKeys = z.strictObject(
  { min: lines('At least so many.'), max: lines('At most so many.') },
  { error: 'a mapping with `min` and `max`, such as { max: 20 }' },
);

const linesChanged = lineKeys.superRefine(({ min, max }, context) => {
  if (min === undefined && max === undefined)
    reject(context, 'empty-condition', '`lines-changed` says nothing', 'name `min`, `max` or both');
  else if (min !== undefined && max !== undefined && min > max)
    reject(context, 'never-met', '`min` is more than `max`, so that nothing is between', 'exchange the two');
});

export const checkKeys = z.strictObject({
  name: flatGlob(false).meta({ description: 'Name of the check; * stands for anything.' }),
  app: slug.optional().meta({ description: 'Slug of the app that reports it, such as github-actions; otherwise any.' }),
});

const checkName: z.ZodType<CheckName> = z
  .union([flatGlob(false), checkKeys], { error: "a check's name, or a mapping with `name` and `app`" })
  .transform((value) =>
    'matches' in value ? { glob: value, app: null } : { glob: value.name, app: value.app ?? null },
  );

const checkNames = z
  .array(checkName, { error: 'a list of checks, such as ["ci/test"]' })
  .min(1, { error: 'no check is named' })
  .max(MAX_CHECKS, { error: `there are more than ${String(MAX_CHECKS)} checks` });

const conditionList = (): z.ZodType<Condition[]> =>
  z
    .array(
      z.lazy(() => condition),
      { error: 'a list of conditions' },
    )
    .min(1, { error: 'the list of conditions is empty' });

const FILES = '["docs/**"]';

export const conditionKeys = z.strictObject(
  {
    paths: globList(false, FILES).optional().meta({ description: 'A changed file matches.' }),
    'only-paths': globList(false, FILES).optional().meta({ description: 'Every changed file matches.' }),
    authors: named('authors').optional().meta({
      description:
        "Met where everyone who had a hand in it is one of these, unmet where nobody is; a mixture can't be told.",
    }),
    'only-authors': named('only-authors')
      .optional()
      .meta({ description: 'Everyone who had a hand in it is one of these.' }),
    title: flatGlobList(true, '["chore*"]').optional().meta({ description: 'The title matches, in any case.' }),
    labels: globList(true, '["hotfix"]').optional().meta({ description: 'The pull request has a label that matches.' }),
    base: globList(false, '["main"]').optional().meta({ description: 'The branch it goes into matches.' }),
    head: globList(false, '["renovate/**"]').optional().meta({ description: 'The branch it comes from matches.' }),
    draft: flag.optional().meta({ description: 'Whether the pull request is a draft.' }),
    fork: flag.optional().meta({ description: 'Whether it comes from a fork.' }),
    'lines-changed': linesChanged
      .optional()
      .meta({ description: 'How many lines a pull request adds and removes together.' }),
    signed: flag.optional().meta({ description: 'Whether every commit has a signature that GitHub verified.' }),
    event: globList(false, '["workflow_dispatch"]')
      .optional()
      .meta({ description: "What started the workflow run, by GitHub's names." }),
    checks: checkNames.optional().meta({ description: 'These checks of others succeeded.' }),
    all: conditionList().optional().meta({ description: 'Every one of these is met.' }),
    any: conditionList().optional().meta({ description: 'At least one of these is met.' }),
    not: z
      .lazy(() => condition)
      .optional()
      .meta({ description: 'This is not met.' }),
  },
  { error: 'a condition, such as { paths: ["docs/**"] }' },
);

type Keys = z.output<typeof conditionKeys>;

/** Each key of the mapping as a condition of its own. */
function partsOf(value: Keys): readonly Condition[] {
  const each = <K extends keyof Keys>(
    kinds: readonly K[],
    make: (kind: K, given: Exclude<Keys[K], undefined>) => Condition,
  ): readonly Condition[] =>
    kinds.flatMap((kind) => {
      const given = value[kind];
      return given === undefined ? [] : [make(kind, given as Exclude<Keys[K], undefined>)];
    });
  return [
    ...each(['paths', 'only-paths', 'labels', 'title', 'base', 'head', 'event'], (kind, globs) => ({ kind, globs })),
    ...each(['draft', 'fork', 'signed'], (kind, is) => ({ kind, is })),
    ...each(['authors', 'only-authors'], (kind, people) => ({ kind, ...people })),
    ...each(['all', 'any'], (kind, of) => ({ kind, of })),
    ...each(['lines-changed'], (kind, { min, max }) => ({ kind, min: min ?? null, max: max ?? null })),
    ...each(['checks'], (kind, checks) => ({ kind, checks })),
    ...each(['not'], (kind, of) => ({ kind, of })),
  ];
}

/** Several keys in one mapping mean all of them. */
export const condition: z.ZodType<Condition> = conditionKeys
  .transform((value, context): Condition => {
    const parts = partsOf(value);
    const [only] = parts;
    if (only === undefined) {
      reject(
        context,
        'empty-condition',
        'the condition says nothing',
        'name what has to be so, such as `paths`, or remove it',
      );
      return z.NEVER;
    }
    return parts.length === 1 ? only : { kind: 'all', of: parts };
  })
  .meta({ id: 'condition', description: 'A statement about what is held; several keys mean all of them.' });
