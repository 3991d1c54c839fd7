/** Publishes signed checkpoints of the audit chains at an interval, and notices when a chain has lost what one saw. */

import { z } from 'zod';
import type { ChainHead } from '../domain/audit.ts';
import { installationId, instant } from '../domain/identity.ts';
import type { World } from './world.ts';

/** Under this key stands when checkpoints were last published. */
const PUBLISHED = 'checkpoints-published';

/** Before an installation's number, stands what the last checkpoint of its chain saw. */
const LAST = 'checkpoint:';

/** Publishes once the interval is over. Throws where the place can't be reached: the next sweep tries again. */
export async function publishCheckpoints(world: World): Promise<void> {
  const { notary, store } = world;
  if (notary === null) return;
  const [now, published] = await Promise.all([store.now(), store.surface(PUBLISHED)]);
  if (published !== null && now - published.shownAt < notary.every) return;
  const heads = (await store.lastAuditEntries()).map(({ installationId, seq, hash }) => ({
    installation: installationId,
    head: { seq, hash },
  }));
  const kept = await store.surfacesShownBefore(LAST, instant(now + 1));
  for (const { key, digest } of kept) await holdAgainstLast(world, Number(key.slice(LAST.length)), digest);
  if (heads.length > 0) {
    await notary.publish(heads.map(({ installation, head }) => notary.sign(installation, head, now)));
  }
  // Kept after it is out: what was kept first could have been seen by nobody.
  for (const { installation, head } of heads) {
    await store.saveSurface({ key: `${LAST}${installation}`, githubId: null, digest: JSON.stringify(head) });
  }
  await store.saveSurface({ key: PUBLISHED, githubId: null, digest: String(heads.length) });
}

/** The last checkpoint must still be true. If it is not, the new one is published all the same: the old one is out. */
async function holdAgainstLast(world: World, installation: number, digest: string): Promise<void> {
  const last = headFrom(digest);
  if (last === null) return;
  const [entry] = await world.store.auditEntries(installationId(installation), last.seq, 1);
  if (entry?.seq === last.seq && entry.hash === last.hash) return;
  world.log.error(
    { installation, entry: last.seq },
    'the audit log no longer holds what its last checkpoint saw: entries were cut off or written anew',
  );
}

const Head = z.object({ seq: z.int(), hash: z.string() });

function headFrom(digest: string): ChainHead | null {
  const read = Head.safeParse(JSON.parse(digest));
  return read.success ? read.data : null;
}
