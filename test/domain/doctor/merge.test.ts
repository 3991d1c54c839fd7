/** What the doctor says of the branches of a repository: are merges held there until this app's check has passed? */

import { describe, expect, it } from 'vitest';
import { isGated, mergeFindings } from '../../../src/domain/doctor/merge.ts';
import type { BranchesFacts, DoctorFinding, Guard, Repair, RepoFacts } from '../../../src/domain/doctor/model.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { APP, branchesOf, guardOf, OTHER_APP, policyOf, shop } from '../../support/doctor.ts';

const RULES = 'https://github.com/octo-org/shop/settings/rules';
const PAGE = guardOf().page;

const gate = (branches: string, name = 'main'): string =>
  `gates: [{ name: ${name}, on: merge, branches: [${branches}], approvals: [{ from: [leads] }] }]`;
const MAIN = policyOf(gate('main'));

const look = (policy: Policy, branches: BranchesFacts, facts: RepoFacts = shop()): readonly DoctorFinding[] =>
  mergeFindings(APP, facts, policy, branches);
/** What is said of `main`, which the policy gates. */
const main = (guards: readonly Guard[], changes: Partial<BranchesFacts> = {}): readonly DoctorFinding[] =>
  look(MAIN, branchesOf([{ name: 'main', guards }], changes));

const requireCheck = (...refs: string[]): Repair => ({ kind: 'require-check', repo: shop().repo, refs });
const REPAIR = requireCheck('refs/heads/main');

describe('a branch is gated', () => {
  it.each<[string, string, string, boolean]>([
    ['whose name a merge gate matches', gate('main, "release/**"'), 'release/1', true],
    ['and another that none matches is not', gate('main'), 'release/1', false],
    ['where what no gate matches is denied', 'unmatched: { merge: deny }', 'any', true],
    [
      'but not by a gate for deployments',
      gate('main').replace('merge, branches', 'deployment, environments'),
      'main',
      false,
    ],
  ])('%s', (_, text, branch, expected) => {
    expect(isGated(policyOf(text), branch)).toBe(expected);
  });
});

describe('of a gated branch that holds', () => {
  const fine = (message: string): DoctorFinding => ({
    severity: 'ok',
    code: 'merge',
    about: 'octo-org/shop',
    message,
    todo: null,
    page: null,
    repair: null,
  });

  it('the doctor names what holds it', () => {
    expect(main([guardOf()])).toEqual([
      fine('main: the ruleset "firm" requires jit/merge of this app, and nobody bypasses it'),
    ]);
  });

  it('the doctor says that merges go through a queue, whichever rule asks for that', () => {
    const queue = guardOf({ name: 'the ruleset "queue"', pins: [], mergeQueue: true });
    expect(main([queue, guardOf()])).toEqual([
      fine('main: the ruleset "firm" requires jit/merge of this app, and nobody bypasses it, through a merge queue'),
    ]);
  });

  it('another rule may be bypassed, and another may be the one that asks for a pull request', () => {
    const loose = guardOf({ name: 'the ruleset "loose"', bypass: { kind: 'some', who: 'administrators' } });
    expect(main([loose, guardOf({ pins: [] }), guardOf({ pullRequests: false })])).toEqual([
      fine('main: the ruleset "firm" requires jit/merge of this app, and nobody bypasses it'),
    ]);
  });
});

describe('a gated branch is an error', () => {
  it('where nothing requires the check', () => {
    expect(main([guardOf({ pins: [] })])).toEqual([
      {
        severity: 'error',
        code: 'check-not-required',
        about: 'octo-org/shop',
        message: 'nothing requires jit/merge on main, so a merge does not wait',
        todo: 'require the check jit/merge with this app (7) as its source',
        page: RULES,
        repair: REPAIR,
      },
    ]);
  });

  it('where the ruleset that would require it is not in force, which is the page to go to', () => {
    const dormant = [
      { name: 'the ruleset "trial"', enforcement: 'evaluate', page: 'https://github.com/octo-org/shop/rules/5' },
    ];
    expect(main([], { dormant })).toMatchObject([
      {
        code: 'check-not-required',
        message:
          'nothing requires jit/merge on main, so a merge does not wait; the ruleset "trial" would, but its enforcement is "evaluate"',
        page: 'https://github.com/octo-org/shop/rules/5',
      },
    ]);
  });

  it('where the check is taken from anyone', () => {
    expect(main([guardOf({ pins: [] }), guardOf({ pins: [null] })])).toEqual([
      {
        severity: 'error',
        code: 'check-not-pinned',
        about: 'octo-org/shop',
        message: 'the ruleset "firm" takes jit/merge on main from anyone who may write checks',
        todo: 'choose this app (7) as the source of jit/merge',
        page: PAGE,
        repair: REPAIR,
      },
    ]);
  });

  it('where it is taken from another app', () => {
    expect(main([guardOf({ pins: [null, OTHER_APP] })])).toEqual([
      {
        severity: 'error',
        code: 'check-pinned-to-another',
        about: 'octo-org/shop',
        message: 'the ruleset "firm" takes jit/merge on main from another app (8)',
        todo: 'choose this app (7) as the source of jit/merge',
        page: PAGE,
        repair: REPAIR,
      },
    ]);
  });

  it('where somebody may bypass all that requires it', () => {
    const loose = guardOf({ name: 'the ruleset "loose"', bypass: { kind: 'some', who: 'the team ops' } });
    expect(main([loose])).toEqual([
      {
        severity: 'error',
        code: 'bypass',
        about: 'octo-org/shop',
        message: 'the team ops may bypass the ruleset "loose" on main',
        todo: 'empty the bypass list, or bind administrators too',
        page: PAGE,
        repair: REPAIR,
      },
    ]);
  });
});

describe('a gated branch is a warning', () => {
  it('where GitHub does not tell the app who may bypass, although it tells so of another rule', () => {
    const loose = guardOf({ bypass: { kind: 'some', who: 'the team ops' } });
    const hidden = guardOf({
      name: 'the ruleset "org"',
      page: 'https://github.com/orgs/octo-org',
      bypass: { kind: 'unknown' },
    });
    expect(main([loose, hidden])).toEqual([
      {
        severity: 'warning',
        code: 'bypass-unknown',
        about: 'octo-org/shop',
        message: 'GitHub does not tell the app who may bypass the ruleset "org" on main',
        todo: 'see that its bypass list is empty',
        page: 'https://github.com/orgs/octo-org',
        repair: REPAIR,
      },
    ]);
  });

  it.each<[string, Guard['bypass']]>([
    ['that some may bypass', { kind: 'some', who: 'the team ops' }],
    ['of which it is not told', { kind: 'unknown' }],
  ])('and no command takes exceptions out of the ruleset that it wrote itself, %s', (_, bypass) => {
    const [found] = main([guardOf({ pullRequests: true, bypass }), guardOf({ own: true, bypass })]);
    expect(found).toMatchObject({ page: PAGE, repair: null });
  });

  it('where another app has to report the check, too', () => {
    const foreign = guardOf({
      name: 'the ruleset "old"',
      page: 'https://github.com/octo-org/shop/rules/9',
      pins: [null, OTHER_APP],
    });
    expect(main([guardOf(), foreign])).toEqual([
      {
        severity: 'warning',
        code: 'check-pinned-elsewhere',
        about: 'octo-org/shop',
        message:
          'the ruleset "old" wants jit/merge on main from another app, too, so nothing can be merged until that one reports it',
        todo: 'take that jit/merge out',
        page: 'https://github.com/octo-org/shop/rules/9',
        repair: null,
      },
    ]);
  });

  it('but not where the check is taken from anyone elsewhere', () => {
    expect(main([guardOf(), guardOf({ pins: [null] })])).toMatchObject([{ code: 'merge' }]);
  });

  it('where commits can be pushed without a pull request', () => {
    expect(main([guardOf({ pullRequests: false })])).toEqual([
      {
        severity: 'warning',
        code: 'pull-request-not-required',
        about: 'octo-org/shop',
        message:
          'commits can be pushed to main without a pull request: one that was approved for another branch would pass',
        todo: 'require a pull request before merging',
        page: RULES,
        repair: REPAIR,
      },
    ]);
  });

  it('where some need no pull request, each named', () => {
    const letting = (who: string): Guard => guardOf({ pullBypass: { kind: 'some', who } });
    expect(main([letting('eve'), letting('the app bot'), guardOf({ pullRequests: false })])).toEqual([
      {
        severity: 'warning',
        code: 'pull-request-not-required',
        about: 'octo-org/shop',
        message:
          'commits can be pushed to main without a pull request by eve, the app bot: one that was approved for another branch would pass',
        todo: 'let nobody past the pull request',
        page: RULES,
        repair: REPAIR,
      },
    ]);
  });

  it('but not where another rule asks everyone, or may ask everyone, for a pull request', () => {
    const loose = guardOf({ pullBypass: { kind: 'some', who: 'eve' } });
    for (const kind of ['nobody', 'unknown'] as const)
      expect(main([loose, guardOf({ pullBypass: { kind } })])).toMatchObject([{ code: 'merge' }]);
  });

  it('for each of these at once', () => {
    const guard = guardOf({ pins: [APP, OTHER_APP], pullRequests: false, bypass: { kind: 'unknown' } });
    expect(main([guard]).map(({ code }) => code)).toEqual([
      'bypass-unknown',
      'check-pinned-elsewhere',
      'pull-request-not-required',
    ]);
  });
});

describe('a branch that no gate covers', () => {
  const side = (guards: readonly Guard[]) =>
    look(
      MAIN,
      branchesOf([
        { name: 'main', guards: [guardOf()] },
        { name: 'side', guards },
      ]),
    ).slice(1);

  it.each<[string, readonly (number | null)[]]>([
    ['of this app', [OTHER_APP, APP]],
    ['of anyone', [null]],
  ])('can get no merge while the check %s is required there', (_, pins) => {
    expect(side([guardOf({ pins: [] }), guardOf({ pins })])).toEqual([
      {
        severity: 'warning',
        code: 'check-without-gate',
        about: 'octo-org/shop',
        message:
          'the ruleset "firm" requires jit/merge on side, which no gate covers: it is never reported there, so nothing can be merged',
        todo: 'add a gate for the branch, or do not require the check there',
        page: PAGE,
        repair: null,
      },
    ]);
  });

  it('is not spoken of where the check is another app’s, or not required', () => {
    expect(side([guardOf({ pins: [OTHER_APP] }), guardOf({ pins: [] })])).toEqual([]);
  });

  it('has the policy in it that anybody can change, where it is the default branch', () => {
    const found = look(
      policyOf(gate('side')),
      branchesOf([
        { name: 'main', guards: [] },
        { name: 'side', guards: [guardOf()] },
      ]),
    );
    expect(found[0]).toEqual({
      severity: 'warning',
      code: 'policy-not-held',
      about: 'octo-org/shop',
      message: 'no gate holds merges into main, where the policy itself stands: who can merge there can change it',
      todo: 'add a gate with `on: merge` for main',
      page: null,
      repair: null,
    });
    expect(found.map(({ code }) => code)).toEqual(['policy-not-held', 'merge']);
  });
});

describe('a gate that matches no branch', () => {
  const policy = policyOf(gate('main, release', 'releases'));
  const other = { name: 'side', guards: [] };

  it('is told of, since a slip in its pattern holds nothing', () => {
    expect(look(policy, branchesOf([other]))).toEqual([
      {
        severity: 'warning',
        code: 'gate-without-branch',
        about: 'octo-org/shop',
        message: 'the gate "releases" matches no branch that is there',
        todo: 'correct its `branches`, unless the branch is to come',
        page: null,
        repair: null,
      },
    ]);
  });

  it.each<[string, BranchesFacts]>([
    ['one of its branches is there', branchesOf([other, { name: 'release', guards: [guardOf()] }])],
    ['branches were not looked at', branchesOf([other], { unseen: 1 })],
    ['branches were not listed', branchesOf([other], { cut: true })],
  ])('is not told of where %s', (_, branches) => {
    expect(look(policy, branches).map(({ code }) => code)).not.toContain('gate-without-branch');
  });

  it('is not told of where it is the organisation’s, which is for all repositories', () => {
    expect(look(policyOf('', gate('release')), branchesOf([other]))).toEqual([]);
  });
});

describe('branches that were left out', () => {
  it.each<[string, Partial<BranchesFacts>, string]>([
    [
      'because there are too many to look at',
      { unseen: 3 },
      '3 more branches that the policy gates were not looked at',
    ],
    ['because there are too many to list', { cut: true }, 'the repository has too many branches to list them all'],
    ['for both reasons', { cut: true, unseen: 3 }, 'the repository has too many branches to list them all'],
  ])('are told of, %s', (_, changes, message) => {
    expect(main([guardOf()], changes).slice(1)).toEqual([
      {
        severity: 'warning',
        code: 'branches-cut',
        about: 'octo-org/shop',
        message,
        todo: 'protect them by pattern, in a ruleset',
        page: null,
        repair: null,
      },
    ]);
  });
});
