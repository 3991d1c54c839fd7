/** Fetches the webhooks that never arrived, and the repositories that nobody told of. */

import { instant } from '../domain/identity.ts';
import { repositoriesAdded } from './installations.ts';
import type { SentDelivery } from './ports.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
/** GitHub remembers deliveries for three days. */
const REMEMBERED = 3 * 24 * 60 * MINUTE;
/** How often GitHub is asked, at most. */
const EVERY = 5 * MINUTE;
/** What was sent shortly before the last look may have been on its way then. */
const OVERLAP = 15 * MINUTE;
/** Under this key stands when GitHub was last asked. */
const LAST_LOOK = 'missed-deliveries';

/**
 * Asks GitHub which webhooks it could not deliver since the last look, and has those sent again that are not stored.
 * A second attempt that fails too shows as a newer delivery, so the next look finds it. `always` looks however short
 * ago the last look was.
 */
export async function fetchMissed(world: World, always = false): Promise<void> {
  const now = await world.store.now();
  const last = (await world.store.surface(LAST_LOOK))?.shownAt ?? instant(0);
  if (!always && now - last < EVERY) return;
  const since = instant(Math.max(now - REMEMBERED, last - OVERLAP));
  const missed = await missing(world, await world.github.deliveriesSince(since));
  for (const delivery of missed) await world.github.redeliver(delivery.id);
  if (missed.length > 0) {
    const events = [...new Set(missed.map(({ event }) => event))];
    world.log.warn({ count: missed.length, events }, 'webhooks that did not arrive were asked for again');
  }
  await world.store.saveSurface({ key: LAST_LOOK, githubId: null, digest: String(now) });
}

/** The newest attempt of every webhook of which no attempt arrived and nothing is stored, oldest first. */
async function missing(world: World, sent: readonly SentDelivery[]): Promise<readonly SentDelivery[]> {
  const arrived = new Set(sent.filter((delivery) => delivery.arrived).map(({ guid }) => guid));
  const newest = new Map<string, SentDelivery>();
  for (const delivery of sent) {
    if (!arrived.has(delivery.guid) && !newest.has(delivery.guid)) newest.set(delivery.guid, delivery);
  }
  const known = await world.store.knownDeliveries([...newest.keys()]);
  return [...newest.values()].filter(({ guid }) => !known.has(guid)).reverse();
}

/** Stores the repositories of every installation that are not known there yet, and looks at each. */
export async function discoverRepositories(world: World): Promise<void> {
  // An app that was uninstalled and comes back has its old repositories in a new installation.
  const known = new Map((await world.store.repositories()).map((repo) => [repo.id, repo.installationId]));
  for (const installation of await world.github.installations()) {
    if (installation.suspended) {
      world.log.error(
        { installation: installation.id },
        'this installation is suspended: nothing can be released or taken back there',
      );
      continue;
    }
    const fresh = (await world.github.repositories(installation.id)).filter(
      (repo) => known.get(repo.id) !== installation.id,
    );
    if (fresh.length > 0) await repositoriesAdded(world, fresh);
  }
}
