/** Which approvals are said to be out of reach, since too few different people are listed for them. */

import { describe, expect, test } from 'vitest';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';
import { marked } from '../../support/marked.ts';

const people = (count: number, name = 'user'): string =>
  Array.from({ length: count }, (_, index) => `${name}-${String(index)}`).join(', ');

const HEAD = `version: 1
groups:
  team: { teams: [release] }
  writers: { users: [ana], role: push }
  owners: { users: [ana], codeowners: true }
  ana: { users: [Ana] }
  same: { users: [ANA] }
  ben: { users: [ben] }
  both: { users: [ana, ben] }
  id: { users: [4711] }
  other-id: { users: [4712] }
  sixty: { users: [${people(60)}] }
  crowd: { users: [${people(61)}] }
`;

const SHORT_STAGES = 'the stages can never be complete: nobody fills two of them, and their groups name too few people';

const list = (key: string, rules: readonly string[]): string =>
  rules.length === 0 ? '' : `${key}:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
const policy = (gates: readonly string[], access: readonly string[] = []): string =>
  `${HEAD}${list('gates', gates)}${list('access', access)}`;

/** A gate on the branch main, for which an escalation and the like can be given. */
const gate = (name: string, stages: string, more = '', on = 'on: merge, branches: [main]'): string =>
  `{ name: ${name}, ${on}, approvals: [${stages}]${more} }`;
const rule = (requesters: string, stages: string, more = ''): string =>
  `{ name: write, roles: [push], requesters: [${requesters}], max-duration: 1h, ‹approvals: [${stages}]${more} }`;

/** Findings of this kind, each with its place; the policy has to be valid. */
function told(source: string) {
  const { text } = marked(source);
  expect(parsePolicy(text)).toMatchObject({ ok: true });
  return lintPolicy(text).filter(({ code }) => code === 'unreachable-count');
}
const tells = (source: string): boolean => told(source).length > 0;

/** What is expected to be told at the marks. */
const warnings = (source: string, message: string, hint: string | null) =>
  marked(source).places.map((place) => ({ severity: 'warning', code: 'unreachable-count', ...place, message, hint }));

describe('stages that together ask for more people than their groups name', () => {
  const stages = '{ from: ana }, { from: same }, { from: team }, { from: sixty }';
  test.each([
    ['of a gate', policy([gate('a', '{ from: team }'), gate('b', stages).replace('approvals', '‹approvals')])],
    ['of an access rule', policy([], [rule('team', '{ from: team }').replace('‹', ''), rule('team', stages)])],
  ])('%s are told where they stand, with what to do', (_, source) => {
    const named = source.replace('name: write', 'name: first');
    expect(told(named)).toEqual(warnings(named, SHORT_STAGES, 'name more people, or ask for fewer'));
  });

  test('of an access rule are told once, though nobody of them could ask either', () => {
    const source = policy([], [rule('both', '{ from: ana }, { from: ana }, { from: sixty }')]);
    expect(told(source)).toEqual(warnings(source, SHORT_STAGES, 'name more people, or ask for fewer'));
  });

  test.each([
    ['one account by two groups', '{ from: id }, { from: id }, { from: sixty }', true],
    ['two accounts', '{ from: id }, { from: other-id }, { from: sixty }', false],
    ['an account and a login, which may be two people', '{ from: id }, { from: ana }', false],
    ['a group with a team besides', '{ from: ana }, { from: [ana, team] }', false],
    ['a group with a role besides', '{ from: ana }, { from: writers }', false],
    ['a group with code owners besides', '{ from: ana }, { from: owners }', false],
    ['people who can be moved to where they fit', '{ from: both }, { from: ana }', false],
    ['two groups of which the second has someone else', '{ from: ana }, { from: [same, ben] }', false],
    ['a count that takes everybody', '{ from: both, count: 2 }, { from: ana }, { from: sixty }', true],
    ['a stage with a condition', '{ from: ana }, { from: ana, when: { draft: true } }', false],
  ])('with %s', (_, asked, expected) => {
    expect(tells(policy([gate('a', asked)]))).toBe(expected);
  });

  test.each([
    ['the same again', 'ana', true],
    ['somebody else', 'ben', false],
    ['a team', 'team', false],
  ])('are told where those who are asked later are %s', (_, later, expected) => {
    const escalate = `, escalate: [{ after: 1h, to: same }, { after: 2h, to: ${later} }]`;
    expect(tells(policy([gate('a', '{ from: ana }, { from: ana }, { from: [ben, id] }', escalate)]))).toBe(expected);
  });

  test.each([
    ['at most forty people', 'sixty', 38, true],
    ['more than forty people', 'sixty', 39, false],
    ['somebody of a group of more than sixty', 'crowd', 1, false],
  ])('are looked at where they ask for %s', (_, group, count, expected) => {
    const asked = `{ from: ana }, { from: ana }, { from: ${group}, count: ${String(count)} }`;
    expect(tells(policy([gate('a', asked)]))).toBe(expected);
    expect(tells(policy([], [rule('team', asked)]))).toBe(expected);
  });
});

describe('gates that hold the same thing', () => {
  const fewFor = (name: string): string =>
    `with the gate "${name}", which holds the same, there are too few people: each counts once for both`;

  test('and share too few people are told at the later one, with the name of the first that it clashes with', () => {
    const asked = (name: string, stages: string) => gate(name, stages).replace('approvals', '‹approvals');
    const source = policy([
      gate('free', '{ from: ben }'),
      gate('first', '{ from: ana }'),
      gate('second', '{ from: team }'),
      asked('third', '{ from: same }'),
    ]);
    expect(told(source)).toEqual(warnings(source, fewFor('first'), null));
  });

  test('are named by at most sixty characters', () => {
    const source = policy([gate('x'.repeat(61), '{ from: ana }'), gate('b', '{ from: ana }')]);
    expect(told(source).map(({ message }) => message)).toEqual([fewFor('x'.repeat(60))]);
  });

  /** Whether two gates for ana alone, each with more keys, are said to clash. */
  const clash = (one: string, other: string): boolean =>
    tells(policy([gate('a', '{ from: ana }', one), gate('b', '{ from: ana }', other)]));

  test.each([
    ['neither has a condition', '', '', true],
    ['the first applies only at times', ', when: { draft: true }', '', false],
    ['the first spares something', ', unless: { draft: true }', '', false],
    ['the second applies only at times', '', ', when: { draft: true }', false],
    ['the second spares something', '', ', unless: { draft: true }', false],
    ['others are asked later by the first', ', escalate: [{ after: 1h, to: ben }]', '', false],
    ['others are asked later by the second', '', ', escalate: [{ after: 1h, to: ben }]', false],
    ['a person is asked again later', '', ', escalate: [{ after: 1h, to: same }]', true],
  ])('clash or not where %s', (_, one, other, expected) => {
    expect(clash(one, other)).toBe(expected);
  });

  test('are not told again where one of them can never be complete by itself', () => {
    const short = '{ from: ana }, { from: ana }, { from: sixty }';
    for (const gates of [
      [gate('a', short), gate('b', '{ from: ana }')],
      [gate('a', '{ from: ana }'), gate('b', short)],
    ])
      expect(told(policy(gates)).map(({ message }) => message)).toEqual([SHORT_STAGES]);
  });

  test.each([
    ['branches: [main]', 'branches: [main]', true],
    ['branches: [main]', 'branches: [dev]', false],
    ["branches: [dev, 'rel*']", 'branches: [main, release]', true],
    ['branches: [main, release]', "branches: [dev, 'rel*']", true],
    ["branches: ['re*']", "branches: ['rel*']", false],
    ["branches: ['[m]ain']", "branches: ['ma?n']", false],
    ["branches: ['{main,dev}']", 'branches: [dev]', true],
    ['branches: [Main]', 'branches: [main]', false],
    ['environments: [Production]', 'environments: [production]', true],
    ['environments: [main]', 'branches: [main]', false],
    ['actions: [db/drop]', "actions: ['db/*']", true],
    ['actions: [main]', 'branches: [main]', false],
  ])('are those of %s and %s: %#', (one, other, expected) => {
    const kinds: Readonly<Record<string, string>> = { b: 'merge', e: 'deployment', a: 'action' };
    const on = (places: string): string => `on: ${kinds[places.slice(0, 1)] ?? ''}, ${places}`;
    const gates = [gate('a', '{ from: ana }', '', on(one)), gate('b', '{ from: ana }', '', on(other))];
    expect(tells(policy(gates))).toBe(expected);
  });
});

describe('who asks for access and would be the only one to approve it', () => {
  const stuck = (who: string): string =>
    `when ${who} asks, too few people are left to approve: who asks does not count`;

  test.each([
    ['by login, in any case', 'ana', '{ from: same }', 'ana'],
    ['by number', 'id', '{ from: id }', 'account 4711'],
    ['after others who are free to', 'ben, ana', '{ from: ana }', 'ana'],
    ['first of several', 'both', '{ from: both, count: 2 }', 'ana'],
    ['for one stage of several', 'ben', '{ from: team }, { from: ben }', 'ben'],
  ])('is named %s', (_, requesters, stages, who) => {
    const first = rule('team', '{ from: team }').replace('‹', '').replace('write', 'first');
    const source = policy([], [first, rule(requesters, stages)]);
    expect(told(source)).toEqual(warnings(source, stuck(who), null));
  });

  test.each([
    ['may approve it', 'ana', '{ from: ana }', ', self-approval: allowed'],
    ['is none of those who approve', 'ben', '{ from: ana }', ''],
    ['is one of a team', 'team', '{ from: ana }', ''],
    ['is one of a team or of the people', 'ana, team', '{ from: ana }', ''],
    ['leaves somebody else', 'ana', '{ from: both }', ''],
    ['leaves a team', 'ana', '{ from: [ana, team] }', ''],
    ['may be the account that approves', 'id', '{ from: ana }', ''],
  ])('is not told where that person %s', (_, requesters, stages, more) => {
    expect(told(policy([], [rule(requesters, stages, more)]))).toEqual([]);
  });

  test.each([
    ['sixty people may ask', 'sixty', true],
    ['more may ask', 'crowd', false],
  ])('is looked for where %s', (_, requesters, expected) => {
    const text = policy([], [rule(requesters, '{ from: last }')]);
    expect(tells(text.replace('groups:\n', 'groups:\n  last: { users: [user-7] }\n'))).toBe(expected);
  });
});
