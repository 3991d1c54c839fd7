/** Who had a hand in a pull request, and whether a condition that names people means all of them, some or none. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { userId, type UserId } from '../../../src/domain/identity.ts';
import { evaluateCondition } from '../../../src/domain/policy/condition.ts';
import type { Condition, UserName } from '../../../src/domain/policy/model.ts';
import { known, unknown } from '../../../src/domain/result.ts';
import type { Facts } from '../../../src/domain/subject.ts';
import { factsOf, human, pullOf } from '../../support/domain.ts';

const bot = human(1, 'renovate[bot]');
const ana = human(2, 'ana');
const bo = human(3, 'bo');
const eve = human(4, 'eve');

type Hands = {
  readonly wrote?: readonly UserId[];
  readonly pushed?: readonly UserId[];
  readonly unattributed?: number;
};

/** A pull request that the bot opened, and in which these had a hand. */
const facts = ({ wrote = [bot.id], pushed = [], unattributed = 0 }: Hands = {}, more: Partial<Facts> = {}): Facts =>
  factsOf(
    { release: [ana] },
    {
      pull: pullOf({ author: bot }),
      contributors: known({ people: wrote, unattributed }),
      pushers: pushed,
      teams: new Map([
        ['core', known([ana, bo])],
        ['gone', unknown('there is no such team')],
      ]),
      logins: new Map([
        ['renovate[bot]', known(bot.id)],
        ['eve', known(eve.id)],
        ['taken', unknown('the login changed hands')],
      ]),
      ...more,
    },
  );

const named = (
  kind: 'authors' | 'only-authors',
  logins: readonly string[],
  teams: readonly string[] = [],
): Condition => ({
  kind,
  users: logins.map((login): UserName => ({ kind: 'login', login })),
  teams,
});

/** What is named, who had a hand in it, and the outcome with its reason: of `authors`, then of `only-authors`. */
type Row = readonly [
  what: string,
  logins: readonly string[],
  teams: readonly string[],
  given: Facts,
  outcome: string,
  because: string,
  only?: string,
  onlyBecause?: string,
];

describe('a condition on who wrote it', () => {
  const ROWS: readonly Row[] = [
    ['the one who did it all', ['Renovate[bot]'], [], facts(), 'met', 'renovate[bot] wrote it'],
    [
      'somebody else',
      ['eve'],
      [],
      facts(),
      'unmet',
      'renovate[bot] is none of them, nor is anyone else',
      'unmet',
      'renovate[bot] is none of them',
    ],
    [
      'a team with everyone',
      ['renovate[bot]'],
      ['core'],
      facts({ wrote: [bot.id, ana.id, bo.id] }),
      'met',
      'all 3 who had a hand in it are',
    ],
    [
      'the one who opened it, but not who wrote a part',
      ['renovate[bot]'],
      [],
      facts({ wrote: [bot.id, ana.id] }),
      'unknown',
      'renovate[bot] is one of them, ana is not',
      'unmet',
      'ana is none of them',
    ],
    [
      'the one who opened it, but not who pushed',
      ['renovate[bot]'],
      [],
      facts({ pushed: [eve.id] }),
      'unknown',
      'renovate[bot] is one of them, eve is not',
      'unmet',
      'eve is none of them',
    ],
    [
      'who wrote a part, but not who opened it',
      [],
      ['core'],
      facts({ wrote: [bot.id, bo.id] }),
      'unknown',
      'bo is one of them, renovate[bot] is not',
      'unmet',
      'renovate[bot] is none of them',
    ],
    [
      'who pushed alone',
      ['eve'],
      [],
      facts({ pushed: [eve.id] }),
      'unknown',
      'eve is one of them, renovate[bot] is not',
      'unmet',
      'renovate[bot] is none of them',
    ],
    [
      "everyone, but a commit is nobody's",
      ['renovate[bot]'],
      [],
      facts({ unattributed: 1 }),
      'unknown',
      'a commit belongs to no known account',
    ],
    [
      "nobody, but a commit is nobody's",
      ['eve'],
      [],
      facts({ unattributed: 1 }),
      'unknown',
      'a commit belongs to no known account',
      'unmet',
      'renovate[bot] is none of them',
    ],
    [
      'everyone who is known',
      ['renovate[bot]'],
      [],
      facts({}, { contributors: unknown('251 commits') }),
      'unknown',
      'who wrote it is not known: 251 commits',
    ],
    [
      'nobody who is known',
      ['eve'],
      [],
      facts({}, { contributors: unknown('251 commits') }),
      'unknown',
      'who wrote it is not known: 251 commits',
      'unmet',
      'renovate[bot] is none of them',
    ],
    ['a login that changed hands', ['taken'], [], facts(), 'unknown', 'the login changed hands'],
    [
      'a login that changed hands besides one that decides',
      ['taken', 'renovate[bot]'],
      [],
      facts(),
      'met',
      'renovate[bot] wrote it',
    ],
    ['a team that is gone', [], ['gone'], facts(), 'unknown', 'there is no such team'],
    ['a login that was not read', ['cy'], [], facts(), 'unknown', 'the account of cy is not known'],
    ['a team that was not read', [], ['new'], facts(), 'unknown', 'the members of the team new are not known'],
  ];

  test.each(ROWS.map((row) => ({ what: row[0], row })))('that names $what', ({ row }) => {
    const [, logins, teams, given, outcome, because, only = outcome, onlyBecause = because] = row;
    expect(evaluateCondition(named('authors', logins, teams), given)).toMatchObject({ outcome, because });
    expect(evaluateCondition(named('only-authors', logins, teams), given)).toMatchObject({
      outcome: only,
      because: onlyBecause,
    });
  });

  test('takes numbers, and calls by number whom no fact names', () => {
    const given = facts({ wrote: [bot.id, userId(77)] });
    const byId: Condition = { kind: 'authors', users: [{ kind: 'id', id: 77 }], teams: [] };
    expect(evaluateCondition(byId, given).because).toBe('account 77 is one of them, renovate[bot] is not');
    const bots: Condition = { kind: 'only-authors', users: [{ kind: 'id', id: 1 }], teams: [] };
    expect(evaluateCondition(bots, given).because).toBe('account 77 is none of them');
  });

  test('calls people by the groups, teams and logins that the policy has', () => {
    const byGroup = evaluateCondition(named('only-authors', ['renovate[bot]']), facts({ wrote: [ana.id] }));
    expect(byGroup.because).toBe('ana is none of them');
    const byTeam = evaluateCondition(named('only-authors', ['renovate[bot]']), facts({ wrote: [bo.id] }));
    expect(byTeam.because).toBe('bo is none of them');
    const byLogin = evaluateCondition(named('only-authors', ['renovate[bot]']), facts({ wrote: [eve.id] }));
    expect(byLogin.because).toBe('eve is none of them');
  });

  test('only-authors is never met by more hands, and authors never turns round', () => {
    const everyone = [bot, ana, bo, eve].map(({ id }) => id);
    fc.assert(
      fc.property(
        fc.subarray(everyone),
        fc.subarray(everyone),
        fc.subarray(['renovate[bot]', 'eve']),
        (some, more, logins) => {
          const few = facts({ wrote: some });
          const many = facts({ wrote: [...some, ...more] });
          const outcome = (kind: 'authors' | 'only-authors', given: Facts) =>
            evaluateCondition(named(kind, logins, ['core']), given).outcome;
          if (outcome('only-authors', few) !== 'met') expect(outcome('only-authors', many)).not.toBe('met');
          const turned = [outcome('authors', few), outcome('authors', many)];
          expect(turned).not.toEqual(['met', 'unmet']);
          expect(turned).not.toEqual(['unmet', 'met']);
        },
      ),
    );
  });
});
