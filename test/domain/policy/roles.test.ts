/** Which role a word means under a policy, and what a custom role can be called. */

import { describe, expect, test } from 'vitest';
import type { CustomRole } from '../../../src/domain/role.ts';
import { redeclared, roleIn, ROLE_NAME } from '../../../src/domain/policy/roles.ts';
import { present } from '../../support/domain.ts';

const lead: CustomRole = { custom: 'Release Lead', base: 'maintain' };
const customRoles = new Map([['release lead', lead]]);

describe('a word means', () => {
  test.each([
    ['push', 'push'],
    ['Write', 'push'],
    ['release lead', lead],
    ['RELEASE LEAD', lead],
    ['lead', null],
    ['', null],
  ])('%s', (word, role) => {
    expect(roleIn({ customRoles }, word)).toEqual(role);
  });

  test('a standard role first, whatever a policy calls its own', () => {
    const own = new Map([['push', { custom: 'push', base: 'pull' } as const]]);
    expect(roleIn({ customRoles: own }, 'push')).toBe('push');
  });
});

describe('a custom role', () => {
  test.each(['a', '7', 'Release Lead', 'ops/on-call', 'R&D_2', 'C++', 'v.2.', 'a-b'])('can be called %j', (name) => {
    expect(ROLE_NAME.test(name)).toBe(true);
  });

  test.each(['', ' a', 'a ', '-a', 'a-', '_a', '&', '.a', 'a:b', 'a"b', 'a\nb', 'ä', 'a,b', '/a', 'a/'])(
    'can not be called %j',
    (name) => {
      expect(ROLE_NAME.test(name)).toBe(false);
    },
  );
});

test('a rule has the base of a custom role from whoever declares it last, and its standard roles as they are', () => {
  const state = present(`version: 1
groups: { leads: { users: [octo-ben] } }
custom-roles: { Release Lead: { base: pull }, auditor: { base: triage } }
access:
  - { name: shift, roles: [push, release lead, auditor], requesters: leads, max-duration: 8h, approvals: [{ from: leads }] }
`);
  const [rule] = state.kind === 'present' ? state.policy.access : [];
  if (rule === undefined) throw new Error('it was read');
  const auditor = { custom: 'auditor', base: 'triage' };
  expect(rule.roles).toEqual(['push', { custom: 'Release Lead', base: 'pull' }, auditor]);
  expect(redeclared(rule, customRoles)).toEqual({ ...rule, roles: ['push', lead, auditor] });
  expect(redeclared(rule, new Map())).toEqual(rule);
});
