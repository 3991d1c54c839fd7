/** `jit-gate grants revoke`: takes back what should be over, with an export of the audit log and the app's key alone. */

import { describeProblems, readAppCredentials } from '../../config.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { grantableName } from '../../domain/grantable.ts';
import type { Person, RepoRef } from '../../domain/identity.ts';
import { compareRoles, includesRole, namedRole, roleName, type NamedRole, type Role } from '../../domain/role.ts';
import { GitHubRefused, GitHubUnavailable, type GitHub } from '../../engine/ports.ts';
import { NoEntry } from '../audit/source.ts';
import { EXIT, outJson, type ExitCode, type Terminal } from '../terminal.ts';
import { dueInExport, type Due, type DueAccess } from './due-in-export.ts';
import { settleTeam, type TeamGitHub } from './revoke-team.ts';
import { wholeness } from './wholeness.ts';

/** What of GitHub is needed. */
export type RevokingGitHub = Pick<
  GitHub,
  'repositories' | 'userById' | 'userByLogin' | 'access' | 'giveRole' | 'takeRole' | 'invitations' | 'deleteInvitation'
> &
  TeamGitHub;

/**
 * `gone`: there is nothing to take. `would-take`, `taken`: what the grants gave. `left-alone`: the role is not what the
 * grants gave, so somebody else gave it. `failed`: GitHub did not do it, or could not be asked.
 */
type Outcome = {
  readonly access: Due;
  readonly result: 'gone' | 'would-take' | 'taken' | 'left-alone' | 'failed';
  readonly who: string;
  readonly where: string;
  readonly what: string;
};

export type RevokeOptions = { readonly yes?: true; readonly json?: true };

/**
 * Goes through what is due by the machine's clock. Without `yes` it only says what it would do, and so it does where the
 * export is not whole: what a changed or shortened log tells is for somebody to look at, not to be done.
 */
export async function revokeDue(
  entries: AsyncIterable<AuditEntry>,
  github: RevokingGitHub,
  options: RevokeOptions,
  terminal: Terminal,
  now = Date.now(),
): Promise<ExitCode> {
  const whole = wholeness();
  const due = await dueInExport(whole.watch(entries), now).catch((error: unknown) => {
    if (!(error instanceof NoEntry)) throw error;
    terminal.say(`The export is cut off or damaged: ${error.message}. Nothing is taken.`);
    return null;
  });
  if (due === null) return EXIT.failed;
  for (const words of whole.words()) terminal.say(words);
  const mayTake = options.yes === true && whole.isWhole();
  const outcomes: Outcome[] = [];
  for (const access of due) {
    const outcome = await settle(github, access, mayTake);
    outcomes.push(outcome);
    if (options.json !== true) terminal.out(lineOf(outcome));
  }
  if (options.json === true) outJson(terminal, outcomes.map(asJson));
  const count = (result: Outcome['result']): number => outcomes.filter((one) => one.result === result).length;
  terminal.say(
    `${due.length} due by the export: ${count('taken')} taken back, ${count('gone')} gone already, ${count('left-alone')} left alone, ${count('failed')} failed.`,
  );
  if (count('failed') > 0 || !whole.isWhole()) return EXIT.failed;
  if (count('would-take') > 0) terminal.say(`${count('would-take')} would be taken back: say --yes to do it.`);
  return count('would-take') + count('left-alone') > 0 ? EXIT.findings : EXIT.fine;
}

/** The app's own way to GitHub, by its key; `null` where none is set, which was said then. */
export async function githubOfApp(terminal: Terminal): Promise<RevokingGitHub | null> {
  const app = readAppCredentials(terminal.env, terminal.cwd);
  if (!app.ok) {
    terminal.say(describeProblems(app.error));
    return null;
  }
  // Imported only here, so that commands without a network start at once.
  const { createGitHub } = await import('../../adapters/github/github.ts');
  const { octokitsOf } = await import('../../adapters/github/octokit.ts');
  const say = (_: unknown, message: string): void => terminal.say(message);
  return createGitHub({
    octokitFor: octokitsOf({ ...app.value, privateKey: app.value.privateKey.reveal() }),
    log: { debug: () => undefined, info: () => undefined, warn: say, error: say },
  });
}

async function settle(github: RevokingGitHub, access: Due, yes: boolean): Promise<Outcome> {
  let who = `account ${access.person}`;
  let where = 'team' in access ? grantableName(access.team) : `repository ${access.repo}`;
  const outcome = (result: Outcome['result'], what: string): Outcome => ({ access, result, who, where, what });
  try {
    if ('team' in access) return { ...(await settleTeam(github, access, yes)), access, where };
    const repo = (await github.repositories(access.installation)).find(({ id }) => id === access.repo);
    if (repo === undefined) return outcome('failed', 'the app can not see the repository');
    where = `${repo.owner}/${repo.name}`;
    const person = await github.userById(access.installation, access.person);
    if (person === null) return outcome('gone', 'the account does not exist any more');
    who = `${person.login} (${person.id})`;
    return outcome(...(await takeBack(github, repo, person, access, yes)));
  } catch (error) {
    if (!(error instanceof GitHubUnavailable) && !(error instanceof GitHubRefused)) throw error;
    return outcome('failed', error.message);
  }
}

type Done = readonly [Outcome['result'], string];

async function takeBack(
  github: RevokingGitHub,
  repo: RepoRef,
  person: Person,
  access: DueAccess,
  yes: boolean,
): Promise<Done> {
  const { direct } = await github.access(repo, person);
  const target = targetOf(access);
  const open = await openInvitations(github, repo, person, access, target);
  const tooMuch = isMore(direct, target);
  if (!tooMuch && open.length === 0) return ['gone', `the direct role is ${nameOf(direct)}`];
  if (tooMuch && !isGiven(direct, access)) {
    return [
      'left-alone',
      `the direct role is ${nameOf(direct)}, and the grants gave ${roleName(access.given)}: look who gave it`,
    ];
  }
  const words = tooMuch ? `${nameOf(direct)} to ${nameOf(target)}` : 'an open invitation';
  if (!yes) return ['would-take', words];
  for (const id of open) await github.deleteInvitation(repo, id);
  // What goes on may have been waiting in the same invitation: it is offered again.
  if (tooMuch || (open.length > 0 && access.goesOn !== null)) await lower(github, repo, person, target);
  const left = await github.access(repo, person);
  return isMore(left.direct, target) ? ['failed', `GitHub still shows ${nameOf(left.direct)}`] : ['taken', words];
}

/** Whether a direct role gives something that what is to be left does not. */
const isMore = (direct: NamedRole | null, target: NamedRole | null): boolean =>
  direct !== null && !includesRole(target?.role ?? null, direct.role);

const isGiven = (direct: NamedRole | null, { given }: DueAccess): boolean =>
  direct !== null && compareRoles(direct.role, given) === 'same';

const nameOf = (role: NamedRole | null): string => role?.name ?? 'none';

/** A login can have gone to somebody else since it was read: it is held to the account right before it is used. */
async function lower(github: RevokingGitHub, repo: RepoRef, person: Person, target: NamedRole | null): Promise<void> {
  const holder = await github.userByLogin(repo.installationId, person.login);
  if (holder?.id !== person.id) throw new GitHubUnavailable('the account goes by another login now: try again', null);
  const answer = target === null ? null : await github.giveRole(repo, person.login, target.name);
  // A role that GitHub does not take any more, such as a custom one that was deleted, is none to go back to.
  if (answer === null || answer.kind === 'refused') await github.takeRole(repo, person.login);
}

/** Those of the grants that offer more than what goes on. */
async function openInvitations(
  github: RevokingGitHub,
  repo: RepoRef,
  person: Person,
  { invitations, goesOn, given }: DueAccess,
  target: NamedRole | null,
): Promise<readonly number[]> {
  const known = new Set(invitations);
  const own = (await github.invitations(repo)).filter(
    ({ id, invitee, byPerson }) => invitee === person.id && (known.has(id) || !byPerson),
  );
  // GitHub shows an invitation to a custom role as one to what that builds on.
  const tooMuch = (role: Role): boolean =>
    goesOn === null || typeof given === 'object' || !includesRole(target?.role ?? null, role);
  return own.filter(({ role }) => tooMuch(role)).map(({ id }) => id);
}

/** What the direct role is to be: what goes on, or what was there before if that is more, or read access where that is left. */
function targetOf({ goesOn, before, leavesRead }: DueAccess): NamedRole | null {
  const kept = before === null ? (leavesRead ? namedRole('pull') : null) : namedRole(before);
  if (goesOn === null || compareRoles(goesOn, kept?.role ?? null) !== 'more') return kept;
  return { name: roleName(goesOn), role: goesOn };
}

const lineOf = ({ access, result, who, where, what }: Outcome): string =>
  `${result.padEnd(10)}  ${who}  ${where}  ${what}  since ${new Date(access.since).toISOString()}  ${access.due.join(', ')}`;

const asJson = ({ access, result, what }: Outcome): Readonly<Record<string, unknown>> => ({
  result,
  what,
  person: access.person,
  ...('team' in access ? { team: access.team.id } : { repository: access.repo }),
  installation: access.installation,
  grants: access.due,
  since: new Date(access.since).toISOString(),
});
