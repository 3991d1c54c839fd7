/** What a policy file is read into, and what it leaves out. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NO_LIMITS } from '../../../src/domain/policy/baseline.ts';
import type { AccessRule, Condition, Gate, Policy } from '../../../src/domain/policy/model.ts';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';

const HOUR = 3_600_000;

function policy(text: string): Policy {
  const result = parsePolicy(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const GROUPS = 'groups: { a: { teams: [a] }, b: { teams: [b] } }';

/** The gate of a policy that has this one. */
function gate(text: string): Gate {
  const [only, ...others] = policy(`version: 1\n${GROUPS}\ngates:\n  - ${text}`).gates;
  if (only === undefined || others.length > 0) throw new Error('expected one gate');
  return only;
}

function access(text: string): AccessRule {
  const [only] = policy(`version: 1\n${GROUPS}\naccess:\n  - ${text}`).access;
  if (only === undefined) throw new Error('expected one access rule');
  return only;
}

const MERGE = 'name: m, on: merge, branches: [main], approvals: [{ from: a }]';
const DEPLOYMENT = 'name: d, on: deployment, environments: [production], approvals: [{ from: a }]';
const ACCESS = 'name: w, roles: [push], requesters: [a], max-duration: 8h, approvals: [{ from: b }]';

describe('the defaults are strict', () => {
  test('a policy of its version alone holds deployments and actions, and lets merges be', () => {
    expect(policy('version: 1')).toEqual({
      version: 1,
      customRoles: new Map(),
      groups: new Map(),
      gates: [],
      access: [],
      withheldTeams: [],
      unmatched: { deployment: 'deny', action: 'deny', merge: 'allow' },
      unmatchedSaid: {},
      limits: NO_LIMITS,
    });
  });

  test('a merge gate waits for ever, for one person who did not write it, by command', () => {
    expect(gate(`{ ${MERGE} }`)).toEqual({
      name: 'm',
      on: 'merge',
      branches: [expect.objectContaining({ source: 'main' })],
      approvals: [{ from: ['a'], count: 1, when: null }],
      when: null,
      unless: null,
      timeout: null,
      selfApproval: false,
      reviews: false,
      disapprove: [],
      freeze: [],
      escalate: [],
      breakGlass: null,
    });
  });

  test('a deployment gate allows every ref but no fork', () => {
    expect(gate(`{ ${DEPLOYMENT} }`)).toMatchObject({
      on: 'deployment',
      refs: null,
      forks: false,
      selfApproval: false,
    });
  });

  test('an access rule gives an hour, asks for no reason, waits a week and removes the role', () => {
    expect(access(`{ ${ACCESS} }`)).toEqual({
      name: 'w',
      roles: ['push'],
      teams: [],
      autoApprove: null,
      requesters: ['a'],
      maxDuration: 8 * HOUR,
      maxAhead: 7 * 24 * HOUR,
      maxLive: null,
      maxLiveInOrganisation: null,
      coolDown: null,
      defaultDuration: HOUR,
      reason: { minLength: 0, ticket: null },
      approvals: [{ from: ['b'], count: 1, when: null }],
      timeout: 7 * 24 * HOUR,
      selfApproval: false,
      onExpiry: 'remove',
      onDrift: 'report',
    });
  });

  test('the default time is never longer than the longest', () => {
    expect(access(`{ ${ACCESS.replace('8h', '20m')} }`).defaultDuration).toBe(HOUR / 3);
  });
});

describe('every key is read', () => {
  test('of groups', () => {
    const { groups } = policy(
      'version: 1\ngroups:\n  all: { teams: [Release-Managers], users: [octo-ana, 583231, "42"], codeowners: true, role: write }',
    );
    expect(groups.get('all')).toEqual({
      name: 'all',
      teams: ['release-managers'],
      users: [
        { kind: 'login', login: 'octo-ana' },
        { kind: 'id', id: 583231 },
        { kind: 'login', login: '42' },
      ],
      codeowners: true,
      role: 'push',
    });
  });

  test('of a deployment gate', () => {
    const read = gate(
      `{ ${DEPLOYMENT}, refs: [main, "v*"], forks: allowed, timeout: 4h, self-approval: allowed, reviews: true }`,
    );
    expect(read).toMatchObject({
      refs: [{ source: 'main' }, { source: 'v*' }],
      forks: true,
      timeout: 4 * HOUR,
      selfApproval: true,
      reviews: true,
    });
  });

  test('of the groups that may disapprove, a name or a list', () => {
    expect(gate(`{ ${MERGE}, disapprove: b }`).disapprove).toEqual(['b']);
    expect(gate(`{ ${MERGE}, disapprove: [b, a, b] }`).disapprove).toEqual(['b', 'a']);
  });

  test('of times in which nothing passes', () => {
    const read = gate(
      `{ ${MERGE}, freeze: [{ from: 2026-12-18, to: 2027-01-04, zone: Europe/Berlin, reason: year end }, { weekly: "fri 16:00 - mon 08:00", zone: UTC }] }`,
    );
    expect(read.freeze).toEqual([
      {
        window: { kind: 'dates', from: '2026-12-18T00:00:00', to: '2027-01-05T00:00:00', zone: 'Europe/Berlin' },
        reason: 'year end',
      },
      { window: { kind: 'weekly', spans: [{ day: 5, start: 960, over: 3, end: 480 }], zone: 'UTC' }, reason: null },
    ]);
  });

  test('of escalations, whose groups are a name or a list, each once', () => {
    expect(gate(`{ ${MERGE}, escalate: [{ after: 30m, to: b }, { after: 1h, to: [b, a, b] }] }`).escalate).toEqual([
      { after: HOUR / 2, to: ['b'] },
      { after: HOUR, to: ['b', 'a'] },
    ]);
  });

  test('of who may break the glass, with a day for the review', () => {
    expect(gate(`{ ${MERGE}, break-glass: { by: [a, a], review: b } }`).breakGlass).toEqual({
      by: ['a'],
      review: ['b'],
      within: 24 * HOUR,
    });
    expect(gate(`{ ${MERGE}, break-glass: { by: a, review: b, within: 2h } }`).breakGlass?.within).toBe(2 * HOUR);
  });

  test('of a gate on actions', () => {
    expect(
      gate('{ name: x, on: action, actions: ["db/drop-*"], approvals: [{ from: a }], timeout: 1h }'),
    ).toMatchObject({
      on: 'action',
      actions: [{ source: 'db/drop-*' }],
      timeout: HOUR,
      approvals: [{ from: ['a'], count: 1 }],
    });
  });

  test('of limits', () => {
    expect(
      policy(
        'version: 1\nlimits: { max-live: 3, cool-down: 2h, max-ahead: 2d, roles: [read, push], teams: [Ops, leads#7], max-duration: 4h, min-count: 2 }',
      ).limits,
    ).toEqual({
      roles: ['pull', 'push'],
      teams: [
        { slug: 'ops', id: null },
        { slug: 'leads', id: 7 },
      ],
      maxDuration: 4 * HOUR,
      maxAhead: 48 * HOUR,
      maxLive: 3,
      coolDown: 2 * HOUR,
      minCount: 2,
    });
  });

  test('of stages, whose groups are a name or a list, each once', () => {
    const read = gate(
      '{ name: m, on: merge, branches: [main], approvals: [{ from: a }, { from: [b, a, b], count: 2, when: { draft: true } }] }',
    );
    expect(read.approvals).toEqual([
      { from: ['a'], count: 1, when: null },
      { from: ['b', 'a'], count: 2, when: { kind: 'draft', is: true } },
    ]);
  });

  test('of an access rule', () => {
    const read = access(
      `{ ${ACCESS}, default-duration: 2h, reason: { min-length: 20, ticket: "SEC-*" }, timeout: 1d, self-approval: allowed, on-expiry: lower-to-read, on-drift: revoke }`,
    );
    expect(read).toMatchObject({
      defaultDuration: 2 * HOUR,
      reason: { minLength: 20, ticket: { source: 'SEC-*' } },
      timeout: 24 * HOUR,
      selfApproval: true,
      onExpiry: 'lower-to-read',
      onDrift: 'revoke',
    });
    expect(read.reason.ticket?.matches('sec-12')).toBe(true);
  });

  test('of roles, in either of their spellings', () => {
    const read = access(`{ ${ACCESS.replace('[push]', '[read, triage, write, maintain, ADMIN, push]')} }`);
    expect(read.roles).toEqual(['pull', 'triage', 'push', 'maintain', 'admin']);
  });

  test('of what no gate matches', () => {
    expect(policy('version: 1\nunmatched: { merge: deny, deployment: allow }').unmatched).toEqual({
      deployment: 'allow',
      action: 'deny',
      merge: 'deny',
    });
  });

  test('an environment and a label match in any case, a branch does not', () => {
    const deployment = gate(`{ ${DEPLOYMENT.replace('[production]', '[Production]')} }`);
    const merge = gate(`{ ${MERGE}, when: { labels: [Hotfix] } }`);
    if (deployment.on !== 'deployment' || merge.on !== 'merge' || merge.when?.kind !== 'labels')
      throw new Error('kind');
    expect(deployment.environments[0]?.matches('production')).toBe(true);
    expect(merge.when.globs[0]?.matches('HOTFIX')).toBe(true);
    expect(merge.branches[0]?.matches('MAIN')).toBe(false);
  });
});

describe('a condition is read', () => {
  const globs = (...sources: string[]) => sources.map((source) => expect.objectContaining({ source }) as unknown);
  test.each<[string, unknown]>([
    ['paths: ["infra/**"]', { kind: 'paths', globs: globs('infra/**') }],
    ['only-paths: ["docs/**", "**/*.md"]', { kind: 'only-paths', globs: globs('docs/**', '**/*.md') }],
    ['labels: [hotfix]', { kind: 'labels', globs: globs('hotfix') }],
    ['base: [main]', { kind: 'base', globs: globs('main') }],
    ['head: ["renovate/**"]', { kind: 'head', globs: globs('renovate/**') }],
    ['draft: false', { kind: 'draft', is: false }],
    ['fork: true', { kind: 'fork', is: true }],
    [
      'authors: ["dependabot[bot]", 7]',
      {
        kind: 'authors',
        users: [
          { kind: 'login', login: 'dependabot[bot]' },
          { kind: 'id', id: 7 },
        ],
        teams: [],
      },
    ],
    [
      'authors: { users: [bo], teams: [core] }',
      { kind: 'authors', users: [{ kind: 'login', login: 'bo' }], teams: ['core'] },
    ],
    ['not: { fork: true }', { kind: 'not', of: { kind: 'fork', is: true } }],
    [
      'any: [{ draft: true }, { fork: true }]',
      {
        kind: 'any',
        of: [
          { kind: 'draft', is: true },
          { kind: 'fork', is: true },
        ],
      },
    ],
    ['all: [{ draft: true }]', { kind: 'all', of: [{ kind: 'draft', is: true }] }],
    [
      'fork: false, paths: ["a"]',
      {
        kind: 'all',
        of: [
          { kind: 'paths', globs: globs('a') },
          { kind: 'fork', is: false },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    const condition: Condition | null = gate(`{ ${MERGE}, unless: { ${text} } }`).unless;
    expect(condition).toEqual(expected);
  });
});

describe('a policy is read the same', () => {
  const plain = `version: 1\n${GROUPS}\ngates:\n  - { ${MERGE} }\n`;
  test.each([
    ['with a mark of byte order', `\uFEFF${plain}`],
    ['with CRLF', plain.replaceAll('\n', '\r\n')],
    ['with CR', plain.replaceAll('\n', '\r')],
    ['between document marks', `---\n${plain}...\n`],
    ['with comments and blank lines', `# one\n\n${plain}\n# two`],
    [
      'as JSON',
      '{"version":1,"groups":{"a":{"teams":["a"]},"b":{"teams":["b"]}},"gates":[{"name":"m","on":"merge","branches":["main"],"approvals":[{"from":"a"}]}]}',
    ],
    [
      'with a part that is shared by an alias',
      plain.replace('b: { teams: [b] }', 'b: &b { teams: [b] }').concat('access: []\n'),
    ],
  ])('%s', (_, text) => {
    expect(JSON.stringify(policy(text))).toBe(JSON.stringify(policy(plain)));
  });

  test('with merge keys', () => {
    const { gates } = policy(`version: 1
${GROUPS}
gates:
  - &base
    name: one
    on: merge
    branches: [main]
    timeout: 4h
    approvals: [{ from: a }]
  - <<: *base
    name: two
    approvals: [{ from: b }]
`);
    expect(gates[1]).toMatchObject({ name: 'two', on: 'merge', timeout: 4 * HOUR, approvals: [{ from: ['b'] }] });
  });
});

describe('the example that is shipped', () => {
  const text = readFileSync(new URL('../../../.jit-policy.example.yml', import.meta.url), 'utf8');

  test('is valid and gives rise to no finding', () => {
    expect(lintPolicy(text)).toEqual([]);
    expect(parsePolicy(text).ok).toBe(true);
  });

  test.each([
    'teams',
    'users',
    'codeowners',
    'role',
    'environments',
    'refs',
    'forks',
    'branches',
    'from',
    'count',
    'when',
    'unless',
    'timeout',
    'self-approval',
    'reviews',
    'paths',
    'only-paths',
    'authors',
    'labels',
    'base',
    'head',
    'draft',
    'fork',
    'all',
    'any',
    'not',
    'roles',
    'requesters',
    'max-duration',
    'default-duration',
    'reason',
    'min-length',
    'ticket',
    'on-expiry',
    'on-drift',
    'unmatched',
    'deployment',
    'action',
    'merge',
  ])('shows the key %s', (key) => {
    expect(text).toMatch(new RegExp(`(^|[\\s{])${key}:`, 'm'));
  });
});
