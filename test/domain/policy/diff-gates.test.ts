/** Gates that change: what each key means in words, and what becomes of a gate that holds something else. */

import { describe, expect, test } from 'vitest';
import { diffPolicies } from '../../../src/domain/policy/diff.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** A gate with these keys, where no place that it leaves out is denied. */
const gate = (keys: string): Policy =>
  read(`version: 1
groups: { a: { users: [ana] }, b: { users: [bob], teams: [ops] }, c: { users: [cy] } }
gates: [{ name: g, approvals: [{ from: [a] }], ${keys} }]
unmatched: { deployment: allow, action: allow }
`);

const between = (before: string, after: string): readonly string[] =>
  diffPolicies(gate(before), gate(after)).map(({ effect, rule, what }) => `${effect} ${rule ?? ''}: ${what}`);

const MERGE = 'on: merge, branches: [main]';
const DEPLOYMENT = 'on: deployment, environments: [live]';
const ACTION = 'on: action, actions: [publish]';

describe('a flag says which way it goes', () => {
  test.each([
    [
      'self-approval',
      MERGE,
      'self-approval: denied',
      'self-approval: allowed',
      'who wrote or started it may now approve it',
      'who wrote or started it may no longer approve it',
    ],
    [
      'reviews',
      MERGE,
      'reviews: false',
      'reviews: true',
      'an approving review now counts',
      'an approving review no longer counts',
    ],
    [
      'forks',
      DEPLOYMENT,
      'forks: denied',
      'forks: allowed',
      'runs from forks may now deploy',
      'runs from forks may no longer deploy',
    ],
  ])('%s', (_, on, off, allowed, weaker, stricter) => {
    expect(between(`${on}, ${off}`, `${on}, ${allowed}`)).toEqual([`weaker g: ${weaker}`]);
    expect(between(`${on}, ${allowed}`, `${on}, ${off}`)).toEqual([`stricter g: ${stricter}`]);
    // What is not said is denied.
    expect(between(on, `${on}, ${off}`)).toEqual([]);
  });
});

describe('who may hold it', () => {
  test('more people make it stricter, fewer weaker', () => {
    const [one, two] = [`${MERGE}, disapprove: [b]`, `${MERGE}, disapprove: [b, c]`];
    expect(between(MERGE, one)).toEqual(['stricter g: the team "ops" and bob may now hold it by /deny']);
    expect(between(one, MERGE)).toEqual(['weaker g: the team "ops" and bob may no longer hold it by /deny']);
    expect(between(one, two)).toEqual(['stricter g: cy may now hold it by /deny']);
    expect(between(two, one)).toEqual(['weaker g: cy may no longer hold it by /deny']);
  });

  test('others instead are both', () => {
    expect(between(`${MERGE}, disapprove: [a]`, `${MERGE}, disapprove: [c]`)).toEqual([
      'stricter g: cy may now hold it by /deny',
      'weaker g: ana may no longer hold it by /deny',
    ]);
  });
});

describe('when nothing passes', () => {
  const [YEAR, WEEKEND, NIGHT] = [
    '{ from: 2026-12-18, to: 2027-01-04, zone: Europe/Berlin }',
    '{ weekly: "fri 16:00 - mon 08:00", zone: Europe/Berlin }',
    '{ weekly: "mon-thu 22:00 - 06:00", zone: Europe/Berlin }',
  ];
  const freeze = (...windows: readonly string[]): string => `${MERGE}, freeze: [${windows.join(', ')}]`;

  test('windows more are stricter, and counted', () => {
    expect(between(MERGE, freeze(YEAR))).toEqual(['stricter g: nothing passes in one window more']);
    expect(between(freeze(NIGHT), freeze(YEAR, WEEKEND, NIGHT))).toEqual([
      'stricter g: nothing passes in 2 windows more',
    ]);
  });

  test('windows that are gone are weaker, and counted', () => {
    expect(between(freeze(YEAR, WEEKEND), MERGE)).toEqual([
      'weaker g: 2 windows in which nothing passed are gone or changed',
    ]);
    expect(between(freeze(YEAR, WEEKEND, NIGHT), freeze(WEEKEND))).toEqual([
      'weaker g: 2 windows in which nothing passed are gone or changed',
    ]);
    // One of them, in whatever grammar.
    expect(between(freeze(YEAR, WEEKEND), freeze(WEEKEND))).toEqual([
      expect.stringMatching(/^weaker g: one window in which nothing passed /u),
    ]);
  });

  test.each([
    ['another end', '08:00', '07:00'],
    ['another clock', 'Europe/Berlin', 'UTC'],
  ])('a window of %s is one that is gone, and one more', (_, from, to) => {
    expect(between(freeze(WEEKEND), freeze(WEEKEND.replace(from, to)))).toEqual([
      expect.stringMatching(/^weaker g: one window in which nothing passed /u),
      'stricter g: nothing passes in one window more',
    ]);
  });

  test('another reason, or another order, holds nothing else', () => {
    expect(between(freeze(YEAR), freeze(YEAR.replace(' }', ', reason: year end }')))).toEqual([]);
    expect(between(freeze(YEAR, WEEKEND), freeze(WEEKEND, YEAR))).toEqual([]);
  });
});

describe('who may break the glass', () => {
  const glass = (keys: string): string => `${MERGE}, break-glass: { ${keys} }`;

  test('more people are weaker, fewer stricter', () => {
    const [one, two] = [glass('by: b, review: c'), glass('by: [a, b], review: c')];
    expect(between(one, two)).toEqual(['weaker g: ana may now let it through by /break-glass']);
    expect(between(two, one)).toEqual(['stricter g: ana may no longer let it through by /break-glass']);
  });

  test('the first and the last say nothing of a review beside', () => {
    const one = glass('by: b, review: c, within: 1h');
    expect(between(MERGE, one)).toEqual(['weaker g: the team "ops" and bob may now let it through by /break-glass']);
    expect(between(one, MERGE)).toEqual([
      'stricter g: the team "ops" and bob may no longer let it through by /break-glass',
    ]);
  });

  test('fewer reviewers, or less time for the review, is stricter', () => {
    expect(between(glass('by: b, review: [a, c]'), glass('by: b, review: c'))).toEqual([
      'stricter g: ana may no longer give the review that is owed',
    ]);
    expect(between(glass('by: b, review: c, within: 2h'), glass('by: b, review: c, within: 1h'))).toEqual([
      'stricter g: the review that is owed is overdue after 1 hour; it was 2 hours',
    ]);
    // A day, if nothing is said.
    expect(between(glass('by: b, review: c'), glass('by: b, review: c, within: 24h'))).toEqual([]);
  });
});

describe('which refs may be deployed', () => {
  const refs = (list: string): string => `${DEPLOYMENT}, refs: [${list}]`;

  test('any, or only these', () => {
    expect(between(DEPLOYMENT, refs('main, dev'))).toEqual(['stricter g: only "main" and "dev" may be deployed']);
    expect(between(refs('main, dev'), DEPLOYMENT)).toEqual(['weaker g: any branch or tag may be deployed']);
    expect(between(DEPLOYMENT, DEPLOYMENT)).toEqual([]);
  });

  test('more, fewer, and others instead', () => {
    expect(between(refs('main'), refs('main, dev, "v*"'))).toEqual(['weaker g: "dev" and "v*" may now be deployed']);
    expect(between(refs('main, dev, "v*"'), refs('main'))).toEqual([
      'stricter g: "dev" and "v*" may no longer be deployed',
    ]);
    expect(between(refs('main'), refs('dev'))).toEqual([
      'weaker g: "dev" may now be deployed',
      'stricter g: "main" may no longer be deployed',
    ]);
    expect(between(refs('main, dev'), refs('dev, main'))).toEqual([]);
  });

  test.each([
    ['branch', 'tag'],
    ['tag', 'branch'],
  ])('a %s is no %s of that name, nor either of them', (kind, other) => {
    const said = (effect: string, which: string, may: string): unknown =>
      expect.stringMatching(new RegExp(`^${effect} g: the ${which} "(?:${which}:)?main" may ${may} be deployed$`, 'u'));
    expect(between(refs(`"${kind}:main"`), refs(`"${other}:main"`))).toEqual([
      said('weaker', other, 'now'),
      said('stricter', kind, 'no longer'),
    ]);
    expect(between(refs(`"${kind}:main"`), refs('main'))).toEqual([
      'weaker g: "main" may now be deployed',
      said('stricter', kind, 'no longer'),
    ]);
  });
});

describe('what a gate is for', () => {
  test.each([
    ['merges', MERGE, '[main]', '[main, dev]', 'merges into "dev"'],
    ['deployments', DEPLOYMENT, '[live]', '[live, dev]', 'deployments to "dev"'],
    ['actions', ACTION, '[publish]', '[publish, dev]', 'actions "dev"'],
  ])('%s: more places are stricter where they were free, fewer are weaker', (_, on, from, to, words) => {
    const more = on.replace(from, to);
    expect(between(on, more)).toEqual([`stricter g: ${words} are now held by it`]);
    expect(between(more, on)).toEqual([`weaker g: ${words} are no longer held by it`]);
  });

  const [REFS, FORKS] = ['refs: [main]', 'forks: allowed'];
  const [MERGES, LIVE, PUBLISH] = ['merges into "main"', 'deployments to "live"', 'actions "publish"'];
  test.each([
    ['a merge', 'deployments', MERGE, `${DEPLOYMENT}, ${REFS}`, MERGES, LIVE],
    ['a deployment', 'merges', `${DEPLOYMENT}, ${REFS}, ${FORKS}`, MERGE, LIVE, MERGES],
    ['a deployment', 'actions', `${DEPLOYMENT}, ${REFS}`, ACTION, LIVE, PUBLISH],
    ['an action', 'deployments', ACTION, `${DEPLOYMENT}, ${REFS}, ${FORKS}`, PUBLISH, LIVE],
    ['an action', 'merges', ACTION, MERGE, PUBLISH, MERGES],
    ['a merge', 'actions', MERGE, ACTION, MERGES, PUBLISH],
  ])('a gate for %s that is for %s now holds the one no longer', (_, __, before, after, gone, come) => {
    expect(between(before, after)).toEqual([
      `weaker g: ${gone} are no longer held by it`,
      `stricter g: ${come} are now held by it`,
    ]);
  });

  test('and says what else changed of it, too', () => {
    expect(between(`${MERGE}, timeout: 1h`, `${DEPLOYMENT}, timeout: 2h`)).toEqual([
      'weaker g: merges into "main" are no longer held by it',
      'stricter g: deployments to "live" are now held by it',
      'weaker g: unanswered, it is denied after 2 hours; it was 1 hour',
    ]);
  });
});

describe('a gate that applies to more, where the rest was denied', () => {
  const denying = (when: string): Policy =>
    read(
      `version: 1\ngroups: { a: { users: [ana] } }\ngates: [{ name: g, ${DEPLOYMENT}, approvals: [{ from: [a] }]${when} }]\n`,
    );
  const said = (before: string, after: string): readonly string[] =>
    diffPolicies(denying(before), denying(after)).map(({ effect, what }) => `${effect}: ${what}`);

  test('is stricter and weaker at once, and weaker alone where it applies to less', () => {
    expect(said(', when: { paths: [a] }', ', when: { paths: [a, b] }')).toEqual([
      'stricter: the gate applies where paths: a, b; it was where paths: a',
      'weaker: what it applies to besides can now be approved; where no other gate was for it, it was denied',
    ]);
    expect(said(', when: { paths: [a, b] }', ', when: { paths: [a] }')).toEqual([
      'weaker: the gate applies where paths: a; it was where paths: a, b',
    ]);
    expect(said(', when: { paths: [a] }', ', when: { paths: [a] }')).toEqual([]);
  });
});
