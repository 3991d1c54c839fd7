/** Which limit on one person's access a grant of the past would have broken, as far as the log tells of the others. */

import { installationId, repoId } from '../identity.ts';
import { limitRefusal, type Begin, type Holding } from '../person-limits.ts';
import { formatDuration } from '../duration.ts';
import type { AccessRule } from './model.ts';
import type { PastGrant, PastRequest } from './past-requests.ts';

/** Grants in the log are told apart by repository alone: whoever replays names one. */
const HERE = installationId(1);

/**
 * What a rule would have refused a request for, in words; `null` where nothing shows that it would. `others`: what the same
 * repository gave its grantee by other requests that the policy would have let pass, too. Asked as it was then: when it was
 * opened, unless it was for a later start, and when it was given.
 */
export function brokenLimit(
  rule: AccessRule,
  { openedAt, grant, request: { subject } }: PastRequest,
  others: readonly PastRequest[],
): string | null {
  if (grant === null || subject.kind !== 'access') return null;
  const begins = subject.start === undefined ? [openedAt, grant.startsAt] : [grant.startsAt];
  const place = { id: subject.target.id, installationId: HERE };
  for (const at of begins) {
    const begin: Begin = { at, ahead: false };
    const held = others.flatMap((other) => (other.grant === null ? [] : holdingAt(other, other.grant, begin)));
    const refusal = limitRefusal(rule, held, place, begin);
    if (refusal === null) continue;
    if (refusal.kind === 'too-many-live') return `${rule.name}: max-live of ${String(refusal.most)} was reached`;
    const span = rule.coolDown === null ? '' : ` of ${formatDuration(rule.coolDown)}`;
    return `${rule.name}: the cool-down${span} was not over`;
  }
  return null;
}

/** A grant as it stood at a moment; none before it was made. */
function holdingAt({ repo, request: { subject } }: PastRequest, grant: PastGrant, { at }: Begin): readonly Holding[] {
  if (subject.kind !== 'access' || grant.startsAt >= at) return [];
  const { endsAt, endedAt } = grant;
  const over = endedAt !== null && endedAt <= at;
  return [{ repo: repoId(repo), installation: HERE, rule: subject.rule, endsAt, endedAt: over ? endedAt : null }];
}
