/** Which roles there are, and how they compare. */

import { describe, expect, it } from 'vitest';
import { compareRoles, higherRole, roleFrom, ROLES, type Role } from '../../src/domain/role.ts';

describe('a role', () => {
  it.each([
    ['pull', 'pull'],
    ['read', 'pull'],
    ['triage', 'triage'],
    ['push', 'push'],
    ['write', 'push'],
    ['WRITE', 'push'],
    ['maintain', 'maintain'],
    ['Admin', 'admin'],
  ])('is read from %s: %s', (word, role) => {
    expect(roleFrom(word)).toBe(role);
  });

  it.each(['', ' push', 'owner', 'constructor', '__proto__', 'toString', 'аdmin', 'ａdmin', 'none'])(
    'is not read from %j',
    (word) => {
      expect(roleFrom(word)).toBeNull();
    },
  );

  // Weakest first, as GitHub documents them; no role at all is weaker still.
  const order: readonly (Role | null)[] = [null, 'pull', 'triage', 'push', 'maintain', 'admin'];

  it('is one of five, weakest first', () => {
    expect([null, ...ROLES]).toEqual(order);
  });

  it.each(order.flatMap((a, i) => order.map((b, j) => ({ a, b, sign: Math.sign(i - j) }))))(
    '$a beside $b compares as $sign',
    ({ a, b, sign }) => {
      expect(Math.sign(compareRoles(a, b))).toBe(sign);
      expect(higherRole(a, b)).toBe(sign >= 0 ? a : b);
    },
  );
});
