/** Until when a request has to be answered, also where a freeze lies in between. */

import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { instant, type Instant } from '../../src/domain/identity.ts';
import type { Vote } from '../../src/domain/vote.ts';
import { withDeadline } from '../../src/domain/deadline.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  cleo,
  deny,
  evidence,
  factsOf,
  HOUR,
  mergeRequest,
  NOON,
  present,
} from '../support/domain.ts';

const policy = (freeze: string) =>
  present(`version: 1
groups: { release: { users: [octo-ana] } }
gates:
  - { name: main, on: merge, branches: [main], timeout: 2h, approvals: [{ from: release }], freeze: [${freeze}] }
`);
const hours = (count: number): Instant => instant(NOON + count * HOUR);

function deadline(freeze: string, before: Instant | null, votes: readonly Vote[] = []): Instant | null {
  const state = policy(freeze);
  const request = mergeRequest({}, { deadline: before });
  return withDeadline(request, state, decide(evidence(state, votes, factsOf({ release: [ana] }), request))).deadline;
}

// NOON is a Monday.
const FROZEN = '{ weekly: "mon 11:00 - 17:00", zone: UTC }';
const ENDLESS = '{ weekly: "mon-sun 00:00 - 24:00", zone: UTC }';

describe('the deadline of a request', () => {
  it('is counted from its opening', () => {
    expect(deadline('', null)).toBe(hours(2));
  });

  it('is counted from the end of the freeze that it was opened in', () => {
    expect(deadline(FROZEN, null)).toBe(hours(7));
    expect(deadline(ENDLESS, null)).toBeNull();
  });

  it('stays where it is while approvals are missing', () => {
    expect(deadline(FROZEN, hours(2))).toBe(hours(2));
    expect(deadline('', hours(2), [approve(ana)])).toBe(hours(2));
  });

  it('is given again after a freeze where nothing else is missing', () => {
    expect(deadline(FROZEN, hours(2), [approve(ana)])).toBe(hours(7));
    expect(deadline(ENDLESS, hours(2), [approve(ana)])).toBeNull();
  });

  it('stays where the freeze ends before it', () => {
    expect(deadline(FROZEN, hours(6), [approve(ana)])).toBe(hours(6));
  });

  it('is the end of access that was to begin at a certain time, where that is earlier', () => {
    const state = present(`version: 1
groups: { release: { users: [octo-ana] }, engineers: { users: [octo-author] } }
access:
  - { name: shift, roles: [push], requesters: [engineers], max-duration: 8h, timeout: 4h, approvals: [{ from: release }] }
`);
    const asked = (start: Instant): Instant | null => {
      const request = accessRequest({ rule: 'shift', start });
      const facts = factsOf({ release: [ana], engineers: [author] });
      return withDeadline(request, state, decide(evidence(state, [], facts, request))).deadline;
    };
    expect(asked(hours(1))).toBe(hours(2));
    expect(asked(hours(24))).toBe(hours(4));
  });

  describe('under several rules', () => {
    const several = present(`version: 1
groups: { release: { users: [octo-ana] } }
gates:
  - { name: three, on: merge, branches: [main], timeout: 3h, approvals: [{ from: release }] }
  - { name: two, on: merge, branches: [main], timeout: 2h, approvals: [{ from: release }] }
  - { name: four, on: merge, branches: [main], timeout: 4h, approvals: [{ from: release }] }
  - { name: one, on: merge, branches: [release], timeout: 1h, approvals: [{ from: release }] }
  - { name: patient, on: merge, branches: [slow], approvals: [{ from: release }] }
`);
    const of = (base: string, before: Instant | null = null): Instant | null => {
      const request = mergeRequest({ base }, { deadline: before });
      const decision = decide(evidence(several, [], factsOf({ release: [ana] }), request));
      return withDeadline(request, several, decision).deadline;
    };

    it('is the shortest of those that hold it, wherever it stands among them', () => {
      expect(of('main')).toBe(hours(2));
      expect(of('release')).toBe(hours(1));
    });

    it('is none where none of them ends, or none holds it', () => {
      expect(of('elsewhere')).toBeNull();
      expect(of('slow')).toBeNull();
    });

    it('stays as it was set, whatever the rules say now', () => {
      expect(of('main', hours(9))).toBe(hours(9));
      expect(of('elsewhere', hours(9))).toBe(hours(9));
    });
  });

  it('is not touched while there is no policy to read', () => {
    const request = mergeRequest({}, { deadline: null });
    const decision = decide(evidence(policy(''), [], factsOf({ release: [ana] }), request));
    expect(withDeadline(request, { kind: 'absent' }, decision)).toBe(request);
    expect(withDeadline(request, { kind: 'unreachable', why: '502', passing: true }, decision)).toBe(request);
  });

  it('changes nothing else of the request', () => {
    const request = mergeRequest({}, { deadline: null, version: 3 });
    const decision = decide(evidence(policy(''), [], factsOf({ release: [ana] }), request));
    expect(withDeadline(request, policy(''), decision)).toEqual({ ...request, deadline: hours(2) });
  });

  describe('under rules that are frozen for different times', () => {
    const gate = (name: string, freeze: string) =>
      `  - { name: ${name}, on: merge, branches: [main], timeout: 2h, approvals: [{ from: release }], freeze: [${freeze}] }`;
    const UNTIL_FOUR = '{ weekly: "mon 11:00 - 16:00", zone: UTC }';
    const of = (first: string, second: string, votes: readonly Vote[] = [], before: Instant | null = null) => {
      const state = present(
        `version: 1\ngroups: { release: { users: [octo-ana] } }\ngates:\n${gate('one', first)}\n${gate('two', second)}\n`,
      );
      const request = mergeRequest({}, { deadline: before });
      const facts = factsOf({ release: [ana, cleo] });
      return withDeadline(request, state, decide(evidence(state, votes, facts, request))).deadline;
    };

    it.each([
      ['the first of them', FROZEN, UNTIL_FOUR],
      ['the second of them', UNTIL_FOUR, FROZEN],
      ['both of them', FROZEN, FROZEN],
      ['one of them alone', FROZEN, ''],
    ])('is counted from the end of the last freeze, that of %s', (_, first, second) => {
      expect(of(first, second)).toBe(hours(7));
      expect(of(first, second, [approve(ana), approve(cleo)], hours(2))).toBe(hours(7));
    });
  });

  it('is counted only from a freeze, whatever else is said of the rules before it', () => {
    const frozen = present(`version: 1
groups: { release: { users: [octo-ana] } }
gates:
  - { name: one, on: merge, branches: [main], timeout: 2h, approvals: [{ from: release }], escalate: [{ after: 1h, to: release }] }
  - { name: two, on: merge, branches: [main], approvals: [{ from: release }], freeze: [${FROZEN}] }
`);
    const held = decide(evidence(frozen, [], factsOf({ release: [ana] })));
    expect(withDeadline(mergeRequest(), frozen, held).deadline).toBe(hours(7));
    const state = present(`version: 1
groups: { release: { users: [octo-ana] }, security: { users: [octo-cleo] } }
gates:
  - name: main
    on: merge
    branches: [main]
    timeout: 2h
    approvals: [{ from: release }]
    escalate: [{ after: 1h, to: security }]
    break-glass: { by: security, review: release }
`);
    const decision = decide(evidence(state, [], factsOf({ release: [ana], security: [cleo] })));
    expect(decision.explanation.rules[0]?.notes).toHaveLength(2);
    expect(withDeadline(mergeRequest(), state, decision).deadline).toBe(hours(2));
  });

  describe('that is given again', () => {
    it('is so only once the freeze reaches it', () => {
      expect(deadline(FROZEN, hours(5), [approve(ana)])).toBe(hours(10));
      expect(deadline(FROZEN, instant(hours(5) + 1), [approve(ana)])).toBe(hours(5) + 1);
    });

    it('is so after the last of several freezes', () => {
      const two = '{ weekly: "mon 11:00 - 14:00", zone: UTC }, { weekly: "mon 11:30 - 17:00", zone: UTC }';
      expect(deadline(two, hours(1), [approve(ana)])).toBe(hours(6));
      expect(deadline(two, null)).toBe(hours(7));
    });

    it('is not, while somebody who holds it could still answer', () => {
      const held = present(`version: 1
groups: { release: { users: [octo-ana] }, security: { users: [octo-author] } }
gates:
  - { name: main, on: merge, branches: [main], timeout: 2h, approvals: [{ from: release }], freeze: [${FROZEN}], disapprove: security }
  - { name: more, on: merge, branches: [both], timeout: 2h, approvals: [{ from: security }], freeze: [${FROZEN}] }
  - { name: less, on: merge, branches: [both, free], timeout: 2h, approvals: [{ from: release }] }
`);
      const facts = factsOf({ release: [ana], security: [cleo] });
      const of = (votes: readonly Vote[], base = 'main') => {
        const request = mergeRequest({ base }, { deadline: hours(2) });
        return withDeadline(request, held, decide(evidence(held, votes, facts, request))).deadline;
      };
      expect(of([approve(ana)])).toBe(hours(7));
      expect(of([approve(ana), deny(cleo)])).toBe(hours(2));
      expect(of([deny(ana)])).toBe(hours(2));
      expect(of([approve(cleo), approve(ana)], 'both')).toBe(hours(7));
      expect(of([approve(cleo)], 'both')).toBe(hours(2));
      expect(of([approve(ana)], 'both')).toBe(hours(2));
    });
  });
});
