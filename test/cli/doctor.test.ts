/** `jit-gate doctor`: finds every way in which a gate is not enforced, and repairs what can be repaired over the API. */

import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { accessRequestTemplate, ACCESS_REQUEST_TEMPLATE_PATH } from '../../src/domain/issue-template.ts';
import { startGitHub, type LocalGitHub } from '../support/github/index.ts';
import { fakeTerminal, type FakeTerminalOptions } from './fake-terminal.ts';

const POLICY = `version: 1
groups:
  release: { teams: [release] }
gates:
  - name: production
    on: deployment
    environments: [production]
    approvals: [{ from: [release], count: 1 }]
  - name: main
    on: merge
    branches: [main, "release/**"]
    approvals: [{ from: [release], count: 1 }]
access:
  - name: write
    roles: [push]
    requesters: [release]
    max-duration: 8h
    default-duration: 1h
    self-approval: allowed
    approvals: [{ from: [release], count: 1 }]
`;
const HOOK = 'https://jit.example.com/api/github/webhooks';

type Shown = { severity: string; code: string; about: string; message: string; page: string | null; fixable: boolean };
type Report = { ok: boolean; findings: Shown[]; fixed: { what: string; done: boolean; why: string | null }[] };

let github: LocalGitHub;
let repo = '';
let count = 0;

beforeAll(async () => {
  github = await startGitHub();
  for (const login of ['olga', 'ana', 'rita', 'ben']) github.createUser(login);
  github.createOrganization('octo', { owners: ['olga'], members: ['ana', 'rita', 'ben'] });
  github.createTeam('octo', 'release', ['ana', 'rita']);
  github.installApp('octo');
});
afterAll(async () => await github.close());
beforeEach(() => {
  count += 1;
  repo = `octo/shop-${count}`;
});
afterEach(() => {
  github.faults.clear();
  expect(github.violations).toEqual([]);
});

type Setting = {
  readonly policy?: string | null;
  readonly form?: string | null;
  readonly protect?: Parameters<LocalGitHub['protectBranch']>[2] | null;
  readonly environment?: Parameters<LocalGitHub['createEnvironment']>[2] | null;
  readonly private?: boolean;
};

/** A repository where all is right but what the test says. */
function shop(setting: Setting = {}): void {
  const { policy = POLICY, form = accessRequestTemplate([]), protect, environment } = setting;
  github.createRepository('octo', repo.slice('octo/'.length), {
    private: setting.private ?? false,
    files: {
      ...(policy === null ? {} : { '.jit-policy.yml': policy }),
      ...(form === null ? {} : { [ACCESS_REQUEST_TEMPLATE_PATH]: form }),
    },
    collaborators: { ben: 'push' },
  });
  const firm = { requiredChecks: [{ name: 'jit/merge', appId: github.appId }], pullRequests: true };
  if (protect !== null) github.protectBranch(repo, 'main', protect ?? firm);
  if (environment !== null) {
    github.createEnvironment(repo, 'production', environment ?? { customRule: true, adminsBypass: false });
  }
}

async function doctor(words: readonly string[] = [], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal({
    env: { APP_ID: String(github.appId), PRIVATE_KEY: github.privateKey, GITHUB_API_URL: github.url },
    ...options,
  });
  const code = await run(['doctor', '--repo', repo, ...words], terminal);
  return { code, printed: terminal.printed(), said: terminal.saidAll() };
}

async function report(words: readonly string[] = [], options: FakeTerminalOptions = {}): Promise<Report> {
  return JSON.parse((await doctor([...words, '--json'], options)).printed) as Report;
}

const here = () => [...github.world.repos.values()].find(({ name }) => `octo/${name}` === repo);

/** Codes of what is wrong with the repository. */
const wrong = ({ findings }: Report): string[] =>
  findings.filter(({ about, severity }) => about === repo && severity !== 'ok').map(({ code }) => code);
const of = ({ findings }: Report, code: string): Shown | undefined => findings.find((one) => one.code === code);

/** The policy without the pattern that no branch is there for. */
const PLAIN = POLICY.replace(', "release/**"', '');
const withRuleset = (options: Parameters<LocalGitHub['addRuleset']>[2], name = 'guard'): void => {
  github.addRuleset(repo, name, { rules: rules(github.appId), ...options });
};
const rules = (app: number | null) => [
  { type: 'pull_request', parameters: PULLS },
  {
    type: 'required_status_checks',
    parameters: {
      strict_required_status_checks_policy: false,
      required_status_checks: [{ context: 'jit/merge', ...(app === null ? {} : { integration_id: app }) }],
    },
  },
];
const PULLS = {
  required_approving_review_count: 1,
  dismiss_stale_reviews_on_push: true,
  require_code_owner_review: false,
  require_last_push_approval: false,
  required_review_thread_resolution: false,
};

describe('a repository where everything is right', () => {
  it.each([
    ['branch protection', () => shop({ policy: PLAIN })],
    [
      'a ruleset',
      () => {
        shop({ policy: PLAIN, protect: null });
        withRuleset({});
      },
    ],
  ])('is called so, by %s', async (_, build) => {
    build();
    github.webhookTarget = HOOK;
    const found = await report();
    expect(found.findings.filter(({ about }) => about === repo).map(({ severity }) => severity)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    const { printed } = await doctor();
    expect(printed).toContain('main');
    expect(printed).toContain('nobody bypasses it');
  });

  it('is passed over when it is archived', async () => {
    shop({ protect: null });
    Object.assign(here() ?? {}, { archived: true });
    const found = await report();
    expect(wrong(found)).toEqual([]);
    expect(of(found, 'archived')).toBeDefined();
  });
});

describe('a merge gate', () => {
  const pin = (appId?: number) => [{ name: 'jit/merge', ...(appId === undefined ? {} : { appId }) }];

  it.each<[string, string, () => void]>([
    ['nothing requires the check', 'check-not-required', () => shop({ policy: PLAIN, protect: null })],
    [
      'another check is required',
      'check-not-required',
      () => shop({ policy: PLAIN, protect: { requiredChecks: [{ name: 'ci' }], pullRequests: true } }),
    ],
    [
      'the check is not pinned',
      'check-not-pinned',
      () => shop({ policy: PLAIN, protect: { requiredChecks: pin(), pullRequests: true } }),
    ],
    [
      'it is pinned to another app',
      'check-pinned-to-another',
      () => shop({ policy: PLAIN, protect: { requiredChecks: pin(15_368), pullRequests: true } }),
    ],
    [
      'administrators are above it',
      'bypass',
      () =>
        shop({
          policy: PLAIN,
          protect: { requiredChecks: pin(github.appId), pullRequests: true, enforceAdmins: false },
        }),
    ],
    [
      'commits can be pushed past it',
      'pull-request-not-required',
      () => shop({ policy: PLAIN, protect: { requiredChecks: pin(github.appId) } }),
    ],
    [
      'a ruleset has no pin',
      'check-not-pinned',
      () => {
        shop({ policy: PLAIN, protect: null });
        withRuleset({ rules: rules(null) });
      },
    ],
    [
      'a ruleset can be bypassed',
      'bypass',
      () => {
        shop({ policy: PLAIN, protect: null });
        withRuleset({ bypassActors: [{ actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'pull_request' }] });
      },
    ],
    [
      'a ruleset only evaluates',
      'check-not-required',
      () => {
        shop({ policy: PLAIN, protect: null });
        withRuleset({ enforcement: 'evaluate' });
      },
    ],
    [
      'a ruleset leaves the branch out',
      'check-not-required',
      () => {
        shop({ policy: PLAIN, protect: null });
        withRuleset({ include: ['~ALL'], exclude: ['refs/heads/main'] });
      },
    ],
  ])('is found where %s, repaired, and then found fine', async (_, code, build) => {
    build();
    const found = await report();
    expect(wrong(found)).toEqual([code]);
    expect(of(found, code)?.fixable).toBe(true);
    const repaired = await report(['--fix', '--yes']);
    expect(repaired.fixed.map(({ done }) => done)).toEqual([true]);
    // What another app must report as well is taken out by a person.
    expect(wrong(repaired)).toEqual(code === 'check-pinned-to-another' ? ['check-pinned-elsewhere'] : []);
    const again = await report(['--fix', '--yes']);
    expect(again.fixed).toEqual([]);
  });

  it('says which ruleset is not in force, and how', async () => {
    shop({ policy: PLAIN, protect: null });
    withRuleset({ enforcement: 'evaluate' }, 'trial');
    const message = of(await report(), 'check-not-required')?.message;
    expect(message).toContain('"trial"');
    expect(message).toContain('evaluate');
  });

  it('warns where an organisation’s ruleset does not tell the app who bypasses it', async () => {
    shop({ policy: PLAIN, protect: null });
    withRuleset({
      sourceType: 'Organization',
      bypassActors: [{ actor_id: 1, actor_type: 'OrganizationAdmin', bypass_mode: 'always' }],
    });
    const found = await report();
    expect(wrong(found)).toEqual(['bypass-unknown']);
    expect(of(found, 'bypass-unknown')?.page).toContain('/organizations/octo/settings/rules/');
  });

  it('is looked for on every branch that it matches', async () => {
    shop();
    github.as('ben').push(repo, { branch: 'release/1', files: { 'a.txt': 'a' } });
    github.as('ben').push(repo, { branch: 'topic', files: { 'b.txt': 'b' } });
    const found = await report();
    expect(wrong(found)).toEqual(['check-not-required']);
    expect(of(found, 'check-not-required')?.message).toContain('release/1');
    expect(wrong(await report(['--fix', '--yes']))).toEqual([]);
    const [own] = here()?.rulesets ?? [];
    // Release branches to come are in it, and the branch to work on is not.
    expect(own?.include).toEqual(['refs/heads/release/1', 'refs/heads/release/**/*']);
  });

  it('is not forced onto branches to work on by a pattern that takes all of them', async () => {
    shop({ policy: PLAIN.replace('branches: [main]', 'branches: ["**"]') });
    github.as('ben').push(repo, { branch: 'topic', files: { 'b.txt': 'b' } });
    const found = await report();
    expect(of(found, 'check-not-required')).toMatchObject({ fixable: false });
  });

  it('is missed where a branch requires the check and nothing gates it, and where the policy itself is not held', async () => {
    shop({ policy: PLAIN.replace('branches: [main]', 'branches: [other]') });
    expect(wrong(await report())).toEqual(['check-without-gate', 'policy-not-held', 'gate-without-branch']);
  });

  it('keeps everything that others wrote, and what its own ruleset had', async () => {
    shop({ policy: PLAIN, protect: null });
    const theirs = github.addRuleset(repo, 'theirs', {
      rules: rules(null),
      bypassActors: [{ actor_id: 7, actor_type: 'Team', bypass_mode: 'always' }],
    });
    const ours = github.addRuleset(repo, 'jit-gate', {
      include: ['refs/heads/old'],
      exclude: ['refs/heads/main', 'refs/heads/gone'],
      enforcement: 'disabled',
      rules: [
        { type: 'deletion' },
        { type: 'pull_request', parameters: PULLS },
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: true,
            required_status_checks: [{ context: 'ci' }, { context: 'jit/merge' }],
          },
        },
      ],
    });
    const before = structuredClone(theirs);
    expect(wrong(await report(['--fix', '--yes']))).toEqual([]);
    expect(theirs).toEqual(before);
    expect(ours).toMatchObject({
      enforcement: 'active',
      include: ['refs/heads/old', 'refs/heads/main'],
      exclude: ['refs/heads/gone'],
    });
    expect(ours.rules).toEqual([
      { type: 'deletion' },
      { type: 'pull_request', parameters: PULLS },
      {
        type: 'required_status_checks',
        parameters: {
          do_not_enforce_on_create: true,
          strict_required_status_checks_policy: true,
          required_status_checks: [{ context: 'ci' }, { context: 'jit/merge', integration_id: github.appId }],
        },
      },
    ]);
  });

  it('is not held where somebody may push without a pull request', async () => {
    const protect = { requiredChecks: pin(github.appId), pullRequests: true, pullBypass: ['ben'] };
    shop({ policy: PLAIN, protect });
    const found = await report();
    expect(wrong(found)).toEqual(['pull-request-not-required']);
    expect(of(found, 'pull-request-not-required')?.message).toContain('without a pull request by ben');
    expect(wrong(await report(['--fix', '--yes']))).toEqual([]);
  });

  it('once repaired, keeps a merge back that another app’s check of the same name would have let through', async () => {
    shop({ policy: PLAIN, protect: { requiredChecks: pin(), pullRequests: true } });
    const sha = github.as('ben').push(repo, { branch: 'fix', files: { 'a.txt': 'a' } });
    const number = github.as('ben').openPull(repo, { head: 'fix' });
    github.reportCheck(repo, sha, { name: 'jit/merge', status: 'completed', conclusion: 'success' });
    expect(github.see.pull(repo, number).mergeableState).toBe('clean');
    await report(['--fix', '--yes']);
    expect(github.as('ben').merge(repo, number)).toMatchObject({ ok: false });
    github.reportCheck(repo, sha, { name: 'jit/merge', app: 'jit-gate', status: 'completed', conclusion: 'success' });
    expect(github.as('ben').merge(repo, number)).toMatchObject({ ok: true });
  });
});

describe('a deployment gate', () => {
  it('is found where the rule is off, and the rule is switched on', async () => {
    shop({ policy: PLAIN, environment: { adminsBypass: false } });
    expect(wrong(await report())).toEqual(['rule-off']);
    expect(wrong(await report(['--fix', '--yes']))).toEqual([]);
    const run = github.as('ben').startRun(repo, { branch: 'main', environment: 'production' });
    expect(github.see.run(repo, run).status).toBe('waiting');
  });

  it('is found where administrators bypass it, with the page to change that', async () => {
    shop({ policy: PLAIN, environment: { customRule: true } });
    const found = await report(['--fix', '--yes']);
    expect(wrong(found)).toEqual(['environment-bypass']);
    expect(of(found, 'environment-bypass')).toMatchObject({ severity: 'error', fixable: false });
    expect(of(found, 'environment-bypass')?.page).toMatch(/\/settings\/environments\/\d+\/edit$/u);
  });

  it('is a warning where no environment is there, and where an environment asks and nothing gates it', async () => {
    shop({ policy: PLAIN, environment: null });
    github.createEnvironment(repo, 'staging', { customRule: true });
    expect(wrong(await report())).toEqual(['rule-without-gate', 'gate-without-environment']);
  });

  it('says, in a private repository, that the plan may not have the rule, and tells what GitHub answered to the attempt', async () => {
    shop({ policy: PLAIN, private: true, environment: { adminsBypass: false } });
    github.faults.add({
      kind: 'status',
      status: 422,
      message: 'not on this plan',
      method: 'POST',
      path: '/deployment_protection_rules',
      times: 1,
    });
    const { findings, fixed, ok } = await report(['--fix', '--yes']);
    expect(ok).toBe(false);
    expect(findings.find(({ code }) => code === 'rule-off')?.message).toContain('Enterprise');
    expect(fixed).toMatchObject([{ done: false, why: expect.stringContaining('not on this plan') as string }]);
  });
});

describe('the policy and the form', () => {
  it.each<[string, Setting, string[]]>([
    ['no policy', { policy: null }, ['policy-absent']],
    ['a broken policy', { policy: PLAIN.replace('count: 1', 'count: none') }, ['policy-invalid', 'wrong-type']],
    [
      'a team that is not there',
      { policy: PLAIN.replace('teams: [release]', 'teams: [release, gone]') },
      ['no-such-team'],
    ],
    ['no form', { policy: PLAIN, form: null }, ['form-missing']],
    [
      'a form that asks for no role',
      { policy: PLAIN, form: accessRequestTemplate([]).replace('label: Role', 'label: Rank') },
      ['form-unreadable'],
    ],
    [
      'a form without the label',
      { policy: PLAIN, form: accessRequestTemplate([]).replace('[access-request]', '[bug]') },
      ['form-unreadable'],
    ],
    [
      'a form without a role that is on offer',
      {
        policy: `${PLAIN.replace(/roles: \[[^\]]*\]/u, 'roles: [push, release-captain]')}custom-roles: { release-captain: { base: push } }\n`,
      },
      ['form-lacks-role'],
    ],
    [
      'nothing where the form has it in another case',
      {
        policy: `${PLAIN.replace(/roles: \[[^\]]*\]/u, 'roles: [push, release-captain]')}custom-roles: { release-captain: { base: push } }\n`,
        form: accessRequestTemplate([]).replace('- admin', '- admin\n        - Release-Captain'),
      },
      [],
    ],
    [
      'nothing where the form was written for the policy, nor of a name that no form can have',
      {
        policy: `${PLAIN.replace(/roles: \[[^\]]*\]/u, 'roles: [push, release-captain, None]')}custom-roles: { release-captain: { base: push }, None: { base: push } }\n`,
        form: accessRequestTemplate(['release-captain']),
      },
      [],
    ],
    [
      'a team that the organisation does not let anybody be given',
      { policy: PLAIN.replace(/roles: \[[^\]]*\]/u, 'roles: [push]\n    teams: [release]') },
      ['granted-approver', 'team-not-allowed'],
    ],
    ['a form that is no YAML', { policy: PLAIN, form: 'body: [' }, ['form-unreadable']],
  ])('%s is found', async (_, setting, codes) => {
    shop(setting);
    expect(wrong(await report())).toEqual(codes);
  });
});

describe('the command', () => {
  it('shows what it would do, and does it only after a yes', async () => {
    shop({ policy: PLAIN, protect: null });
    const no = await doctor(['--fix'], { answers: ['no'] });
    expect(no.code).toBe(1);
    expect(no.said).toContain('require jit/merge of this app');
    expect(no.said).toContain('Nothing is changed');
    expect(wrong(await report())).toEqual(['check-not-required']);
    await doctor(['--fix'], { answers: ['yes'] });
    expect(wrong(await report())).toEqual([]);
  });

  it('begins nothing where nobody can be asked', async () => {
    shop({ policy: PLAIN, protect: null });
    const calls = github.calls.length;
    expect((await doctor(['--fix'])).code).toBe(2);
    expect(github.calls.length).toBe(calls);
  });

  it('names a repository that the app is not installed on', async () => {
    const { code, printed } = await doctor();
    expect(code).toBe(1);
    expect(printed).toContain('repository-not-found');
  });

  it('finds a key that GitHub does not accept, and calls nothing fine where GitHub fails', async () => {
    shop();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const env = {
      APP_ID: String(github.appId),
      PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      GITHUB_API_URL: github.url,
    };
    const found = await report([], { env });
    expect(found.findings.map(({ code }) => code)).toEqual(['app-credentials']);
    github.faults.add({ kind: 'status', status: 500, path: '/rules/branches/', times: 9 });
    const { code, printed } = await doctor();
    expect(code).toBe(3);
    expect(printed).toBe('');
  });

  it('goes through every repository of every installation, but not into a suspended one', async () => {
    shop({ policy: PLAIN, protect: null });
    github.createOrganization('closed', { owners: ['olga'] });
    github.createRepository('closed', 'hidden', {});
    const closed = github.installApp('closed', 'all', { metadata: 'read' });
    github.suspendInstallation(closed, 'olga');
    const terminal = fakeTerminal({
      env: { APP_ID: String(github.appId), PRIVATE_KEY: github.privateKey, GITHUB_API_URL: github.url },
    });
    expect(await run(['doctor', '--json'], terminal)).toBe(1);
    const { findings } = JSON.parse(terminal.printed()) as Report;
    expect(findings.filter(({ about }) => about === 'installation closed').map(({ code }) => code)).toEqual([
      'installation-suspended',
    ]);
    expect(findings.some(({ about, code }) => about === repo && code === 'check-not-required')).toBe(true);
    expect(findings.some(({ about }) => about === 'closed/hidden')).toBe(false);
    github.uninstall(closed, 'olga');
  });
});

describe('the webhook', () => {
  afterEach(() => {
    Object.assign(github.world.apps.get(github.appId)?.hook ?? {}, { contentType: 'json', insecureSsl: '0' });
  });

  it.each<[string, string | null, object, string[]]>([
    ['no address', null, {}, ['webhook-url']],
    ['no encryption', 'http://jit.example.com/api/github/webhooks', {}, ['webhook-https']],
    ['another path', 'https://jit.example.com/', {}, ['webhook-path']],
    ['a form', HOOK, { contentType: 'form' }, ['webhook-content-type']],
    ['no look at the certificate', HOOK, { insecureSsl: '1' }, ['webhook-certificate']],
  ])('with %s is found', async (_, url, hook, codes) => {
    shop();
    github.webhookTarget = url;
    Object.assign(github.world.apps.get(github.appId)?.hook ?? {}, hook);
    const { findings } = await report();
    const settings = findings.filter(
      ({ code }) => code.startsWith('webhook-') && !/^webhook-(?:failures|silent|deliveries)$/u.test(code),
    );
    expect(settings.map(({ code }) => code)).toEqual(codes);
  });
});
