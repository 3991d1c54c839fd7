/** What is said of the past on a pull request that changes the policy: bounded, escaped, and for those who may read it. */

import { describe, expect, it } from 'vitest';
import { replayReport, type Past } from '../../../src/domain/policy/check-replay.ts';
import type { PastRequest } from '../../../src/domain/policy/past-requests.ts';
import type { Policy } from '../../../src/domain/policy/model.ts';
import type { Request } from '../../../src/domain/request.ts';
import type { Vote } from '../../../src/domain/vote.ts';
import { accessRequest, ana, approve, HOUR, mergeRequest, NOON, present, repo } from '../../support/domain.ts';
import { processorTime } from '../../support/processor-time.ts';

function policy(gate: string): Policy {
  const state = present(`version: 1
groups: { release: { teams: [release] } }
gates: [{ on: merge, branches: [main], ${gate} }]
access:
  - { name: write for a shift, roles: [push], requesters: [release], max-duration: 30m, approvals: [{ from: [release] }] }
`);
  if (state.kind !== 'present') throw new Error('it was read');
  return state.policy;
}
const ONE = policy('name: main, approvals: [{ from: [release] }]');
const TWO = policy('name: main, approvals: [{ from: [release], count: 2 }]');

const request = (of: Request, votes: readonly Vote[], more: Partial<PastRequest> = {}): PastRequest => ({
  id: of.id,
  repo: repo.id,
  state: 'approved',
  passed: true,
  openedAt: NOON,
  decidedAt: NOON,
  request: of,
  votes,
  conversation: repo.id,
  grant: null,
  ...more,
});
const merged = request(mergeRequest(), [approve(ana)]);
const past = (requests: readonly PastRequest[], more = false): Past => ({ repo: repo.id, requests, more, days: 30 });

describe('the past', () => {
  it('is told with numbers, and by the requests that would have gone another way', () => {
    const { summary, text } = replayReport(TWO, ONE, past([merged]));
    expect(summary).toBe(
      'Tried on 1 request of the last 30 days: 1 would have gone another way, of 0 the log can’t tell, the others would have gone the same way.',
    );
    expect(text).toContain(
      '- 2026-05-04, the merge of #7 into `main`: was approved, would be **held** (main: approvals-missing)',
    );
  });

  it('says nothing more where all went the same way, judged by the policy that decided', () => {
    expect(replayReport(ONE, ONE, past([merged]))).toMatchObject({ text: '' });
    expect(replayReport(ONE, ONE, past([merged])).summary).toContain('0 would have gone another way, of 0 the log');
    expect(replayReport(ONE, null, past([merged])).summary).toContain('of 1 the log can’t tell');
  });

  it('says that there was more than was read', () => {
    expect(replayReport(TWO, ONE, past([merged], true)).summary).toContain(
      '(there were more, which are not tried here)',
    );
    expect(replayReport(TWO, ONE, past([merged])).summary).not.toContain('there were more');
  });

  it('lists twenty at most, and counts the rest', () => {
    const { text } = replayReport(TWO, ONE, past(Array.from({ length: 25 }, () => merged)));
    expect(text.match(/the merge of/gu)).toHaveLength(20);
    expect(text).toContain('and 5 more');
  });

  it('makes no mention, link or HTML of what a stranger wrote', () => {
    const evil = '@octo/release <img src=x> [x](https://evil.example)';
    const hostile = policy(`name: "${evil}", approvals: [{ from: [release], count: 2 }]`);
    const { text } = replayReport(hostile, ONE, past([merged]));
    expect(text).toContain('evil.example');
    expect(text).not.toMatch(/@octo|(?<!\\)<img|(?<!\\)\[x|https:\/\/evil/u);
  });

  it('does not tell here who asked for access in another repository', () => {
    const asked = accessRequest({ duration: HOUR });
    const here = replayReport(ONE, null, past([request(asked, [], { conversation: repo.id })]));
    expect(here.text).toContain('the role');
    const elsewhere = replayReport(ONE, null, past([request(asked, [], { conversation: 4711 })]));
    expect(elsewhere.summary).toContain('1 would have gone another way');
    expect(elsewhere.text).not.toContain('the role');
    expect(elsewhere.text).toContain('and 1 more');
  });

  it('is tried no further than a stranger’s policy may keep the app busy', () => {
    const stages = Array.from({ length: 20 }, () => '{ from: [release], count: 50 }').join(', ');
    const wide = policy(`name: main, approvals: [${stages}]`);
    const many = Array.from({ length: 100 }, () => merged);
    expect(replayReport(wide, ONE, past(many)).summary).toContain('there were more');
    expect(processorTime(() => replayReport(wide, ONE, past(many)), 5_000)).toBeLessThan(5_000);
    expect(replayReport(TWO, ONE, past(many)).summary).toContain('Tried on 100 requests');
  });
});
