/** What is odd about a policy without errors: rules that never hold, never apply, or that nobody can satisfy. */

import { describe, expect, test } from 'vitest';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';

const HEAD = `version: 1
groups:
  team: { teams: [release] }
  ana: { users: [ana] }
  ben: { users: [ben] }
  both: { users: [ana, ben] }
  trio: { users: [ana, ben, cleo] }
`;

const gates = (...all: readonly string[]): string => `${HEAD}gates:\n${all.map((gate) => `  - ${gate}\n`).join('')}`;
const access = (...all: readonly string[]): string => `${HEAD}access:\n${all.map((rule) => `  - ${rule}\n`).join('')}`;
const merge = (more: string, name = 'a', from = '[{ from: team }]'): string =>
  `{ name: ${name}, on: merge, branches: [main], approvals: ${from}${more === '' ? '' : `, ${more}`} }`;
const deploy = (name: string, more: string): string =>
  `{ name: ${name}, on: deployment, environments: [production], approvals: [{ from: team }], ${more} }`;
const rule = (name: string, roles: string, requesters: string, max: string, from = 'team'): string =>
  `{ name: ${name}, roles: [${roles}], requesters: [${requesters}], max-duration: ${max}, approvals: [{ from: ${from} }] }`;

/** The findings but those about groups that a case does not use. */
const codes = (text: string): readonly string[] =>
  lintPolicy(text)
    .filter(({ code }) => code !== 'unused-group')
    .map(({ code, line, severity }) => `${line} ${severity} ${code}`);

describe('a warning names', () => {
  test.each<[string, string, string]>([
    ['a gate whose `when` looks for another branch', gates(merge("when: { base: ['release/**'] }")), 'never-applies'],
    [
      'a gate whose `when` contradicts itself',
      gates(merge('when: { all: [{ draft: true }, { draft: false }] }')),
      'never-applies',
    ],
    [
      'a gate for a statement and its opposite',
      gates(merge('when: { labels: [x], not: { labels: [x] } }')),
      'never-applies',
    ],
    [
      'a gate for ranges that do not meet',
      gates(merge('when: { all: [{ lines-changed: { min: 9 } }, { lines-changed: { max: 8 } }] }')),
      'never-applies',
    ],
    ['a gate for none of what can be', gates(merge("when: { not: { paths: ['**'] } }")), 'never-applies'],
    ['a gate that spares every file', gates(merge("unless: { only-paths: ['**'] }")), 'never-holds'],
    ['a gate that spares its own branch', gates(merge('unless: { base: [main] }')), 'never-holds'],
    [
      'a gate that spares one of which one is always so',
      gates(merge("unless: { any: [{ draft: true }, { title: ['**'] }] }")),
      'never-holds',
    ],
    [
      'a gate that spares just what it is for',
      gates(merge("when: { paths: ['a/**'] }, unless: { paths: ['a/**'] }")),
      'never-holds',
    ],
    [
      'a stage that is never asked',
      gates(merge('', 'a', '[{ from: team }, { from: ana, when: { base: [dev] } }]')),
      'never-asked',
    ],
    ['a branch that a pattern has already', gates(merge('').replace('[main]', "[main, '**']")), 'needless-pattern'],
    [
      'overlapping stages with too few people',
      gates(merge('', 'a', '[{ from: ana }, { from: ana }, { from: trio }]')),
      'unreachable-count',
    ],
  ])('%s', (_, text, code) => {
    expect(parsePolicy(text).ok).toBe(true);
    expect(codes(text)).toEqual([`9 warning ${code}`]);
  });

  test('gates on one branch that need more people than there are', () => {
    const text = gates(merge('', 'a', '[{ from: both, count: 2 }]'), merge('', 'b', '[{ from: ana }]'));
    expect(codes(text)).toEqual(['10 warning unreachable-count']);
    expect(codes(text.replace('from: ana', 'from: trio'))).toEqual([]);
  });

  test('gates on one environment that have no ref in common', () => {
    expect(codes(gates(deploy('a', 'refs: [main]'), deploy('b', 'refs: [release]')))).toEqual([
      '10 warning contradicting-gates',
    ]);
    expect(codes(gates(deploy('a', 'refs: [main]'), deploy('b', 'refs: [release, main]')))).toEqual([]);
    expect(codes(gates(deploy('a', "refs: ['rel*']"), deploy('b', 'refs: [release]')))).toEqual([]);
  });

  test.each([
    ['main', 'branch:main'],
    ['branch:main', 'main'],
    ['branch:main', 'branch:main'],
    ['tag:main', 'branch:main'],
    ['release', 'tag:rel*'],
  ])('no gates on one environment of which one names %s and the other %s', (one, other) => {
    expect(codes(gates(deploy('a', `refs: ['${one}']`), deploy('b', `refs: ['${other}']`)))).toEqual([]);
  });

  test('gates on one environment that name a branch each', () => {
    expect(codes(gates(deploy('a', "refs: ['branch:main']"), deploy('b', "refs: ['branch:release']")))).toEqual([
      '10 warning contradicting-gates',
    ]);
  });

  test('no access rule for a start that lies further ahead than those before it allow', () => {
    const before = rule('a', 'push', 'both', '8h');
    const ahead = (span: string): string =>
      rule('b', 'push', 'ana', '4h').replace('max-duration', `max-ahead: ${span}, max-duration`);
    expect(codes(access(before, ahead('8d')))).toEqual([]);
    expect(codes(access(before, ahead('7d')))).toEqual(['10 warning shadowed-rule']);
  });

  test('an access rule that several before it take the requests of', () => {
    const text = access(
      rule('a', 'triage', 'both', '8h'),
      rule('b', 'push', 'both', '8h'),
      rule('c', 'triage, push', 'ana', '4h'),
    );
    expect(codes(text)).toEqual(['11 warning shadowed-rule']);
    expect(codes(text.replace('max-duration: 4h', 'max-duration: 9h'))).toEqual([]);
    expect(codes(text.replace('requesters: [ana]', 'requesters: [team]'))).toEqual([]);
    expect(codes(text.replace('triage, push', 'triage, maintain'))).toEqual([]);
  });

  test('people who would have to approve for themselves', () => {
    expect(codes(access(rule('a', 'push', 'both', '1h', 'ana')))).toEqual(['9 warning unreachable-count']);
    expect(codes(access(rule('a', 'push', 'both', '1h', 'both')))).toEqual([]);
    expect(codes(access(rule('a', 'push', 'ben', '1h', 'ana')))).toEqual([]);
  });
});

describe('nothing is said of', () => {
  test.each<[string, string]>([
    ['a `when` that can be met', gates(merge("when: { base: [main], paths: ['a/**'] }"))],
    [
      'a `base` that can’t be told from the pattern',
      gates(merge("when: { base: ['release/1'] }").replace('[main]', "['release/*']")),
    ],
    ['an `unless` that spares some', gates(merge("unless: { only-paths: ['docs/**'], base: [main] }"))],
    ['ranges that meet', gates(merge('when: { all: [{ lines-changed: { min: 8 } }, { lines-changed: { max: 8 } }] }'))],
    ['enough people in overlapping stages', gates(merge('', 'a', '[{ from: ana }, { from: both }]'))],
    [
      'a stage with a condition, which may not be asked',
      gates(merge('', 'a', '[{ from: ana }, { from: ana, when: { draft: true } }]')),
    ],
    [
      'gates on other branches',
      gates(merge('', 'a', '[{ from: ana }]'), merge('', 'b', '[{ from: ana }]').replace('[main]', '[dev]')),
    ],
  ])('%s', (_, text) => {
    expect(codes(text)).toEqual([]);
  });
});
