/** How something about a grant is said on the issue where it was asked for. */

import type { Effect } from '../domain/effect.ts';
import type { Grant } from '../domain/grant.ts';
import type { World } from './world.ts';

/** The effect that says it, once for each marker; none where the request came from no conversation. */
export async function tellOnIssue(
  world: World,
  grant: Pick<Grant, 'requestId'>,
  marker: string,
  body: string,
): Promise<readonly Effect[]> {
  const conversation = (await world.store.request(grant.requestId))?.conversation ?? null;
  if (conversation === null) return [];
  return [{ kind: 'reply', repo: conversation.repo, number: conversation.number, marker, body }];
}
