/** Do webhooks reach the app? */

import { finding, ok, type AppFacts, type DeliveryFacts, type DoctorFinding, type HookFacts } from './model.ts';

const ABOUT = 'webhook';

/** Compares the webhook's settings with what the app's server takes; `path` is where it takes webhooks. */
export function hookFindings(app: AppFacts, hook: HookFacts, path: string): readonly DoctorFinding[] {
  const found: DoctorFinding[] = [];
  const wrong = (code: string, message: string, todo: string): void => {
    found.push(finding('error', code, ABOUT, message, { todo, page: app.page }));
  };
  const url = hook.url === null ? null : URL.parse(hook.url);
  if (url === null)
    wrong(
      'webhook-url',
      'the webhook has no address, so the app hears of nothing',
      `enter https://…${path} and tick Active`,
    );
  else {
    if (url.protocol !== 'https:')
      wrong(
        'webhook-https',
        `webhooks go to ${url.href} unencrypted`,
        'put a proxy with TLS before the app, and enter its https address',
      );
    if (!url.pathname.endsWith(path))
      wrong(
        'webhook-path',
        `webhooks go to ${url.pathname}, where the app does not listen`,
        `let the address end with ${path}`,
      );
  }
  if (!hook.hasSecret)
    wrong(
      'webhook-secret',
      'webhooks are not signed, so the app refuses all of them',
      'enter the value of WEBHOOK_SECRET',
    );
  if (hook.contentType !== 'json')
    wrong('webhook-content-type', `webhooks come as ${hook.contentType}`, 'choose application/json');
  if (hook.insecure)
    wrong('webhook-certificate', 'GitHub does not look at the server’s certificate', 'enable SSL verification');
  return found.length > 0 ? found : [ok('webhook', ABOUT, `goes to ${hook.url ?? ''}, signed, as JSON`)];
}

/** From this share of failures on, deliveries fail as a rule. */
const TOO_MANY = 0.5;

/** What became of the recent webhooks, newest first. One that arrived at a later attempt counts as arrived. */
export function deliveryFindings(app: AppFacts, deliveries: readonly DeliveryFacts[]): readonly DoctorFinding[] {
  const page = `${app.page}/advanced`;
  const arrived = new Map<string, boolean>();
  for (const { guid, status } of deliveries) arrived.set(guid, (arrived.get(guid) ?? false) || isSuccess(status));
  const failures = [...arrived.values()].filter((one) => !one).length;
  if (arrived.size === 0) {
    const message = 'GitHub has sent no webhook in the last three days';
    const todo = 'open a pull request somewhere and look again; if nothing comes, see whether the webhook is active';
    return [finding('warning', 'webhook-silent', ABOUT, message, { todo, page })];
  }
  if (failures === 0) return [ok('webhook-deliveries', ABOUT, `the last ${arrived.size} webhooks arrived`)];
  // What fails now and then is asked for again; when the newest one did not arrive, or most, the app is cut off.
  const newest = deliveries[0];
  const cutOff = failures / arrived.size >= TOO_MANY || (newest !== undefined && arrived.get(newest.guid) === false);
  const share = Math.ceil((100 * failures) / arrived.size);
  const message = `${failures} of the last ${arrived.size} webhooks (${share}%) did not arrive; ${latestFailure(deliveries, arrived)}`;
  const todo =
    'see the answers there, and whether GitHub reaches the server; the app asks for what it missed by itself';
  return [finding(cutOff ? 'error' : 'warning', 'webhook-failures', ABOUT, message, { todo, page })];
}

function latestFailure(deliveries: readonly DeliveryFacts[], arrived: ReadonlyMap<string, boolean>): string {
  const last = deliveries.find(({ guid }) => arrived.get(guid) === false);
  if (last === undefined) return 'all arrived';
  return `the latest was ${last.event}, answered with ${last.status === 0 ? 'nothing' : String(last.status)}`;
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
