/** Whose requests are granted at once, when, and what stands against it. */

import { describe, expect, it } from 'vitest';
import { autoApproval } from '../../src/domain/auto-approval.ts';
import { decide } from '../../src/domain/decide.ts';
import type { OwedReview } from '../../src/domain/decision.ts';
import { summary } from '../../src/domain/explain.ts';
import { instant, requestId, type Instant } from '../../src/domain/identity.ts';
import { withBaseline } from '../../src/domain/policy/baseline.ts';
import { lintPolicy } from '../../src/domain/policy/parse.ts';
import { diffPolicies } from '../../src/domain/policy/diff.ts';
import type { Policy } from '../../src/domain/policy/model.ts';
import { unknown } from '../../src/domain/result.ts';
import { title } from '../../src/domain/title.ts';
import type { Facts } from '../../src/domain/subject.ts';
import {
  accessRequest,
  ana,
  author,
  ben,
  cleo,
  deny,
  evidence,
  factsOf,
  HOUR,
  NOON,
  present,
} from '../support/domain.ts';

const AUTO = 'auto-approve: { requesters: on-call, outside: "mon-fri 08:00 - 18:00", zone: UTC, review: security }';
const policy = (auto = AUTO, more = ''): string => `version: 1
groups:
  on-call: { users: [octo-author] }
  engineers: { users: [octo-author, octo-ana] }
  leads: { users: [octo-ben] }
  security: { users: [octo-cleo] }
access:
  - name: write for a shift
    roles: [push]
    requesters: [engineers]
    max-duration: 8h
    approvals: [{ from: leads }]
    ${auto}
${more}`;

/** NOON is a Monday's. */
const NIGHT = instant(NOON + 8 * HOUR);
const MEMBERS = { 'on-call': [author], engineers: [author, ana], leads: [ben], security: [cleo] };
const request = (openedAt: Instant, who = author) => accessRequest({ grantee: who }, { openedAt, requester: who });

const owed = (due: Instant): OwedReview => ({
  requestId: requestId('0198c0de-0000-7000-8000-000000000009'),
  conversation: 12,
  by: author,
  rule: 'write for a shift',
  reason: 'fire',
  at: NOON,
  due,
});

function parsed(text: string): Policy {
  const state = present(text);
  if (state.kind !== 'present') throw new Error('it was read');
  return state.policy;
}

function atOnce(
  text: string,
  at: Instant,
  facts: Facts = factsOf(MEMBERS),
  debts: readonly OwedReview[] = [],
  who = author,
) {
  const vote = autoApproval(parsed(text), request(at, who), facts, debts, at);
  const votes = vote === null ? [] : [vote];
  return { vote, decision: decide({ ...evidence(text, votes, facts, request(at, who), at), owed: debts }) };
}

describe('a request', () => {
  it('is granted at once to one of the group, in the hours, and the look at it is owed in time', () => {
    const { vote, decision } = atOnce(policy(), NIGHT);
    expect(vote).toMatchObject({ answer: 'auto-approve', voter: author, due: NIGHT + 24 * HOUR });
    expect(decision.verdict).toBe('approved');
    expect(decision.explanation.rules[0]?.reason).toEqual({
      kind: 'auto-approved',
      by: author,
      hours: 'outside mon-fri 08:00 - 18:00 (UTC)',
      review: ['security'],
      due: NIGHT + 24 * HOUR,
    });
    expect(title(decision)).toBe('Granted at once; a review is owed');
  });

  const inside = AUTO.replace('outside', 'inside');
  it.each([
    ['outside, in the day', AUTO, NOON, false],
    ['outside, at the last instant of the day', AUTO, instant(NOON + 6 * HOUR - 1), false],
    ['outside, when the day is over', AUTO, instant(NOON + 6 * HOUR), true],
    ['inside, in the day', inside, NOON, true],
    ['inside, when the day is over', inside, instant(NOON + 6 * HOUR), false],
  ])('asked %s', (_, auto, at, expected) => {
    const { vote, decision } = atOnce(policy(auto), at);
    expect(vote !== null).toBe(expected);
    expect(decision.verdict).toBe(expected ? 'approved' : 'pending');
  });

  it.each([
    ['in the day', 18, false],
    ['in another night', 32, true],
  ])('in the night for access that begins %s', (_, hours, expected) => {
    const start = instant(NIGHT + hours * HOUR);
    const asked = accessRequest({ grantee: author, start }, { openedAt: NIGHT, requester: author });
    const found = present(policy());
    if (found.kind !== 'present') throw new Error('the policy can not be read');
    expect(autoApproval(found.policy, asked, factsOf(MEMBERS), [], NIGHT) !== null).toBe(expected);
  });

  it('of somebody else waits, and is told who is granted it at once', () => {
    const { vote, decision } = atOnce(policy(), NIGHT, factsOf(MEMBERS), [], ana);
    expect(vote).toBeNull();
    expect(summary(decision, request(NIGHT, ana))).toContain(
      '`on-call` are granted it at once `outside mon-fri 08:00 - 18:00 (UTC)`',
    );
  });

  it('waits where the group can not be read, and says so', () => {
    const { vote, decision } = atOnce(policy(), NIGHT, factsOf({ ...MEMBERS, 'on-call': unknown('the team is gone') }));
    expect(vote).toBeNull();
    expect(decision.verdict).toBe('pending');
    expect(summary(decision, request(NIGHT))).toContain('could not be read who may have that: the team is gone');
  });

  it('waits where its requester left a review unpaid for too long, and says who has to give it', () => {
    expect(atOnce(policy(), NIGHT, factsOf(MEMBERS), [owed(instant(NIGHT + 1))]).vote).not.toBeNull();
    const { vote, decision } = atOnce(policy(), NIGHT, factsOf(MEMBERS), [owed(NIGHT)]);
    expect(vote).toBeNull();
    expect(decision.verdict).toBe('pending');
    expect(summary(decision, request(NIGHT))).toContain(
      'until `security` say `/reviewed` to what `octo-author` was granted in #12',
    );
  });

  it('that was granted at once stays so only while the rule and the group say so', () => {
    const { vote } = atOnce(policy(), NIGHT);
    const votes = vote === null ? [] : [vote];
    const later = (text: string, facts: Facts) =>
      decide(evidence(text, votes, facts, request(NIGHT), instant(NIGHT + 14 * HOUR))).verdict;
    expect(later(policy(), factsOf(MEMBERS))).toBe('approved');
    expect(later(policy(''), factsOf(MEMBERS))).toBe('pending');
    expect(later(policy(inside), factsOf(MEMBERS))).toBe('pending');
    expect(later(policy(), factsOf({ ...MEMBERS, 'on-call': [] }))).toBe('pending');
    expect(later(policy(), factsOf({ ...MEMBERS, 'on-call': unknown('away') }))).toBe('pending');
  });

  it('is denied by a denial all the same', () => {
    const { vote } = atOnce(policy(), NIGHT);
    const votes = [...(vote === null ? [] : [vote]), deny(ben, { head: null })];
    expect(decide(evidence(policy(), votes, factsOf(MEMBERS), request(NIGHT), NIGHT)).verdict).toBe('denied');
  });

  it('is not granted at once where a limit says how many people have to approve', () => {
    const own = withBaseline(present(policy(AUTO, 'limits: { min-count: 1 }')), { kind: 'absent' });
    const bound = withBaseline(
      present(policy()),
      present('version: 1\ngroups: {}\nlimits: { min-count: 1 }\ngates: []'),
    );
    for (const state of [own, bound]) {
      if (state.kind !== 'present') throw new Error('it was read');
      expect(autoApproval(state.policy, request(NIGHT), factsOf(MEMBERS), [], NIGHT)).toBeNull();
    }
  });
});

describe('the policy', () => {
  it.each([
    ['a mistyped key', AUTO.replace('review:', 'reviewers:'), 'unknown-key', 'did you mean `review`?'],
    ['no hours', AUTO.replace('outside: "mon-fri 08:00 - 18:00", ', ''), 'empty-window', 'give `outside` or `inside`'],
    ['both', AUTO.replace('zone', 'inside: "mon 08:00 - 09:00", zone'), 'bad-window', 'give `outside` or `inside`'],
    ['hours that are none', AUTO.replace('mon-fri', 'mon-fry'), 'bad-window', null],
    ['a zone that is none', AUTO.replace('UTC', 'Europe/Berln'), 'unknown-zone', 'did you mean `Europe/Berlin`?'],
    ['a group that is none', AUTO.replace('on-call', 'oncall'), 'unknown-group', 'did you mean `on-call`?'],
    ['reviewers that are none', AUTO.replace('security', 'securty'), 'unknown-group', 'did you mean `security`?'],
  ])('with %s is refused on its line', (_, auto, code, hint) => {
    const found = lintPolicy(policy(auto)).filter(({ severity }) => severity === 'error');
    const finding = found.find((one) => one.code === code);
    expect(finding).toMatchObject({ code, line: 13 });
    if (hint !== null) expect(found.map((one) => one.hint)).toContain(hint);
  });

  it('warns where it can never have an effect, as so many have to approve', () => {
    expect(lintPolicy(policy(AUTO, 'limits: { min-count: 1 }'))).toContainEqual(
      expect.objectContaining({ severity: 'warning', code: 'auto-approve-never', line: 13 }),
    );
    expect(lintPolicy(policy()).filter(({ code }) => code === 'auto-approve-never')).toEqual([]);
  });

  it.each([
    ['comes', '', AUTO, ['weaker']],
    ['goes', AUTO, '', ['stricter']],
    ['has other hours', AUTO, AUTO.replace('18:00', '17:00'), ['weaker']],
    ['is reviewed by others', AUTO, AUTO.replace('review: security', 'review: leads'), ['weaker', 'stricter']],
    ['names more', AUTO, AUTO.replace('requesters: on-call', 'requesters: engineers'), ['weaker']],
    ['stays', AUTO, AUTO, []],
  ])('that %s is told in the difference', (_, before, after, effects) => {
    const said = diffPolicies(parsed(policy(before)), parsed(policy(after)));
    expect(said.map(({ effect }) => effect)).toEqual(effects);
  });
});
