/** What every part of the engine is handed: the ports, and the few things that live as long as the process. */

import type { PolicyState } from '../domain/policy/state.ts';
import type { Change, GitHub, Log, Notary, Store } from './ports.ts';

export type World = {
  readonly github: GitHub;
  readonly store: Store;
  readonly log: Log;
  /** GitHub's number of this app: checks and comments of any other are not ours. */
  readonly appId: number;
  /** `null`: no checkpoints are published. */
  readonly notary: Notary | null;
  /** Repositories (`owner/name`, lower case) whose policy the operator trusts to say which teams may be granted. */
  readonly teamsAllowedBy: readonly string[];
  /** Draws a new random id (UUID). */
  readonly newId: () => string;
  /** Compiled policies by blob id: the same content never has to be read twice. */
  readonly compiled: Map<string, PolicyState>;
};

/** How often a change is computed anew when another instance was faster, before the job is left to its retry. */
const ATTEMPTS = 8;

/**
 * Computes a change and stores it; computes it anew from fresh rows when another was faster. `plan` returns `null`
 * when there is nothing to change. Throws after eight lost races.
 */
export async function commit<T>(
  world: World,
  plan: () => Promise<{ readonly change: Change | null; readonly value: T }>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { change, value } = await plan();
    if (change === null || (await world.store.commit(change))) return value;
  }
  throw new Error('the rows kept changing under this change; it is tried again later');
}
