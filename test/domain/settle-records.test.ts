/** What the audit log keeps, whole: of requests as they are opened and of decisions with the people who made them. */

import { describe, expect, it } from 'vitest';
import type { Decision, RuleReason } from '../../src/domain/decision.ts';
import { grantId, instant } from '../../src/domain/identity.ts';
import { decisionData, openedData, settle, step } from '../../src/domain/settle.ts';
import {
  accessRequest,
  ana,
  author,
  ben,
  cleo,
  deploymentRequest,
  HEAD,
  HOUR,
  mergeRequest,
  NOON,
  repo,
  runOf,
} from '../support/domain.ts';

describe('of a request that is opened', () => {
  it('a merge: its pull request, commits and pushers', () => {
    const request = mergeRequest({ pushers: [ben.id] }, { requester: ana, deadline: NOON });
    expect(openedData(request)).toEqual({
      what: 'merge',
      deadline: NOON,
      requester: ana.id,
      pull: 7,
      head: HEAD,
      base: 'main',
      pushers: [ben.id],
    });
    expect(openedData(mergeRequest())).toMatchObject({ deadline: null, requester: null });
  });

  it('a deployment: where to, of what, by which run', () => {
    const deployment = { what: 'deployment', deadline: null, requester: null, environment: 'production', sha: HEAD };
    expect(openedData(deploymentRequest({ run: runOf({ attempt: 2 }), deploymentId: null }))).toEqual({
      ...deployment,
      ref: 'main',
      run: { id: 30, attempt: 2 },
      deployment: null,
    });
    expect(openedData(deploymentRequest())).toEqual({ ...deployment, ref: 'main', run: null, deployment: 5 });
  });

  it('access: to whom, to what, for how long and why, and the start where one is named', () => {
    const extended = grantId('0198c0de-0000-7000-8000-000000000002');
    const start = instant(NOON + HOUR);
    const data = {
      what: 'access',
      deadline: null,
      requester: author.id,
      grantee: ana.id,
      target: repo.id,
      role: 'push',
      duration: HOUR,
      reason: 'to repair the build',
      ticket: null,
      rule: 'write for a shift',
      extends: extended,
    };
    expect(openedData(accessRequest({ grantee: ana, extends: extended }))).toEqual(data);
    expect(openedData(accessRequest({ grantee: ana, extends: extended, start }))).toEqual({ ...data, start });
  });
});

describe('of a decision', () => {
  const by = cleo;
  const due = NOON;
  const decided = (reason: RuleReason): Decision => ({
    verdict: 'pending',
    explanation: {
      overall: { kind: 'rules' },
      rules: [
        {
          rule: 'main',
          verdict: 'pending',
          reason,
          stages: [
            {
              index: 0,
              from: ['release'],
              why: 'policy',
              required: 2,
              approvedBy: [ana, ben],
              candidates: { kind: 'people', people: [] },
              skipped: false,
              condition: null,
            },
          ],
          excluded: [],
          mayHold: [],
          notes: [],
        },
      ],
      spared: [],
      barred: [],
    },
  });
  const kept = (reason: RuleReason) => decisionData(decided(reason), 'blob');
  const rule = { rule: 'main', verdict: 'pending', approvedBy: [[ana.id, ben.id]] };

  it.each<[RuleReason, object]>([
    [{ kind: 'approvals-complete' }, {}],
    [{ kind: 'fact-unknown', why: 'octo-ben is away' }, {}],
    [
      { kind: 'disapproved', by, words: 'wait' },
      { heldBy: cleo.id, words: 'wait' },
    ],
    [
      { kind: 'denied-by', by, words: null },
      { deniedBy: cleo.id, words: null },
    ],
    [
      { kind: 'glass-broken', by, words: 'fire', review: ['a'], due },
      { glassBrokenBy: cleo.id, words: 'fire' },
    ],
    [{ kind: 'auto-approved', by, hours: 'at night', review: ['a'], due }, { autoApproved: cleo.id }],
  ])('who made it by what, as far as somebody did: $kind', (reason, people) => {
    expect(kept(reason)).toEqual({
      policy: 'blob',
      verdict: 'pending',
      because: 'rules',
      rules: [{ ...rule, reason: reason.kind, ...people }],
    });
  });

  it.each([
    ['no policy', { kind: 'policy-absent' }, 'policy-absent'],
    ['a setting for what no gate matches', { kind: 'unmatched', setting: 'deny' }, 'unmatched-deny'],
    ['a rule that is gone', { kind: 'rule-gone', rule: 'shift' }, 'rule-gone'],
  ] as const)('and what it rests on where no rule made it: %s', (_, overall, because) => {
    const explanation = { overall, rules: [], spared: [], barred: [] };
    expect(decisionData({ verdict: 'denied', explanation }, null)).toEqual({
      policy: null,
      verdict: 'denied',
      because,
      rules: [],
    });
  });
});

it('a decision or an event names who made it, and the request under which it is filed', () => {
  const now = instant(NOON + 1);
  const decision: Decision = {
    verdict: 'approved',
    explanation: { overall: { kind: 'rules' }, rules: [], spared: [], barred: [] },
  };
  const request = accessRequest();
  const filed = {
    installationId: repo.installationId,
    actor: ana.id,
    repoId: repo.id,
    requestId: request.id,
    grantId: null,
  };
  const effects = [{ kind: 'access-issue', requestId: request.id }];
  expect(settle(request, decision, 'blob', now, ana.id)).toEqual({
    row: { ...request, state: 'approved', version: 2, policyBlob: 'blob' },
    audit: [{ ...filed, kind: 'request.approved', data: decisionData(decision, 'blob') }],
    effects,
  });
  expect(step(request, 'expire', now, ana.id, 'too late')).toEqual({
    row: { ...request, state: 'expired', version: 2, closedAt: now, outcome: 'too late' },
    audit: [{ ...filed, kind: 'request.expired', data: { outcome: 'too late' } }],
    effects,
  });
});
