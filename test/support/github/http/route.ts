/** What is a route of the API, and which one does a request mean? */

import { literally } from '../world/pattern.ts';
import type { App, Installation, Repo, Token, World } from '../world/state.ts';

/** Whom a route answers: the app itself (JWT), or an installation (token). */
export type Audience = 'app' | 'installation';

/** Permissions of which one is enough, such as `checks:write`. Reading what is public metadata needs none. */
export type Needs = readonly string[];

export type Answer = {
  readonly status: number;
  /** `undefined`: no body. A string goes out as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A request on a route, with everything that was found out about it. */
export type Context = {
  readonly world: World;
  readonly app: App;
  /** There is always one on routes for installations. */
  readonly installation: Installation | null;
  readonly token: Token | null;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly accept: string;
  /** The request's path without its query, for links to other pages. */
  readonly path: string;
  /** The repository that the path names. Refuses with 404 where there is none that the token reaches. */
  readonly repo: Repo;
};

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with placeholders, as GitHub's description writes it; a last `{path}` or `{ref}` takes slashes too. */
  readonly path: string;
  /** Operation in GitHub's description that requests and answers are held against. */
  readonly operation: string;
  readonly audience: Audience;
  readonly needs: Needs;
  readonly handle: (context: Context) => Answer | Promise<Answer>;
};

/** An answer that ends the handling of a request. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`answered ${answer.status}`);
    this.answer = answer;
  }
}

const DOCS = 'https://docs.github.com/rest';

/** An error as GitHub words it. */
export const problem = (status: number, message: string, errors?: readonly unknown[]): Answer => ({
  status,
  body: {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: DOCS,
    status: String(status),
  },
});

export const notFound = (): Refusal => new Refusal(problem(404, 'Not Found'));
export const invalid = (message: string): Refusal => new Refusal(problem(422, message));

const ok = (body: unknown): Answer => ({ status: 200, body });
const created = (body: unknown): Answer => ({ status: 201, body });
export const answers = { ok, created, nothing: { status: 204 } as Answer };

export type Match = { readonly route: Route; readonly params: Record<string, string> };

/** Finds routes by method and path. More placeholders match later, so `labels/{name}` comes after `labels/x`. */
export function createMatcher(routes: readonly Route[]): (method: string, path: string) => Match | null {
  const compiled = routes
    .map((route) => ({ route, ...compile(route.path) }))
    .sort((a, b) => a.names.length - b.names.length || b.route.path.length - a.route.path.length);
  return (method, path) => {
    for (const { route, pattern, names } of compiled) {
      const found = route.method === method ? pattern.exec(path) : null;
      if (found === null) continue;
      return {
        route,
        params: Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? '')])),
      };
    }
    return null;
  };
}

/** Placeholders whose values hold slashes. */
const GREEDY = new Set(['path', 'ref', 'branch', 'basehead', 'environment_name']);

function compile(path: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = path.split(/\{(\w+)\}/u).map((part, at) => {
    if (at % 2 === 0) return literally(part);
    names.push(part);
    return GREEDY.has(part) ? '(.+?)' : '([^/]+)';
  });
  return { pattern: new RegExp(`^${source.join('')}$`, 'u'), names };
}
