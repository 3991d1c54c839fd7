/** Are cases about custom roles run as the app decides, and is a slip in a role's name not taken for a refusal? */

import { describe, expect, it } from 'vitest';
import { diffWithNone } from '../../../src/domain/policy/diff.ts';
import { accessRuleFor } from '../../../src/domain/policy/match.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';
import { roleIn } from '../../../src/domain/policy/roles.ts';
import { runCases } from '../../../src/domain/policy/test-compare.ts';
import { readTestFile } from '../../../src/domain/policy/test-file.ts';
import { known } from '../../../src/domain/result.ts';
import { ana } from '../../support/domain.ts';

const POLICY = `version: 1
custom-roles: { Release lead: { base: push }, auditor: { base: pull } }
groups: { engineers: { teams: [engineers] }, leads: { teams: [leads] } }
access:
  - { name: lead, roles: [release LEAD, triage, maintain, Release Lead], requesters: [engineers], max-duration: 8h, approvals: [{ from: [leads] }] }
`;

function read(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const lead = { custom: 'Release lead', base: 'push' } as const;

describe('a policy with custom roles', () => {
  it('has nothing odd in it, and knows each role once, as it was declared', () => {
    expect(lintPolicy(POLICY)).toEqual([]);
    expect(read(POLICY).access[0]?.roles).toEqual([lead, 'triage', 'maintain']);
  });

  it.each([
    ['RELEASE lead', lead],
    ['Auditor', { custom: 'auditor', base: 'pull' }],
    ['Write', 'push'],
    ['lead', null],
    ['__proto__', null],
  ])('means by %s the role %j', (word, role) => {
    expect(roleIn(read(POLICY), word)).toEqual(role);
  });

  it('names what is on offer, weakest first, to who asks for a role that is not', () => {
    const asked = accessRuleFor(read(POLICY), {
      role: { custom: 'auditor', base: 'pull' },
      duration: null,
      ahead: null,
      requester: ana.id,
      members: new Map([['engineers', known([ana])]]),
    });
    expect(asked).toMatchObject({
      ok: false,
      error: { kind: 'role-not-offered', offered: ['triage', 'Release lead', 'maintain'] },
    });
  });

  it('does not offer a role of the same name that is said to build on another', () => {
    const role = { ...lead, base: 'maintain' } as const;
    const members = new Map([['engineers', known([ana])]]);
    const asked = { duration: null, ahead: null, requester: ana.id, members };
    expect(accessRuleFor(read(POLICY), { ...asked, role: lead }).ok).toBe(true);
    expect(accessRuleFor(read(POLICY), { ...asked, role })).toMatchObject({ error: { kind: 'role-not-offered' } });
  });

  it('is described by the names of its roles', () => {
    const words = diffWithNone(read(`${POLICY}limits: { roles: [Release lead, triage, maintain] }\n`), 'came');
    expect(words.map(({ what }) => what)).toEqual([
      'the team "engineers" may ask for Release lead, triage and maintain for up to 8 hours',
      'only Release lead, triage and maintain may be granted',
    ]);
  });
});

describe('a case', () => {
  const outcome = (role: string, expected: string) => {
    const file = readTestFile(`version: 1
facts: { teams: { engineers: [erin], leads: [mia] } }
cases: [{ name: one, access: { role: ${role}, by: erin }, votes: [mia], expect: ${expected} }]
`);
    if (!file.ok) throw new Error(JSON.stringify(file.error));
    return runCases(read(POLICY), file.value.value)[0];
  };

  it('is approved for a role that is on offer', () => {
    expect(outcome('release lead', 'approved')?.mismatches).toEqual([]);
  });

  it('is refused for one that is not', () => {
    const expected = '{ verdict: refused, reasons: [role-not-offered] }';
    expect(outcome('auditor', expected)?.mismatches).toEqual([]);
  });

  it('does not pass for its refusal where the role is a slip', () => {
    expect(outcome('auditer', 'refused')?.mismatches).toMatchObject([{ what: 'reasons', actual: 'unknown-role' }]);
    expect(outcome('auditer', '{ verdict: refused, reasons: [unknown-role] }')?.mismatches).toEqual([]);
  });
});
