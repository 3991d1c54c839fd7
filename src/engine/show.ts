/** Shows a check or a comment once: finds again what may already be there, and leaves alone what would not change. */

import { createHash } from 'node:crypto';
import type { RepoRef, Sha } from '../domain/identity.ts';
import type { Conversation } from '../domain/request.ts';
import { warned } from './impostor.ts';
import type { Check } from './ports.ts';
import { isMuted } from './unsaid.ts';
import type { World } from './world.ts';

/** A mark that a creation was begun whose answer may have been lost: then GitHub is asked before it is done again. */
const BEGUN = 'begun';

/** Before a check's key, tells since when its run stands: GitHub counts a run's age from its creation, whatever was changed since. */
export const BORN = 'born:';

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/**
 * Creates or updates the check that is known under `key`. Does nothing when GitHub already shows just this, unless
 * `renew` asks for a fresh run in place of one that is about to become stale.
 */
export async function showCheck(
  world: World,
  repo: RepoRef,
  sha: Sha,
  key: string,
  plain: Check,
  renew = false,
): Promise<'shown' | 'unchanged'> {
  const check = await warned(world, repo, sha, plain);
  const shown = await world.store.surface(key);
  const digest = digestOf([sha, check]);
  if (shown?.digest === digest && !renew) return 'unchanged';
  const standing = shown?.githubId ?? null;
  if (standing !== null && !renew) {
    await world.github.updateCheck(repo, standing, check);
    await world.store.saveSurface({ key, githubId: standing, digest });
    return 'shown';
  }
  const found = shown?.digest === BEGUN ? await world.github.findCheck(repo, sha, check.name, check.externalId) : null;
  if (found !== null) {
    await world.github.updateCheck(repo, found, check);
    await world.store.saveSurface({ key, githubId: found, digest });
    return 'shown';
  }
  await world.store.saveSurface({ key, githubId: null, digest: BEGUN });
  const created = await world.github.createCheck(repo, sha, check);
  await world.store.saveSurface({ key, githubId: created, digest });
  await world.store.saveSurface({ key: `${BORN}${key}`, githubId: created, digest: '' });
  return 'shown';
}

/** Creates or updates the app's comment that is known under `key`. A comment that somebody deleted is written again. */
async function showComment(world: World, repo: RepoRef, number: number, key: string, body: string): Promise<void> {
  const marker = `<!-- jit-gate:${key} -->`;
  const text = `${marker}\n${body}`;
  const shown = await world.store.surface(key);
  const digest = digestOf(text);
  if (shown?.digest === digest) return;
  const standing =
    shown?.githubId ?? (shown?.digest === BEGUN ? await world.github.findComment(repo, number, marker) : null);
  if (standing !== null && (await world.github.updateComment(repo, standing, text)) === 'updated') {
    await world.store.saveSurface({ key, githubId: standing, digest });
    return;
  }
  await world.store.saveSurface({ key, githubId: null, digest: BEGUN });
  const created = await world.github.createComment(repo, number, text);
  await world.store.saveSurface({ key, githubId: created, digest });
}

/** The same where a check says it as well: a conversation that is locked, or was deleted, is logged and passed over. */
export async function showCommentIfAllowed(world: World, at: Conversation, key: string, body: string): Promise<void> {
  try {
    await showComment(world, at.repo, at.number, key, body);
  } catch (error) {
    if (!isMuted(error)) throw error;
    world.log.warn({ repo: at.repo.id, number: at.number, why: error.message }, 'GitHub lets nothing be said there');
  }
}

/** Answers once in words: an answer that was given before, or may have been, is found by its marker. */
export async function replyOnce(
  world: World,
  repo: RepoRef,
  number: number,
  marker: string,
  body: string,
): Promise<void> {
  await showComment(world, repo, number, `answer:${marker}`, body);
}
