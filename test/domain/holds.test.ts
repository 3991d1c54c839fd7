/** What holds though all approvals are there: a group that says no, or the calendar; and who is asked later. */

import { describe, expect, it } from 'vitest';
import { decide, nextChange } from '../../src/domain/decide.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { approvers, details, summary } from '../../src/domain/explain.ts';
import { instant, type Instant, type Person } from '../../src/domain/identity.ts';
import { known, unknown } from '../../src/domain/result.ts';
import { title } from '../../src/domain/title.ts';
import type { Vote } from '../../src/domain/vote.ts';
import {
  ana,
  approve,
  ben,
  cleo,
  dan,
  deny,
  evidence,
  factsOf,
  HOUR,
  mergeRequest,
  NOON,
  OTHER_HEAD,
  stranger,
} from '../support/domain.ts';

const policy = (keys: string): string => `
version: 1
groups:
  release: { users: [octo-ana, octo-ben] }
  security: { users: [octo-cleo] }
gates:
  - name: main
    on: merge
    branches: [main]
    approvals: [{ from: [release], count: 1 }]
    ${keys}
`;
const facts = factsOf({ release: [ana, ben], security: [cleo] });

describe('a group that may disapprove', () => {
  const POLICY = policy('disapprove: security');
  const of = (...votes: Vote[]): Decision => decide(evidence(POLICY, votes, facts));
  const reason = (decision: Decision) => decision.explanation.rules[0]?.reason;

  it.each([
    ['nobody said no', [approve(ana)], 'approved'],
    ['one of it said no before the approval', [deny(cleo), approve(ana)], 'pending'],
    ['one of it said no after the approval', [approve(ana), deny(cleo)], 'pending'],
    ['somebody else said no', [approve(ana), deny(stranger)], 'approved'],
    ['the one who said no says yes', [approve(ana), deny(cleo), approve(cleo)], 'approved'],
    ['the one who said yes says no', [approve(ana), approve(cleo), deny(cleo)], 'pending'],
    ['the no was edited away', [approve(ana), deny(cleo, { voided: { at: NOON, why: 'comment-edited' } })], 'approved'],
    [
      'the yes that let go was deleted',
      [approve(ana), deny(cleo), approve(cleo, { voided: { at: NOON, why: 'comment-deleted' } })],
      'pending',
    ],
    [
      'the yes that came last was said before the no',
      [approve(ana), deny(cleo, { castAt: instant(NOON + 2) }), approve(cleo, { castAt: instant(NOON + 1) })],
      'pending',
    ],
    [
      'the yes is a review, which the gate does not count',
      [approve(ana), deny(cleo), approve(cleo, { source: { kind: 'review', id: 5 } })],
      'pending',
    ],
    ['the no was for another commit', [approve(ana), deny(cleo, { head: OTHER_HEAD })], 'approved'],
    ['only it approved', [approve(cleo)], 'pending'],
    ['one whom the gate asks said no', [approve(ana), deny(ben), deny(cleo)], 'denied'],
  ] as const)('holds, and ends nothing: %s', (_, votes, expected) => {
    expect(of(...votes).verdict).toBe(expected);
  });

  it('lets go by a review where the gate counts reviews', () => {
    const votes = [approve(ana), deny(cleo), approve(cleo, { source: { kind: 'review', id: 5 } })];
    expect(decide(evidence(policy('disapprove: security\n    reviews: true'), votes, facts)).verdict).toBe('approved');
  });

  it('is named with its words, first in the title', () => {
    const decision = of(approve(ana), deny(cleo, { reason: 'not before the audit' }));
    expect(reason(decision)).toEqual({ kind: 'disapproved', by: cleo, words: 'not before the audit' });
    expect(title(decision)).toBe('Held by octo-cleo: not before the audit');
    const words = summary(decision, mergeRequest());
    expect(words).toContain('all approvals are there, but `octo-cleo` holds it: not before the audit');
    expect(words).toContain('`security` can hold it by `/deny`');
    expect(words).not.toContain('Octo-cleo');
    expect(details(decision)).toContain('`main`: **pending**, all approvals are there, but `octo-cleo` holds it');
    expect(title(of(approve(ana), deny(cleo)))).toBe('Held by octo-cleo');
  });

  it('is told besides what is missing', () => {
    const decision = of(deny(cleo, { reason: 'wait *now*' }));
    expect(reason(decision)).toEqual({ kind: 'approvals-missing', missing: 1 });
    expect(title(decision)).toBe('Held: 0 of 1 approvals, waiting for release');
    expect(summary(decision, mergeRequest())).toContain('- `octo-cleo` holds it: wait \\*now\\*');
    expect(details(decision)).toContain('  - `octo-cleo` holds it: wait \\*now\\*');
  });

  it('that could not be read holds for a denial that may be its own, and only then', () => {
    const unread = factsOf({ release: [ana, ben], security: unknown('no such team') });
    const doubt = decide(evidence(POLICY, [approve(ana), deny(stranger)], unread));
    expect(doubt.verdict).toBe('pending');
    expect(reason(doubt)).toEqual({ kind: 'fact-unknown', why: 'whether the denial counts: no such team' });
    expect(decide(evidence(POLICY, [approve(ana)], unread)).verdict).toBe('approved');
    expect(reason(decide(evidence(POLICY, [deny(stranger)], unread)))).toEqual({
      kind: 'approvals-missing',
      missing: 1,
    });
  });

  it('is not there where the gate names none', () => {
    const decision = decide(evidence(policy(''), [approve(ana), deny(cleo)], facts));
    expect(decision.verdict).toBe('approved');
    expect(summary(decision, mergeRequest())).not.toContain('can hold it');
  });
});

describe('a freeze', () => {
  // NOON is a Monday, 12:00 UTC; in Berlin it is 14:00.
  const POLICY = policy('freeze: [{ weekly: "mon 08:00 - tue 10:30", zone: Europe/Berlin, reason: "*moving*" }]');
  const TUESDAY = instant(Date.UTC(2026, 4, 5, 8, 30));
  const of = (votes: readonly Vote[], now = NOON, text = POLICY): Decision =>
    decide(evidence(text, votes, facts, mergeRequest(), now));
  const reason = (decision: Decision) => decision.explanation.rules[0]?.reason;

  it('holds what is approved until its end, and not for a moment longer', () => {
    const held = of([approve(ana)]);
    expect(held.verdict).toBe('pending');
    expect(reason(held)).toEqual({ kind: 'frozen', until: TUESDAY, zone: 'Europe/Berlin', reason: '*moving*' });
    expect(of([approve(ana)], instant(TUESDAY - 1)).verdict).toBe('pending');
    expect(of([approve(ana)], TUESDAY).verdict).toBe('approved');
    expect(of([approve(ana)], instant(Date.UTC(2026, 4, 4, 6) - 1)).verdict).toBe('approved');
  });

  it('names its end by both clocks, and its reason', () => {
    const held = of([approve(ana)]);
    expect(title(held)).toBe('Frozen until 2026-05-05 10:30 Europe/Berlin: *moving*');
    const words = 'it is frozen until 2026-05-05 10:30 Europe/Berlin (2026-05-05 08:30 UTC): \\*moving\\*';
    expect(summary(held, mergeRequest())).toContain(`all approvals are there, but ${words}`);
    expect(details(held)).toContain(words);
    const utc = of([approve(ana)], NOON, policy('freeze: [{ weekly: "mon 08:00 - 18:00", zone: UTC }]'));
    expect(title(utc)).toBe('Frozen until 2026-05-04 18:00 UTC');
    expect(summary(utc, mergeRequest())).toContain('it is frozen until 2026-05-04 18:00 UTC.');
  });

  it('is told while approvals are missing, and denies nothing', () => {
    const waiting = of([]);
    expect(reason(waiting)).toEqual({ kind: 'approvals-missing', missing: 1 });
    expect(title(waiting)).toBe('Held: 0 of 1 approvals, waiting for release');
    expect(summary(waiting, mergeRequest())).toContain('- It is frozen until 2026-05-05 10:30');
    expect(of([deny(ana)]).verdict).toBe('denied');
  });

  it('gives the reason of a window that is open, and the end of all that follow', () => {
    const text = policy(`freeze:
      - { weekly: "sun 00:00 - 24:00", zone: UTC, reason: sunday }
      - { weekly: "mon 00:00 - 18:00", zone: UTC, reason: monday }
      - { weekly: "mon 18:00 - 20:00", zone: UTC, reason: evening }`);
    expect(reason(of([approve(ana)], NOON, text))).toEqual({
      kind: 'frozen',
      until: instant(Date.UTC(2026, 4, 4, 20)),
      zone: 'UTC',
      reason: 'monday',
    });
  });

  it('without a gap has no end, and says so', () => {
    const text = policy('freeze: [{ weekly: "mon-sun 00:00 - 24:00", zone: UTC }]');
    expect(title(of([approve(ana)], NOON, text))).toBe('Frozen');
    expect(summary(of([approve(ana)], NOON, text), mergeRequest())).toContain('it is frozen without an end');
  });

  it('comes after somebody who says no', () => {
    const text = policy('disapprove: security\n    freeze: [{ weekly: "mon 08:00 - 18:00", zone: UTC }]');
    const held = of([approve(ana), deny(cleo)], NOON, text);
    expect(reason(held)?.kind).toBe('disapproved');
    expect(summary(held, mergeRequest())).toContain('It is frozen until');
  });
});

describe('an escalation', () => {
  const POLICY = policy('escalate: [{ after: 1h, to: security }, { after: 2h, to: [late, security] }]').replace(
    'gates:',
    '  late: { users: [octo-dan] }\ngates:',
  );
  const everyone = factsOf({ release: [ana, ben], security: [cleo], late: [dan] });
  const later = (hours: number): Instant => instant(NOON + hours * HOUR);
  const of = (votes: readonly Vote[], now: Instant): Decision =>
    decide(evidence(POLICY, votes, everyone, mergeRequest(), now));

  it.each([
    ['before it is due', cleo, later(1) - 1, 'pending'],
    ['when it is due', cleo, later(1), 'approved'],
    ['for the next step', dan, later(2) - 1, 'pending'],
    ['at the next step', dan, later(2), 'approved'],
    ['at the next step, for the one before', cleo, later(2), 'approved'],
    ['for who was asked from the start', ana, later(2), 'approved'],
  ] as const)('lets others approve: %s', (_, who, now, expected) => {
    expect(of([approve(who)], instant(now)).verdict).toBe(expected);
  });

  it('lets others deny, once it is due', () => {
    expect(of([deny(cleo)], instant(later(1) - 1)).verdict).toBe('pending');
    expect(of([deny(cleo)], later(1)).verdict).toBe('denied');
  });

  it('tells who can approve as well, and from when on', () => {
    const words = summary(of([], later(1)), mergeRequest());
    expect(words).toContain('- Since 2026-05-04 13:00 UTC `security` can approve as well.');
    expect(words).toContain('- From 2026-05-04 14:00 UTC on `late` and `security` can approve as well.');
    expect(approvers(of([], later(1))).map(({ login }) => login)).toEqual([ana, ben, cleo].map(({ login }) => login));
    expect(approvers(of([], NOON)).map(({ login }) => login)).toEqual([ana, ben].map(({ login }) => login));
  });

  it('counts from when it was first held', () => {
    const opened = mergeRequest({}, { openedAt: later(5) });
    expect(decide(evidence(POLICY, [approve(cleo)], everyone, opened, later(5))).verdict).toBe('pending');
    expect(decide(evidence(POLICY, [approve(cleo)], everyone, opened, later(6))).verdict).toBe('approved');
  });
});

describe('breaking the glass', () => {
  const POLICY = policy('break-glass: { by: security, review: [release], within: 2h }');
  const smash = (voter: Person, changes: Partial<Vote> = {}): Vote =>
    approve(voter, { answer: 'break-glass', reason: 'the *shop* is down', ...changes });
  const of = (votes: readonly Vote[], text = POLICY, known = facts): Decision => decide(evidence(text, votes, known));
  const reason = (decision: Decision) => decision.explanation.rules[0]?.reason;

  it.each([
    ['by one whom the gate names', [smash(cleo)], 'approved'],
    ['by somebody else', [smash(ana)], 'pending'],
    ['by a comment that was edited', [smash(cleo, { voided: { at: NOON, why: 'comment-edited' } })], 'pending'],
    ['for another commit', [smash(cleo, { head: OTHER_HEAD })], 'pending'],
    ['against one who denies', [smash(cleo), deny(ana)], 'denied'],
    ['by a review, which is none', [approve(cleo, { answer: 'review' })], 'pending'],
  ] as const)('lets through at once, or not: %s', (_, votes, expected) => {
    expect(of(votes).verdict).toBe(expected);
  });

  it('is no approval, and takes back no denial of a group that holds', () => {
    const two = policy('break-glass: { by: release, review: security }').replace('count: 1', 'count: 2');
    expect(
      of([approve(ana), approve(ben, { answer: 'break-glass' })], policy('').replace('count: 1', 'count: 2')).verdict,
    ).toBe('pending');
    expect(of([smash(ana)], two).verdict).toBe('approved');
    const holding = policy('disapprove: security');
    expect(of([approve(ana), deny(cleo), smash(cleo)], holding).verdict).toBe('pending');
  });

  it('passes a freeze and a group that holds: it is an emergency', () => {
    const text = policy(
      'freeze: [{ weekly: "mon-sun 00:00 - 24:00", zone: UTC }]\n    break-glass: { by: security, review: release }',
    );
    expect(of([smash(cleo)], text).verdict).toBe('approved');
  });

  it('opens only the gates that offer it', () => {
    const text = `${POLICY}  - { name: other, on: merge, branches: [main], approvals: [{ from: [release] }] }\n`;
    expect(of([smash(cleo)], text).verdict).toBe('pending');
  });

  it('lets nobody through where its group could not be read', () => {
    const unread = factsOf({ release: [ana, ben], security: unknown('no such team') });
    expect(of([smash(cleo)], POLICY, unread).verdict).toBe('pending');
  });

  it('is told with its reason and the review that is owed', () => {
    const decision = of([smash(cleo)]);
    expect(reason(decision)).toEqual({
      kind: 'glass-broken',
      by: cleo,
      words: 'the *shop* is down',
      review: ['release'],
      due: instant(NOON + 2 * HOUR),
    });
    expect(title(decision)).toBe('Let through by octo-cleo: the *shop* is down');
    expect(summary(decision, mergeRequest())).toContain(
      '`octo-cleo` broke the glass: the \\*shop\\* is down; `release` owe a look at it, by `/reviewed`, until 2026-05-04 14:00 UTC.',
    );
  });

  it('is offered in the check, or said to be blocked by the reviews that are owed', () => {
    expect(summary(of([]), mergeRequest())).toContain('- In an emergency `security` can say `/break-glass : reason`.');
    const review = {
      requestId: mergeRequest().id,
      conversation: 12,
      by: cleo,
      rule: null,
      reason: 'fire *now*',
      at: NOON,
      due: instant(NOON + 2 * HOUR),
    };
    const owing = (now: Instant) =>
      summary(decide({ ...evidence(POLICY, [], facts, mergeRequest(), now), owed: [review] }), mergeRequest());
    const words =
      'Nobody can break the glass until `release` say `/reviewed` to what `octo-cleo` let through in #12 at 2026-05-04 12:00 UTC: fire \\*now\\*';
    expect(owing(NOON)).toContain(`- ${words}.`);
    expect(owing(NOON)).not.toContain('/break-glass');
    expect(owing(instant(NOON + 2 * HOUR - 1))).not.toContain('overdue');
    expect(owing(instant(NOON + 2 * HOUR))).toContain(`- ${words} (**overdue**).`);
  });
});

describe('the next instant at which time alone decides anew', () => {
  const next = (keys: string, now: Instant, files: readonly string[] = ['src/a.ts']) =>
    nextChange(evidence(policy(keys), [], { ...facts, files: known(files) }, mergeRequest(), now));

  it.each([
    ['none', '', NOON, null],
    ['a freeze that begins', 'freeze: [{ weekly: "mon 13:00 - 14:00", zone: UTC }]', NOON, NOON + HOUR],
    ['a freeze that ends', 'freeze: [{ weekly: "mon 11:00 - 14:00", zone: UTC }]', NOON, NOON + 2 * HOUR],
    ['a freeze that is over', 'freeze: [{ from: 2026-01-01, to: 2026-01-02, zone: UTC }]', NOON, null],
    ['an escalation', 'escalate: [{ after: 3h, to: security }, { after: 2h, to: release }]', NOON, NOON + 2 * HOUR],
    ['an escalation that is due just now', 'escalate: [{ after: 1h, to: security }]', NOON + HOUR, null],
    [
      'whichever comes first',
      'freeze: [{ weekly: "mon 15:00 - 16:00", zone: UTC }]\n    escalate: [{ after: 2h, to: security }]',
      NOON,
      NOON + 2 * HOUR,
    ],
    [
      'whichever comes first, the other way',
      'freeze: [{ weekly: "mon 13:00 - 16:00", zone: UTC }]\n    escalate: [{ after: 2h, to: security }]',
      NOON,
      NOON + HOUR,
    ],
  ])('%s', (_, keys, now, expected) => {
    expect(next(keys, instant(now))).toBe(expected);
  });

  it('is not asked of a gate that is spared, nor without a policy', () => {
    const keys = 'unless: { only-paths: ["docs/**"] }\n    escalate: [{ after: 2h, to: security }]';
    expect(next(keys, NOON)).toBe(NOON + 2 * HOUR);
    expect(next(keys, NOON, ['docs/a.md'])).toBeNull();
    expect(nextChange(evidence({ kind: 'absent' }, [], facts))).toBeNull();
  });
});
