/** The vote that a rule gives itself, until when the look at it is owed, and what a debt or a later start changes. */

import { describe, expect, it } from 'vitest';
import { autoApproval, autoApproved, autoNotes } from '../../src/domain/auto-approval.ts';
import type { OwedReview } from '../../src/domain/decision.ts';
import { instant, requestId, type Instant } from '../../src/domain/identity.ts';
import type { AccessRule, Policy } from '../../src/domain/policy/model.ts';
import type { AccessRequest } from '../../src/domain/request.ts';
import { unknown } from '../../src/domain/result.ts';
import type { Facts } from '../../src/domain/subject.ts';
import type { Vote } from '../../src/domain/vote.ts';
import { accessRequest, ana, approve, author, ben, factsOf, HOUR, NOON, present } from '../support/domain.ts';

const TEXT = `version: 1
groups:
  on-call: { users: [octo-author] }
  engineers: { users: [octo-author, octo-ana] }
  leads: { users: [octo-ben] }
  security: { users: [octo-cleo] }
access:
  - { name: by hand, roles: [push], requesters: engineers, max-duration: 8h, approvals: [{ from: leads }] }
  - name: write for a shift
    roles: [push]
    requesters: engineers
    max-duration: 8h
    approvals: [{ from: leads }]
    auto-approve: { requesters: on-call, outside: "mon-fri 08:00 - 18:00", zone: UTC, review: security, within: 2h }
  - name: triage
    roles: [triage]
    requesters: engineers
    max-duration: 8h
    approvals: [{ from: leads }]
    auto-approve: { requesters: on-call, inside: "mon-fri 08:00 - 18:00", zone: UTC, review: [leads, security] }
`;

function policyOf(text: string): Policy {
  const state = present(text);
  if (state.kind !== 'present') throw new Error('it was read');
  return state.policy;
}
const policy = policyOf(TEXT);
function ruleOf(name: string): AccessRule {
  const rule = policy.access.find((one) => one.name === name);
  if (rule === undefined) throw new Error(name);
  return rule;
}
const shift = ruleOf('write for a shift');

/** NOON is a Monday's. */
const NIGHT = instant(NOON + 8 * HOUR);
const later = (hours: number): Instant => instant(NIGHT + hours * HOUR);
const facts = factsOf({ 'on-call': [author], engineers: [author, ana], leads: [ben], security: [] });
const request = (
  subject: Parameters<typeof accessRequest>[0] = {},
  changes: Parameters<typeof accessRequest>[1] = {},
): AccessRequest => accessRequest(subject, { openedAt: NIGHT, requester: author, ...changes });

const owed = (due: Instant, changes: Partial<OwedReview> = {}): OwedReview => ({
  requestId: requestId('another'),
  conversation: 12,
  by: author,
  rule: 'triage',
  reason: 'fire',
  at: NOON,
  due,
  ...changes,
});

describe('the vote of a rule', () => {
  const voted = (asked: AccessRequest, debts: readonly OwedReview[] = [], known: Facts = facts) =>
    autoApproval(policy, asked, known, debts, NIGHT);

  it('is of the request itself, with its reason, and the look at it is owed within the time', () => {
    expect(voted(request())).toEqual({
      requestId: request().id,
      voter: author,
      answer: 'auto-approve',
      source: { kind: 'request', id: 7 },
      head: null,
      castAt: NIGHT,
      reason: 'to repair the build',
      due: later(2),
      voided: null,
    });
    expect(voted(request({}, { conversation: null }))?.source).toEqual({ kind: 'request', id: 0 });
  });

  it.each([
    ['from a start that lies ahead', later(5), later(7)],
    ['from now on, where the start is just now', NIGHT, later(2)],
    ['from now on, where the start is past', later(-1), later(2)],
  ])('has the time for the look counted %s', (_, start, due) => {
    expect(voted(request({ start }))?.due).toBe(due);
  });

  it.each([
    ['a rule without it', request({ rule: 'by hand' })],
    ['a rule that is gone', request({ rule: 'of yesterday' })],
    ['somebody who asks for another', request({ grantee: author }, { requester: ana })],
    ['nobody by name', request({}, { requester: null })],
    ['one who is none of the group', request({ grantee: ana }, { requester: ana })],
    ['the wrong hours', request({ rule: 'triage' })],
  ])('is not given for %s', (_, asked) => {
    expect(voted(asked)).toBeNull();
  });

  it('is not given where one of several looks is overdue', () => {
    expect(voted(request(), [owed(later(1)), owed(later(2))])).not.toBeNull();
    expect(voted(request(), [owed(later(1)), owed(NIGHT)])).toBeNull();
  });
});

describe('what was granted at once', () => {
  const undated = approve(author, { answer: 'auto-approve', head: null, castAt: NIGHT });
  const vote = (changes: Partial<Vote> = {}): Vote => ({ ...undated, due: later(1), ...changes });
  const granted = (
    votes: readonly Vote[],
    asked = request(),
    debts: readonly OwedReview[] = [],
    now = later(1),
    rule = shift,
  ) => autoApproved(rule, asked, votes, facts, { owed: debts, now });

  it('is told with the hours, who owes the look, and by when that was said', () => {
    expect(granted([vote()])).toEqual({
      kind: 'auto-approved',
      by: author,
      hours: 'outside mon-fri 08:00 - 18:00 (UTC)',
      review: ['security'],
      due: later(1),
    });
  });

  it('owes the look within the time of the rule where the vote does not say by when', () => {
    expect(granted([undated])?.due).toBe(later(2));
    expect(granted([undated], request({ start: later(4) }))?.due).toBe(later(6));
  });

  it.each([
    ['without a vote', []],
    ['by an approval', [vote({ answer: 'approve' })]],
    ['by a vote that was voided', [vote({ voided: { at: NOON, why: 'comment-edited' } })]],
    ['by the vote of another request', [vote({ requestId: requestId('another') })]],
    ['by a vote in the day', [vote({ castAt: NOON })]],
  ])('is nothing %s', (_, votes) => {
    expect(granted(votes)).toBeNull();
  });

  it('is nothing under a rule that does not do so any more', () => {
    expect(granted([vote()], request(), [], later(1), ruleOf('by hand'))).toBeNull();
  });

  describe('and is yet to begin', () => {
    const start = later(4);
    const waiting = request({ start });

    it('stays where no look is overdue', () => {
      expect(granted([vote()], waiting, [owed(later(2))], later(1))).not.toBeNull();
    });

    it('is not given any more where a look at another request is overdue', () => {
      expect(granted([vote()], waiting, [owed(later(1))], later(1))).toBeNull();
      expect(granted([vote()], { ...waiting, state: 'approved' }, [owed(later(1))], later(1))).toBeNull();
    });

    it('stays where only the look at itself is overdue', () => {
      expect(granted([vote()], waiting, [owed(NIGHT, { requestId: waiting.id })], later(1))).not.toBeNull();
    });

    it('stays once it was given, and where it began at once', () => {
      expect(granted([vote()], { ...waiting, state: 'released' }, [owed(NIGHT)], later(1))).not.toBeNull();
      expect(granted([vote()], request(), [owed(NIGHT)], later(1))).not.toBeNull();
    });
  });
});

describe('where nothing was granted at once', () => {
  const notes = (
    asked = request(),
    debts: readonly OwedReview[] = [],
    rule = shift,
    known: Facts = facts,
    now = later(1),
  ) => autoNotes(policy, rule, asked, known, debts, now);
  const offer = { kind: 'auto-approve', by: ['on-call'], hours: 'outside mon-fri 08:00 - 18:00 (UTC)' };

  it('it is said whose requests are, and when', () => {
    expect(notes()).toEqual([offer]);
    expect(notes(request({}, { openedAt: NOON }))).toEqual([offer]);
    expect(notes(request({ grantee: ana }))).toEqual([offer]);
    expect(notes(request(), [], ruleOf('by hand'))).toEqual([]);
  });

  it('or why it can not be told', () => {
    const unread = factsOf({ 'on-call': unknown('502'), engineers: [author] });
    const why = { kind: 'auto-approve-unread', why: '502' };
    expect(notes(request(), [], shift, unread)).toEqual([why]);
    expect(notes(request(), [owed(NIGHT)], shift, unread)).toEqual([why]);
    expect(notes(request({}, { openedAt: NOON }), [], shift, unread)).toEqual([offer]);
  });

  it('or which looks are overdue, and to whom they are owed', () => {
    const past = owed(later(1));
    expect(notes(request(), [past])).toEqual([
      { kind: 'auto-approve-blocked', reviews: [past], to: ['leads', 'security'] },
    ]);
    const both = [past, owed(NIGHT, { rule: 'write for a shift' }), owed(later(2), { rule: 'by hand' })];
    expect(notes(request(), both)).toEqual([
      { kind: 'auto-approve-blocked', reviews: both.slice(0, 2), to: ['security', 'leads'] },
    ]);
  });

  it('or, of a look that is owed for something else or under a rule that is gone, to nobody who can be named', () => {
    for (const rule of [null, 'of yesterday', 'by hand']) {
      const past = owed(NIGHT, { rule });
      expect(notes(request(), [past])).toEqual([{ kind: 'auto-approve-blocked', reviews: [past], to: [] }]);
    }
  });

  it('and nothing of looks that are not due yet, are owed for this request, or would not have helped', () => {
    expect(notes(request(), [owed(later(2))])).toEqual([offer]);
    expect(notes(request(), [owed(NIGHT, { requestId: request().id })])).toEqual([offer]);
    expect(notes(request({ grantee: ana }), [owed(NIGHT)])).toEqual([offer]);
  });
});
