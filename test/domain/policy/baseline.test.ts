/** How an organisation's policy binds those of its repositories. */

import { describe, expect, it } from 'vitest';
import { boundByItself, isShared, withBaseline } from '../../../src/domain/policy/baseline.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import type { PolicyState } from '../../../src/domain/policy/state.ts';
import { HOUR, present } from '../../support/domain.ts';

const OWN = `version: 1
groups: { release: { teams: [shop] } }
gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: release }] }]
access:
  - { name: shift, roles: [push, admin], requesters: release, max-duration: 8h, default-duration: 6h, approvals: [{ from: release }, { from: release, when: { draft: true } }] }
  - { name: root, roles: [admin], requesters: release, max-duration: 1h, approvals: [{ from: release, count: 2 }] }
`;
const BASE = `version: 1
groups: { release: { teams: [company] }, security: { teams: [sec] } }
gates:
  - name: main
    on: merge
    branches: [main]
    approvals: [{ from: release }]
    disapprove: security
    escalate: [{ after: 1h, to: security }]
    break-glass: { by: release, review: security }
access: [{ name: theirs, roles: [admin], requesters: release, max-duration: 1h, approvals: [{ from: release }] }]
`;
const LIMITS = 'limits: { roles: [triage, push], max-duration: 4h, min-count: 2 }\n';

const policyOf = (state: PolicyState): Policy => {
  if (state.kind !== 'present') throw new Error(state.kind);
  return state.policy;
};
const both = (own: string, base: string): Policy => policyOf(withBaseline(present(own), present(base)));
const absent: PolicyState = { kind: 'absent' };

describe('the gates of both', () => {
  it("apply, the organisation's under a name of their own with groups of their own", () => {
    const { gates, groups } = both(OWN, BASE);
    expect(gates.map(({ name }) => name)).toEqual(['org:main', 'main']);
    expect(gates[0]).toMatchObject({
      approvals: [{ from: ['org:release'] }],
      disapprove: ['org:security'],
      escalate: [{ to: ['org:security'] }],
      breakGlass: { by: ['org:release'], review: ['org:security'] },
    });
    expect(gates[1]).toMatchObject({ approvals: [{ from: ['release'] }] });
    expect([...groups].map(([name, { name: own, teams }]) => [name, own, teams])).toEqual([
      ['release', 'release', ['shop']],
      ['org:release', 'org:release', ['company']],
      ['org:security', 'org:security', ['sec']],
    ]);
  });

  it('leave the access rules of the organisation to its own repository', () => {
    expect(both(OWN, BASE).access.map(({ name }) => name)).toEqual(['shift', 'root']);
  });

  it("are told apart from the repository's alone by the blob", () => {
    const own = present(OWN);
    const state = withBaseline(own, { ...present(BASE), blob: 'd'.repeat(40) } as PolicyState);
    expect(state).toMatchObject({ blob: `${'c'.repeat(40)}+${'d'.repeat(40)}`, path: '.jit-policy.yml' });
  });
});

describe('limits', () => {
  it('cut what the repository offers, and leave out what is nothing any more', () => {
    const [shift, ...others] = both(OWN, BASE + LIMITS).access;
    expect(others).toEqual([]);
    expect(shift).toMatchObject({ roles: ['push'], maxDuration: 4 * HOUR, defaultDuration: 4 * HOUR });
  });

  describe('and custom roles', () => {
    const own = (base: string): string =>
      `${OWN.replace('[push, admin]', '[push, Lead]')}custom-roles: { Lead: { base: ${base} } }\n`;
    const declared = 'custom-roles: { lead: { base: maintain } }\n';
    const rolesOf = (mine: string, theirs: string) => both(mine, theirs).access.map(({ roles }) => roles)[0];

    it.each(['pull', 'triage', 'push', 'maintain'])('leave out one that only a repository declares: on %s', (base) => {
      expect(rolesOf(own(base), BASE + LIMITS)).toEqual(['push']);
    });

    it('take the base that the organisation declares, with its limits or without', () => {
      const lead = { custom: 'lead', base: 'maintain' };
      expect(rolesOf(own('pull'), `${BASE}${declared}limits: { roles: [push, lead] }\n`)).toEqual(['push', lead]);
      expect(rolesOf(own('pull'), `${BASE}${declared}`)).toEqual(['push', lead]);
      expect(both(own('pull'), `${BASE}${declared}`).customRoles.get('lead')).toEqual(lead);
      expect(rolesOf(`${own('pull')}limits: { roles: [lead] }\n`, `${BASE}${declared}`)).toEqual([lead]);
      expect(rolesOf(own('pull'), `${BASE}${declared}${LIMITS}`)).toEqual(['push']);
    });
  });

  it.each([{ kind: 'itself' }, { kind: 'itself', untrusted: true }] as const)(
    'count over all repositories in the one that has the policy of all, too: %o',
    (own) => {
      const policy = policyOf(withBaseline(present(`${OWN}limits: { max-live: 2 }\n`), own));
      expect(policy.access[0]).toMatchObject({ maxLive: null, maxLiveInOrganisation: 2 });
    },
  );

  it('let nobody approve what they ask for where so many people have to approve', () => {
    const own = OWN.replaceAll('name: shift,', 'name: shift, self-approval: allowed,');
    const selfApproval = (limits: string) => both(own, `${BASE}${limits}`).access[0]?.selfApproval;
    expect(selfApproval('limits: { max-duration: 4h }\n')).toBe(true);
    expect(selfApproval('limits: { min-count: 1 }\n')).toBe(false);
    expect(boundByItself(policyOf(present(`${own}limits: { min-count: 1 }\n`))).access[0]?.selfApproval).toBe(false);
  });

  it('ask for more people where a rule asks for too few that are always asked', () => {
    const counts = (approvals: string, count: number) =>
      both(
        OWN.replace('[{ from: release }, { from: release, when: { draft: true } }]', approvals),
        `${BASE}limits: { min-count: ${count} }\n`,
      ).access[0]?.approvals.map(({ count: own, when }) => [own, when === null]);
    expect(counts('[{ from: release }, { from: release, when: { draft: true } }]', 3)).toEqual([
      [3, true],
      [1, false],
    ]);
    expect(counts('[{ from: release, count: 2 }, { from: release }]', 3)).toEqual([
      [2, true],
      [1, true],
    ]);
    expect(counts('[{ from: release, count: 2 }, { from: release }]', 4)).toEqual([
      [3, true],
      [1, true],
    ]);
    expect(counts('[{ from: release, when: { draft: true } }]', 2)).toEqual([[2, true]]);
    expect(counts('[{ from: release, count: 3, when: { draft: true } }]', 2)).toEqual([[3, true]]);
    expect(counts('[{ from: release, count: 3 }]', 2)).toEqual([[3, true]]);
  });

  it('bind the file that they stand in, too', () => {
    expect(policyOf(withBaseline(present(OWN + LIMITS), absent)).access.map(({ roles }) => roles)).toEqual([['push']]);
    expect(both(`${OWN}limits: { max-duration: 2h }\n`, BASE + LIMITS).access[0]?.maxDuration).toBe(2 * HOUR);
    expect(both(OWN, `${BASE}limits: { max-ahead: 2d }\n`).access[0]?.maxAhead).toBe(48 * HOUR);
    const counted = (own: string, base: string) => both(`${OWN}${own}`, `${BASE}${base}`).access[0];
    const lives = counted('limits: { max-live: 3, cool-down: 2h }\n', 'limits: { max-live: 2, cool-down: 1h }\n');
    expect(lives).toMatchObject({ maxLive: 3, maxLiveInOrganisation: 2, coolDown: 2 * HOUR });
    const stricter = counted('', 'limits: { cool-down: 3h }\n');
    expect(stricter).toMatchObject({ maxLive: null, maxLiveInOrganisation: null, coolDown: 3 * HOUR });
    expect(both(OWN, `${BASE}limits: { max-ahead: 30d }\n`).access[0]?.maxAhead).toBe(7 * 24 * HOUR);
    expect(both(`${OWN}limits: { max-duration: 6h }\n`, BASE + LIMITS).access[0]?.maxDuration).toBe(4 * HOUR);
  });

  it.each([
    ['neither says', '', '', null, null],
    ['only the rule says', 'max-live: 4', '', 4, null],
    ['only the organisation says', '', 'max-live: 3', null, 3],
    ['both say', 'max-live: 4', 'max-live: 3', 4, 3],
  ])('on how many run are counted where whoever says them counts: %s', (_, own, limits, here, everywhere) => {
    const rule = both(
      OWN.replace('default-duration: 6h', own === '' ? 'default-duration: 6h' : own),
      `${BASE}limits: { ${limits} }\n`,
    ).access[0];
    expect(rule).toMatchObject({ maxLive: here, maxLiveInOrganisation: everywhere });
  });

  it.each([
    ['max-live', 'max-live: 2', 'max-live: 5', { maxLive: 2 }],
    ['max-live', 'max-live: 5', 'max-live: 2', { maxLive: 2 }],
    ['cool-down', 'cool-down: 3h', 'cool-down: 1h', { coolDown: 3 * HOUR }],
    ['cool-down', 'cool-down: 1h', 'cool-down: 3h', { coolDown: 3 * HOUR }],
    ['cool-down', 'cool-down: 1h', '', { coolDown: HOUR }],
    ['max-ahead', 'max-ahead: 1d', 'max-ahead: 2d', { maxAhead: 24 * HOUR }],
    ['max-duration', 'max-ahead: 1d', 'max-duration: 3h', { maxDuration: 3 * HOUR, defaultDuration: HOUR }],
  ])('of the file itself and of a rule: the stricter counts for %s', (_, own, limits, expected) => {
    const text = `${OWN.replace('default-duration: 6h', own)}limits: { ${limits} }\n`;
    expect(policyOf(withBaseline(present(text), absent)).access[0]).toMatchObject(expected);
    expect(boundByItself(policyOf(present(text))).access[0]).toMatchObject(expected);
  });

  it('ask for more people in the first stage that is always asked, wherever that stands', () => {
    const stages = '[{ from: release, when: { draft: true } }, { from: release, count: 2 }, { from: release }]';
    const text = OWN.replace('[{ from: release }, { from: release, when: { draft: true } }]', stages);
    const counts = both(text, `${BASE}limits: { min-count: 5 }\n`).access[0]?.approvals;
    expect(counts?.map(({ count, when }) => [count, when === null])).toEqual([
      [1, false],
      [4, true],
      [1, true],
    ]);
  });

  it('bind nothing where they say nothing', () => {
    const own = policyOf(present(OWN));
    expect(both(OWN, BASE).access).toEqual(own.access);
  });
});

describe('what no gate matches', () => {
  const unmatched = (own: string, base: string) =>
    both(`${OWN}unmatched: ${own}\n`, `${BASE}unmatched: ${base}\n`).unmatched;

  it.each([
    ['{ deployment: allow, action: allow }', '{}', { deployment: 'allow', action: 'allow', merge: 'allow' }],
    [
      '{ deployment: allow, action: allow }',
      '{ deployment: deny, action: deny, merge: deny }',
      { deployment: 'deny', action: 'deny', merge: 'deny' },
    ],
    [
      '{ merge: deny }',
      '{ deployment: allow, action: allow, merge: allow }',
      { deployment: 'deny', action: 'deny', merge: 'deny' },
    ],
  ])('is as strict as the stricter says: %s and %s', (own, base, expected) => {
    expect(unmatched(own, base)).toEqual(expected);
  });
});

describe('a policy that is not there', () => {
  const invalid: PolicyState = { kind: 'invalid', findings: [], path: 'p', blob: 'b' };
  const unreachable: PolicyState = { kind: 'unreachable', why: '502', passing: true };

  it.each([
    ['the baseline is invalid', present(OWN), invalid, invalid],
    ['the baseline can not be reached', present(OWN), unreachable, unreachable],
    ['the baseline can not be reached and there is no other', absent, unreachable, unreachable],
    ['the own is invalid', invalid, present(BASE), invalid],
    ['the own can not be reached', unreachable, present(BASE), unreachable],
    ['neither is there', absent, absent, absent],
  ])('%s', (_, own, base, expected) => {
    expect(withBaseline(own, base)).toEqual(expected);
  });

  it("leaves the organisation's gates alone in force, and offers no access", () => {
    const state = withBaseline(absent, present(BASE));
    expect(state).toMatchObject({ kind: 'present', baselineOnly: true });
    expect(policyOf(state)).toMatchObject({ access: [], gates: [{ name: 'org:main' }] });
  });
});

describe('the gates of the organisation', () => {
  it('are known by their name', () => {
    expect(both(OWN, BASE).gates.map(isShared)).toEqual([true, false]);
    expect(isShared({ name: 'organisation' })).toBe(false);
    expect(isShared({ name: 'my org:main' })).toBe(false);
  });

  it('keep everything but their names and groups', () => {
    const base = `version: 1
groups: { release: { teams: [company] } }
gates:
  - name: careful
    on: deployment
    environments: [production]
    refs: [main]
    timeout: 2h
    self-approval: allowed
    when: { paths: ["infra/**"] }
    approvals: [{ from: release, count: 2, when: { draft: false } }, { from: [release] }]
    escalate: [{ after: 3h, to: release }]
    freeze: [{ weekly: "fri 16:00 - mon 08:00", zone: UTC }]
`;
    const [theirs] = policyOf(present(base)).gates;
    const [shared] = both(OWN, base).gates;
    if (theirs === undefined || shared === undefined) throw new Error('it has a gate');
    expect(shared).toMatchObject({
      on: 'deployment',
      timeout: theirs.timeout,
      selfApproval: true,
      freeze: theirs.freeze,
      breakGlass: null,
      disapprove: [],
      escalate: [{ after: 3 * HOUR, to: ['org:release'] }],
      approvals: [
        { from: ['org:release'], count: 2 },
        { from: ['org:release'], count: 1, when: null },
      ],
    });
  });

  it('keep how long a broken glass gives for the look at it', () => {
    expect(both(OWN, BASE).gates[0]?.breakGlass?.within).toBe(24 * HOUR);
    const longer = BASE.replace('review: security }', 'review: security, within: 3h }');
    expect(both(OWN, longer).gates[0]?.breakGlass?.within).toBe(3 * HOUR);
  });
});
