/** `jit-gate policy test`: cases beside a policy, and what a failing one says. */

import { describe, expect, it } from 'vitest';
import { useFolder } from './folder.ts';

const { write, policy } = useFolder();

const POLICY = `version: 1
groups:
  release: { teams: [release] }
  engineers: { teams: [engineers] }
  maintainers: { role: maintain }
gates:
  - name: main
    on: merge
    branches: [main]
    unless: { only-paths: ['docs/**'] }
    approvals: [{ from: [release], count: 2 }]
  - name: production
    on: deployment
    environments: [production]
    refs: [main]
    approvals: [{ from: [release] }]
    timeout: 4h
access:
  - name: shift
    roles: [push]
    requesters: [engineers]
    max-duration: 8h
    reason: { min-length: 10 }
    approvals: [{ from: [maintainers] }]
`;

const FACTS = `version: 1
facts:
  teams: { release: [ana, rita], engineers: [ben] }
  roles: { mia: maintain, ben: push }
cases:
`;

const one = (lines: string): string => `${FACTS}  - name: one\n${lines.replaceAll(/^/gmu, '    ')}\n`;

describe('policy test passes', () => {
  it.each<[string, string]>([
    [
      'what waits',
      'merge: { into: main, by: ben }\nfacts: { files: [src/a.ts] }\nvotes: [ana]\nexpect: { verdict: pending, rules: { main: approvals-missing, production: absent }, approvers: [rita] }',
    ],
    [
      'what has enough',
      'merge: { into: main, by: ben }\nfacts: { files: [src/a.ts] }\nvotes: [ana, rita]\nexpect: approved',
    ],
    [
      'what a condition spares',
      'merge: { into: main }\nfacts: { files: [docs/a.md] }\nexpect: { verdict: none, rules: { main: spared } }',
    ],
    [
      'what is unknown, as held',
      'merge: { into: main }\nvotes: [ana]\nexpect: { verdict: pending, rules: { main: pending } }',
    ],
    [
      'a group whose members nobody tells, as held',
      'merge: { into: main }\nfacts: { files: [a], teams: { release: unknown } }\nvotes: [ana, rita]\nexpect: { verdict: pending, reasons: [fact-unknown] }',
    ],
    [
      'an author, who does not count',
      'merge: { into: main, by: ana }\nfacts: { files: [a] }\nvotes: [ana, rita]\nexpect: { verdict: pending, reasons: [nobody-can] }',
    ],
    [
      'a vote for an earlier commit',
      'merge: { into: main }\nfacts: { files: [a] }\nvotes: [{ by: ana, stale: true }, rita]\nexpect: pending',
    ],
    [
      'a denial',
      'merge: { into: main }\nfacts: { files: [a] }\nvotes: [{ by: ana, says: deny }]\nexpect: { verdict: denied, reasons: [denied-by] }',
    ],
    [
      'a ref that may not be deployed',
      'deployment: { to: production, ref: feature }\nvotes: [ana]\nexpect: { verdict: denied, reasons: [ref-not-allowed] }',
    ],
    [
      'a deployment in time',
      'deployment: { to: Production, by: ben }\nvotes: [{ by: ana, at: 3h }]\nat: 5h\nexpect: approved',
    ],
    [
      'a deployment too late',
      'deployment: { to: production, by: ben }\nvotes: [{ by: ana, at: 4h30m }]\nat: 5h\nexpect: { verdict: denied, reasons: [timed-out] }',
    ],
    [
      'a vote that is not given yet',
      'deployment: { to: production, by: ben }\nvotes: [{ by: ana, at: 2h }]\nat: 1h\nexpect: pending',
    ],
    ['an environment without a gate', 'deployment: { to: staging }\nexpect: { verdict: denied, reasons: [unmatched] }'],
    ['access that waits', 'access: { role: push, by: ben, for: 2h }\nexpect: { verdict: pending, approvers: [mia] }'],
    ['access that is approved', 'access: { role: write, by: ben }\nvotes: [mia]\nexpect: approved'],
    [
      'access for too long',
      'access: { role: push, by: ben, for: 9h }\nexpect: { verdict: refused, reasons: [too-long] }',
    ],
    ['access that begins later', 'access: { role: push, by: ben, start: 24h }\nvotes: [mia]\nexpect: approved'],
    [
      'access that begins too far ahead',
      'access: { role: push, by: ben, start: 8d }\nexpect: { verdict: refused, reasons: [too-far-ahead] }',
    ],
    [
      'access that was to begin before it was asked for',
      'access: { role: push, by: ben, start: 2020-01-01T08:00:00Z }\nexpect: { verdict: refused, reasons: [start-over] }',
    ],
    [
      'access that is over before somebody approves it',
      'access: { role: push, by: ben, for: 1h, start: 1h }\nvotes: [{ by: mia, at: 3h }]\nat: 4h\nexpect: { verdict: denied, reasons: [timed-out] }',
    ],
    [
      'access for somebody else',
      'access: { role: push, by: eve }\nexpect: { verdict: refused, reasons: [not-a-requester] }',
    ],
    [
      'access without a reason worth the name',
      'access: { role: push, by: ben, reason: why }\nexpect: { verdict: refused, reasons: [reason-too-short] }',
    ],
  ])('%s', async (_, lines) => {
    write('.jit-policy.yml', POLICY);
    write('.jit-policy.test.yml', one(lines));
    const { code, printed, said } = await policy(['test', '.jit-policy.yml']);
    expect(`${printed}\n${said}`).toContain('1 of 1 cases pass');
    expect(code).toBe(0);
  });
});

describe('policy test supposes reviews that are owed', () => {
  const EXITS = POLICY.replace(
    '    timeout: 4h\n',
    '    break-glass: { by: [release], review: [maintainers] }\n',
  ).replace(
    '    approvals: [{ from: [maintainers] }]\n',
    `    approvals: [{ from: [maintainers] }]
    auto-approve: { requesters: [engineers], inside: "mon-sun 00:00 - 24:00", zone: UTC, review: [maintainers] }
`,
  );
  const smash = 'deployment: { to: production, by: ben }\nvotes: [{ by: ana, says: break-glass }]\n';
  const request = 'access: { role: push, by: ben, for: 2h }\n';

  it.each<[string, string]>([
    ['none: the glass can be broken', `${smash}expect: { verdict: approved, reasons: [glass-broken] }`],
    [
      'one that is overdue: nobody breaks the glass again, and approvals count all the same',
      `${smash}owed: [rita]\nexpect: { verdict: pending, reasons: [reviews-owed], approvers: [ana, rita] }`,
    ],
    [
      'one that has time: it stands against the next all the same',
      `${smash}owed: [{ by: rita, due: 2h }]\nexpect: pending`,
    ],
    [
      'one, beside an approval',
      'deployment: { to: production, by: ben }\nvotes: [ana]\nowed: [rita]\nexpect: { verdict: approved, rules: { production: approved } }',
    ],
    ['none: it is granted at once', `${request}expect: { verdict: approved, reasons: [auto-approved] }`],
    [
      'one that the person left unpaid: it waits',
      `${request}owed: [ben]\nexpect: { verdict: pending, reasons: [auto-approve-blocked], approvers: [mia] }`,
    ],
    [
      'one that was overdue before it was asked for',
      `${request}opened: 2026-01-05T12:00:00Z\nowed: [{ by: ben, due: 2026-01-05T11:00:00Z }]\nexpect: pending`,
    ],
    ['one that has time: it is granted at once', `${request}owed: [{ by: ben, due: 2h }]\nexpect: approved`],
    ['one of somebody else: it is granted at once', `${request}owed: [ana]\nexpect: approved`],
  ])('%s', async (_, lines) => {
    write('p.yml', EXITS);
    write('p.test.yml', one(lines));
    const { code, printed, said } = await policy(['test', 'p.yml', '--cases', 'p.test.yml']);
    expect(`${printed}\n${said}`).toContain('1 of 1 cases pass');
    expect(code).toBe(0);
  });

  it('refuses one of nobody', async () => {
    write('p.yml', EXITS);
    write('p.test.yml', one(`${request}owed: [{ due: 2h }]\nexpect: approved`));
    expect((await policy(['test', 'p.yml', '--cases', 'p.test.yml'])).code).not.toBe(0);
  });
});

describe('policy test', () => {
  const WRONG = one(
    'merge: { into: main, by: ben }\nfacts: { files: [src/a.ts] }\nvotes: [ana]\nexpect: { verdict: approved, rules: { main: approved, mian: spared }, approvers: [] }',
  );

  it('binds the rules by the limits of the same file', async () => {
    write('p.yml', `${POLICY}limits: { max-duration: 1h }\n`);
    write(
      'p.test.yml',
      one('access: { role: push, by: ben, for: 2h }\nexpect: { verdict: refused, reasons: [too-long] }'),
    );
    expect((await policy(['test', 'p.yml', '--cases', 'p.test.yml'])).code).toBe(0);
  });

  it('says of a failing case what was expected, what came, and why', async () => {
    write('.jit-policy.yml', POLICY);
    write('.jit-policy.test.yml', WRONG);
    const { code, printed, said } = await policy(['test']);
    expect(code).toBe(1);
    expect(printed).toContain('✗ one (.jit-policy.test.yml:6)');
    expect(printed).toMatch(/verdict\n\s+expected\s+approved\n\s+actual\s+pending/u);
    expect(printed).toMatch(/main\n\s+expected\s+approved\n\s+actual\s+pending, approvals-missing/u);
    expect(printed).toContain('the policy has no rule of this name');
    expect(printed).toMatch(/approvers\n\s+expected\s+none\n\s+actual\s+rita/u);
    expect(printed).toContain('1 of 2 from release, by ana. Can approve: rita');
    expect(said).toContain('0 of 1 cases pass');
  });

  it('prints the outcome as JSON', async () => {
    write('p.yml', POLICY);
    write('cases.yml', WRONG);
    const { code, json } = await policy(['test', 'p.yml', '--cases', 'cases.yml', '--json']);
    expect(code).toBe(1);
    expect(json()).toMatchObject({
      ok: false,
      cases: [{ name: 'one', ok: false, line: 6, verdict: 'pending', mismatches: [{ what: 'verdict' }, {}, {}, {}] }],
    });
  });

  it('names every mistake in the file of cases with its place', async () => {
    write('.jit-policy.yml', POLICY);
    write(
      '.jit-policy.test.yml',
      `${FACTS}  - { name: a, merge: { into: main }, expect: aproved }\n  - { name: b, expect: none }\n  - { name: a, merge: { int: main }, at: noon, expect: none }\n`,
    );
    const { code, said } = await policy(['test']);
    expect(code).toBe(1);
    for (const line of [6, 7, 8])
      expect(said).toMatch(new RegExp(`^\\.jit-policy\\.test\\.yml:${line}:\\d+: error: `, 'mu'));
    expect(said).toContain('exactly one of');
  });

  it('needs both files, and a policy without errors', async () => {
    write('.jit-policy.yml', POLICY);
    expect((await policy(['test'])).code).toBe(2);
    write('.jit-policy.test.yml', one('merge: { into: main }\nexpect: none'));
    write('.jit-policy.yml', POLICY.replace('on: merge', 'on: merg'));
    expect((await policy(['test'])).code).toBe(1);
  });
});
