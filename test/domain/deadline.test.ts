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
});
