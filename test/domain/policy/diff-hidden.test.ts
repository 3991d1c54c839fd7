/** Changes that loosen a policy where it does not look like it: is none of them passed over, or called stricter alone? */

import { describe, expect, test } from 'vitest';
import { diffPolicies } from '../../../src/domain/policy/diff.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const weakened = (before: string, after: string) =>
  diffPolicies(read(before), read(after)).flatMap(({ effect, rule, what }) =>
    effect === 'weaker' ? [`${rule ?? ''}: ${what}`] : [],
  );

const GROUPS = 'version: 1\ngroups: { a: { users: [ana] }, b: { users: [bob] }, c: { users: [cy] } }\n';
const merge = (keys: string): string =>
  `${GROUPS}gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [a] }], ${keys} }]\n`;
const deployment = (keys: string): string =>
  `${GROUPS}gates: [{ name: live, on: deployment, approvals: [{ from: [a] }], ${keys} }]\n`;
const access = (...rules: readonly string[]): string =>
  `${GROUPS}access:\n${rules.map((keys) => `  - { ${keys}, approvals: [{ from: [a] }] }\n`).join('')}`;

const LONG = 'x'.repeat(90);

describe('patterns', () => {
  test.each([
    ['unless', 'unless: { only-paths: ["docs/**, **"] }', 'unless: { only-paths: ["docs/**", "**"] }'],
    ['when', 'when: { paths: ["a/**", "b/**"] }', 'when: { paths: ["a/**, b/**"] }'],
    [
      'a nested condition',
      'unless: { any: [{ title: ["a or draft: true"] }, { fork: false }] }',
      'unless: { any: [{ title: [a] }, { draft: true }, { fork: false }] }',
    ],
  ])('%s: one with a comma, or with words of the language, is not two', (_, before, after) => {
    expect(weakened(merge(before), merge(after))).toEqual([expect.stringContaining('main: ')]);
  });

  test('the two are told apart in words', () => {
    const [said] = weakened(
      merge('unless: { only-paths: ["docs/**, **"] }'),
      merge('unless: { only-paths: ["docs/**", "**"] }'),
    );
    expect(said).toContain('where only-paths: docs/**, **; it was where only-paths: "docs/**, **"');
  });

  test('a ref of which only the end is another may be deployed now', () => {
    const refs = (more: string): string => deployment(`environments: [live], refs: ["{main,${LONG}${more}}"]`);
    expect(weakened(refs(''), refs(',*'))).toEqual([expect.stringMatching(/^live: .* may now be deployed$/u)]);
  });
});

describe('people', () => {
  test('a team with a long name is not another that begins alike', () => {
    const team = (end: string): string => merge('reviews: true').replace('users: [ana]', `teams: [${LONG}${end}]`);
    expect(weakened(team('1'), team('2'))).toEqual([`main: the team "${LONG}2" may now approve it`]);
  });

  test('who is asked sooner than before', () => {
    const steps = merge('escalate: [{ after: 10m, to: b }, { after: 4h, to: c }]');
    expect(weakened(steps, steps.replace('[bob]', '[bob, cy]'))).toEqual([
      'main: cy may now approve it when nobody answers for 10 minutes',
    ]);
    const swapped = steps.replace('to: b', 'to: x').replace('to: c', 'to: b').replace('to: x', 'to: c');
    expect(weakened(steps, swapped)).toEqual([
      'main: after 10 minutes c may approve it as well',
      'main: after 4 hours b may approve it as well',
    ]);
  });

  test('escalation by the same people under another name of their group is the same', () => {
    const steps = merge('escalate: [{ after: 10m, to: b }]');
    expect(diffPolicies(read(steps), read(steps.replace('b: {', 'd: {').replace('to: b', 'to: d')))).toEqual([]);
  });

  const GLASS = merge('break-glass: { by: b, review: c, within: 1h }');
  const AUTO = access(
    'name: r, roles: [push], requesters: [b], max-duration: 1h, auto-approve: { requesters: [b], outside: "mon-fri 08:00 - 18:00", zone: Europe/Berlin, review: [c], within: 1h }',
  );
  test.each([
    ['main', GLASS],
    ['r', AUTO],
  ])('who may give a review that is owed, and how late (%s)', (rule, policy) => {
    expect(weakened(policy, policy.replace('[cy]', '[cy, eve]'))).toEqual([
      `${rule}: eve may now give the review that is owed`,
    ]);
    expect(weakened(policy, policy.replace('within: 1h', 'within: 2h'))).toEqual([
      `${rule}: the review that is owed is overdue after 2 hours; it was 1 hour`,
    ]);
    expect(weakened(policy.replace('[cy]', '[cy, eve]'), policy)).toEqual([]);
    expect(weakened(policy.replace('within: 1h', 'within: 2h'), policy)).toEqual([]);
  });
});

describe('what was denied for want of a gate can be approved', () => {
  const LIVE = deployment('environments: [live]');
  const denied = 'can now be approved; no gate was for them, so they were denied';

  test('by a gate that is new', () => {
    const other = LIVE.trimEnd().replace(
      /\]$/u,
      ', { name: eu, on: deployment, environments: [eu], approvals: [{ from: [b] }] }]\n',
    );
    expect(weakened(LIVE, other)).toEqual([`eu: the gate is new: deployments to "eu" ${denied}`]);
    const allowing = 'unmatched: { deployment: allow }\n';
    expect(weakened(LIVE + allowing, other + allowing)).toEqual([]);
    const second = other.replace('environments: [eu]', 'environments: [live]');
    expect(weakened(LIVE, second)).toEqual([]);
  });

  test('by a gate that is for more', () => {
    expect(weakened(LIVE, LIVE.replace('[live]', '[live, eu]'))).toEqual([`live: deployments to "eu" ${denied}`]);
    const merges = merge('reviews: true');
    const denying = 'unmatched: { merge: deny }\n';
    const dev = merges.replace('[main]', '[main, dev]');
    expect(weakened(merges + denying, dev + denying)).toEqual([`main: merges into "dev" ${denied}`]);
    expect(weakened(merges, dev)).toEqual([]);
  });

  test('by a gate of another kind', () => {
    const other = merge('reviews: true').replace('on: merge, branches: [main]', 'on: deployment, environments: [live]');
    expect(weakened(merge('reviews: true'), other.replace(', reviews: true', ''))).toContain(
      `main: deployments to "live" ${denied}`,
    );
  });

  test('by a gate that applies to more', () => {
    const some = deployment('environments: [live], when: { paths: ["a/**"] }');
    expect(weakened(some, LIVE)).toEqual([
      'live: what it applies to besides can now be approved; where no other gate was for it, it was denied',
    ]);
    const allowing = 'unmatched: { deployment: allow }\n';
    expect(weakened(some + allowing, LIVE + allowing)).toEqual([]);
    // A merge that no `when` is meant for was free.
    expect(
      weakened(
        `${merge('when: { paths: ["a/**"] }')}unmatched: { merge: deny }\n`,
        `${merge('reviews: false')}unmatched: { merge: deny }\n`,
      ),
    ).toEqual([]);
  });

  test('nor is it anything new where another gate was for it, too', () => {
    const both = (keys: string): string =>
      deployment(keys)
        .trimEnd()
        .replace(/\]$/u, ', { name: eu, on: deployment, environments: [live], approvals: [{ from: [b] }] }]\n');
    expect(weakened(both('environments: [live], when: { paths: ["a/**"] }'), both('environments: [live]'))).toEqual([]);
  });
});

test('a `deny` that binds the repositories of an organisation is another thing than the same by default', () => {
  const said = `${GROUPS}unmatched: { deployment: deny, action: deny }\n`;
  expect(weakened(said, GROUPS)).toEqual([
    ": as the organisation's policy it no longer keeps repositories from allowing deployments and actions that no gate matches",
  ]);
  expect(diffPolicies(read(GROUPS), read(said)).map(({ effect }) => effect)).toEqual(['stricter']);
});

test('a custom role of which the organisation says nothing any more is told', () => {
  expect(diffPolicies(read('version: 1\ncustom-roles: { lead: { base: push } }\n'), read('version: 1\n'))).toEqual([
    { effect: 'other', rule: null, what: 'nothing is said any more of what the role "lead" builds on' },
  ]);
});

describe('an access rule that takes less leaves the rest to another', () => {
  const STRICT = 'name: strict, roles: [push, admin], requesters: [b, c], max-duration: 8h, max-ahead: 2d';
  const LAX = 'name: lax, roles: [admin], requesters: [b], max-duration: 8h, max-ahead: 2d';
  const fallen = 'strict: requests that it no longer takes may now fall under "lax"';

  test.each([
    ['a role', '[push, admin]', '[push]'],
    ['somebody who may ask', 'requesters: [b, c]', 'requesters: [c]'],
    ['a longer time', 'max-duration: 8h', 'max-duration: 1h'],
    ['a later start', 'max-ahead: 2d', 'max-ahead: 1h'],
  ])('%s', (_, from, to) => {
    const narrow = STRICT.replace(from, to);
    expect(weakened(access(STRICT, LAX), access(narrow, LAX))).toEqual([fallen]);
    // Wherever the other stands from now on.
    expect(weakened(access(STRICT, LAX), access(LAX, narrow))).toContain(fallen);
    // What stood in front had the choice before.
    expect(weakened(access(LAX, STRICT), access(LAX, narrow))).toEqual([]);
    // What offers something else takes none of it.
    const other = LAX.replace('[admin]', '[triage]');
    expect(weakened(access(STRICT, other), access(narrow, other))).toEqual([]);
  });

  test('somebody who leaves a group that may ask', () => {
    const before = access(STRICT, LAX);
    expect(weakened(before, before.replace('[cy]', '[carl]'))).toContain(fallen);
  });

  test('nor where the other gives no longer time', () => {
    const short = LAX.replace('8h', '1h');
    expect(weakened(access(STRICT, short), access(STRICT.replace('8h', '2h'), short))).toEqual([]);
  });

  test('a team', () => {
    const teams = (one: string): string =>
      access(
        `name: strict, teams: [${one}], requesters: [b], max-duration: 8h`,
        'name: lax, teams: [ops], requesters: [b], max-duration: 8h',
      );
    expect(weakened(teams('ops, dev'), teams('dev'))).toEqual([fallen]);
  });
});
