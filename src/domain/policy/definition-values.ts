/** What a single value in a policy file may be: names, durations, patterns, roles, people and teams. */

import { z } from 'zod';
import { parseDuration } from '../duration.ts';
import type { Millis } from '../identity.ts';
import { refused, type Result } from '../result.ts';
import { roleFrom, ROLES, type StandardRole } from '../role.ts';
import { compileFlatGlob, compileGlob, MAX_GLOB_LENGTH } from './glob.ts';
import type { Glob, RefGlob, UserName } from './model.ts';

/*
 * `error` on a schema is no sentence but the words for what is expected, such as "a list of patterns"; shape.ts makes the
 * sentence, since it knows what was found. Checks that look inside a value give whole sentences through `reject`.
 */

const MAX_NAME = 100;

type Context = z.core.$RefinementCtx;

/** Adds a finding with a code of its own. */
export function reject(context: Context, code: string, message: string, hint: string | null = null): void {
  context.addIssue({ code: 'custom', message, params: { code, hint } });
}

/** What a text was read into; where it was refused, a finding with the reader's words. */
function accept<T>(context: Context, code: string, result: Result<T, string>): T {
  if (result.ok) return result.value;
  reject(context, code, result.error);
  return z.NEVER;
}

const LOGIN = /^[a-z\d](?:[\w-]{0,98}[a-z\d])?(?:\[bot\])?$/iu;
const TEAM = /^[a-z\d_](?:[\w.-]{0,98})$/iu;

export const name = z
  .string({ error: 'a name' })
  .superRefine((text, context) => {
    if (text.trim() === '') reject(context, 'bad-name', 'the name is empty');
    else if (text.length > MAX_NAME)
      reject(context, 'bad-name', `the name is longer than ${String(MAX_NAME)} characters`);
    else if (text !== text.trim() || /\p{Cc}/u.test(text))
      reject(context, 'bad-name', "the name has spaces around it, or characters that can't be seen");
  })
  .meta({ description: 'Shown to people, unique within its list.', examples: ['production'] });

export const duration: z.ZodType<Millis, string> = z
  .string({ error: 'a duration such as 30m, 4h or 1d' })
  .meta({
    description: 'Whole numbers with a unit, the larger unit first: s, m, h, d or w. From 1 second to 366 days.',
    examples: ['30m', '4h', '2h30m', '1d'],
  })
  .transform((text, context) => accept(context, 'bad-duration', parseDuration(text)));

export const glob = (anyCase: boolean): z.ZodType<Glob, string> =>
  z
    .string({ error: 'a pattern such as "src/**"' })
    .meta({
      description: '* stays within one part between slashes, ** crosses them; [a-z] and {a,b} work.',
      minLength: 1,
      maxLength: MAX_GLOB_LENGTH,
    })
    .transform((text, context) => accept(context, 'bad-pattern', readGlob(compileGlob, text, anyCase)));

/** A pattern for running text, in which a slash is a character like any other. */
export const flatGlob = (anyCase: boolean): z.ZodType<Glob, string> =>
  z
    .string({ error: 'a pattern such as "chore*"' })
    .meta({
      description: '* stands for any characters, slashes too; [a-z] and {a,b} work.',
      minLength: 1,
      maxLength: MAX_GLOB_LENGTH,
    })
    .transform((text, context) => accept(context, 'bad-pattern', readGlob(compileFlatGlob, text, anyCase)));

function readGlob(compile: typeof compileGlob, text: string, anyCase: boolean): Result<Glob, string> {
  const result = compile(text, anyCase);
  return result.ok ? result : refused(`the pattern "${text.slice(0, 60)}" can't be used: ${result.error}`);
}

const listOf = (pattern: z.ZodType<Glob, string>, example: string): z.ZodType<readonly Glob[], string[]> =>
  z
    .array(pattern, { error: `a list of patterns, such as ${example}` })
    .min(1, { error: 'the list of patterns is empty' });

export const globList = (anyCase: boolean, example: string): z.ZodType<readonly Glob[], string[]> =>
  listOf(glob(anyCase), example);

/** Git allows no colon in a name, so `tag:` and `branch:` can't be the beginning of one. */
const refGlob: z.ZodType<RefGlob, string> = z
  .string({ error: 'a pattern such as "tag:v*"' })
  .meta({
    description: 'A branch or tag. `branch:` or `tag:` in front asks for just that; without it either will do.',
    minLength: 1,
    maxLength: MAX_GLOB_LENGTH,
    examples: ['branch:main', 'tag:v*', 'main'],
  })
  .transform((text, context): RefGlob => {
    const [, kind = null, pattern = text] = /^(branch|tag):(.*)$/su.exec(text) ?? [];
    const read = accept(context, 'bad-pattern', readGlob(compileGlob, pattern, false));
    return { matches: read.matches, source: text, kind: kind === 'branch' || kind === 'tag' ? kind : null };
  });

export const refList = (example: string): z.ZodType<readonly RefGlob[], string[]> =>
  z
    .array(refGlob, { error: `a list of patterns, such as ${example}` })
    .min(1, { error: 'the list of patterns is empty' });

export const flatGlobList = (anyCase: boolean, example: string): z.ZodType<readonly Glob[], string[]> =>
  listOf(flatGlob(anyCase), example);

export const role: z.ZodType<StandardRole, string> = z
  .string({ error: `a role: one of ${ROLES.join(', ')}` })
  .meta({ enum: ['pull', 'read', 'triage', 'push', 'write', 'maintain', 'admin'] })
  .transform((word, context) => {
    const found = roleFrom(word);
    if (found !== null) return found;
    reject(context, 'unknown-role', `"${word.slice(0, 60)}" is no role`, `the roles are ${ROLES.join(', ')}`);
    return z.NEVER;
  });

const user: z.ZodType<UserName, string | number> = z
  .union([z.string(), z.int().positive({ error: 'an account number is more than 0' })], {
    error: "a login, or an account's number",
  })
  .meta({ description: 'A login, or the numeric account id, which survives renames. A number in quotes is a login.' })
  .transform((value, context): UserName => {
    if (typeof value === 'number') return { kind: 'id', id: value };
    if (!LOGIN.test(value)) {
      const hint = value.startsWith('@')
        ? 'write it without @'
        : value.includes('/')
          ? 'teams belong under `teams:`'
          : null;
      reject(context, 'bad-login', `"${value.slice(0, 60)}" is no login`, hint);
    }
    return { kind: 'login', login: value };
  });

const team: z.ZodType<string, string> = z
  .string({ error: "a team's slug" })
  .meta({
    description:
      'The slug of a team in the organisation that owns the repository. Where the slug went to another team, with the number of the right one: release-managers#4711.',
    examples: ['release-managers', 'release-managers#4711'],
  })
  .transform((value, context) => {
    if (TEAM.test(value.replace(/#[1-9]\d{0,14}$/u, ''))) return value.toLowerCase();
    const hint = value.includes('/')
      ? 'write the slug alone, without the organisation'
      : "write it as in the team's address, such as release-managers";
    reject(context, 'bad-team', `"${value.slice(0, 60)}" is no team slug`, hint);
    return z.NEVER;
  });

/** The slug of an app, as in its address on GitHub. */
export const slug = z.string({ error: "an app's slug" }).transform((value, context) => {
  if (!TEAM.test(value))
    reject(context, 'bad-app', `"${value.slice(0, 60)}" is no app's slug`, 'write it as in its address on GitHub');
  return value.toLowerCase();
});

export const users = z.array(user, { error: 'a list of logins or account numbers' });
export const teams = z.array(team, { error: 'a list of team slugs' });
export const flag = z.boolean({ error: 'true or false' });
export const allowance = z.enum(['allowed', 'denied'], { error: '`allowed` or `denied`' });

export const groupNames: z.ZodType<readonly string[], string | string[]> = z
  .union(
    [
      z.string().transform((one) => [one]),
      z.array(z.string({ error: "a group's name" })).min(1, { error: 'no group is named' }),
    ],
    { error: "a group's name, or a list of them" },
  )
  .meta({ description: 'Names of groups that are defined under `groups`.' });
