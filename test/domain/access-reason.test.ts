/** Are the reason and the ticket that somebody gave what an access rule asks for? */

import { describe, expect, test } from 'vitest';
import { reasonFor } from '../../src/domain/access-reason.ts';
import type { AccessRule } from '../../src/domain/policy/model.ts';
import { present } from '../support/domain.ts';

function rule(reason: string): AccessRule {
  const state = present(`version: 1
groups: { leads: { users: [octo-ben] } }
access:
  - { name: shift, roles: [push], requesters: leads, max-duration: 8h, approvals: [{ from: leads }], reason: ${reason} }
`);
  const [only] = state.kind === 'present' ? state.policy.access : [];
  if (only === undefined) throw new Error('it was read');
  return only;
}

const given = (reason: string, ticket: string | null) => ({ ok: true, value: { reason, ticket } });
const refusal = (error: object) => ({ ok: false, error });

describe('a reason', () => {
  test.each([
    ['none', null],
    ['an empty one', ''],
    ['one of spaces alone', ' \t\n '],
  ])('is missing: %s, even where any length will do', (_, reason) => {
    expect(reasonFor(rule('{ min-length: 0 }'), reason, 'SEC-1')).toEqual(refusal({ kind: 'reason-missing' }));
    expect(reasonFor(rule('{ min-length: 8 }'), reason, null)).toEqual(refusal({ kind: 'reason-missing' }));
  });

  test('has to have the least length, without the spaces around it', () => {
    const eight = rule('{ min-length: 8 }');
    expect(reasonFor(eight, '12345678', null)).toEqual(given('12345678', null));
    expect(reasonFor(eight, '1234567', null)).toEqual(refusal({ kind: 'reason-too-short', length: 7, least: 8 }));
    expect(reasonFor(eight, '  1234567  ', null)).toEqual(refusal({ kind: 'reason-too-short', length: 7, least: 8 }));
  });

  test('is kept without the spaces around it, and the ticket as it was given where none is asked for', () => {
    expect(reasonFor(rule('{}'), ' to repair  it ', null)).toEqual(given('to repair  it', null));
    expect(reasonFor(rule('{}'), 'to repair it', 'whatever')).toEqual(given('to repair it', 'whatever'));
  });
});

describe('a ticket that is asked for', () => {
  const ticketed = rule('{ ticket: "SEC-*" }');
  const missing = refusal({ kind: 'ticket-missing', like: 'SEC-*' });

  test.each([
    ['given beside the reason', 'to repair it', 'SEC-1', 'SEC-1'],
    ['given beside a reason that names another', 'as in SEC-2', 'SEC-1', 'SEC-1'],
    ['in the reason', 'for SEC-12 now', null, 'SEC-12'],
    ['in the reason, beside one that has another shape', 'for SEC-12 now', 'OPS-1', 'SEC-12'],
    ['alone', 'SEC-3', null, 'SEC-3'],
    ['first of two', 'SEC-4 SEC-5', null, 'SEC-4'],
    ['in other letters, which do not count', 'for sec-1 now', null, 'sec-1'],
    ['in brackets', 'the alerts (SEC-6)', null, 'SEC-6'],
    ['before a comma', 'for SEC-7, as ever', null, 'SEC-7'],
    ['before a semicolon', 'for SEC-8; as ever', null, 'SEC-8'],
    ['on a line of its own', 'the alerts\nSEC-9\nagain', null, 'SEC-9'],
    ['among several of what separates', 'alerts ,;( SEC-10 ) again', null, 'SEC-10'],
  ])('is found: %s', (_, reason, ticket, expected) => {
    expect(reasonFor(ticketed, reason, ticket)).toEqual(given(reason, expected));
  });

  test.each([
    ['nowhere', 'to repair it', null],
    ['of another shape', 'to repair it', 'OPS-1'],
    ['within another word', 'for xSEC-1', null],
  ])('is missing: %s', (_, reason, ticket) => {
    expect(reasonFor(ticketed, reason, ticket)).toEqual(missing);
  });

  test('is never an empty one, whatever the shape lets through', () => {
    const any = rule('{ ticket: "*" }');
    expect(reasonFor(any, 'word', '')).toEqual(given('word', 'word'));
    expect(reasonFor(any, '(', null)).toEqual(refusal({ kind: 'ticket-missing', like: '*' }));
  });

  test('is looked for only once the reason is long enough', () => {
    expect(reasonFor(rule('{ ticket: "SEC-*", min-length: 10 }'), 'SEC-1', null)).toEqual(
      refusal({ kind: 'reason-too-short', length: 5, least: 10 }),
    );
  });
});
