/** The last requests of a repository, as the audit log has them. */

import { instant, type RepoRef } from '../domain/identity.ts';
import type { Past } from '../domain/policy/check-replay.ts';
import { pastRequests } from '../domain/policy/past-requests.ts';
import type { World } from './world.ts';

const DAYS = 30;
/** Requests that are read at most. */
const MOST = 100;
/** Entries of the log that are read at most: people can write many comments about one request. */
const MOST_ENTRIES = 5_000;
/** Requests whose entries are read at a time. */
const PAGE = 20;

/** Reads the newest requests, at most a hundred and of at most thirty days, and says whether there were more. */
export async function pastOf(world: World, repo: RepoRef): Promise<Past> {
  const since = instant((await world.store.now()) - DAYS * 86_400_000);
  const ids = await world.store.requestsSince(repo.id, since, MOST + 1);
  const log = pastRequests();
  let read = 0;
  let entries = 0;
  while (read < Math.min(ids.length, MOST)) {
    const page = ids.slice(read, Math.min(read + PAGE, MOST));
    const found = await world.store.entriesOf(page, MOST_ENTRIES - entries + 1);
    entries += found.length;
    // Half of what is told of a request would be another request.
    if (entries > MOST_ENTRIES) break;
    for (const entry of found) log.take(entry);
    read += page.length;
  }
  const requests = [...log.finish()].sort((one, two) => two.openedAt - one.openedAt);
  return { repo: repo.id, requests, more: read < ids.length, days: DAYS };
}
