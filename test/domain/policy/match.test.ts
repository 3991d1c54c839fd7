/** Which rules apply to what, and which facts they rest on. */

import { describe, expect, test } from 'vitest';
import {
  installationId,
  millis,
  repoId,
  sha,
  userId,
  type Person,
  type RepoRef,
} from '../../../src/domain/identity.ts';
import { factsNeeded, factsToAsk, type FactQuery } from '../../../src/domain/policy/facts.ts';
import { accessRuleFor, candidateGates, gatesFor, type Ask } from '../../../src/domain/policy/match.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';
import { known, unknown, type Known } from '../../../src/domain/result.ts';
import type { AccessSubject, DeploymentSubject, Facts, MergeSubject, PullFacts } from '../../../src/domain/subject.ts';

const HOUR = 3_600_000;
const ana: Person = { id: userId(1), login: 'ana' };
const bo: Person = { id: userId(2), login: 'bo' };
const repo: RepoRef = { installationId: installationId(1), id: repoId(1), owner: 'octo-org', name: 'app' };
const head = sha('a'.repeat(40));

function policy(text: string): Policy {
  const result = parsePolicy(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const merge = (base: string): MergeSubject => ({ kind: 'merge', pull: 7, head, base, pushers: [] });
const deployment = (environment: string, ref = 'main'): DeploymentSubject => ({
  kind: 'deployment',
  environment,
  sha: head,
  ref,
  refKinds: ['branch'],
  deploymentId: 1,
  run: null,
  ruleWaits: false,
  creator: null,
});
const access = (rule: string): AccessSubject => ({
  kind: 'access',
  grantee: ana,
  target: repo,
  role: 'push',
  duration: millis(HOUR),
  reason: '',
  ticket: null,
  rule,
  extends: null,
});

const pull: PullFacts = {
  number: 7,
  open: true,
  merged: false,
  draft: false,
  author: ana,
  head,
  headRef: 'topic',
  base: 'main',
  fork: false,
  labels: [],
  title: '',
  lines: 0,
};
const facts: Facts = {
  pull,
  files: known(['docs/a.md']),
  contributors: known({ people: [], unattributed: 0 }),
  pushers: [],
  lines: known(12),
  unsigned: known(0),
  event: unknown('a merge is started by no event'),
  checks: known([]),
  members: new Map(),
  teams: new Map(),
  logins: new Map(),
};

const gated = policy(`version: 1
groups: { a: { teams: [a] }, owners: { codeowners: true } }
gates:
  - { name: production, on: deployment, environments: [Production, "prod-*"], refs: [main], approvals: [{ from: a }] }
  - { name: everywhere, on: deployment, environments: ["**"], approvals: [{ from: a }], self-approval: allowed }
  - { name: main, on: merge, branches: [main], unless: { only-paths: ["docs/**"] }, approvals: [{ from: a }] }
  - { name: infra, on: merge, branches: ["**"], when: { paths: ["infra/**"] }, approvals: [{ from: owners }] }
  - { name: release, on: merge, branches: ["release/**"], approvals: [{ from: a }] }
`);
const names = (gates: readonly { readonly name: string }[]) => gates.map(({ name }) => name);

describe('gates are found by place', () => {
  test.each<[string, MergeSubject | DeploymentSubject, string[]]>([
    ['an environment', deployment('production'), ['production', 'everywhere']],
    ['an environment in another case', deployment('PRODUCTION'), ['production', 'everywhere']],
    ['an environment by its pattern', deployment('Prod-EU'), ['production', 'everywhere']],
    [
      'a ref that the gate does not name, which it denies',
      deployment('production', 'topic'),
      ['production', 'everywhere'],
    ],
    ['another environment', deployment('staging'), ['everywhere']],
    ['a branch', merge('main'), ['main', 'infra']],
    ['a branch in another case, which is another branch', merge('Main'), ['infra']],
    ['a branch by its pattern', merge('release/1.2'), ['infra', 'release']],
  ])('%s', (_, subject, expected) => {
    expect(names(candidateGates(gated, subject))).toEqual(expected);
  });

  test('none on actions, which nothing asks for yet', () => {
    const actions = policy(
      'version: 1\ngroups: { a: { teams: [a] } }\ngates: [{ name: x, on: action, actions: ["**"], approvals: [{ from: a }] }]',
    );
    expect(candidateGates(actions, merge('main'))).toEqual([]);
    expect(candidateGates(actions, deployment('production'))).toEqual([]);
  });

  test('none for a request for access', () => {
    expect(gatesFor(gated, access('any'), facts)).toEqual({ applies: [], spared: [] });
  });
});

describe('a gate', () => {
  const matching = (files: Known<readonly string[]>) => {
    const { applies, spared } = gatesFor(gated, merge('main'), { ...facts, files });
    return { applies: names(applies), spared: spared.map(({ rule, condition }) => [rule, condition.outcome]) };
  };

  test('is spared where its `unless` is met or its `when` unmet, and the condition says so', () => {
    expect(matching(known(['docs/a.md']))).toEqual({
      applies: [],
      spared: [
        ['main', 'met'],
        ['infra', 'unmet'],
      ],
    });
  });

  test('applies where its `unless` is unmet and its `when` met', () => {
    expect(matching(known(['docs/a.md', 'infra/a']))).toEqual({ applies: ['main', 'infra'], spared: [] });
  });

  test('applies where neither can be told', () => {
    expect(matching(unknown('too many'))).toEqual({ applies: ['main', 'infra'], spared: [] });
    expect(matching(known([]))).toEqual({ applies: ['main'], spared: [['infra', 'unmet']] });
  });

  test('with both conditions is spared by either', () => {
    const both = policy(`version: 1
groups: { a: { teams: [a] } }
gates:
  - { name: both, on: merge, branches: [main], when: { draft: false }, unless: { fork: true }, approvals: [{ from: a }] }
`);
    const applies = (change: Partial<PullFacts>) =>
      gatesFor(both, merge('main'), { ...facts, pull: { ...pull, ...change } }).applies.length === 1;
    expect(applies({})).toBe(true);
    expect(applies({ draft: true })).toBe(false);
    expect(applies({ fork: true })).toBe(false);
  });
});

describe('an access rule is found by role, requester and duration', () => {
  const open = policy(`version: 1
groups: { engineers: { teams: [e] }, on-call: { teams: [o] }, leads: { teams: [l] } }
access:
  - { name: short, roles: [triage, push], requesters: [engineers], max-duration: 2h, default-duration: 90m, approvals: [{ from: leads }] }
  - { name: long, roles: [push], requesters: [engineers, on-call], max-duration: 8h, approvals: [{ from: leads, count: 2 }] }
  - { name: admin, roles: [admin], requesters: [on-call], max-duration: 30m, approvals: [{ from: leads }] }
`);
  const members: Facts['members'] = new Map([
    ['engineers', known([ana])],
    ['on-call', known([bo])],
  ]);
  const ask = (change: Partial<Ask>) =>
    accessRuleFor(open, { role: 'push', duration: millis(HOUR), ahead: null, requester: ana.id, members, ...change });

  test.each<[string, Partial<Ask>, string, number]>([
    ['the first that fits', {}, 'short', HOUR],
    ['at the longest that it allows', { duration: millis(2 * HOUR) }, 'short', 2 * HOUR],
    ['the next where the first is too short', { duration: millis(2 * HOUR + 1) }, 'long', 2 * HOUR + 1],
    ['the next where the first is not for this person', { requester: bo.id }, 'long', HOUR],
    ['with its default where none is named', { duration: null }, 'short', 1.5 * HOUR],
    ['at the furthest start', { ahead: millis(168 * HOUR) }, 'short', HOUR],
    [
      'with a default that is never longer than the longest',
      { role: 'admin', requester: bo.id, duration: null },
      'admin',
      HOUR / 2,
    ],
  ])('%s', (_, change, name, duration) => {
    const result = ask(change);
    expect(result.ok && { name: result.value.rule.name, duration: result.value.duration }).toEqual({ name, duration });
  });

  test.each<[string, Partial<Ask>, object]>([
    [
      'the role is not offered',
      { role: 'maintain' },
      { kind: 'role-not-offered', role: 'maintain', offered: ['triage', 'push', 'admin'] },
    ],
    ['the person may not ask', { role: 'admin' }, { kind: 'not-a-requester', role: 'admin', requesters: ['on-call'] }],
    [
      'nobody may ask but others',
      { requester: userId(9) },
      { kind: 'not-a-requester', role: 'push', requesters: ['engineers', 'on-call'] },
    ],
    [
      'the time is too long under every rule that is for this person',
      { duration: millis(9 * HOUR) },
      { kind: 'too-long', role: 'push', duration: 9 * HOUR, longest: 8 * HOUR },
    ],
    [
      'it begins too far ahead under every rule that is for this person',
      { ahead: millis(170 * HOUR) },
      { kind: 'too-far-ahead', role: 'push', furthest: 168 * HOUR },
    ],
    [
      'the time is too long, told by what this person may have',
      { role: 'triage', duration: millis(3 * HOUR) },
      { kind: 'too-long', role: 'triage', duration: 3 * HOUR, longest: 2 * HOUR },
    ],
    [
      'a group could not be read',
      {
        members: new Map([
          ['engineers', unknown('the team is gone')],
          ['on-call', known([ana])],
        ]),
      },
      { kind: 'membership-unknown', group: 'engineers', why: 'the team is gone' },
    ],
    [
      'no group was read',
      { members: new Map() },
      { kind: 'membership-unknown', group: 'engineers', why: 'its members were not read' },
    ],
  ])('and refused where %s', (_, change, refusal) => {
    expect(ask(change)).toEqual({ ok: false, error: refusal });
  });

  test('one group that has the person is enough where another could not be read', () => {
    const partly: Facts['members'] = new Map([
      ['engineers', known([])],
      ['on-call', known([bo])],
    ]);
    expect(ask({ requester: bo.id, members: partly }).ok).toBe(true);
    const broken: Facts['members'] = new Map([
      ['engineers', unknown('gone')],
      ['on-call', known([bo])],
    ]);
    expect(ask({ role: 'admin', requester: bo.id, duration: null, members: broken }).ok).toBe(true);
  });

  test('a policy without access rules says so', () => {
    const none = accessRuleFor(gated, { role: 'push', duration: null, ahead: null, requester: ana.id, members });
    expect(none).toEqual({ ok: false, error: { kind: 'no-access-rules' } });
  });
});

describe('only the facts are asked for that the candidates rest on', () => {
  const group = (name: string): FactQuery => ({ kind: 'group', name });
  const asked = (text: string, subject: MergeSubject | DeploymentSubject | AccessSubject = merge('main')) =>
    factsNeeded(policy(`version: 1\ngroups: { a: { teams: [a] }, owners: { codeowners: true } }\n${text}`), subject);

  test('none where no gate matches', () => {
    expect(factsNeeded(gated, deployment('x')).length).toBeGreaterThan(0);
    expect(asked('gates: [{ name: x, on: merge, branches: [other], approvals: [{ from: a }] }]')).toEqual([]);
  });

  test('who wrote it, unless that person may approve it', () => {
    const gate = 'name: x, on: merge, branches: [main], approvals: [{ from: a }]';
    expect(asked(`gates: [{ ${gate} }]`)).toEqual([{ kind: 'pull' }, { kind: 'contributors' }, group('a')]);
    expect(asked(`gates: [{ ${gate}, self-approval: allowed }]`)).toEqual([group('a')]);
  });

  test('the members of the groups that are asked later', () => {
    const gate = 'name: x, on: merge, branches: [main], approvals: [{ from: a }], self-approval: allowed';
    expect(asked(`gates: [{ ${gate}, escalate: [{ after: 1h, to: owners }] }]`)).toEqual([
      group('a'),
      group('owners'),
      { kind: 'files' },
    ]);
  });

  test('the members of the groups that may break the glass, not of those that review it later', () => {
    const gate = 'name: x, on: merge, branches: [main], approvals: [{ from: a }], self-approval: allowed';
    expect(asked(`gates: [{ ${gate}, break-glass: { by: owners, review: a } }]`)).toEqual([
      group('a'),
      group('owners'),
      { kind: 'files' },
    ]);
  });

  test('the members of the groups that may disapprove', () => {
    const gate = 'name: x, on: merge, branches: [main], approvals: [{ from: a }], self-approval: allowed';
    expect(asked(`gates: [{ ${gate}, disapprove: owners }]`)).toEqual([group('a'), group('owners'), { kind: 'files' }]);
  });

  test('the files for code owners', () => {
    const gate = 'name: x, on: merge, branches: [main], approvals: [{ from: owners }], self-approval: allowed';
    expect(asked(`gates: [{ ${gate} }]`)).toEqual([group('owners'), { kind: 'files' }]);
  });

  test.each<[string, FactQuery[]]>([
    ['{ paths: [a] }', [{ kind: 'files' }]],
    ['{ only-paths: [a] }', [{ kind: 'files' }]],
    ['{ labels: [a] }', [{ kind: 'pull' }]],
    ['{ base: [a] }', [{ kind: 'pull' }]],
    ['{ head: [a] }', [{ kind: 'pull' }]],
    ['{ draft: true }', [{ kind: 'pull' }]],
    ['{ fork: true }', [{ kind: 'pull' }]],
    ['{ authors: [Ana, 7] }', [{ kind: 'pull' }, { kind: 'contributors' }, { kind: 'login', name: 'ana' }]],
    [
      '{ only-authors: { teams: [Core] } }',
      [{ kind: 'pull' }, { kind: 'contributors' }, { kind: 'team', name: 'core' }],
    ],
    ['{ title: [a] }', [{ kind: 'pull' }]],
    ['{ lines-changed: { max: 3 } }', [{ kind: 'pull' }]],
    ['{ signed: true }', [{ kind: 'signatures' }]],
    ['{ event: [push] }', []],
    ['{ checks: [ci] }', [{ kind: 'checks' }]],
    ['{ all: [{ paths: [a] }, { any: [{ not: { draft: true } }] }] }', [{ kind: 'files' }, { kind: 'pull' }]],
  ])('what the condition %s needs, in `when`, in `unless` and in a stage', (condition, expected) => {
    const gate = 'name: x, on: merge, branches: [main], self-approval: allowed';
    expect(asked(`gates: [{ ${gate}, when: ${condition}, approvals: [{ from: a }] }]`)).toEqual([
      ...expected,
      group('a'),
    ]);
    expect(asked(`gates: [{ ${gate}, unless: ${condition}, approvals: [{ from: a }] }]`)).toEqual([
      ...expected,
      group('a'),
    ]);
    expect(asked(`gates: [{ ${gate}, approvals: [{ from: a, when: ${condition} }] }]`)).toEqual([
      ...expected,
      group('a'),
    ]);
  });

  test('each once, over all gates that match', () => {
    const gate =
      'on: merge, branches: [main], approvals: [{ from: a }, { from: [a, owners] }], unless: { draft: true }';
    expect(asked(`gates: [{ name: x, ${gate} }, { name: y, ${gate} }]`)).toEqual([
      { kind: 'pull' },
      { kind: 'contributors' },
      group('a'),
      group('owners'),
      { kind: 'files' },
    ]);
  });

  const rules = `access:
  - { name: one, roles: [push], requesters: [a], max-duration: 1h, approvals: [{ from: a }] }
  - { name: two, roles: [push, admin], requesters: [b], max-duration: 1h, approvals: [{ from: c, when: { draft: true } }] }
`;
  const threeGroups = 'version: 1\ngroups: { a: { teams: [a] }, b: { teams: [b] }, c: { teams: [c] } }\n';

  test('for an access request, the requesters and approvers of its rule', () => {
    const subject = access('two');
    expect(factsNeeded(policy(threeGroups + rules), subject)).toEqual([group('b'), { kind: 'pull' }, group('c')]);
    expect(factsNeeded(policy(threeGroups + rules), access('gone'))).toEqual([]);
  });

  test('to find the access rule, the requesters of every rule that offers the role', () => {
    expect(factsToAsk(policy(threeGroups + rules), 'push')).toEqual([group('a'), group('b')]);
    expect(factsToAsk(policy(threeGroups + rules), 'admin')).toEqual([group('b')]);
    expect(factsToAsk(policy(threeGroups + rules), 'pull')).toEqual([]);
  });
});
