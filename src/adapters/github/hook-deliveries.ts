/** Which webhooks did GitHub send, and how is one sent again? */

import { z } from 'zod';
import { instant } from '../../domain/identity.ts';
import type { GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';

const Deliveries = z.array(
  z.object({
    id: z.int(),
    guid: z.string(),
    delivered_at: z.string(),
    status_code: z.int(),
    event: z.string(),
  }),
);

/** GitHub lists the last three days, newest first (https://docs.github.com/en/rest/apps/webhooks). */
export const hookDeliveries = (client: Client): Pick<GitHub, 'deliveriesSince' | 'redeliver'> => ({
  async deliveriesSince(since) {
    const older = (delivery: z.output<typeof Deliveries>[number]): boolean => Date.parse(delivery.delivered_at) < since;
    const list = await client.list('app', 'GET /app/hook/deliveries', {}, Deliveries, (page) => page.some(older));
    return list
      .filter((delivery) => !older(delivery))
      .map(({ id, guid, delivered_at, status_code, event }) => ({
        id,
        guid,
        event,
        at: instant(Date.parse(delivered_at)),
        arrived: status_code >= 200 && status_code < 300,
      }));
  },

  async redeliver(id) {
    const route = 'POST /app/hook/deliveries/{delivery_id}/attempts';
    await client.write('app', 'read', route, { delivery_id: id }, z.unknown());
  },
});
