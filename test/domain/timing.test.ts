/** What time alone does to a rule: whom it lets approve as well, what it holds, and when it next changes. */

import { describe, expect, it } from 'vitest';
import type { ApprovalRule } from '../../src/domain/approval.ts';
import { instant, millis, type Instant } from '../../src/domain/identity.ts';
import type { Freeze } from '../../src/domain/policy/model.ts';
import { parseWeekly } from '../../src/domain/time-window.ts';
import { escalated, escalationNotes, frozen, turnAfter } from '../../src/domain/timing.ts';
import { HOUR, NOON } from '../support/domain.ts';

const ruleOf = (changes: Partial<ApprovalRule> = {}): ApprovalRule => ({
  name: 'main',
  approvals: [
    { from: ['release'], count: 1, when: null },
    { from: ['owners', 'security'], count: 2, when: null },
  ],
  selfApproval: false,
  reviews: false,
  disapprove: [],
  freeze: [],
  escalate: [
    { after: millis(HOUR), to: ['security'] },
    { after: millis(3 * HOUR), to: ['late', 'security'] },
  ],
  breakGlass: null,
  ...changes,
});
const at = (hours: number): Instant => instant(NOON + hours * HOUR);

/** NOON is a Monday's, in UTC. */
function freeze(text: string, reason: string | null = null, zone = 'UTC'): Freeze {
  const spans = parseWeekly(text);
  if (!spans.ok) throw new Error(spans.error);
  return { window: { kind: 'weekly', spans: spans.value, zone }, reason };
}

describe('an escalation', () => {
  const from = (now: Instant) => escalated(ruleOf(), NOON, now).approvals.map((stage) => stage.from);

  it('leaves the rule as it is until it is due', () => {
    const rule = ruleOf();
    expect(escalated(rule, NOON, instant(at(1) - 1))).toBe(rule);
    expect(escalated(ruleOf({ escalate: [] }), NOON, at(100)).approvals).toEqual(rule.approvals);
  });

  it('adds its groups to every stage once it is due, each once', () => {
    expect(from(at(1))).toEqual([
      ['release', 'security'],
      ['owners', 'security'],
    ]);
    expect(from(at(3))).toEqual([
      ['release', 'security', 'late'],
      ['owners', 'security', 'late'],
    ]);
  });

  it('changes nothing else', () => {
    const rule = ruleOf();
    const later = escalated(rule, NOON, at(3));
    expect({ ...later, approvals: rule.approvals }).toEqual(rule);
    expect(later.approvals.map(({ count, when }) => [count, when])).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  it('is told before and after it is due, with the instant', () => {
    expect(escalationNotes(ruleOf(), NOON, at(1))).toEqual([
      { kind: 'escalated', to: ['security'], at: at(1) },
      { kind: 'escalates', to: ['late', 'security'], at: at(3) },
    ]);
    expect(escalationNotes(ruleOf(), at(1), at(1)).map(({ kind }) => kind)).toEqual(['escalates', 'escalates']);
    expect(escalationNotes(ruleOf({ escalate: [] }), NOON, at(3))).toEqual([]);
  });
});

describe('a freeze', () => {
  it('is none where no window is open', () => {
    expect(frozen(ruleOf(), NOON)).toBeNull();
    expect(frozen(ruleOf({ freeze: [freeze('tue 08:00 - 18:00', 'moving')] }), NOON)).toBeNull();
  });

  it('has the end, the zone and the reason of the window that is open', () => {
    const windows = [
      freeze('tue 08:00 - 18:00', 'tuesday', 'Europe/Berlin'),
      freeze('mon 08:00 - 18:00', 'monday', 'Europe/London'),
    ];
    // London is an hour before UTC in May.
    expect(frozen(ruleOf({ freeze: windows }), NOON)).toEqual({
      kind: 'frozen',
      until: at(5),
      zone: 'Europe/London',
      reason: 'monday',
    });
  });

  it('has the first reason that is given among those that are open, and none where none is', () => {
    const silent = freeze('mon 11:00 - 14:00', null, 'Europe/London');
    const told = freeze('mon 08:00 - 18:00', 'moving');
    expect(frozen(ruleOf({ freeze: [silent, told, freeze('mon 09:00 - 17:00', 'again')] }), NOON)).toMatchObject({
      zone: 'Europe/London',
      reason: 'moving',
    });
    expect(frozen(ruleOf({ freeze: [freeze('mon 11:00 - 13:00')] }), NOON)).toEqual({
      kind: 'frozen',
      until: at(1),
      zone: 'UTC',
      reason: null,
    });
  });
});

describe('the next change by time alone', () => {
  const late = freeze('mon 16:00 - 17:00');
  const bare = ruleOf({ escalate: [] });

  it.each([
    ['never, without either', [bare], NOON, null],
    ['never, without a rule', [], NOON, null],
    ['the first escalation', [ruleOf()], NOON, at(1)],
    ['the next escalation, when one is due just now', [ruleOf()], at(1), at(3)],
    ['never again, when the last is due just now', [ruleOf()], at(3), null],
    ['a freeze that begins', [ruleOf({ escalate: [], freeze: [late] })], NOON, at(4)],
    ['a freeze that ends', [ruleOf({ escalate: [], freeze: [late] })], at(4), at(5)],
    ['of several rules the first', [ruleOf({ escalate: [], freeze: [late] }), ruleOf()], NOON, at(1)],
    ['the freeze of another rule', [ruleOf(), ruleOf({ escalate: [], freeze: [late] })], at(3), at(4)],
    ['an escalation before a freeze', [ruleOf({ freeze: [late] })], at(2), at(3)],
    ['a freeze before an escalation', [ruleOf({ freeze: [freeze('mon 14:00 - 15:30')] })], at(1), at(2)],
  ] as const)('is %s', (_, rules, now, expected) => {
    expect(turnAfter(rules, NOON, now)).toBe(expected);
  });

  it('is the earlier of two escalations, whichever is written first', () => {
    const escalate = [
      { after: millis(3 * HOUR), to: ['late'] },
      { after: millis(HOUR), to: ['security'] },
    ];
    expect(turnAfter([ruleOf({ escalate })], NOON, NOON)).toBe(at(1));
    expect(turnAfter([ruleOf({ escalate })], at(1), NOON)).toBe(at(2));
  });
});
