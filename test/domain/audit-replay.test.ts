/** Whether requests, votes and grants can be made anew from the log, and what the log says where it does not fit. */

import { describe, expect, it } from 'vitest';
import { compareRow } from '../../src/domain/audit-compare.ts';
import { accountFor, grantRecord, requestRecord, voteRecord, type Told } from '../../src/domain/audit-record.ts';
import { replay, replayer, voteKey } from '../../src/domain/audit-replay.ts';
import { linkEntry, type AuditDraft, type AuditEntry, type Json } from '../../src/domain/audit.ts';
import { instant, requestId } from '../../src/domain/identity.ts';
import { auditOf } from '../../src/domain/settle.ts';
import {
  aGrant,
  anAccessRequest,
  ana,
  aRequest,
  aVote,
  ben,
  HEAD,
  NOON,
  shop,
  tools,
} from '../adapters/postgres/values.ts';

/** A chain out of changes, as the store would write them. */
function chainOf(...changes: readonly Told[]): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const change of changes) {
    for (const draft of accountFor(change)) entries.push(linkEntry(entries.at(-1) ?? null, draft, NOON));
  }
  return entries;
}

const told = (draft: Partial<AuditDraft> & Pick<AuditDraft, 'kind'>): Told => ({
  audit: [
    {
      installationId: shop.installationId,
      actor: null,
      repoId: null,
      requestId: null,
      grantId: null,
      data: {},
      ...draft,
    },
  ],
});
const request = aRequest();
const opened: Told = {
  requests: [{ was: null, row: request }],
  audit: [auditOf(request, 'request.opened', ana.id, {})],
};
const moved = (
  fields: Partial<typeof request>,
  kind: AuditDraft['kind'] | null,
  data: AuditDraft['data'] = {},
): Told => ({
  requests: [{ was: 1, row: { ...request, version: 2, ...fields } }],
  audit: kind === null ? [] : [auditOf(request, kind, null, data)],
});
const vote = aVote(request, { reason: 'fine' });
const cast: Told = { ...moved({}, null), votes: [vote] };
const grant = aGrant(request, { state: 'applying' });
const created: Told = {
  grants: [{ was: null, row: grant }],
  audit: [{ ...auditOf(request, 'grant.created', null, {}), grantId: grant.id }],
};
const grantMoved = (fields: Partial<typeof grant>, kind: AuditDraft['kind'] | null): Told => ({
  grants: [{ was: 1, row: { ...grant, version: 2, ...fields } }],
  audit: kind === null ? [] : [{ ...auditOf(request, kind, null, {}), grantId: grant.id }],
});

describe('a row in the log', () => {
  it('holds people and repositories by number, and none of their names', () => {
    const access = anAccessRequest({ outcome: 'Denied by octo-ana' });
    expect(requestRecord(access)).toMatchObject({
      requester: ana.id,
      repo: shop.id,
      subject: { grantee: ana.id, target: tools.id },
    });
    expect(requestRecord(access)).toMatchObject({
      conversation: { repo: shop.id, number: 1 },
      subject: { reason: 'on call' },
    });
    expect(requestRecord(access)).not.toHaveProperty('outcome');
    expect(voteRecord(vote)).toMatchObject({ voter: ben.id, reason: 'fine', source: vote.source });
    expect(grantRecord(grant)).toMatchObject({ grantee: ana.id, repo: tools.id, endsAt: grant.endsAt });
    expect(JSON.stringify([requestRecord(access), voteRecord(vote), grantRecord(grant)])).not.toMatch(/octo/u);
  });

  it('is carried whole by the last entry about it', () => {
    const [first, second, ...more] = accountFor({
      requests: [{ was: null, row: request }],
      audit: [
        auditOf(request, 'request.opened', ana.id, { a: 1 }),
        auditOf(request, 'request.approved', null, { b: 2 }),
      ],
    });
    expect(first?.data).toEqual({ a: 1 });
    expect(second).toMatchObject({ kind: 'request.approved', data: { b: 2, request: requestRecord(request) } });
    expect(more).toEqual([]);
  });

  it('has an entry of its own where nothing else tells of it', () => {
    expect(accountFor(moved({ deadline: instant(5) }, null))).toMatchObject([
      {
        kind: 'request.changed',
        actor: null,
        installationId: shop.installationId,
        repoId: shop.id,
        requestId: request.id,
        grantId: null,
        data: { request: { deadline: 5 } },
      },
    ]);
    expect(accountFor({ grants: [{ was: 1, row: grant }] })).toMatchObject([
      {
        kind: 'grant.changed',
        actor: null,
        installationId: tools.installationId,
        repoId: tools.id,
        requestId: request.id,
        grantId: grant.id,
        data: { grant: grantRecord(grant) },
      },
    ]);
  });

  it('is not put into an entry about something else', () => {
    const elsewhere = [
      auditOf({ ...request, id: requestId('another') }, 'request.opened', null, {}),
      { ...auditOf(request, 'grant.active', null, {}), grantId: grant.id },
    ];
    const entries = accountFor({ requests: [{ was: 1, row: request }], audit: elsewhere });
    expect(entries.map(({ kind, data }) => [kind, 'request' in data])).toEqual([
      ['request.opened', false],
      ['grant.active', false],
      ['request.changed', true],
    ]);
    const lengthens = { ...auditOf(request, 'request.opened', null, {}), grantId: grant.id };
    expect(accountFor({ grants: [{ was: 1, row: grant }], audit: [lengthens] }).map(({ kind }) => kind)).toEqual([
      'request.opened',
      'grant.changed',
    ]);
  });

  it('tells once what was asked for, which can be a page long, and each time what can come to be known', () => {
    const access = anAccessRequest();
    const again = accountFor({ requests: [{ was: 1, row: access }] })[0]?.data['request'];
    expect(again).not.toHaveProperty('subject');
    expect(accountFor({ requests: [{ was: null, row: access }] })[0]?.data['request']).toHaveProperty('subject');
    expect(accountFor(moved({}, null))[0]?.data['request']).toMatchObject({ subject: { pushers: [ana.id] } });
  });

  it('of a vote comes with an entry, once, and never without its request', () => {
    const own = { ...auditOf(request, 'vote.cast', ben.id, { source: { ...vote.source } }) };
    expect(
      accountFor({ ...moved({}, null), votes: [vote], audit: [own] }).filter(({ kind }) => kind === 'vote.cast'),
    ).toHaveLength(1);
    const other = { ...own, data: { source: { ...vote.source, id: 1 } } };
    expect(
      accountFor({ ...moved({}, null), votes: [vote], audit: [other] }).filter(({ kind }) => kind === 'vote.cast'),
    ).toHaveLength(2);
    expect(accountFor(cast).find(({ kind }) => kind === 'vote.cast')).toMatchObject({
      actor: ben.id,
      requestId: request.id,
      data: { answer: 'approve', source: vote.source, head: HEAD, at: NOON, reason: 'fine' },
    });
    expect(() => accountFor({ votes: [vote] })).toThrow('a vote on');
  });
});

describe('the log, folded', () => {
  it('gives every row as it was written last', () => {
    const last = {
      ...request,
      version: 5,
      state: 'released' as const,
      closedAt: NOON,
      outcome: 'approved and released',
    };
    const ended = { ...grant, version: 4, state: 'ended' as const, endedAt: NOON, endReason: 'expired' as const };
    const { requests, votes, grants, problems } = replay(
      chainOf(
        opened,
        cast,
        moved({ version: 3, deadline: instant(9) }, null),
        moved({ version: 4, state: 'approved' }, 'request.approved'),
        moved(last, 'request.released'),
        created,
        grantMoved({ state: 'active' }, 'grant.active'),
        grantMoved({ version: 3, state: 'ending' }, 'grant.ending'),
        grantMoved(ended, 'grant.ended'),
      ),
    );
    expect(problems).toEqual([]);
    expect([...requests]).toEqual([[request.id, requestRecord(last)]]);
    expect([...votes]).toEqual([[voteKey(request.id, vote.source), voteRecord(vote)]]);
    expect([...grants]).toEqual([[grant.id, grantRecord(ended)]]);
  });

  it('voids a vote once, as it was voided first', () => {
    const voided = (at: number, why: string): Told =>
      told({ kind: 'vote.voided', requestId: request.id, data: { source: { ...vote.source }, at, why } });
    const { votes, problems } = replay(
      chainOf(opened, cast, voided(1, 'comment-edited'), voided(2, 'comment-deleted')),
    );
    expect([...votes.values()]).toEqual([{ ...voteRecord(vote), voided: { at: 1, why: 'comment-edited' } }]);
    expect(problems).toEqual([]);
  });

  it('counts a vote that is told twice as it was told first', () => {
    const again = { ...cast, votes: [{ ...vote, answer: 'deny' as const }] };
    expect([...replay(chainOf(opened, cast, again)).votes.values()]).toEqual([voteRecord(vote)]);
  });

  it('lets what GitHub has taken be released though it was not approved at that moment', () => {
    expect(replay(chainOf(opened, moved({ state: 'released' }, 'request.released'))).problems).toEqual([]);
  });

  it('can be taken entry by entry', () => {
    const { take, finish } = replayer();
    for (const entry of chainOf(opened)) take(entry);
    expect(finish().requests.size).toBe(1);
  });

  it.each<[string, readonly Told[], string, string]>([
    [
      'goes on after its end',
      [opened, moved({ state: 'denied' }, 'request.denied'), moved({ state: 'approved' }, 'request.approved')],
      'impossible',
      "can't go from denied to approved",
    ],
    [
      'is another than the entry tells of',
      [opened, moved({ state: 'approved' }, null)],
      'impossible',
      'is approved, which the entry does not tell of',
    ],
    [
      'is another than its entry says',
      [opened, moved({ state: 'approved' }, 'request.denied')],
      'impossible',
      'is approved, which the entry does not tell of',
    ],
    ['appears without its beginning', [moved({}, null)], 'incomplete', 'appears without its beginning'],
    [
      'ends without its beginning',
      [moved({ state: 'denied' }, 'request.denied')],
      'incomplete',
      'appears without its beginning',
    ],
    ['is not named', [told({ kind: 'request.denied' })], 'incomplete', 'does not say which request'],
    [
      'of a grant goes on after its end',
      [created, grantMoved({ state: 'failed' }, 'grant.failed'), grantMoved({ state: 'active' }, 'grant.active')],
      'impossible',
      "can't go from failed to active",
    ],
    [
      'of a grant appears without its beginning',
      [grantMoved({ state: 'active' }, 'grant.active')],
      'incomplete',
      'appears without its beginning',
    ],
    ['of a grant is not named', [told({ kind: 'grant.ended' })], 'incomplete', 'does not say which grant'],
    [
      'of a vote is not named',
      [told({ kind: 'vote.cast', data: { source: { kind: 'letter', id: 1 } } })],
      'incomplete',
      'does not say which vote',
    ],
    [
      'of a vote that is voided is not there',
      [opened, told({ kind: 'vote.voided', requestId: request.id, data: { source: { ...vote.source } } })],
      'incomplete',
      'voids a vote that the log does not have',
    ],
  ])('says so where a row %s', (_what, changes, kind, words) => {
    const entries = chainOf(...changes);
    const { problems } = replay(entries);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ kind, seq: entries.length, installationId: shop.installationId });
    expect(problems[0]?.what).toContain(words);
  });

  it.each(['request.beamed-up', '__proto__', 'constructor', 'toString'])(
    'says clearly that it does not know what %s is',
    (kind) => {
      const [entry] = chainOf(told({ kind: 'policy.changed' }));
      const unknown = { ...entry, kind } as unknown as AuditEntry;
      expect(replay([unknown]).problems).toEqual([
        {
          installationId: shop.installationId,
          seq: 1,
          kind: 'unknown-kind',
          what: `"${kind}" is no kind of entry that this version knows`,
        },
      ]);
    },
  );

  it.each<Json>([null, 7, 'text', [], { state: 7 }, { state: 'constructor' }, {}])(
    'reads on where an entry carries %j',
    (row) => {
      const odd = told({ kind: 'request.denied', requestId: request.id, data: { request: row } });
      const after = moved({ state: 'denied' }, 'request.denied');
      expect(() => replay(chainOf(odd, after, { ...odd }))).not.toThrow();
    },
  );
});

describe('a table held against the log', () => {
  it('agrees where each field has the same value, whatever the order of the keys', () => {
    expect(compareRow('request', 'r', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
    expect(compareRow('request', 'r', null, null)).toEqual([]);
  });

  it.each<[string, Parameters<typeof compareRow>[2], Parameters<typeof compareRow>[3], unknown]>([
    ['a field differs', { a: 1, b: 2 }, { a: 1, b: 3 }, { field: 'b', inTable: 2, inLog: 3 }],
    ['a field is in the table only', { a: null }, {}, { field: 'a', inTable: null, inLog: undefined }],
    ['a field is in the log only', {}, { a: 0 }, { field: 'a', inTable: undefined, inLog: 0 }],
    ['a row is in the table only', { a: 1 }, null, { field: null, inTable: { a: 1 }, inLog: undefined }],
    ['a row is in the log only', null, { a: 1 }, { field: null, inTable: undefined, inLog: { a: 1 } }],
  ])('says where %s', (_what, table, log, difference) => {
    expect(compareRow('vote', 'v', table, log)).toEqual([{ table: 'vote', id: 'v', ...(difference as object) }]);
  });
});
