/** How the events of several grants are stored as one, unless a grant changed while they came to be known. */

import type { Grant, GrantEvent } from '../domain/grant.ts';
import { moveGrant } from './move-grant.ts';
import { GitHubUnavailable, type Change } from './ports.ts';
import { commit, type World } from './world.ts';

/**
 * Stores what happened to grants, with what `more` has to be stored beside it: `null` where that is nothing. Throws where
 * one of them is another by now: it is looked at again.
 */
export async function storeEvents<G extends Grant>(
  world: World,
  grants: readonly G[],
  eventFor: (grant: G) => GrantEvent | null,
  more: () => Promise<Change | null>,
): Promise<void> {
  await commit(world, async () => {
    const now = await world.store.now();
    const current = await Promise.all(grants.map((grant) => world.store.grant(grant.id)));
    const unchanged = current.every((grant, index) => grant?.version === grants[index]?.version);
    if (!unchanged) {
      throw new GitHubUnavailable('a grant changed while it was being carried out; it is looked at again', null);
    }
    const changes = grants.flatMap((grant) => {
      const event = eventFor(grant);
      const change = event === null ? null : moveGrant(grant, event, now, null);
      return change === null ? [] : [change];
    });
    const beside = await more();
    if (changes.length === 0 && beside === null) return { change: null, value: undefined };
    return {
      change: {
        ...beside,
        grants: changes.flatMap((change) => change.grants ?? []),
        audit: changes.flatMap((change) => change.audit ?? []),
        effects: changes.flatMap((change) => change.effects ?? []),
      },
      value: undefined,
    };
  });
}
