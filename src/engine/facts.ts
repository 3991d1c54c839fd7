/** Fetches the facts that the matching rules need, and no more. */

import { ownersOf } from '../domain/codeowners.ts';
import type { Person, RepoRef, UserId } from '../domain/identity.ts';
import { factsNeeded, type FactQuery } from '../domain/policy/facts.ts';
import type { Group, Policy, UserName } from '../domain/policy/model.ts';
import type { PolicyState } from '../domain/policy/state.ts';
import { isDeployment, type DeploymentRequest, type Request } from '../domain/request.ts';
import { known, unknown, type Known } from '../domain/result.ts';
import {
  isOwnCheck,
  type CheckFact,
  type Contributors,
  type Facts,
  type MergeSubject,
  type PullFacts,
} from '../domain/subject.ts';
import { writersOfDeployment, type Writers } from './deployment-writers.ts';
import { lastDeployed } from './last-deployed.ts';
import { lentMembers } from './lent-members.ts';
import { roleHolders } from './role-holders.ts';
import { teamMembers } from './teams.ts';
import type { World } from './world.ts';

const NOT_ASKED = 'no rule asked for it';

/** The facts before anything was fetched: all unknown, so that whatever asks for one of them holds. */
const noFacts = (pull: PullFacts | null): Facts => ({
  pull,
  files: unknown(NOT_ASKED),
  contributors: unknown(NOT_ASKED),
  pushers: [],
  lines: unknown(NOT_ASKED),
  unsigned: unknown(NOT_ASKED),
  event: unknown(NOT_ASKED),
  checks: unknown(NOT_ASKED),
  members: new Map(),
  teams: new Map(),
  logins: new Map(),
});

/** What is known of a request under a policy as it stands. Without one that can be read, no rule asks for anything. */
export const factsFor = async (
  world: World,
  state: PolicyState,
  request: Request,
  pull: PullFacts | null,
): Promise<Facts> => (state.kind === 'present' ? await gather(world, state.policy, request, pull) : noFacts(pull));

/**
 * Gathers what the rules that can apply to the request ask for. An outage throws, so that the caller tries again;
 * what GitHub plainly does not know (a team that is gone, more files than it lists) comes back as unknown.
 */
async function gather(world: World, policy: Policy, request: Request, pull: PullFacts | null): Promise<Facts> {
  const queries = factsNeeded(policy, request.subject);
  const wants = (kind: FactQuery['kind']): boolean => queries.some((query) => query.kind === kind);
  const files = wants('files')
    ? changedFiles(world, request, pull)
    : Promise.resolve(unknown<readonly string[]>(NOT_ASKED));
  const writers = wants('contributors') ? writersOf(world, request, pull) : notAsked(request);
  const [people, changed, wrote, unsigned, checks] = await Promise.all([
    gatherPeople(world, request.repo, policy, queries, files),
    files,
    writers,
    wants('signatures') ? unsignedOf(world, request, pull) : unknown<number>(NOT_ASKED),
    wants('checks') ? checksOf(world, request) : unknown<readonly CheckFact[]>(NOT_ASKED),
  ]);
  const facts = { pull, files: changed, ...wrote, unsigned, checks, ...told(request, pull), ...people };
  if (request.subject.kind !== 'access') return facts;
  const besideTeams = async (group: Group) => await groupMembers(world, request.repo, { ...group, teams: [] }, files);
  return { ...facts, lent: await lentMembers(world, request.repo, policy, people.members, besideTeams) };
}

const notAsked = ({ subject }: Request): Writers => ({
  contributors: unknown(NOT_ASKED),
  pushers: subject.kind === 'merge' ? subject.pushers : [],
});

/** What is known of a request without asking anyone. */
function told({ subject }: Request, pull: PullFacts | null): Pick<Facts, 'lines' | 'event'> {
  switch (subject.kind) {
    case 'merge':
      return {
        lines:
          pull?.lines === undefined || pull.lines === null
            ? unknown('GitHub did not count the lines')
            : known(pull.lines),
        event: unknown('a merge is started by no event'),
      };
    case 'deployment':
      return {
        lines: unknown('lines are counted for pull requests alone'),
        event: subject.run === null ? unknown('it was not started by a workflow run') : known(subject.run.event),
      };
    case 'access':
      return { lines: unknown(NO_CODE), event: unknown(NO_CODE) };
  }
}

const NO_CODE = 'an access request brings no code';

/** Of a deployment what is deployed has to be signed, and what the pull request brought: GitHub signs merges itself. */
async function unsignedOf(world: World, { subject, repo }: Request, pull: PullFacts | null): Promise<Known<number>> {
  if (subject.kind === 'access') return unknown(NO_CODE);
  const brought = pull === null ? known(0) : await world.github.unsignedInPull(repo, pull.number);
  if (subject.kind === 'merge') return pull === null ? unknown('the pull request is gone') : brought;
  const deployed = await world.github.unsignedCommit(repo, subject.sha);
  if (brought.kind === 'unknown' || deployed.kind === 'unknown') return brought.kind === 'unknown' ? brought : deployed;
  return known(brought.value + deployed.value);
}

/** Checks of others: what this app reports follows from the decision, so it can't be a reason for it. */
async function checksOf(world: World, { subject, repo }: Request): Promise<Known<readonly CheckFact[]>> {
  if (subject.kind === 'access') return unknown(NO_CODE);
  const checks = await world.github.checksOn(repo, subject.kind === 'merge' ? subject.head : subject.sha);
  return checks.kind === 'unknown' ? checks : known(checks.value.filter(({ name }) => !isOwnCheck(name)));
}

/** The people whom queries name: members of groups and teams, and the accounts behind logins. */
export async function gatherPeople(
  world: World,
  repo: RepoRef,
  policy: Policy,
  queries: readonly FactQuery[],
  files: Promise<Known<readonly string[]>> = Promise.resolve(unknown(NOT_ASKED)),
): Promise<Pick<Facts, 'members' | 'teams' | 'logins'>> {
  const named = (kind: 'group' | 'team' | 'login'): readonly string[] =>
    queries.flatMap((query) => (query.kind === kind ? [query.name] : []));
  const [members, teams, logins] = await Promise.all([
    entries(named('group'), (name) => groupMembers(world, repo, policy.groups.get(name), files)),
    entries(named('team'), (slug) => teamMembers(world, repo, repo.owner, slug)),
    entries(named('login'), (login) => accountOf(world, repo, login).then(asId)),
  ]);
  return { members, teams, logins };
}

/** The people of one group, from every way that the policy names them. One that can't be read makes it unknown. */
async function groupMembers(
  world: World,
  repo: RepoRef,
  group: Group | undefined,
  files: Promise<Known<readonly string[]>>,
): Promise<Known<readonly Person[]>> {
  if (group === undefined) return unknown('the policy has no group of this name');
  const parts = await Promise.all([
    ...group.teams.map((slug) => teamMembers(world, repo, repo.owner, slug)),
    ...group.users.map((user) => oneUser(world, repo, user)),
    ...(group.role === null ? [] : [roleHolders(world, repo, group.role)]),
    ...(group.codeowners ? [codeOwners(world, repo, files)] : []),
  ]);
  return union(parts);
}

async function oneUser(world: World, repo: RepoRef, user: UserName): Promise<Known<readonly Person[]>> {
  if (user.kind === 'id') {
    const person = await world.github.userById(repo.installationId, user.id as UserId);
    return person === null ? unknown(`there is no account with the id ${user.id}`) : known([person]);
  }
  const person = await accountOf(world, repo, user.login);
  return person.kind === 'unknown' ? person : known([person.value]);
}

/**
 * The account that a login in the policy stands for: the one that it was first seen to be. When the name has gone to
 * another account since, nobody is meant until the policy names the account by id.
 */
async function accountOf(world: World, repo: RepoRef, login: string): Promise<Known<Person>> {
  const person = await world.github.userByLogin(repo.installationId, login);
  if (person === null) return unknown(`there is no account named ${login}`);
  const pinned = await world.store.pinLogin(repo.id, login.toLowerCase(), person.id);
  if (pinned !== person.id) {
    return unknown(
      `${login} is another account (${person.id}) than when the policy first named it (${pinned}); name the id`,
    );
  }
  return known(person);
}

const asId = (person: Known<Person>): Known<UserId> => (person.kind === 'known' ? known(person.value.id) : person);

async function codeOwners(
  world: World,
  repo: RepoRef,
  files: Promise<Known<readonly string[]>>,
): Promise<Known<readonly Person[]>> {
  const [text, changed] = await Promise.all([world.github.codeowners(repo), files]);
  if (text === null) return unknown('the default branch has no CODEOWNERS file');
  if (changed.kind === 'unknown') return changed;
  const parts = await Promise.all(
    ownersOf(text, changed.value).map(async (owner): Promise<Known<readonly Person[]>> => {
      switch (owner.kind) {
        case 'user': {
          const person = await accountOf(world, repo, owner.login);
          return person.kind === 'unknown' ? person : known([person.value]);
        }
        case 'team':
          return await teamMembers(world, repo, owner.org, owner.slug);
        case 'email':
          // GitHub does not let an app look an address up; the other owners can still approve.
          return known([]);
      }
    }),
  );
  return union(parts);
}

/** Which files change with what is held. */
export async function changedFiles(
  world: World,
  request: Request,
  pull: PullFacts | null,
): Promise<Known<readonly string[]>> {
  if (isDeployment(request)) return await filesSinceLast(world, request);
  const { subject, repo } = request;
  if (subject.kind !== 'merge') return unknown('an access request changes no files');
  return pull === null ? unknown('the pull request is gone') : await world.github.pullFiles(repo, subject.pull);
}

async function filesSinceLast(world: World, request: DeploymentRequest): Promise<Known<readonly string[]>> {
  const last = await lastDeployed(world, request);
  const { environment, sha } = request.subject;
  if (last.kind === 'unknown') return last;
  if (last.value === null)
    return unknown(
      `nothing that was released here was deployed to ${environment} before, so there is nothing to compare with`,
    );
  return await world.github.filesBetween(request.repo, last.value, sha);
}

/** Who wrote what is held, and who is known to have pushed it. */
export async function writersOf(world: World, request: Request, pull: PullFacts | null): Promise<Writers> {
  if (isDeployment(request)) return await writersOfDeployment(world, request, pull);
  const { subject, repo } = request;
  if (subject.kind !== 'merge') return { contributors: known({ people: [], unattributed: 0 }), pushers: [] };
  const contributors = withDoubt(await world.github.pullContributors(repo, subject.pull), subject);
  return { contributors, pushers: subject.pushers };
}

/** Author and committer are what a commit's writer says. Where GitHub did not tell who pushed it, that could be anyone. */
const withDoubt = (wrote: Known<Contributors>, { seen }: MergeSubject): Known<Contributors> =>
  wrote.kind === 'unknown' || seen === true
    ? wrote
    : known({ ...wrote.value, untold: wrote.value.untold ?? 'GitHub does not tell who pushed all of it' });

function union(parts: readonly Known<readonly Person[]>[]): Known<readonly Person[]> {
  const people = new Map<UserId, Person>();
  for (const part of parts) {
    if (part.kind === 'unknown') return part;
    for (const person of part.value) people.set(person.id, person);
  }
  return known([...people.values()]);
}

async function entries<V>(
  names: readonly string[],
  read: (name: string) => Promise<V>,
): Promise<ReadonlyMap<string, V>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}
