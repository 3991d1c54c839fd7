/** Works one stored delivery off: read it, handle it, say what became of it. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef } from '../domain/identity.ts';
import { handleEvent } from './handle.ts';
import type { Delivery } from './ports.ts';
import type { World } from './world.ts';

/** Turns a delivery into a domain event or into nothing; throws on a payload that is not what its event promises. */
export type ReadEvent = (event: string, payload: unknown) => DomainEvent | null;

/** Throws when handling failed for a reason that may pass, so that the job is tried again. */
export async function receiveDelivery(world: World, read: ReadEvent, id: string): Promise<void> {
  const delivery = await world.store.delivery(id);
  if (delivery === null) return;
  const event = await readOrReport(world, read, delivery);
  if (event === 'unreadable') return;
  if (event === null) {
    await world.store.settleDelivery(id, 'ignored', null);
    return;
  }
  if ('repo' in event) await rememberName(world, event.repo);
  await handleEvent(world, event);
  await world.store.settleDelivery(id, 'handled', event.kind);
}

async function readOrReport(
  world: World,
  read: ReadEvent,
  delivery: Delivery,
): Promise<DomainEvent | null | 'unreadable'> {
  try {
    return read(delivery.event, delivery.payload);
  } catch (error) {
    const why = wordsOf(error);
    world.log.error(
      { delivery: delivery.id, event: delivery.event, why },
      'a delivery could not be read; it changes nothing',
    );
    await world.store.settleDelivery(delivery.id, 'failed', why.slice(0, 1000));
    return 'unreadable';
  }
}

/** What a payload lacks, a line each, rather than the raw report in JSON. */
function wordsOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

/** Follows renames: webhooks carry the name that a repository has now. */
async function rememberName(world: World, repo: RepoRef): Promise<void> {
  const known = await world.store.repository(repo.id);
  const same =
    known !== null &&
    known.owner === repo.owner &&
    known.name === repo.name &&
    known.installationId === repo.installationId;
  if (!same) await world.store.saveRepositories([repo]);
}
