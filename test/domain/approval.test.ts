/** Whose vote counts, and which slots the votes fill. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barredPeople, membersOf, type ApprovalRule } from '../../src/domain/approval.ts';
import { requestId, type Person } from '../../src/domain/identity.ts';
import { match } from '../../src/domain/matching.ts';
import { known, unknown } from '../../src/domain/result.ts';
import { tally } from '../../src/domain/tally.ts';
import type { Request } from '../../src/domain/request.ts';
import type { Vote } from '../../src/domain/vote.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  ben,
  cleo,
  dan,
  deny,
  deploymentRequest,
  factsOf,
  human,
  mergeRequest,
  NOON,
  OTHER_HEAD,
  pullOf,
  review,
  runOf,
  stranger,
} from '../support/domain.ts';
import { tries } from '../support/tries.ts';

const rule = (
  approvals: readonly (readonly [string, number])[],
  changes: Partial<ApprovalRule> = {},
): ApprovalRule => ({
  name: 'main',
  approvals: approvals.map(([group, count]) => ({ from: [group], count, when: null })),
  selfApproval: false,
  reviews: false,
  disapprove: [],
  freeze: [],
  escalate: [],
  breakGlass: null,
  ...changes,
});

/** Logins by stage of the rule `main`. */
function filled(rules: readonly ApprovalRule[], votes: readonly Vote[], facts = everyone, request: Request = merge) {
  return tally(rules, request, votes, facts)
    .get('main')
    ?.stages.map((stage) => stage.approvedBy.map((who) => who.login));
}

const merge = mergeRequest();
const everyone = factsOf({ release: [author, ana, ben], security: [ben, cleo], owners: [dan] });

describe('who is barred', () => {
  const nobody = factsOf({}, { pull: null, contributors: known({ people: [], unattributed: 0 }) });
  const wrote = { ...nobody, contributors: known({ people: [ben.id], unattributed: 0 }) };

  it.each([
    [
      'the one who opened the pull request',
      mergeRequest(),
      { ...nobody, pull: pullOf({ author: ana }) },
      ana,
      'author',
    ],
    ['whoever wrote a commit of it', mergeRequest(), wrote, ben, 'contributor'],
    ['whoever pushed to it', mergeRequest({ pushers: [cleo.id] }), nobody, cleo, 'pusher'],
    ['whoever is known to have pushed to it since', mergeRequest(), { ...nobody, pushers: [dan.id] }, dan, 'pusher'],
    ['whoever started the run', deploymentRequest({ run: runOf({ actor: ana.id }) }), nobody, ana, 'run-actor'],
    [
      'whoever ran it again',
      deploymentRequest({ run: runOf({ actor: ana.id, triggeringActor: ben.id }) }),
      nobody,
      ben,
      'run-actor',
    ],
    ['whoever made the deployment', deploymentRequest({ creator: dan.id }), nobody, dan, 'deployment-creator'],
    ['whoever wrote the commit that is deployed', deploymentRequest(), wrote, ben, 'contributor'],
    [
      'the author of the pull request that brought the commit in',
      deploymentRequest(),
      { ...nobody, pull: pullOf({ author: ana }) },
      ana,
      'author',
    ],
    ['the one who asks for access', accessRequest({ grantee: cleo }), nobody, cleo, 'requester'],
    ['the one who asked for it', deploymentRequest({}, { requester: dan }), nobody, dan, 'requester'],
  ] as const)('%s', (_name, request, facts, who, why) => {
    expect(barredPeople(request, facts).get(who.id)).toBe(why);
  });

  it('nobody more, where it can not be told who wrote it', () => {
    const facts = { ...nobody, contributors: unknown('502') };
    expect([...barredPeople(mergeRequest({ pushers: [cleo.id] }), facts)]).toEqual([[cleo.id, 'pusher']]);
  });

  it('nobody else', () => {
    expect([...barredPeople(mergeRequest({ pushers: [cleo.id] }), wrote).keys()].sort()).toEqual([ben.id, cleo.id]);
  });
});

describe('members of groups', () => {
  it('are the union, each person once', () => {
    expect(membersOf(['release', 'security'], everyone)).toEqual(known([author, ana, ben, cleo]));
  });

  it.each([
    ['a group that could not be read', factsOf({ release: [ana], security: unknown('502') })],
    ['a group that nobody asked for', factsOf({ release: [ana] })],
  ])('are unknown with %s among them', (_name, facts) => {
    expect(membersOf(['release', 'security'], facts).kind).toBe('unknown');
  });

  it('are unknown with why', () => {
    expect(membersOf(['a'], factsOf({ a: unknown('502') }))).toEqual(unknown('502'));
    expect(membersOf(['a'], factsOf({}))).toEqual(unknown('the group a is not in the policy'));
  });
});

describe('a vote', () => {
  it.each([
    ['by a member', approve(ana), ['octo-ana']],
    ['by the author', approve(author), []],
    ['by a stranger', approve(stranger), []],
    ['by a member of another group', approve(dan), []],
    ['that was voided', approve(ana, { voided: { at: NOON, why: 'comment-edited' } }), []],
    ['for another commit', approve(ana, { head: OTHER_HEAD }), []],
    ['for no commit', approve(ana, { head: null }), []],
    ['for another request', approve(ana, { requestId: requestId('another') }), []],
    ['against', deny(ana), []],
    ['by a review, where comments count', review(ana), []],
  ])('%s', (_name, vote, expected) => {
    expect(filled([rule([['release', 2]])], [vote])).toEqual([expected]);
  });

  it('by a review counts where the gate counts reviews', () => {
    expect(filled([rule([['release', 1]], { reviews: true })], [review(ana)])).toEqual([['octo-ana']]);
  });

  it('by the author counts where self-approval is allowed', () => {
    expect(filled([rule([['release', 1]], { selfApproval: true })], [approve(author)])).toEqual([['octo-author']]);
  });

  it('on a deployment is bound to its commit', () => {
    const votes = [approve(ana, { head: OTHER_HEAD }), approve(ben)];
    expect(filled([rule([['release', 2]])], votes, everyone, deploymentRequest())).toEqual([['octo-ben']]);
  });

  it('counts once, however often a person repeats it', () => {
    expect(filled([rule([['release', 2]])], [approve(ana), approve(ana), approve(ana)])).toEqual([['octo-ana']]);
  });

  it('belongs to the account, whatever it is called', () => {
    const renamed = { ...ana, login: 'octo-new-name' };
    const taken = { ...stranger, login: ana.login };
    expect(filled([rule([['release', 2]])], [approve(renamed), approve(taken)])).toEqual([['octo-new-name']]);
  });

  it.each([
    ['voided', approve(ana, { voided: { at: NOON, why: 'comment-deleted' } })],
    ['for another commit', approve(ana, { head: OTHER_HEAD })],
    ['a review', review(ana)],
  ])('that counts is not displaced by one that is %s, in whichever order', (_name, weak) => {
    expect(filled([rule([['release', 1]])], [approve(ana), weak])).toEqual([['octo-ana']]);
    expect(filled([rule([['release', 1]])], [weak, approve(ana)])).toEqual([['octo-ana']]);
  });
});

describe('an approval that does not count', () => {
  it.each([
    [approve(author), 'author'],
    [approve(stranger), 'not-a-member'],
    [approve(ana, { head: OTHER_HEAD }), 'other-head'],
    [approve(ana, { voided: { at: NOON, why: 'comment-edited' } }), 'voided'],
    [review(ana), 'review-does-not-count'],
  ] as const)('is reported with its reason: %#', (vote, why) => {
    const report = tally([rule([['release', 1]])], merge, [vote], everyone).get('main');
    expect(report?.excluded).toEqual([{ voter: vote.voter, why }]);
  });

  it('is not reported where another stage counts it', () => {
    const report = tally(
      [
        rule([
          ['security', 1],
          ['release', 1],
        ]),
      ],
      merge,
      [approve(ana)],
      everyone,
    ).get('main');
    expect(report?.excluded).toEqual([]);
  });

  it('is not called a stranger’s while a group could not be read', () => {
    const facts = factsOf({ release: [ana], security: unknown('502') });
    const report = tally(
      [
        rule([
          ['release', 1],
          ['security', 1],
        ]),
      ],
      merge,
      [approve(cleo)],
      facts,
    ).get('main');
    expect(report?.excluded).toEqual([]);
    expect(report?.stages.map((stage) => stage.approvedBy)).toEqual([[], []]);
  });
});

describe('stages', () => {
  it('are filled in order, by distinct people', () => {
    const stages = [
      ['release', 1],
      ['security', 1],
    ] as const;
    expect(filled([rule(stages)], [approve(ben)])).toEqual([['octo-ben'], []]);
    expect(filled([rule(stages)], [approve(ben), approve(ben)])).toEqual([['octo-ben'], []]);
  });

  it('move a person on when another fills the place', () => {
    const stages = [
      ['release', 1],
      ['security', 1],
    ] as const;
    expect(filled([rule(stages)], [approve(ben), approve(ana)])).toEqual([['octo-ana'], ['octo-ben']]);
  });

  it('of several gates share nobody', () => {
    const rules = [rule([['security', 1]], { name: 'other' }), rule([['release', 1]])];
    const reports = tally(rules, merge, [approve(ben)], everyone);
    const people = [...reports.values()].flatMap((report) => report.stages.flatMap((stage) => stage.approvedBy));
    expect(people).toEqual([ben]);
  });

  it('name as candidates those who can fill them, and nobody who may not', () => {
    const report = tally([rule([['release', 2]])], merge, [approve(ben)], everyone).get('main');
    expect(report?.stages[0]?.candidates).toEqual({ kind: 'people', people: [ana] });
  });

  it('name as candidates those who would free someone for them', () => {
    // Ben alone is in security but fills the first stage; ana can take it over, so her approval is what is missing.
    const facts = factsOf({ release: [ana, ben], security: [ben] });
    const report = tally(
      [
        rule([
          ['release', 1],
          ['security', 1],
        ]),
      ],
      merge,
      [approve(ben)],
      facts,
    ).get('main');
    expect(report?.stages[1]?.candidates).toEqual({ kind: 'people', people: [ana] });
    expect(report?.outOfReach).toEqual([]);
  });

  it('are out of reach when one person alone could fill two of them', () => {
    const facts = factsOf({ release: [ben], security: [ben] });
    const report = tally(
      [
        rule([
          ['release', 1],
          ['security', 1],
        ]),
      ],
      merge,
      [],
      facts,
    ).get('main');
    expect(report?.outOfReach).toEqual([1]);
  });

  it('have unknown candidates while their group could not be read', () => {
    const facts = factsOf({ release: unknown('502') });
    expect(tally([rule([['release', 1]])], merge, [], facts).get('main')?.stages[0]?.candidates).toEqual({
      kind: 'unknown',
      why: '502',
    });
  });
});

describe('commits of no known account', () => {
  const unattributed = (count: number) => ({
    ...everyone,
    contributors: known({ people: [author.id], unattributed: count }),
  });

  it.each([1, 2, 50])('ask for exactly one approval more: %i', (count) => {
    const report = tally(
      [
        rule([
          ['release', 1],
          ['security', 1],
        ]),
      ],
      merge,
      [],
      unattributed(count),
    ).get('main');
    expect(report?.stages.map((stage) => [stage.why, stage.required])).toEqual([
      ['policy', 1],
      ['policy', 1],
      ['unattributed', 1],
    ]);
    expect(report?.stages[2]?.from).toEqual(['release', 'security']);
  });

  it('are filled by one more person, not by the same again', () => {
    const rules = [rule([['release', 1]])];
    expect(filled(rules, [approve(ana), approve(ana)], unattributed(1))).toEqual([['octo-ana'], []]);
    expect(filled(rules, [approve(ana), approve(ben)], unattributed(1))).toEqual([['octo-ana'], ['octo-ben']]);
  });

  it('ask for nothing more where self-approval is allowed, or all are known', () => {
    const free = tally([rule([['release', 1]], { selfApproval: true })], merge, [], unattributed(1)).get('main');
    expect(free?.stages).toHaveLength(1);
    expect(tally([rule([['release', 1]])], merge, [], unattributed(0)).get('main')?.stages).toHaveLength(1);
  });
});

describe('matching', () => {
  const grid = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })).chain(([slots, people]) =>
    fc.array(fc.array(fc.boolean(), { minLength: people, maxLength: people }), {
      minLength: slots,
      maxLength: slots,
    }),
  );

  /** Every way to give each slot one of the people who fit, or nobody: as strings of who fills what. */
  function everyWay(fits: readonly (readonly boolean[])[], used: ReadonlySet<number> = new Set()): readonly number[][] {
    const [first, ...rest] = fits;
    if (first === undefined) return [[]];
    const choices = [-1, ...first.flatMap((fit, person) => (fit && !used.has(person) ? [person] : []))];
    return choices.flatMap((choice) =>
      everyWay(rest, choice === -1 ? used : new Set([...used, choice])).map((way) => [choice, ...way]),
    );
  }

  const size = (way: readonly number[]): number => way.filter((person) => person !== -1).length;
  const pattern = (way: readonly number[]): string => way.map((person) => (person === -1 ? '0' : '1')).join('');

  const solve = (fits: readonly (readonly boolean[])[]) =>
    match(
      fits,
      (fits[0] ?? []).map((_, person) => person),
      (slot, person) => slot[person] === true,
    );

  it('fills as many slots as any other way, and of those ways the earliest slots', () => {
    fc.assert(
      fc.property(grid, (fits) => {
        const found = solve(fits);
        const ways = everyWay(fits);
        const most = Math.max(...ways.map(size));
        const best = ways.filter((way) => size(way) === most).map(pattern);
        expect(size(found)).toBe(most);
        expect(pattern(found)).toBe(best.sort().at(-1));
      }),
      { numRuns: tries(300) },
    );
  });

  it('gives nobody two slots, and nobody one that does not fit', () => {
    fc.assert(
      fc.property(grid, (fits) => {
        const taken = solve(fits).flatMap((person, slot) => (person === -1 ? [] : [{ person, slot }]));
        expect(new Set(taken.map(({ person }) => person)).size).toBe(taken.length);
        for (const { person, slot } of taken) expect(fits[slot]?.[person]).toBe(true);
      }),
    );
  });

  it('of a whole request equals brute force over who could approve what', () => {
    const groups = ['g0', 'g1', 'g2'];
    const people: readonly Person[] = [21, 22, 23, 24].map((id) => human(id));
    const input = fc.record({
      members: fc.array(fc.subarray([...people]), { minLength: 3, maxLength: 3 }),
      gates: fc.array(
        fc.array(fc.record({ group: fc.constantFrom(...groups), count: fc.integer({ min: 1, max: 2 }) }), {
          minLength: 1,
          maxLength: 2,
        }),
        { minLength: 1, maxLength: 2 },
      ),
      voters: fc.subarray([...people]),
    });
    fc.assert(
      fc.property(input, ({ members, gates, voters }) => {
        const rules = gates.map((stages, index) =>
          rule(
            stages.map((stage) => [stage.group, stage.count] as const),
            { name: `gate ${index}` },
          ),
        );
        const facts = factsOf(Object.fromEntries(groups.map((group, index) => [group, members[index] ?? []])));
        const counted = tally(
          rules,
          merge,
          voters.map((voter) => approve(voter)),
          facts,
        );
        const given = [...counted.values()].flatMap((report) => report.stages.flatMap((stage) => stage.approvedBy));
        const fits = gates.flat().flatMap(({ group, count }) => {
          const own = members[groups.indexOf(group)] ?? [];
          return Array.from({ length: count }, () => voters.map((voter) => own.includes(voter)));
        });
        expect(given).toHaveLength(Math.max(...everyWay(fits).map(size)));
        expect(new Set(given.map((who) => who.id)).size).toBe(given.length);
      }),
      { numRuns: tries(200) },
    );
  });
});
