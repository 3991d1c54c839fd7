/** Who hears of what happened, and what are they told? */

import { randomUUID } from 'node:crypto';
import { covers, newId, organizationOf } from '../world/find.ts';
import type { Account, App, Delivery, Installation, Organization, Repo, World } from '../world/state.ts';
import { showAccount, showOrganization } from '../show/accounts.ts';
import { showRepo } from '../show/repositories.ts';
import { nodeId, type Shape } from '../show/shape.ts';

/** What happened. The common fields (repository, organization, installation, sender) are added here. */
export type Happening = {
  readonly event: string;
  readonly action: string | null;
  readonly body: Shape;
  readonly sender: Account;
  /** Hears it alone: buttons and re-requests of a check go to the app that made it. */
  readonly only?: App;
};

/** Whether an installation hears of something: it is alive, its app has a webhook, is subscribed, and is meant. */
function hears({ app, removed, suspendedAt }: Installation, { event, only }: Happening): boolean {
  if (removed || suspendedAt !== null || app.privateKey === '') return false;
  return (app.events === 'all' || app.events.has(event)) && (only === undefined || only === app);
}

/** Tells every app that is installed on the repository and subscribed to the event. */
export function tellAboutRepo(world: World, repo: Repo, happening: Happening): void {
  for (const installation of world.installations.values()) {
    if (covers(installation, repo)) tell(world, installation, repo, organizationOf(world, repo.owner), happening);
  }
}

/** Tells every app that is installed on the organisation and subscribed to the event. */
export function tellAboutOrganization(world: World, org: Organization, happening: Happening): void {
  for (const installation of world.installations.values()) {
    if (installation.account === org.account) tell(world, installation, null, org, happening);
  }
}

function tell(
  world: World,
  installation: Installation,
  repo: Repo | null,
  org: Organization | null,
  happening: Happening,
): void {
  if (!hears(installation, happening)) return;
  const payload: Shape = {
    ...(happening.action === null ? {} : { action: happening.action }),
    ...happening.body,
    ...(repo === null ? {} : { repository: happening.body['repository'] ?? showRepo(world, repo) }),
    ...(org === null ? {} : { organization: showOrganization(world, org) }),
    installation: { id: installation.id, node_id: nodeId('Installation', installation.id) },
    sender: showAccount(world, happening.sender),
  };
  queue(world, installation.app, happening, payload, installation.id, repo?.id ?? null);
}

/** Tells one app about itself (installation, ping). These come without being subscribed to. */
export function tellApp(world: World, app: App, happening: Happening, installationId: number | null): void {
  const payload: Shape = {
    ...(happening.action === null ? {} : { action: happening.action }),
    ...happening.body,
    sender: showAccount(world, happening.sender),
  };
  queue(world, app, happening, payload, installationId, null);
}

function queue(
  world: World,
  app: App,
  happening: Happening,
  payload: Shape,
  installationId: number | null,
  repositoryId: number | null,
): void {
  // A payload is what was true when it happened, so it is frozen in its wire form now.
  const frozen: unknown = JSON.parse(JSON.stringify(payload));
  const delivery: Delivery = {
    id: newId(world),
    guid: randomUUID(),
    app,
    event: happening.event,
    action: happening.action,
    payload: frozen as Shape,
    installationId,
    repositoryId,
    redelivery: false,
    queuedAt: world.clock.now(),
    deliveredAt: world.clock.now(),
    durationSeconds: 0,
    status: 'queued',
    statusCode: 0,
    requestHeaders: {},
    responseBody: '',
  };
  world.deliveries.push(delivery);
  world.enqueue(delivery);
}
