/** Which address does a route stand for, and which page comes next? */

import type { Route } from './permissions.ts';

/** A request in words, such as `GET /repos/octo/hello/pulls/7`: for messages, never for sending. */
export function describe(route: Route, parameters: Readonly<Record<string, unknown>>): string {
  return route.replaceAll(/\{(\w+)\}/gu, (hole, name: string) => {
    const value = parameters[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : hole;
  });
}

/**
 * The parameters of the next page that a `Link` header names; `null` where it names none. Only the query is taken, so
 * that no header can send a token to another host. See https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api.
 */
export function nextFrom(link: string | null): Readonly<Record<string, string>> | null {
  for (const part of link?.split(/,\s*(?=<)/u) ?? []) {
    const match = /^\s*<([^<>]*)>(.*)$/su.exec(part);
    if (match === null || !/;\s*rel="?next"?/iu.test(match[2] ?? '')) continue;
    const url = URL.parse(match[1] ?? '', 'https://api.github.com');
    if (url !== null) return Object.fromEntries(url.searchParams);
  }
  return null;
}
