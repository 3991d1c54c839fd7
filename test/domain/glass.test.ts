/** Who breaks the glass, until when a look at it is owed, and what is said where nobody has. */

import { describe, expect, it } from 'vitest';
import type { ApprovalRule } from '../../src/domain/approval.ts';
import { decide } from '../../src/domain/decide.ts';
import type { OwedReview } from '../../src/domain/decision.ts';
import { approvers } from '../../src/domain/explain.ts';
import { glassBroken, glassNotes } from '../../src/domain/glass.ts';
import { instant, requestId, type Instant, type Person } from '../../src/domain/identity.ts';
import { unknown } from '../../src/domain/result.ts';
import { title } from '../../src/domain/title.ts';
import type { Vote } from '../../src/domain/vote.ts';
import { ana, approve, ben, cleo, evidence, factsOf, HOUR, mergeRequest, NOON, OTHER_HEAD } from '../support/domain.ts';

const rule: ApprovalRule = {
  name: 'main',
  approvals: [{ from: ['release'], count: 1, when: null }],
  selfApproval: false,
  reviews: false,
  disapprove: [],
  freeze: [],
  escalate: [],
  breakGlass: { by: ['security', 'owners'], review: ['release'], within: HOUR },
};
const sealed: ApprovalRule = { ...rule, breakGlass: null };
const facts = factsOf({ release: [ana], security: [ben], owners: [cleo] });
const smash = (voter: Person, changes: Partial<Vote> = {}): Vote =>
  approve(voter, { answer: 'break-glass', reason: 'the shop is down', ...changes });
const broken = (...votes: readonly Vote[]) => glassBroken(rule, mergeRequest(), votes, facts);

describe('the glass is broken', () => {
  it('by one of any of the groups, and the look at it is owed within the time from then on', () => {
    const castAt = instant(NOON + 5);
    const reason = { kind: 'glass-broken', words: 'the shop is down', review: ['release'], due: castAt + HOUR };
    expect(broken(smash(ben, { castAt }))).toEqual({ ...reason, by: ben });
    expect(broken(smash(cleo, { castAt }))).toEqual({ ...reason, by: cleo });
  });

  it('with the look at it owed by when it was said then, though the rule has another time now', () => {
    const due = instant(NOON + 7 * HOUR);
    expect(broken(smash(ben, { due }))?.due).toBe(due);
  });

  it('by the first who may, whoever else tried', () => {
    expect(broken(approve(ana), smash(ana), smash(cleo), smash(ben))?.by).toEqual(cleo);
  });

  it.each([
    ['one who may not', smash(ana)],
    ['an approval of one who may', approve(ben)],
    ['words that were edited', smash(ben, { voided: { at: NOON, why: 'comment-edited' } })],
    ['words about another commit', smash(ben, { head: OTHER_HEAD })],
    ['words about another request', smash(ben, { requestId: requestId('another') })],
  ])('not by %s', (_, vote) => {
    expect(broken(vote)).toBeNull();
  });

  it('nowhere where the rule has none, or a group of it could not be read', () => {
    expect(glassBroken(sealed, mergeRequest(), [smash(ben)], facts)).toBeNull();
    const unread = factsOf({ release: [ana], security: [ben], owners: unknown('502') });
    expect(glassBroken(rule, mergeRequest(), [smash(ben)], unread)).toBeNull();
  });
});

describe('where nobody has broken it', () => {
  const owed = (due: Instant): OwedReview => ({
    requestId: requestId('another'),
    conversation: 12,
    by: ben,
    rule: null,
    reason: 'fire',
    at: NOON,
    due,
  });
  const soon = owed(instant(NOON + 1));
  const past = owed(NOON);

  it('it is said who may', () => {
    expect(glassNotes(rule, [], NOON)).toEqual([{ kind: 'break-glass', by: ['security', 'owners'] }]);
  });

  it('or which looks are owed to whom, and whether one of them is overdue', () => {
    const note = (...reviews: readonly OwedReview[]) => ({ kind: 'reviews-owed', reviews, to: ['release'] });
    expect(glassNotes(rule, [soon], NOON)).toEqual([{ ...note(soon), overdue: false }]);
    expect(glassNotes(rule, [past], NOON)).toEqual([{ ...note(past), overdue: true }]);
    expect(glassNotes(rule, [soon, past], NOON)).toEqual([{ ...note(soon, past), overdue: true }]);
  });

  it('or nothing, where the rule has none', () => {
    expect(glassNotes(sealed, [], NOON)).toEqual([]);
    expect(glassNotes(sealed, [past], NOON)).toEqual([]);
  });
});

describe('a gate beside one whose glass is broken', () => {
  const BOTH = `version: 1
groups:
  release: { users: [octo-ana] }
  everyone: { users: [octo-ana, octo-cleo] }
  on-call: { users: [octo-ben] }
gates:
  - { name: first, on: merge, branches: [main], approvals: [{ from: release }], break-glass: { by: on-call, review: release } }
  - { name: second, on: merge, branches: [main], approvals: [{ from: everyone, count: 2 }] }
`;
  const people = factsOf({ release: [ana], everyone: [ana, cleo], 'on-call': [ben] });
  const of = (...votes: readonly Vote[]) => decide(evidence(BOTH, [smash(ben), ...votes], people));

  it('has the approvals of those who could have filled a slot there', () => {
    expect(of(approve(ana)).verdict).toBe('pending');
    expect(of(approve(ana), approve(cleo)).verdict).toBe('approved');
  });

  it('is the one that is said to wait, and for its own people', () => {
    const decision = of(approve(cleo));
    expect(title(decision)).toBe('Held: 1 of 2 approvals, waiting for everyone');
    expect(approvers(decision)).toEqual([ana]);
    expect(title(of())).toBe('Held: 0 of 2 approvals, waiting for everyone');
  });
});
