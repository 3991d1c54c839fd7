/** What is told of the stages of a request besides who fills them: who could, who can't, and whose approval is left over. */

import { describe, expect, it } from 'vitest';
import type { ApprovalRule } from '../../src/domain/approval.ts';
import { requestId, type Person } from '../../src/domain/identity.ts';
import type { Stage } from '../../src/domain/policy/model.ts';
import { known, unknown } from '../../src/domain/result.ts';
import { tally } from '../../src/domain/tally.ts';
import type { Facts } from '../../src/domain/subject.ts';
import type { Vote } from '../../src/domain/vote.ts';
import {
  ana,
  approve,
  author,
  ben,
  cleo,
  dan,
  deny,
  factsOf,
  human,
  mergeRequest,
  NOON,
  OTHER_HEAD,
  review,
  stranger,
} from '../support/domain.ts';

const stage = (from: string, changes: Partial<Stage> = {}): Stage => ({
  from: [from],
  count: 1,
  when: null,
  ...changes,
});
/** Asked only of drafts; the pull request of these tests is none. */
const ofDrafts = (from: string): Stage => stage(from, { when: { kind: 'draft', is: true } });

const ruleOf = (approvals: readonly Stage[], changes: Partial<ApprovalRule> = {}): ApprovalRule => ({
  name: 'main',
  approvals,
  selfApproval: false,
  reviews: false,
  disapprove: [],
  freeze: [],
  escalate: [],
  breakGlass: null,
  ...changes,
});

function count(rule: ApprovalRule, votes: readonly Vote[], facts: Facts) {
  const counted = tally([rule], mergeRequest(), votes, facts).get(rule.name);
  if (counted === undefined) throw new Error('the rule was counted');
  return counted;
}

const everyone = factsOf({ release: [author, ana, ben], security: [cleo], owners: [dan] });
const voided = { at: NOON, why: 'comment-edited' } as const;

describe('an approval is left over', () => {
  const left = (rule: ApprovalRule, vote: Vote, facts = everyone) =>
    count(rule, [vote], facts).excluded.map(({ voter, why }) => [voter.login, why]);

  it('where only a stage that is spared would take it', () => {
    const rule = ruleOf([stage('release'), ofDrafts('security')]);
    expect(left(rule, approve(cleo))).toEqual([['octo-cleo', 'not-a-member']]);
    expect(left(rule, approve(ana))).toEqual([]);
  });

  it('never where every stage is spared, so that nobody is asked', () => {
    expect(left(ruleOf([ofDrafts('release')]), approve(ana))).toEqual([]);
    expect(left(ruleOf([ofDrafts('release')]), approve(stranger))).toEqual([]);
  });

  it('never where a later stage takes it', () => {
    const rule = ruleOf([stage('owners'), stage('security'), stage('release')]);
    expect(left(rule, approve(ben))).toEqual([]);
    expect(left(rule, approve(cleo))).toEqual([]);
    expect(left(rule, approve(dan))).toEqual([]);
  });

  it('though it fits, when others fill the stage: that is no reason', () => {
    const counted = count(ruleOf([stage('release')]), [approve(ana), approve(ben)], everyone);
    expect(counted.excluded).toEqual([]);
    expect(counted.stages[0]?.approvedBy).toEqual([ana]);
  });

  describe('while one of the groups could not be read', () => {
    const unread = factsOf({ release: [author, ana], security: unknown('502') });
    const rule = ruleOf([stage('release'), stage('security')]);
    it.each([
      ['may yet be that of a member', approve(stranger), []],
      ['that of the author is refused all the same', approve(author), [['octo-author', 'author']]],
      ['for another commit as well', approve(stranger, { head: OTHER_HEAD }), [['octo-stranger', 'other-head']]],
      ['and one that was edited', approve(stranger, { voided }), [['octo-stranger', 'voided']]],
      ['and a review where comments count', review(stranger), [['octo-stranger', 'review-does-not-count']]],
    ])('%s', (_, vote, expected) => {
      expect(left(rule, vote, unread)).toEqual(expected);
    });

    it('is a stranger’s where only a stage that is spared asks that group', () => {
      const spared = ruleOf([stage('release'), ofDrafts('security')]);
      expect(left(spared, approve(stranger), unread)).toEqual([['octo-stranger', 'not-a-member']]);
    });
  });
});

describe('an approval is passed over', () => {
  const another = { requestId: requestId('another') };

  it('where it was given for another request, and is not even left over', () => {
    const counted = count(ruleOf([stage('release')]), [approve(ana, another), approve(stranger, another)], everyone);
    expect(counted.excluded).toEqual([]);
    expect(counted.stages[0]?.approvedBy).toEqual([]);
  });

  it('where the same person gave one that counts as much after it', () => {
    const renamed = { ...ana, login: 'octo-new-name' };
    const counted = count(ruleOf([stage('release')]), [approve(ana), approve(renamed)], everyone);
    expect(counted.stages[0]?.approvedBy).toEqual([renamed]);
  });
});

describe('the candidates of a stage', () => {
  const candidates = (rule: ApprovalRule, votes: readonly Vote[], facts = everyone) =>
    count(rule, votes, facts).stages.map((one) =>
      one.candidates.kind === 'people' ? one.candidates.people.map(({ login }) => login) : one.candidates.why,
    );

  it('are its own alone where nobody who fills another could come over', () => {
    const rule = ruleOf([stage('release'), stage('security')]);
    expect(candidates(rule, [approve(ana)])).toEqual([['octo-ben'], ['octo-cleo']]);
  });

  it('are also those of a stage whose holder could come over, and of the stages before that', () => {
    const facts = factsOf({ one: [ana, dan], two: [ana, ben], three: [ben] });
    const rule = ruleOf([stage('one'), stage('two'), stage('three')]);
    // Ana holds the first and Ben the second. Dan could take the first over, Ana then the second, and Ben the third.
    expect(candidates(rule, [approve(ana), approve(ben)], facts)).toEqual([['octo-dan'], ['octo-dan'], ['octo-dan']]);
  });

  it('name nobody twice, nor anyone who fills a place already', () => {
    const facts = factsOf({ one: [ana, ben, cleo], two: [ana, ben, cleo] });
    const rule = ruleOf([stage('one'), stage('two')]);
    expect(candidates(rule, [approve(ana)], facts)).toEqual([
      ['octo-ben', 'octo-cleo'],
      ['octo-ben', 'octo-cleo'],
    ]);
  });

  it('leave out whoever wrote it, but where self-approval is allowed', () => {
    expect(candidates(ruleOf([stage('release')]), [])).toEqual([['octo-ana', 'octo-ben']]);
    expect(candidates(ruleOf([stage('release')], { selfApproval: true }), [])).toEqual([
      ['octo-author', 'octo-ana', 'octo-ben'],
    ]);
  });

  it('are not told by a denial, or by an approval that does not count', () => {
    const rule = ruleOf([stage('release')]);
    expect(candidates(rule, [deny(ana), approve(ben, { voided })])).toEqual([['octo-ana', 'octo-ben']]);
  });
});

describe('a stage is out of reach', () => {
  const out = (rule: ApprovalRule, votes: readonly Vote[], facts: Facts) => count(rule, votes, facts).outOfReach;

  it('where it asks for more people than there are', () => {
    const facts = factsOf({ release: [author, ana, ben] });
    expect(out(ruleOf([stage('release', { count: 2 })]), [], facts)).toEqual([]);
    expect(out(ruleOf([stage('release', { count: 3 })]), [], facts)).toEqual([0]);
    expect(out(ruleOf([stage('release', { count: 3 })]), [approve(ana)], facts)).toEqual([0]);
    expect(out(ruleOf([stage('release', { count: 3 })], { selfApproval: true }), [], facts)).toEqual([]);
  });

  it('never where its group could not be read: more people may be in it', () => {
    const facts = factsOf({ release: unknown('502'), security: [] });
    expect(out(ruleOf([stage('release')]), [], facts)).toEqual([]);
    expect(out(ruleOf([stage('release'), stage('security')]), [], facts)).toEqual([1]);
  });

  it('never where it is spared', () => {
    const facts = factsOf({ release: [ana], security: [] });
    expect(out(ruleOf([stage('release'), ofDrafts('security')]), [], facts)).toEqual([]);
  });

  it('not while a review that does not count could be given again as a comment', () => {
    expect(out(ruleOf([stage('release')]), [review(ana)], factsOf({ release: [ana] }))).toEqual([]);
  });
});

describe('whoever may have written a part and could not be found', () => {
  const untold = 'GitHub lists 250 commits at most';
  const people = [author.id];
  const rule = ruleOf([stage('release'), stage('security', { from: ['security', 'release'] })]);
  const added = (contributors: Facts['contributors'], changes: Partial<ApprovalRule> = {}) =>
    count({ ...rule, ...changes }, [], { ...everyone, contributors }).stages.slice(2);

  it('asks for one approval more, by any of the groups, and says why', () => {
    expect(added(known({ people, unattributed: 0, untold }))).toEqual([
      {
        index: 2,
        from: ['release', 'security'],
        why: 'unattributed',
        untold,
        required: 1,
        approvedBy: [],
        candidates: { kind: 'people', people: expect.arrayContaining<Person>([ana, ben, cleo]) },
        skipped: false,
        condition: null,
      },
    ]);
  });

  it('asks for no more than one, with commits of no known account besides', () => {
    expect(added(known({ people, unattributed: 3, untold })).map((one) => one.untold)).toEqual([untold]);
  });

  it('has no other words where commits of no known account are all there is', () => {
    const [only, ...more] = added(known({ people, unattributed: 1 }));
    expect(more).toEqual([]);
    expect(only).not.toHaveProperty('untold');
    expect(only?.why).toBe('unattributed');
  });

  it('asks for nothing more where self-approval is allowed, or where nobody is known to be lacking', () => {
    expect(added(known({ people, unattributed: 0, untold }), { selfApproval: true })).toEqual([]);
    expect(added(known({ people, unattributed: 0 }))).toEqual([]);
    expect(added(unknown('502'))).toEqual([]);
  });

  it('is not asked for by stages of the policy', () => {
    const stages = count(rule, [], { ...everyone, contributors: known({ people, unattributed: 0, untold }) }).stages;
    expect(stages.slice(0, 2).map((one) => [one.why, Object.hasOwn(one, 'untold')])).toEqual([
      ['policy', false],
      ['policy', false],
    ]);
  });
});

it('two people who both fit are counted once each, whichever comes first', () => {
  const facts = factsOf({ release: [human(21), human(22), human(23)] });
  const votes = [approve(human(22)), approve(human(21)), approve(human(23))];
  const { stages } = count(ruleOf([stage('release', { count: 2 })]), votes, facts);
  expect(stages[0]?.approvedBy.map(({ id }) => id)).toEqual([22, 21]);
  expect(stages[0]?.required).toBe(2);
});
