/** Where do values from outside get their types? Every cast of the adapter and every check of a shape starts here. */

import { z } from 'zod';
import { GitHubRefused, GitHubUnavailable } from '../../engine/ports.ts';
import type { CachedAnswer } from './etag-cache.ts';

/** An answer that is not a success, read from what octokit throws. Times are milliseconds. */
export type Failure = {
  readonly status: number;
  readonly message: string;
  readonly retryAfter: number | null;
  /** Requests left before the limit. */
  readonly remaining: number | null;
  /** Instant at which the limit starts anew, by GitHub's clock. */
  readonly reset: number | null;
  /** GitHub's clock when it answered. */
  readonly date: number | null;
  readonly etag: string | null;
  readonly link: string | null;
  /** Whether it was the request for the installation's token that failed, and not the one that was meant. */
  readonly forToken: boolean;
};

const headers = z.record(z.string(), z.union([z.string(), z.number(), z.undefined()])).catch({});

/** GitHub's `errors` is a list of objects, a list of strings or a string, by endpoint. */
const refusal = z.object({
  message: z.string().catch(''),
  errors: z
    .union([z.string(), z.array(z.union([z.string(), z.record(z.string(), z.unknown())]))])
    .optional()
    .catch(undefined),
});

const thrownByOctokit = z.object({
  status: z.number(),
  request: z.object({ url: z.string() }).optional().catch(undefined),
  response: z.object({ headers, data: z.unknown().optional() }),
});

/** Reads what octokit threw; `null` when GitHub gave no answer at all. */
export function failureFrom(thrown: unknown): Failure | null {
  const parsed = thrownByOctokit.safeParse(thrown);
  if (!parsed.success) return null;
  const { status, request, response } = parsed.data;
  const header = (name: string): string | null => {
    const value = response.headers[name];
    return value === undefined ? null : String(value);
  };
  const now = dateOf(header('date'));
  return {
    status,
    message: messageOf(response.data, status),
    retryAfter: spanOf(header('retry-after'), now),
    remaining: numberOf(header('x-ratelimit-remaining')),
    reset: times(numberOf(header('x-ratelimit-reset')), 1000),
    date: now,
    etag: header('etag'),
    link: header('link'),
    forToken: request !== undefined && /\/app\/installations\/\d+\/access_tokens$/u.test(request.url),
  };
}

function messageOf(data: unknown, status: number): string {
  const parsed = refusal.safeParse(data);
  if (!parsed.success) return typeof data === 'string' && data !== '' ? data.slice(0, 200) : `status ${status}`;
  const { message, errors } = parsed.data;
  const list = errors === undefined ? [] : typeof errors === 'string' ? [errors] : errors;
  const details = list.map((item) => (typeof item === 'string' ? item : detailOf(item)));
  return [message, ...details]
    .filter((part) => part !== '')
    .join(': ')
    .slice(0, 1000);
}

function detailOf(item: Readonly<Record<string, unknown>>): string {
  const { message, field, code } = item;
  if (typeof message === 'string') return message;
  return [field, code].filter((part) => typeof part === 'string').join(' ');
}

const numberOf = (text: string | null): number | null => {
  const value = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};
const dateOf = (text: string | null): number | null => {
  const value = text === null ? NaN : Date.parse(text);
  return Number.isFinite(value) ? value : null;
};
const times = (value: number | null, factor: number): number | null => (value === null ? null : value * factor);

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
function spanOf(text: string | null, now: number | null): number | null {
  const inSeconds = times(numberOf(text), 1000);
  if (inSeconds !== null) return Math.max(0, inSeconds);
  const until = dateOf(text);
  return until === null ? null : Math.max(0, until - (now ?? Date.now()));
}

/** Reads a value that GitHub sent. An answer of another shape than documented is an outage: nothing can be read from it. */
export function read<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? '' : ` (${issue.path.map(String).join('.') || 'whole'}: ${issue.message})`;
  throw new GitHubUnavailable(`${what}: GitHub's answer cannot be read${where}`, null);
}

/** A response as octokit gives it: `headers` has no index signature there. */
export type Raw = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
};

const rawShape = z.object({ status: z.number(), headers, data: z.unknown().optional() });

export function rawFrom(response: unknown): Raw {
  const parsed = read(rawShape, response, 'a response');
  const entries = Object.entries(parsed.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return { status: parsed.status, headers: Object.fromEntries(entries) as Record<string, string>, data: parsed.data };
}

/** A kept answer as this schema read it; `null` where another one did, or where nothing is kept. */
export function remembered<T>(
  schema: z.ZodType<T>,
  kept: CachedAnswer | undefined,
): { readonly etag: string; readonly link: string | null; readonly value: T } | null {
  if (kept?.readBy !== schema) return null;
  // The value was made by this very schema before it was kept, and nothing changes it.
  return { etag: kept.etag, link: kept.link, value: kept.value as T };
}

const graphqlErrors = z.object({
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).min(1),
});

/** What the errors in a GraphQL answer mean; `null` when it was another kind of error. */
export function graphqlRefusal(thrown: unknown): GitHubUnavailable | GitHubRefused | null {
  const parsed = graphqlErrors.safeParse(thrown);
  if (!parsed.success) return null;
  const { errors } = parsed.data;
  const words = `GraphQL: ${errors
    .map((error) => error.message)
    .join('; ')
    .slice(0, 500)}`;
  if (errors.some((error) => error.type === 'RATE_LIMITED'))
    return new GitHubUnavailable(words, 60_000, { cause: thrown });
  // GitHub's word for a query that took it too long.
  if (errors.some((error) => /something went wrong|timed? ?out/iu.test(error.message))) {
    return new GitHubUnavailable(words, null, { cause: thrown });
  }
  return new GitHubRefused(200, words, { cause: thrown });
}
