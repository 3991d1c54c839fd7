/** How do webhooks get to the app? Signed, in order for each repository, once; what fails is recorded and not retried. */

import { createHmac } from 'node:crypto';
import { newId } from '../world/find.ts';
import type { Delivery, World } from '../world/state.ts';

/** GitHub gives up on an answer after this many milliseconds. */
const DELIVERY_TIMEOUT_MS = 10_000;

/** Tests steer the deliveries here. */
export type Webhooks = {
  /** Holds deliveries back until `resume`. */
  pause(): void;
  /** Sends what was held back, in its order or in the one that `reorder` makes of it. */
  resume(reorder?: (held: readonly Delivery[]) => readonly Delivery[]): void;
  /** Loses the next `count` deliveries (of `event`, or of any): recorded as failed, never sent. */
  loseNext(count: number, event?: string): void;
  /** Sends the next `count` deliveries (of `event`, or of any) twice with the same id. */
  duplicateNext(count: number, event?: string): void;
  /** Asks for a delivery to be sent again with the same GUID, as the app can through the API. */
  redeliver(delivery: Delivery): Delivery;
  /** Resolves when nothing is on its way; deliveries that are held back do not count. */
  idle(): Promise<void>;
};

type Wish = { event: string | null; left: number };

export type Sender = Webhooks & { readonly enqueue: (delivery: Delivery) => void; close(): Promise<void> };

/** A sender for one world. `close` gives up on what is on its way. */
export function createSender(world: World): Sender {
  const lanes = new Map<string, Promise<void>>();
  const closing = new AbortController();
  const losses: Wish[] = [];
  const doubles: Wish[] = [];
  let held: Delivery[] | null = null;

  const send = (delivery: Delivery): void => {
    if (take(losses, delivery.event)) {
      fail(world, delivery, 'timed out');
      return;
    }
    const times = take(doubles, delivery.event) ? 2 : 1;
    const lane = `${delivery.app.id}/${delivery.repositoryId ?? `installation ${delivery.installationId ?? 0}`}`;
    const before = lanes.get(lane) ?? Promise.resolve();
    const sent = before.then(async () => {
      for (let time = 0; time < times; time += 1) await post(world, delivery, closing.signal);
    });
    lanes.set(lane, sent);
    void sent.finally(() => {
      if (lanes.get(lane) === sent) lanes.delete(lane);
    });
  };

  return {
    enqueue: (delivery) => {
      if (held === null) send(delivery);
      else held.push(delivery);
    },
    pause: () => {
      held ??= [];
    },
    resume: (reorder = (same) => same) => {
      const waiting = reorder(held ?? []);
      held = null;
      for (const delivery of waiting) send(delivery);
    },
    loseNext: (count, event) => {
      losses.push({ event: event ?? null, left: count });
    },
    duplicateNext: (count, event) => {
      doubles.push({ event: event ?? null, left: count });
    },
    redeliver: (delivery) => {
      const again: Delivery = {
        ...delivery,
        id: newId(world),
        redelivery: true,
        queuedAt: world.clock.now(),
        deliveredAt: world.clock.now(),
        status: 'queued',
        statusCode: 0,
        responseBody: '',
      };
      world.deliveries.push(again);
      send(again);
      return again;
    },
    idle: async () => {
      while (lanes.size > 0) await Promise.allSettled(lanes.values());
    },
    close: async () => {
      closing.abort(new Error('the local GitHub was closed'));
      await Promise.allSettled(lanes.values());
    },
  };
}

function take(wishes: Wish[], event: string): boolean {
  const wish = wishes.find(({ event: wanted, left }) => left > 0 && (wanted === null || wanted === event));
  if (wish === undefined) return false;
  wish.left -= 1;
  return true;
}

function fail(world: World, delivery: Delivery, status: string): void {
  delivery.deliveredAt = world.clock.now();
  delivery.status = status;
  delivery.statusCode = 0;
}

async function post(world: World, delivery: Delivery, closing: AbortSignal): Promise<void> {
  const { app } = delivery;
  delivery.deliveredAt = world.clock.now();
  if (app.webhookTarget === null) {
    fail(world, delivery, 'failed to connect to host');
    return;
  }
  const body = JSON.stringify(delivery.payload);
  const began = performance.now();
  delivery.requestHeaders = {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/local',
    'x-github-delivery': delivery.guid,
    'x-github-event': delivery.event,
    'x-github-hook-id': String(app.id),
    'x-github-hook-installation-target-id': String(app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': signature(app.webhookSecret, body),
  };
  try {
    const answer = await fetch(app.webhookTarget, {
      method: 'POST',
      headers: delivery.requestHeaders,
      body,
      signal: AbortSignal.any([closing, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]),
    });
    delivery.responseBody = await answer.text();
    delivery.statusCode = answer.status;
    delivery.status = answer.ok ? 'OK' : `Invalid HTTP Response: ${answer.status}`;
  } catch (cause) {
    fail(
      world,
      delivery,
      cause instanceof Error && cause.name === 'TimeoutError' ? 'timed out' : 'failed to connect to host',
    );
  }
  delivery.durationSeconds = Math.round(performance.now() - began) / 1000;
}

/** The value of `X-Hub-Signature-256` for a body. */
const signature = (secret: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
