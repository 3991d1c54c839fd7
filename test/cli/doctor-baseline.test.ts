/** `jit-gate doctor` and the organisation's baseline: does it bind, is it enforced, and who can change it alone? */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { accessRequestTemplate, ACCESS_REQUEST_TEMPLATE_PATH } from '../../src/domain/issue-template.ts';
import { startGitHub, type LocalGitHub } from '../support/github/index.ts';
import { fakeTerminal } from './fake-terminal.ts';

const BASELINE = `version: 1
groups:
  security: { teams: [security] }
gates:
  - name: everywhere
    on: merge
    branches: [main]
    approvals: [{ from: [security], count: 1 }]
  - name: releases
    on: merge
    branches: ["release/**"]
    approvals: [{ from: [security], count: 1 }]
  - name: staging
    on: deployment
    environments: [staging]
    approvals: [{ from: [security], count: 1 }]
  - name: production
    on: deployment
    environments: [production]
    approvals: [{ from: [security], count: 1 }]
limits:
  roles: [pull, triage, push]
  max-duration: 4h
  min-count: 1
`;
const WITHOUT_MERGES = BASELINE.replace(/ {2}- name: everywhere[\s\S]*?(?= {2}- name: production)/u, '');
const OWN = `version: 1
groups:
  release: { teams: [release] }
access:
  - name: write
    roles: [push]
    requesters: [release]
    max-duration: 4h
    default-duration: 1h
    approvals: [{ from: [release], count: 1 }]
`;

type Shown = { severity: string; code: string; about: string; message: string; todo: string | null; page: string };
type Report = { ok: boolean; findings: Shown[] };

let github: LocalGitHub;
let org = '';
let count = 0;

beforeAll(async () => {
  github = await startGitHub();
  for (const login of ['olga', 'ana', 'rita', 'ben']) github.createUser(login);
});
afterAll(async () => await github.close());
beforeEach(() => {
  count += 1;
  org = `octo${count}`;
  github.createOrganization(org, { owners: ['olga'], members: ['ana', 'rita', 'ben'] });
  github.createTeam(org, 'release', ['ana', 'rita']);
  github.createTeam(org, 'security', ['rita']);
});
afterEach(() => {
  github.faults.clear();
  expect(github.violations).toEqual([]);
});

const firm = () => ({ requiredChecks: [{ name: 'jit/merge', appId: github.appId }], pullRequests: true });

type Setting = {
  readonly place?: string;
  readonly baseline?: string | null;
  readonly own?: string | null;
  readonly installed?: readonly string[];
  readonly rule?: boolean;
};

/** An organisation where all is right but what the test says. */
function organisation({
  place = '.github-private',
  baseline = BASELINE,
  own = OWN,
  installed,
  rule = true,
}: Setting = {}): void {
  github.createRepository(org, place, { files: baseline === null ? {} : { '.jit-policy.yml': baseline } });
  github.protectBranch(`${org}/${place}`, 'main', firm());
  github.createRepository(org, 'shop', {
    files: {
      ...(own === null ? {} : { '.jit-policy.yml': own }),
      [ACCESS_REQUEST_TEMPLATE_PATH]: accessRequestTemplate([]),
    },
  });
  github.protectBranch(`${org}/shop`, 'main', firm());
  github.createEnvironment(`${org}/shop`, 'production', { customRule: rule, adminsBypass: false });
  github.installApp(org, installed ?? 'all');
}

async function doctor(json = true): Promise<{ code: number; printed: string }> {
  const terminal = fakeTerminal({
    env: { APP_ID: String(github.appId), PRIVATE_KEY: github.privateKey, GITHUB_API_URL: github.url },
  });
  const code = await run(['doctor', '--repo', `${org}/shop`, ...(json ? ['--json'] : [])], terminal);
  return { code, printed: terminal.printed() };
}
const report = async (): Promise<Report> => JSON.parse((await doctor()).printed) as Report;

const wrong = ({ findings }: Report, repo: string): string[] =>
  findings.filter(({ about, severity }) => about === `${org}/${repo}` && severity !== 'ok').map(({ code }) => code);
const of = ({ findings }: Report, code: string): Shown | undefined => findings.find((one) => one.code === code);

describe('a baseline', () => {
  it.each(['.github-private', '.github'])(
    'in %s is told of, and where all is right nothing is wrong',
    async (place) => {
      organisation({ place });
      const found = await report();
      expect([...wrong(found, place), ...wrong(found, 'shop')]).toEqual([]);
      expect(of(found, 'baseline')?.message).toBe(`${org}/${place} binds it: 4 gates, and limits for access`);
    },
  );

  it('that is not there binds nothing, and the report says what the app can’t know', async () => {
    organisation({ baseline: null });
    const found = await report();
    expect(of(found, 'baseline-absent')).toMatchObject({ severity: 'ok', about: `organisation ${org}` });
    expect(of(found, 'baseline')).toBeUndefined();
  });

  it('does not bind where the app is not installed on its repository', async () => {
    organisation({ installed: [`${org}/shop`] });
    expect(of(await report(), 'baseline-absent')).toBeDefined();
  });

  it('has its gates looked for in every repository, and named as the organisation’s', async () => {
    organisation({ rule: false });
    github.protectBranch(`${org}/shop`, 'main', { pullRequests: true });
    expect(wrong(await report(), 'shop')).toEqual(['check-not-required', 'rule-off']);
  });

  it('governs a repository that has no policy of its own', async () => {
    organisation({ own: null });
    const found = await report();
    expect(wrong(found, 'shop')).toEqual([]);
    expect(of(found, 'policy-of-organisation')?.message).toContain('the organisation’s gates hold');
    github.protectBranch(`${org}/shop`, 'main', { pullRequests: true });
    expect(wrong(await report(), 'shop')).toEqual(['check-not-required']);
  });

  it('with errors is an error that says how far it reaches, with the lines', async () => {
    organisation({ baseline: BASELINE.replace('count: 1', 'count: none') });
    const found = await report();
    expect(wrong(found, '.github-private')).toEqual(['policy-invalid', 'wrong-type']);
    expect(of(found, 'policy-invalid')?.message).toContain(`everything in every repository of ${org} is held`);
    expect(of(found, 'wrong-type')?.page).toMatch(/\.github-private\/blob\/HEAD\/\.jit-policy\.yml#L\d+$/u);
    expect((await doctor()).code).toBe(1);
  });

  it('that can’t be read is an error', async () => {
    organisation({ baseline: null });
    github.as('olga').push(`${org}/.github-private`, { branch: 'main', files: { '.jit-policy.yml/part': 'a' } });
    const found = await report();
    expect(of(found, 'baseline-unreadable')).toMatchObject({ severity: 'error', about: `${org}/.github-private` });
  });

  it('has its teams and people looked for', async () => {
    organisation({ baseline: BASELINE.replace('teams: [security]', 'teams: [security, gone]') });
    expect(wrong(await report(), '.github-private')).toEqual(['no-such-team']);
  });

  it('has the rules that exceed its limits named, with what becomes of each', async () => {
    organisation({
      own: OWN.replace('roles: [push]', 'roles: [push, admin]').replace('max-duration: 4h', 'max-duration: 2d'),
    });
    const found = await report();
    expect(wrong(found, 'shop')).toEqual(['rule-over-limits']);
    expect(of(found, 'rule-over-limits')?.message).toBe(
      `the rule "write" exceeds the limits of ${org}/.github-private: it offers admin, which is given to nobody; it offers 2 days, and 4 hours is the longest`,
    );
  });
});

describe('the repository of a baseline', () => {
  const reviewed = (approvals: number) => [
    {
      type: 'pull_request',
      parameters: {
        required_approving_review_count: approvals,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: false,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
      },
    },
  ];
  const place = () => `${org}/.github-private`;
  const bypass = [{ actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' }] as const;

  it('that anyone with write can change alone is an error, with what to click', async () => {
    organisation({ baseline: WITHOUT_MERGES });
    github.protectBranch(place(), 'main', { pullRequests: true });
    const found = await report();
    expect(wrong(found, '.github-private')).toEqual(['baseline-not-held']);
    expect(of(found, 'baseline-not-held')).toMatchObject({
      severity: 'error',
      page: expect.stringMatching(/\.github-private\/settings\/rules$/u) as string,
      todo: expect.stringContaining('Require a pull request before merging') as string,
    });
    const { code, printed } = await doctor(false);
    expect(code).toBe(1);
    expect(printed).toContain('[baseline-not-held]');
  });

  it.each<[string, () => void, string[]]>([
    ['a ruleset wants a review', () => github.addRuleset(place(), 'held', { rules: reviewed(1) }), []],
    [
      'the older protection wants a review',
      () => github.protectBranch(place(), 'main', { pullRequests: true, approvals: 1 }),
      [],
    ],
    [
      'somebody may push past the review that the older protection wants',
      () => github.protectBranch(place(), 'main', { pullRequests: true, approvals: 1, pullBypass: ['ben'] }),
      ['baseline-bypass'],
    ],
    [
      'a ruleset wants a pull request without a review',
      () => github.addRuleset(place(), 'held', { rules: reviewed(0) }),
      ['baseline-not-held'],
    ],
    [
      'a ruleset can be bypassed',
      () => github.addRuleset(place(), 'held', { rules: reviewed(1), bypassActors: bypass }),
      ['baseline-bypass'],
    ],
    [
      'nobody tells who bypasses the organisation’s ruleset',
      () => github.addRuleset(place(), 'held', { rules: reviewed(1), sourceType: 'Organization' }),
      ['baseline-bypass-unknown'],
    ],
  ])('where %s', async (_, protect, codes) => {
    organisation({ baseline: WITHOUT_MERGES });
    github.protectBranch(place(), 'main', {});
    protect();
    expect(wrong(await report(), '.github-private')).toEqual(codes);
  });

  it.each([
    ['leaves the policy out', 'unless: { only-paths: ["*.yml"] }'],
    ['is for some changes only', 'when: { paths: ["src/**"] }'],
  ])('is not held by a gate that %s', async (_, condition) => {
    organisation({ baseline: BASELINE.replace('    branches: [main]', `    ${condition}\n    branches: [main]`) });
    expect(wrong(await report(), '.github-private')).toEqual(['baseline-not-held']);
  });

  it('is held by its own gate only where that is enforced', async () => {
    organisation();
    github.protectBranch(place(), 'main', { pullRequests: true });
    expect(wrong(await report(), '.github-private')).toEqual(['check-not-required']);
  });
});
