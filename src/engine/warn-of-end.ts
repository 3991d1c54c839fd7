/** Names to a person, before access ends, the forks and open pull requests that its end would hurt. */

import { when } from '../domain/explain.ts';
import { isLive, type Grant } from '../domain/grant.ts';
import type { GrantId, Instant } from '../domain/identity.ts';
import { codeSpan } from '../domain/markdown.ts';
import { tellOnIssue } from './tell-on-issue.ts';
import { calledWords } from './words.ts';
import type { World } from './world.ts';

/** Says it once, on the issue of the grant. Silent where nothing would be hurt, or the grant no longer ends then. */
export async function warnOfEnd(world: World, id: GrantId, endsAt: Instant): Promise<void> {
  const [grant, now] = await Promise.all([world.store.grant(id), world.store.now()]);
  if (grant === null || !isLive(grant) || grant.endsAt !== endsAt || endsAt <= now) return;
  if (await keepsAccess(world, grant)) return;
  const [forks, open] = await Promise.all([
    world.github.privateForks(grant.repo, grant.grantee.id),
    world.github.openPulls(grant.repo),
  ]);
  // In full: the issue can stand in another repository.
  const { owner, name } = grant.repo;
  const pulls = open
    .filter(({ author }) => author.id === grant.grantee.id)
    .map(({ number }) => `${owner}/${name}#${number}`);
  if (forks.length === 0 && pulls.length === 0) return;
  const words = warning(grant, forks.map(codeSpan), pulls);
  await world.store.commit({ effects: await tellOnIssue(world, grant, `ending:${grant.id}:${endsAt}`, words) });
}

/** Whether the person can still read the repository when this grant alone is over. */
async function keepsAccess(world: World, { id, repo, grantee, endsAt }: Grant): Promise<boolean> {
  const [running, baseline, access] = await Promise.all([
    world.store.runningGrants(repo.id, grantee.id),
    world.store.baseline(repo.id, grantee.id),
    world.github.access(repo, grantee),
  ]);
  const longer = running.some((other) => other.id !== id && isLive(other) && other.endsAt > endsAt);
  return longer || (baseline?.role ?? null) !== null || access.others.length > 0;
}

const warning = ({ grantee, endsAt }: Grant, forks: readonly string[], pulls: readonly string[]): string =>
  [
    `${calledWords([grantee])}: this access ends ${when(endsAt)}, and work of yours hangs on it.`,
    '',
    ...(forks.length === 0
      ? []
      : [`- GitHub deletes with it: ${listed(forks)}. Push what is only there to a branch of this repository.`]),
    ...(pulls.length === 0
      ? []
      : [`- Open by you: ${listed(pulls)}. You can't push to them afterwards, and one from a deleted fork is closed.`]),
    '',
    'Need longer? `/extend 1h: reason` asks for more time.',
  ].join('\n');

/** Names that are listed before the rest is counted. */
const LISTED = 10;

const listed = (names: readonly string[]): string =>
  `${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ` and ${names.length - LISTED} more` : ''}`;
