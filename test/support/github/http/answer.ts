/** What is the answer to a request? Who calls is found out, then what may be done is done, and both sides are checked. */

import type { IncomingHttpHeaders } from 'node:http';
import { repoByName } from '../world/find.ts';
import type { Repo, Token, World } from '../world/state.ts';
import { allows, authenticate, reaches, type Caller } from './auth.ts';
import { answerComplaint, requestComplaints } from './contract.ts';
import { answerGraphql } from './graphql.ts';
import { isObject } from './input.ts';
import type { Payer, RateLimit } from './rate-limit.ts';
import { notFound, problem, Refusal, type Answer, type Context, type Match, type Route } from './route.ts';

export type Asked = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  /** The route that it is for; `null` where there is none. */
  readonly match: Match | null;
  /** Who pays for it: the app, until an installation is found to call. */
  payer: Payer;
};

export type Rules = {
  readonly world: World;
  readonly limit: RateLimit;
  /** Whether requests and answers are held against GitHub's description. */
  readonly contract: boolean;
};

/** Answers a request. It never throws: a bug in here is answered 500 and stands among the violations. */
export async function answer(rules: Rules, asked: Asked): Promise<Answer> {
  const { world } = rules;
  try {
    const caller = await authenticate(world, asked.headers.authorization);
    if (caller.kind === 'installation') asked.payer = caller.token.installation;
    if (rules.limit.exceeded(asked.payer)) return problem(403, 'API rate limit exceeded for installation.');
    if (asked.method === 'POST' && asked.url.pathname === '/graphql') return answerGraphql(world, caller, asked.raw);
    if (asked.match === null) {
      const message = 'the local GitHub does not have this call';
      world.violations.push({ kind: 'unknown-route', operation: operationOf(asked), message });
      return problem(404, 'Not Found');
    }
    return await answerRoute(rules, asked, asked.match, caller);
  } catch (cause) {
    if (cause instanceof Refusal) return cause.answer;
    const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    world.violations.push({ kind: 'crash', operation: operationOf(asked), message });
    return problem(500, 'Server Error');
  }
}

const operationOf = ({ match, method, url }: Asked): string => match?.route.operation ?? `${method} ${url.pathname}`;

async function answerRoute({ world, contract }: Rules, asked: Asked, match: Match, caller: Caller): Promise<Answer> {
  const { operation } = match.route;
  const body = parse(asked.raw);
  if (contract) {
    const sent = asked.raw === '' ? undefined : body;
    const complaints = requestComplaints(operation, match.params, asked.url.searchParams, sent);
    for (const message of complaints) world.violations.push({ kind: 'request', operation, message });
    if (complaints.some((message) => message.startsWith('body'))) return problem(422, 'Invalid request.', complaints);
  }
  const context = contextOf(world, asked, match, caller, isObject(body) ? body : { '': body });
  const given = await admit(world, match.route, caller, context).catch((cause: unknown) => {
    if (cause instanceof Refusal) return cause.answer;
    throw cause;
  });
  const wrong =
    contract && typeof given.body !== 'string' ? answerComplaint(operation, given.status, given.body) : null;
  if (wrong !== null) world.violations.push({ kind: 'response', operation, message: `${given.status}: ${wrong}` });
  return given;
}

function parse(raw: string): unknown {
  if (raw === '') return {};
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    throw new Refusal(problem(400, 'Problems parsing JSON'));
  }
}

/** Lets a caller through to the handler who has the right to it. */
async function admit(world: World, route: Route, caller: Caller, context: Context): Promise<Answer> {
  if (route.audience !== caller.kind) {
    throw new Refusal(
      route.audience === 'app'
        ? problem(401, 'A JSON web token could not be decoded')
        : problem(403, 'Resource not accessible by integration'),
    );
  }
  if (caller.kind === 'installation' && !allows(caller.token, route.needs)) {
    // GitHub hides what a token does not reach before it says that a permission is missing.
    if (route.path.startsWith('/repos/{owner}/{repo}')) repoIn(world, context.params, caller.token, route.method);
    const message = `needs ${route.needs.join(' or ')}, has ${JSON.stringify(caller.token.permissions)}`;
    world.violations.push({ kind: 'permission', operation: route.operation, message });
    throw new Refusal(problem(403, 'Resource not accessible by integration'));
  }
  return await route.handle(context);
}

function contextOf(
  world: World,
  asked: Asked,
  match: Match,
  caller: Caller,
  body: Readonly<Record<string, unknown>>,
): Context {
  const token = caller.kind === 'installation' ? caller.token : null;
  return {
    world,
    app: caller.app,
    installation: token?.installation ?? null,
    token,
    params: match.params,
    query: asked.url.searchParams,
    body,
    accept: asked.headers.accept ?? '',
    path: asked.url.pathname,
    get repo() {
      return repoIn(world, match.params, token, match.route.method);
    },
  };
}

/** The repository of the path. Public ones can be read by everyone, and changed only where the app is installed. */
function repoIn(world: World, params: Readonly<Record<string, string>>, token: Token | null, method: string): Repo {
  const repo = repoByName(world, params['owner'] ?? '', params['repo'] ?? '');
  if (repo === null) throw notFound();
  if (token === null || reaches(token, repo)) return repo;
  if (repo.private) throw notFound();
  if (method !== 'GET') throw new Refusal(problem(403, 'Resource not accessible by integration'));
  return repo;
}
