/** Which conditions are said never or always to be met, and in which words. */

import { describe, expect, test } from 'vitest';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';
import { marked } from '../../support/marked.ts';

const HEAD = 'version: 1\ngroups:\n  team: { teams: [release] }\ngates:\n';
const MERGE = 'on: merge, branches: [main]';

const gate = (more: string, on = MERGE, stages = '{ from: team }'): string =>
  `${HEAD}  - { name: a, ${on}, approvals: [${stages}], ${more} }\n`;

/** What is found; the policy has to be valid, and what only a merge or a deployment tells is not meant. */
function found(source: string) {
  const { text } = marked(source);
  expect(parsePolicy(text)).toMatchObject({ ok: true });
  return lintPolicy(text).filter(({ code }) => code !== 'never-told' && code !== 'not-held-yet');
}

/** What is expected at the one mark. */
const warning = (source: string, code: string, message: string, hint: string) => {
  const [place] = marked(source).places;
  return [{ severity: 'warning', code, ...place, message, hint }];
};

type Told = 'never' | 'always' | 'neither';

/** What is said of a condition by the findings for it as `when`, and as `unless`. */
function chance(condition: string, on = MERGE): Told {
  const never = found(gate(`when: ${condition}`, on)).some(({ code }) => code === 'never-applies');
  const always = found(gate(`unless: ${condition}`, on)).some(({ code }) => code === 'never-holds');
  expect(never && always).toBe(false);
  return never ? 'never' : always ? 'always' : 'neither';
}

describe('the warning says what can not be met', () => {
  const exclude = (one: string, other: string): string => `\`${one}\` and \`${other}\` exclude each other`;

  test.each([
    ['{ base: [dev, "release/**"] }', 'its branches never match `base: dev, release/**`'],
    ['{ labels: [x], base: [dev] }', 'its branches never match `base: dev`'],
    ['{ all: [{ labels: [x] }, { all: [{ base: [dev] }] }] }', 'its branches never match `base: dev`'],
    ['{ not: { paths: ["**"] } }', '`not` is never met'],
    ['{ any: [{ base: [dev] }, { not: { head: ["**"] } }] }', '`any` is never met'],
    ['{ labels: [x], not: { base: [main] } }', '`not` is never met'],
    ['{ labels: [x], any: [{ base: [dev] }] }', '`any` is never met'],
    ['{ all: [{ draft: true }, { draft: false }] }', exclude('draft: true', 'draft: false')],
    ['{ fork: false, all: [{ fork: true }, { fork: false }] }', exclude('fork: true', 'fork: false')],
    ['{ all: [{ signed: true }, { labels: [x] }, { signed: false }] }', exclude('signed: true', 'signed: false')],
    ['{ labels: [x, y], not: { labels: [x, y] } }', exclude('labels: x, y', 'not')],
    ['{ all: [{ not: { title: [x] } }, { title: [x] }] }', exclude('not', 'title: x')],
    ['{ all: [{ any: [{ draft: true }] }], not: { all: [{ any: [{ draft: true }] }] } }', exclude('all', 'not')],
    ['{ any: [{ head: [x] }], not: { any: [{ head: [x] }] } }', exclude('any', 'not')],
    [
      '{ all: [{ lines-changed: { max: 8 } }, { lines-changed: { min: 9 } }] }',
      exclude('lines-changed: at most 8', 'lines-changed: at least 9'),
    ],
    [
      '{ all: [{ lines-changed: { min: 5, max: 6 } }, { lines-changed: { min: 3, max: 4 } }] }',
      exclude('lines-changed: 5 to 6', 'lines-changed: 3 to 4'),
    ],
    [
      '{ all: [{ draft: true }, { fork: true }, { fork: false }, { draft: false }] }',
      exclude('draft: true', 'draft: false'),
    ],
  ])('%s', (condition, why) => {
    const source = gate(`‹when: ${condition}`);
    const hint = 'change `when`, or remove it';
    expect(found(source)).toEqual(warning(source, 'never-applies', `the gate never applies: ${why}`, hint));
  });

  test.each([
    ['{ base: [dev] }', 'its branches never match `base: dev`'],
    ['{ all: [{ draft: true }, { draft: false }] }', exclude('draft: true', 'draft: false')],
    ['{ not: { title: ["**"] } }', '`not` is never met'],
  ])('of a stage: %s', (condition, why) => {
    const stages = `{ from: team }, { from: team, when: { base: [main] } }, { from: team, ‹when: ${condition} }`;
    const source = gate('timeout: 1h', MERGE, stages);
    const hint = 'change `when`, or remove the stage';
    expect(found(source)).toEqual(warning(source, 'never-asked', `the stage is never asked: ${why}`, hint));
  });
});

describe('the warning says that nothing is held', () => {
  test('where `unless` is always met', () => {
    const source = gate('when: { labels: [x] }, ‹unless: { base: [main] }');
    const message = 'the gate never holds anything: `unless` is always met';
    expect(found(source)).toEqual(warning(source, 'never-holds', message, 'narrow `unless`'));
  });

  test('where `when` and `unless` are the same', () => {
    const source = gate('‹unless: { labels: [x], draft: true }, when: { draft: true, labels: [x] }');
    const message = 'the gate never holds anything: `when` and `unless` are the same';
    expect(found(source)).toEqual(warning(source, 'never-holds', message, 'remove one'));
  });

  test.each([
    ['differ by a pattern', 'when: { labels: [x] }, unless: { labels: [y] }'],
    ['differ by kind', 'when: { paths: [x] }, unless: { only-paths: [x] }'],
    ['are opposites', 'when: { draft: true }, unless: { draft: false }'],
    ['are not both there, as `unless`', 'unless: { draft: true }'],
    ['are not both there, as `when`', 'when: { draft: true }'],
    ['are such that `when` is always met', 'when: { base: [main] }'],
    ['are such that `unless` is never met', 'unless: { base: [dev] }'],
  ])('not where the two %s', (_, more) => {
    expect(found(gate(more))).toEqual([]);
  });
});

describe('a condition by itself', () => {
  test.each<[string, Told]>([
    ['{ paths: ["**"] }', 'always'],
    ['{ paths: [a, "**/*"] }', 'always'],
    ['{ only-paths: ["**"] }', 'always'],
    ['{ head: ["**"] }', 'always'],
    ['{ title: ["**"] }', 'always'],
    ['{ paths: ["*"] }', 'neither'],
    ['{ only-paths: ["docs/**"] }', 'neither'],
    ['{ head: ["renovate/**"] }', 'neither'],
    ['{ title: ["chore*"] }', 'neither'],
    ['{ labels: ["**"] }', 'neither'],
    ['{ authors: [ana] }', 'neither'],
    ['{ only-authors: [ana] }', 'neither'],
    ['{ draft: true }', 'neither'],
    ['{ fork: true }', 'neither'],
    ['{ signed: true }', 'neither'],
    ['{ event: ["**"] }', 'neither'],
    ['{ checks: ["*"] }', 'neither'],
    ['{ lines-changed: { min: 0 } }', 'always'],
    ['{ lines-changed: { min: 1 } }', 'neither'],
    ['{ lines-changed: { min: 0, max: 9 } }', 'neither'],
    ['{ lines-changed: { max: 9 } }', 'neither'],
  ])('%s is met: %s', (condition, told) => {
    expect(chance(condition)).toBe(told);
    expect(chance(`{ not: ${condition} }`)).toBe(told === 'always' ? 'never' : 'neither');
  });

  test.each<[string, string, Told]>([
    ['branches: [main]', '[main]', 'always'],
    ['branches: [main]', '["m*"]', 'always'],
    ['branches: [main, dev]', '[dev, main]', 'always'],
    ['branches: [main, dev]', '["**"]', 'always'],
    ['branches: ["release/*"]', '[x, "**"]', 'always'],
    ['branches: [main, dev]', '[main]', 'neither'],
    ['branches: [main, dev]', '[release]', 'never'],
    ['branches: [main]', '[Main]', 'never'],
    ['branches: ["release/*"]', '[main]', 'neither'],
    ['branches: [dev, "release/*"]', '[dev]', 'neither'],
    ['branches: ["ma?n"]', '[dev]', 'neither'],
    ['branches: ["[m]ain"]', '[dev]', 'neither'],
    ['branches: ["{main,next}"]', '[dev]', 'neither'],
    ['branches: ["ma\\\\in"]', '[dev]', 'neither'],
  ])('of a gate with %s, `base: %s` is met: %s', (branches, base, told) => {
    expect(chance(`{ base: ${base} }`, `on: merge, ${branches}`)).toBe(told);
  });

  test.each(['on: deployment, environments: [main]', 'on: action, actions: [main]'])(
    'of a gate with %s, `base` can be told neither way',
    (on) => {
      for (const base of ['main', 'dev', '"**"']) expect(chance(`{ base: [${base}] }`, on)).toBe('neither');
    },
  );
});

describe('a condition of several', () => {
  const [always, never, maybe] = ['{ base: [main] }', '{ base: [dev] }', '{ labels: [x] }'];

  test.each<[string, string, Told, Told]>([
    // parts, whether all of them are met, whether any is
    [always, always, 'always', 'always'],
    [always, maybe, 'neither', 'always'],
    [always, never, 'never', 'always'],
    [maybe, maybe, 'neither', 'neither'],
    [maybe, never, 'never', 'neither'],
    [never, never, 'never', 'never'],
  ])('of %s and %s: all %s, any %s', (one, other, all, any) => {
    for (const parts of [`[${one}, ${other}]`, `[${other}, ${one}]`]) {
      expect(chance(`{ all: ${parts} }`)).toBe(all);
      expect(chance(`{ any: ${parts} }`)).toBe(any);
    }
  });

  test.each<[string, string, Told]>([
    // what one gate is for at once
    ['{ draft: true }', '{ draft: false }', 'never'],
    ['{ fork: true }', '{ fork: false }', 'never'],
    ['{ signed: true }', '{ signed: false }', 'never'],
    ['{ draft: true }', '{ draft: true }', 'neither'],
    ['{ draft: true }', '{ fork: false }', 'neither'],
    ['{ signed: true }', '{ draft: false }', 'neither'],
    ['{ draft: true }', '{ labels: [x] }', 'neither'],
    ['{ labels: [x] }', '{ labels: [y] }', 'neither'],
    ['{ labels: [x] }', '{ not: { labels: [y] } }', 'neither'],
    ['{ labels: [x] }', '{ not: { head: [x] } }', 'neither'],
    ['{ draft: true }', '{ not: { draft: false } }', 'neither'],
    ['{ labels: [x] }', '{ not: { labels: [x] } }', 'never'],
    ['{ not: { draft: true } }', '{ not: { not: { draft: true } } }', 'never'],
    ['{ not: { draft: true } }', '{ not: { draft: false } }', 'neither'],
    ['{ lines-changed: { max: 8 } }', '{ lines-changed: { min: 9 } }', 'never'],
    ['{ lines-changed: { max: 8 } }', '{ lines-changed: { min: 8 } }', 'neither'],
    ['{ lines-changed: { max: 8 } }', '{ lines-changed: { max: 9 } }', 'neither'],
    ['{ lines-changed: { min: 8 } }', '{ lines-changed: { min: 9 } }', 'neither'],
    ['{ lines-changed: { max: 0 } }', '{ lines-changed: { min: 0, max: 5 } }', 'neither'],
    ['{ lines-changed: { max: 0 } }', '{ lines-changed: { min: 1, max: 5 } }', 'never'],
    ['{ lines-changed: { max: 0 } }', '{ draft: true }', 'neither'],
    ['{ lines-changed: { max: 0 } }', '{ not: { lines-changed: { max: 0 } } }', 'never'],
  ])('%s and %s are met at once: %s', (one, other, told) => {
    expect(chance(`{ all: [${one}, ${other}] }`)).toBe(told);
    expect(chance(`{ all: [${other}, { paths: [a] }, ${one}] }`)).toBe(told);
    expect(chance(`{ any: [${one}, ${other}] }`)).toBe('neither');
  });
});
