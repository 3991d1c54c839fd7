/** Which calls are there for the app itself: installations, tokens, webhook deliveries? */

import { fullName, installationOf, organizationByLogin, repoByName, accountByLogin } from '../world/find.ts';
import { stamp } from '../world/clock.ts';
import type { Delivery, Installation, Permissions, Repo } from '../world/state.ts';
import { showApp, showDelivery, showDeliveryInFull, showInstallation } from '../show/apps.ts';
import { showRepo } from '../show/repositories.ts';
import { permissionFlags } from '../world/roles.ts';
import { issueToken } from '../http/auth.ts';
import { idParam, isObject, param } from '../http/input.ts';
import { counted, listed } from '../http/pages.ts';
import { answers, invalid, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';
import { reaches } from '../http/auth.ts';

const { ok, created } = answers;

function installationIn(context: Context): Installation {
  const installation = context.world.installations.get(idParam(context, 'installation_id'));
  if (installation === undefined || installation.removed || installation.app !== context.app) throw notFound();
  return installation;
}

/** A token for all that the installation may do, or for the repositories and permissions that the body names. */
function makeToken(context: Context): Answer {
  const { world, body } = context;
  const installation = installationIn(context);
  if (installation.suspendedAt !== null) throw new Refusal(problem(403, 'This installation has been suspended'));
  const permissions = narrowed(installation, body['permissions']);
  const repos = chosenRepos(context, installation);
  const token = issueToken(world, installation, {
    ...(permissions === null ? {} : { permissions }),
    ...(repos === null ? {} : { repos }),
  });
  return created({
    token: token.token,
    expires_at: stamp(token.expiresAt),
    permissions: { metadata: 'read', ...token.permissions },
    repository_selection: installation.repos === 'all' && repos === null ? 'all' : 'selected',
    ...(repos === null ? {} : { repositories: [...repos].map((repo) => showRepo(world, repo)) }),
  });
}

const LEVELS = ['read', 'write', 'admin'] as const;

function narrowed(installation: Installation, asked: unknown): Permissions | null {
  if (!isObject(asked)) return null;
  const result: Record<string, 'read' | 'write' | 'admin'> = {};
  for (const [name, level] of Object.entries(asked)) {
    const wanted = LEVELS.find((candidate) => candidate === level);
    const has = name === 'metadata' ? 'read' : installation.permissions[name];
    if (wanted === undefined || has === undefined || LEVELS.indexOf(wanted) > LEVELS.indexOf(has)) {
      throw invalid('The permissions requested are not granted to this installation.');
    }
    result[name] = wanted;
  }
  return result;
}

function chosenRepos({ world, body }: Context, installation: Installation): Set<Repo> | null {
  const names = Array.isArray(body['repositories']) ? body['repositories'].map(String) : null;
  const ids = Array.isArray(body['repository_ids']) ? body['repository_ids'].map(Number) : null;
  if (names === null && ids === null) return null;
  const found = [
    ...(names ?? []).map((name) => repoByName(world, installation.account.login, name)),
    ...(ids ?? []).map((id) => world.repos.get(id) ?? null),
  ];
  return new Set(
    found.map((repo) => {
      const inside = repo !== null && (installation.repos === 'all' || installation.repos.has(repo));
      if (!inside)
        throw invalid(
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        );
      return repo;
    }),
  );
}

/** Newest first, three days back, by cursor: the id of the last delivery that was seen. */
function deliveries(context: Context): Answer {
  const { world, query, app } = context;
  const since = world.clock.now() - 3 * 24 * 3_600_000;
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const status = query.get('status');
  const all = world.deliveries
    .filter((delivery) => delivery.app === app && delivery.status !== 'queued' && delivery.deliveredAt >= since)
    .filter((delivery) => status === null || (status === 'success') === (delivery.status === 'OK'))
    .toSorted((a, b) => b.id - a.id);
  const cursor = query.get('cursor');
  const after = cursor === null ? all : all.filter((delivery) => delivery.id < Number(cursor.replace(/^v1_/u, '')));
  const items = after.slice(0, size);
  const last = items.at(-1);
  const more = after.length > items.length && last !== undefined;
  const next = new URLSearchParams(query);
  if (more) next.set('cursor', `v1_${last.id}`);
  return {
    status: 200,
    body: items.map(showDelivery),
    headers: more ? { link: `<${world.url}${context.path}?${next.toString()}>; rel="next"` } : {},
  };
}

function deliveryIn(context: Context): Delivery {
  const id = idParam(context, 'delivery_id');
  const delivery = context.world.deliveries.find((candidate) => candidate.id === id && candidate.app === context.app);
  if (delivery === undefined) throw notFound();
  return delivery;
}

const found = (context: Context, installation: Installation | null): Answer => {
  if (installation === null) throw notFound();
  return ok(showInstallation(context.world, installation));
};

/** `redeliver` sends a delivery again; it belongs to the webhook sender. */
export const appRoutes = (redeliver: (delivery: Delivery) => unknown): Route[] => [
  {
    method: 'GET',
    path: '/app',
    operation: 'apps/get-authenticated',
    audience: 'app',
    needs: [],
    handle: ({ world, app }) =>
      ok({
        ...showApp(world, app),
        installations_count: [...world.installations.values()].filter((one) => one.app === app && !one.removed).length,
      }),
  },
  {
    method: 'GET',
    path: '/app/installations',
    operation: 'apps/list-installations',
    audience: 'app',
    needs: [],
    handle: (context) =>
      listed(
        context,
        [...context.world.installations.values()].filter((one) => one.app === context.app && !one.removed),
        (installation) => showInstallation(context.world, installation),
      ),
  },
  {
    method: 'GET',
    path: '/app/installations/{installation_id}',
    operation: 'apps/get-installation',
    audience: 'app',
    needs: [],
    handle: (context) => ok(showInstallation(context.world, installationIn(context))),
  },
  {
    method: 'POST',
    path: '/app/installations/{installation_id}/access_tokens',
    operation: 'apps/create-installation-access-token',
    audience: 'app',
    needs: [],
    handle: makeToken,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/installation',
    operation: 'apps/get-repo-installation',
    audience: 'app',
    needs: [],
    handle: (context) => found(context, installationOf(context.world, context.app, context.repo.owner)),
  },
  {
    method: 'GET',
    path: '/orgs/{org}/installation',
    operation: 'apps/get-org-installation',
    audience: 'app',
    needs: [],
    handle: (context) => {
      const org = organizationByLogin(context.world, param(context, 'org'));
      return found(context, org === null ? null : installationOf(context.world, context.app, org.account));
    },
  },
  {
    method: 'GET',
    path: '/users/{username}/installation',
    operation: 'apps/get-user-installation',
    audience: 'app',
    needs: [],
    handle: (context) => {
      const account = accountByLogin(context.world, param(context, 'username'));
      return found(context, account === null ? null : installationOf(context.world, context.app, account));
    },
  },
  {
    method: 'GET',
    path: '/app/hook/config',
    operation: 'apps/get-webhook-config-for-app',
    audience: 'app',
    needs: [],
    handle: ({ app }) =>
      ok({
        ...(app.webhookTarget === null ? {} : { url: app.webhookTarget }),
        content_type: app.hook.contentType,
        ...(app.webhookSecret === '' ? {} : { secret: '********' }),
        insecure_ssl: app.hook.insecureSsl,
      }),
  },
  {
    method: 'GET',
    path: '/app/hook/deliveries',
    operation: 'apps/list-webhook-deliveries',
    audience: 'app',
    needs: [],
    handle: deliveries,
  },
  {
    method: 'GET',
    path: '/app/hook/deliveries/{delivery_id}',
    operation: 'apps/get-webhook-delivery',
    audience: 'app',
    needs: [],
    handle: (context) => ok(showDeliveryInFull(deliveryIn(context))),
  },
  {
    method: 'POST',
    path: '/app/hook/deliveries/{delivery_id}/attempts',
    operation: 'apps/redeliver-webhook-delivery',
    audience: 'app',
    needs: [],
    handle: (context) => {
      redeliver(deliveryIn(context));
      return { status: 202, body: {} };
    },
  },
  {
    method: 'GET',
    path: '/installation/repositories',
    operation: 'apps/list-repos-accessible-to-installation',
    audience: 'installation',
    needs: [],
    handle: (context) => {
      const { world, token } = context;
      const repos = [...world.repos.values()].filter((repo) => token !== null && reaches(token, repo));
      const answer = counted(
        context,
        'repositories',
        repos.toSorted((a, b) => (fullName(a) < fullName(b) ? -1 : 1)),
        (repo) => ({
          ...showRepo(world, repo),
          permissions: permissionFlags(world, repo, 'pull'),
        }),
      );
      const selection = token?.installation.repos === 'all' && token.repos === null ? 'all' : 'selected';
      return { ...answer, body: { ...(answer.body as object), repository_selection: selection } };
    },
  },
  {
    method: 'GET',
    path: '/rate_limit',
    operation: 'rate-limit/get',
    audience: 'installation',
    needs: [],
    handle: ({ world }) => {
      const rate = {
        limit: world.rateLimit,
        used: 0,
        remaining: world.rateLimit,
        reset: Math.ceil(world.clock.now() / 1000) + 3600,
      };
      return ok({ resources: { core: rate, search: rate, graphql: rate }, rate });
    },
  },
];
