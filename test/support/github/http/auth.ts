/** Who is calling? An app with its JWT, or an installation with a token. */

import { randomBytes } from 'node:crypto';
import { importSPKI, jwtVerify, errors } from 'jose';
import { remember } from '../../secrets.ts';
import { covers } from '../world/find.ts';
import type { App, Installation, Permissions, Repo, Token, World } from '../world/state.ts';
import { problem, Refusal } from './route.ts';

export type Caller =
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'installation'; readonly app: App; readonly token: Token };

/** A JWT lives for ten minutes at most; GitHub leaves a minute for clocks that differ. */
const LONGEST_JWT_S = 600;
const LEEWAY_S = 60;
const TOKEN_LIFE_MS = 3_600_000;

/** Finds out who calls. Throws a `Refusal` with 401, or 403 for a suspended installation. */
export async function authenticate(world: World, header: string | undefined): Promise<Caller> {
  const credential = /^(?:bearer|token)\s+(\S+)$/iu.exec(header ?? '')?.[1];
  if (credential === undefined) throw new Refusal(problem(401, 'Requires authentication'));
  remember(credential);
  if (credential.split('.').length === 3) return { kind: 'app', app: await appOfJwt(world, credential) };
  const token = world.tokens.get(credential);
  if (token === undefined || token.expiresAt <= world.clock.real() || token.installation.removed) {
    throw new Refusal(problem(401, 'Bad credentials'));
  }
  if (token.installation.suspendedAt !== null) throw new Refusal(problem(403, 'This installation has been suspended'));
  return { kind: 'installation', app: token.installation.app, token };
}

const keys = new Map<string, ReturnType<typeof importSPKI>>();

async function appOfJwt(world: World, jwt: string): Promise<App> {
  const undecodable = new Refusal(problem(401, 'A JSON web token could not be decoded'));
  const claimed = claimedIssuer(jwt);
  const app = [...world.apps.values()].find(({ id }) => String(id) === claimed || `Iv1.${id}` === claimed);
  if (app === undefined || app.publicKey === '') throw new Refusal(problem(404, 'Integration not found'));
  const key = keys.get(app.publicKey) ?? importSPKI(app.publicKey, 'RS256');
  keys.set(app.publicKey, key);
  try {
    const { payload } = await jwtVerify(jwt, await key, {
      algorithms: ['RS256'],
      clockTolerance: LEEWAY_S,
      requiredClaims: ['exp', 'iat'],
      currentDate: new Date(world.clock.real()),
    });
    if ((payload.exp ?? 0) > world.clock.real() / 1000 + LONGEST_JWT_S + LEEWAY_S) {
      throw new Refusal(problem(401, "'Expiration time' claim ('exp') is too far in the future"));
    }
    return app;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) {
      throw new Refusal(
        problem(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time"),
      );
    }
    throw cause instanceof Refusal ? cause : undecodable;
  }
}

/** The issuer as the JWT claims it, to find the key that proves or refutes the claim. */
function claimedIssuer(jwt: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const issuer = typeof claims === 'object' && claims !== null && 'iss' in claims ? claims.iss : null;
    return typeof issuer === 'string' || typeof issuer === 'number' ? String(issuer) : null;
  } catch {
    return null;
  }
}

/** Makes a token of an installation, for all it may do or for less. */
export function issueToken(
  world: World,
  installation: Installation,
  limits: { permissions?: Permissions; repos?: ReadonlySet<Repo> },
): Token {
  const token: Token = {
    token: `ghs_${randomBytes(18).toString('hex')}`,
    installation,
    permissions: limits.permissions ?? installation.permissions,
    repos: limits.repos ?? null,
    expiresAt: world.clock.real() + TOKEN_LIFE_MS,
  };
  world.tokens.set(token.token, token);
  remember(token.token);
  return token;
}

/** Whether a token reaches a repository. */
export const reaches = (token: Token, repo: Repo): boolean =>
  !repo.deleted && covers(token.installation, repo) && (token.repos === null || token.repos.has(repo));

const LEVELS = ['read', 'write', 'admin'];

/** Whether a token may do what one of `needs` names, such as `checks:write`. Every token reads metadata. */
export const allows = (token: Token, needs: readonly string[]): boolean =>
  needs.length === 0 ||
  needs.some((need) => {
    const [name = '', level = 'read'] = need.split(':');
    if (need === 'metadata:read') return true;
    const has = token.permissions[name];
    return has !== undefined && LEVELS.indexOf(has) >= LEVELS.indexOf(level);
  });
