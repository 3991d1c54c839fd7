/** Stages of approvals that come, go, change or move: which is which, and what does each of it mean? */

import { describe, expect, test } from 'vitest';
import { diffPolicies } from '../../../src/domain/policy/diff.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const GROUPS =
  'version: 1\ngroups: { a: { teams: [ana] }, b: { teams: [bob] }, c: { teams: [crew] }, ab: { teams: [abe] }, bc: { teams: [bec] } }\n';
const merge = (stages: string): Policy =>
  read(`${GROUPS}gates: [{ name: main, on: merge, branches: [main], approvals: [${stages}] }]\n`);
const access = (stages: string): Policy =>
  read(
    `${GROUPS}access: [{ name: shift, roles: [push], requesters: [c], max-duration: 8h, approvals: [${stages}] }]\n`,
  );

const between = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).map(({ effect, rule, what }) => `${effect} ${rule ?? ''}: ${what}`);

const ORDER = 'its stages stand in another order';

describe.each([
  ['gate', 'main', merge],
  ['access rule', 'shift', access],
])('the stages of the %s', (_, rule, policy) => {
  const moved = (before: string, after: string) => between(policy(before), policy(after));

  test('one more is stricter, and says how many of whom', () => {
    expect(moved('{ from: [a] }', '{ from: [a] }, { from: [b, c], count: 2 }')).toEqual([
      `stricter ${rule}: 2 approvals from the team "bob" and the team "crew" are asked for besides`,
    ]);
    expect(moved('{ from: [a] }', '{ from: [b] }, { from: [a] }')).toEqual([
      `stricter ${rule}: 1 approval from the team "bob" are asked for besides`,
    ]);
  });

  test('one less is weaker, wherever it stood', () => {
    expect(moved('{ from: [a] }, { from: [b, c], count: 2 }', '{ from: [a] }')).toEqual([
      `weaker ${rule}: 2 approvals from the team "bob" and the team "crew" are no longer asked for`,
    ]);
    expect(moved('{ from: [a], count: 3 }, { from: [b] }', '{ from: [b] }')).toEqual([
      `weaker ${rule}: 3 approvals from the team "ana" are no longer asked for`,
    ]);
  });

  test('fewer approvals are weaker, more are stricter', () => {
    expect(moved('{ from: [a, b], count: 2 }', '{ from: [a, b], count: 1 }')).toEqual([
      `weaker ${rule}: it takes 1 approval from a and b instead of 2`,
    ]);
    expect(moved('{ from: [a, b], count: 1 }', '{ from: [a, b], count: 3 }')).toEqual([
      `stricter ${rule}: it takes 3 approvals from a and b instead of 1`,
    ]);
    expect(moved('{ from: [a] }', '{ from: [a], count: 1 }')).toEqual([]);
  });

  test('more people who can approve are weaker, fewer are stricter, others are both', () => {
    expect(moved('{ from: [a] }', '{ from: [a, c] }')).toEqual([`weaker ${rule}: the team "crew" may now approve it`]);
    expect(moved('{ from: [a, c] }', '{ from: [a] }')).toEqual([
      `stricter ${rule}: the team "crew" may no longer approve it`,
    ]);
    expect(moved('{ from: [a] }', '{ from: [b] }')).toEqual([
      `weaker ${rule}: the team "bob" may now approve it`,
      `stricter ${rule}: the team "ana" may no longer approve it`,
    ]);
  });

  test('a stage is known by its groups, in whatever order they are', () => {
    expect(moved('{ from: [a, b] }, { from: [c], count: 2 }', '{ from: [b, a] }, { from: [c], count: 2 }')).toEqual([]);
    expect(
      moved('{ from: [c, a], count: 2 }, { from: [b] }', '{ from: [b], count: 2 }, { from: [a, c], count: 2 }'),
    ).toEqual([`stricter ${rule}: it takes 2 approvals from b instead of 1`, `other ${rule}: ${ORDER}`]);
  });

  test('names that only look alike when put together are other groups', () => {
    expect(moved('{ from: [ab, c] }', '{ from: [a, bc] }')).toEqual([
      `weaker ${rule}: the team "ana" and the team "bec" may now approve it`,
      `stricter ${rule}: the team "abe" and the team "crew" may no longer approve it`,
    ]);
    // The second is the one that is left; the first has become another.
    expect(moved('{ from: [ab, c] }, { from: [a, bc], count: 2 }', '{ from: [a, bc], count: 2 }')).toEqual([
      `weaker ${rule}: 1 approval from the team "abe" and the team "crew" are no longer asked for`,
    ]);
    expect(
      moved('{ from: [ab, c], count: 2 }, { from: [a, bc] }', '{ from: [a, bc] }, { from: [ab, c], count: 2 }'),
    ).toEqual([`other ${rule}: ${ORDER}`]);
  });

  test('another order is no weaker and no stricter, but told', () => {
    const [one, two] = ['{ from: [a], count: 2 }, { from: [b] }', '{ from: [b] }, { from: [a], count: 2 }'];
    expect(moved(one, two)).toEqual([`other ${rule}: ${ORDER}`]);
    expect(moved(two, one)).toEqual([`other ${rule}: ${ORDER}`]);
    expect(moved(one, one)).toEqual([]);
    expect(moved('{ from: [c] }, { from: [a] }, { from: [b] }', '{ from: [b] }, { from: [c] }, { from: [a] }')).toEqual(
      [`other ${rule}: ${ORDER}`],
    );
  });

  test('and is not told where other stages are asked, or one more or less', () => {
    expect(moved('{ from: [a] }, { from: [b] }', '{ from: [b] }, { from: [c] }')).toEqual([
      `weaker ${rule}: the team "crew" may now approve it`,
      `stricter ${rule}: the team "ana" may no longer approve it`,
    ]);
    expect(moved('{ from: [a] }, { from: [b] }', '{ from: [b] }')).toEqual([
      `weaker ${rule}: 1 approval from the team "ana" are no longer asked for`,
    ]);
  });

  test('of two alike, one that goes is one that goes', () => {
    expect(moved('{ from: [a] }, { from: [a], count: 2 }', '{ from: [a] }')).toEqual([
      `weaker ${rule}: 2 approvals from the team "ana" are no longer asked for`,
    ]);
    expect(moved('{ from: [a] }', '{ from: [a] }, { from: [a], count: 2 }')).toEqual([
      `stricter ${rule}: 2 approvals from the team "ana" are asked for besides`,
    ]);
  });

  test('each stage that changed says so, the first ones first', () => {
    expect(
      moved('{ from: [a], count: 2 }, { from: [b] }, { from: [c] }', '{ from: [a] }, { from: [b], count: 2 }'),
    ).toEqual([
      `weaker ${rule}: it takes 1 approval from a instead of 2`,
      `stricter ${rule}: it takes 2 approvals from b instead of 1`,
      `weaker ${rule}: 1 approval from the team "crew" are no longer asked for`,
    ]);
  });
});

test('a stage that is asked for more, or for less, says whose approval it is', () => {
  const [less, more] = ['a/**', 'a/**", "b/**'].map((paths) =>
    merge(`{ from: [b, a], when: { paths: ["${paths}"] } }`),
  ) as [Policy, Policy];
  expect(between(less, more)).toEqual([
    'stricter main: the approval of b and a is asked for where paths: a/**, b/**; it was where paths: a/**',
  ]);
  expect(between(more, less)).toEqual([
    'weaker main: the approval of b and a is asked for where paths: a/**; it was where paths: a/**, b/**',
  ]);
});

test('people, count and condition of one stage are told each by itself', () => {
  expect(between(merge('{ from: [a], count: 2 }'), merge('{ from: [b], when: { draft: false } }'))).toEqual([
    'weaker main: it takes 1 approval from b instead of 2',
    'weaker main: the team "bob" may now approve it',
    'stricter main: the team "ana" may no longer approve it',
    'weaker main: the approval of b is asked for only where draft: false',
  ]);
});

test('who left the group says so at the stage that is the same', () => {
  const before = `${GROUPS}gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [a] }, { from: [b] }] }]\n`;
  expect(between(read(before), read(before.replace('[bob]', '[ben]')))).toEqual([
    'weaker main: the team "ben" may now approve it',
    'stricter main: the team "bob" may no longer approve it',
  ]);
});
