/** Which roles there are, and how they compare. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BASE_ROLES,
  byStrength,
  compareRoles,
  contradictsBase,
  distinctRoles,
  goesBy,
  includesRole,
  isSameRole,
  namedRole,
  recordedRole,
  roleData,
  roleFrom,
  roleName,
  ROLES,
  type BaseRole,
  type CustomRole,
  type Role,
  type RoleOrder,
} from '../../src/domain/role.ts';
import { tries } from '../support/tries.ts';

const captain = (base: BaseRole, custom = 'release-captain'): CustomRole => ({ custom, base });

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

  it.each(
    order.flatMap((a, i) =>
      order.map((b, j) => ({ a, b, wanted: i === j ? 'same' : i < j ? ('less' as const) : ('more' as const) })),
    ),
  )('$a beside $b gives $wanted', ({ a, b, wanted }) => {
    expect(compareRoles(a, b)).toBe(wanted);
    expect(includesRole(a, b)).toBe(wanted !== 'less');
  });

  it('goes by both of its spellings in any case, and by nothing else', () => {
    expect(goesBy('push', 'Write')).toBe(true);
    expect(goesBy('push', 'pull')).toBe(false);
    expect(goesBy('push', 'pushy')).toBe(false);
    expect(goesBy(captain('push'), 'Release-Captain')).toBe(true);
    expect(goesBy(captain('push'), 'push')).toBe(false);
  });
});

describe('a custom role', () => {
  const CASES: readonly (readonly [BaseRole, Role | null, RoleOrder])[] = [
    ['push', null, 'more'],
    ['push', 'pull', 'more'],
    ['push', 'triage', 'more'],
    ['push', 'push', 'more'],
    ['push', 'maintain', 'unclear'],
    ['push', 'admin', 'less'],
    ['pull', 'pull', 'more'],
    ['pull', 'triage', 'unclear'],
    ['maintain', 'maintain', 'more'],
    ['maintain', 'admin', 'less'],
    ['push', captain('push', 'auditor'), 'unclear'],
    ['maintain', captain('pull', 'auditor'), 'unclear'],
    ['push', captain('maintain', 'RELEASE-CAPTAIN'), 'same'],
  ];
  const REVERSE = { less: 'more', more: 'less', same: 'same', unclear: 'unclear' } as const;

  it.each(CASES)('that builds on %s, beside %j, gives %s', (base, other, wanted) => {
    expect(compareRoles(captain(base), other)).toBe(wanted);
    expect(compareRoles(other, captain(base))).toBe(REVERSE[wanted]);
    expect(includesRole(captain(base), other)).toBe(wanted === 'same' || wanted === 'more');
  });

  it('is one role with another only where both are said to build on the same', () => {
    expect(isSameRole(captain('push'), captain('push', 'Release-Captain'))).toBe(true);
    expect(isSameRole(captain('push'), captain('maintain'))).toBe(false);
    expect(isSameRole(captain('push'), 'push')).toBe(false);
    expect(isSameRole('push', 'push')).toBe(true);
    const twice = [captain('push'), 'push', captain('push', 'RELEASE-captain'), captain('pull'), 'push'] as const;
    expect(distinctRoles(twice)).toEqual([captain('push'), 'push', captain('pull')]);
  });

  it('is listed right behind what it builds on', () => {
    const roles: readonly Role[] = ['admin', captain('push'), 'maintain', 'pull', 'push'];
    expect([...roles].sort(byStrength).map(roleName)).toEqual(['pull', 'push', 'release-captain', 'maintain', 'admin']);
  });

  it.each([
    ['read', null, 'pull'],
    ['release-captain', null, captain('pull')],
    ['release-captain', 'write', captain('push')],
    ['release-captain', 'MAINTAIN', captain('maintain')],
    ['release-captain', 'ADMIN', captain('maintain')],
    ['release-captain', 'something', captain('pull')],
  ])('is read from the name %s with %s told beside it', (name, told, role) => {
    expect(namedRole(name, told)).toEqual({ name, role });
  });

  it('is kept in the log by its name and base, and read from it again', () => {
    expect(roleData(captain('push'))).toEqual({ role: 'release-captain', base: 'push' });
    expect(roleData('push')).toEqual({ role: 'push' });
    expect(recordedRole(captain('push'))).toEqual(captain('push'));
    expect(recordedRole('push')).toBe('push');
    for (const no of [
      null,
      3,
      'owner',
      {},
      { custom: 'x' },
      { custom: 'x', base: 'admin' },
      { custom: 1, base: 'push' },
    ])
      expect(recordedRole(no)).toBeNull();
  });

  // GitHub's older words fold maintain into write and triage into read: those speak against neither.
  const TOLD: Readonly<Record<BaseRole, readonly BaseRole[]>> = {
    pull: ['pull'],
    triage: ['pull', 'triage'],
    push: ['push'],
    maintain: ['push', 'maintain'],
  };
  it.each(BASE_ROLES)('that is declared to build on %s is contradicted by every other base', (declared) => {
    for (const told of BASE_ROLES)
      expect([told, contradictsBase(declared, told)]).toEqual([told, !TOLD[declared].includes(told)]);
  });
});

describe('the order of roles', () => {
  const role: fc.Arbitrary<Role | null> = fc.oneof(
    fc.constantFrom(null, ...ROLES),
    fc.record({ custom: fc.constantFrom('a', 'b', 'c'), base: fc.constantFrom(...BASE_ROLES) }),
  );
  // One name has one base at a time.
  const oneBase = (...roles: readonly (Role | null)[]): boolean => {
    const custom = roles.filter((each) => typeof each === 'object' && each !== null);
    return custom.every((each) => custom.every((other) => each.custom !== other.custom || each.base === other.base));
  };

  it('leads from more to more, and never back', () => {
    fc.assert(
      fc.property(role, role, role, (a, b, c) => {
        fc.pre(oneBase(a, b, c));
        if (includesRole(a, b) && includesRole(b, c)) expect(includesRole(a, c)).toBe(true);
        if (includesRole(a, b) && includesRole(b, a)) expect(compareRoles(a, b)).toBe('same');
        expect(compareRoles(a, a)).toBe('same');
      }),
      { numRuns: tries(2000) },
    );
  });

  it('never says more of what the organisation may have made otherwise', () => {
    fc.assert(
      fc.property(role, role, (a, b) => {
        fc.pre(oneBase(a, b));
        if (compareRoles(a, b) !== 'more' || typeof b !== 'object' || b === null) return;
        // Above a custom role there is admin alone.
        expect(a).toBe('admin');
      }),
    );
  });
});
