/** What changes of access rules mean, and in which direction they go. */

import { describe, expect, test } from 'vitest';
import { diffPolicies } from '../../../src/domain/policy/diff.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

const NIGHT = `auto-approve: { requesters: [on-call], outside: 'mon-fri 08:00 - 18:00', zone: Europe/Berlin, review: [security], within: 24h }`;

const withRule = (more: string): string => `version: 1
groups:
  on-call: { teams: [on-call] }
  security: { teams: [security] }
access:
  - name: shift
    roles: [triage, push]
    requesters: [on-call, security]
    max-duration: 8h
    approvals: [{ from: [security] }]
    ${more}
`;

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const between = (before: string, after: string): readonly string[] =>
  diffPolicies(read(before), read(after)).map(({ effect, rule, what }) => `${effect} ${rule ?? ''}: ${what}`);

/** What two states of one rule differ in, and what the way back says. */
const there = (before: string, after: string) => between(withRule(before), withRule(after));

describe('what is granted at once', () => {
  test('is weaker where nothing was, and says to whom and when', () => {
    expect(there('', NIGHT)).toEqual([
      'weaker shift: the team "on-call" may now be granted it at once, outside mon-fri 08:00 - 18:00 (Europe/Berlin)',
    ]);
    expect(there(NIGHT, '')).toEqual(['stricter shift: the team "on-call" may no longer be granted it at once']);
  });

  test('is weaker for more people, and stricter for fewer', () => {
    const more = NIGHT.replace('requesters: [on-call]', 'requesters: [on-call, security]');
    expect(there(NIGHT, more)).toEqual([
      'weaker shift: the team "security" may now be granted it at once, outside mon-fri 08:00 - 18:00 (Europe/Berlin)',
    ]);
    expect(there(more, NIGHT)).toEqual(['stricter shift: the team "security" may no longer be granted it at once']);
  });

  test.each([
    [
      'in other hours',
      "'mon-fri 08:00 - 18:00'",
      "'mon-fri 09:00 - 17:00'",
      'outside mon-fri 09:00 - 17:00 (Europe/Berlin)',
    ],
    ['inside of the hours', 'outside:', 'inside:', 'inside mon-fri 08:00 - 18:00 (Europe/Berlin)'],
    ['by another clock', 'Europe/Berlin', 'UTC', 'outside mon-fri 08:00 - 18:00 (UTC)'],
  ])('%s may be more, and counts as weaker', (_, from, to, hours) => {
    expect(there(NIGHT, NIGHT.replace(from, to))).toEqual([
      `weaker shift: it is granted at once ${hours}; it was outside mon-fri 08:00 - 18:00 (Europe/Berlin) (which is more can't be told)`,
    ]);
  });

  test.each([
    ['by more people', 'review: [security]', 'review: [security, on-call]'],
    ['later', 'within: 24h', 'within: 48h'],
  ])('and looked at %s is weaker', (_, from, to) => {
    expect(there(NIGHT, NIGHT.replace(from, to))).toEqual([
      expect.stringMatching(/^weaker shift: .*the review that is owed/u),
    ]);
  });

  test('is the same where nothing of it changes', () => {
    expect(there(NIGHT, NIGHT)).toEqual([]);
  });
});

describe('a cool-down', () => {
  test('that gets longer is stricter, one that gets shorter is weaker', () => {
    expect(there('cool-down: 2h', 'cool-down: 4h')).toEqual([
      'stricter shift: it is given again after 4 hours; it was after 2 hours',
    ]);
    expect(there('cool-down: 4h', 'cool-down: 2h')).toEqual([
      'weaker shift: it is given again after 2 hours; it was after 4 hours',
    ]);
  });
});

test('more grants at a time are weaker, fewer are stricter', () => {
  expect(there('max-live: 1', 'max-live: 2')).toEqual([
    'weaker shift: one person may have at most 2 at a time; it was at most 1',
  ]);
  expect(there('max-live: 2', 'max-live: 1')).toEqual([
    'stricter shift: one person may have at most 1 at a time; it was at most 2',
  ]);
});

test('a ticket of another form may let more through, and counts as weaker', () => {
  expect(there("reason: { ticket: 'OPS-*' }", "reason: { ticket: 'SEC-*' }")).toEqual([
    `weaker shift: a ticket like "SEC-*" has to be named; it was "OPS-*" (which is more can't be told)`,
  ]);
});

describe('a rule that is gone', () => {
  const other = (roles: string): string =>
    `  - { name: other, roles: [${roles}], requesters: [security], max-duration: 1h, approvals: [{ from: [security] }] }\n`;
  const without = (roles: string): string => `${withRule('').replace(/ {2}- name: shift[\s\S]*$/u, '')}${other(roles)}`;

  test('is stricter where no other offers what it did', () => {
    expect(between(withRule('') + other('admin'), without('admin'))).toEqual([
      'stricter shift: triage and push may no longer be asked for by it',
    ]);
  });

  test('is weaker where another offers some of it, which may ask for less', () => {
    expect(between(withRule('') + other('admin, push'), without('admin, push'))).toEqual([
      'weaker shift: requests for triage and push may now fall under "other"',
    ]);
  });
});
