/** Which access rules can never apply, since earlier ones take every request that they could. */

import { ROLES } from '../role.ts';
import type { AccessRule, Finding, Policy, UserName } from './model.ts';
import { offeredBy, offers } from './offers.ts';
import { finding, short } from './view.ts';
import type { YamlDocument } from './yaml.ts';

/** Comparing more costs time that a hostile file would multiply. */
const MAX_REQUESTERS = 10;

/** Rules that several earlier ones cover together, or one that names other groups with the same people. */
export function shadowedRules(document: YamlDocument, policy: Policy): readonly Finding[] {
  return policy.access.flatMap((rule, index) => {
    const earlier = policy.access.slice(0, index);
    if (rule.requesters.length > MAX_REQUESTERS) return [];
    const takers = new Set<AccessRule>();
    for (const role of offeredBy(rule))
      for (const requesters of rule.requesters) {
        const taker = earlier.find(
          (each) =>
            each.maxDuration >= rule.maxDuration &&
            each.maxAhead >= rule.maxAhead &&
            offers(each, role) &&
            each.requesters.some((name) => holds(policy.groups, name, requesters)),
        );
        if (taker === undefined) return [];
        takers.add(taker);
      }
    // One rule that has them all by name is found, and said, where the file is read.
    const all = [...takers];
    const [only] = all;
    if (all.length === 1 && rule.requesters.every((name) => only?.requesters.includes(name))) return [];
    const names = all.map(({ name }) => `"${short(name)}"`).join(' and ');
    const message = `the rule can never apply: ${names} before it take every request that it could`;
    return [
      finding(document, ['access', index], 'value', 'shadowed-rule', message, 'put the narrower rule first', 'warning'),
    ];
  });
}

/** Whether everyone in one group is surely in the other. */
function holds(groups: Policy['groups'], wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  const [one, other] = [groups.get(wide), groups.get(narrow)];
  if (one === undefined || other?.codeowners !== false) return false;
  const roles = other.role === null || (one.role !== null && ROLES.indexOf(one.role) <= ROLES.indexOf(other.role));
  return (
    roles &&
    other.teams.every((team) => one.teams.includes(team)) &&
    other.users.every((user) => one.users.some((each) => same(each, user)))
  );
}

const same = (one: UserName, other: UserName): boolean =>
  one.kind === 'id'
    ? other.kind === 'id' && one.id === other.id
    : other.kind === 'login' && one.login.toLowerCase() === other.login.toLowerCase();
