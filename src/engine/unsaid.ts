/** Words that could not be said where people talk, because it is locked: the check says them instead. */

import type { Effect } from '../domain/effect.ts';
import { isOpen, type Request } from '../domain/request.ts';
import { effectsOf } from '../domain/settle.ts';
import { GitHubRefused } from './ports.ts';
import type { World } from './world.ts';

/** GitHub lets an app say nothing in a conversation that is locked, or that was deleted. */
export const isMuted = (error: unknown): error is GitHubRefused =>
  error instanceof GitHubRefused &&
  (error.status === 404 || error.status === 410 || (error.status === 403 && /locked/iu.test(error.message)));

const unsaidKey = ({ id }: Request): string => `unsaid:${id}`;
/** Longest text that is repeated in a check, in characters. */
const LONGEST = 4_000;

/** Has the checks of whatever waits in the conversation say what the reply would have said. */
export async function sayInChecks(
  world: World,
  { repo, number, body }: Extract<Effect, { kind: 'reply' }>,
): Promise<void> {
  const open = (await world.store.requestsIn(repo.id, number)).filter(isOpen);
  for (const request of open) {
    await world.store.saveSurface({ key: unsaidKey(request), githubId: number, digest: body.slice(0, LONGEST) });
  }
  await world.store.commit({ effects: open.flatMap(effectsOf) });
}

/** What could not be said about a request, as paragraphs for its check. */
export async function unsaid(world: World, request: Request): Promise<readonly string[]> {
  const kept = await world.store.surface(unsaidKey(request));
  if (kept === null) return [];
  return [`**Could not be said in #${kept.githubId ?? 0}, which is locked:** ${kept.digest}`];
}
