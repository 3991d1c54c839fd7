/** Do cases come out as the app would decide, with nothing supposed that their author did not write? */

import { describe, expect, it } from 'vitest';
import { runOne } from '../../support/cases.ts';

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
  - name: versions
    on: deployment
    environments: [shop]
    refs: ['tag:v*']
    approvals: [{ from: [release] }]
access:
  - name: shift
    roles: [push]
    requesters: [engineers]
    max-duration: 8h
    reason: { min-length: 10 }
    approvals: [{ from: [maintainers] }]
`;
const SRC = 'facts: { files: [src/a.ts] }\n';
const merge = `merge: { into: main, by: ben }\n${SRC}`;

describe('a merge', () => {
  it.each<[string, string]>([
    [
      'waits for what is missing',
      `${merge}votes: [ana]\nexpect: { verdict: pending, reasons: [approvals-missing], approvers: [rita] }`,
    ],
    [
      'passes with two approvals',
      `${merge}votes: [ana, rita]\nexpect: { verdict: approved, reasons: [approvals-complete], approvers: [] }`,
    ],
    [
      'is spared by a condition',
      'merge: { into: main }\nfacts: { files: [docs/a.md] }\nexpect: { verdict: none, rules: { main: spared, production: absent } }',
    ],
    [
      'into a branch without a gate is not held',
      'merge: { into: dev, by: ben }\nexpect: { verdict: none, rules: { main: absent } }',
    ],
    ['is held for files that nobody told', 'merge: { into: main, by: ben }\nvotes: [ana, rita]\nexpect: approved'],
    [
      'does not count its author’s approval',
      `merge: { into: main, by: ana }\n${SRC}votes: [ana, rita]\nexpect: { verdict: pending, reasons: [nobody-can] }`,
    ],
    [
      'takes the one under `pull` for the author where `by` names none',
      'merge: { into: main }\nfacts: { files: [a], pull: { author: ana } }\nvotes: [ana, rita]\nexpect: { verdict: pending, reasons: [nobody-can] }',
    ],
    [
      'prefers the author under `pull` to the one that opened it',
      'merge: { into: main, by: ben }\nfacts: { files: [a], pull: { author: ana } }\nvotes: [ana, rita]\nexpect: { verdict: pending, reasons: [nobody-can] }',
    ],
    [
      'is by somebody outside of all groups where nobody is named',
      `merge: { into: main }\n${SRC}votes: [ana, rita]\nexpect: approved`,
    ],
    [
      'does not count an approval of who wrote a part',
      'merge: { into: main, by: ben }\nfacts: { files: [a], contributors: [ben, ana] }\nvotes: [ana, rita]\nexpect: { verdict: pending, reasons: [nobody-can] }',
    ],
    [
      'does not count an approval of who pushed',
      'merge: { into: main, by: ben }\nfacts: { files: [a], pushers: [ana] }\nvotes: [ana, rita]\nexpect: { verdict: pending, reasons: [nobody-can] }',
    ],
    [
      'goes into the branch that the case names, whatever the facts say',
      'merge: { into: main, by: ben }\nfacts: { files: [a], pull: { base: dev } }\nexpect: pending',
    ],
    [
      'is denied by one who may',
      `${merge}votes: [{ by: ana, says: deny }, rita]\nexpect: { verdict: denied, reasons: [denied-by] }`,
    ],
    [
      'does not count a vote for an earlier commit',
      `${merge}votes: [{ by: ana, stale: true }, rita]\nexpect: { verdict: pending, approvers: [ana] }`,
    ],
    [
      'does not count a vote that comes later',
      `${merge}votes: [ana, { by: rita, at: 2h }]\nat: 1h\nexpect: { verdict: pending, approvers: [rita] }`,
    ],
    ['counts a vote at the very moment', `${merge}votes: [ana, { by: rita, at: 2h }]\nat: 2h\nexpect: approved`],
    [
      'counts a vote at a time of its own',
      `${merge}opened: 2026-03-01T10:00:00Z\nvotes: [ana, { by: rita, at: 2026-03-01T11:00:00Z }]\nat: 2026-03-01T11:00:00Z\nexpect: approved`,
    ],
    ['knows a person by number as well', `${merge}votes: [ana, 4711]\nexpect: { verdict: pending, approvers: [rita] }`],
    ['knows a person by login in any case', `${merge}votes: [ANA, Rita]\nexpect: approved`],
    [
      'takes two votes of one person for one',
      `${merge}votes: [ana, Ana]\nexpect: { verdict: pending, approvers: [rita] }`,
    ],
  ])('%s', (_, lines) => {
    expect(runOne(POLICY, lines).mismatches).toEqual([]);
  });

  it('reads reviews apart from comments', () => {
    const both = POLICY.replace('    on: merge\n', '    on: merge\n    reviews: true\n');
    const voted = `${merge}votes: [{ by: ana, review: true }, rita]\n`;
    expect(runOne(both, `${voted}expect: approved`).mismatches).toEqual([]);
    expect(runOne(POLICY, `${voted}expect: { verdict: pending, approvers: [ana] }`).mismatches).toEqual([]);
  });
});

describe('a deployment', () => {
  const ship = 'deployment: { to: production, by: ben }\n';

  it.each<[string, string]>([
    ['is approved in time', `${ship}votes: [{ by: ana, at: 3h }]\nat: 5h\nexpect: approved`],
    [
      'is denied when its time is over',
      `${ship}votes: [{ by: ana, at: 4h30m }]\nat: 5h\nexpect: { verdict: denied, reasons: [timed-out], rules: { production: absent }, approvers: [] }`,
    ],
    ['is denied at the very end of its time', `${ship}at: 4h\nexpect: { verdict: denied, reasons: [timed-out] }`],
    ['waits until just before it', `${ship}at: 3h59m\nexpect: { verdict: pending, approvers: [ana, rita] }`],
    [
      'is approved by a vote at the very end of its time',
      `${ship}votes: [{ by: ana, at: 4h }]\nat: 6h\nexpect: approved`,
    ],
    ['is from main where no ref is named', `${ship}expect: pending`],
    [
      'from another ref is denied',
      'deployment: { to: production, ref: feature }\nvotes: [ana]\nexpect: { verdict: denied, reasons: [ref-not-allowed] }',
    ],
    [
      'of a branch is denied where only tags are deployed',
      'deployment: { to: shop, ref: v1 }\nexpect: { verdict: denied, reasons: [ref-not-allowed] }',
    ],
    ['of a tag waits there', 'deployment: { to: shop, ref: v1 }\nfacts: { ref-kind: tag }\nexpect: pending'],
    [
      'to where no gate is, is denied',
      'deployment: { to: staging }\nexpect: { verdict: denied, reasons: [unmatched] }',
    ],
    ['whose run is unknown is held', `${ship}facts: { run: unknown }\nvotes: [ana]\nexpect: approved`],
    [
      'does not count the approval of who started it',
      'deployment: { to: production, by: ana }\nvotes: [ana]\nexpect: { verdict: pending, approvers: [rita] }',
    ],
    [
      'does not count who wrote the pull request that brought it',
      `${ship}facts: { pull: { author: ana } }\nvotes: [ana]\nexpect: { verdict: pending, approvers: [rita] }`,
    ],
    [
      'does not count who ran it again',
      `${ship}facts: { run: { rerun-by: ana } }\nvotes: [ana]\nexpect: { verdict: pending, approvers: [rita] }`,
    ],
    [
      'does not count who the facts say started the run',
      `${ship}facts: { run: { actor: ana } }\nvotes: [ana]\nexpect: { verdict: pending, approvers: [rita] }`,
    ],
    [
      'of a fork is denied',
      `${ship}facts: { run: { fork: true } }\nvotes: [ana]\nexpect: { verdict: denied, reasons: [fork-not-allowed] }`,
    ],
    [
      'by an event that runs with our secrets for a stranger is denied',
      `${ship}facts: { run: { event: pull_request_target } }\nvotes: [ana]\nexpect: { verdict: denied, reasons: [event-not-trusted] }`,
    ],
  ])('%s', (_, lines) => {
    expect(runOne(POLICY, lines).mismatches).toEqual([]);
  });
});

describe('access', () => {
  const ask = (more = ''): string => `access: { role: push, by: ben${more} }\n`;

  it.each<[string, string]>([
    [
      'waits for who may approve it',
      `${ask(', for: 2h')}expect: { verdict: pending, approvers: [mia], rules: { shift: pending } }`,
    ],
    ['is approved', `${ask()}votes: [mia]\nexpect: { verdict: approved, rules: { shift: approved } }`],
    [
      'is not approved by who asks',
      `${ask()}facts: { roles: { ben: maintain, mia: maintain } }\nvotes: [ben]\nexpect: { verdict: pending, approvers: [mia] }`,
    ],
    ['is approved by a vote that comes later', `${ask()}votes: [{ by: mia, at: 1h }]\nat: 1h\nexpect: approved`],
    ['for too long is refused', `${ask(', for: 9h')}expect: { verdict: refused, reasons: [too-long] }`],
    ['for as long as may be waits', `${ask(', for: 8h')}expect: pending`],
    [
      'for somebody who may not ask is refused',
      'access: { role: push, by: eve }\nexpect: { verdict: refused, reasons: [not-a-requester] }',
    ],
    [
      'to a role that is not offered is refused',
      'access: { role: admin, by: ben }\nexpect: { verdict: refused, reasons: [role-not-offered] }',
    ],
    [
      'to a role that there is not is refused',
      'access: { role: lead, by: ben }\nexpect: { verdict: refused, reasons: [unknown-role] }',
    ],
    [
      'with too few words is refused',
      `${ask(', reason: why')}expect: { verdict: refused, reasons: [reason-too-short] }`,
    ],
    [
      'that begins before it was asked for is refused',
      `${ask(', start: 2020-01-01T08:00:00Z')}expect: { verdict: refused, reasons: [start-over] }`,
    ],
    ['that begins a day later is approved', `${ask(', start: 24h')}votes: [mia]\nexpect: approved`],
    [
      'that begins too far ahead is refused',
      `${ask(', start: 8d')}expect: { verdict: refused, reasons: [too-far-ahead] }`,
    ],
    [
      'that is over before somebody answers is denied',
      `${ask(', for: 1h, start: 1h')}votes: [{ by: mia, at: 3h }]\nat: 4h\nexpect: { verdict: denied, reasons: [timed-out] }`,
    ],
    [
      'where nobody tells who is in the team is refused',
      'access: { role: push, by: ben }\nfacts: { teams: {} }\nexpect: { verdict: refused, reasons: [membership-unknown] }',
    ],
  ])('%s', (_, lines) => {
    expect(runOne(POLICY, lines).mismatches).toEqual([]);
  });

  it('that is refused says why in place of the tree', () => {
    const { outcome } = runOne(POLICY, `${ask(', for: 9h')}expect: refused`);
    expect(outcome).toMatchObject({ verdict: 'refused', approvers: [], tree: 'The request is not opened: too-long.' });
    expect(outcome.rules.size).toBe(0);
  });

  it('needs a ticket where the rule asks for one', () => {
    const strict = POLICY.replace('min-length: 10', "min-length: 10, ticket: 'INC-*'");
    expect(runOne(strict, `${ask()}expect: { verdict: refused, reasons: [ticket-missing] }`).mismatches).toEqual([]);
    expect(runOne(strict, `${ask(', ticket: INC-7')}expect: pending`).mismatches).toEqual([]);
  });
});

describe('reviews that are owed', () => {
  const EXITS = POLICY.replace(
    '    timeout: 4h\n',
    '    break-glass: { by: [release], review: [maintainers] }\n',
  ).replace(
    '    approvals: [{ from: [maintainers] }]\n',
    `    approvals: [{ from: [maintainers] }]
    auto-approve: { requesters: [engineers], inside: "mon-fri 08:00 - 18:00", zone: UTC, review: [maintainers] }
`,
  );
  const smash = 'deployment: { to: production, by: ben }\nvotes: [{ by: ana, says: break-glass }]\n';
  const ask = 'access: { role: push, by: ben, for: 2h }\n';

  it.each<[string, string]>([
    ['let the glass be broken where there are none', `${smash}expect: { verdict: approved, reasons: [glass-broken] }`],
    [
      'keep everybody from breaking it',
      `${smash}owed: [rita]\nexpect: { verdict: pending, reasons: [reviews-owed], approvers: [ana, rita] }`,
    ],
    ['keep them from it though they have time', `${smash}owed: [{ by: rita, due: 2h }]\nexpect: pending`],
    [
      'leave approvals alone',
      'deployment: { to: production, by: ben }\nvotes: [ana]\nowed: [rita]\nexpect: { verdict: approved, rules: { production: reviews-owed } }',
    ],
    [
      'let access be granted at once where there are none',
      `${ask}expect: { verdict: approved, reasons: [auto-approved] }`,
    ],
    ['let it wait at other hours', `${ask}opened: 2026-01-05T19:00:00Z\nexpect: pending`],
    [
      'make who did not give them wait',
      `${ask}owed: [ben]\nexpect: { verdict: pending, reasons: [auto-approve-blocked], approvers: [mia] }`,
    ],
    ['are overdue at the time that is named', `${ask}owed: [{ by: ben, due: 2026-01-05T11:00:00Z }]\nexpect: pending`],
    ['have time until then', `${ask}owed: [{ by: ben, due: 2h }]\nexpect: approved`],
    ['of others let access be granted at once', `${ask}owed: [ana, { by: rita }]\nexpect: approved`],
  ])('%s', (_, lines) => {
    expect(runOne(EXITS, lines).mismatches).toEqual([]);
  });
});

describe('a case without a time', () => {
  it('is opened at noon of a working day', () => {
    const frozen = (days: string): string =>
      POLICY.replace('    timeout: 4h\n', `    freeze: [{ weekly: "${days}", zone: UTC }]\n`);
    const ship = 'deployment: { to: production, by: ben }\nvotes: [ana]\n';
    expect(runOne(frozen('sat-sun 00:00 - 24:00'), `${ship}expect: approved`).mismatches).toEqual([]);
    expect(
      runOne(frozen('mon 11:00 - 13:00'), `${ship}expect: { verdict: pending, reasons: [frozen] }`).mismatches,
    ).toEqual([]);
  });
});
