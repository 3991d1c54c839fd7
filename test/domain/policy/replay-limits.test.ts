/** Which grants of the past a limit on one person's access would have refused. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, millis, requestId } from '../../../src/domain/identity.ts';
import { boundByItself } from '../../../src/domain/policy/baseline.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import type { PastRequest } from '../../../src/domain/policy/past-requests.ts';
import { replayBy, type ReplayOutcome } from '../../../src/domain/policy/replay.ts';
import { accessRequest, ana, approve, author, ben, HOUR, NOON, present, repo } from '../../support/domain.ts';

function policy(limit = '', limits = ''): Policy {
  const state = present(`version: 1
groups: { release: { teams: [release] } }
access:
  - { name: write for a shift, roles: [push], requesters: [release], max-duration: 8h, ${limit} approvals: [{ from: [release] }] }
${limits}`);
  if (state.kind !== 'present') throw new Error('it was read');
  return boundByItself(state.policy);
}

const at = (hours: number) => after(NOON, millis(hours * HOUR));
let count = 0;

type Given = { readonly from: number; readonly to: number | null; readonly asked?: number; readonly by?: typeof ana };

/** Access that was asked for, approved by ana, given at `from` and gone at `to`; hours after noon. */
function past({ from, to, asked = from, by = author }: Given, more: Partial<PastRequest> = {}): PastRequest {
  const id = requestId(`0198c0de-0000-7000-8000-${String((count += 1)).padStart(12, '0')}`);
  const request = { ...accessRequest({ grantee: by }, { requester: by }), id, openedAt: at(asked) };
  return {
    id,
    repo: repo.id,
    state: 'released',
    passed: true,
    openedAt: at(asked),
    decidedAt: at(from),
    request,
    votes: [approve(ana, { requestId: id, head: null, castAt: at(asked) })],
    conversation: repo.id,
    grant: { startsAt: at(from), endsAt: at(from + 8), endedAt: to === null ? null : at(to) },
    ...more,
  };
}

const judged = (new_: Policy, all: readonly PastRequest[]): readonly ReplayOutcome['would'][] => {
  const judge = replayBy(new_, policy(), all);
  return all.map((one) => judge(one).would);
};

describe('max-live', () => {
  const two = [past({ from: 0, to: 4 }), past({ from: 1, to: 5 })];

  it('would have refused the second of two that ran at one time', () => {
    expect(judged(policy('max-live: 1,'), two)).toEqual(['unknown', 'denied']);
    const judge = replayBy(policy('max-live: 1,'), policy(), two);
    expect(two.map((one) => judge(one).why)[1]).toBe('write for a shift: max-live of 1 was reached');
  });

  it.each<[string, readonly PastRequest[], Policy]>([
    ['as many as it allows', two, policy('max-live: 2,')],
    ['one after the other', [past({ from: 0, to: 1 }), past({ from: 1, to: 5 })], policy('max-live: 1,')],
    ['of two people', [past({ from: 0, to: 4 }), past({ from: 1, to: 5, by: ben })], policy('max-live: 1,')],
    [
      'of which one only lengthened the other',
      [past({ from: 0, to: 4 }), past({ from: 1, to: 5 }, { grant: null })],
      policy('max-live: 1,'),
    ],
  ])('would have given %s', (_, all, limited) => {
    expect(judged(limited, all)).not.toContain('denied');
  });

  it('counts what ran when it was asked for, though it was over when it was given', () => {
    expect(judged(policy('max-live: 1,'), [past({ from: 0, to: 4 }), past({ asked: 3, from: 5, to: 6 })])).toEqual([
      'unknown',
      'denied',
    ]);
  });

  it('counts only at the start what was asked for ahead of it', () => {
    const later = past({ asked: 3, from: 5, to: 6 });
    const { subject } = later.request;
    if (subject.kind !== 'access') throw new Error('it is');
    const ahead = { ...later, request: { ...later.request, subject: { ...subject, start: at(5) } } };
    expect(judged(policy('max-live: 1,'), [past({ from: 0, to: 4 }), ahead])).not.toContain('denied');
    expect(judged(policy('max-live: 1,'), [past({ from: 0, to: 5.5 }), ahead])).toContain('denied');
  });

  it('binds in `limits` as well', () => {
    expect(judged(policy('', 'limits: { max-live: 1 }\n'), two)).toEqual(['unknown', 'denied']);
  });

  it('lets pass what only another that it refuses stood in the way of', () => {
    const three = [past({ from: 0, to: 2 }), past({ from: 1, to: 5 }), past({ from: 3, to: 6 })];
    expect(judged(policy('max-live: 1,'), three)).toEqual(['unknown', 'denied', 'unknown']);
  });

  it('never refuses the first, and leaves none that overlap', () => {
    const grants = fc
      .array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 10 })), { minLength: 1, maxLength: 6 })
      .map((list) =>
        list.map(([from, long], index) => past({ from: from + index / 100, to: from + index / 100 + long })),
      );
    const begin = ({ grant }: PastRequest): number => grant?.startsAt ?? 0;
    const end = ({ grant }: PastRequest): number => grant?.endedAt ?? Infinity;
    fc.assert(
      fc.property(grants, (all) => {
        const judge = replayBy(policy('max-live: 1,'), policy(), all);
        const stay = all.filter((one) => judge(one).would !== 'denied').sort((a, b) => begin(a) - begin(b));
        expect(begin(stay[0] ?? past({ from: 99, to: 99 }))).toBe(Math.min(...all.map(begin)));
        stay.forEach((one, index) => {
          const next = stay[index + 1];
          if (next !== undefined) expect(end(one)).toBeLessThanOrEqual(begin(next));
        });
      }),
    );
  });
});

describe('cool-down', () => {
  it.each<[string, number, string]>([
    ['too soon', 5, 'denied'],
    ['in time', 6, 'unknown'],
  ])('tells of what was asked for again %s', (_, from, would) => {
    const all = [past({ from: 0, to: 4 }), past({ from, to: 8 })];
    expect(judged(policy('cool-down: 2h,'), all)[1]).toBe(would);
    if (would === 'denied')
      expect(replayBy(policy('cool-down: 2h,'), null, all)(all[1] ?? past({ from, to: 8 })).why).toBe(
        'write for a shift: the cool-down of 2 hours was not over',
      );
  });

  it('says that the log does not hold all that the person had', () => {
    const one = past({ from: 0, to: 4 });
    expect(replayBy(policy('cool-down: 2h,'), policy(), [one])(one).why).toContain('all that the person had');
    expect(replayBy(policy(), policy(), [one])(one)).toMatchObject({ would: 'same' });
  });
});
