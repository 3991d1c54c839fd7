/** How membership that should be over is taken back, with an export of the audit log and the app's key alone. */

import type { Person } from '../../domain/identity.ts';
import { GitHubUnavailable, type GitHub, type Membership } from '../../engine/ports.ts';
import type { DueMembership } from './due-in-export.ts';

/** What of GitHub is needed. */
export type TeamGitHub = Pick<
  GitHub,
  'installations' | 'team' | 'teamById' | 'userById' | 'userByLogin' | 'membership' | 'removeMember'
>;

export type TeamOutcome = {
  readonly result: 'gone' | 'would-take' | 'taken' | 'left-alone' | 'failed';
  readonly who: string;
  readonly what: string;
};

/** Takes one person out of one team, where a grant took the person in and none goes on. Without `yes` it only says so. */
export async function settleTeam(github: TeamGitHub, due: DueMembership, yes: boolean): Promise<TeamOutcome> {
  const { team } = due;
  const account = `account ${due.person}`;
  const home = (await github.installations()).find(({ accountId }) => accountId === team.org);
  if (home === undefined)
    return { result: 'failed', who: account, what: 'the app is not installed on the organisation' };
  const found = await github.teamById(home.id, home.account, team.id);
  if (found === null) return { result: 'gone', who: account, what: 'the team does not exist any more' };
  const person = await github.userById(home.id, due.person);
  if (person === null) return { result: 'gone', who: account, what: 'the account does not exist any more' };
  const who = `${person.login} (${person.id})`;
  const look = async (): Promise<Membership> => await github.membership(home.id, home.account, found.team, person);
  const { place, through } = await look();
  if (place === null) return { result: 'gone', who, what: leftWords(through) };
  if (due.goesOn) return { result: 'gone', who, what: 'another grant of the team goes on' };
  if (!due.given) return { result: 'left-alone', who, what: 'no grant took the person in: look who did' };
  if (!yes) return { result: 'would-take', who, what: `${place} to none` };
  await mustBeMeant(github, due, home, found.team, person);
  await github.removeMember(home.id, home.account, found.team, person.login);
  const left = await look();
  return left.place === null
    ? { result: 'taken', who, what: `${place} to none` }
    : { result: 'failed', who, what: 'GitHub still shows the person in the team' };
}

const leftWords = (through: readonly string[]): string =>
  through.length === 0 ? 'not in the team' : `only in ${through.join(', ')}, below the team`;

/** A slug and a login can have gone to others since they were read. */
async function mustBeMeant(
  github: TeamGitHub,
  { team }: DueMembership,
  home: { readonly id: Parameters<GitHub['team']>[0]; readonly account: string },
  slug: string,
  person: Person,
): Promise<void> {
  const [holder, named] = await Promise.all([
    github.userByLogin(home.id, person.login),
    github.team(home.id, home.account, slug),
  ]);
  if (holder?.id !== person.id || named?.id !== team.id) {
    throw new GitHubUnavailable('the team or the account goes by another name now: try again', null);
  }
}
