/** What the environment says about how this instance runs: read once, checked whole, handed on. */

import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { enterpriseApiUrl, readApiUrl } from './config/api-url.ts';
import { readAuditKey, readCheckpoints, type CheckpointConfig } from './config/audit.ts';
import { withFiles, type ConfigProblem, type Environment } from './config/files.ts';
import { readPem } from './config/pem.ts';
import { parseDuration } from './domain/duration.ts';
import type { Millis } from './domain/identity.ts';
import { ok, refused, type Result } from './domain/result.ts';
import { secret, type Secret } from './secret.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How to log: one JSON object a line, or lines for people. */
export type LogConfig = { readonly logLevel: LogLevel; readonly logFormat: 'json' | 'pretty' };

/** Where the data lives: in PostgreSQL, or, without an address, in the folder. */
export type StorageConfig = {
  /** An address holds a password, so it is a secret. `null`: the embedded database in `dataDir`. */
  readonly databaseUrl: Secret | null;
  /** Absolute path. */
  readonly dataDir: string;
};

export type Config = LogConfig &
  StorageConfig & {
    readonly appId: number;
    /** PEM text. */
    readonly privateKey: Secret;
    readonly webhookSecret: Secret;
    readonly host: string;
    /** 0 takes any port that is free. */
    readonly port: number;
    /** Without a slash at the end. */
    readonly githubApiUrl: string;
    /** How often what is due, drifted or missed is looked for. */
    readonly sweepInterval: Millis;
    /** Repositories (`owner/name`, lower case) whose policy is trusted to say which teams may be granted. Empty: no team is. */
    readonly teamsAllowedBy: readonly string[];
    /** `null`: no checkpoints of the audit log are published. */
    readonly checkpoints: CheckpointConfig | null;
  };

export type { ConfigProblem, Environment } from './config/files.ts';

/**
 * The shortest webhook secret that is taken. Whoever sees one delivery can guess its secret offline, as fast as a
 * machine computes SHA-256: 16 random characters are beyond that, and a short one is a word that someone typed.
 */
export const SHORTEST_WEBHOOK_SECRET = 16;

const REMEDIES: Readonly<Record<string, string>> = {
  APP_ID: 'copy the App ID from the top of the app’s settings page on GitHub, or run `jit-gate setup`',
  PRIVATE_KEY:
    'generate a private key on the app’s settings page and name the downloaded file in PRIVATE_KEY_PATH, or run `jit-gate setup`',
  WEBHOOK_SECRET:
    'make one with `openssl rand -hex 32` and enter the same value on the app’s settings page, or run `jit-gate setup`',
  DATABASE_URL: 'write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, or leave it out for the embedded database',
  HOST: 'name the address to listen on, such as localhost, or 0.0.0.0 for all',
  PORT: 'give a number from 0 to 65535; 3000 is the default',
  GITHUB_API_URL: 'leave it out for github.com, or give the API’s address, such as https://github.example.com/api/v3',
  GHE_HOST: 'give the host’s name alone, such as github.example.com',
  DATA_DIR: 'name a folder that the app may write to; .jit-gate is the default',
  LOG_LEVEL: `choose one of ${LOG_LEVELS.join(', ')}`,
  LOG_FORMAT: 'choose json or pretty',
  SWEEP_INTERVAL: 'give a time from 5s to 1h, such as 30s or 5m; 1m is the default',
  TEAMS_ALLOWED_BY:
    'name repositories where an organisation’s policy stands, with commas between them: octo/.github-private; leave it out, and no team is granted',
  AUDIT_KEY: 'make one with `jit-gate audit key --new FILE` and name it in AUDIT_KEY_FILE',
  AUDIT_CHECKPOINT_TO: 'name a file (file:/var/log/jit-gate.checkpoints) or an address (https://…, or POST https://…)',
  AUDIT_CHECKPOINT_TOKEN: 'leave it out where the address asks for none',
  AUDIT_CHECKPOINT_INTERVAL: 'give a time from 1m to 7d; 1h is the default',
};

const TWO_HOSTS: ConfigProblem = {
  variable: 'GHE_HOST',
  problem: 'is set and so is GITHUB_API_URL',
  remedy: 'set one of the two',
};

/** The value, or the refusal's words as what is wrong with the variable. */
function orIssue<T>(read: Result<T, string>, context: z.RefinementCtx): T {
  if (read.ok) return read.value;
  context.addIssue({ code: 'custom', message: read.error });
  return z.NEVER;
}

/** Unset and empty are the same: a container’s empty variable means that nobody set it. */
const Text = z.string().trim();
/** A duration with its default, from `least` to `most` milliseconds. */
const durationBetween = (otherwise: string, least: number, most: number) =>
  Text.default(otherwise).transform((text, context): Millis => {
    const read = parseDuration(text);
    if (read.ok && read.value >= least && read.value <= most) return read.value;
    context.addIssue({ code: 'custom', message: read.ok ? 'is out of bounds' : 'is not a duration' });
    return z.NEVER;
  });

const Plain = z.object({
  HOST: Text.regex(/^\S+$/u, 'holds a space').default('localhost'),
  PORT: Text.regex(/^\d{1,5}$/u, 'is not a port number')
    .transform(Number)
    .refine((port) => port <= 65_535, 'is not a port number')
    .default(3000),
  LOG_LEVEL: z.enum(LOG_LEVELS, 'is not a level').default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'is not a format').optional(),
  DATA_DIR: Text.default('.jit-gate'),
  SWEEP_INTERVAL: durationBetween('1m', 5_000, 3_600_000),
  TEAMS_ALLOWED_BY: Text.default('')
    .transform((text) =>
      text
        .toLowerCase()
        .split(/[\s,]+/u)
        .filter((name) => name !== ''),
    )
    .refine(
      (names) => names.every((name) => /^[\w.-]+\/\.github(?:-private)?$/u.test(name)),
      'names a repository where no organisation’s policy stands',
    ),
});

const Checkpoints = z.object({
  AUDIT_KEY: z
    .string()
    .transform((text, context): KeyObject => orIssue(readAuditKey(text), context))
    .optional(),
  AUDIT_CHECKPOINT_TO: Text.optional(),
  AUDIT_CHECKPOINT_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/u, 'holds what no header can')
    .transform(secret)
    .optional(),
  AUDIT_CHECKPOINT_INTERVAL: durationBetween('1h', 60_000, 7 * 86_400_000),
});

const GitHubHost = z.object({
  GITHUB_API_URL: Text.transform((text, context): string => orIssue(readApiUrl(text), context)).optional(),
  GHE_HOST: Text.regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$/u, 'is not a host name')
    .transform(enterpriseApiUrl)
    .optional(),
});
const githubUrl = (host: z.output<typeof GitHubHost>): string =>
  host.GITHUB_API_URL ?? host.GHE_HOST ?? 'https://api.github.com';
const twoHosts = (values: Environment): boolean =>
  values['GITHUB_API_URL'] !== undefined && values['GHE_HOST'] !== undefined;

const GitHubApp = GitHubHost.extend({
  APP_ID: z
    .string('is missing')
    .trim()
    .regex(/^[1-9]\d{0,14}$/u, 'is not a number: it is the App ID, neither the client ID nor the app’s name')
    .transform(Number),
  PRIVATE_KEY: z.string('is missing').transform((text, context): Secret => secret(orIssue(readPem(text), context))),
  WEBHOOK_SECRET: z
    .string('is missing, and without it anyone could send webhooks')
    .refine((text) => text !== 'development', 'is the word that everyone knows')
    .min(
      SHORTEST_WEBHOOK_SECRET,
      `is shorter than ${SHORTEST_WEBHOOK_SECRET} characters, so it could be guessed from one delivery`,
    )
    .transform(secret),
});

const DatabaseUrl = z
  .string()
  .regex(/^postgres(?:ql)?:\/\//u, 'is not the address of a PostgreSQL database')
  .refine((text) => URL.canParse(text), 'can’t be read as an address (is a character of the password not escaped?)')
  .transform(secret)
  .optional();
const Storage = Plain.pick({ DATA_DIR: true }).extend({ DATABASE_URL: DatabaseUrl });

/** What can stand in a file of its own. */
const SECRETS = ['PRIVATE_KEY', 'WEBHOOK_SECRET', 'DATABASE_URL', 'AUDIT_KEY', 'AUDIT_CHECKPOINT_TOKEN'];

/** Reads all that `jit-gate serve` needs, or says everything that is wrong at once. `cwd` is where relative paths start. */
export function readConfig(env: Environment, cwd: string, terminal: boolean): Result<Config, readonly ConfigProblem[]> {
  const from = withFiles(env, cwd, SECRETS, remedyOf);
  const shape = Plain.extend({ DATABASE_URL: DatabaseUrl }).extend(GitHubApp.shape).extend(Checkpoints.shape);
  const parsed = shape.safeParse(from.values);
  const unread = new Set(from.problems.map(({ variable }) => variable.replace(/_(?:FILE|PATH)$/u, '')));
  const wrong = parsed.success ? [] : problemsOf(parsed.error).filter(({ variable }) => !unread.has(variable));
  const problems = [...from.problems, ...wrong, ...(twoHosts(from.values) ? [TWO_HOSTS] : [])];
  if (!parsed.success || problems.length > 0) return refused(problems);
  const { data } = parsed;
  const { AUDIT_KEY: key, AUDIT_CHECKPOINT_TO: to, AUDIT_CHECKPOINT_TOKEN: token } = data;
  const checkpoints = readCheckpoints({ key, to, token, every: data.AUDIT_CHECKPOINT_INTERVAL }, cwd);
  if (!checkpoints.ok) return refused([{ ...checkpoints.error, remedy: remedyOf(checkpoints.error.variable) }]);
  return ok({
    checkpoints: checkpoints.value,
    appId: data.APP_ID,
    privateKey: data.PRIVATE_KEY,
    webhookSecret: data.WEBHOOK_SECRET,
    databaseUrl: data.DATABASE_URL ?? null,
    dataDir: resolve(cwd, data.DATA_DIR),
    host: data.HOST,
    port: data.PORT,
    githubApiUrl: githubUrl(data),
    logLevel: data.LOG_LEVEL,
    logFormat: data.LOG_FORMAT ?? (terminal ? 'pretty' : 'json'),
    sweepInterval: data.SWEEP_INTERVAL,
    teamsAllowedBy: data.TEAMS_ALLOWED_BY,
  });
}

/** Reads only the key that signs checkpoints; `null` where there is none. */
export function readAuditKeyConfig(env: Environment, cwd: string): Result<KeyObject | null, readonly ConfigProblem[]> {
  const from = withFiles(env, cwd, ['AUDIT_KEY'], remedyOf);
  const parsed = Checkpoints.pick({ AUDIT_KEY: true }).safeParse(from.values);
  if (from.problems.length > 0) return refused(from.problems);
  return parsed.success ? ok(parsed.data.AUDIT_KEY ?? null) : refused(problemsOf(parsed.error));
}

/** Reads only where the data lives: what the commands need that work on the database alone. */
export function readStorageConfig(env: Environment, cwd: string): Result<StorageConfig, readonly ConfigProblem[]> {
  const from = withFiles(env, cwd, ['DATABASE_URL'], remedyOf);
  const parsed = Storage.safeParse(from.values);
  if (from.problems.length > 0) return refused(from.problems);
  if (!parsed.success) return refused(problemsOf(parsed.error));
  return ok({ databaseUrl: parsed.data.DATABASE_URL ?? null, dataDir: resolve(cwd, parsed.data.DATA_DIR) });
}

/** Reads only whose policy may say which teams can be granted. */
export function readTeamsAllowedBy(env: Environment): Result<Config['teamsAllowedBy'], readonly ConfigProblem[]> {
  const { values } = withFiles(env, '', [], remedyOf);
  const parsed = Plain.pick({ TEAMS_ALLOWED_BY: true }).safeParse(values);
  return parsed.success ? ok(parsed.data.TEAMS_ALLOWED_BY) : refused(problemsOf(parsed.error));
}

/** Reads only where GitHub's API is. */
export function readGitHubUrl(env: Environment): Result<string, readonly ConfigProblem[]> {
  const { values } = withFiles(env, '', [], remedyOf);
  const parsed = GitHubHost.safeParse(values);
  if (!parsed.success) return refused(problemsOf(parsed.error));
  return twoHosts(values) ? refused([TWO_HOSTS]) : ok(githubUrl(parsed.data));
}

/** Who the app is on GitHub, and where that GitHub is. */
export type AppCredentials = Pick<Config, 'appId' | 'privateKey' | 'githubApiUrl'>;

/** Reads only what it takes to ask GitHub as this app. */
export function readAppCredentials(env: Environment, cwd: string): Result<AppCredentials, readonly ConfigProblem[]> {
  const from = withFiles(env, cwd, ['PRIVATE_KEY'], remedyOf);
  const parsed = GitHubApp.omit({ WEBHOOK_SECRET: true }).safeParse(from.values);
  if (from.problems.length > 0) return refused(from.problems);
  if (!parsed.success) return refused(problemsOf(parsed.error));
  if (twoHosts(from.values)) return refused([TWO_HOSTS]);
  const { APP_ID: appId, PRIVATE_KEY: privateKey } = parsed.data;
  return ok({ appId, privateKey, githubApiUrl: githubUrl(parsed.data) });
}

/** Adds what `.env` in `cwd` says to this process’s environment, where there is one. What is set already wins. */
export function loadDotEnv(cwd: string): void {
  const path = join(cwd, '.env');
  if (existsSync(path)) process.loadEnvFile(path);
}

/** One line a problem, for the terminal: the variable, what is wrong with it, what to do. */
export const describeProblems = (problems: readonly ConfigProblem[]): string =>
  problems.map(({ variable, problem, remedy }) => `${variable} ${problem}: ${remedy}.`).join('\n');

const remedyOf = (variable: string): string => REMEDIES[variable] ?? 'correct it';

/** The first problem of each variable. Only our own messages are shown: the library's may quote what was given. */
function problemsOf(error: z.ZodError): readonly ConfigProblem[] {
  const first = new Map<string, ConfigProblem>();
  for (const issue of error.issues) {
    const variable = String(issue.path[0]);
    if (!first.has(variable)) first.set(variable, { variable, problem: issue.message, remedy: remedyOf(variable) });
  }
  return [...first.values()];
}
