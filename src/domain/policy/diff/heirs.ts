/** Which rules take what an access rule no longer takes? The first that fits applies, and another may ask for less. */

import type { AccessRule, Policy } from '../model.ts';
import { sharesOffer } from '../offers.ts';
import { listed, quoted, weaker, type Said } from './change.ts';

/** `gone`: whether an offer, or somebody who may ask, is there no more. */
type Gone = { readonly offer: Pick<AccessRule, 'roles' | 'teams'>; readonly requesters: boolean };

/** Rules under which requests may fall that a rule took before. One that stood in front had the choice before, too. */
export function heirsOf(
  was: AccessRule,
  is: AccessRule,
  gone: Gone,
  { before, after }: { readonly before: Policy; readonly after: Policy },
): readonly Said[] {
  const inFront = new Set(before.access.slice(0, before.access.indexOf(was)).map(({ name }) => name.toLowerCase()));
  const heirs = after.access.filter(
    (heir) => heir !== is && !inFront.has(heir.name.toLowerCase()) && mayTake(heir, was, is, gone),
  );
  if (heirs.length === 0) return [];
  const names = listed(heirs.map(({ name }) => quoted(name)));
  return [weaker(`requests that it no longer takes may now fall under ${names}`)];
}

/** Who of its people may ask under another rule as well can't be told, so each of them may. */
function mayTake(heir: AccessRule, was: AccessRule, is: AccessRule, { offer, requesters }: Gone): boolean {
  if (sharesOffer(heir, offer)) return true;
  if (!sharesOffer(heir, is)) return false;
  const longer = is.maxDuration < was.maxDuration && heir.maxDuration > is.maxDuration;
  const later = is.maxAhead < was.maxAhead && heir.maxAhead > is.maxAhead;
  return requesters || longer || later;
}
