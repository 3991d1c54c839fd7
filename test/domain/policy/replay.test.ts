/** Which requests of the past would have gone another way, and what is said where the log can't tell. */

import { describe, expect, it } from 'vitest';
import { after, millis, requestId } from '../../../src/domain/identity.ts';
import { withBaseline } from '../../../src/domain/policy/baseline.ts';
import type { PastRequest } from '../../../src/domain/policy/past-requests.ts';
import { replayBy, type ReplayOutcome } from '../../../src/domain/policy/replay.ts';
import type { Request } from '../../../src/domain/request.ts';
import type { Vote } from '../../../src/domain/vote.ts';
import { readPolicy } from '../../support/cases.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  ben,
  cleo,
  deny,
  deploymentRequest,
  HOUR,
  mergeRequest,
  NOON,
  OTHER_HEAD,
  present,
  repo,
  runOf,
} from '../../support/domain.ts';

const STAGE = 'approvals: [{ from: [release] }]';
const MAIN = `{ name: Main, on: merge, branches: [main], ${STAGE} }`;
const PRODUCTION = `{ name: production, on: deployment, environments: [production], refs: [main], ${STAGE} }`;
const SHIFT = `{ name: write for a shift, roles: [push], requesters: [release], max-duration: 8h, ${STAGE} }`;

type Rules = { readonly gates?: readonly string[]; readonly access?: readonly string[]; readonly more?: string };
const policy = ({ gates = [MAIN, PRODUCTION], access = [SHIFT], more = '' }: Rules = {}) =>
  readPolicy(
    `version: 1\n${more}groups: { release: { teams: [release] }, leads: { teams: [leads] } }\ngates: [${gates.join(', ')}]\naccess: [${access.join(', ')}]\n`,
  );
const asItWas = policy();

const of = (request: Request, votes: readonly Vote[], more: Partial<PastRequest> = {}): PastRequest => ({
  id: request.id,
  repo: repo.id,
  state: 'approved',
  passed: true,
  openedAt: NOON,
  decidedAt: NOON,
  request,
  votes,
  conversation: repo.id,
  grant: null,
  ...more,
});
const waits: Partial<PastRequest> = { state: 'pending', passed: false };
const forAccess = { head: null };
const merged = of(mergeRequest({}, { requester: author }), [approve(ana)]);
const unmerged = of(mergeRequest({}, { requester: author }), [approve(ana)], waits);
const deployed = of(deploymentRequest(), [approve(ana)]);
const granted = of(accessRequest(), [approve(ana, forAccess)]);

const judged = (next: Rules, past: PastRequest, before: typeof asItWas | null = null): ReplayOutcome =>
  replayBy(policy(next), before, [past])(past);
const gate = (text: string): Rules => ({ gates: [text, PRODUCTION] });
const rules = (...access: readonly string[]): Rules => ({ access });

describe('what passed', () => {
  it.each<[string, Rules, PastRequest, ReplayOutcome]>([
    [
      'a second approval that nobody gave',
      gate(MAIN.replace('[release] }', '[release], count: 2 }')),
      merged,
      { would: 'held', why: 'Main: approvals-missing' },
    ],
    [
      'a stage that nobody approved',
      gate(MAIN.replace('}]', '}, { from: [leads] }]')),
      merged,
      { would: 'held', why: 'Main: approvals-missing' },
    ],
    [
      'a freeze',
      gate(MAIN.replace(STAGE, `${STAGE}, freeze: [{ weekly: 'mon-sun 00:00 - 24:00', zone: UTC }]`)),
      merged,
      { would: 'held', why: 'Main: frozen' },
    ],
    [
      'a second gate, of which alone is told',
      { gates: [MAIN, MAIN.replace('Main', 'two').replace('[release] }', '[release], count: 2 }')] },
      merged,
      { would: 'held', why: 'two: approvals-missing' },
    ],
    [
      'two gates, of which both are told',
      {
        gates: ['one', 'two'].map((name) => MAIN.replace('Main', name).replace('[release] }', '[release], count: 2 }')),
      },
      merged,
      { would: 'held', why: 'one: approvals-missing, two: approvals-missing' },
    ],
    [
      'another gate, since one person fills one slot in all of them',
      { gates: [MAIN, MAIN.replace('Main', 'two')] },
      merged,
      { would: 'held', why: 'two: approvals-missing' },
    ],
    [
      'the author as the only one who approved',
      {},
      of(mergeRequest({}, { requester: author }), [approve(author)]),
      { would: 'held', why: 'Main: approvals-missing' },
    ],
    [
      'one who pushed as the only one who approved',
      {},
      of(mergeRequest({ pushers: [ana.id] }, { requester: author }), [approve(ana)]),
      { would: 'held', why: 'Main: approvals-missing' },
    ],
    [
      'an approval for another commit',
      {},
      of(mergeRequest({}, { requester: author }), [approve(ana, { head: OTHER_HEAD })]),
      { would: 'held', why: 'Main: approvals-missing' },
    ],
    [
      'a ref that may not be deployed',
      { gates: [MAIN, PRODUCTION.replace('[main]', '[release]')] },
      deployed,
      { would: 'denied', why: 'production: ref-not-allowed' },
    ],
    [
      'a run of a fork',
      {},
      of(deploymentRequest({ run: runOf({ fork: true }) }), [approve(ana)]),
      { would: 'denied', why: 'production: fork-not-allowed' },
    ],
    ['an environment that no gate covers', { gates: [MAIN] }, deployed, { would: 'denied', why: 'unmatched' }],
    [
      'a role that nobody may have',
      rules(SHIFT.replace('[push]', '[triage]')),
      granted,
      { would: 'denied', why: 'rule-gone' },
    ],
    [
      'a time that is longer than any rule gives',
      rules(SHIFT.replace('8h', '59m')),
      granted,
      { would: 'denied', why: 'rule-gone' },
    ],
    [
      'a second approval of access',
      rules(SHIFT.replace('[release] }', '[release], count: 2 }')),
      granted,
      { would: 'held', why: 'write for a shift: approvals-missing' },
    ],
    [
      'access that its own asker approved',
      {},
      of(accessRequest(), [approve(author, forAccess)]),
      { would: 'held', why: 'write for a shift: approvals-missing' },
    ],
  ])('would not have under %s', (_, next, past, outcome) => {
    expect(judged(next, past)).toEqual(outcome);
  });

  it.each<[string, Rules, PastRequest]>([
    ['the same', {}, merged],
    [
      'a condition that may have spared it',
      gate(MAIN.replace(STAGE, `unless: { only-paths: ['docs/**'] }, approvals: [{ from: [release], count: 3 }]`)),
      merged,
    ],
    [
      'a condition that may not have been met',
      gate(MAIN.replace(STAGE, `when: { paths: ['src/**'] }, approvals: [{ from: [release], count: 3 }]`)),
      merged,
    ],
    [
      'a freeze of what a condition may have spared',
      gate(
        MAIN.replace(
          STAGE,
          `unless: { only-paths: ['docs/**'] }, freeze: [{ weekly: 'mon-sun 00:00 - 24:00', zone: UTC }], ${STAGE}`,
        ),
      ),
      merged,
    ],
    [
      'a freeze of what a condition may not have met',
      gate(
        MAIN.replace(
          STAGE,
          `when: { paths: ['src/**'] }, freeze: [{ weekly: 'mon-sun 00:00 - 24:00', zone: UTC }], ${STAGE}`,
        ),
      ),
      merged,
    ],
    [
      'a stage that may not have been asked',
      gate(MAIN.replace('}]', `}, { from: [leads], when: { paths: ['src/**'] } }]`)),
      merged,
    ],
    [
      'a freeze that was over',
      gate(MAIN.replace(STAGE, `${STAGE}, freeze: [{ from: 2026-05-01, to: 2026-05-03, zone: UTC }]`)),
      merged,
    ],
    ['exactly its time', rules(SHIFT.replace('8h', '1h')), granted],
    ['another rule', rules(SHIFT.replace('write for a shift', 'short').replace('8h', '1h')), granted],
    [
      'the second rule that fits',
      rules(SHIFT.replace('write for a shift', 'first').replace('[release] }', '[release], count: 2 }'), SHIFT),
      granted,
    ],
  ])('may have all the same under %s', (_, next, past) => {
    expect(judged(next, past).would).toBe('unknown');
  });

  it('is not denied for a denial that had no effect: the log does not tell who was a member', () => {
    const denied = of(mergeRequest({}, { requester: author }), [approve(ana), deny(ben)]);
    expect(judged({}, denied, asItWas).would).toBe('same');
    const reviewed = of(mergeRequest({}, { requester: author }), [approve(ben, { answer: 'review' })]);
    expect(judged({}, reviewed).would).toBe('held');
  });

  it('went the same way where no gate covers it', () => {
    expect(judged(gate(MAIN.replace('[main]', '[dev]')), merged)).toEqual({ would: 'same', why: 'no gate covers it' });
  });

  it('is judged at the moment in which it was decided', () => {
    const freeze = `${STAGE}, freeze: [{ from: '2026-05-04 13:00', to: '2026-05-04 15:00', zone: UTC }]`;
    const later = { ...merged, decidedAt: after(NOON, millis(2 * HOUR)) };
    expect(judged(gate(MAIN.replace(STAGE, freeze)), merged).would).toBe('unknown');
    expect(judged(gate(MAIN.replace(STAGE, freeze)), later).would).toBe('held');
  });
});

describe('what did not pass', () => {
  it('could not have where approvals are missing', () => {
    const alone = of(mergeRequest(), [], waits);
    expect(judged({}, alone)).toEqual({ would: 'same', why: 'it could not have passed' });
  });

  it('would not have been held where no gate covers it', () => {
    expect(judged(gate(MAIN.replace('[main]', '[dev]')), unmerged)).toEqual({
      would: 'not-held',
      why: 'no gate would have held it',
    });
  });

  it('to an environment that no gate covers went the same way: it is denied', () => {
    const refused = of(deploymentRequest(), [], { state: 'denied', passed: false });
    expect(judged({ gates: [MAIN] }, refused)).toEqual({ would: 'same', why: 'no gate covers it' });
  });

  it('can not be told of where it has all that is asked for as far as is known', () => {
    expect(judged({}, unmerged).would).toBe('unknown');
    expect(judged({}, of(mergeRequest(), [approve(ana), deny(ben)], waits)).would).toBe('unknown');
  });
});

describe('the policy that decided', () => {
  const same = { would: 'same', why: 'its rules are the same' };
  const longer = rules(SHIFT.replace('8h', '9h'));
  const stricter = gate(MAIN.replace(STAGE, `${STAGE}, timeout: 4h`));

  it.each<[string, Rules, PastRequest]>([
    ['a merge where nothing changed', {}, merged],
    ['a deployment where nothing changed', {}, deployed],
    ['access where nothing changed', {}, granted],
    ['a merge where a rule for access changed', longer, merged],
    [
      'a merge where another gate changed',
      { gates: [MAIN, PRODUCTION.replace(STAGE, `${STAGE}, timeout: 4h`)] },
      merged,
    ],
    ['a deployment where the gate of merges changed', stricter, deployed],
    ['access where a gate changed', stricter, granted],
  ])('vouches for %s', (_, next, past) => {
    expect(judged(next, past, asItWas)).toEqual(same);
  });

  it.each<[string, Rules, PastRequest]>([
    ['a merge whose gate changed', stricter, merged],
    [
      'a merge that another gate covers now',
      { gates: [MAIN, PRODUCTION, MAIN.replace('Main', 'two')] },
      of(mergeRequest(), [approve(ana), approve(ben)]),
    ],
    [
      'a deployment whose gate changed',
      { gates: [MAIN, PRODUCTION.replace(STAGE, `${STAGE}, timeout: 4h`)] },
      deployed,
    ],
    ['access where any rule for it changed', longer, granted],
    [
      'access where there is one rule more',
      rules(SHIFT, SHIFT.replace('write for a shift', 'two').replace('push', 'triage')),
      granted,
    ],
    ['a merge where what is no rule’s changed', { more: 'unmatched: { merge: deny }\n' }, merged],
    ['access where what is no rule’s changed', { more: 'unmatched: { merge: deny }\n' }, granted],
  ])('does not vouch for %s', (_, next, past) => {
    expect(judged(next, past, asItWas)).toMatchObject({ would: 'unknown' });
  });

  it('does not vouch for what a gate covered then, or a rule gave, that is gone', () => {
    const two = policy({ gates: [MAIN, MAIN.replace('Main', 'two')] });
    expect(judged({ gates: [MAIN] }, unmerged, two).would).toBe('unknown');
    const more = policy({ access: [SHIFT, SHIFT.replace('write for a shift', 'two').replace('push', 'triage')] });
    expect(judged({}, granted, more).would).toBe('unknown');
  });
});

describe('what the log does not hold', () => {
  const conditional = (condition: string): Rules => gate(MAIN.replace(STAGE, `${condition}, ${STAGE}`));
  const limited = SHIFT.replace('max-duration', 'max-live: 3, max-duration');

  it.each<[string, Rules, PastRequest, string]>([
    ['a merge', {}, merged, 'who was in which group, who wrote it'],
    [
      'a merge that nobody voted on',
      conditional('when: { paths: [a] }'),
      of(mergeRequest(), []),
      'who wrote it, what the conditions ask about',
    ],
    [
      'a gate with `when`',
      conditional('when: { paths: [a] }'),
      merged,
      'who was in which group, who wrote it, what the conditions ask about',
    ],
    [
      'a gate with `unless`',
      conditional('unless: { paths: [a] }'),
      merged,
      'who was in which group, who wrote it, what the conditions ask about',
    ],
    [
      'a stage with `when`',
      gate(MAIN.replace('}]', '}, { from: [leads], when: { paths: [a] } }]')),
      merged,
      'who was in which group, who wrote it, what the conditions ask about',
    ],
    [
      'one gate of two that has a condition',
      { gates: [MAIN, MAIN.replace('Main', 'two').replace(STAGE, `when: { paths: [a] }, ${STAGE}`)] },
      merged,
      'who was in which group, who wrote it, what the conditions ask about',
    ],
    ['access', {}, granted, 'who was in which group, who might ask'],
    [
      'access under a gate with a condition',
      conditional('when: { paths: [a] }'),
      granted,
      'who was in which group, who might ask',
    ],
    ['access with a limit', rules(limited), granted, 'who was in which group, who might ask, all that the person had'],
    [
      'access with a limit in one rule of two',
      rules(SHIFT, limited.replace('write for a shift', 'two')),
      granted,
      'who was in which group, who might ask, all that the person had',
    ],
    ['a merge beside access with a limit', rules(limited), merged, 'who was in which group, who wrote it'],
  ])('is told of %s', (_, next, past, facts) => {
    expect(judged(next, past)).toEqual({ would: 'unknown', why: `the log does not hold ${facts}` });
  });
});

describe('limits on one person', () => {
  let made = 0;
  const given = (hour: number, by = author): PastRequest => {
    const id = requestId(`0198c0de-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`);
    const at = (hours: number) => after(NOON, millis(hours * HOUR));
    const request = { ...accessRequest({ grantee: by }, { requester: by }), id };
    return of(request, [approve(cleo, { ...forAccess, requestId: id })], {
      state: 'released',
      openedAt: at(hour),
      decidedAt: at(hour),
      grant: { startsAt: at(hour), endsAt: at(hour + 8), endedAt: at(hour + 4) },
    });
  };
  const limit = (text: string, name = 'write for a shift'): string =>
    SHIFT.replace('write for a shift', name).replace('max-duration', `${text}, max-duration`);
  const all = [given(0), given(1)];
  const outcomes = (next: Rules, before: typeof asItWas | null = null): readonly ReplayOutcome[] =>
    all.map(replayBy(policy(next), before, all));

  it('count what the policy would have given the same way, and not only what can’t be told', () => {
    const next = rules(limit('max-live: 1'));
    expect(outcomes(next, policy(next)).map(({ would }) => would)).toEqual(['same', 'denied']);
  });

  it('in the whole organisation are tried as well', () => {
    const limits = present('version: 1\nlimits: { max-live: 1 }\n');
    const governed = withBaseline({ kind: 'present', policy: policy(), path: '', blob: '' }, limits);
    if (governed.kind !== 'present') throw new Error(governed.kind);
    const judge = replayBy(governed.policy, null, all);
    expect(all.map((one) => judge(one).would)).toEqual(['unknown', 'denied']);
  });

  it('of one rule do not stand in the way where another fits', () => {
    const next = rules(limit('max-live: 1', 'first'), SHIFT.replace('write for a shift', 'second'));
    expect(outcomes(next).map(({ would }) => would)).toEqual(['unknown', 'unknown']);
  });

  it('of every rule that fits do, and the first is named', () => {
    const next = rules(limit('max-live: 1', 'first'), limit('max-live: 1', 'second'));
    expect(outcomes(next)[1]).toEqual({ would: 'denied', why: 'first: max-live of 1 was reached' });
  });
});
