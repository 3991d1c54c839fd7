/** What does an answer that is not a success mean: wait, or no? */

import { GitHubRefused, GitHubUnavailable, InstallationGone } from '../../engine/ports.ts';
import { needs, type Route } from './permissions.ts';
import { failureFrom, type Failure } from './trust.ts';

/** `pause`: how long nothing more should go out to GitHub for this installation, in milliseconds; `null` for no pause. */
export type Verdict = {
  readonly error: GitHubUnavailable | GitHubRefused;
  readonly pause: { readonly span: number; readonly scope: 'resource' | 'all' } | null;
  /** True where no job will succeed until a person has acted: the app is suspended, removed, or its key is wrong. */
  readonly outage: boolean;
};

/** How long GitHub asks to wait after a secondary limit when it names no time itself. */
const SECONDARY_WAIT = 60_000;

/**
 * Reads an error that came from a request. `what` says in words what was tried. Network errors, time-outs, 5xx, limits
 * and everything that keeps the app out as a whole (suspended, removed, key refused) are `GitHubUnavailable`, since the
 * same request can succeed later; every other answer from 400 on is `GitHubRefused`, with GitHub's own words.
 */
export function classify(thrown: unknown, route: Route, what: string, now: number): Verdict {
  if (thrown instanceof GitHubUnavailable || thrown instanceof GitHubRefused) return plain(thrown);
  const failure = failureFrom(thrown);
  if (failure === null) return plain(unavailable(`${what}: GitHub did not answer (${wordsOf(thrown)})`, null, thrown));
  const said = `${what}: GitHub answered ${failure.status}, "${failure.message}"`;
  const limit = limitOf(failure, now);
  if (limit !== null) return { error: unavailable(said, limit.span, thrown), pause: limit, outage: false };
  const shutOut = shutOutBy(failure);
  if (failure.forToken && failure.status === 404) {
    const error = new InstallationGone(`${said}. The app was removed there, or was never installed`, null, {
      cause: thrown,
    });
    return { error, pause: null, outage: true };
  }
  if (shutOut !== null) return { error: unavailable(`${said}. ${shutOut}`, null, thrown), pause: null, outage: true };
  if (failure.status >= 500 || failure.status === 408 || failure.status < 400) {
    return plain(unavailable(said, failure.retryAfter, thrown));
  }
  const advice = lacksPermission(failure) ? `. This needs ${needs(route)}: see the app's settings` : '';
  return plain(new GitHubRefused(failure.status, `${said}${advice}`, { cause: thrown }));
}

const plain = (error: GitHubUnavailable | GitHubRefused): Verdict => ({ error, pause: null, outage: false });

const unavailable = (message: string, retryAfter: number | null, cause: unknown): GitHubUnavailable =>
  new GitHubUnavailable(message, retryAfter, { cause });

/** A limit that was reached, as https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api tells it. */
function limitOf(failure: Failure, now: number): { readonly span: number; readonly scope: 'resource' | 'all' } | null {
  if (failure.status !== 403 && failure.status !== 429) return null;
  if (failure.retryAfter !== null) return { span: failure.retryAfter, scope: 'all' };
  if (failure.remaining === 0 && failure.reset !== null) {
    // The reset is an instant by GitHub's clock, so it is measured from the time that GitHub put on the answer.
    return { span: Math.max(1000, failure.reset - (failure.date ?? now)), scope: 'resource' };
  }
  const named = /secondary rate limit|abuse detection|rate limit exceeded/iu.test(failure.message);
  return failure.status === 429 || named ? { span: SECONDARY_WAIT, scope: 'all' } : null;
}

/** Why the app as a whole can do nothing; `null` when it can. */
function shutOutBy(failure: Failure): string | null {
  if (failure.status === 401) {
    return 'GitHub does not accept the app: check its id and private key, and whether it was deleted';
  }
  if (failure.status === 403 && /installation (?:has been|is) suspended/iu.test(failure.message)) {
    return 'The installation is suspended: holds stay and access cannot be taken back until an owner lifts it';
  }
  if (failure.forToken && failure.status < 500) {
    return 'The app got no token for this installation: it was removed, or lacks what it asks for';
  }
  return null;
}

const lacksPermission = (failure: Failure): boolean =>
  failure.status === 403 && /not accessible by integration/iu.test(failure.message);

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
