/** Every sentence that people read of a decision: nothing missing, nothing twice, nothing of what does not concern them. */

import { describe, expect, test } from 'vitest';
import type { StageReport } from '../../src/domain/decision.ts';
import { approvers, describe as describeSubject, details, given, names } from '../../src/domain/explain.ts';
import { grantId, instant } from '../../src/domain/identity.ts';
import { decided, ruleOf, stageOf, told } from '../support/decisions.ts';
import { accessRequest, ana, ben, cleo, dan, deploymentRequest, mergeRequest, NOON, repo } from '../support/domain.ts';

const HOW = 'To approve, write `/approve` in a comment on #7; to refuse, `/deny: reason`. `/explain` tells more.';
const HELD = '**Held:** the merge of #7 into `main` waits for approval.';

describe('what is held or asked for', () => {
  test.each([
    ['a branch', deploymentRequest(), 'the deployment of the branch `main` (`aaaaaaa`) to `production`'],
    [
      'a tag that is called like a branch',
      deploymentRequest({ ref: 'v1', refKinds: ['branch', 'tag'] }),
      'the deployment of the branch and tag `v1` (`aaaaaaa`) to `production`',
    ],
    [
      'a commit',
      deploymentRequest({ ref: 'aaaaaaa', refKinds: ['other'] }),
      'the deployment of `aaaaaaa` (`aaaaaaa`) to `production`',
    ],
    [
      'a branch that is something else as well',
      deploymentRequest({ refKinds: ['other', 'branch'] }),
      'the deployment of the branch `main` (`aaaaaaa`) to `production`',
    ],
    [
      'what was a branch',
      deploymentRequest({ refKinds: [] }),
      'the deployment of `main`, which is no branch or tag that has this commit now, (`aaaaaaa`) to `production`',
    ],
    ['a role', accessRequest(), 'the role `push` on `octo-org/shop` for `octo-author` (1 hour)'],
    [
      'a team',
      accessRequest({ role: { team: 'on-call', id: 5, org: 6 } }),
      'membership of `team:on-call` of `octo-org` for `octo-author` (1 hour)',
    ],
    [
      'more time',
      accessRequest({ extends: grantId('0198c0de-0000-7000-8000-000000000002') }),
      'more time with `push` on `octo-org/shop` for `octo-author` (1 hour)',
    ],
    [
      'a role later',
      accessRequest({ start: instant(NOON + 60_000) }),
      'the role `push` on `octo-org/shop` for `octo-author` (1 hour from 2026-05-04 12:01 UTC)',
    ],
  ])('%s', (_, { subject }, words) => {
    expect(describeSubject(subject)).toBe(words);
  });

  test('what is given is named with where it is', () => {
    expect(given('push', repo)).toBe('`push` on `octo-org/shop`');
    expect(given({ team: 'on-call', id: 5, org: 6 }, repo)).toBe('`team:on-call` of `octo-org`');
  });
});

test.each([
  [0, 'nobody'],
  [1, '`octo-ana`'],
  [2, '`octo-ana` and `octo-ben`'],
  [4, '`octo-ana`, `octo-ben`, `octo-cleo` and `octo-dan`'],
])('%i people are named', (count, words) => {
  expect(names([ana, ben, cleo, dan].slice(0, count))).toBe(words);
});

test.each([
  [10, /`octo-ana` and `octo-ana`$/u],
  [11, /^(?:`octo-ana`, ){9}`octo-ana` and 1 more$/u],
])('of %i people ten are named', (count, words) => {
  expect(names(Array.from({ length: count }, () => ana))).toMatch(words);
});

describe('the summary', () => {
  test('of what waits says by stage who has approved and who can, and how', () => {
    const stages = [
      stageOf({ approvedBy: [ana], candidates: { kind: 'people', people: [ben] } }),
      stageOf({ from: ['security', 'owners'], required: 2, candidates: { kind: 'people', people: [cleo, dan] } }),
      stageOf({ from: ['nobody-asks-them'], skipped: true }),
    ];
    const excluded = [{ voter: ben, why: 'author' } as const];
    expect(told(decided('pending', [ruleOf({ stages, excluded, mayHold: ['leads', 'legal'] })]))).toEqual([
      HELD,
      '',
      'Gate `main`: 1 approval is missing.',
      '- ✅ 1 of 1 from `release`, by `octo-ana`',
      '- ⏳ 0 of 2 from `security` or `owners`. Can approve: `octo-cleo` and `octo-dan`',
      '- `octo-ben` approved, which does not count: they opened the pull request.',
      '- `leads` or `legal` can hold it by `/deny`.',
      '',
      HOW,
    ]);
  });

  test('of what is over says nothing of how to approve, nor of a deadline', () => {
    const late = mergeRequest({}, { deadline: instant(NOON + 60_000) });
    const complete = ruleOf({
      verdict: 'approved',
      reason: { kind: 'approvals-complete' },
      stages: [stageOf({ required: 2, approvedBy: [ana, ben] })],
    });
    expect(told(decided('approved', [complete]), late)).toEqual([
      '**Approved:** the merge of #7 into `main`.',
      '',
      'Gate `main`: all approvals are there.',
      '- ✅ 2 of 2 from `release`, by `octo-ana` and `octo-ben`',
    ]);
    const refused = ruleOf({
      verdict: 'denied',
      reason: { kind: 'denied-by', by: ben, words: null },
      stages: [stageOf({ required: 2, approvedBy: [ana] })],
    });
    expect(told(decided('denied', [refused]), late)).toEqual([
      '**Denied:** the merge of #7 into `main`.',
      '',
      'Gate `main`: denied by `octo-ben`.',
      '- ➖ 1 of 2 from `release`, by `octo-ana`',
    ]);
  });

  test('of what nothing holds says which gates are not for it, and why', () => {
    const condition = { outcome: 'met', text: 'draft: true', because: null, children: [] } as const;
    const spared = [
      { rule: 'main', by: 'unless', condition },
      { rule: 'docs', by: 'unless', condition: { ...condition, because: 'it is a draft' } },
    ] as const;
    expect(told(decided('none', [], { spared }))).toEqual([
      '**Nothing to approve:** no gate holds the merge of #7 into `main`.',
      '',
      'The gate `main` does not apply: draft: true is met.',
      '',
      'The gate `docs` does not apply: draft: true is met (it is a draft).',
    ]);
  });

  test('of several gates tells each, and once how to approve', () => {
    const complete = ruleOf({ rule: 'docs', verdict: 'approved', reason: { kind: 'approvals-complete' } });
    expect(told(decided('pending', [complete, ruleOf()]))).toEqual([
      HELD,
      '',
      'Gate `docs`: all approvals are there.',
      '',
      'Gate `main`: 1 approval is missing.',
      '',
      HOW,
    ]);
  });

  test('of an access request tells of its rule, and names the issue that has it', () => {
    const request = accessRequest();
    expect(told(decided('pending', [ruleOf({ rule: 'shift' })]), request)).toEqual([
      '**Held:** the role `push` on `octo-org/shop` for `octo-author` (1 hour) waits for approval.',
      '',
      'Access rule `shift`: 1 approval is missing.',
      '',
      HOW,
    ]);
  });

  test('on an issue that is about to be opened names none', () => {
    const lines = told(decided('pending', [ruleOf()]), deploymentRequest({}, { conversation: null }));
    expect(lines.at(-1)).toBe('To approve, write `/approve`; to refuse, `/deny: reason`. `/explain` tells more.');
  });

  test('where nobody can approve still says how, since the groups can change', () => {
    expect(told(decided('pending', [ruleOf({ reason: { kind: 'nobody-can', stage: 0 } })]))).toEqual([
      HELD,
      '',
      'Gate `main`: approvals are missing and not enough people are left who could give them; the policy or its groups have to change.',
      '',
      HOW,
    ]);
  });

  test('where no approval is missing says until when it waits, and not how to approve', () => {
    const frozen = { kind: 'frozen', until: instant(NOON + 3_600_000), zone: 'UTC', reason: null } as const;
    const rule = ruleOf({ reason: frozen, notes: [frozen], stages: [stageOf({ approvedBy: [ana] })] });
    expect(told(decided('pending', [rule]), mergeRequest({}, { deadline: instant(NOON + 7_200_000) }))).toEqual([
      HELD,
      '',
      'Gate `main`: all approvals are there, but it is frozen until 2026-05-04 13:00 UTC.',
      '- ✅ 1 of 1 from `release`, by `octo-ana`',
      '',
      'Unanswered by 2026-05-04 14:00 UTC, it is denied.',
    ]);
  });

  test('with a deadline ends with it', () => {
    const lines = told(decided('pending', [ruleOf()]), mergeRequest({}, { deadline: NOON }));
    expect(lines.slice(-3)).toEqual([HOW, '', 'Unanswered by 2026-05-04 12:00 UTC, it is denied.']);
  });

  test('of a policy with errors lists them, each with its place', () => {
    const overall = {
      kind: 'policy-invalid',
      findings: [
        { where: 'p.yml:3:5', message: 'bad key' },
        { where: 'p.yml:9:1', message: 'bad value' },
      ],
    } as const;
    expect(told(decided('pending', [], { overall }))).toEqual([
      HELD,
      '',
      'The policy on the default branch has errors. Everything is held until a push repairs it:',
      '',
      '- `p.yml:3:5` bad key',
      '- `p.yml:9:1` bad value',
    ]);
  });
});

test.each([
  [20, []],
  [21, ['- and 1 more']],
])('of a policy with %i errors the first 20 are listed, and the others counted', (count, rest) => {
  const findings = Array.from({ length: count }, (_, index) => ({ where: `p.yml:${String(index)}:1`, message: 'bad' }));
  const list = told(decided('pending', [], { overall: { kind: 'policy-invalid', findings } })).slice(4);
  expect(list.slice(0, 20)).toEqual(findings.slice(0, 20).map(({ where }) => `- \`${where}\` bad`));
  expect(list.slice(20)).toEqual(rest);
});

describe('a stage', () => {
  const line = (changes: Partial<StageReport>): string | undefined =>
    told(decided('pending', [ruleOf({ stages: [stageOf(changes)] })]))[3];

  test.each<[string, Partial<StageReport>, string]>([
    [
      'whose people could not be read says why',
      { candidates: { kind: 'unknown', why: 'GitHub said 502' } },
      '- ⏳ 0 of 1 from `release`. Can approve: unknown, GitHub said 502',
    ],
    [
      'that nobody is left for says so',
      { candidates: { kind: 'people', people: [] } },
      '- ⏳ 0 of 1 from `release`. Can approve: nobody who has not voted already',
    ],
    [
      'that is half full names those who have, and those who can',
      { required: 2, approvedBy: [ben] },
      '- ⏳ 1 of 2 from `release`, by `octo-ben`. Can approve: `octo-ana`',
    ],
    [
      'that was added says for which commit',
      { why: 'unattributed' },
      '- ⏳ 0 of 1 from `release` (one more, since a commit belongs to no known account). Can approve: `octo-ana`',
    ],
    [
      'that was added for what could not be told says what',
      { why: 'unattributed', untold: 'nobody knows who pushed' },
      '- ⏳ 0 of 1 from `release` (one more, since nobody knows who pushed). Can approve: `octo-ana`',
    ],
  ])('%s', (_, changes, words) => {
    expect(line(changes)).toBe(words);
  });

  test('can be unblocked by its candidates: not those of one that is full or not asked, nor of one that is unknown', () => {
    const stages = [
      stageOf({ candidates: { kind: 'unknown', why: '502' } }),
      stageOf({ approvedBy: [dan], candidates: { kind: 'people', people: [ben] } }),
      stageOf({ candidates: { kind: 'people', people: [ben] }, skipped: true }),
      stageOf({ candidates: { kind: 'people', people: [cleo, ana] } }),
      stageOf({ candidates: { kind: 'people', people: [ana] } }),
    ];
    expect(approvers(decided('pending', [ruleOf({ stages })]))).toEqual([cleo, ana]);
  });
});

describe('the details', () => {
  test('say of each gate every stage and every condition, each below what it belongs to', () => {
    const leaf = (text: string, because: string | null = null) =>
      ({ outcome: 'met', text, because, children: [] }) as const;
    const both = {
      ...leaf('all of these'),
      children: [leaf('draft: true', 'it is one'), leaf('fork: false')],
    } as const;
    const stages = [
      stageOf({ approvedBy: [ana] }),
      stageOf({ from: ['security'], condition: leaf('fork: true') }),
      stageOf({ from: ['leads', 'legal'], skipped: true, condition: leaf('signed: true') }),
      stageOf({ from: ['owners'], skipped: true }),
    ];
    const excluded = [{ voter: ben, why: 'voided' } as const];
    const spared = [{ rule: 'docs', by: 'when', condition: both } as const];
    expect(details(decided('pending', [ruleOf({ stages, excluded })], { spared })).split('\n')).toEqual([
      '### Why',
      '',
      '- `main`: **pending**, 1 approval is missing',
      '  - ✅ 1 of 1 from `release`, by `octo-ana`',
      '  - ⏳ 0 of 1 from `security`. Can approve: `octo-ana`',
      '    - fork: true is met',
      '  - not asked: `leads` or `legal`',
      '    - signed: true is met',
      '  - not asked: `owners`',
      "  - `octo-ben`'s approval does not count: its comment was changed or deleted, or its review dismissed",
      '- `docs`: **does not apply**',
      '  - all of these is met',
      '    - draft: true is met (it is one)',
      '    - fork: false is met',
    ]);
  });

  test('of a gate that is decided ask nobody', () => {
    const rule = ruleOf({ verdict: 'denied', reason: { kind: 'fork-not-allowed' }, stages: [stageOf()] });
    expect(
      details(decided('denied', [rule]))
        .split('\n')
        .slice(2),
    ).toEqual([
      '- `main`: **denied**, the run comes from a fork, and the gate does not say `forks: allowed`',
      '  - ➖ 0 of 1 from `release`',
    ]);
  });
});
