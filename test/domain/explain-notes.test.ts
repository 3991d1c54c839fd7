/** How people read why a rule came out as it did, and what else bears on it: each in whole sentences. */

import { describe, expect, test } from 'vitest';
import type { OwedReview, RuleNote, RuleReport } from '../../src/domain/decision.ts';
import { details } from '../../src/domain/explain.ts';
import { instant, requestId } from '../../src/domain/identity.ts';
import { decided, ruleOf, told } from '../support/decisions.ts';
import { ana, ben, cleo, NOON } from '../support/domain.ts';

describe('a reason', () => {
  const due = instant(NOON + 86_400_000);
  test.each<[string, RuleReport['reason'], string]>([
    [
      'an emergency',
      { kind: 'glass-broken', by: ana, words: null, review: ['security', 'leads'], due },
      'Gate `main`: `octo-ana` broke the glass; `security` or `leads` owe a look at it, by `/reviewed`, until 2026-05-05 12:00 UTC.',
    ],
    [
      'an emergency with its reason',
      { kind: 'glass-broken', by: ana, words: 'the shop is down', review: ['security'], due },
      'Gate `main`: `octo-ana` broke the glass: the shop is down; `security` owe a look at it, by `/reviewed`, until 2026-05-05 12:00 UTC.',
    ],
    [
      'what was granted at once',
      { kind: 'auto-approved', by: ana, hours: 'outside mon-fri', review: ['security', 'leads'], due },
      'Gate `main`: granted to `octo-ana` at once, as it was asked for `outside mon-fri`; `security` or `leads` owe a look at it, by `/reviewed`, until 2026-05-05 12:00 UTC.',
    ],
    [
      'a ref',
      { kind: 'ref-not-allowed', ref: 'dev', allowed: ['main', 'v*'] },
      'Gate `main`: `dev` may not be deployed there, only `main`, `v*`.',
    ],
    [
      'somebody who holds it',
      { kind: 'disapproved', by: ben, words: null },
      'Gate `main`: all approvals are there, but `octo-ben` holds it (`/approve` by the same person lets go).',
    ],
  ])('%s is told in whole', (_, reason, words) => {
    expect(told(decided('approved', [ruleOf({ reason })]))).toContain(words);
  });

  test('is not told again among the notes, and others of its kind are', () => {
    const mine = { kind: 'disapproved', by: ben, words: 'wait' } as const;
    const another = { kind: 'disapproved', by: cleo, words: null } as const;
    const rule = ruleOf({ reason: mine, notes: [mine, another] });
    const rest = '`octo-cleo` holds it (`/approve` by the same person lets go)';
    expect(told(decided('pending', [rule])).slice(2)).toEqual([
      'Gate `main`: all approvals are there, but `octo-ben` holds it: wait (`/approve` by the same person lets go).',
      `- ${rest}.`,
    ]);
    expect(
      details(decided('pending', [rule]))
        .split('\n')
        .slice(3),
    ).toEqual([`  - ${rest}`]);
  });
});

describe('a note', () => {
  const owed = (changes: Partial<OwedReview> = {}): OwedReview => ({
    requestId: requestId('0198c0de-0000-7000-8000-000000000003'),
    conversation: 5,
    by: ana,
    rule: null,
    reason: 'the shop is down',
    at: NOON,
    due: NOON,
    ...changes,
  });
  const granted = owed({ rule: 'shift', by: ben, reason: 'a night call', conversation: 6 });

  test.each<[string, RuleNote, string]>([
    [
      'a freeze without an end',
      { kind: 'frozen', until: instant(Infinity), zone: 'UTC', reason: null },
      'It is frozen without an end.',
    ],
    [
      'a freeze by the clock of its place and by everyone’s',
      { kind: 'frozen', until: NOON, zone: 'Europe/Berlin', reason: 'year end' },
      'It is frozen until 2026-05-04 14:00 Europe/Berlin (2026-05-04 12:00 UTC): year end.',
    ],
    [
      'an emergency',
      { kind: 'break-glass', by: ['a', 'b'] },
      'In an emergency `a` or `b` can say `/break-glass : reason`.',
    ],
    [
      'who is granted it at once',
      { kind: 'auto-approve', by: ['a', 'b'], hours: 'outside mon-fri' },
      '`a` or `b` are granted it at once `outside mon-fri`.',
    ],
    [
      'what could not be read for that',
      { kind: 'auto-approve-unread', why: 'GitHub said 502' },
      'It is not granted at once, since it could not be read who may have that: GitHub said 502.',
    ],
    [
      'reviews that block it, by whom they can be given',
      { kind: 'auto-approve-blocked', to: ['a', 'b'], reviews: [owed(), granted] },
      'It is not granted at once, since a review is **overdue**: until `a` or `b` say `/reviewed` to what `octo-ana` let through in #5 at 2026-05-04 12:00 UTC: the shop is down; what `octo-ben` was granted in #6 at 2026-05-04 12:00 UTC: a night call.',
    ],
    [
      'a review in a repository that not everyone can read',
      { kind: 'auto-approve-blocked', to: [], reviews: [owed({ conversation: null, reason: '' })] },
      'It is not granted at once, since a review is **overdue**: until those who owe it say `/reviewed` to what `octo-ana` let through elsewhere at 2026-05-04 12:00 UTC.',
    ],
    [
      'reviews that are owed here',
      { kind: 'reviews-owed', to: ['a', 'b'], overdue: false, reviews: [owed(), granted] },
      'Nobody can break the glass until `a` or `b` say `/reviewed` to what `octo-ana` let through in #5 at 2026-05-04 12:00 UTC: the shop is down; what `octo-ben` was granted in #6 at 2026-05-04 12:00 UTC: a night call.',
    ],
    [
      'a review that is overdue, of what had no conversation',
      { kind: 'reviews-owed', to: ['a'], overdue: true, reviews: [owed({ conversation: null })] },
      'Nobody can break the glass until `a` say `/reviewed` to what `octo-ana` let through at 2026-05-04 12:00 UTC: the shop is down (**overdue**).',
    ],
    [
      'a review of what was said in a conversation without a reason',
      { kind: 'reviews-owed', to: ['a'], overdue: false, reviews: [owed({ reason: '' })] },
      'Nobody can break the glass until `a` say `/reviewed` to what `octo-ana` let through in #5 at 2026-05-04 12:00 UTC.',
    ],
    [
      'who can approve as well',
      { kind: 'escalated', to: ['a', 'b'], at: NOON },
      'Since 2026-05-04 12:00 UTC `a` and `b` can approve as well.',
    ],
    [
      'who will',
      { kind: 'escalates', to: ['a', 'b'], at: NOON },
      'From 2026-05-04 12:00 UTC on `a` and `b` can approve as well.',
    ],
  ])('%s is told in whole', (_, note, words) => {
    expect(told(decided('pending', [ruleOf({ notes: [note] })]))).toContain(`- ${words}`);
  });
});
