/** Whether those who had a hand in a pull request are the ones that a condition names. */

import type { ConditionReport } from '../decision.ts';
import type { UserId } from '../identity.ts';
import { known, unknown, type Known } from '../result.ts';
import type { Facts, PullFacts } from '../subject.ts';
import type { Named, UserName } from './model.ts';

/** How a statement came out, and what decided it. */
export type Answer = Pick<ConditionReport, 'outcome' | 'because'>;

/** Under which name the account of a login is found among the facts: GitHub compares logins without case. */
export const loginKey = (login: string): string => login.toLowerCase();

/** What is known of one person who had a hand in it: whether the condition names them. */
type Hand = { readonly id: UserId; readonly named: Known<boolean> };

/**
 * Met where everyone who had a hand in it is named, unmet where nobody is. A mixture is neither: it would be wrong to
 * spare a bot's pull request to which somebody else pushed, and as wrong to pass over what a named person took part in.
 */
export function authored(condition: Named, pull: PullFacts, facts: Facts): Answer {
  const hands = handsOf(condition, pull, facts);
  const inside = hands.find(isInside);
  const outside = hands.find(isOutside);
  if (inside !== undefined && outside !== undefined) {
    const because = `${nameOf(inside.id, facts)} is one of them, ${nameOf(outside.id, facts)} is not`;
    return { outcome: 'unknown', because };
  }
  const doubt = doubtOf(hands, facts);
  if (doubt !== null) return { outcome: 'unknown', because: doubt };
  if (outside === undefined) return { outcome: 'met', because: allWords(hands, facts) };
  return { outcome: 'unmet', because: `${nameOf(outside.id, facts)} is none of them, nor is anyone else` };
}

/** Met where everyone who had a hand in it is named, unmet as soon as one surely is not. */
export function authoredOnlyBy(condition: Named, pull: PullFacts, facts: Facts): Answer {
  const hands = handsOf(condition, pull, facts);
  const outside = hands.find(isOutside);
  if (outside !== undefined) return { outcome: 'unmet', because: `${nameOf(outside.id, facts)} is none of them` };
  const doubt = doubtOf(hands, facts);
  if (doubt !== null) return { outcome: 'unknown', because: doubt };
  return { outcome: 'met', because: allWords(hands, facts) };
}

const isInside = ({ named }: Hand): boolean => named.kind === 'known' && named.value;
const isOutside = ({ named }: Hand): boolean => named.kind === 'known' && !named.value;

/** Who opened it, wrote or committed a part, or pushed. */
function handsOf(condition: Named, pull: PullFacts, facts: Facts): readonly Hand[] {
  const writers = facts.contributors.kind === 'known' ? facts.contributors.value.people : [];
  const people = new Set([pull.author.id, ...writers, ...facts.pushers]);
  return [...people].map((id) => ({ id, named: isNamed(condition, id, facts) }));
}

/** What keeps it from being told who all had a hand in it, and whether they are named; `null` where it can be. */
function doubtOf(hands: readonly Hand[], { contributors }: Facts): string | null {
  for (const { named } of hands) if (named.kind === 'unknown') return named.why;
  if (contributors.kind === 'unknown') return `who wrote it is not known: ${contributors.why}`;
  return contributors.value.unattributed === 0 ? null : 'a commit belongs to no known account';
}

const allWords = (hands: readonly Hand[], facts: Facts): string =>
  hands.length === 1
    ? `${hands.map(({ id }) => nameOf(id, facts)).join('')} wrote it`
    : `all ${hands.length} who had a hand in it are`;

/** One place that names the person decides; otherwise one place that could not be read leaves it open. */
function isNamed(condition: Named, id: UserId, facts: Facts): Known<boolean> {
  const answers = [
    ...condition.users.map((user) => isUser(user, id, facts)),
    ...condition.teams.map((team) => isMember(team, id, facts)),
  ];
  if (answers.some((answer) => answer.kind === 'known' && answer.value)) return known(true);
  return answers.find((answer) => answer.kind === 'unknown') ?? known(false);
}

function isUser(user: UserName, id: UserId, facts: Facts): Known<boolean> {
  if (user.kind === 'id') return known(user.id === id);
  const account = facts.logins.get(loginKey(user.login));
  if (account === undefined) return unknown(`the account of ${user.login} is not known`);
  return account.kind === 'unknown' ? account : known(account.value === id);
}

function isMember(team: string, id: UserId, facts: Facts): Known<boolean> {
  const members = facts.teams.get(team);
  if (members === undefined) return unknown(`the members of the team ${team} are not known`);
  return members.kind === 'unknown' ? members : known(members.value.some((person) => person.id === id));
}

/** A login where one of the facts tells it: commits bring ids alone. */
function nameOf(id: UserId, { pull, members, teams, logins }: Facts): string {
  const people = [...members.values(), ...teams.values()].flatMap((group) =>
    group.kind === 'known' ? group.value : [],
  );
  const person = [...(pull === null ? [] : [pull.author]), ...people].find((one) => one.id === id);
  if (person !== undefined) return person.login;
  const login = [...logins].find(([, account]) => account.kind === 'known' && account.value === id)?.[0];
  return login ?? `account ${String(id)}`;
}
