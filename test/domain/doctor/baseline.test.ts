/** What the doctor says of the organisation's baseline: does it bind, and can nobody change it alone? */

import { describe, expect, it } from 'vitest';
import {
  BASELINE_PLACES,
  boundFindings,
  isItsOwn,
  noBaseline,
  placeFindings,
  unreadableBaseline,
} from '../../../src/domain/doctor/baseline.ts';
import { finding, type DoctorFinding, type Guard } from '../../../src/domain/doctor/model.ts';
import { branchesOf, fileAlone, guardOf, policyOf, shop } from '../../support/doctor.ts';

const PLACE = 'octo-org/.github';
const gate = (name: string): string => `{ name: ${name}, on: merge, branches: [main], approvals: [{ from: [leads] }] }`;
const rule = (name: string, more = ''): string =>
  `{ name: ${name}, roles: [push], requesters: [leads], max-duration: 8h, approvals: [{ from: [leads] }]${more} }`;

const fine = (code: string, about: string, message: string): DoctorFinding => ({
  severity: 'ok',
  code,
  about,
  message,
  todo: null,
  page: null,
  repair: null,
});

describe('a baseline', () => {
  it('is looked for in the private place first', () => {
    expect(BASELINE_PLACES).toEqual(['.github-private', '.github']);
  });

  it('that is not there is no fault, and the doctor says why it may be there all the same', () => {
    expect(noBaseline('octo-org')).toEqual(
      fine(
        'baseline-absent',
        'organisation octo-org',
        'no baseline binds its repositories: the app sees no policy in .github-private or .github, and one that stands where the app is not installed has no effect',
      ),
    );
  });

  it('that can’t be read holds everything', () => {
    expect(unreadableBaseline(PLACE, 'it is a folder')).toEqual({
      severity: 'error',
      code: 'baseline-unreadable',
      about: PLACE,
      message: 'the organisation’s policy can’t be read, so everything is held in its repositories: it is a folder',
      todo: 'see that it is a file, and that the app may read it',
      page: null,
      repair: null,
    });
  });
});

describe('of a repository that a baseline binds the doctor says', () => {
  const look = (own: string | null, base: string): readonly DoctorFinding[] =>
    boundFindings(
      shop(),
      own === null ? null : { policy: fileAlone(own), path: '.github/.jit-policy.yml' },
      PLACE,
      fileAlone(base),
    );
  const within = `access: [${rule('write')}]`;

  it.each<[string, string | null, string, string]>([
    ['how many gates it adds', null, `gates: [${gate('a')}, ${gate('b')}]`, '2 gates'],
    ['that it adds one', within, `gates: [${gate('a')}]`, '1 gate'],
    ['that it adds none', within, '', '0 gates'],
    [
      'that it limits access, too',
      within,
      `gates: [${gate('a')}]\nlimits: { max-duration: 8h }`,
      '1 gate, and limits for access',
    ],
    [
      'that it limits access by one limit of several',
      null,
      'limits: { max-live: 1, min-count: 1 }',
      '0 gates, and limits for access',
    ],
    ['nothing of limits that limit nothing', within, `gates: [${gate('a')}]\nlimits: {}`, '1 gate'],
  ])('%s', (_, own, base, said) => {
    expect(look(own, base)).toEqual([fine('baseline', 'octo-org/shop', `octo-org/.github binds it: ${said}`)]);
  });

  it('which rules promise more than is given, and in what', () => {
    const own = `access: [${rule('short', '').replace('8h', '1h')}, ${rule('long', ', max-live: 3')}, ${rule('longer').replace('8h', '2d')}]`;
    const over = (message: string) => ({
      severity: 'warning',
      code: 'rule-over-limits',
      about: 'octo-org/shop',
      message,
      todo: 'bring the rule within the limits, so that it says what is given',
      page: 'https://github.com/octo-org/shop/blob/HEAD/.github/.jit-policy.yml',
      repair: null,
    });
    expect(look(own, `gates: [${gate('a')}]\nlimits: { max-duration: 4h, max-live: 2 }`)).toEqual([
      over(
        'the rule "long" exceeds the limits of octo-org/.github: it offers 8 hours, and 4 hours is the longest; it allows 3 grants at a time, and 2 is the most',
      ),
      over('the rule "longer" exceeds the limits of octo-org/.github: it offers 2 days, and 4 hours is the longest'),
    ]);
  });
});

describe('a finding about the repository where the baseline stands', () => {
  it.each([
    ['gate-without-branch', false],
    ['gate-without-environment', false],
    ['policy-not-held', false],
    ['check-not-required', true],
    ['rule-off', true],
    ['baseline-not-held', true],
  ])('%s is about that repository itself: %s', (code, own) => {
    expect(isItsOwn(finding('warning', code, PLACE, 'x'))).toBe(own);
  });
});

describe('a baseline is held', () => {
  const NO_GATE = policyOf('');
  const facts = shop({ page: 'https://github.com/octo-org/.github', repo: { ...shop().repo, name: '.github' } });
  const review = (changes: Partial<Guard> = {}): Guard => guardOf({ pins: [], approvals: 1, ...changes });
  const look = (guards: readonly Guard[], policy = NO_GATE): readonly DoctorFinding[] =>
    placeFindings(
      facts,
      policy,
      branchesOf([
        { name: 'side', guards: [review()] },
        { name: 'main', guards },
      ]),
    );
  const notHeld = {
    severity: 'error',
    code: 'baseline-not-held',
    about: PLACE,
    message: 'the baseline can be changed without a review: nothing on main wants one',
    todo: 'in a ruleset for main, tick "Require a pull request before merging" with 1 required approval, and leave its bypass list empty; or add a gate with `on: merge`',
    page: 'https://github.com/octo-org/.github/settings/rules',
    repair: null,
  };
  const bypassed = { kind: 'some', who: 'the team ops' } as const;

  it('by a rule that wants a review of everyone, whoever bypasses another one', () => {
    expect(look([review({ name: 'the ruleset "loose"', bypass: bypassed }), review()])).toEqual([
      fine('baseline-held', PLACE, 'main: the ruleset "firm" wants a review, of everyone'),
    ]);
  });

  it.each<[string, readonly Guard[]]>([
    ['nothing protects the branch', []],
    ['pull requests are wanted, and no approval', [review({ approvals: 0 })]],
  ])('by nothing where %s', (_, guards) => {
    expect(look(guards)).toEqual([notHeld]);
  });

  it('by nothing where its branch was not looked at', () => {
    expect(placeFindings(facts, NO_GATE, branchesOf([{ name: 'side', guards: [review()] }]))).toEqual([notHeld]);
  });

  it('by nothing against those who bypass the rule', () => {
    expect(look([review({ bypass: bypassed }), review({ approvals: 0 })])).toEqual([
      {
        severity: 'error',
        code: 'baseline-bypass',
        about: PLACE,
        message: 'the team ops may bypass the ruleset "firm" on main, and so change the baseline alone',
        todo: 'empty the bypass list, bind administrators too, and let nobody past the pull request',
        page: guardOf().page,
        repair: null,
      },
    ]);
  });

  it('by nothing against those who need no pull request, although nobody bypasses the rest', () => {
    expect(look([review({ pullBypass: bypassed })])).toMatchObject([{ code: 'baseline-bypass', severity: 'error' }]);
  });

  it('perhaps, where GitHub does not tell who may bypass one of the rules', () => {
    const hidden = review({
      name: 'the ruleset "org"',
      page: 'https://github.com/orgs/octo-org',
      bypass: { kind: 'unknown' },
    });
    expect(look([review({ bypass: bypassed }), hidden])).toEqual([
      {
        severity: 'warning',
        code: 'baseline-bypass-unknown',
        about: PLACE,
        message:
          'GitHub does not tell the app who may bypass the ruleset "org" on main, and so change the baseline alone',
        todo: 'see that its bypass list is empty',
        page: 'https://github.com/orgs/octo-org',
        repair: null,
      },
    ]);
  });

  describe('by a gate', () => {
    const main = '{ name: every, on: merge, branches: [main], approvals: [{ from: [leads] }] }';
    it('that holds every merge into its branch, of which more is said elsewhere', () => {
      expect(look([], policyOf(`gates: [${main.replace('[main]', '[other, "m*"]')}]`))).toEqual([]);
      expect(
        look([], policyOf(`gates: [${main.replace('{ from', '{ when: { paths: [docs] }, from: [leads] }, { from')}]`)),
      ).toEqual([]);
    });

    it.each<[string, string]>([
      ['of another branch', main.replace('[main]', '[side]')],
      ['of deployments', main.replace('merge, branches: [main]', 'deployment, environments: [main]')],
      ['of some changes', main.replace('approvals', 'when: { paths: [src] }, approvals')],
      ['of all but some changes', main.replace('approvals', 'unless: { paths: [docs] }, approvals')],
      ['that one author can pass alone', main.replace(' }] }', ' }], self-approval: allowed }')],
      ['that asks for an approval of some changes alone', main.replace('{ from', '{ when: { paths: [src] }, from')],
    ])('but not by one %s', (_, text) => {
      expect(look([], policyOf(`gates: [${text}]`))).toEqual([notHeld]);
    });

    it('but not by one that asks nobody', () => {
      const policy = policyOf(`gates: [${main}]`);
      const gates = policy.gates.map((one) => ({
        ...one,
        approvals: one.approvals.map((stage) => ({ ...stage, count: 0 })),
      }));
      expect(look([], { ...policy, gates })).toEqual([notHeld]);
    });
  });
});
