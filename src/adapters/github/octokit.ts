/** Which octokit is Probot given, so that nothing but our own limiter slows a request down? */

import { Probot, ProbotOctokit } from 'probot';
import type { OctokitLike, Who } from './client.ts';

/** Longest time for one exchange, the one for an installation's token included, in milliseconds. */
const EXCHANGE_TIMEOUT = 10_000;

/**
 * Octokit has no time limit of its own, and the request for an installation's token takes no signal from the request
 * that needs it: so the limit is put on fetch.
 */
const fetchInTime: typeof fetch = async (input, init) => {
  const limit = AbortSignal.timeout(EXCHANGE_TIMEOUT);
  const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
  return await fetch(input, { ...init, signal });
};

type Defaults = { readonly defaults: (options: object) => unknown };
type Options = {
  readonly auth?: object;
  readonly baseUrl?: string;
  readonly throttle?: object;
  readonly retry?: object;
  readonly request?: object;
  readonly [name: string]: unknown;
};

/**
 * Probot gives its authentication a request of its own, which knows neither the address of another GitHub nor our time
 * limit. It is used where a token is asked for outside a request, as when it is drawn anew.
 */
function tokenAuth({ auth, baseUrl }: Options): object | undefined {
  if (auth === undefined || !('request' in auth) || !isDefaults(auth.request)) return auth;
  const known = { ...(baseUrl === undefined ? {} : { baseUrl }), request: { fetch: fetchInTime } };
  return { ...auth, request: auth.request.defaults(known) };
}

const isDefaults = (value: unknown): value is Defaults =>
  typeof value === 'function' && 'defaults' in value && typeof value.defaults === 'function';

/**
 * Probot's octokit without its throttling (one write a second, whatever the limits say) and without its retries, which
 * would hold a job up for seconds. To be given to `Probot.defaults({ Octokit: jitOctokit })`; `baseUrl` works as usual.
 * The function form is needed: Probot adds options of its own later, which an object would be overruled by.
 */
export const jitOctokit = ProbotOctokit.defaults((options: Options) => ({
  ...options,
  auth: tokenAuth(options),
  throttle: { ...options.throttle, enabled: false },
  retry: { ...options.retry, enabled: false },
  request: { fetch: fetchInTime, ...options.request },
}));

/** Octokits that are authenticated as an app and as its installations, for work that receives no webhooks. */
export function octokitsOf(app: {
  readonly appId: number;
  /** PEM text. */
  readonly privateKey: string;
  readonly githubApiUrl: string;
}): (who: Who) => Promise<OctokitLike> {
  const probot = new Probot({
    appId: app.appId,
    privateKey: app.privateKey,
    baseUrl: app.githubApiUrl,
    Octokit: jitOctokit,
    logLevel: 'fatal',
  });
  return async (who) => await (who === 'app' ? probot.auth() : probot.auth(who));
}
