/** Conditions of gates and stages that change: which of the two holds more, and is a doubt called weaker? */

import { describe, expect, test } from 'vitest';
import { diffPolicies } from '../../../src/domain/policy/diff.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const gate = (on: 'merge' | 'deployment', keys: string): Policy =>
  read(
    `version: 1\ngroups: { a: { users: [ana] } }\ngates: [{ name: main, on: ${on}, ${on === 'merge' ? 'branches' : 'environments'}: [main], approvals: [{ from: [a] }], ${keys} }]\nunmatched: { deployment: allow }\n`,
  );

const between = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).map(({ effect, what }) => `${effect}: ${what}`);

type On = 'merge' | 'deployment';
const whens = (before: string, after: string, on: On = 'merge') =>
  between(gate(on, `when: { ${before} }`), gate(on, `when: { ${after} }`));
const unlesses = (before: string, after: string, on: On = 'merge') =>
  between(gate(on, `unless: { ${before} }`), gate(on, `unless: { ${after} }`));
/** The effects of one change, under `when` and then under `unless`. */
const effects = (before: string, after: string, on: On = 'merge') =>
  [...whens(before, after, on), ...unlesses(before, after, on)].map((said) =>
    said.replace(/:.*/u, said.includes("can't be told") ? ' for doubt' : ''),
  );

const DOUBT = ['weaker for doubt', 'weaker for doubt'];
/** Of a condition that is met by more: a gate applies to more, or is spared for more. */
const WIDER = ['stricter', 'weaker'];
const NARROWER = ['weaker', 'stricter'];

describe('a condition that comes or goes', () => {
  test('lets a gate apply only somewhere, or everywhere again', () => {
    const [always, some] = [gate('merge', 'reviews: false'), gate('merge', 'when: { draft: false }')];
    expect(between(always, some)).toEqual(['weaker: the gate applies only where draft: false']);
    expect(between(some, always)).toEqual(['stricter: the gate applies always, no longer only where draft: false']);
    expect(between(always, always)).toEqual([]);
  });

  test('spares a gate somewhere, or nowhere any more', () => {
    const [never, some] = [gate('merge', 'reviews: false'), gate('merge', 'unless: { draft: true }')];
    expect(between(never, some)).toEqual(['weaker: it is spared where draft: true']);
    expect(between(some, never)).toEqual(['stricter: it is no longer spared where draft: true']);
  });

  test('lets a stage be asked only somewhere, or always again', () => {
    const [always, some] = ['', ', when: { draft: false }'].map((more) =>
      read(
        `version: 1\ngroups: { a: { users: [ana] } }\ngates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [a]${more} }] }]\n`,
      ),
    ) as [Policy, Policy];
    expect(between(always, some)).toEqual(['weaker: the approval of a is asked for only where draft: false']);
    expect(between(some, always)).toEqual([
      'stricter: the approval of a is asked for always, no longer only where draft: false',
    ]);
  });
});

/** What a condition is, how it reads, and one of its kind with a pattern more. */
const LISTS: readonly (readonly [string, string, On])[] = [
  ['paths', 'src/**', 'merge'],
  ['only-paths', 'docs/**', 'merge'],
  ['labels', 'hotfix', 'merge'],
  ['title', 'chore*', 'merge'],
  ['base', 'dev', 'merge'],
  ['head', 'renovate/**', 'merge'],
  ['event', 'push', 'deployment'],
];

describe.each(LISTS)('patterns of `%s`', (kind, pattern, on) => {
  const [one, two] = [`${kind}: ["${pattern}"]`, `${kind}: ["${pattern}", more]`];

  test('a pattern more is met by more, one less by less', () => {
    expect(whens(one, two, on)).toEqual([
      `stricter: the gate applies where ${kind}: ${pattern}, more; it was where ${kind}: ${pattern}`,
    ]);
    expect(whens(two, one, on)).toEqual([
      `weaker: the gate applies where ${kind}: ${pattern}; it was where ${kind}: ${pattern}, more`,
    ]);
    expect(unlesses(one, two, on)).toEqual([
      `weaker: it is spared where ${kind}: ${pattern}, more; it was where ${kind}: ${pattern}`,
    ]);
    expect(unlesses(two, one, on)).toEqual([
      `stricter: it is spared where ${kind}: ${pattern}; it was where ${kind}: ${pattern}, more`,
    ]);
  });

  test('others instead can hold more or less', () => {
    expect(whens(one, `${kind}: [more]`, on)).toEqual([
      `weaker: the gate applies where ${kind}: more; it was where ${kind}: ${pattern} (which of the two holds more can't be told)`,
    ]);
    expect(unlesses(one, `${kind}: [more]`, on)).toEqual([
      `weaker: it is spared where ${kind}: more; it was where ${kind}: ${pattern} (which of the two holds more can't be told)`,
    ]);
  });

  test('another order is the same', () => {
    expect(effects(two, `${kind}: [more, "${pattern}"]`, on)).toEqual([]);
  });
});

test('the same patterns of another kind are no wider list', () => {
  expect(effects('paths: [a]', 'only-paths: [a, b]')).toEqual(DOUBT);
  expect(effects('base: [a, b]', 'head: [a]')).toEqual(DOUBT);
});

describe('what is so or not', () => {
  test.each(['draft', 'fork', 'signed'])('`%s` of the other value holds others', (kind) => {
    expect(whens(`${kind}: true`, `${kind}: false`)).toEqual([
      `weaker: the gate applies where ${kind}: false; it was where ${kind}: true (which of the two holds more can't be told)`,
    ]);
    expect(unlesses(`${kind}: true`, `${kind}: false`)).toEqual([
      `weaker: it is spared where ${kind}: false; it was where ${kind}: true (which of the two holds more can't be told)`,
    ]);
    expect(effects(`${kind}: true`, `${kind}: true`)).toEqual([]);
  });

  test('of checks it is not told which are more', () => {
    expect(unlesses('checks: [ci/test]', 'checks: [ci/test, lint]')).toEqual([
      "weaker: it is spared where checks: ci/test, lint; it was where checks: ci/test (which of the two holds more can't be told)",
    ]);
  });
});

describe('lines that changed, the bounds included', () => {
  test.each([
    ['a lower minimum', 'min: 10', 'min: 9', 'at least 9', 'at least 10'],
    ['no minimum any more', 'min: 10, max: 20', 'max: 20', 'at most 20', '10 to 20'],
    ['a higher maximum', 'max: 20', 'max: 21', 'at most 21', 'at most 20'],
    ['no maximum any more', 'min: 10, max: 20', 'min: 10', 'at least 10', '10 to 20'],
    ['both further apart', 'min: 10, max: 20', 'min: 9, max: 21', '9 to 21', '10 to 20'],
    ['the minimum alone, with the same maximum', 'min: 10, max: 20', 'min: 9, max: 20', '9 to 20', '10 to 20'],
    ['the maximum alone, with the same minimum', 'min: 10, max: 20', 'min: 10, max: 21', '10 to 21', '10 to 20'],
  ])('%s is met by more, and by less the other way', (_, narrow, wide, wideWords, narrowWords) => {
    const [one, two] = [`lines-changed: { ${narrow} }`, `lines-changed: { ${wide} }`];
    expect(whens(one, two)).toEqual([
      `stricter: the gate applies where lines-changed: ${wideWords}; it was where lines-changed: ${narrowWords}`,
    ]);
    expect(effects(one, two)).toEqual(WIDER);
    expect(effects(two, one)).toEqual(NARROWER);
  });

  test.each([
    ['both higher', 'min: 10, max: 20', 'min: 11, max: 21'],
    ['both lower', 'min: 10, max: 20', 'min: 9, max: 19'],
    ['a minimum instead of a maximum', 'max: 20', 'min: 10'],
  ])('%s can hold more or less', (_, before, after) => {
    expect(effects(`lines-changed: { ${before} }`, `lines-changed: { ${after} }`)).toEqual(DOUBT);
  });

  test('and another kind of condition is not compared with them', () => {
    expect(effects('lines-changed: { max: 20 }', 'draft: true')).toEqual(DOUBT);
    expect(effects('draft: true', 'lines-changed: { max: 20 }')).toEqual(DOUBT);
  });
});

describe('who had a hand in it', () => {
  test('`only-authors` with a name more is met by more', () => {
    const [one, two] = ['only-authors: [ana]', 'only-authors: [ana, bob]'];
    expect(unlesses(one, two)).toEqual([
      'weaker: it is spared where only-authors: ana, bob; it was where only-authors: ana',
    ]);
    expect(effects(one, two)).toEqual(WIDER);
    expect(effects(two, one)).toEqual(NARROWER);
  });

  test('and so with a team more', () => {
    const [one, two] = ['only-authors: { users: [ana] }', 'only-authors: { users: [ana], teams: [bots] }'];
    expect(unlesses(two, one)).toEqual([
      'stricter: it is spared where only-authors: ana; it was where only-authors: ana, team bots',
    ]);
    expect(effects(one, two)).toEqual(WIDER);
    expect(effects('only-authors: { teams: [bots] }', 'only-authors: { teams: [staff] }')).toEqual(DOUBT);
  });

  test('a team is no account of the same name, and a number no login', () => {
    expect(effects('only-authors: [bots]', 'only-authors: { teams: [bots] }')).toEqual(DOUBT);
    expect(effects('only-authors: [583231]', 'only-authors: ["583231"]')).toEqual(DOUBT);
  });

  test('a login in another case, or in another place, is the same', () => {
    expect(effects('only-authors: [Ana, bob]', 'only-authors: [bob, ana]')).toEqual([]);
  });

  test('with `authors` a mixture is not told, so that more names count as weaker either way', () => {
    expect(effects('authors: [ana]', 'authors: [ana, bob]')).toEqual(DOUBT);
    expect(effects('authors: [ana, bob]', 'authors: [ana]')).toEqual(DOUBT);
    expect(effects('authors: [ana]', 'only-authors: [ana]')).toEqual(DOUBT);
    expect(effects('only-authors: [ana]', 'authors: [ana]')).toEqual(DOUBT);
    expect(effects('only-authors: [ana]', 'draft: true')).toEqual(DOUBT);
    expect(effects('authors: [ana]', 'authors: [ana]')).toEqual([]);
  });
});

describe('conditions of conditions', () => {
  const ANY = 'any: [{ draft: true }, { fork: true }]';

  test('one more that is enough is met by more', () => {
    expect(whens('draft: true', ANY)).toEqual([
      'stricter: the gate applies where (draft: true or fork: true); it was where draft: true',
    ]);
    expect(effects('draft: true', ANY)).toEqual(WIDER);
    expect(effects(ANY, 'draft: true')).toEqual(NARROWER);
    expect(effects(ANY, 'any: [{ draft: true }, { fork: true }, { signed: true }]')).toEqual(WIDER);
  });

  test('one more that has to be met as well is met by less', () => {
    expect(whens('draft: true', 'draft: true, fork: true')).toEqual([
      'weaker: the gate applies where (draft: true and fork: true); it was where draft: true',
    ]);
    expect(effects('draft: true', 'draft: true, fork: true')).toEqual(NARROWER);
    expect(effects('draft: true, fork: true', 'fork: true')).toEqual(WIDER);
    expect(effects('draft: true, fork: true', 'draft: true, fork: true, signed: true')).toEqual(NARROWER);
  });

  test('what is not met goes the other way', () => {
    expect(whens('not: { paths: [a] }', 'not: { paths: [a, b] }')).toEqual([
      'weaker: the gate applies where not paths: a, b; it was where not paths: a',
    ]);
    expect(effects('not: { paths: [a] }', 'not: { paths: [a, b] }')).toEqual(NARROWER);
    expect(effects('not: { paths: [a, b] }', 'not: { paths: [a] }')).toEqual(WIDER);
    expect(effects('not: { not: { paths: [a] } }', 'not: { not: { paths: [a, b] } }')).toEqual(WIDER);
    expect(effects('not: { paths: [a] }', 'not: { paths: [b] }')).toEqual(DOUBT);
    expect(effects('not: { paths: [a, b] }', 'not: { paths: [b, a] }')).toEqual([]);
  });

  test('a condition and that it is not met can not be compared', () => {
    expect(effects('draft: true', 'not: { draft: true }')).toEqual(DOUBT);
    expect(effects('not: { draft: true }', 'draft: true')).toEqual(DOUBT);
  });

  test('one of several exchanged can hold more or less', () => {
    expect(effects(ANY, 'any: [{ draft: true }, { signed: true }]')).toEqual(DOUBT);
    expect(effects('draft: true, fork: true', 'draft: true, signed: true')).toEqual(DOUBT);
  });

  test('another order, or a list of one, is the same', () => {
    expect(effects(ANY, 'any: [{ fork: true }, { draft: true }]')).toEqual([]);
    expect(effects('draft: true', 'any: [{ draft: true }]')).toEqual([]);
    expect(effects('all: [{ draft: true }]', 'draft: true')).toEqual([]);
  });

  test('nested ones stand in brackets', () => {
    expect(whens('draft: true', 'any: [{ draft: true }, { fork: true, not: { signed: true } }]')).toEqual([
      'stricter: the gate applies where (draft: true or (fork: true and not signed: true)); it was where draft: true',
    ]);
  });
});
