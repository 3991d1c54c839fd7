/** What changes of a policy mean, each in the direction in which it goes: exchanged, it goes the other way. */

import { describe, expect, test } from 'vitest';
import { diffPolicies } from '../../../src/domain/policy/diff.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

const BASE = `version: 1
custom-roles: { lead: { base: push } }
groups:
  release: { teams: [release], users: [ana] }
  security: { teams: [security] }
  writers: { role: push }
gates:
  - name: main
    on: merge
    branches: [main, 'release/**']
    when: { paths: ['src/**'] }
    unless: { only-paths: ['docs/**'] }
    approvals: [{ from: [release], count: 2 }, { from: [security] }]
    timeout: 4h
  - { name: production, on: deployment, environments: [production], refs: [main], approvals: [{ from: [release] }] }
access:
  - name: shift
    roles: [triage, push]
    requesters: [writers]
    max-duration: 8h
    reason: { min-length: 10, ticket: 'OPS-*' }
    approvals: [{ from: [security] }]
  - { name: admin, roles: [admin], requesters: [security], max-duration: 1h, on-drift: revoke, approvals: [{ from: [release] }] }
`;

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const changes = (before: string, after: string) =>
  diffPolicies(read(before), read(after)).map(({ effect, rule, what }) => `${effect} ${rule ?? ''}: ${what}`);

/** What is exchanged, the words of the weakening, and those of the way back. */
const WEAKENINGS: readonly (readonly [string, string, string, RegExp, RegExp | null])[] = [
  [
    'a custom role',
    'roles: [triage, push]',
    'roles: [triage, push, lead]',
    /^weaker shift: the role lead may now be asked for$/u,
    /^stricter shift: the role lead may no longer be asked for$/u,
  ],
  [
    'what a custom role is said to build on',
    'base: push',
    'base: pull',
    /^weaker : the role "lead" is said to build on pull; it was push$/u,
    null,
  ],
  [
    'a count',
    'count: 2',
    'count: 1',
    /^weaker main: it takes 1 approval from release instead of 2$/u,
    /^stricter main: it takes 2 approvals/u,
  ],
  [
    'a stage',
    ', { from: [security] }]\n    timeout',
    ']\n    timeout',
    /^weaker main: 1 approval from the team "security" are no longer asked for$/u,
    /^stricter main: 1 approval from the team "security"/u,
  ],
  [
    'a branch',
    "[main, 'release/**']",
    '[main]',
    /^weaker main: merges into "release\/\*\*" are no longer held/u,
    /^stricter main: merges into "release\/\*\*" are now held/u,
  ],
  [
    'a spared path',
    "['docs/**']",
    "['docs/**', '**/*.md']",
    /^weaker main: it is spared where only-paths: docs\/\*\*, \*\*\/\*\.md/u,
    /^stricter main: it is spared where only-paths: docs\/\*\*;/u,
  ],
  [
    'an `unless`',
    "    unless: { only-paths: ['docs/**'] }\n",
    "    unless: { any: [{ only-paths: ['docs/**'] }, { draft: true }] }\n",
    /^weaker main: it is spared where \(only-paths: docs\/\*\* or draft: true\)/u,
    /^stricter main/u,
  ],
  [
    'what a gate is for',
    "    when: { paths: ['src/**', 'infra/**'] }\n",
    "    when: { paths: ['src/**'] }\n",
    /^weaker main: the gate applies where paths: src\/\*\*; it was/u,
    /^stricter main/u,
  ],
  [
    'a narrower `when`',
    "    when: { paths: ['src/**'] }\n",
    "    when: { paths: ['src/**'], draft: false }\n",
    /^weaker main: the gate applies where \(/u,
    /^stricter main/u,
  ],
  [
    'a timeout',
    'timeout: 4h',
    'timeout: 8h',
    /^weaker main: unanswered, it is denied after 8 hours; it was 4 hours$/u,
    /^stricter main/u,
  ],
  [
    'no timeout',
    '    timeout: 4h\n',
    '',
    /^weaker main: it is no longer denied when nobody answers/u,
    /^stricter main: unanswered, it is denied after 4 hours; it waited before/u,
  ],
  [
    'self-approval',
    'timeout: 4h',
    'timeout: 4h\n    self-approval: allowed',
    /^weaker main: who wrote or started it may now approve it$/u,
    /^stricter main: who wrote or started it may no longer/u,
  ],
  [
    'reviews',
    'timeout: 4h',
    'timeout: 4h\n    reviews: true',
    /^weaker main: an approving review now counts$/u,
    /^stricter main/u,
  ],
  [
    'a ref',
    'refs: [main]',
    "refs: [main, 'v*']",
    /^weaker production: "v\*" may now be deployed$/u,
    /^stricter production/u,
  ],
  [
    'any ref',
    ' refs: [main],',
    '',
    /^weaker production: any branch or tag may be deployed$/u,
    /^stricter production: only "main" may be deployed$/u,
  ],
  [
    'forks',
    'refs: [main]',
    'refs: [main], forks: allowed',
    /^weaker production: runs from forks may now deploy$/u,
    /^stricter production/u,
  ],
  [
    'a gate',
    '  - { name: production, on: deployment, environments: [production], refs: [main], approvals: [{ from: [release] }] }\n',
    '',
    /^weaker production: the gate is gone: deployments to "production" are no longer held/u,
    // Without it a deployment was denied, since no gate was for it.
    /^weaker production: the gate is new: deployments to "production" can now be approved/u,
  ],
  [
    'a role',
    'roles: [triage, push]',
    'roles: [triage, push, maintain]',
    /^weaker shift: the role maintain may now be asked for$/u,
    /^stricter shift/u,
  ],
  [
    'requesters',
    'requesters: [writers]',
    'requesters: [writers, security]',
    /^weaker shift: the team "security" may now ask$/u,
    /^stricter shift/u,
  ],
  [
    'a duration',
    'max-duration: 8h',
    'max-duration: 1d',
    /^weaker shift: access is given for at most 1 day; it was 8 hours$/u,
    /^stricter shift/u,
  ],
  [
    'how far ahead a start may lie',
    'max-duration: 8h',
    'max-duration: 8h\n    max-ahead: 14d',
    /^weaker shift: a start may be asked for 14 days ahead; it was 7 days$/u,
    /^stricter shift/u,
  ],
  [
    'how many grants may run',
    'max-duration: 8h',
    'max-duration: 8h\n    max-live: 2',
    /^stricter shift: one person may have at most 2 at a time; it was any number of grants$/u,
    /^weaker shift/u,
  ],
  [
    'a cool-down',
    'max-duration: 8h',
    'max-duration: 8h\n    cool-down: 4h',
    /^stricter shift: it is given again after 4 hours; it was at once$/u,
    /^weaker shift/u,
  ],
  [
    'a reason',
    'min-length: 10',
    'min-length: 5',
    /^weaker shift: the reason needs 5 characters; it needed 10$/u,
    /^stricter shift/u,
  ],
  [
    'a ticket',
    ", ticket: 'OPS-*'",
    '',
    /^weaker shift: no ticket has to be named$/u,
    /^stricter shift: a ticket like "OPS-\*" has to be named$/u,
  ],
  [
    'what an end leaves',
    'max-duration: 8h',
    'max-duration: 8h\n    on-expiry: lower-to-read',
    /^weaker shift: the end now leaves the role to read$/u,
    /^stricter shift/u,
  ],
  [
    'what a change by hand does',
    'on-drift: revoke',
    'on-drift: report',
    /^weaker admin: a role that is changed by hand is now only recorded$/u,
    /^stricter admin: a role that is changed by hand now ends the access$/u,
  ],
  [
    'what no gate matches',
    'access:',
    'unmatched: { deployment: allow }\naccess:',
    /^weaker : each deployment that no gate matches is now allowed$/u,
    /^stricter : each deployment/u,
  ],
];

describe('weaker, and stricter the other way, is', () => {
  test.each(WEAKENINGS)('%s', (_, from, to, weaker, stricter) => {
    const before = BASE.includes(from) ? BASE : BASE.replace("    when: { paths: ['src/**'] }\n", from);
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    const there = changes(before, after);
    expect(there).toEqual([expect.stringMatching(weaker)]);
    if (stricter !== null) expect(changes(after, before)).toEqual([expect.stringMatching(stricter)]);
  });
});

test('a policy and itself do not differ, nor do other words for the same', () => {
  expect(changes(BASE, BASE)).toEqual([]);
  expect(
    changes(
      BASE,
      BASE.replaceAll('release:', 'managers:')
        .replaceAll('[release]', '[managers]')
        .replace('teams: [managers]', 'teams: [release]'),
    ),
  ).toEqual([]);
});

test('who joins a group may approve wherever it is asked, and says so at each rule', () => {
  const after = BASE.replace('users: [ana]', 'users: [ana, eve]');
  expect(changes(BASE, after)).toEqual([
    'weaker main: eve may now approve it',
    'weaker production: eve may now approve it',
    'weaker admin: eve may now approve it',
  ]);
});

test('a lower role lets more people ask', () => {
  expect(changes(BASE, BASE.replace('role: push', 'role: triage'))).toEqual([
    'weaker shift: everyone with the role triage or more may now ask',
    'stricter shift: everyone with the role push or more may no longer ask',
  ]);
});

test('a renamed gate is the same gate, a gate for something else is not', () => {
  expect(changes(BASE, BASE.replace('name: production', 'name: live'))).toEqual([
    'other live: it was called "production"',
  ]);
  const merge = BASE.replace('on: deployment, environments: [production], refs: [main]', 'on: merge, branches: [dev]');
  expect(changes(BASE, merge).map((change) => change.split(':')[0])).toEqual([
    'weaker production',
    'stricter production',
  ]);
});

test('a change that can not be compared counts as weaker', () => {
  const after = BASE.replace("unless: { only-paths: ['docs/**'] }", "unless: { title: ['chore*'] }");
  expect(changes(BASE, after)).toEqual([expect.stringMatching(/^weaker main: .*can't be told/u)]);
});

test('a rule that is gone may leave its requests to another', () => {
  const laxer = BASE.replace('roles: [admin]', 'roles: [admin, push]');
  const without = laxer.replace(/ {2}- name: shift[\s\S]*?(?= {2}- \{ name: admin)/u, '');
  expect(changes(laxer, without)).toEqual(['weaker shift: requests for triage and push may now fall under "admin"']);
});

test('an order that gives requests to another rule is weaker', () => {
  const lines = (name: string, requesters: string) =>
    `  - { name: ${name}, roles: [push], requesters: [${requesters}], max-duration: 1h, approvals: [{ from: [release] }] }\n`;
  const head = 'version: 1\ngroups: { release: { teams: [release] }, writers: { role: push } }\naccess:\n';
  const [one, two] = [lines('one', 'release'), lines('two', 'writers')];
  expect(changes(head + one + two, head + two + one)).toEqual([
    expect.stringMatching(/^weaker one: it now stands behind/u),
  ]);
});

test('limits that are lifted let more be granted', () => {
  const bound = BASE.replace(
    'gates:',
    'limits: { roles: [triage, push, admin], max-duration: 1d, min-count: 1 }\ngates:',
  );
  const lax = bound.replace('[triage, push, admin]', '[triage, push, admin, maintain]').replace('1d', '2d');
  expect(changes(bound, lax)).toEqual([
    'weaker : the role maintain may now be granted',
    'weaker : access may be granted for at most 2 days',
  ]);
  expect(changes(lax, bound).map((change) => change.split(' ')[0])).toEqual(['stricter', 'stricter']);
  expect(changes(BASE, bound)[0]).toBe('stricter : only triage, push and admin may be granted');
});
