/** What does a team that is lent to a person count for, where access is decided? */

import { describe, expect, it } from 'vitest';
import { autoApproval } from '../../src/domain/auto-approval.ts';
import { withoutLent } from '../../src/domain/approval.ts';
import { decide } from '../../src/domain/decide.ts';
import { details } from '../../src/domain/explain.ts';
import { instant } from '../../src/domain/identity.ts';
import { known, unknown } from '../../src/domain/result.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  ben,
  cleo,
  evidence,
  factsOf,
  HOUR,
  NOON,
  present,
} from '../support/domain.ts';

const POLICY = `version: 1
groups:
  callers: { teams: [on-call] }
  leads: { users: [octo-ben] }
  engineers: { users: [octo-author] }
limits: { teams: [on-call] }
access:
  - name: on call
    roles: [push]
    teams: [on-call]
    requesters: [engineers, callers]
    max-duration: 8h
    approvals: [{ from: [callers, leads] }]
    auto-approve: { requesters: [callers], outside: "mon-fri 08:00 - 18:00", zone: UTC, review: [leads] }
`;
const NIGHT = instant(NOON + 8 * HOUR);
const TEAM = { team: 'on-call', id: 7, org: 3 };
const MEMBERS = { callers: [author, ana, cleo], leads: [ben], engineers: [author] };
const lentTo = (...people: readonly (typeof ana)[]) => ({
  lent: new Map([['callers', new Set(people.map(({ id }) => id))]]),
});
/** Of no commit, as access has none. */
const yes = (voter: typeof ana) => approve(voter, { head: null });
const request = accessRequest({ rule: 'on call' });

describe('an approval of access', () => {
  it.each([
    ['by a member', ana, 'approved'],
    ['by one who is lent the team', cleo, 'pending'],
    ['by one of another group', ben, 'approved'],
  ])('%s', (_, voter, verdict) => {
    const { verdict: found } = decide(evidence(POLICY, [yes(voter)], factsOf(MEMBERS, lentTo(cleo)), request));
    expect(found).toBe(verdict);
  });

  it('that does not count says why, and names only those whose would', () => {
    const decision = decide(evidence(POLICY, [yes(cleo)], factsOf(MEMBERS, lentTo(cleo)), request));
    const [rule] = decision.explanation.rules;
    expect(rule?.excluded).toEqual([{ voter: cleo, why: 'lent' }]);
    expect(rule?.stages[0]?.candidates).toEqual({ kind: 'people', people: [ana, ben] });
    expect(details(decision)).toContain('only by a grant of their own');
  });

  it('by somebody of none of the groups says that, whoever is lent what', () => {
    const facts = factsOf({ ...MEMBERS, callers: [ana] }, lentTo(ana));
    const [rule] = decide(evidence(POLICY, [yes(cleo)], facts, request)).explanation.rules;
    expect(rule?.excluded).toEqual([{ voter: cleo, why: 'not-a-member' }]);
  });

  it('by one who is lent the team counts where they are in another group by right', () => {
    const facts = factsOf({ ...MEMBERS, leads: [ben, cleo] }, lentTo(cleo));
    expect(decide(evidence(POLICY, [yes(cleo)], facts, request)).verdict).toBe('approved');
  });
});

describe('a request by one who is lent the team', () => {
  it('still is one of those who may ask', () => {
    const facts = factsOf({ ...MEMBERS, engineers: [] }, lentTo(author));
    expect(decide(evidence(POLICY, [], facts, request)).verdict).toBe('pending');
  });

  it.each([
    ['a role', 'push' as const, true],
    ['a team', TEAM, false],
  ])('for %s is granted at once: %s', (_, role, atOnce) => {
    const asked = accessRequest({ rule: 'on call', role }, { openedAt: NIGHT });
    const state = present(POLICY);
    if (state.kind !== 'present') throw new Error('the policy has findings');
    const vote = autoApproval(state.policy, asked, factsOf(MEMBERS, lentTo(author)), [], NIGHT);
    expect(vote !== null).toBe(atOnce);
  });
});

describe('facts without those who are lent a team', () => {
  it('leave out of each group whom it has by that alone', () => {
    const facts = factsOf(
      { one: [ana, ben], two: [ana], three: unknown('502') },
      {
        lent: new Map([
          ['one', new Set([ana.id])],
          ['three', new Set([ana.id])],
        ]),
      },
    );
    expect(Object.fromEntries(withoutLent(facts).members)).toEqual({
      one: known([ben]),
      two: known([ana]),
      three: unknown('502'),
    });
  });

  it('are the same where nobody is', () => {
    const facts = factsOf({ one: [ana] });
    expect(withoutLent(facts)).toBe(facts);
  });
});
