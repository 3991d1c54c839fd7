/** What a decision says besides its verdict: the reason in words, what is barred or spared, and when it may change. */

import { describe, expect, it } from 'vitest';
import { allowedUngated, decide, nextChange } from '../../src/domain/decide.ts';
import type { Decision, OwedReview, RuleReason } from '../../src/domain/decision.ts';
import { instant, millis, requestId } from '../../src/domain/identity.ts';
import { known, unknown } from '../../src/domain/result.ts';
import type { Facts } from '../../src/domain/subject.ts';
import type { Vote } from '../../src/domain/vote.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  ben,
  cleo,
  deny,
  deploymentRequest,
  evidence,
  factsOf,
  HOUR,
  mergeRequest,
  NOON,
  present,
  runOf,
  stranger,
} from '../support/domain.ts';

const POLICY = `
version: 1
groups:
  release: { users: [octo-ana, octo-ben] }
  security: { users: [octo-cleo] }
gates:
  - name: main
    on: merge
    branches: [main]
    unless: { only-paths: ["docs/**"] }
    approvals:
      - { from: release, count: 1 }
      - { from: security, count: 1, when: { paths: ["infra/**"] } }
  - name: both
    on: merge
    branches: [both]
    approvals: [{ from: release, count: 2 }, { from: security }]
  - name: production
    on: deployment
    environments: [production]
    refs: [main]
    unless: { only-paths: ["docs/**"] }
    approvals: [{ from: release }]
  - name: infra
    on: deployment
    environments: [production]
    when: { paths: ["infra/**"] }
    refs: [infra]
    approvals: [{ from: release }]
  - name: emergency
    on: merge
    branches: [fire]
    approvals: [{ from: release }]
    break-glass: { by: security, review: release }
    escalate: [{ after: 1h, to: security }]
    disapprove: security
access:
  - name: shift
    roles: [push]
    requesters: [release, security]
    max-duration: 8h
    approvals: [{ from: security }]
    auto-approve: { requesters: release, inside: "mon 08:00 - 18:00", zone: UTC, review: security }
`;
const people = { release: [ana, ben], security: [cleo] };
const facts = factsOf(people);
const docs: Facts = { ...facts, files: known(['docs/a.md']) };

const merge = (base: string, votes: readonly Vote[] = [], given: Facts = facts): Decision =>
  decide(evidence(POLICY, votes, given, mergeRequest({ base })));
const reasonOf = (decision: Decision): RuleReason | undefined => decision.explanation.rules[0]?.reason;

describe('what can not be told is told with why', () => {
  it.each<[string, Partial<Facts>, string]>([
    ['the pull request', { pull: null }, 'who wrote it: the pull request could not be read'],
    ['who wrote it', { contributors: unknown('502') }, 'who wrote it: 502'],
    ['who may approve', { members: factsOf({ ...people, release: unknown('504') }).members }, '504'],
  ])('%s', (_, changes, why) => {
    expect(reasonOf(merge('main', [], { ...facts, ...changes }))).toEqual({ kind: 'fact-unknown', why });
  });

  it('of a deployment who wrote it, though it may have no pull request', () => {
    const of = (changes: Partial<Facts>) =>
      reasonOf(decide(evidence(POLICY, [approve(ana)], { ...facts, ...changes }, deploymentRequest())));
    expect(of({ contributors: unknown('502') })).toEqual({ kind: 'fact-unknown', why: 'who wrote it: 502' });
    expect(of({ pull: null })).toEqual({ kind: 'approvals-complete' });
  });

  it('who may approve, but only in a stage that is open', () => {
    const unread = { ...facts, members: factsOf({ ...people, security: unknown('502') }).members };
    expect(reasonOf(merge('main', [approve(ana)], unread))).toEqual({ kind: 'approvals-complete' });
    expect(reasonOf(merge('both', [approve(ana)], unread))).toEqual({ kind: 'fact-unknown', why: '502' });
  });

  it('a group of which nobody knows whether the denial is its own, only where there is a denial', () => {
    const unread = { ...facts, members: factsOf({ ...people, release: unknown('502') }).members };
    const why = 'whether the denial counts: 502';
    expect(reasonOf(merge('main', [deny(stranger)], unread))).toEqual({ kind: 'fact-unknown', why });
    expect(reasonOf(merge('main', [approve(stranger)], unread))).toEqual({ kind: 'fact-unknown', why: '502' });
    expect(reasonOf(merge('main', [deny(cleo)], unread))).toMatchObject({ kind: 'denied-by', by: cleo });
  });
});

describe('what a decision shows', () => {
  it('is the missing approvals of all stages together', () => {
    expect(reasonOf(merge('both'))).toEqual({ kind: 'approvals-missing', missing: 3 });
    expect(reasonOf(merge('both', [approve(ana)]))).toEqual({ kind: 'approvals-missing', missing: 2 });
    expect(reasonOf(merge('both', [approve(ana), approve(cleo)]))).toEqual({ kind: 'approvals-missing', missing: 1 });
    expect(reasonOf(merge('both', [approve(ana), approve(ben), approve(cleo)]))).toEqual({
      kind: 'approvals-complete',
    });
  });

  it('is whose vote can not count, whatever decided', () => {
    const barred = [{ id: author.id, why: 'author' }];
    expect(merge('main').explanation.barred).toEqual(barred);
    expect(merge('elsewhere').explanation).toEqual({
      overall: { kind: 'unmatched', setting: 'allow' },
      rules: [],
      spared: [],
      barred,
    });
    const absent = decide(evidence({ kind: 'absent' }, [], facts));
    expect(absent.explanation).toEqual({ overall: { kind: 'policy-absent' }, rules: [], spared: [], barred });
  });

  it('is why GitHub did not give the policy', () => {
    const { explanation } = decide(evidence({ kind: 'unreachable', why: '502', passing: true }, [], facts));
    expect(explanation.overall).toEqual({ kind: 'policy-unreachable', why: '502' });
  });

  it('is which rule is gone', () => {
    const asked = accessRequest({ rule: 'of yesterday', grantee: ana });
    expect(decide(evidence(POLICY, [], facts, asked)).explanation.overall).toEqual({
      kind: 'rule-gone',
      rule: 'of yesterday',
    });
  });

  it('is the gate that was spared, and by which condition', () => {
    const { explanation, verdict } = merge('main', [], docs);
    expect(verdict).toBe('none');
    expect(explanation.overall).toEqual({ kind: 'rules' });
    expect(explanation.rules).toEqual([]);
    expect(explanation.spared).toMatchObject([{ rule: 'main', by: 'unless', condition: { outcome: 'met' } }]);
  });

  it('is who may hold it besides, and what bears on it', () => {
    const [rule] = merge('fire').explanation.rules;
    expect(rule?.mayHold).toEqual(['security']);
    expect(rule?.notes).toEqual([
      { kind: 'escalates', to: ['security'], at: instant(NOON + HOUR) },
      { kind: 'break-glass', by: ['security'] },
    ]);
    const smash = approve(cleo, { answer: 'break-glass', reason: 'fire' });
    const [broken] = merge('fire', [smash]).explanation.rules;
    expect(broken?.verdict).toBe('approved');
    expect(broken?.notes.map(({ kind }) => kind)).toEqual(['escalates']);
    const [denied] = merge('fire', [smash, deny(ana)]).explanation.rules;
    expect(denied?.verdict).toBe('denied');
    expect(denied?.notes.map(({ kind }) => kind)).toEqual(['escalates', 'break-glass']);
    expect(merge('main').explanation.rules[0]).toMatchObject({ mayHold: [], notes: [] });
  });
});

describe('a deployment that a gate lets off', () => {
  const deploy = (changes: Parameters<typeof deploymentRequest>[0], given: Facts = docs) =>
    decide(evidence(POLICY, [], given, deploymentRequest(changes)));

  it('is told the gate that refuses its ref all the same, and nothing of the gate that was not meant for it', () => {
    const { verdict, explanation } = deploy({ ref: 'topic' });
    expect(verdict).toBe('denied');
    expect(explanation.rules).toEqual([
      {
        rule: 'production',
        verdict: 'denied',
        reason: { kind: 'ref-not-allowed', ref: 'topic', allowed: ['main'] },
        stages: [],
        excluded: [],
        mayHold: [],
        notes: [],
      },
    ]);
    expect(explanation.spared.map(({ rule, by }) => [rule, by])).toEqual([
      ['production', 'unless'],
      ['infra', 'when'],
    ]);
  });

  it('passes where nothing refuses it, though another gate would', () => {
    const { verdict, explanation } = deploy({ ref: 'main' });
    expect([verdict, explanation.rules]).toEqual(['none', []]);
    expect(deploy({ ref: 'main', run: runOf({ fork: true }) }).verdict).toBe('denied');
  });

  it('waits where GitHub could not tell what its ref is', () => {
    const typed = POLICY.replace('refs: [main]', 'refs: ["branch:main"]');
    const request = deploymentRequest({ refKinds: [] });
    expect(typed).not.toBe(POLICY);
    const parsed = present(typed);
    const decision = decide(evidence(parsed, [], docs, request));
    expect(reasonOf(decision)?.kind).toBe('fact-unknown');
    expect(decision.verdict).toBe('pending');
  });
});

describe('it is allowed for want of a gate', () => {
  it('where none matches or there is no policy, and not where one lets it off', () => {
    expect(allowedUngated(merge('elsewhere'))).toBe(true);
    expect(allowedUngated(decide(evidence({ kind: 'absent' }, [], facts)))).toBe(true);
    expect(allowedUngated(merge('main', [], docs))).toBe(false);
  });

  it('and not where it is denied, held or approved', () => {
    expect(allowedUngated(decide(evidence({ kind: 'absent' }, [], facts, deploymentRequest())))).toBe(false);
    expect(allowedUngated(merge('main'))).toBe(false);
    expect(allowedUngated(merge('main', [approve(ana)]))).toBe(false);
  });
});

describe('when time alone may change it', () => {
  it('is the start of access that lies ahead, whatever the policy', () => {
    const start = instant(NOON + 5 * HOUR);
    const asked = accessRequest({ start });
    expect(nextChange(evidence({ kind: 'absent' }, [], facts, asked))).toBe(start);
    expect(nextChange(evidence(POLICY, [], facts, asked, start))).toBeNull();
    expect(nextChange(evidence(POLICY, [], facts, accessRequest()))).toBeNull();
  });

  it('is the escalation of a gate that applies', () => {
    expect(nextChange(evidence(POLICY, [], facts, mergeRequest({ base: 'fire' })))).toBe(NOON + HOUR);
    expect(nextChange(evidence(POLICY, [], facts, mergeRequest()))).toBeNull();
    const opened = mergeRequest({ base: 'fire' }, { openedAt: instant(NOON + HOUR) });
    expect(nextChange(evidence(POLICY, [], facts, opened))).toBe(NOON + 2 * HOUR);
  });
});

describe('access', () => {
  const asked = accessRequest({ rule: 'shift', grantee: ana }, { requester: ana });
  const review: OwedReview = {
    requestId: requestId('another'),
    conversation: 12,
    by: ana,
    rule: 'shift',
    reason: 'fire',
    at: NOON,
    due: NOON,
  };
  const ask = (votes: readonly Vote[], owed?: readonly OwedReview[]) => {
    const given = evidence(POLICY, votes, facts, asked);
    return decide(owed === undefined ? given : { ...given, owed });
  };

  it('for as long as the rule allows is decided by it', () => {
    const longest = accessRequest({ rule: 'shift', grantee: ana, duration: millis(8 * HOUR) });
    expect(decide(evidence(POLICY, [approve(cleo, { head: null })], facts, longest)).verdict).toBe('approved');
    expect(ask([approve(cleo, { head: null })]).verdict).toBe('approved');
    expect(ask([deny(cleo, { head: null })]).verdict).toBe('denied');
  });

  it('is offered at once to whom the rule says, unless a look is overdue', () => {
    const notes = (decision: Decision) => decision.explanation.rules[0]?.notes;
    expect(notes(ask([]))).toEqual([
      { kind: 'auto-approve', by: ['release'], hours: 'inside mon 08:00 - 18:00 (UTC)' },
    ]);
    expect(notes(ask([], [review]))).toEqual([{ kind: 'auto-approve-blocked', reviews: [review], to: ['security'] }]);
  });

  it('that was granted at once says so, and offers nothing more', () => {
    const vote = approve(ana, { answer: 'auto-approve', head: null, castAt: NOON });
    const [rule] = ask([vote]).explanation.rules;
    expect(rule).toMatchObject({ verdict: 'approved', reason: { kind: 'auto-approved', by: ana }, notes: [] });
  });

  it('that was granted at once for later waits where another look is overdue by then', () => {
    const later = accessRequest({ rule: 'shift', grantee: ana, start: instant(NOON + 2 * HOUR) }, { requester: ana });
    const vote = approve(ana, { answer: 'auto-approve', head: null, castAt: NOON });
    const verdict = (owed: readonly OwedReview[]) =>
      decide({ ...evidence(POLICY, [vote], facts, later), owed }).verdict;
    expect(verdict([])).toBe('approved');
    expect(verdict([review])).toBe('pending');
    expect(verdict([{ ...review, due: instant(NOON + 1) }])).toBe('approved');
  });

  it('is approved by comments alone, and nobody but those who are asked can hold it', () => {
    const byReview = approve(cleo, { head: null, source: { kind: 'review', id: 1 } });
    expect(ask([byReview]).verdict).toBe('pending');
    expect(ask([approve(cleo, { head: null }), deny(stranger, { head: null })]).verdict).toBe('approved');
    expect(ask([]).explanation).toMatchObject({ spared: [], rules: [{ rule: 'shift', mayHold: [] }] });
  });

  it('spares no gate, also while it can not be told who may ask', () => {
    const unread = factsOf({ ...people, release: unknown('502') });
    expect(decide(evidence(POLICY, [], unread, asked)).explanation).toMatchObject({
      spared: [],
      rules: [{ rule: 'shift', verdict: 'pending', reason: { kind: 'fact-unknown', why: '502' }, stages: [] }],
    });
  });
});
