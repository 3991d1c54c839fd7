/** Which access rule is found where several could be meant, what a refusal names, and where a gate stands. */

import { describe, expect, test } from 'vitest';
import { millis } from '../../../src/domain/identity.ts';
import { accessRuleFor, gatesFor, placesOf, type Ask } from '../../../src/domain/policy/match.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { known, unknown } from '../../../src/domain/result.ts';
import type { Facts } from '../../../src/domain/subject.ts';
import {
  ana,
  ben,
  cleo,
  deploymentRequest,
  factsOf,
  HOUR,
  mergeRequest,
  present,
  stranger,
} from '../../support/domain.ts';

function policyOf(text: string): Policy {
  const state = present(text);
  if (state.kind !== 'present') throw new Error('it was read');
  return state.policy;
}

const policy = policyOf(`version: 1
groups: { engineers: { teams: [e] }, on-call: { teams: [o] }, leads: { teams: [l] } }
access:
  - { name: root, roles: [admin], requesters: [on-call, leads], max-duration: 1h, approvals: [{ from: leads }] }
  - { name: soon, roles: [push, maintain], requesters: [engineers, on-call], max-duration: 4h, max-ahead: 1d, approvals: [{ from: leads }] }
  - { name: ahead, roles: [push], requesters: [engineers], max-duration: 2h, max-ahead: 9d, approvals: [{ from: leads }] }
  - { name: between, roles: [triage, push], requesters: [engineers, leads], max-duration: 3h, max-ahead: 3d, approvals: [{ from: leads }] }
  - { name: others, roles: [push], requesters: [leads], max-duration: 12h, max-ahead: 30d, approvals: [{ from: leads }] }
`);
const DAY = 24 * HOUR;
const members: Facts['members'] = new Map([
  ['engineers', known([ana])],
  ['on-call', known([ben])],
  ['leads', known([cleo])],
]);
const ask = (change: Partial<Ask>) =>
  accessRuleFor(policy, { role: 'push', duration: millis(HOUR), ahead: null, requester: ana.id, members, ...change });
const nameOf = (change: Partial<Ask>) => {
  const found = ask(change);
  return found.ok ? found.value.rule.name : found.error.kind;
};

describe('the rule is the first', () => {
  test.each<[string, Partial<Ask>, string]>([
    ['of those that give so long', { duration: millis(2.5 * HOUR) }, 'soon'],
    ['that lets it begin so far ahead', { ahead: millis(5 * DAY) }, 'ahead'],
    ['that does both', { ahead: millis(2 * DAY), duration: millis(3 * HOUR) }, 'between'],
    ['at the furthest of its start', { ahead: millis(DAY) }, 'soon'],
    ['a moment beyond it', { ahead: millis(DAY + 1) }, 'ahead'],
    ['for this person', { requester: cleo.id }, 'between'],
  ])('%s', (_, change, name) => {
    expect(nameOf(change)).toBe(name);
  });

  test('whichever of its groups has the person, and none of them where one could not be read', () => {
    const partly = new Map([...members, ['engineers', unknown('502')] as const]);
    expect(nameOf({ requester: ben.id, members: partly })).toBe('soon');
    expect(ask({ requester: cleo.id, members: partly })).toEqual({
      ok: false,
      error: { kind: 'membership-unknown', group: 'engineers', why: '502' },
    });
    const second = new Map([...members, ['on-call', unknown('504')] as const]);
    expect(ask({ requester: cleo.id, members: second })).toEqual({
      ok: false,
      error: { kind: 'membership-unknown', group: 'on-call', why: '504' },
    });
  });
});

describe('a refusal names', () => {
  const refusal = (change: Partial<Ask>) => {
    const found = ask(change);
    return found.ok ? found.value.rule.name : found.error;
  };

  test('the roles that are offered, each once, weakest first', () => {
    expect(refusal({ role: 'pull' })).toEqual({
      kind: 'role-not-offered',
      role: 'pull',
      offered: ['triage', 'push', 'maintain', 'admin'],
    });
  });

  test('the groups that may ask for the role, each once, in the order of the policy', () => {
    expect(refusal({ role: 'admin' })).toEqual({
      kind: 'not-a-requester',
      role: 'admin',
      requesters: ['on-call', 'leads'],
    });
    expect(refusal({ requester: stranger.id })).toMatchObject({
      requesters: ['engineers', 'on-call', 'leads'],
    });
  });

  test('the furthest start among the rules that would give the time', () => {
    const far = { ahead: millis(40 * DAY) };
    expect(refusal(far)).toEqual({ kind: 'too-far-ahead', role: 'push', furthest: 9 * DAY });
    expect(refusal({ ...far, duration: millis(3 * HOUR) })).toMatchObject({ furthest: 3 * DAY });
    expect(refusal({ ...far, duration: millis(4 * HOUR) })).toMatchObject({ furthest: DAY });
    expect(refusal({ ...far, role: 'maintain' })).toMatchObject({ furthest: DAY });
  });

  test('the longest time among the rules for this person, whatever the start', () => {
    const long = { duration: millis(11 * HOUR) };
    const refused = { kind: 'too-long', role: 'push', duration: 11 * HOUR };
    expect(refusal(long)).toEqual({ ...refused, longest: 4 * HOUR });
    expect(refusal({ ...long, ahead: millis(40 * DAY) })).toEqual({ ...refused, longest: 4 * HOUR });
    expect(refusal({ ...long, requester: ben.id })).toEqual({ ...refused, longest: 4 * HOUR });
    expect(refusal({ ...long, requester: cleo.id })).toBe('others');
    expect(refusal({ duration: millis(13 * HOUR), requester: cleo.id })).toMatchObject({ longest: 12 * HOUR });
  });
});

test('a gate stands where its own kind of pattern says', () => {
  const { gates } = policyOf(`version: 1
groups: { a: { teams: [a] } }
gates:
  - { name: m, on: merge, branches: [main, "release/**"], approvals: [{ from: a }] }
  - { name: d, on: deployment, environments: [production], approvals: [{ from: a }] }
  - { name: x, on: action, actions: ["db/*"], approvals: [{ from: a }] }
`);
  expect(gates.map(placesOf).map(({ key, globs }) => [key, globs.map(({ source }) => source)])).toEqual([
    ['branches', ['main', 'release/**']],
    ['environments', ['production']],
    ['actions', ['db/*']],
  ]);
});

describe('a gate that a condition lets off', () => {
  const gated = policyOf(`version: 1
groups: { a: { teams: [a] } }
gates:
  - { name: when, on: merge, branches: [main], when: { draft: true }, approvals: [{ from: a }] }
  - { name: unless, on: merge, branches: [main], unless: { draft: false }, approvals: [{ from: a }] }
  - { name: both, on: merge, branches: [main], when: { draft: true }, unless: { draft: false }, approvals: [{ from: a }] }
  - { name: plain, on: merge, branches: [main], approvals: [{ from: a }] }
  - { name: main, on: deployment, environments: [main], approvals: [{ from: a }] }
`);

  test('is told with the condition that did, first with what it is meant for', () => {
    const { applies, spared } = gatesFor(gated, mergeRequest().subject, factsOf({}));
    expect(applies.map(({ name }) => name)).toEqual(['plain']);
    expect(spared.map(({ rule, by, condition }) => [rule, by, condition.text])).toEqual([
      ['when', 'when', 'draft: true'],
      ['unless', 'unless', 'draft: false'],
      ['both', 'when', 'draft: true'],
    ]);
  });

  test('is not there for another kind of subject, whose place has the same name', () => {
    const { applies, spared } = gatesFor(gated, deploymentRequest({ environment: 'MAIN' }).subject, factsOf({}));
    expect([applies.map(({ name }) => name), spared]).toEqual([['main'], []]);
  });
});
