/** What is said about a policy that is wrong, and where. */

import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/domain/policy/model.ts';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';

/** A policy whose marked place `‹` is where the finding is expected to point. */
function marked(text: string): { readonly text: string; readonly line: number; readonly column: number } {
  const before = text.slice(0, text.indexOf('‹'));
  const lines = before.split('\n');
  return { text: text.replace('‹', ''), line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

const brief = ({ code, line, column }: Finding) => ({ code, line, column });

/** The one finding of a policy that has one, at the marked place. */
function only(source: string): Finding {
  const { text, line, column } = marked(source);
  const findings = lintPolicy(text);
  const [finding] = findings;
  if (finding === undefined) throw new Error('no finding');
  expect(findings.map(brief)).toEqual([{ code: finding.code, line, column }]);
  return finding;
}

const inGroup = (text: string): string => `version: 1
groups:
  g: ${text}
gates:
  - { name: m, on: merge, branches: [main], approvals: [{ from: g }] }
`;

const inGate = (text: string): string => `version: 1
groups:
  g: { teams: [a] }
gates:
  - name: production
    on: deployment
    environments: [production]
    approvals: [{ from: g }]
    ${text}
`;

const inStage = (text: string): string => `version: 1
groups:
  g: { teams: [a] }
  two: { users: [ana, 7] }
  also: { users: [ANA] }
gates:
  - { name: x, on: merge, branches: [x], approvals: [{ from: [g, two, also] }] }
  - name: main
    on: merge
    branches: [main]
    approvals: ${text}
`;

const inAccess = (text: string): string => `version: 1
groups:
  g: { teams: [a] }
  owners: { codeowners: true }
gates:
  - { name: x, on: merge, branches: [x], approvals: [{ from: [owners] }] }
access:
  - name: write
    roles: [push]
    requesters: [g]
    max-duration: 8h
    approvals: [{ from: g }]
    ${text}
`;

describe('an error names what is wrong, its place, and what is meant', () => {
  test.each<[string, string, string, RegExp, RegExp | null]>([
    // code, policy with the place marked, message, hint
    ['empty-file', '‹', 'the file is empty', /empty/, /version: 1/],
    ['empty-file', '‹# nothing\n', 'comments only', /empty/, /version: 1/],
    ['wrong-type', '‹- a\n', 'a list', /a list; expected a mapping/, null],
    ['wrong-type', '‹text\n', 'a text', /the text "text"; expected a mapping/, null],
    ['missing-key', '‹gates: []\naccess: []\n', 'no version', /`version` is missing; expected the number 1/, null],
    ['wrong-type', 'version: ‹2\n', 'another version', /`version` is the number 2; expected the number 1/, null],
    ['wrong-type', 'version: ‹"1"\n', 'a quoted version', /the text "1"; expected the number 1/, null],
    ['several-documents', 'version: 1\n‹---\nversion: 1\n', 'two documents', /more than one/, null],
    ['yaml-syntax', 'version: 1\n‹\tgates: []\n', 'a tab', /tab/, /spaces/],
    ['yaml-syntax', 'version: 1\ngates: *‹all\n', 'a star without quotes', /alias/, /quotes/],
    ['yaml-syntax', 'version: 1\ngates: ‹!docs 1\n', 'a tag', /tag/, /quotes/],
    ['yaml-syntax', 'version: 1\ngroups: &g { a: ‹*g }\n', 'a cycle', /within itself/, null],
    [
      'duplicate-key',
      'version: 1\n‹version: 1\ngates: []\n',
      'a key twice',
      /`version` stands here a second time/,
      /remove/,
    ],
    ['duplicate-key', inGate('‹on: deployment'), 'a key of a gate twice', /`on` stands here a second time/, /remove/],
    ['bad-key', `version: 1\n‹__proto__: { gates: [] }\n`, 'the prototype', /__proto__/, null],
    ['bad-key', 'version: 1\n? ‹[a]\n: 1\n', 'a list as key', /not a list/, null],
    ['bad-character', 'version: 1 # ‹\u202E\n', 'a direction override', /U\+202E/, null],
    ['bad-character', 'version: 1 # ‹\u0007\n', 'a control character', /U\+0007/, null],
    ['bad-character', '‹\u0000v\u0000e\u0000r', 'UTF-16', /not UTF-8/, /UTF-8/],
    ['bad-character', 'version: 1 # caf‹\uFFFD\n', 'Latin-1', /not UTF-8/, /UTF-8/],

    ['unknown-key', 'version: 1\n‹gate: []\n', 'a mistyped key', /`gate` is not a key here/, /`gates`/],
    ['unknown-key', inGate('‹aprovals: []'), 'a mistyped key of a gate', /`aprovals`/, /did you mean `approvals`\?/],
    ['unknown-key', inGate('‹Timeout: 4h'), 'a key in capitals', /`Timeout`/, /did you mean `timeout`\?/],
    ['unknown-key', inGate('‹branches: [main]'), 'a key of another gate', /`on: deployment`/, /`on: merge`/],
    ['unknown-key', inGate('‹colour: red'), 'a foreign key', /`colour`/, /the keys here are on, environments/],
    ['unknown-key', inGate('when: { ‹path: [a] }'), 'a mistyped condition', /`path`/, /did you mean `paths`\?/],
    ['unknown-key', inGate('when: { any: [{ not: { ‹label: [a] } }] }'), 'deep in a condition', /`label`/, /`labels`/],
    ['unknown-key', inGate('when: { authors: { ‹user: [a], teams: [b] } }'), 'of authors', /`user`/, /`users`/],
    ['unknown-group', inGate('disapprove: [‹h]'), 'a group that may disapprove', /"h" is not defined/, null],
    [
      'empty-window',
      inGate('freeze: [‹{ zone: UTC }]'),
      'a freeze without a time',
      /neither dates nor `weekly`/,
      /or `weekly`/,
    ],
    [
      'bad-window',
      inGate('freeze: [‹{ weekly: "fri 16:00 - 18:00", to: 2026-01-01, zone: UTC }]'),
      'both kinds',
      /both dates and `weekly`/,
      null,
    ],
    ['bad-window', inGate('freeze: [‹{ from: 2026-01-01, zone: UTC }]'), 'no end', /has no `to`/, /both dates/],
    ['bad-window', inGate('freeze: [‹{ to: 2026-01-01, zone: UTC }]'), 'no beginning', /has no `from`/, /both dates/],
    [
      'bad-window',
      inGate('freeze: [{ from: 2026-01-02, to: ‹2026-01-01, zone: UTC }]'),
      'an end before',
      /`to` is not after `from`/,
      null,
    ],
    [
      'bad-window',
      inGate('freeze: [{ from: ‹2026-02-30, to: 2026-03-01, zone: UTC }]'),
      'no such day',
      /on no calendar/,
      null,
    ],
    ['bad-window', inGate('freeze: [{ from: 2026-02-28, to: ‹soon, zone: UTC }]'), 'no date', /is no date/, null],
    ['bad-window', inGate('freeze: [{ weekly: ‹weekend, zone: UTC }]'), 'no window', /no weekly window/, null],
    [
      'bad-window',
      inGate('freeze: [{ weekly: ‹"mon 08:00 - mon 08:00", zone: UTC }]'),
      'a whole week',
      /would never be over/,
      null,
    ],
    [
      'unknown-zone',
      inGate('freeze: [{ weekly: "fri 16:00 - 18:00", zone: ‹Europe/Berln }]'),
      'a mistyped zone',
      /no time zone/,
      /Europe\/Berlin/,
    ],
    [
      'unknown-zone',
      inGate('freeze: [{ weekly: "fri 16:00 - 18:00", zone: ‹+02:00 }]'),
      'an offset',
      /no time zone/,
      /Europe\/Berlin or UTC/,
    ],
    [
      'missing-key',
      inGate('freeze: [‹{ weekly: "fri 16:00 - 18:00" }]'),
      'no zone',
      /`zone` is missing; expected a time zone/,
      null,
    ],
    ['unknown-key', inGate('freeze: [{ ‹weekl: a, zone: UTC }]'), 'a mistyped key of a freeze', /`weekl`/, /`weekly`/],
    [
      'unknown-key',
      inGate('escalate: [{ after: 1h, ‹too: g }]').replace('too: g }', 'too: g, to: g }'),
      'of an escalation',
      /`too`/,
      /`to`/,
    ],
    [
      'unknown-group',
      inGate('escalate: [{ after: 1h, to: ‹h }]'),
      'a group that is asked later',
      /"h" is not defined/,
      null,
    ],
    ['bad-duration', inGate('escalate: [{ after: ‹soon, to: g }]'), 'no duration', /soon/, null],
    [
      'too-many',
      inGate(`freeze: [${'{ weekly: "fri 16:00 - 18:00", zone: UTC }, '.repeat(201)}]`).replace('gates:', '‹gates:'),
      'too many windows',
      /201 windows/,
      null,
    ],
    ['missing-key', inGate('break-glass: ‹{ by: g }'), 'no review', /`review` is missing/, null],
    ['unknown-group', inGate('break-glass: { by: ‹h, review: g }'), 'who breaks the glass', /"h" is not defined/, null],
    ['unknown-group', inGate('break-glass: { by: g, review: [‹h] }'), 'who reviews it', /"h" is not defined/, null],
    [
      'unknown-key',
      inGate('break-glass: { by: g, review: g, ‹withing: 1h }'),
      'of break-glass',
      /`withing`/,
      /`within`/,
    ],
    [
      'bad-name',
      inGate('').replace('name: production', 'name: ‹Org:main'),
      "a gate like the organisation's",
      /"org:"/,
      null,
    ],
    [
      'bad-name',
      inGate('').replace('groups:\n', 'groups:\n  ‹org:g: { teams: [a] }\n').replace('from: g', 'from: [g, "org:g"]'),
      "a group like the organisation's",
      /"org:"/,
      null,
    ],
    ['unknown-key', 'version: 1\nlimits: { ‹role: [push] }\n', 'of limits', /`role`/, /`roles`/],
    ['bad-value', 'version: 1\nlimits: { min-count: ‹0 }\n', 'a limit of nobody', /less than 1/, null],
    ['unknown-key', inGate('‹actions: [a]'), 'a key of a gate on actions', /`on: deployment`/, /`on: action`/],
    [
      'wrong-type',
      inGate('').replace('on: deployment', 'on: ‹push'),
      'a kind of gate that is none',
      /`deployment`, `merge` or `action`/,
      null,
    ],
    ['unknown-key', inStage('[{ from: g, ‹counts: 1 }]'), 'a mistyped key of a stage', /`counts`/, /`count`/],
    ['unknown-key', inGroup('{ teams: [a], ‹user: [b] }'), 'a mistyped key of a group', /`user`/, /`users`/],
    ['unknown-key', inAccess('‹max-durations: 1h'), 'a mistyped key of an access rule', /./, /`max-duration`/],
    ['unknown-key', inAccess('reason: { ‹minlength: 3 }'), 'a mistyped key of a reason', /./, /`min-length`/],
    ['unknown-key', 'version: 1\ngates: []\nunmatched: { ‹merges: allow }\n', 'of unmatched', /./, /`merge`/],

    ['wrong-type', 'version: 1\ngroups: ‹[a]\n', 'groups as a list', /`groups` is a list; expected a mapping/, null],
    [
      'wrong-type',
      'version: 1\ngates:\n  ‹a: 1\n',
      'gates as a mapping',
      /`gates` is a mapping; expected a list/,
      null,
    ],
    ['wrong-type', 'version: 1\n‹gates:\n', 'nothing under gates', /`gates` is empty; expected a list/, null],
    ['wrong-type', inGate('timeout: ‹30'), 'a bare number', /`timeout` is the number 30; expected a duration/, null],
    ['wrong-type', inGate('reviews: ‹"yes"'), 'a text for a flag', /expected true or false/, null],
    [
      'wrong-type',
      inGate('self-approval: ‹true'),
      'a flag for a word',
      /`self-approval` is true; expected `allowed` or/,
      null,
    ],
    ['wrong-type', inGate('forks: ‹never'), 'another word', /"never"; expected `allowed` or `denied`/, null],
    ['wrong-type', inGate('refs: ‹main'), 'a text for a list', /the text "main"; expected a list of patterns/, null],
    ['wrong-type', inGate('refs: [main, ‹1.0]'), 'a number in a list', /item 2 of `refs` is the number 1/, null],
    ['wrong-type', inGate('when: ‹[a]'), 'a list for a condition', /expected a condition/, null],
    ['wrong-type', inGate('when: { draft: ‹1 }'), 'a number for a flag', /`draft` is the number 1/, null],
    [
      'wrong-type',
      inGate('when: { authors: ‹ana }'),
      'a text for authors',
      /expected a list of logins, or a mapping/,
      null,
    ],
    [
      'wrong-type',
      inGate('when: { authors: [ana, ‹[]] }'),
      'a list among authors',
      /item 2 of `authors` is an empty list/,
      null,
    ],
    ['wrong-type', inStage('‹g'), 'a text for stages', /expected a list of stages/, null],
    ['wrong-type', inStage('[‹g]'), 'a text for a stage', /expected a stage/, null],
    ['wrong-type', inStage('[{ from: ‹1 }]'), 'a number for a group', /expected a group's name, or a list/, null],
    ['wrong-type', inStage('[{ from: [g, ‹1] }]'), 'a number among groups', /item 2 of `from` is the number 1/, null],
    [
      'wrong-type',
      inStage('[{ from: g, count: ‹1.5 }]'),
      'half a person',
      /the number 1.5; expected a whole number/,
      null,
    ],
    ['wrong-type', inGroup('‹[a]'), 'a list for a group', /`g` is a list; expected a mapping with `teams`/, null],
    ['wrong-type', inGroup('{ users: [a, ‹1.5] }'), 'half an account', /item 2 of `users`/, null],
    ['bad-value', inGroup('{ users: [a, ‹-1] }'), 'a negative account', /more than 0/, null],
    ['missing-key', inGate('').replace('- name: production\n    on', '- ‹on'), 'no name', /`name` is missing/, null],
    ['missing-key', inStage('[‹{ count: 1 }]'), 'no groups', /`from` is missing/, null],
    [
      'missing-key',
      inAccess('').replace('    max-duration: 8h\n', '').replace('- name', '- ‹name'),
      'no time',
      /`max-duration` is missing/,
      null,
    ],
    [
      'missing-key',
      inGate('').replace('name', '‹name').replace('    on: deployment\n', ''),
      'no kind',
      /`on` is missing; expected `dep/,
      null,
    ],
    [
      'wrong-type',
      inGate('').replace('on: deployment', 'on: ‹deploy'),
      'another kind',
      /"deploy"; expected `deployment`, `merge` or `action`/,
      null,
    ],

    ['bad-duration', inGate('timeout: ‹4 fortnights'), 'another unit', /fortnights/, null],
    ['bad-duration', inGate('timeout: ‹0h'), 'no time at all', /1 second/, null],
    ['bad-duration', inGate('timeout: ‹-1h'), 'a negative time', /negative/, null],
    ['bad-pattern', inGate('refs: [‹release/]'), 'a pattern that matches nothing', /"release\/".*release\/\*\*/, null],
    ['bad-pattern', inGate('when: { paths: [a, ‹"!b"] }'), 'a negated pattern', /`not:` or `unless:`/, null],
    ['bad-pattern', inAccess('reason: { ticket: ‹"" }'), 'an empty pattern', /empty/, null],
    ['bad-value', inGate('refs: ‹[]'), 'no patterns', /empty/, null],
    ['bad-value', inStage('‹[]'), 'no stages', /at least one stage/, null],
    ['bad-value', inStage('[{ from: ‹[] }]'), 'no group', /no group/, null],
    ['bad-value', inStage('[{ from: g, count: ‹0 }]'), 'a count of nobody', /less than 1/, null],
    ['bad-value', inStage('[{ from: g, count: ‹-2 }]'), 'a negative count', /less than 1/, null],
    ['bad-value', inStage('[{ from: g, count: ‹101 }]'), 'a count of too many', /more than 100/, null],
    ['bad-value', inAccess('reason: { min-length: ‹-1 }'), 'a negative length', /negative/, null],
    ['bad-name', inGate('').replace('name: production', 'name: ‹""'), 'an empty name', /empty/, null],
    [
      'bad-name',
      inGate('').replace('name: production', `name: ‹${'x'.repeat(101)}`),
      'a long name',
      /longer than 100/,
      null,
    ],
    [
      'bad-name',
      inGate('').replace('name: production', 'name: ‹All'),
      'a name that commands use',
      /\/approve all/,
      /another/,
    ],
    ['bad-login', inGroup('{ users: [a, ‹"@ana"] }'), 'an at sign', /"@ana" is no login/, /without @/],
    ['bad-login', inGroup('{ users: [‹octo-org/core] }'), 'a team among users', /is no login/, /`teams:`/],
    ['bad-login', inGroup('{ users: [‹a b] }'), 'a space in a login', /is no login/, null],
    ['bad-team', inGroup('{ teams: [‹octo-org/core] }'), 'a team with its organisation', /is no team slug/, /alone/],
    [
      'bad-team',
      inGroup('{ teams: [‹Release Managers] }'),
      'a team by its name',
      /is no team slug/,
      /release-managers/,
    ],
    [
      'unknown-role',
      inGroup('{ role: ‹owner }'),
      'an unknown role',
      /"owner" is no role/,
      /pull, triage, push, maintain, admin/,
    ],
    [
      'unknown-role',
      inAccess('').replace('[push]', '[push, ‹root]'),
      'an unknown role to ask for',
      /"root" is no role/,
      null,
    ],
    [
      'unknown-role',
      inAccess('').replace('[push]', '[‹mantain]'),
      'a role of the five with a slip',
      /"mantain" is no role/,
      /`maintain`.*`custom-roles`/,
    ],
    [
      'unknown-role',
      `custom-roles: { release-captain: { base: push } }\n${inAccess('').replace('[push]', '[‹release-captin]')}`,
      'a declared role with a slip',
      /"release-captin" is no role/,
      /did you mean `release-captain`/,
    ],
    [
      'unknown-role',
      `${inAccess('')}limits: { roles: [push, ‹release-captain] }\n`,
      'a limit on a role that is not declared',
      /"release-captain" is no role/,
      /custom-roles.*base: push/,
    ],
    [
      'unknown-role',
      `custom-roles: { captain: { base: push } }\n${inGroup('{ role: ‹captain }')}`,
      'a group of those who have a custom role',
      /"captain" is no role/,
      null,
    ],
    [
      'bad-name',
      `custom-roles: { ‹Write: { base: push } }\n${inGate('')}`,
      "a role of GitHub's own",
      /GitHub's own/,
      null,
    ],
    [
      'bad-name',
      `custom-roles: { ‹"аdmin": { base: push } }\n${inGate('')}`,
      'a look-alike',
      /can't be the name/,
      null,
    ],
    ['bad-name', `custom-roles: { ‹"a  b": { base: push } }\n${inGate('')}`, 'two spaces', /can't be the name/, null],
    [
      'bad-name',
      `custom-roles: { ‹${'a'.repeat(101)}: { base: push } }\n${inGate('')}`,
      'a role with a long name',
      /longer than 100/,
      null,
    ],
    [
      'bad-base',
      `custom-roles: { lead: { base: ‹admin } }\n${inGate('')}`,
      'a base above all',
      /no custom role builds on/,
      /pull, triage, push, maintain/,
    ],
    ['missing-key', `custom-roles: { lead: ‹{} }\n${inGate('')}`, 'no base', /`base` is missing/, null],
    [
      'unknown-key',
      `custom-roles: { lead: { base: push, ‹bas: x } }\n${inGate('')}`,
      'a slip in a declaration',
      /`bas`/,
      /`base`/,
    ],
    [
      'duplicate-name',
      `custom-roles: { lead: { base: push }, ‹LEAD: { base: pull } }\n${inGate('')}`,
      'a role that is declared twice',
      /is the one on line 1 in another case/,
      null,
    ],
    ['empty-group', inGroup('‹{}'), 'an empty group', /nobody could be asked/, /`teams`/],
    ['empty-group', inGroup('‹{ teams: [], users: [] }'), 'a group of empty lists', /nobody could be asked/, null],
    ['empty-group', inGroup('‹{ codeowners: false }'), 'a group without owners', /nobody could be asked/, null],
    ['empty-condition', inGate('when: ‹{}'), 'an empty condition', /says nothing/, null],
    ['empty-condition', inGate('when: { not: ‹{} }'), 'nothing to deny', /says nothing/, null],
    ['empty-condition', inGate('when: { authors: ‹[] }'), 'no authors', /nobody/, null],
    ['bad-value', inGate('when: { any: ‹[] }'), 'any of nothing', /empty/, null],

    [
      'unknown-group',
      inStage('[{ from: [g, ‹tow] }]'),
      'a mistyped group',
      /"tow" is not defined/,
      /did you mean `two`\?/,
    ],
    ['unknown-group', inStage('[{ from: ‹security }]'), 'a group that nobody defined', /"security"/, /define it/],
    ['unknown-group', inStage('[{ from: ‹__proto__ }]'), 'the prototype as a group', /"__proto__"/, null],
    [
      'unknown-group',
      inAccess('').replace('requesters: [g]', 'requesters: [‹engineers]'),
      'unknown requesters',
      /"engineers"/,
      null,
    ],
    [
      'duplicate-name',
      inStage('[{ from: g }]').replace('name: main', 'name: ‹X'),
      'a name twice, in another case',
      /line 7/,
      null,
    ],
    ['unreachable-count', inStage('[{ from: two, count: ‹3 }]'), 'more than there are', /3 people .* only 2/, null],
    [
      'unreachable-count',
      inStage('[{ from: [two, also], count: ‹3 }]'),
      'the same person by two groups',
      /only 2/,
      null,
    ],
    [
      'unreachable-count',
      inStage('[{ from: two, count: 2 }, { from: also }]').replace(
        'approvals: [{ from: two',
        '‹approvals: [{ from: two',
      ),
      'one person in two stages',
      /ask for 3 .* only 2/,
      null,
    ],
    [
      'default-over-max',
      inAccess('default-duration: ‹9h'),
      'a default over the maximum',
      /longer than `max-duration`/,
      null,
    ],
    [
      'codeowners-in-access',
      inAccess('').replace('from: g', 'from: ‹owners'),
      'code owners of no file',
      /no code owners/,
      null,
    ],
    [
      'codeowners-in-access',
      inAccess('').replace('requesters: [g]', 'requesters: [‹owners]').replace('codeowners', 'codeowners'),
      'code owners who ask',
      /no code owners/,
      null,
    ],
  ])('%s: %#', (code, source, what, message, hint) => {
    const finding = only(source);
    expect({ what, code: finding.code, severity: finding.severity }).toEqual({ what, code, severity: 'error' });
    expect(finding.message).toMatch(message);
    if (hint !== null) expect(finding.hint).toMatch(hint);
    expect(parsePolicy(marked(source).text)).toEqual({ ok: false, error: [finding] });
  });
});

describe('a warning leaves the policy valid', () => {
  test.each<[string, string, RegExp]>([
    ['unused-group', inGate('').replace('groups:\n', 'groups:\n  ‹idle: { teams: [a] }\n'), /"idle"/],
    ['numeric-login', inGroup('{ users: [‹"583231"] }'), /read as a login/],
    [
      'never-told',
      inGate('')
        .replace('on: deployment', 'on: merge')
        .replace('environments: [production]', 'branches: [main]\n    when: { ‹event: [push] }'),
      /`event` can never be told of a merge/,
    ],
    ['never-told', inGate('when: { any: [{ not: { ‹lines-changed: { max: 3 } } }] }'), /only be told of a merge/],
    ['unknown-event', inGate('unless: { event: [push, ‹workflow_dispach] }'), /no event is called "workflow_dispach"/],
    [
      'not-held-yet',
      inGate('').replace('on: deployment', 'on: ‹action').replace('environments: [production]', 'actions: ["db/*"]'),
      /nothing holds actions yet/,
    ],
    [
      'self-approval-never',
      inAccess('‹self-approval: allowed').replace('groups:', 'limits: { min-count: 1 }\ngroups:'),
      /`self-approval` has no effect/,
    ],
    ['no-rules', '‹version: 1\n', /neither gates nor access rules/],
    [
      'shadowed-rule',
      `${inAccess('')}  - ‹{ name: late, roles: [write], requesters: g, max-duration: 8h, approvals: [{ from: g }] }\n`,
      /can never apply: the one on line 8/,
    ],
  ])('%s', (code, source, message) => {
    const finding = only(source);
    expect(finding).toMatchObject({ code, severity: 'warning' });
    expect(finding.message).toMatch(message);
    expect(parsePolicy(marked(source).text).ok).toBe(true);
  });

  test.each([
    ['for a longer time', '{ name: late, roles: [push], requesters: g, max-duration: 9h, approvals: [{ from: g }] }'],
    [
      'for a start further ahead than is usual',
      '{ name: late, roles: [push], requesters: g, max-duration: 8h, max-ahead: 8d, approvals: [{ from: g }] }',
    ],
    [
      'for another role',
      '{ name: late, roles: [push, admin], requesters: g, max-duration: 8h, approvals: [{ from: g }] }',
    ],
  ])('a later access rule %s is no finding', (_, rule) => {
    expect(lintPolicy(`${inAccess('')}  - ${rule}\n`)).toEqual([]);
  });
});

describe('a count is not called out of reach', () => {
  test.each([
    ['where a team may have the people', '[{ from: [g, two], count: 9 }]'],
    ['where those who are asked later are enough', '[{ from: two, count: 3 }]\n    escalate: [{ after: 1h, to: g }]'],
    ['where it is just enough', '[{ from: two, count: 2 }]'],
    [
      'where the other stage is only sometimes asked',
      '[{ from: two, count: 2 }, { from: also, when: { draft: true } }]',
    ],
  ])('%s', (_, stages) => {
    expect(lintPolicy(inStage(stages))).toEqual([]);
  });
});

describe('all findings are told at once, in the order of the lines', () => {
  const broken = `version: 1
groups:
  release: { teams: [release-managers] }
  nobody: {}
gates:
  - name: production
    on: deployment
    enviroments: [production]
    approvals:
      - { from: [relase], count: 0 }
    timeout: 30
  - name: production
    on: merge
    branches: [main/]
    approvals: [{ from: release }]
    freeze: [{ weekly: "fri 16:00 - 18:00", zone: Europa }]
access:
  - name: write
    roles: [root]
    requesters: [release]
    max-duration: 1h
    default-duration: 2h
    approvals: []
`;

  test('those of shape, meaning and warnings', () => {
    expect(lintPolicy(broken).map(({ line, code }) => [line, code])).toEqual([
      [4, 'unused-group'],
      [4, 'empty-group'],
      [6, 'missing-key'],
      [8, 'unknown-key'],
      [10, 'unknown-group'],
      [10, 'bad-value'],
      [11, 'wrong-type'],
      [12, 'duplicate-name'],
      [14, 'bad-pattern'],
      [16, 'unknown-zone'],
      [19, 'unknown-role'],
      [22, 'default-over-max'],
      [23, 'bad-value'],
    ]);
  });

  test('and only the errors refuse', () => {
    const result = parsePolicy(broken);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.error).toEqual(lintPolicy(broken).filter(({ severity }) => severity === 'error'));
  });

  test('besides a key that stands twice', () => {
    const findings = lintPolicy('version: 1\ngates: []\nacces: []\ngates: {}\n');
    expect(findings.map(({ line, code }) => [line, code])).toEqual([
      [3, 'unknown-key'],
      [4, 'duplicate-key'],
      [4, 'wrong-type'],
    ]);
  });

  test('a place within a shared part is where it was written', () => {
    const text = `version: 1
groups: { g: { teams: [a] } }
gates:
  - &base
    name: one
    on: merge
    branches: [main]
    timeout: soon
    approvals: [{ from: g }]
  - <<: *base
    name: two
`;
    expect(lintPolicy(text).map(({ line, column, code }) => [line, column, code])).toEqual([
      [8, 14, 'bad-duration'],
      [8, 14, 'bad-duration'],
    ]);
  });
});
