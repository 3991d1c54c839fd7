/** Which teams and accounts of a policy GitHub is asked for, where each of them stands, and what is said of one that is not there. */

import { describe, expect, it } from 'vitest';
import { absentFinding, emptyTeamFinding, namedIn, type NamedThere } from '../../../src/domain/policy/check-online.ts';
import { lintPolicy } from '../../../src/domain/policy/parse.ts';

/** The policy without its marks `‹`, and the places that they mark. */
function marked(source: string) {
  const [first = '', ...rest] = source.split('‹');
  let before = first;
  const places = rest.map((part) => {
    const lines = before.split('\n');
    before += part;
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  });
  return { text: before, places };
}

/** What is named, without its place. */
type What =
  | { readonly kind: 'team'; readonly slug: string; readonly granted: boolean }
  | { readonly kind: 'login'; readonly login: string }
  | { readonly kind: 'id'; readonly id: number };

const team = (slug: string): What => ({ kind: 'team', slug, granted: false });
const granted = (slug: string): What => ({ kind: 'team', slug, granted: true });
const login = (name: string): What => ({ kind: 'login', login: name });
const account = (id: number): What => ({ kind: 'id', id });

/** A policy that asks the people of group `g` about a merge. */
const inGroup = (people: string): string => `version: 1
groups:
  g: ${people}
gates:
  - { name: main, on: merge, branches: [main], approvals: [{ from: [g] }] }
`;
const inGate = (more: string): string => `version: 1
groups:
  g: { role: push }
gates:
  - name: main
    on: merge
    branches: [main, users, teams]
    approvals: [{ from: [g]${more.startsWith(',') ? more : ''} }]
    ${more.startsWith(',') ? '' : more}
`;
const inAccess = (more: string, limits = ''): string => `version: 1
groups:
  g: { role: push }
access:
  - name: shift
    ${more}
    requesters: [g]
    max-duration: 8h
    approvals: [{ from: [g] }]
${limits}
`;

describe('GitHub is asked for', () => {
  it.each<[string, string, readonly What[]]>([
    ['the teams of a group', inGroup('{ teams: [‹core, ‹leads] }'), [team('core'), team('leads')]],
    ['a team by its slug in lower case', inGroup('{ teams: [‹Core-Leads] }'), [team('core-leads')]],
    ['a team by its slug alone where its number is there, too', inGroup('{ teams: [‹Core#4711] }'), [team('core')]],
    [
      'the users of a group, as they are written',
      inGroup('{ users: [‹Octo-Ana, ‹ben] }'),
      [login('Octo-Ana'), login('ben')],
    ],
    ['an account by its number', inGroup('{ users: [‹583231] }'), [account(583231)]],
    ['the account of a login that is a number in quotes', inGroup('{ users: [‹"583231"] }'), [login('583231')]],
    [
      'people and teams in the order in which they stand',
      inGroup('{ users: [‹ana, ‹7], teams: [‹core] }'),
      [login('ana'), account(7), team('core')],
    ],
    [
      'lists that go over several lines',
      inGroup('\n    teams:\n      - ‹core\n      - ‹leads\n    users:\n      - ‹ana'),
      [team('core'), team('leads'), login('ana')],
    ],
    [
      'what is named twice at both of its places',
      inGroup('{ teams: [‹core] }\n  other: { teams: [‹core] }').replace('[g]', '[g, other]'),
      [team('core'), team('core')],
    ],
    ['bare logins and numbers of authors', inGate('when: { authors: [‹ana, ‹7] }'), [login('ana'), account(7)]],
    ['the bare logins of all that may be authors', inGate('unless: { only-authors: [‹ana] }'), [login('ana')]],
    [
      'users and teams of authors',
      inGate('unless: { authors: { users: [‹ana], teams: [‹core] } }'),
      [login('ana'), team('core')],
    ],
    [
      'users and teams of all that may be authors',
      inGate('unless: { only-authors: { users: [‹7], teams: [‹core] } }'),
      [account(7), team('core')],
    ],
    [
      'authors deep in a condition',
      inGate('when: { any: [{ paths: [src] }, { not: { all: [{ authors: [‹ana] }, { draft: true }] } }] }'),
      [login('ana')],
    ],
    ['the authors that a stage is for', inGate(', when: { authors: { teams: [‹core] } }'), [team('core')]],
  ])('%s', (_, source, expected) => {
    const { text, places } = marked(source);
    expect(lintPolicy(text).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(namedIn(text)).toEqual(expected.map((what, index) => ({ ...what, ...places[index] })));
  });

  it.each<[string, string, readonly What[]]>([
    ['an access rule', inAccess('teams: [‹On-Call, ‹ops#12]'), [granted('on-call'), granted('ops')]],
    [
      'the limits',
      inAccess('roles: [push]', 'limits: { teams: [‹On-Call, ‹ops#12] }'),
      [granted('on-call'), granted('ops')],
    ],
    [
      'a rule within the limits, which both are asked for',
      inAccess('teams: [‹on-call]', 'limits: { teams: [‹on-call] }'),
      [granted('on-call'), granted('on-call')],
    ],
  ])('a team that people are given, where it stands in %s', (_, source, expected) => {
    const { text, places } = marked(source);
    expect(lintPolicy(text).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(namedIn(text)).toEqual(expected.map((what, index) => ({ ...what, ...places[index] })));
  });

  it('a team that asks for access as one that nobody is given, beside the one that is', () => {
    const { text, places } = marked(
      inAccess('teams: [‹on-call]').replace('g: { role: push }', 'g: { teams: [‹core] }'),
    );
    expect(namedIn(text)).toEqual([
      { ...team('core'), ...places[0] },
      { ...granted('on-call'), ...places[1] },
    ]);
  });

  it('the authors that a stage of an access rule is for as people whom nobody is given', () => {
    const { text, places } = marked(
      inAccess('teams: [‹on-call]').replace('{ from: [g] }', '{ from: [g], when: { authors: { teams: [‹core] } } }'),
    );
    expect(namedIn(text)).toEqual([
      { ...granted('on-call'), ...places[0] },
      { ...team('core'), ...places[1] },
    ]);
  });

  it('the authors of a gate as people whom nobody is given, in whichever place the gate stands', () => {
    const { text, places } = marked(`version: 1
groups: { g: { role: push } }
gates:
  - { name: first, on: merge, branches: [dev], approvals: [{ from: [g] }] }
  - { name: second, on: merge, branches: [main], when: { authors: { teams: [‹core] } }, approvals: [{ from: [g] }] }
`);
    expect(namedIn(text)).toEqual([{ ...team('core'), ...places[0] }]);
  });

  it('what the rest of a policy with errors names', () => {
    const { text, places } = marked(inGroup('{ teams: [‹core], user: [ana] }'));
    expect(lintPolicy(text)).not.toEqual([]);
    expect(namedIn(text)).toEqual([{ ...team('core'), ...places[0] }]);
  });
});

describe('GitHub is asked for nobody', () => {
  it.each<[string, string]>([
    ['by a policy of roles, groups and branches', inGate('when: { paths: [src], labels: [users], title: [teams] }')],
    [
      'by groups that are called like the lists of people',
      inGroup('{ role: push }').replaceAll('g:', 'users:').replace('[g]', '[users]'),
    ],
    [
      'where what should be a login or a number is neither',
      inGroup('{ users: [true, null, {}], teams: [false, null] }'),
    ],
    ['where a list of people is none', inGroup('{ users: ana, teams: core }')],
    ['by a text that is a word', 'teams'],
    ['by a list at the top', '- core\n- ana\n'],
    ['by an empty text', ''],
    ['by a text that is no YAML', 'groups: { g: { teams: [core\n'],
    ['by a text of two documents', `${inGroup('{ teams: [core] }')}---\n${inGroup('{ teams: [core] }')}`],
  ])('%s', (_, text) => {
    expect(namedIn(text)).toEqual([]);
  });
});

describe('of what is not there', () => {
  const WHY = 'octo-org has no team named "core"';
  const HELD = 'whatever needs it is held until it is there';
  const place = { line: 3, column: 17 };

  it.each<[string, What, string, string]>([
    ['a team that approves holds what needs it', team('core'), 'no-such-team', HELD],
    [
      'a team that people are given holds nothing, and is refused to who asks',
      granted('core'),
      'no-such-team',
      'whoever asks for it is refused until it is there',
    ],
    ['a login holds what needs it', login('ana'), 'no-such-user', HELD],
    ['a number of an account holds what needs it', account(7), 'no-such-user', HELD],
  ])('%s: an error at its place, with what GitHub said', (_, what, code, hint) => {
    const named: NamedThere = { ...what, ...place };
    expect(absentFinding(named, WHY)).toEqual({ severity: 'error', code, line: 3, column: 17, message: WHY, hint });
  });
});

it('of a team without members a warning at its place says that nobody can approve for it', () => {
  expect(emptyTeamFinding({ line: 5, column: 9 }, 'core')).toEqual({
    severity: 'warning',
    code: 'empty-team',
    line: 5,
    column: 9,
    message: 'the team "core" has no members',
    hint: 'nobody can approve for it',
  });
});
