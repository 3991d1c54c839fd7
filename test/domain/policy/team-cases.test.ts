/** Which teams may be granted: the organisation's policy alone says so, and a repository's can only bind it further. */

import { describe, expect, it } from 'vitest';
import type { TeamRole } from '../../../src/domain/grantable.ts';
import { withBaseline } from '../../../src/domain/policy/baseline.ts';
import { diffPolicies, diffWithNone } from '../../../src/domain/policy/diff.ts';
import { accessRuleFor } from '../../../src/domain/policy/match.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { offers } from '../../../src/domain/policy/offers.ts';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';
import type { BaselineState } from '../../../src/domain/policy/state.ts';
import { runCases } from '../../../src/domain/policy/test-compare.ts';
import { readTestFile } from '../../../src/domain/policy/test-file.ts';
import { known } from '../../../src/domain/result.ts';
import { ana, present } from '../../support/domain.ts';

const HEAD = `version: 1
groups: { engineers: { teams: [engineers] }, leads: { teams: [leads] } }
`;
const rule = (offered: string): string =>
  `{ name: pager, ${offered}, requesters: [engineers], max-duration: 8h, approvals: [{ from: [leads] }] }`;
const own = (offered: string, limits = ''): string => `${HEAD}access: [${rule(offered)}]\n${limits}`;
const BASE = `${HEAD}gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [leads] }] }]\n`;
const allowing = (teams: string): string => `${BASE}limits: { teams: [${teams}] }\n`;

const read = (text: string): Policy => {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};
const governed = (text: string, base: BaselineState): Policy => {
  const state = withBaseline(present(text), base);
  if (state.kind !== 'present') throw new Error(state.kind);
  return state.policy;
};
const onCall: TeamRole = { team: 'on-call', id: 4711, org: 3 };
const ask = (policy: Policy, role: TeamRole = onCall) =>
  accessRuleFor(policy, {
    role,
    duration: null,
    ahead: null,
    requester: ana.id,
    members: new Map([['engineers', known([ana])]]),
  });

describe('a team that a rule offers', () => {
  it.each<[string, BaselineState]>([
    ['no policy of the organisation', { kind: 'absent' }],
    ['one without limits', present(BASE)],
    ['one whose limits name no teams', present(`${BASE}limits: { max-duration: 1h }\n`)],
    ['one that names none', present(allowing(''))],
    ['one that names another', present(allowing('security'))],
    ['one that names another of the number', present(allowing('on-call#12'))],
  ])('is given to nobody under %s, and the refusal says why', (what, base) => {
    const policy = governed(own(what.includes('number') ? 'teams: [on-call#4711]' : 'teams: [on-call]'), base);
    expect(policy.access).toEqual([]);
    expect(policy.withheldTeams).toEqual(['on-call']);
    expect(ask(policy)).toEqual({ ok: false, error: { kind: 'team-not-allowed', team: 'on-call' } });
  });

  it('is given where the organisation allows it', () => {
    const policy = governed(own('teams: [On-Call]'), present(allowing('on-call, security')));
    expect(policy.withheldTeams).toEqual([]);
    expect(ask(policy)).toMatchObject({ ok: true, value: { rule: { name: 'pager' } } });
  });

  it('leaves the roles of its rule alone where it is withheld', () => {
    const [only] = governed(own('roles: [push], teams: [on-call]'), present(BASE)).access;
    expect(only).toMatchObject({ roles: ['push'], teams: [] });
  });

  it.each([
    ['on-call#4711', 'on-call', true],
    ['on-call', 'on-call#4711', true],
    ['on-call#12', 'on-call', false],
    ['on-call', 'on-call#12', false],
  ])('named %s, and allowed as %s, is the team of that number alone', (named, allowed, expected) => {
    expect(ask(governed(own(`teams: [${named}]`), present(allowing(allowed)))).ok).toBe(expected);
  });

  it('is not allowed by the limits of the repository itself, which can only leave it out', () => {
    const limits = 'limits: { teams: [on-call] }\n';
    expect(ask(governed(own('teams: [on-call]', limits), present(BASE))).ok).toBe(false);
    expect(ask(governed(own('teams: [on-call]', limits), { kind: 'absent' })).ok).toBe(false);
    const none = own('teams: [on-call]', 'limits: { teams: [other] }\n');
    expect(ask(governed(none, present(allowing('on-call')))).ok).toBe(false);
  });

  it('is allowed by the file itself where that is the organisation’s', () => {
    const limits = 'limits: { teams: [on-call] }\n';
    expect(ask(governed(own('teams: [on-call]', limits), { kind: 'itself' })).ok).toBe(true);
    expect(ask(governed(own('teams: [on-call]'), { kind: 'itself' })).ok).toBe(false);
  });

  it('is no role, whatever a custom one is called', () => {
    const text = own('roles: [on-call]').replace('groups', 'custom-roles: { on-call: { base: push } }\ngroups');
    const policy = governed(text, present(allowing('on-call')));
    expect(ask(policy)).toMatchObject({ error: { kind: 'role-not-offered', offered: ['on-call'] } });
    expect(offers({ roles: [], teams: [{ slug: 'push', id: null }] }, 'push')).toBe(false);
  });
});

describe('findings', () => {
  const found = (text: string) => lintPolicy(text).map(({ code, severity }) => [code, severity]);

  it('are none for a rule with teams alone', () => {
    expect(found(own('teams: [on-call]'))).toEqual([]);
  });

  it('say that a rule offers nothing', () => {
    expect(lintPolicy(own('reason: { min-length: 3 }'))).toMatchObject([
      { code: 'missing-key', severity: 'error', message: 'the rule offers neither `roles` nor `teams`' },
    ]);
    expect(found(own('teams: []'))).toEqual([['bad-value', 'error']]);
  });

  it.each([
    ['its own rule', own('teams: [leads]'), 'pager'],
    ['its own rule, by another number', own('teams: [leads#12]'), 'pager'],
    [
      'a gate',
      `${own('teams: [leads]').replace('approvals: [{ from: [leads] }]', 'approvals: [{ from: [engineers] }]')}gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [leads] }] }]\n`,
      'main',
    ],
    [
      'a gate, once it has waited',
      `${own('teams: [leads]').replace('from: [leads]', 'from: [engineers]')}gates: [{ name: main, on: merge, branches: [main], escalate: [{ after: 1h, to: [leads] }], approvals: [{ from: [engineers] }] }]\n`,
      'main',
    ],
    ['a gate of the organisation’s own file', allowing('leads'), 'main'],
  ])('warn of a team that is granted and approves for %s', (_, text, name) => {
    const warnings = lintPolicy(text).filter(({ code }) => code === 'granted-approver');
    expect(warnings).toMatchObject([
      { severity: 'warning', message: expect.stringContaining(`approves for "${name}"`) },
    ]);
    expect(parsePolicy(text).ok).toBe(true);
  });

  it('find a rule with teams that an earlier one takes everything of', () => {
    const twice = `${HEAD}access: [${rule('teams: [on-call, other]')}, ${rule('teams: [On-call#4711]').replace('pager', 'later')}]\n`;
    expect(found(twice.replace('#4711', ''))).toEqual([['shadowed-rule', 'warning']]);
    const apart = twice.replace('On-call#4711', 'third');
    expect(found(apart)).toEqual([]);
  });
});

describe('what a change means', () => {
  const said = (before: string, after: string): readonly string[] =>
    diffPolicies(read(before), read(after)).map(({ effect, what }) => `${effect} ${what}`);

  it('is told of teams as of roles', () => {
    expect(said(own('roles: [push]'), own('roles: [push], teams: [on-call, a#7]'))).toEqual([
      'weaker membership of team:on-call and team:a#7 may now be asked for',
    ]);
    expect(said(own('roles: [push], teams: [on-call]'), own('roles: [push]'))).toEqual([
      'stricter membership of team:on-call may no longer be asked for',
    ]);
    expect(diffWithNone(read(own('teams: [on-call]')), 'came')[0]?.what).toContain('may ask for team:on-call');
  });

  it('is told of the limits', () => {
    expect(said(BASE, allowing('on-call'))).toEqual(['weaker membership of team:on-call may now be granted']);
    expect(said(allowing('on-call, a'), allowing('a'))).toEqual([
      'stricter membership of team:on-call may no longer be granted',
    ]);
    expect(said(allowing('on-call'), BASE)).toEqual([
      'weaker no list says any more which teams may be granted',
      'stricter membership of team:on-call may no longer be granted',
    ]);
  });
});

describe('a case', () => {
  const outcome = (role: string, expected: string) => {
    const file = readTestFile(`version: 1
facts: { teams: { engineers: [erin], leads: [mia] } }
cases: [{ name: one, access: { role: "${role}", by: erin }, votes: [mia], expect: ${expected} }]
`);
    if (!file.ok) throw new Error(JSON.stringify(file.error));
    return runCases(read(own('teams: [on-call]')), file.value.value)[0]?.mismatches;
  };

  it('supposes that the organisation allows what the rules offer', () => {
    expect(outcome('team:On-Call', 'approved')).toEqual([]);
    expect(outcome('team:other', '{ verdict: refused, reasons: [role-not-offered] }')).toEqual([]);
    expect(outcome('on-call', '{ verdict: refused, reasons: [unknown-role] }')).toEqual([]);
  });
});
