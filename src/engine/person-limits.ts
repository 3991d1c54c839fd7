/** Whether a person may be given one grant more by a rule, looked up when it is asked for and again when it is given. */

import type { Instant, Person, RepoRef } from '../domain/identity.ts';
import { limitRefusal, limitWords } from '../domain/person-limits.ts';
import type { AccessRule } from '../domain/policy/model.ts';
import type { World } from './world.ts';

/** The limit that one grant more would break, in words; `null` where it would break none. `start` lies ahead. */
export async function overLimit(
  world: World,
  rule: AccessRule,
  repo: RepoRef,
  person: Person,
  start: Instant | null,
): Promise<string | null> {
  if (rule.maxLive === null && rule.maxLiveInOrganisation === null && rule.coolDown === null) return null;
  const [holdings, now] = await Promise.all([world.store.holdings(person.id), world.store.now()]);
  const refusal = limitRefusal(rule, holdings, repo, { at: start ?? now, ahead: start !== null });
  return refusal === null ? null : limitWords(refusal, rule);
}
