/** Raises the alarm about access whose end is over and that GitHub does not show gone. */

import type { Grant } from '../domain/grant.ts';
import { grantableName } from '../domain/grantable.ts';
import { millis } from '../domain/identity.ts';
import { tellOnIssue } from './tell-on-issue.ts';
import { overdueWords } from './words.ts';
import type { World } from './world.ts';

/** Taking back takes seconds. Whatever takes longer than this needs somebody to look. */
const GRACE = millis(2 * 60_000);
/** How often the log says it again. */
const RENEW = millis(60 * 60_000);

/**
 * Called for a grant that should be gone, at each sweep. The first call only notes when that was. After the grace the log
 * has a line at error level, again each hour, and the grant's issue has one comment.
 */
export async function watchOverdue(world: World, grant: Grant): Promise<void> {
  const key = `overdue:${grant.id}`;
  const [known, now] = await Promise.all([world.store.surface(key), world.store.now()]);
  const since = grant.endsAt <= now ? grant.endsAt : (known?.shownAt ?? now);
  if (now - since < GRACE) {
    if (known === null) await world.store.saveSurface({ key, githubId: null, digest: NOTED });
    return;
  }
  if (known !== null && known.digest !== NOTED && now - known.shownAt < RENEW) return;
  const lateBy = millis(now - since);
  world.log.error(
    {
      grant: grant.id,
      repo: grant.repo.id,
      person: grant.grantee.id,
      role: grantableName(grant.role),
      state: grant.state,
      lateBy,
    },
    'a grant is overdue: its end is over, and GitHub does not show that the role is gone',
  );
  await world.store.saveSurface({ key, githubId: null, digest: TOLD });
  const effects = await tellOnIssue(world, grant, `overdue:${grant.id}`, overdueWords(grant));
  await world.store.commit({ reminders: effects });
}

const NOTED = 'noted';
const TOLD = 'told';
