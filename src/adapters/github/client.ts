/** How does one request go out to GitHub, and what comes of its answer? */

import type { z } from 'zod';
import type { InstallationId } from '../../domain/identity.ts';
import { GitHubUnavailable, type Log } from '../../engine/ports.ts';
import { classify } from './errors.ts';
import { createEtagCache } from './etag-cache.ts';
import { createLimiter, type Lane, type Limiter, type Resource } from './limiter.ts';
import type { Route } from './permissions.ts';
import { describe, nextFrom } from './route.ts';
import { withinTime } from './time-limit.ts';
import { failureFrom, graphqlRefusal, rawFrom, read, remembered, type Raw } from './trust.ts';

export type Parameters = Readonly<Record<string, unknown>>;

/** What the adapter needs of an octokit. Probot's, and any octokit with an authentication, will do. */
export type OctokitLike = {
  readonly request: (
    route: string,
    parameters?: Record<string, unknown>,
  ) => Promise<{ readonly status: number; readonly headers: object; readonly data: unknown }>;
  readonly graphql: (query: string, variables?: Record<string, unknown>) => Promise<unknown>;
  /** Draws a new token for the installation when asked with `refresh`. */
  readonly auth?: (options: { readonly type: 'installation'; readonly refresh: true }) => Promise<unknown>;
};

/** Whose authentication a request carries: an installation's, or the app's own. */
export type Who = InstallationId | 'app';

export type ClientOptions = {
  readonly octokitFor: (who: Who) => Promise<OctokitLike>;
  readonly log: Log;
  /** Longest time for one request, in milliseconds. 10 s unless given. */
  readonly timeout?: number;
  /** Memory for answers that are asked for again with their ETag. 64 MiB unless given. */
  readonly cacheBytes?: number;
  readonly now?: () => number;
};

export type Client = {
  /** Asks for one thing. GitHub is always asked; where it says 304, what it said before is used. */
  get<T>(who: Who, route: Route, parameters: Parameters, schema: z.ZodType<T>): Promise<T>;
  /** Asks for a list, to its last page. */
  list<T>(
    who: Who,
    route: Route,
    parameters: Parameters,
    schema: z.ZodType<readonly T[]>,
    /** Whether what a page brought makes the pages after it needless. */
    enough?: (page: readonly T[]) => boolean,
  ): Promise<readonly T[]>;
  /** Changes something, once: where the answer is lost, the caller finds out what became of it and tries again. */
  write<T>(who: Who, lane: Lane, route: Route, parameters: Parameters, schema: z.ZodType<T>): Promise<Written<T>>;
  /** Reads through GraphQL. Errors that GitHub lists in the answer are a `GitHubRefused` with status 200. */
  graphql<T>(who: Who, query: string, variables: Parameters, schema: z.ZodType<T>): Promise<T>;
};

export type Written<T> = { readonly status: number; readonly value: T };

type Answer<T> = { readonly value: T; readonly link: string | null };

const API_VERSION = { 'x-github-api-version': '2022-11-28' } as const;
const PAGE = 100;
/** Lists that GitHub gives whole, with no size of a page to ask for. Should one come with a next page, it is followed. */
const WHOLE: ReadonlySet<Route> = new Set<Route>(['GET /repos/{owner}/{repo}/git/matching-refs/{ref}']);
/** Lists whose pages only a cursor leads to: without a next page there is none, however full the last one is. */
const BY_CURSOR: ReadonlySet<Route> = new Set<Route>([
  'GET /app/hook/deliveries',
  'GET /repos/{owner}/{repo}/activity',
]);
/** More pages than any list of GitHub's that the app reads should have; beyond it something goes round in circles. */
const MAX_PAGES = 1000;
/** A second try of a read that failed without an answer, after this many milliseconds. The rest is the job queue's work. */
const SECOND_TRY = 150;

export function createClient(options: ClientOptions): Client {
  const now = options.now ?? Date.now;
  const timeout = options.timeout ?? 10_000;
  const cache = createEtagCache(options.cacheBytes ?? 64 * 1024 * 1024);
  const octokits = new Map<Who, Promise<OctokitLike>>();
  const limiters = new Map<Who, Limiter>();
  /** Installations whose token GitHub did not accept: a suspension ends tokens that Probot still keeps for an hour. */
  const withStaleToken = new Set<Who>();

  function octokitFor(who: Who): Promise<OctokitLike> {
    const had = octokits.get(who);
    if (had !== undefined) return had;
    const made = options.octokitFor(who);
    octokits.set(who, made);
    made.catch(() => octokits.delete(who));
    return made;
  }

  async function authenticated(who: Who): Promise<OctokitLike> {
    const octokit = await octokitFor(who);
    if (withStaleToken.has(who)) {
      await octokit.auth?.({ type: 'installation', refresh: true });
      withStaleToken.delete(who);
    }
    return octokit;
  }

  function limiterFor(who: Who): Limiter {
    const had = limiters.get(who);
    if (had !== undefined) return had;
    const made = createLimiter(now);
    limiters.set(who, made);
    return made;
  }

  /** Runs one exchange within the limits and the time allowed; whatever goes wrong comes out as one of the two errors. */
  async function exchange<T>(
    who: Who,
    lane: Lane,
    route: Route,
    what: string,
    send: (octokit: OctokitLike, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const resource: Resource = route === 'POST /graphql' ? 'graphql' : 'core';
    const limiter = limiterFor(who);
    try {
      return await limiter.run(lane, resource, () =>
        withinTime(timeout, async (signal) => await send(await authenticated(who), signal)),
      );
    } catch (thrown) {
      const { error, pause, outage } = classify(thrown, route, what, now());
      if (pause !== null) {
        limiter.pause(pause.scope === 'all' ? 'all' : resource, pause.span);
        options.log.warn({ installation: who, route, wait: pause.span }, 'GitHub asks to wait');
      }
      if (outage && who !== 'app') withStaleToken.add(who);
      if (outage) options.log.error({ installation: who, route }, error.message);
      throw error;
    }
  }

  /** A read that got no answer, or a 5xx, is sent once more. */
  async function readExchange<T>(
    who: Who,
    route: Route,
    what: string,
    send: (octokit: OctokitLike, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const started = now();
    try {
      return await exchange(who, 'read', route, what, send);
    } catch (error) {
      const again = error instanceof GitHubUnavailable && isFleeting(error.cause) && now() - started < timeout / 2;
      if (!again) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, SECOND_TRY));
    return await exchange(who, 'read', route, what, send);
  }

  async function ask<T>(who: Who, route: Route, parameters: Parameters, schema: z.ZodType<T>): Promise<Answer<T>> {
    const what = describe(route, parameters);
    const key = `${who} ${route} ${JSON.stringify(parameters)}`;
    const kept = remembered(schema, cache.get(key));
    const headers = kept === null ? API_VERSION : { ...API_VERSION, 'if-none-match': kept.etag };
    return await readExchange(who, route, what, async (octokit, signal) => {
      let raw: Raw;
      try {
        raw = rawFrom(await octokit.request(route, { ...parameters, headers, request: { signal } }));
      } catch (thrown) {
        const failure = failureFrom(thrown);
        if (failure?.status !== 304 || kept === null) {
          if (failure !== null && failure.status >= 400 && failure.status < 500) cache.forget(key);
          throw thrown;
        }
        return { value: kept.value, link: failure.link ?? kept.link };
      }
      const value = read(schema, raw.data, what);
      const link = raw.headers['link'] ?? null;
      const etag = raw.headers['etag'];
      if (etag !== undefined) cache.set(key, { etag, value, link, readBy: schema });
      return { value, link };
    });
  }

  return {
    async get(who, route, parameters, schema) {
      return (await ask(who, route, parameters, schema)).value;
    },

    async list<T>(
      who: Who,
      route: Route,
      parameters: Parameters,
      schema: z.ZodType<readonly T[]>,
      enough: (page: readonly T[]) => boolean = () => false,
    ) {
      const all: T[] = [];
      const isWhole = WHOLE.has(route);
      const size = isWhole ? {} : { per_page: PAGE };
      let position: Parameters = {};
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const { value, link } = await ask(who, route, { ...parameters, ...size, ...position }, schema);
        all.push(...value);
        const next = nextFrom(link);
        // A page that is kept can be unchanged while another one has come after it: a full page always asks for more.
        const isLast = next === null && (isWhole || BY_CURSOR.has(route) || value.length < PAGE);
        if (isLast || enough(value)) return all;
        position = next ?? { page: page + 1 };
      }
      throw new GitHubUnavailable(`${describe(route, parameters)}: the list does not end`, null);
    },

    async write(who, lane, route, parameters, schema) {
      const what = describe(route, parameters);
      return await exchange(who, lane, route, what, async (octokit, signal) => {
        const raw = rawFrom(await octokit.request(route, { ...parameters, headers: API_VERSION, request: { signal } }));
        return { status: raw.status, value: read(schema, raw.data, what) };
      });
    },

    async graphql(who, query, variables, schema) {
      const what = 'reading through GraphQL';
      return await readExchange(who, 'POST /graphql', what, async (octokit, signal) => {
        try {
          return read(schema, await octokit.graphql(query, { ...variables, request: { signal } }), what);
        } catch (thrown) {
          throw graphqlRefusal(thrown) ?? thrown;
        }
      });
    },
  };
}

/** Whether a second try may bring an answer at once: nothing came, or GitHub's server failed. */
function isFleeting(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const failure = failureFrom(cause);
  return failure === null || (failure.status >= 500 && failure.retryAfter === null);
}
