/** Notices when another app reports a check under a name of ours, and says so where the name is looked at. */

import { z } from 'zod';
import { repoAudit, type AuditDraft } from '../domain/audit.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef, Sha } from '../domain/identity.ts';
import { codeSpan } from '../domain/markdown.ts';
import type { Check } from './ports.ts';
import { commit, type World } from './world.ts';

type Reported = Extract<DomainEvent, { kind: 'own-name-reported' }>;

/** Impostors that are told apart on one commit: a warning that names five says enough. */
const MOST = 5;

/** Records an impostor once for a commit and name, and has the checks there shown again. Our own reports change nothing. */
export async function watchOwnName(world: World, event: Reported): Promise<boolean> {
  const { repo, head, name } = event;
  // GitHub names no app of a check whose app is gone.
  const { id, slug } = event.app ?? { id: null, slug: 'unknown' };
  if (id === world.appId) return false;
  const key = keyOf(repo, head, name);
  // Many can report at the same moment: each is counted after the one that was stored before it.
  const isNew = await commit(world, async () => {
    const was = (await world.store.surface(key))?.digest ?? null;
    const known = slugsFrom(was);
    if (known.includes(slug) || known.length >= MOST) return { change: null, value: false };
    const row = { key, githubId: id, digest: JSON.stringify([...known, slug]) };
    return { change: { surfaces: [{ was, row }], audit: [entryOf(event)] }, value: true };
  });
  if (isNew) {
    world.log.warn(
      { repo: repo.id, head, name, app: id, slug },
      'another app reports a check under a name of this app: pin the required check to this app',
    );
  }
  return isNew;
}

const entryOf = ({ repo, head, name, by, run, app, conclusion }: Reported): AuditDraft =>
  repoAudit(repo, 'check.impostor', by, { name, head, run, app: app?.id ?? null, conclusion });

/** The check with a warning above its summary where an impostor was seen; as it is elsewhere. */
export async function warned(world: World, repo: RepoRef, sha: Sha, check: Check): Promise<Check> {
  const slugs = slugsFrom((await world.store.surface(keyOf(repo, sha, check.name)))?.digest ?? null);
  if (slugs.length === 0) return check;
  const who = slugs.map((slug) => codeSpan(slug)).join(', ');
  const words =
    `> **Warning:** ${who} also reports a check called ${codeSpan(check.name)} on this commit, which says nothing about ` +
    'approvals. Where the required check is not pinned to this app, GitHub may take the one for the other. An owner can ' +
    'pin it: choose this app as the source of the check in the ruleset or branch protection.';
  return { ...check, summary: `${words}\n\n${check.summary}` };
}

const keyOf = (repo: RepoRef, sha: Sha, name: string): string => `impostor:${repo.id}:${sha}:${name}`;

const Slugs = z.array(z.string());

const slugsFrom = (digest: string | null): readonly string[] =>
  digest === null ? [] : (Slugs.safeParse(JSON.parse(digest)).data ?? []);
