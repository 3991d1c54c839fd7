/** What is decided, under which policy and facts, for which reason. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import type { Decision, RuleReason } from '../../src/domain/decision.ts';
import type { Person } from '../../src/domain/identity.ts';
import type { PolicyState } from '../../src/domain/policy/state.ts';
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
  human,
  mergeRequest,
  NOON,
  OTHER_HEAD,
  present,
  pullOf,
  review,
  runOf,
  stranger,
} from '../support/domain.ts';
import { millis, requestId } from '../../src/domain/identity.ts';

const POLICY = `
version: 1
groups:
  release: { users: [octo-ana, octo-ben] }
  security: { users: [octo-cleo] }
  engineers: { users: [octo-author, octo-dan] }
gates:
  - name: main
    on: merge
    branches: [main]
    unless: { only-paths: ["docs/**"] }
    approvals:
      - { from: [release], count: 1 }
      - { from: [security], count: 1, when: { paths: ["infra/**"] } }
  - name: infrastructure
    on: merge
    branches: [main]
    when: { labels: [infra] }
    approvals: [{ from: [security], count: 1 }]
  - name: production
    on: deployment
    environments: [production]
    refs: [main, "v*"]
    approvals: [{ from: [release], count: 1 }]
access:
  - name: write for a shift
    roles: [triage, push]
    requesters: [engineers]
    max-duration: 8h
    approvals: [{ from: [release], count: 1 }]
`;

const people = { release: [ana, ben], security: [cleo], engineers: [author] };
const facts = factsOf(people);

const reasons = (decision: Decision): readonly RuleReason[] => decision.explanation.rules.map((rule) => rule.reason);
const verdict = (votes: readonly Vote[], changes: Partial<Facts> = {}, request = mergeRequest()): string =>
  decide(evidence(POLICY, votes, { ...facts, ...changes }, request)).verdict;

describe('a policy that is not there', () => {
  const absent: PolicyState = { kind: 'absent' };
  const unreachable: PolicyState = { kind: 'unreachable', why: '502 from GitHub', passing: true };
  const invalid: PolicyState = {
    kind: 'invalid',
    path: '.jit-policy.yml',
    blob: 'd'.repeat(40),
    findings: [{ severity: 'error', code: 'unknown-key', line: 3, column: 5, message: '"gate" is no key', hint: null }],
  };

  it.each([
    ['absent: merges are not gated', absent, mergeRequest(), 'none', 'policy-absent'],
    ['absent: deployments are denied', absent, deploymentRequest(), 'denied', 'policy-absent'],
    ['absent: access is denied', absent, accessRequest(), 'denied', 'policy-absent'],
    ['invalid: merges are held', invalid, mergeRequest(), 'pending', 'policy-invalid'],
    ['invalid: deployments are held', invalid, deploymentRequest(), 'pending', 'policy-invalid'],
    ['invalid: access is held', invalid, accessRequest(), 'pending', 'policy-invalid'],
    ['unreachable: merges are held', unreachable, mergeRequest(), 'pending', 'policy-unreachable'],
    ['unreachable: deployments are held', unreachable, deploymentRequest(), 'pending', 'policy-unreachable'],
    ['unreachable: access is held', unreachable, accessRequest(), 'pending', 'policy-unreachable'],
  ] as const)('%s, whoever voted', (_name, policy, request, expected, overall) => {
    const decision = decide(evidence(policy, [approve(ana), approve(cleo)], facts, request));
    expect(decision.verdict).toBe(expected);
    expect(decision.explanation.overall.kind).toBe(overall);
  });

  it('names the lines of what is invalid', () => {
    expect(decide(evidence(invalid, [], facts)).explanation.overall).toEqual({
      kind: 'policy-invalid',
      findings: [{ where: '.jit-policy.yml:3:5', message: '"gate" is no key' }],
    });
  });
});

describe('what no gate matches', () => {
  const unmatched = (setting: string) => `version: 1\n${setting}`;
  it.each([
    ['a merge is allowed by default', '', mergeRequest(), 'none'],
    ['a merge is denied where the policy says so', 'unmatched: { merge: deny }', mergeRequest(), 'denied'],
    ['a deployment is denied by default', '', deploymentRequest(), 'denied'],
    [
      'a deployment is allowed where the policy says so',
      'unmatched: { deployment: allow }',
      deploymentRequest(),
      'none',
    ],
  ] as const)('%s', (_name, setting, request, expected) => {
    const decision = decide(evidence(unmatched(setting), [], facts, request));
    expect(decision.verdict).toBe(expected);
    expect(decision.explanation.overall.kind).toBe('unmatched');
  });
});

describe('a gate on merges', () => {
  it.each([
    ['waits without approvals', [], 'pending'],
    ['is satisfied by a member', [approve(ana)], 'approved'],
    ['is not satisfied by a stranger', [approve(stranger)], 'pending'],
    ['is not satisfied by the author', [approve(author)], 'pending'],
    ['ends with a denial by a member', [approve(ana), deny(ben)], 'denied'],
    ['ends with a denial by a member of a stage that is spared', [approve(ana), deny(cleo)], 'denied'],
    ['does not end with a denial by a stranger', [approve(ana), deny(stranger)], 'approved'],
    ['forgets a denial whose comment changed', [deny(ben, { voided: { at: NOON, why: 'comment-edited' } })], 'pending'],
    ['forgets a denial of another commit', [deny(ben, { head: OTHER_HEAD })], 'pending'],
    ['forgets a denial of another request', [deny(ben, { requestId: requestId('another') })], 'pending'],
  ] as const)('%s', (_name, votes, expected) => {
    expect(verdict(votes)).toBe(expected);
  });

  it('tells who denied it and in which words', () => {
    expect(reasons(decide(evidence(POLICY, [deny(ben, { reason: 'not today' })], facts)))).toEqual([
      { kind: 'denied-by', by: ben, words: 'not today' },
    ]);
  });

  it('counts how many approvals are missing', () => {
    const infra = { ...facts, files: known(['infra/main.tf']) };
    expect(reasons(decide(evidence(POLICY, [], infra)))).toEqual([{ kind: 'approvals-missing', missing: 2 }]);
    expect(reasons(decide(evidence(POLICY, [approve(cleo)], infra)))).toEqual([
      { kind: 'approvals-missing', missing: 1 },
    ]);
  });

  it('skips a stage whose `when` is plainly unmet, and keeps it when that is unknown', () => {
    expect(verdict([approve(ana)])).toBe('approved');
    expect(verdict([approve(ana)], { files: known(['infra/main.tf']) })).toBe('pending');
    expect(verdict([approve(ana)], { files: unknown('more than 3,000 files') })).toBe('pending');
    expect(verdict([approve(ana), approve(cleo)], { files: unknown('more than 3,000 files') })).toBe('approved');
  });

  it('is spared by `unless` only when that is surely met', () => {
    const spared = decide(evidence(POLICY, [], { ...facts, files: known(['docs/a.md']) }));
    expect(spared.verdict).toBe('none');
    expect(spared.explanation.spared.map((gate) => gate.rule)).toEqual(['main', 'infrastructure']);
    expect(verdict([], { files: known(['docs/a.md', 'src/a.ts']) })).toBe('pending');
    expect(verdict([], { files: unknown('GitHub did not list them') })).toBe('pending');
    expect(verdict([], { files: known([]) })).toBe('pending');
  });

  it('needs every gate that matches, and different people for each', () => {
    const infra = { pull: pullOf({ labels: ['infra'] }), files: known(['infra/main.tf']) };
    expect(verdict([approve(ana)], infra)).toBe('pending');
    expect(verdict([approve(ana), approve(cleo)], infra)).toBe('pending');
    const two = { ...infra, members: factsOf({ ...people, security: [cleo, human(15)] }).members };
    expect(verdict([approve(ana), approve(cleo), approve(human(15))], two)).toBe('approved');
  });

  it('applies while its `when` can’t be told', () => {
    const { rules } = decide(evidence(POLICY, [], { ...facts, pull: null })).explanation;
    expect(rules.map(({ rule }) => rule)).toEqual(['main', 'infrastructure']);
  });

  it('says when not enough people are left, and still waits', () => {
    const decision = decide(evidence(POLICY, [], factsOf({ ...people, release: [author] })));
    expect(decision.verdict).toBe('pending');
    expect(reasons(decision)).toEqual([{ kind: 'nobody-can', stage: 0 }]);
  });

  it('does not say so while moving someone would do', () => {
    // Ben alone is in security, and his approval stands in the first stage until ana takes that over.
    const moved = factsOf({ ...people, security: [ben] }, { files: known(['infra/main.tf']) });
    expect(reasons(decide(evidence(POLICY, [approve(ben)], moved)))).toEqual([
      { kind: 'approvals-missing', missing: 1 },
    ]);
    expect(decide(evidence(POLICY, [approve(ben), approve(ana)], moved)).verdict).toBe('approved');
  });

  it.each([
    ['the members of a group', { members: factsOf({ ...people, release: unknown('502') }).members }],
    ['a group that the facts lack', { members: factsOf({ security: [cleo] }).members }],
    ['who wrote it', { contributors: unknown('more than 250 commits') }],
    ['the pull request, and so its author', { pull: null }],
  ] satisfies readonly (readonly [string, Partial<Facts>])[])('holds when it can’t be told: %s', (_name, changes) => {
    const decision = decide(evidence(POLICY, [approve(ana), approve(ben), approve(cleo)], { ...facts, ...changes }));
    expect(decision.verdict).toBe('pending');
    expect(reasons(decision)[0]?.kind).toBe('fact-unknown');
  });

  it('lets the author approve where self-approval is allowed, whoever wrote it', () => {
    const open = POLICY.replace(
      'branches: [main]\n    unless',
      'branches: [main]\n    self-approval: allowed\n    unless',
    );
    const own = factsOf({ ...people, release: [author] }, { contributors: unknown('more than 250 commits') });
    expect(decide(evidence(open, [approve(author)], own)).verdict).toBe('approved');
    expect(decide(evidence(POLICY, [approve(author)], own)).verdict).toBe('pending');
  });

  it('counts reviews only where it says so', () => {
    const reviews = POLICY.replace('branches: [main]\n    unless', 'branches: [main]\n    reviews: true\n    unless');
    expect(decide(evidence(reviews, [review(ana)], facts)).verdict).toBe('approved');
    expect(decide(evidence(reviews, [review(ana, { head: OTHER_HEAD })], facts)).verdict).toBe('pending');
    expect(verdict([review(ana)])).toBe('pending');
  });

  it('asks for one approval more where a commit belongs to nobody', () => {
    const orphan = { contributors: known({ people: [author.id], unattributed: 3 }) };
    expect(verdict([approve(ana)], orphan)).toBe('pending');
    expect(verdict([approve(ana), approve(ben)], orphan)).toBe('approved');
  });
});

describe('a denial while a group can’t be read', () => {
  const unread = { members: factsOf({ ...people, security: unknown('502') }).members };

  it('counts when another group has the person', () => {
    expect(verdict([approve(ana), deny(ben)], unread)).toBe('denied');
  });

  it('holds when it may have come from that group, though every open stage is complete', () => {
    expect(verdict([approve(ana)], unread)).toBe('approved');
    expect(verdict([approve(ana), deny(cleo)], unread)).toBe('pending');
  });
});

describe('a gate on deployments', () => {
  const deploy = (subject: Parameters<typeof deploymentRequest>[0], policy = POLICY) =>
    decide(evidence(policy, [approve(ana)], facts, deploymentRequest(subject)));

  it.each([
    ['a branch that it names', { ref: 'main' }, 'approved'],
    ['a tag that it names', { ref: 'v1.2' }, 'approved'],
    ['its environment in other letters', { environment: 'Production' }, 'approved'],
    ['another ref', { ref: 'feature' }, 'denied'],
    ['a ref that only begins alike', { ref: 'main-2' }, 'denied'],
    ['another environment', { environment: 'staging' }, 'denied'],
    ['a run of a fork', { run: runOf({ fork: true }) }, 'denied'],
    ['a run that can check out what nobody saw', { run: runOf({ event: 'pull_request_target' }) }, 'denied'],
  ] as const)('decides on %s', (_name, subject, expected) => {
    expect(deploy(subject).verdict).toBe(expected);
  });

  it('says why nobody can approve it', () => {
    expect(reasons(deploy({ ref: 'feature' }))).toEqual([
      { kind: 'ref-not-allowed', ref: 'feature', allowed: ['main', 'v*'] },
    ]);
    expect(reasons(deploy({ run: runOf({ fork: true }) }))).toEqual([{ kind: 'fork-not-allowed' }]);
    expect(reasons(deploy({ run: runOf({ event: 'pull_request_target' }) }))).toEqual([
      { kind: 'event-not-trusted', event: 'pull_request_target' },
    ]);
  });

  it('lets forks deploy, once approved, where it says so', () => {
    const forks = POLICY.replace('environments: [production]', 'environments: [production]\n    forks: allowed');
    expect(deploy({ run: runOf({ fork: true }) }, forks).verdict).toBe('approved');
  });

  it('keeps out whoever started the run, ran it again or made the deployment', () => {
    expect(deploy({ run: runOf({ actor: ana.id }) }).verdict).toBe('pending');
    expect(deploy({ run: runOf({ triggeringActor: ana.id }) }).verdict).toBe('pending');
    expect(deploy({ creator: ana.id }).verdict).toBe('pending');
  });

  it('needs no pull request', () => {
    expect(decide(evidence(POLICY, [approve(ana)], { ...facts, pull: null }, deploymentRequest())).verdict).toBe(
      'approved',
    );
  });

  it('is let off its approvals by `unless`, and not off its refs and forks', () => {
    const spared = `
version: 1
groups: { release: { users: [octo-ana] } }
gates:
  - name: docs
    on: deployment
    environments: [production]
    refs: [main]
    unless: { only-paths: ["docs/**"] }
    approvals: [{ from: [release] }]
`;
    const docs = factsOf({ release: [ana] }, { files: known(['docs/index.md']) });
    const onRef = (ref: string, fork = false) =>
      decide(evidence(spared, [], docs, deploymentRequest({ ref, run: runOf({ fork }) }))).verdict;
    expect(onRef('main')).toBe('none');
    expect(onRef('feature')).toBe('denied');
    expect(onRef('main', true)).toBe('denied');
  });

  it('is denied when the only gate there was not meant for it', () => {
    const elsewhere = `
version: 1
groups: { release: { users: [octo-ana] } }
gates:
  - { name: infra, on: deployment, environments: [production], when: { paths: ["infra/**"] }, approvals: [{ from: [release] }] }
`;
    const docs = factsOf({ release: [ana] }, { files: known(['docs/index.md']) });
    const decision = decide(evidence(elsewhere, [], docs, deploymentRequest()));
    expect(decision.verdict).toBe('denied');
    expect(decision.explanation.overall).toEqual({ kind: 'unmatched', setting: 'deny' });
  });
});

describe('an access rule', () => {
  const ask = (
    subject: Parameters<typeof accessRequest>[0],
    votes: readonly Vote[] = [approve(ana, { head: null })],
    known_: Facts = facts,
  ) => decide(evidence(POLICY, votes, known_, accessRequest(subject)));

  it('is satisfied by its approvers, on no commit', () => {
    expect(ask({}).verdict).toBe('approved');
    expect(ask({}, []).verdict).toBe('pending');
  });

  it('is not satisfied by the one who asks', () => {
    const own = factsOf({ ...people, release: [author] });
    expect(ask({}, [approve(author, { head: null })], own).verdict).toBe('pending');
  });

  it.each([
    ['the rule is gone', { rule: 'of yesterday' }],
    ['the rule no longer offers the role', { role: 'admin' }],
    ['the rule no longer allows so long', { duration: millis(9 * HOUR) }],
    ['the person may no longer ask', { grantee: stranger }],
  ] as const)('denies when %s, whoever approved', (_name, subject) => {
    const decision = ask(subject);
    expect(decision.verdict).toBe('denied');
    expect(decision.explanation.overall.kind).toBe('rule-gone');
  });

  it('holds while it can’t be told who may ask', () => {
    const decision = ask({}, [approve(ana, { head: null })], factsOf({ ...people, engineers: unknown('502') }));
    expect(decision.verdict).toBe('pending');
    expect(reasons(decision)).toEqual([{ kind: 'fact-unknown', why: '502' }]);
  });

  it('does not ask who wrote anything', () => {
    expect(ask({}, undefined, { ...facts, pull: null, contributors: unknown('none') }).verdict).toBe('approved');
  });
});

describe('whatever is voted', () => {
  const policy = present(`
version: 1
groups: { a: { teams: [a] }, b: { teams: [b] } }
gates:
  - { name: one, on: merge, branches: [main], approvals: [{ from: [a], count: 1 }, { from: [b], count: 1 }] }
  - { name: two, on: merge, branches: [main], reviews: true, approvals: [{ from: [a, b], count: 1 }] }
`);
  const voters: readonly Person[] = [author, ana, ben, cleo, human(15), human(16)];
  const ballot = fc
    .record({
      voter: fc.constantFrom(...voters),
      cast: fc.constantFrom(approve, approve, review),
      voided: fc.constantFrom(null, null, null, { at: NOON, why: 'comment-edited' } as const),
      head: fc.constantFrom(undefined, undefined, undefined, OTHER_HEAD),
    })
    .map(({ voter, cast, voided, head }) => cast(voter, head === undefined ? { voided } : { voided, head }));
  const situation = fc.record({
    votes: fc.array(ballot, { maxLength: 14, size: 'max' }),
    facts: fc
      .record({
        a: fc.subarray([...voters], { minLength: 3 }),
        b: fc.subarray([...voters], { minLength: 2 }),
        unattributed: fc.constantFrom(0, 0, 0, 1),
      })
      .map(({ a, b, unattributed }) =>
        factsOf({ a, b }, { contributors: known({ people: [author.id], unattributed }) }),
      ),
  });
  const outcome = (votes: readonly Vote[], given: Facts): Decision => decide(evidence(policy, votes, given));

  it('some approve and some do not, or these properties would say nothing', () => {
    const seen = new Set(fc.sample(situation, 2_000).map(({ votes, facts: given }) => outcome(votes, given).verdict));
    expect(seen).toEqual(new Set(['approved', 'pending']));
  });

  it('a vote of somebody in no group changes nothing', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom(approve, deny, review), ({ votes, facts: given }, cast) => {
        expect(outcome([...votes, cast(stranger)], given).verdict).toBe(outcome(votes, given).verdict);
      }),
    );
  });

  it('one approval less never approves', () => {
    fc.assert(
      fc.property(situation, fc.nat(), ({ votes, facts: given }, at) => {
        fc.pre(votes.length > 0 && outcome(votes, given).verdict === 'pending');
        const fewer = votes.filter((_, index) => index !== at % votes.length);
        expect(outcome(fewer, given).verdict).toBe('pending');
      }),
    );
  });

  it('one approval more never takes an approval away', () => {
    fc.assert(
      fc.property(situation, ballot, ({ votes, facts: given }, more) => {
        fc.pre(outcome(votes, given).verdict === 'approved');
        expect(outcome([...votes, more], given).verdict).toBe('approved');
      }),
    );
  });

  it('the order of votes does not change the verdict', () => {
    const shuffled = situation.chain(({ votes, facts: given }) =>
      fc.shuffledSubarray([...votes], { minLength: votes.length }).map((mixed) => ({ votes, mixed, given })),
    );
    fc.assert(
      fc.property(shuffled, ({ votes, mixed, given }) => {
        expect(outcome(mixed, given).verdict).toBe(outcome(votes, given).verdict);
      }),
    );
  });

  it('approved means that every stage has its number of people, all distinct, all eligible, all having voted so', () => {
    fc.assert(
      fc.property(situation, ({ votes, facts: given }) => {
        const { verdict: result, explanation } = outcome(votes, given);
        fc.pre(result === 'approved');
        const stages = explanation.rules.flatMap((rule) => rule.stages.map((stage) => ({ rule: rule.rule, stage })));
        const all = stages.flatMap(({ stage }) => stage.approvedBy.map((who) => who.id));
        expect(new Set(all).size).toBe(all.length);
        for (const { rule, stage } of stages) {
          expect(stage.approvedBy).toHaveLength(stage.required);
          const members = stage.from.flatMap((group) => {
            const list = given.members.get(group);
            return list?.kind === 'known' ? list.value.map((who) => who.id) : [];
          });
          for (const who of stage.approvedBy) {
            expect(members).toContain(who.id);
            expect(who.id).not.toBe(author.id);
            const good = votes.some(
              (vote) =>
                vote.voter.id === who.id &&
                vote.voided === null &&
                vote.head !== OTHER_HEAD &&
                (vote.source.kind === 'comment' || rule === 'two'),
            );
            expect(good).toBe(true);
          }
        }
      }),
    );
  });

  it('a denial by a member of any stage denies', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom('a', 'b'), fc.nat(), ({ votes, facts: given }, group, at) => {
        const list = given.members.get(group);
        const members = list?.kind === 'known' ? list.value : [];
        const who = members[at % members.length] ?? stranger;
        expect(outcome([...votes, deny(who)], given).verdict).toBe('denied');
      }),
    );
  });
});
