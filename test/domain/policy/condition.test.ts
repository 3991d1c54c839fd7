/** When a condition is met, unmet, or can't be told. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConditionReport } from '../../../src/domain/decision.ts';
import { sha, userId, type Person } from '../../../src/domain/identity.ts';
import { appliesWhen, evaluateCondition, sparedBy } from '../../../src/domain/policy/condition.ts';
import { compileFlatGlob, compileGlob } from '../../../src/domain/policy/glob.ts';
import type { Condition, Glob } from '../../../src/domain/policy/model.ts';
import { known, unknown } from '../../../src/domain/result.ts';
import type { Facts, PullFacts } from '../../../src/domain/subject.ts';

const ana: Person = { id: userId(1), login: 'ana' };
const bo: Person = { id: userId(2), login: 'bo' };

const pull: PullFacts = {
  number: 7,
  open: true,
  merged: false,
  draft: false,
  author: ana,
  head: sha('a'.repeat(40)),
  headRef: 'renovate/vitest',
  base: 'main',
  fork: true,
  labels: ['Hotfix', 'area/infra'],
  title: 'chore(deps): Bump a/b',
  lines: 30,
};

const facts: Facts = {
  pull,
  files: known(['docs/a.md', 'infra/main.tf']),
  contributors: known({ people: [ana.id], unattributed: 0 }),
  pushers: [],
  lines: known(30),
  unsigned: known(1),
  event: known('schedule'),
  checks: known([
    { name: 'CI / test', app: 'github-actions', state: 'succeeded' },
    { name: 'CI / lint', app: 'github-actions', state: 'failed' },
    { name: 'deploy preview', app: 'previewer', state: 'running' },
    { name: 'deploy preview', app: 'github-actions', state: 'succeeded' },
  ]),
  members: new Map(),
  teams: new Map([
    ['core', known([ana, bo])],
    ['other', known([bo])],
    ['gone', unknown('there is no such team')],
  ]),
  logins: new Map([
    ['ana', known(ana.id)],
    ['bo', known(bo.id)],
    ['taken', unknown('the login changed hands')],
  ]),
};

const nothing: Facts = {
  ...facts,
  pull: null,
  files: unknown('GitHub lists 3,000 at most'),
  lines: unknown('nobody counted'),
  unsigned: unknown('more than 250 commits'),
  event: unknown('no run'),
  checks: unknown('no such commit'),
  teams: new Map(),
  logins: new Map(),
};

function glob(source: string): Glob {
  const result = compileGlob(source, true);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
const globs = (...sources: string[]) => sources.map(glob);
function flat(source: string): Glob {
  const result = compileFlatGlob(source);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
const checks = (...names: (string | readonly [string, string])[]): Condition => ({
  kind: 'checks',
  checks: names.map((name) =>
    typeof name === 'string' ? { glob: flat(name), app: null } : { glob: flat(name[0]), app: name[1] },
  ),
});
const authors = (logins: readonly string[], teams: readonly string[] = []): Condition => ({
  kind: 'authors',
  users: logins.map((login) => ({ kind: 'login', login })),
  teams,
});

type Row = readonly [string, Condition, ConditionReport['outcome'], string | null];

describe('a condition', () => {
  test.each<Row>([
    [
      'paths: one file is enough',
      { kind: 'paths', globs: globs('src/**', 'infra/**') },
      'met',
      'infra/main.tf matches infra/**',
    ],
    ['paths: no file', { kind: 'paths', globs: globs('src/**') }, 'unmet', 'no changed file matches'],
    [
      'only-paths: every file',
      { kind: 'only-paths', globs: globs('docs/**', '**/*.tf') },
      'met',
      'every changed file matches',
    ],
    ['only-paths: but one', { kind: 'only-paths', globs: globs('docs/**') }, 'unmet', 'infra/main.tf matches none'],
    ['title: it', { kind: 'title', globs: [flat('fix*'), flat('chore*')] }, 'met', 'the title matches chore*'],
    ['title: another', { kind: 'title', globs: [flat('feat*')] }, 'unmet', 'the title matches none'],
    ['lines-changed: just enough', { kind: 'lines-changed', min: 30, max: null }, 'met', '30 lines changed'],
    ['lines-changed: one too few', { kind: 'lines-changed', min: 31, max: null }, 'unmet', '30 lines changed'],
    ['lines-changed: just few enough', { kind: 'lines-changed', min: null, max: 30 }, 'met', '30 lines changed'],
    ['lines-changed: one too many', { kind: 'lines-changed', min: null, max: 29 }, 'unmet', '30 lines changed'],
    ['lines-changed: between', { kind: 'lines-changed', min: 10, max: 40 }, 'met', '30 lines changed'],
    ['signed: not all', { kind: 'signed', is: true }, 'unmet', '1 commit has no verified signature'],
    ['signed: asked for the opposite', { kind: 'signed', is: false }, 'met', '1 commit has no verified signature'],
    ['event: it', { kind: 'event', globs: globs('push', 'schedule') }, 'met', 'schedule started the run'],
    ['event: another', { kind: 'event', globs: globs('push') }, 'unmet', 'schedule started the run'],
    ['checks: one that succeeded', checks('CI / test'), 'met', 'every check succeeded'],
    ['checks: one that failed', checks('CI / test', 'CI / lint'), 'unmet', 'the check CI / lint did not succeed'],
    ['checks: a pattern, of which one failed', checks('CI*'), 'unmet', 'the check CI / lint did not succeed'],
    ['checks: one that runs', checks('CI / test', 'deploy*'), 'unknown', 'the check deploy preview is not done'],
    [
      'checks: one that never came',
      checks('CI / test', 'CI / e2e'),
      'unknown',
      'no check called CI / e2e has reported',
    ],
    [
      'checks: a failure decides before what never came',
      checks('CI / e2e', 'CI / lint'),
      'unmet',
      'the check CI / lint did not succeed',
    ],
    ['checks: names count in their case', checks('ci / test'), 'unknown', 'no check called ci / test has reported'],
    ['checks: of one app', checks(['deploy preview', 'github-actions']), 'met', 'every check succeeded'],
    [
      'checks: of another app',
      checks(['CI / test', 'impostor']),
      'unknown',
      'no check called CI / test by impostor has reported',
    ],
    ['labels: one is enough', { kind: 'labels', globs: globs('area/*') }, 'met', 'the label area/infra matches area/*'],
    ['labels: none', { kind: 'labels', globs: globs('bug') }, 'unmet', 'no label matches'],
    ['base: it', { kind: 'base', globs: globs('main') }, 'met', 'main matches main'],
    ['base: another', { kind: 'base', globs: globs('develop') }, 'unmet', 'main matches none'],
    ['head: it', { kind: 'head', globs: globs('renovate/**') }, 'met', 'renovate/vitest matches renovate/**'],
    ['head: another', { kind: 'head', globs: globs('main') }, 'unmet', 'renovate/vitest matches none'],
    ['draft: true', { kind: 'draft', is: true }, 'unmet', 'it is not a draft'],
    ['draft: false', { kind: 'draft', is: false }, 'met', 'it is not a draft'],
    ['fork: true', { kind: 'fork', is: true }, 'met', 'it is from a fork'],
    ['fork: false', { kind: 'fork', is: false }, 'unmet', 'it is from a fork'],
  ])('%s', (_, condition, outcome, because) => {
    expect(evaluateCondition(condition, facts)).toMatchObject({ outcome, because, children: [] });
  });
});

describe('without the fact that it hangs on, a condition is unknown and says why', () => {
  const noPull = 'no pull request is known for this';
  const noFiles = 'the changed files are not known: GitHub lists 3,000 at most';
  test.each<readonly [Condition, string]>([
    [{ kind: 'paths', globs: globs('**') }, noFiles],
    [{ kind: 'only-paths', globs: globs('**') }, noFiles],
    [authors(['ana']), noPull],
    [{ kind: 'only-authors', users: [], teams: ['core'] }, noPull],
    [{ kind: 'title', globs: globs('**') }, noPull],
    [{ kind: 'lines-changed', min: 0, max: null }, 'nobody counted'],
    [{ kind: 'signed', is: true }, 'more than 250 commits'],
    [{ kind: 'event', globs: globs('**') }, 'no run'],
    [checks('*'), 'no such commit'],
    [{ kind: 'labels', globs: globs('**') }, noPull],
    [{ kind: 'base', globs: globs('**') }, noPull],
    [{ kind: 'head', globs: globs('**') }, noPull],
    [{ kind: 'draft', is: false }, noPull],
    [{ kind: 'fork', is: false }, noPull],
  ])('%o', (condition, because) => {
    expect(evaluateCondition(condition, nothing)).toMatchObject({ outcome: 'unknown', because });
  });
});

test.each([
  [0, true, 'met', 'every commit has a verified signature'],
  [0, false, 'unmet', 'every commit has a verified signature'],
  [2, true, 'unmet', '2 commits have no verified signature'],
] as const)('of commits that are not signed, %i: signed: %s', (unsigned, is, outcome, because) => {
  expect(evaluateCondition({ kind: 'signed', is }, { ...facts, unsigned: known(unsigned) })).toMatchObject({
    outcome,
    because,
  });
});

describe('where no file changed', () => {
  const empty: Facts = { ...facts, files: known([]) };

  test('no path is among them', () => {
    expect(evaluateCondition({ kind: 'paths', globs: globs('**') }, empty).outcome).toBe('unmet');
  });

  test('nobody can say that all of them match, so that nothing is spared by emptiness', () => {
    expect(evaluateCondition({ kind: 'only-paths', globs: globs('docs/**') }, empty)).toMatchObject({
      outcome: 'unknown',
      because: 'no file changed',
    });
  });
});

describe('a condition says in words what it asks', () => {
  test.each<readonly [Condition, string]>([
    [{ kind: 'paths', globs: globs('infra/**', 'db/**') }, 'paths: infra/**, db/**'],
    [{ kind: 'only-paths', globs: globs('docs/**') }, 'only-paths: docs/**'],
    [{ kind: 'labels', globs: globs('hotfix') }, 'labels: hotfix'],
    [{ kind: 'base', globs: globs('main') }, 'base: main'],
    [{ kind: 'head', globs: globs('x') }, 'head: x'],
    [{ kind: 'draft', is: true }, 'draft: true'],
    [{ kind: 'fork', is: false }, 'fork: false'],
    [
      {
        kind: 'authors',
        users: [
          { kind: 'login', login: 'Ana' },
          { kind: 'id', id: 7 },
        ],
        teams: ['core'],
      },
      'authors: Ana, account 7, team core',
    ],
    [{ kind: 'only-authors', users: [], teams: ['core'] }, 'only-authors: team core'],
    [{ kind: 'title', globs: [flat('a/b*')] }, 'title: a/b*'],
    [{ kind: 'event', globs: globs('push', 'schedule') }, 'event: push, schedule'],
    [{ kind: 'signed', is: true }, 'signed: true'],
    [{ kind: 'lines-changed', min: 5, max: null }, 'lines-changed: at least 5'],
    [{ kind: 'lines-changed', min: null, max: 9 }, 'lines-changed: at most 9'],
    [{ kind: 'lines-changed', min: 5, max: 9 }, 'lines-changed: 5 to 9'],
    [checks('ci', ['e2e', 'runner']), 'checks: ci, e2e by runner'],
    [{ kind: 'all', of: [] }, 'all of'],
    [{ kind: 'any', of: [] }, 'any of'],
    [{ kind: 'not', of: { kind: 'fork', is: false } }, 'not'],
  ])('%#: %s', (condition, text) => {
    expect(evaluateCondition(condition, facts).text).toBe(text);
  });
});

const MET: Condition = { kind: 'draft', is: false };
const UNMET: Condition = { kind: 'draft', is: true };
const UNKNOWN: Condition = authors(['taken']);
const outcome = (condition: Condition) => evaluateCondition(condition, facts).outcome;

describe('several conditions follow Kleene', () => {
  test.each<readonly [string, readonly Condition[], string, string]>([
    ['met, met', [MET, MET], 'met', 'met'],
    ['met, unmet', [MET, UNMET], 'unmet', 'met'],
    ['met, unknown', [MET, UNKNOWN], 'unknown', 'met'],
    ['unmet, unmet', [UNMET, UNMET], 'unmet', 'unmet'],
    ['unmet, unknown', [UNMET, UNKNOWN], 'unmet', 'unknown'],
    ['unknown, unmet', [UNKNOWN, UNMET], 'unmet', 'unknown'],
    ['unknown, unknown', [UNKNOWN, UNKNOWN], 'unknown', 'unknown'],
    ['unknown, met', [UNKNOWN, MET], 'unknown', 'met'],
  ])('%s', (_, of, all, any) => {
    expect(outcome({ kind: 'all', of })).toBe(all);
    expect(outcome({ kind: 'any', of })).toBe(any);
  });

  test.each<readonly [Condition, string]>([
    [MET, 'unmet'],
    [UNMET, 'met'],
    [UNKNOWN, 'unknown'],
  ])('not %#', (of, expected) => {
    expect(outcome({ kind: 'not', of })).toBe(expected);
  });

  const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(MET, UNMET, UNKNOWN),
      fc.array(tie('node'), { maxLength: 4 }).map((of): Condition => ({ kind: 'all', of })),
      fc.array(tie('node'), { maxLength: 4 }).map((of): Condition => ({ kind: 'any', of })),
      tie('node').map((of): Condition => ({ kind: 'not', of })),
    ),
  })).node;
  const not = (of: Condition): Condition => ({ kind: 'not', of });

  test('not not is the thing itself', () => {
    fc.assert(
      fc.property(condition, (one) => {
        expect(outcome(not(not(one)))).toBe(outcome(one));
      }),
    );
  });

  test('not all is any not, and not any is all not', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 4 }), (of) => {
        expect(outcome(not({ kind: 'all', of }))).toBe(outcome({ kind: 'any', of: of.map(not) }));
        expect(outcome(not({ kind: 'any', of }))).toBe(outcome({ kind: 'all', of: of.map(not) }));
      }),
    );
  });

  test('their order has no say in the outcome', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 4 }), (of) => {
        expect(outcome({ kind: 'all', of: [...of].reverse() })).toBe(outcome({ kind: 'all', of }));
      }),
    );
  });

  test('learning a fact never turns met into unmet or unmet into met', () => {
    const learnt: Facts = { ...facts, logins: new Map([...facts.logins, ['taken', known(ana.id)]]) };
    fc.assert(
      fc.property(condition, (one) => {
        const before = outcome(one);
        if (before !== 'unknown') expect(evaluateCondition(one, learnt).outcome).toBe(before);
        else expect(evaluateCondition(one, learnt).outcome).not.toBe('unknown');
      }),
    );
  });
});

test('a report holds what each part came to, and what decided', () => {
  expect(evaluateCondition({ kind: 'all', of: [MET, { kind: 'not', of: MET }, UNKNOWN] }, facts)).toEqual({
    outcome: 'unmet',
    text: 'all of',
    because: null,
    children: [
      { outcome: 'met', text: 'draft: false', because: 'it is not a draft', children: [] },
      {
        outcome: 'unmet',
        text: 'not',
        because: null,
        children: [{ outcome: 'met', text: 'draft: false', because: 'it is not a draft', children: [] }],
      },
      { outcome: 'unknown', text: 'authors: taken', because: 'the login changed hands', children: [] },
    ],
  });
  expect(evaluateCondition({ kind: 'any', of: [UNMET, UNKNOWN] }, facts).because).toBe('the login changed hands');
  expect(evaluateCondition({ kind: 'any', of: [UNMET, MET] }, facts).because).toBe('it is not a draft');
});

test('`when` applies unless it is surely unmet, `unless` spares only what is surely met', () => {
  const report = (condition: Condition) => evaluateCondition(condition, facts);
  expect([MET, UNMET, UNKNOWN].map((each) => appliesWhen(report(each)))).toEqual([true, false, true]);
  expect([MET, UNMET, UNKNOWN].map((each) => sparedBy(report(each)))).toEqual([true, false, false]);
  expect(appliesWhen(null)).toBe(true);
  expect(sparedBy(null)).toBe(false);
});
