/** What stands in `.jit-policy.test.yml`: cases, each with what is held, who voted, and what should come of it. */

import { z } from 'zod';
import { parseDuration } from '../duration.ts';
import { after, instant, type Instant, type Millis } from '../identity.ts';
import { refused, type Result } from '../result.ts';
import type { Finding } from './model.ts';
import { readShape, type Read } from './read-shape.ts';
import { REASONS } from './reasons.ts';
import { supposedKeys, supposedPerson } from './supposed.ts';

const MAX_CASES = 500;
const MAX_OWED = 100;

export const VERDICTS = ['approved', 'pending', 'denied', 'none', 'refused'] as const;
export type CaseVerdict = (typeof VERDICTS)[number];

/** Monday, so that a case without a time is in no weekend's freeze. */
const OPENED = instant(Date.UTC(2026, 0, 5, 12));

const text = z.string({ error: 'a text' });

const duration = text.transform((written, context): Millis => {
  const read = parseDuration(written);
  if (read.ok) return read.value;
  context.addIssue({ code: 'custom', message: read.error });
  return z.NEVER;
});

const time = z
  .string({ error: 'a time such as 2026-12-20T10:00:00Z' })
  .meta({ description: 'A time with its zone, such as 2026-12-20T10:00:00Z.', examples: ['2026-12-20T10:00:00Z'] })
  .transform((written, context): Instant => {
    const at = /T.*(?:Z|[+-]\d\d:?\d\d)$/u.test(written) ? Date.parse(written) : Number.NaN;
    if (!Number.isNaN(at)) return instant(at);
    context.addIssue({ code: 'custom', message: 'write the time with its zone, such as 2026-12-20T10:00:00Z' });
    return z.NEVER;
  });

/** A time, or so long after the request was opened. */
const moment = z.union([time, duration.transform((later) => ({ later }))], {
  error: 'a time such as 2026-12-20T10:00:00Z, or a duration such as 30m',
});
type Moment = z.output<typeof moment>;

const merge = z.strictObject(
  {
    into: text.meta({ description: 'The branch that is merged into.' }),
    by: supposedPerson.optional().meta({ description: 'Who opened the pull request.' }),
  },
  { error: 'a mapping such as { into: main, by: ben }' },
);

const deployment = z.strictObject(
  {
    to: text.meta({ description: 'The environment.' }),
    ref: text.default('main').meta({ description: 'The branch or tag that is deployed.' }),
    by: supposedPerson.optional().meta({ description: 'Who started it.' }),
  },
  { error: 'a mapping such as { to: production, ref: main, by: ben }' },
);

const access = z.strictObject(
  {
    role: text.meta({ description: 'The role that is asked for, by any name that the policy knows it by.' }),
    by: supposedPerson.meta({ description: 'Who asks.' }),
    for: duration.optional().meta({ description: 'For how long; left out as a person can leave it out.' }),
    start: moment.optional().meta({ description: 'When it is to begin; left out: at once.' }),
    reason: text.default('to repair the build'),
    ticket: text.optional(),
  },
  { error: 'a mapping such as { role: push, by: erin, for: 2h }' },
);

const vote = z.union(
  [
    supposedPerson,
    z.strictObject({
      by: supposedPerson,
      says: z.enum(['approve', 'deny', 'break-glass']).default('approve'),
      review: z.boolean().default(false).meta({ description: 'Given by a review, not by a comment.' }),
      stale: z.boolean().default(false).meta({ description: 'Given for an earlier commit.' }),
      at: moment.optional().meta({ description: 'When; otherwise when the request was opened.' }),
    }),
  ],
  { error: 'a login, which approves, or a mapping with `by` and `says`' },
);

/** A review that is owed and that nobody has given. */
const owed = z.union(
  [
    supposedPerson,
    z.strictObject({
      by: supposedPerson.meta({ description: 'Who let something through without approvals.' }),
      due: moment.optional().meta({ description: 'By when it has to be given; left out: it is overdue already.' }),
    }),
  ],
  { error: 'a login, whose review is overdue, or a mapping with `by` and `due`' },
);

const reason = z.enum(REASONS, { error: `one of ${REASONS.join(', ')}` });
const verdict = z.enum(VERDICTS, { error: `one of ${VERDICTS.join(', ')}` });

const expectation = z.union(
  [
    verdict,
    z.strictObject({
      verdict,
      reasons: z
        .array(reason, { error: 'a list of reasons' })
        .optional()
        .meta({ description: 'Each has to be among those of the decision.' }),
      rules: z
        .record(
          text,
          z.union([z.enum(['approved', 'pending', 'denied', 'spared', 'absent']), reason], {
            error: 'a verdict, a reason, `spared` or `absent`',
          }),
        )
        .optional()
        .meta({
          description: 'How single gates or rules come out: by verdict, by reason, spared by a condition, or absent.',
        }),
      approvers: z
        .array(supposedPerson)
        .optional()
        .meta({ description: 'Exactly those whose approval would still count.' }),
    }),
  ],
  {
    error: `a verdict (${VERDICTS.join(', ')}), or a mapping with \`verdict\`, \`reasons\`, \`rules\` and \`approvers\``,
  },
);

const oneCase = z
  .strictObject(
    {
      name: text,
      merge: merge.optional(),
      deployment: deployment.optional(),
      access: access.optional(),
      facts: supposedKeys
        .optional()
        .meta({ description: 'Facts of this case; each key replaces the one for all cases.' }),
      votes: z.array(vote, { error: 'a list of votes' }).default([]),
      owed: z
        .array(owed, { error: 'a list of reviews that are owed' })
        .max(MAX_OWED, { error: `more than ${String(MAX_OWED)} reviews are owed` })
        .default([])
        .meta({
          description:
            'Reviews that are owed and not given: in the repository for a merge or deployment, by the person who asks for access.',
        }),
      opened: time.optional().meta({ description: 'When it was asked for.' }),
      at: moment.optional().meta({ description: 'When it is decided: a time, or so long after it was opened.' }),
      expect: expectation,
    },
    { error: 'a case: a mapping with `name`, one of `merge`, `deployment` and `access`, and `expect`' },
  )
  .superRefine((value, context) => {
    const subjects = [value.merge, value.deployment, value.access].filter((subject) => subject !== undefined);
    if (subjects.length !== 1)
      context.addIssue({ code: 'custom', message: 'a case has exactly one of `merge`, `deployment` and `access`' });
  });

export const testDefinition = z.strictObject(
  {
    version: z.literal(1, { error: 'the number 1' }).meta({ description: 'Version of this format.' }),
    facts: supposedKeys.optional().meta({ description: 'Facts for every case, such as who is in which team.' }),
    cases: z
      .array(oneCase, { error: 'a list of cases' })
      .min(1, { error: 'there is no case' })
      .max(MAX_CASES, { error: `there are more than ${String(MAX_CASES)} cases` }),
  },
  { error: 'a mapping that begins with `version: 1`' },
);

export type TestFile = z.output<typeof testDefinition>;
export type TestCase = TestFile['cases'][number];
export type Expectation = Exclude<TestCase['expect'], string>;

/** Reads a file of cases; refuses with every mistake and its place. */
export function readTestFile(written: string): Result<Read<TestFile>, readonly Finding[]> {
  const read = readShape(written, testDefinition);
  if (!read.ok) return read;
  const seen = new Set<string>();
  const twice = read.value.value.cases.flatMap(({ name }, index): readonly Finding[] => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const place = read.value.document.locate(['cases', index, 'name'], 'value');
    const message = `another case is called "${name.slice(0, 60)}"`;
    return [{ severity: 'error', code: 'duplicate-name', ...place, message, hint: 'give each a name of its own' }];
  });
  return twice.length > 0 ? refused(twice) : read;
}

export const expectationOf = ({ expect }: TestCase): Expectation =>
  typeof expect === 'string' ? { verdict: expect } : expect;

/** When the case is opened and when it is decided. A duration counts from the opening. */
export function timesOf({ opened = OPENED, at }: Pick<TestCase, 'opened' | 'at'>): { opened: Instant; now: Instant } {
  return { opened, now: at === undefined ? opened : momentOf(at, opened) };
}

export const momentOf = (at: Moment, opened: Instant): Instant =>
  typeof at === 'number' ? at : after(opened, at.later);

/** JSON Schema of a file of cases. */
export const testSchema = (): object => ({
  title: 'Cases for jit-gate policy test',
  ...z.toJSONSchema(testDefinition, { io: 'input' }),
});
