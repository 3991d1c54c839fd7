/** Teams beside roles: by which words they go, and that one is never taken for the other. */

import { describe, expect, it } from 'vitest';
import {
  grantableData,
  grantableName,
  isCalled,
  isSameGrantable,
  isTeam,
  recordedTeam,
  teamIn,
  type Grantable,
} from '../../src/domain/grantable.ts';
import { recordedRole } from '../../src/domain/role.ts';

const onCall = { team: 'on-call', id: 4711, org: 3 } as const;
const captain = { custom: 'captain', base: 'push' } as const;

describe('a word', () => {
  it.each([
    ['team:on-call', 'on-call'],
    ['TEAM:On-Call', 'on-call'],
    [' team:on-call ', 'on-call'],
    ['team:', null],
    ['team: on-call', null],
    ['team', null],
    ['push', null],
    ['steam:on-call', null],
  ])('%j asks for the team %j', (word, slug) => {
    expect(teamIn(word)).toBe(slug);
  });

  it.each<[Grantable, string, boolean]>([
    [onCall, 'Team:ON-CALL', true],
    [onCall, 'on-call', false],
    [onCall, 'team:other', false],
    ['push', 'WRITE', true],
    ['push', 'team:push', false],
    [captain, 'Captain', true],
    [captain, 'team:captain', false],
  ])('%j goes by %j: %s', (what, word, expected) => {
    expect(isCalled(what, word)).toBe(expected);
  });
});

describe('a team', () => {
  it('is shown by the word that asks for it, and kept in the log with its number', () => {
    expect(grantableName(onCall)).toBe('team:on-call');
    expect(grantableData(onCall)).toEqual({ role: 'team:on-call', team: 4711 });
    expect(grantableData(captain)).toEqual({ role: 'captain', base: 'push' });
  });

  it.each<[Grantable, Grantable, boolean]>([
    [onCall, { ...onCall, team: 'pager' }, true],
    [onCall, { ...onCall, id: 4712 }, false],
    [onCall, 'push', false],
    [{ ...captain, custom: 'on-call' }, onCall, false],
    [captain, { ...captain, base: 'pull' }, false],
    ['push', 'push', true],
  ])('%j is the same as %j: %s', (one, other, expected) => {
    expect(isSameGrantable(one, other)).toBe(expected);
    expect(isSameGrantable(other, one)).toBe(expected);
  });

  it('is no role, and no role is a team', () => {
    expect([onCall, 'push', captain].map((what) => isTeam(what as Grantable))).toEqual([true, false, false]);
    expect(recordedRole(onCall)).toBeNull();
    expect(recordedTeam(onCall)).toEqual(onCall);
  });

  it.each(['push', captain, null, { team: 'on-call' }, { team: 1, id: 2, org: 3 }, { team: 'a', id: '2', org: 3 }])(
    'is not read from %j',
    (value) => {
      expect(recordedTeam(value)).toBeNull();
    },
  );
});
