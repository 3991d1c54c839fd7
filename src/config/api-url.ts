/** Where GitHub's API is, from what the environment says about it. */

import { ok, refused, type Result } from '../domain/result.ts';

/** Whether a host name can only mean this machine. */
export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u.test(host);

/**
 * The API's address as `GITHUB_API_URL` gives it, without a slash at the end. Refuses one without https, since tokens
 * would travel unencrypted, except to this machine itself, and one that holds more than an address.
 */
export function readApiUrl(given: string): Result<string, string> {
  if (!URL.canParse(given)) return refused('is not an address');
  const url = new URL(given);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return refused('does not start with https://, so tokens would travel unencrypted');
  }
  if (url.href !== url.origin + url.pathname) return refused('holds more than an address');
  return ok(url.href.replace(/\/+$/u, ''));
}

/** The API of a GitHub Enterprise host. Cloud with data residency has a host of its own for it; a server, a path. */
export const enterpriseApiUrl = (host: string): string =>
  /\.ghe\.com$/iu.test(host) ? `https://api.${host}` : `https://${host}/api/v3`;

/** Where people see GitHub whose API is at `apiUrl`: the other direction of the two forms above. */
export function webUrlOf(apiUrl: string): string {
  const { origin, host } = new URL(apiUrl);
  if (host === 'api.github.com') return 'https://github.com';
  return host.endsWith('.ghe.com') ? origin.replace('//api.', '//') : origin;
}
