/** Requests that an access rule no longer takes: under which other rules may they fall, and at which bounds? */

import { describe, expect, test } from 'vitest';
import { diffPolicies } from '../../../src/domain/policy/diff.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

type Keys = Readonly<Partial<Record<'offer' | 'requesters' | 'longest' | 'ahead' | 'more', string>>>;

/** An access rule: unless something else is said, both who ask get push for 8 hours, two days ahead. */
const rule = (name: string, keys: Keys = {}): string => {
  const { offer = 'roles: [push]', requesters = 'b, c', longest = '8h', ahead = '2d', more = '' } = keys;
  return `{ name: ${name}, ${offer}, requesters: [${requesters}], max-duration: ${longest}, max-ahead: ${ahead}, approvals: [{ from: [a] }]${more} }`;
};

const policy = (...rules: readonly string[]): Policy =>
  read(
    `version: 1\ngroups: { a: { users: [ana] }, b: { users: [bob] }, c: { users: [cy] } }\naccess: [${rules.join(', ')}]\n`,
  );

/** What is said of requests that fall to others, each with the rule that no longer takes them. */
const fallen = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).flatMap(({ effect, rule: at, what }) =>
    what.startsWith('requests that') ? [`${effect} ${at ?? ''}: ${what}`] : [],
  );

const to = (names: string, from = 'one'): string =>
  `weaker ${from}: requests that it no longer takes may now fall under ${names}`;

describe('time that a rule no longer gives', () => {
  test.each([
    ['another that gives longer takes them', '4h', '4h1m', [to('"two"')]],
    ['another that gives just as long takes none', '4h', '4h', []],
    ['another that gives less takes none', '4h', '1h', []],
    ['where it gives as much as before, none fall', '8h', '1d', []],
    ['where it gives more, none fall', '9h', '1d', []],
  ])('%s', (_, longest, theirs, said) => {
    const two = rule('two', { longest: theirs });
    expect(fallen(policy(rule('one'), two), policy(rule('one', { longest }), two))).toEqual(said);
  });
});

describe('how far ahead a rule no longer lets ask', () => {
  test.each([
    ['another that reaches further takes them', '1d', '1d1s', [to('"two"')]],
    ['another that reaches just as far takes none', '1d', '1d', []],
    ['another that reaches less far takes none', '1d', '12h', []],
    ['where it reaches as far as before, none fall', '2d', '4d', []],
    ['where it reaches further, none fall', '3d', '4d', []],
  ])('%s', (_, ahead, theirs, said) => {
    const two = rule('two', { ahead: theirs });
    expect(fallen(policy(rule('one'), two), policy(rule('one', { ahead }), two))).toEqual(said);
  });

  test('less time does not make a start fall that may lie as far ahead as before', () => {
    const two = rule('two', { longest: '1h', ahead: '4d' });
    expect(fallen(policy(rule('one'), two), policy(rule('one', { longest: '4h' }), two))).toEqual([]);
  });

  test('nor does a nearer start make a time fall that is as long as before', () => {
    const two = rule('two', { longest: '1d', ahead: '1h' });
    expect(fallen(policy(rule('one'), two), policy(rule('one', { ahead: '1d' }), two))).toEqual([]);
  });
});

describe('somebody who may no longer ask', () => {
  const fewer = rule('one', { requesters: 'c' });

  test('may ask under another that offers the same, for however short a time', () => {
    const two = rule('two', { longest: '1h', ahead: '1h' });
    expect(fallen(policy(rule('one'), two), policy(fewer, two))).toEqual([to('"two"')]);
  });

  test('but not under one that offers something else', () => {
    const two = rule('two', { offer: 'roles: [admin]', longest: '1d' });
    expect(fallen(policy(rule('one'), two), policy(fewer, two))).toEqual([]);
  });

  test('and where more may ask, none fall', () => {
    const two = rule('two', { longest: '1d' });
    expect(fallen(policy(fewer, two), policy(rule('one'), two))).toEqual([]);
  });
});

describe('what a rule no longer offers', () => {
  const both = rule('one', { offer: 'roles: [push, triage]' });

  test('falls to another that offers it, for however short a time', () => {
    const two = rule('two', { offer: 'roles: [triage]', longest: '1h', ahead: '1h' });
    expect(fallen(policy(both, two), policy(rule('one'), two))).toEqual([to('"two"')]);
  });

  test('and not to one that offers what it still takes', () => {
    const two = rule('two', { longest: '1d', ahead: '4d' });
    expect(fallen(policy(both, two), policy(rule('one'), two))).toEqual([]);
  });

  test('so with the membership of a team', () => {
    const two = rule('two', { offer: 'teams: [ops]' });
    const teams = rule('one', { offer: 'roles: [push], teams: [ops]' });
    expect(fallen(policy(teams, two), policy(rule('one'), two))).toEqual([to('"two"')]);
    // A role of the name of a team is another thing.
    const named = rule('two', { offer: 'teams: [push]' });
    expect(fallen(policy(both, named), policy(rule('one', { offer: 'roles: [triage]' }), named))).toEqual([]);
  });
});

describe('which rules they may fall under', () => {
  const shorter = rule('one', { longest: '1h' });

  test('all that may take them, by name, in the order in which they stand', () => {
    const others = [rule('two'), rule('three', { offer: 'roles: [admin]' }), rule('four'), rule('five')];
    expect(fallen(policy(rule('one'), ...others), policy(shorter, ...others))).toEqual([
      to('"two", "four" and "five"'),
    ]);
  });

  test('none where there is no other', () => {
    expect(fallen(policy(rule('one')), policy(shorter))).toEqual([]);
  });

  test('one that is new, in front or behind', () => {
    expect(fallen(policy(rule('one')), policy(shorter, rule('two')))).toEqual([to('"two"')]);
    expect(fallen(policy(rule('one')), policy(rule('two'), shorter))).toEqual([to('"two"')]);
  });

  test('one that stood behind and now stands in front', () => {
    expect(fallen(policy(rule('one'), rule('two')), policy(rule('two'), shorter))).toEqual([to('"two"')]);
  });

  test('none that stood in front, which had the choice before, wherever it stands now', () => {
    const before = policy(rule('two'), rule('one'), rule('three'));
    expect(fallen(before, policy(rule('two'), shorter, rule('three')))).toEqual([to('"three"')]);
    expect(fallen(before, policy(shorter, rule('two'), rule('three')))).toEqual([to('"three"')]);
    // A name is the same in any case.
    expect(fallen(before, policy(rule('TWO'), shorter, rule('three')))).toEqual([to('"three"')]);
  });

  test('never the rule itself, though its name is another case of the old one', () => {
    expect(fallen(policy(rule('one')), policy(rule('ONE', { longest: '1h' })))).toEqual([]);
  });

  test('and each rule that takes less says its own', () => {
    const [before, after] = [
      policy(rule('one'), rule('two'), rule('three')),
      policy(shorter, rule('two', { ahead: '1d' }), rule('three')),
    ];
    expect(fallen(before, after)).toEqual([to('"two" and "three"'), to('"three"', 'two')]);
  });
});

test('what a request has to say, or who approves it, makes none fall to another', () => {
  const two = rule('two', { longest: '1d', ahead: '4d' });
  const longer = rule('one', { more: ', reason: { min-length: 20 }' });
  expect(fallen(policy(rule('one'), two), policy(longer, two))).toEqual([]);
  const others = rule('one').replace('from: [a]', 'from: [a, b]');
  expect(fallen(policy(rule('one'), two), policy(others, two))).toEqual([]);
});
