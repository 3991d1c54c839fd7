/** What supposed facts come to: the facts that a decision is made of, unknown where nothing was said. */

import { userId, type Person, type Sha, type UserId } from '../identity.ts';
import { known, unknown, type Known } from '../result.ts';
import { ROLES, type StandardRole } from '../role.ts';
import type { CheckFact, Facts, PullFacts, RunFacts } from '../subject.ts';
import type { Group, Policy, UserName } from './model.ts';
import type { Supposed, SupposedPerson } from './supposed.ts';
import { splitTeam } from './team-name.ts';

const NOT_SAID = 'the facts do not say';

/** Gives everyone who is named an account: the same for the same login in any case. */
export type Accounts = {
  readonly of: (person: SupposedPerson) => Person;
  /** Makes an account known that came with its id. */
  readonly learn: (person: Person) => void;
};

/** Ids of accounts that are known by login alone. GitHub has given out none that large. */
const FIRST_INVENTED = 9_000_000_000_000;

export function createAccounts(): Accounts {
  const byLogin = new Map<string, Person>();
  const byId = new Map<number, Person>();
  const learn = (person: Person): void => {
    byLogin.set(person.login.toLowerCase(), person);
    byId.set(person.id, person);
  };
  return {
    learn,
    of: (named) => {
      const before = typeof named === 'number' ? byId.get(named) : byLogin.get(named.toLowerCase());
      if (before !== undefined) return before;
      const person: Person =
        typeof named === 'number'
          ? { id: userId(named), login: `account ${String(named)}` }
          : { id: userId(FIRST_INVENTED + byLogin.size), login: named };
      learn(person);
      return person;
    },
  };
}

/** The facts for a policy. `pull` and `run` are what is known of these already. */
export function factsFrom(
  supposed: Supposed,
  policy: Policy,
  accounts: Accounts,
  { pull, run }: { readonly pull: PullFacts | null; readonly run: RunFacts | null },
): Facts {
  const groups = [...policy.groups.values()];
  return {
    pull,
    files: saidOr(supposed.files, 'which files change'),
    contributors: contributorsOf(supposed, accounts),
    pushers: (supposed.pushers ?? []).map((person) => accounts.of(person).id),
    lines: pull?.lines === undefined || pull.lines === null ? notSaid('how many lines change') : known(pull.lines),
    unsigned: unsignedOf(supposed.signed),
    event: run === null ? notSaid('what started the run') : known(run.event),
    checks: checksOf(supposed.checks),
    members: new Map(groups.map((group) => [group.name, membersOf(group, supposed, accounts)])),
    teams: new Map(teamsIn(policy, supposed).map((slug) => [slug, teamOf(slug, supposed, accounts)])),
    logins: loginsFrom(policy, accounts),
  };
}

const notSaid = <T>(what: string): Known<T> => unknown(`${NOT_SAID} ${what}`);

const saidOr = <T>(value: T | 'unknown' | undefined, what: string): Known<T> =>
  value === undefined || value === 'unknown' ? notSaid(what) : known(value);

function contributorsOf({ contributors, unattributed }: Supposed, accounts: Accounts): Facts['contributors'] {
  if (contributors === undefined || contributors === 'unknown') return notSaid('who wrote it');
  return known({ people: contributors.map((one) => accounts.of(one).id), unattributed: unattributed ?? 0 });
}

function unsignedOf(signed: Supposed['signed']): Known<number> {
  if (signed === undefined || signed === 'unknown') return notSaid('whether the commits are signed');
  return known(signed ? 0 : 1);
}

function checksOf(checks: Supposed['checks']): Known<readonly CheckFact[]> {
  if (checks === undefined || checks === 'unknown') return notSaid('which checks reported');
  return known(
    checks.map((check) =>
      typeof check === 'string'
        ? { name: check, app: null, state: 'succeeded' }
        : { name: check.name, app: check.app ?? null, state: check.state },
    ),
  );
}

function membersOf(group: Group, supposed: Supposed, accounts: Accounts): Known<readonly Person[]> {
  const whole = entryOf(supposed.groups, group.name);
  if (whole !== undefined) return listed(whole, `who is in the group ${group.name}`, accounts);
  const parts: readonly Known<readonly Person[]>[] = [
    ...group.teams.map((slug) => teamOf(slug, supposed, accounts)),
    known(group.users.map((user) => accounts.of(named(user)))),
    ...(group.role === null ? [] : [withRole(group.role, supposed, accounts)]),
    ...(group.codeowners ? [listed(supposed.owners, 'who owns the files that change', accounts)] : []),
  ];
  const people = new Map<UserId, Person>();
  for (const part of parts) {
    if (part.kind === 'unknown') return part;
    for (const person of part.value) people.set(person.id, person);
  }
  return known([...people.values()]);
}

const named = (user: UserName): SupposedPerson => (user.kind === 'id' ? user.id : user.login);

const teamOf = (slug: string, supposed: Supposed, accounts: Accounts): Known<readonly Person[]> =>
  listed(
    entryOf(supposed.teams, slug) ?? entryOf(supposed.teams, splitTeam(slug).slug),
    `who is in the team ${slug}`,
    accounts,
  );

function listed(
  people: readonly SupposedPerson[] | 'unknown' | undefined,
  what: string,
  accounts: Accounts,
): Known<readonly Person[]> {
  if (people === undefined || people === 'unknown') return notSaid(what);
  return known(people.map((person) => accounts.of(person)));
}

function withRole(least: StandardRole, { roles }: Supposed, accounts: Accounts): Known<readonly Person[]> {
  if (roles === undefined) return notSaid('which role everyone has');
  const enough = ROLES.slice(ROLES.indexOf(least));
  return known(Object.entries(roles).flatMap(([login, role]) => (enough.includes(role) ? [accounts.of(login)] : [])));
}

/** Teams by slug, in lower case as the policy has them. */
const teamsIn = (policy: Policy, supposed: Supposed): readonly string[] => [
  ...new Set([
    ...Object.keys(supposed.teams ?? {}).map((slug) => slug.toLowerCase()),
    ...[...policy.groups.values()].flatMap((group) => group.teams),
  ]),
];

function entryOf<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return Object.entries(record ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** Every login stands for its own account: here nobody has taken over a name. */
function loginsFrom(policy: Policy, accounts: Accounts): Facts['logins'] {
  const logins = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (value instanceof Map) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      if ('login' in value && typeof value.login === 'string') logins.add(value.login.toLowerCase());
      Object.values(value).forEach(visit);
    }
  };
  visit(policy);
  return new Map([...logins].map((login) => [login, known(accounts.of(login).id)]));
}

/** A pull request as it is supposed; what was not said of it takes the plainest value. */
export function pullFrom(
  supposed: NonNullable<Supposed['pull']>,
  plain: { readonly author: Person; readonly head: Sha; readonly base: string },
  accounts: Accounts,
): PullFacts {
  return {
    number: supposed.number ?? 1,
    open: true,
    merged: false,
    draft: supposed.draft ?? false,
    author: supposed.author === undefined ? plain.author : accounts.of(supposed.author),
    head: plain.head,
    headRef: supposed.head ?? 'change',
    base: supposed.base ?? plain.base,
    fork: supposed.fork ?? false,
    labels: supposed.labels ?? [],
    title: supposed.title ?? 'A change',
    lines: supposed.lines ?? null,
  };
}

/** A workflow run as it is supposed. Without an actor, the starter is it. */
export function runFrom(
  said: Exclude<Supposed['run'], 'unknown' | undefined>,
  accounts: Accounts,
  starter: Person | null,
): RunFacts {
  const idOf = (person: SupposedPerson | undefined): UserId | null =>
    person === undefined ? null : accounts.of(person).id;
  const actor = idOf(said.actor) ?? starter?.id ?? null;
  const again = idOf(said['rerun-by']);
  return {
    id: 1,
    attempt: again === null || again === actor ? 1 : 2,
    event: said.event ?? 'push',
    actor,
    triggeringActor: again ?? actor,
    fork: said.fork ?? false,
  };
}
