/** What a decision or an event does to a request: the next state, the audit entry, the effects. */

import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import type { Decision, Verdict } from '../../src/domain/decision.ts';
import { grantId, instant } from '../../src/domain/identity.ts';
import { REQUEST_STATES, type RequestState } from '../../src/domain/request.ts';
import { auditOf, decisionData, effectsOf, openedData, settle, step } from '../../src/domain/settle.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  ben,
  deny,
  deploymentRequest,
  evidence,
  factsOf,
  HEAD,
  HOUR,
  mergeRequest,
  NOON,
  repo,
  runOf,
} from '../support/domain.ts';

const now = instant(NOON + 60_000);
const BLOB = 'c'.repeat(40);
const POLICY = `
version: 1
groups: { release: { teams: [release] } }
gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [release], count: 1 }] }]
`;
const facts = factsOf({ release: [ana, ben] });

const bare = (verdict: Verdict): Decision => ({
  verdict,
  explanation: { overall: { kind: 'rules' }, rules: [], spared: [], barred: [] },
});

describe('a decision', () => {
  const no = null;
  // By hand: what is open follows the verdict; what has ended is not touched by one.
  const TABLE: Readonly<Record<RequestState, Readonly<Record<Verdict, RequestState | null>>>> = {
    pending: { approved: 'approved', none: 'approved', pending: no, denied: 'denied' },
    approved: { approved: no, none: no, pending: 'pending', denied: 'denied' },
    released: { approved: no, none: no, pending: no, denied: no },
    denied: { approved: no, none: no, pending: no, denied: no },
    expired: { approved: no, none: no, pending: no, denied: no },
    cancelled: { approved: no, none: no, pending: no, denied: no },
    superseded: { approved: no, none: no, pending: no, denied: no },
    closed: { approved: no, none: no, pending: no, denied: no },
  };
  const cases = REQUEST_STATES.flatMap((state) =>
    (['approved', 'none', 'pending', 'denied'] as const).map(
      (verdict) => [state, verdict, TABLE[state][verdict]] as const,
    ),
  );

  it.each(cases)('on a request that is %s, with the verdict %s: %s', (state, verdict, expected) => {
    const step_ = settle(mergeRequest({}, { state }), bare(verdict), BLOB, now, null);
    expect(step_?.row.state ?? null).toBe(expected);
    if (step_ !== null) {
      expect(step_.audit).toHaveLength(1);
      expect(step_.row).toMatchObject({ version: 2, policyBlob: BLOB });
    }
  });

  it('that approves is kept with its rules, its people by id and its policy', () => {
    const decision = decide(evidence(POLICY, [approve(ana)], facts));
    expect(settle(mergeRequest(), decision, BLOB, now, ana.id)?.audit).toEqual([
      {
        installationId: repo.installationId,
        kind: 'request.approved',
        actor: ana.id,
        repoId: repo.id,
        requestId: mergeRequest().id,
        grantId: null,
        data: {
          policy: BLOB,
          verdict: 'approved',
          because: 'rules',
          rules: [{ rule: 'main', verdict: 'approved', reason: 'approvals-complete', approvedBy: [[ana.id]] }],
        },
      },
    ]);
  });

  it('that denies names the person to people, and only the id to the audit log', () => {
    const decision = decide(evidence(POLICY, [deny(ben, { reason: 'not today' })], facts));
    const settled = settle(mergeRequest(), decision, BLOB, now, ben.id);
    expect(settled?.row).toMatchObject({ state: 'denied', outcome: 'Denied by octo-ben: not today', closedAt: now });
    expect(settled?.audit[0]).toMatchObject({
      kind: 'request.denied',
      data: { rules: [{ reason: 'denied-by', deniedBy: ben.id, words: 'not today' }] },
    });
    expect(JSON.stringify(settled?.audit)).not.toContain('octo-ben');
  });

  it('says which setting let through or denied what no gate matches', () => {
    const because = (text: string) => decisionData(decide(evidence(text, [], facts)), BLOB)['because'];
    expect(because('version: 1')).toBe('unmatched-allow');
    expect(because('version: 1\nunmatched: { merge: deny }')).toBe('unmatched-deny');
  });
});

describe('an event', () => {
  it.each([
    ['approve', 'pending', 'request.approved'],
    ['unapprove', 'approved', 'request.unapproved'],
    ['release', 'approved', 'request.released'],
    ['deny', 'pending', 'request.denied'],
    ['expire', 'pending', 'request.expired'],
    ['cancel', 'pending', 'request.cancelled'],
    ['supersede', 'pending', 'request.superseded'],
    ['close', 'pending', 'request.closed'],
  ] as const)('%s is kept as what it is', (event, state, kind) => {
    const moved = step(mergeRequest({}, { state }), event, now, ana.id, 'because');
    expect(moved?.audit).toEqual([
      expect.objectContaining({ kind, actor: ana.id, data: { outcome: 'because' }, requestId: mergeRequest().id }),
    ]);
  });

  it('that the state does not allow does nothing at all', () => {
    expect(step(mergeRequest({}, { state: 'released' }), 'deny', now, null, 'late')).toBeNull();
    expect(step(mergeRequest(), 'release', now, null, 'early')).toBeNull();
  });
});

describe('what is shown again', () => {
  it('of a merge is the check on its head', () => {
    expect(effectsOf(mergeRequest())).toEqual([{ kind: 'merge-check', repo, sha: HEAD }]);
  });

  it('of a deployment is its check, rule and comment', () => {
    expect(effectsOf(deploymentRequest())).toEqual([{ kind: 'deployment', requestId: deploymentRequest().id }]);
  });

  it('of an access request is its issue', () => {
    expect(effectsOf(accessRequest())).toEqual([{ kind: 'access-issue', requestId: accessRequest().id }]);
  });

  it('comes with every step', () => {
    expect(step(mergeRequest(), 'close', now, null, 'closed')?.effects).toEqual(effectsOf(mergeRequest()));
    expect(settle(mergeRequest(), bare('approved'), BLOB, now, null)?.effects).toEqual(effectsOf(mergeRequest()));
  });
});

describe('the audit log', () => {
  const requests = [
    mergeRequest({ pushers: [ben.id] }, { requester: ana }),
    deploymentRequest({ run: runOf({ attempt: 2 }), creator: ben.id }, { requester: ana }),
    accessRequest({ grantee: author }, { requester: author }),
  ];

  it.each(requests.map((request) => [request.subject.kind, request] as const))(
    'knows the people of an opened request by id alone: %s',
    (kind, request) => {
      const data = openedData(request);
      expect(data).toMatchObject({ what: kind, requester: request.requester?.id });
      expect(JSON.stringify(data)).not.toContain('octo-a');
    },
  );

  it('keeps what was asked for', () => {
    expect(openedData(mergeRequest({ pushers: [ben.id] }))).toMatchObject({
      pull: 7,
      head: HEAD,
      base: 'main',
      pushers: [ben.id],
    });
    expect(openedData(deploymentRequest({ run: runOf({ attempt: 2 }) }))).toMatchObject({
      environment: 'production',
      sha: HEAD,
      ref: 'main',
      run: { id: 30, attempt: 2 },
      deployment: 5,
    });
    expect(openedData(accessRequest({ ticket: 'SEC-1' }, { deadline: now }))).toMatchObject({
      grantee: author.id,
      target: repo.id,
      role: 'push',
      duration: HOUR,
      reason: 'to repair the build',
      ticket: 'SEC-1',
      rule: 'write for a shift',
      deadline: now,
    });
  });

  it('files a request that lengthens a grant under that grant', () => {
    const running = grantId('0198c0de-0000-7000-8000-000000000002');
    expect(auditOf(accessRequest({ extends: running }), 'vote.cast', ana.id, {}).grantId).toBe(running);
    expect(auditOf(accessRequest(), 'vote.cast', ana.id, {}).grantId).toBeNull();
  });
});
