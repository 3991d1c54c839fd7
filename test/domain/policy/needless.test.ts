/** Which patterns add nothing, which gates exclude each other, and how large a policy may be to be looked at so. */

import { describe, expect, test } from 'vitest';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';
import { marked } from '../../support/marked.ts';

const HEAD = 'version: 1\ngroups:\n  team: { teams: [release] }\n  ana: { users: [ana] }\n  same: { users: [ANA] }\n';

const list = (key: string, rules: readonly string[]): string =>
  rules.length === 0 ? '' : `${key}:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
const policy = (gates: readonly string[], access: readonly string[] = []): string =>
  `${HEAD}${list('gates', gates)}${list('access', access)}`;

const gate = (name: string, on: string, from = 'team'): string =>
  `{ name: ${name}, ${on}, approvals: [{ from: ${from} }] }`;
const merge = (name: string, branches: string, from = 'team'): string =>
  gate(name, `on: merge, branches: [${branches}]`, from);
const deploy = (name: string, environments: string, more = ''): string =>
  gate(name, `on: deployment, environments: [${environments}]${more}`);
const rule = (name: string, requesters: string, from = 'team'): string =>
  `{ name: ${name}, roles: [push], requesters: [${requesters}], max-duration: 1h, approvals: [{ from: ${from} }] }`;

const numbered = (count: number, make: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Findings of one kind; the policy has to be valid. */
function found(code: string, source: string) {
  const { text } = marked(source);
  expect(parsePolicy(text)).toMatchObject({ ok: true });
  return lintPolicy(text).filter((each) => each.code === code);
}

/** One finding for each mark. */
const warnings = (source: string, code: string, message: string, hint: string) =>
  marked(source).places.map((place) => ({ severity: 'warning', code, ...place, message, hint }));

describe('a pattern that adds nothing', () => {
  test.each([
    ['a name that a pattern matches', merge('a', "‹release, 'rel*'"), 'release', 'rel*'],
    ['a name after the pattern', merge('a', "dev, 'rel*', ‹release"), 'release', 'rel*'],
    ['the second of two names', merge('a', 'main, dev, ‹main'), 'main', 'main'],
    ['the second of two patterns', merge('a', "'rel*', ‹'rel*'"), 'rel*', 'rel*'],
    ['an environment in another case', deploy('a', 'Production, ‹production'), 'production', 'Production'],
    ['an environment', deploy('a', "‹staging, 'STAG*'"), 'staging', 'STAG*'],
    ['an action', gate('a', "on: action, actions: ['db/**', ‹db/drop]"), 'db/drop', 'db/**'],
    ['a long name', merge('a', `'y*', '${'x'.repeat(60)}**', ‹${'x'.repeat(70)}`), 'x'.repeat(60), 'x'.repeat(60)],
  ])('is told where it stands with the one that has it: %s', (_, one, narrow, wide) => {
    const source = policy([merge('first', 'main'), one]);
    const message = `"${narrow}" adds nothing: "${wide}" matches all of it`;
    expect(found('needless-pattern', source)).toEqual(warnings(source, 'needless-pattern', message, 'remove it'));
  });

  test.each([
    ['names that differ', 'main, dev'],
    ['names that differ in case', 'main, Main'],
    ['a name that the pattern does not match', "release, 'dev*'"],
    ['a name deeper than the pattern reaches', "release/1/2, 'release/*'"],
    ['patterns of which one is wider, which can not be told', "'rel*', 'release*'"],
    ['a pattern that another one matches as if it were a name', "'a*', '**'"],
    ['a choice that another one matches as if it were a name', "'{a,b}', '**'"],
    ['a pattern by itself', "'**'"],
  ])('is none of %s', (_, branches) => {
    expect(found('needless-pattern', policy([merge('a', branches)]))).toEqual([]);
  });

  test('is told for each of several', () => {
    const source = policy([merge('a', "‹a, '**', ‹b, ‹a"), merge('b', "‹c, '**'")]);
    expect(found('needless-pattern', source).map(({ line, column }) => ({ line, column }))).toEqual(
      marked(source).places,
    );
  });

  test.each([
    [30, 1],
    [31, 0],
  ])('is looked for among %i patterns of a gate: %i', (count, told) => {
    const names = numbered(count - 1, (index) => `branch-${String(index)}`);
    expect(found('needless-pattern', policy([merge('a', [...names, 'branch-0'].join(', '))]))).toHaveLength(told);
  });
});

describe('gates of one environment that have no ref in common', () => {
  const HINT = 'all gates that match have to be satisfied; give them a ref in common';
  const message = (name: string): string =>
    `no ref satisfies both this gate and "${name}": every deployment is denied by one of them`;

  test('are told at the refs of the later one, with the first that it contradicts', () => {
    const source = policy([
      merge('merge', 'main'),
      deploy('any', 'production'),
      deploy('other', 'staging', ', refs: [dev]'),
      deploy('first', 'production', ', refs: [dev]'),
      deploy('second', 'production', ', refs: [dev]'),
      deploy('third', 'production', ', ‹refs: [main]'),
    ]);
    expect(found('contradicting-gates', source)).toEqual(
      warnings(source, 'contradicting-gates', message('first'), HINT),
    );
  });

  test('are named by at most sixty characters', () => {
    const gates = [deploy('x'.repeat(61), 'production', ', refs: [dev]'), deploy('b', 'production', ', refs: [main]')];
    expect(found('contradicting-gates', policy(gates))[0]?.message).toBe(message('x'.repeat(60)));
  });

  const contradict = (one: string, other: string): boolean =>
    found('contradicting-gates', policy([one, other])).length > 0;

  test.each([
    ['production', 'production', true],
    ['production', 'Production', true],
    ["'prod*'", 'production', true],
    ["'prod*'", "'prod*'", true],
    ['staging, production', 'test, production', true],
    ['staging', 'production', false],
    ["'stag*'", 'production', false],
  ])('are such of %s and %s: %s', (one, other, expected) => {
    expect(contradict(deploy('a', one, ', refs: [dev]'), deploy('b', other, ', refs: [main]'))).toBe(expected);
  });

  test.each([
    ['[dev]', '[main]', true],
    ['[dev, next]', '[main, release]', true],
    ['[dev, main]', '[main, release]', false],
    ['[dev]', "['m*']", false],
    ["['d*']", '[main]', false],
    ["[dev, 'd*']", '[main]', false],
    ["['d*', dev]", '[main]', false],
    ['[dev]', "[main, 'm*']", false],
    ["['tag:v1', dev]", "['branch:v1']", false],
    ["['tag:v1']", "['tag:v2']", true],
    ["['tag:v*']", "['branch:main']", false],
    ['[Main]', '[main]', true],
  ])('are such with refs %s and %s: %s', (one, other, expected) => {
    const gates = [deploy('a', 'production', `, refs: ${one}`), deploy('b', 'production', `, refs: ${other}`)] as const;
    expect(contradict(...gates)).toBe(expected);
  });

  test.each([
    ['has a `when`', ', when: { event: [push] }', false],
    // What is spared has to keep to the refs all the same.
    ['has an `unless`', ', unless: { event: [push] }', true],
  ])('where one %s are such: %s', (_, more, expected) => {
    const one = deploy('a', 'production', ', refs: [dev]');
    const other = deploy('b', 'production', ', refs: [main]');
    expect(contradict(one.replace(', refs', `${more}, refs`), other)).toBe(expected);
    expect(contradict(one, other.replace(', refs', `${more}, refs`))).toBe(expected);
  });

  test('are not those that are for any ref, or hold no deployment', () => {
    const main = deploy('b', 'production', ', refs: [main]');
    for (const one of [
      deploy('a', 'production'),
      merge('a', 'production'),
      gate('a', 'on: action, actions: [production]'),
    ]) {
      expect(contradict(one, main)).toBe(false);
      expect(contradict(main, one)).toBe(false);
    }
  });

  test.each([
    [30, true],
    [31, false],
  ])('are looked for where the later one has %i refs: %s', (count, expected) => {
    const refs = numbered(count, (index) => `ref-${String(index)}`).join(', ');
    const gates = [deploy('a', 'production', ', refs: [dev]'), deploy('b', 'production', `, refs: [${refs}]`)] as const;
    expect(contradict(...gates)).toBe(expected);
  });
});

describe('rules are held against each other in a policy of at most fifty', () => {
  const others = (count: number): readonly string[] =>
    numbered(count, (index) => merge(`other-${String(index)}`, `branch-${String(index)}`));
  const rules = (count: number): readonly string[] =>
    numbered(count, (index) => rule(`rule-${String(index)}`, 'team').replace('1h', `${String(index + 2)}h`));
  const contrary = [deploy('a', 'production', ', refs: [dev]'), deploy('b', 'production', ', refs: [main]')];
  const few = [merge('a', 'main', 'ana'), merge('b', 'main', 'ana')];
  const twice = [rule('first', 'ana'), rule('second', 'same')];

  test.each<[string, string, readonly string[], readonly string[], number]>([
    ['50 gates that may contradict', 'contradicting-gates', [...others(48), ...contrary], [], 1],
    ['51 gates that may contradict', 'contradicting-gates', [...others(49), ...contrary], [], 0],
    ['50 gates, besides rules', 'contradicting-gates', [...others(48), ...contrary], rules(3), 1],
    ['50 gates that share people', 'unreachable-count', [...others(48), ...few], [], 1],
    ['51 gates that share people', 'unreachable-count', [...others(49), ...few], [], 0],
    ['50 gates and rules together', 'unreachable-count', [...others(28), ...few], rules(20), 1],
    ['51 gates and rules together', 'unreachable-count', [...others(28), ...few], rules(21), 0],
    ['50 access rules of which one is taken', 'shadowed-rule', [], [...rules(48), ...twice], 1],
    ['51 access rules of which one is taken', 'shadowed-rule', [], [...rules(49), ...twice], 0],
    ['50 access rules, besides gates', 'shadowed-rule', others(3), [...rules(48), ...twice], 1],
  ])('%s', (_, code, gates, access, told) => {
    expect(found(code, policy(gates, access))).toHaveLength(told);
  });

  test('but each gate is looked at by itself in a larger one', () => {
    const gates = [...others(50), merge('a', 'main, main')];
    expect(found('needless-pattern', policy(gates))).toHaveLength(1);
  });
});
