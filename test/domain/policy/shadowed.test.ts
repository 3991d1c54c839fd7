/** Which access rules can never apply, since rules before them take every request that they could. */

import { describe, expect, test } from 'vitest';
import { lintPolicy } from '../../../src/domain/policy/parse.ts';

const rule = (name: string, roles: string, requesters: string, longest = '8h'): string =>
  `{ name: ${name}, roles: [${roles}], requesters: [${requesters}], max-duration: ${longest}, approvals: [{ from: approvers }] }`;

const policy = (groups: Readonly<Record<string, string>>, ...rules: readonly string[]): string =>
  [
    'version: 1',
    'groups:',
    '  approvers: { teams: [approvers] }',
    ...Object.entries(groups).map(([name, members]) => `  ${name}: { ${members} }`),
    'access:',
    ...rules.map((each) => `  - ${each}`),
    '',
  ].join('\n');

const shadowed = (text: string) => lintPolicy(text).filter(({ code }) => code === 'shadowed-rule');

/** Whether a rule for the one group is taken whole by a rule before it that is for the other. */
const takes = (wide: string, narrow: string): boolean =>
  shadowed(policy({ wide, narrow }, rule('first', 'push', 'wide'), rule('second', 'push', 'narrow'))).length > 0;

describe('a group has everybody of another', () => {
  test.each([
    ['whose users it names', 'users: [ana, ben]', 'users: [ben]'],
    ['whose users it names in another case', 'users: [Octo-Ana]', 'users: [octo-ana]'],
    ['whose users it names by number', 'users: [4711, 4712]', 'users: [4712]'],
    ['whose team is one of its own', 'teams: [release, security]', 'teams: [security]'],
    ['whose teams and users it has, and more', 'teams: [a, b], users: [ana, ben]', 'teams: [b, a], users: [ana]'],
    ['who have at least a role that is above its own', 'role: push', 'role: maintain'],
    ['who have the role that it asks for', 'role: push', 'role: push'],
    ['that is the same but for its code owners', 'users: [ana], codeowners: true', 'users: [ana]'],
  ])('%s', (_, wide, narrow) => {
    expect(takes(wide, narrow)).toBe(true);
  });
});

describe('a group may lack somebody of another', () => {
  test.each([
    ['that has one user more', 'users: [ana]', 'users: [ana, ben]'],
    ['with another account', 'users: [4711]', 'users: [4712]'],
    ['that names by number whom it may name by login', 'users: [ana]', 'users: [4711]'],
    ['that names by login whom it may name by number', 'users: [4711]', 'users: [ana]'],
    ['with another team', 'teams: [release]', 'teams: [security]'],
    ['that has one team more', 'teams: [release]', 'teams: [release, security]'],
    ['whose role is below its own', 'role: maintain', 'role: push'],
    ['that is for a role, where it is for a team', 'teams: [release]', 'role: push'],
    ['that is for a role, too', 'users: [ana]', 'users: [ana], role: admin'],
    ['that has code owners, too', 'users: [ana]', 'users: [ana], codeowners: true'],
  ])('%s', (_, wide, narrow) => {
    expect(takes(wide, narrow)).toBe(false);
  });
});

describe('a rule that can never apply', () => {
  const people = { ana: 'users: [ana]', ben: 'users: [ben]', both: 'users: [ana, ben]' };

  test('is told with the rules that take its requests, where it stands, and what to do', () => {
    const text = policy(
      people,
      rule('"triage for all"', 'triage', 'both'),
      rule('"push for all"', 'push', 'both'),
      rule('late', 'triage, push', 'ana'),
    );
    expect(shadowed(text)).toMatchObject([
      {
        severity: 'warning',
        line: 10,
        column: 5,
        message:
          'the rule can never apply: "triage for all" and "push for all" before it take every request that it could',
        hint: 'put the narrower rule first',
      },
    ]);
  });

  test('is told once, whether one rule takes its requests by name, under another, or both', () => {
    for (const requesters of ['both', 'ana', 'both, ana'])
      expect(shadowed(policy(people, rule('early', 'push', 'both'), rule('late', 'push', requesters)))).toHaveLength(1);
  });

  test('is found where several take its requests by name', () => {
    const mixed = { mixed: 'users: [ana], codeowners: true' };
    for (const groups of [{ mixed: 'users: [ana]' }, mixed]) {
      const each = [rule('a', 'triage', 'mixed'), rule('b', 'push', 'mixed'), rule('c', 'triage, push', 'mixed')];
      expect(shadowed(policy(groups, ...each)).map(({ line }) => line)).toEqual([8]);
    }
  });

  test('is found where only one of an earlier rule’s groups has its people', () => {
    const early = rule('early', 'push', 'ben, both');
    expect(shadowed(policy(people, early, rule('late', 'push', 'ana')))).toHaveLength(1);
  });

  test.each([
    ['as long', '8h', 1],
    ['a minute longer', '481m', 0],
  ])('is none where it gives %s', (_, longest, count) => {
    const late = rule('late', 'push', 'ana', longest);
    expect(shadowed(policy(people, rule('early', 'push', 'both'), late))).toHaveLength(count);
  });

  test.each([
    [10, 1],
    [11, 0],
  ])('is looked for among at most ten groups: %i', (count, found) => {
    const names = Array.from({ length: count }, (_, index) => `group-${String(index)}`);
    const groups = Object.fromEntries(names.map((name, index) => [name, `users: [user-${String(index)}]`]));
    const all = { all: `users: [${names.map((_, index) => `user-${String(index)}`).join(', ')}]` };
    const text = policy({ ...groups, ...all }, rule('early', 'push', 'all'), rule('late', 'push', names.join(', ')));
    expect(shadowed(text)).toHaveLength(found);
  });
});
