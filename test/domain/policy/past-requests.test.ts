/** What the audit log tells of a request: what was asked for, whose votes counted, whether it passed, what it gave. */

import { describe, expect, it } from 'vitest';
import { linkEntry, type AuditDraft, type AuditEntry, type AuditKind, type Json } from '../../../src/domain/audit.ts';
import { after, millis, userId, type Instant } from '../../../src/domain/identity.ts';
import { pastRequests, type PastRequest } from '../../../src/domain/policy/past-requests.ts';
import { HEAD, HOUR, NOON, repo } from '../../support/domain.ts';

const ID = '0198c0de-0000-7000-8000-000000000001';
const at = (hours: number): Instant => after(NOON, millis(hours * HOUR));
type Row = Readonly<Record<string, Json>>;
type Step = readonly [kind: AuditKind, hours: number, data?: Row];

/** What the log tells after such entries about one request. */
function read(...steps: readonly Step[]): readonly PastRequest[] {
  const entries: AuditEntry[] = [];
  for (const [kind, hours, data = {}] of steps) {
    const draft = {
      installationId: repo.installationId,
      kind,
      actor: kind === 'vote.cast' ? userId(11) : null,
      repoId: repo.id,
      requestId: ID,
      grantId: kind.startsWith('grant.') ? 'grant-1' : null,
      data,
    } as AuditDraft;
    entries.push(linkEntry(entries.at(-1) ?? null, draft, at(hours)));
  }
  const log = pastRequests();
  entries.forEach(log.take);
  return log.finish();
}

const MERGE: Row = { kind: 'merge', pull: 7, head: HEAD, base: 'main', pushers: [11] };
const RUN: Row = { id: 30, attempt: 2, event: 'push', actor: 11, triggeringActor: null, fork: false };
const DEPLOYMENT: Row = {
  kind: 'deployment',
  environment: 'production',
  sha: HEAD,
  ref: 'main',
  refKinds: ['branch'],
  deploymentId: 5,
  run: RUN,
  ruleWaits: true,
  creator: 12,
};
const ACCESS: Row = {
  kind: 'access',
  grantee: 1,
  target: 2,
  role: 'push',
  duration: 3_600_000,
  reason: 'to repair the build',
  ticket: 'INC-7',
  rule: 'shift',
};
const opened = (subject: Row, more: Row = {}): Step => [
  'request.opened',
  0,
  { request: { repo: 2, subject, requester: 1, openedAt: NOON, conversation: { repo: 2 }, ...more } },
];
const voted = (id: number, answer: string, more: Row = {}): Step => [
  'vote.cast',
  1,
  {
    answer,
    source: { kind: 'comment', id },
    head: HEAD,
    at: at(1),
    ...more,
  },
];
const one = (...steps: readonly Step[]): PastRequest => {
  const [only, ...rest] = read(...steps);
  if (only === undefined || rest.length > 0) throw new Error('there is one');
  return only;
};

describe('what was asked for', () => {
  it('is told with who asked, by number alone', () => {
    expect(one(opened(MERGE))).toMatchObject({
      id: ID,
      repo: 2,
      state: 'pending',
      passed: false,
      openedAt: NOON,
      decidedAt: NOON,
      conversation: 2,
      grant: null,
      votes: [],
      request: { id: ID, subject: MERGE, requester: { id: 1, login: 'account 1' }, openedAt: NOON },
    });
  });

  it('is a deployment with its run, or access with its grantee and place', () => {
    expect(one(opened(DEPLOYMENT)).request.subject).toEqual(DEPLOYMENT);
    const { refKinds, ...older } = DEPLOYMENT;
    expect(refKinds).toEqual(['branch']);
    expect(one(opened({ ...older, run: null, deploymentId: null, creator: null })).request.subject).toEqual({
      ...older,
      run: null,
      deploymentId: null,
      creator: null,
      refKinds: [],
    });
    expect(one(opened(ACCESS)).request.subject).toEqual({
      ...ACCESS,
      grantee: { id: 1, login: 'account 1' },
      target: { installationId: 1, id: 2, owner: '', name: '' },
      extends: null,
    });
    expect(one(opened({ ...ACCESS, start: at(5) })).request.subject).toMatchObject({ start: at(5) });
  });

  it.each<[string, Json]>([
    ['a custom role', { custom: 'lead', base: 'push' }],
    ['a team', { team: 'on-call', id: 4711, org: 3 }],
  ])('can be %s', (_, role) => {
    expect(one(opened({ ...ACCESS, role })).request.subject).toMatchObject({ role });
  });

  it('can have nobody who asked and nowhere to talk', () => {
    expect(one(opened(MERGE, { requester: null, conversation: null }))).toMatchObject({
      conversation: null,
      request: { requester: null },
    });
  });

  it.each<[string, Row]>([
    ['of another kind', { ...MERGE, kind: 'action' }],
    ['for a commit that is none', { ...MERGE, head: 'abc' }],
    ['for more than a commit', { ...MERGE, head: `${HEAD}ffff` }],
    ['for what does not begin as a commit', { ...MERGE, head: `x${HEAD}` }],
    ['for a role that there is not', { ...ACCESS, role: 'owner' }],
  ])('is passed over %s: another version may have written it', (_, subject) => {
    expect(read(opened(subject))).toEqual([]);
  });

  it('can be a commit of either length', () => {
    expect(read(opened({ ...MERGE, head: 'f'.repeat(64) }))).toHaveLength(1);
  });
});

describe('whether it passed', () => {
  it.each<[string, readonly Step[], boolean, number]>([
    ['approved', [['request.approved', 2]], true, 2],
    [
      'released',
      [
        ['request.approved', 2],
        ['request.released', 3],
      ],
      true,
      2,
    ],
    [
      'closed while it stood approved',
      [
        ['request.approved', 2],
        ['request.closed', 3],
      ],
      true,
      2,
    ],
    ['closed while it waited', [['request.closed', 3]], false, 0],
    [
      'approved, held again and closed',
      [
        ['request.approved', 2],
        ['request.unapproved', 3],
        ['request.closed', 4],
      ],
      false,
      3,
    ],
    ['denied', [['request.denied', 2]], false, 2],
    ['expired', [['request.expired', 4]], false, 4],
    [
      'cancelled though it stood approved',
      [
        ['request.approved', 2],
        ['request.cancelled', 3],
      ],
      false,
      2,
    ],
  ])('where it was %s', (_, steps, passed, decided) => {
    expect(one(opened(MERGE), ...steps)).toMatchObject({ passed, openedAt: NOON, decidedAt: at(decided) });
  });
});

describe('votes', () => {
  const answers = (...steps: readonly Step[]) => one(opened(MERGE), ...steps).votes.map(({ answer }) => answer);
  const voided = (id: number, hours: number): Step => [
    'vote.voided',
    hours,
    { source: { kind: 'comment', id }, why: 'comment-deleted', at: at(hours) },
  ];

  it('are told by whom, for which commit and when, without their words', () => {
    expect(one(opened(MERGE), voted(1, 'approve', { reason: 'fine' })).votes).toEqual([
      {
        requestId: ID,
        voter: { id: 11, login: 'account 11' },
        answer: 'approve',
        source: { kind: 'comment', id: 1 },
        head: HEAD,
        castAt: at(1),
        reason: null,
        voided: null,
      },
    ]);
  });

  it('come in their order, each with the time until which a review is owed for it', () => {
    expect(answers(voted(1, 'approve'), voted(2, 'deny'))).toEqual(['approve', 'deny']);
    expect(one(opened(MERGE), voted(1, 'break-glass', { due: at(24) })).votes).toMatchObject([{ due: at(24) }]);
  });

  it('that were taken back before it was decided did not count', () => {
    expect(answers(voted(1, 'approve'), voided(1, 2))).toEqual([]);
    expect(answers(voted(1, 'approve'), voided(1, 2), ['request.approved', 3])).toEqual([]);
    expect(answers(voted(1, 'approve'), voided(1, 3), ['request.approved', 3])).toEqual([]);
  });

  it('that were taken back later had their effect', () => {
    expect(answers(voted(1, 'approve'), ['request.approved', 2], voided(1, 3))).toEqual(['approve']);
  });

  it('of which it is not told when they were taken back did not count', () => {
    const [kind, hours, data] = voided(1, 3);
    const untimed: Step = [kind, hours, { ...data, at: null }];
    expect(answers(voted(1, 'approve'), ['request.approved', 2], untimed)).toEqual([]);
  });

  it('that nobody can read are left out', () => {
    expect(answers(voted(1, 'applaud'), voted(2, 'approve'))).toEqual(['approve']);
  });
});

describe('what it gave', () => {
  const grant = { requestId: ID, startsAt: at(1), endsAt: at(9), endedAt: null };
  const created: Step = ['grant.created', 1, { grant }];

  it('is told from its begin to its end', () => {
    expect(one(opened(ACCESS), created).grant).toEqual({ startsAt: at(1), endsAt: at(9), endedAt: null });
    const ended: Step = ['grant.ended', 4, { grant: { ...grant, endedAt: at(4) } }];
    const over = one(opened(ACCESS), created, ['grant.active', 2], ['grant.ending', 3], ended);
    expect(over.grant).toEqual({ startsAt: at(1), endsAt: at(9), endedAt: at(4) });
  });

  it('is nothing where GitHub refused it', () => {
    expect(one(opened(ACCESS), created, ['grant.failed', 2]).grant).toBeNull();
  });
});
