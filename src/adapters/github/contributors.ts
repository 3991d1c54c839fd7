/** Who had a hand in a commit: authors, committers and co-authors, as accounts? */

import type { z } from 'zod';
import { userId, type RepoRef, type Sha, type UserId } from '../../domain/identity.ts';
import { known, unknown, type Known } from '../../domain/result.ts';
import type { Contributors } from '../../domain/subject.ts';
import type { GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { at, insideOr, mustBe, unless } from './repository.ts';
import { coAuthorsOf, noreplyOf } from './trailers.ts';
import { wire, type WireCommit } from './wire.ts';

/** `web-flow`, the account that commits what people merge and edit on GitHub's pages: https://github.com/web-flow. */
const WEB_FLOW = 19_864_447;

/** GitHub lists no more commits of a pull request than this. */
const MAX_COMMITS = 250;

/** A comparison that is asked for page by page lists more than that. So many pages are read of a range of commits. */
const MAX_RANGE_PAGES = 10;
const RANGE_PAGE = 100;

/** Logins that are looked up for one set of commits; what is beyond it counts as nobody's. */
const MAX_LOOKUPS = 50;

type Part = Pick<GitHub, 'pullContributors' | 'commitContributors' | 'contributorsBetween'>;

export function contributors(client: Client): Part {
  async function contributorsOf(repo: RepoRef, commits: readonly WireCommit[]): Promise<Contributors> {
    const accounts = accountsByEmail(commits);
    const logins = new Map<string, UserId | null>();
    const lookUp = async (login: string): Promise<UserId | null> => {
      const key = login.toLowerCase();
      const had = logins.get(key);
      if (had !== undefined || logins.size >= MAX_LOOKUPS) return had ?? null;
      const parameters = { username: login };
      const found = await unless(
        [404],
        client.get(repo.installationId, 'GET /users/{username}', parameters, wire.account),
      );
      const id = found === null ? null : userId(found.id);
      logins.set(key, id);
      return id;
    };
    const accountOf = async (email: string): Promise<UserId | null> => {
      const noreply = noreplyOf(email);
      if (noreply === null) return accounts.get(email) ?? null;
      return noreply.id ?? (await lookUp(noreply.login));
    };

    const people = new Set<UserId>();
    let unattributed = 0;
    for (const commit of commits) {
      const nobodys = new Set<string>();
      for (const { account, email } of recordedOf(commit)) {
        if (account === null) nobodys.add(email);
        else people.add(account);
      }
      for (const email of coAuthorsOf(commit.commit.message)) {
        const account = await accountOf(email);
        if (account === null) nobodys.add(email);
        else people.add(account);
      }
      unattributed += nobodys.size;
    }
    return { people: [...people], unattributed };
  }

  return {
    async pullContributors(repo, number) {
      const commits = await commitsOfPull(client, repo, number);
      return commits.kind === 'unknown' ? commits : known(await contributorsOf(repo, commits.value));
    },

    async commitContributors(repo, commit) {
      const found = await commitAt(client, repo, commit);
      return found.kind === 'unknown' ? found : known(await contributorsOf(repo, [found.value]));
    },

    async contributorsBetween(repo, base, head) {
      const range = await rangeOf(client, repo, base, head);
      if (range === null) return unknown(`GitHub cannot compare ${base.slice(0, 12)} with ${head.slice(0, 12)}`);
      const { total, commits } = range;
      const contributors = await contributorsOf(repo, commits);
      return known({ contributors, total, read: commits.length, line: lineOf(commits, head) });
    },
  };
}

/** The newest commits that `head` has and `base` has not. GitHub lists the oldest first. `null`: they can't be compared. */
async function rangeOf(
  client: Client,
  repo: RepoRef,
  base: Sha,
  head: Sha,
): Promise<{ readonly total: number; readonly commits: readonly WireCommit[] } | null> {
  const page = async (number: number): Promise<z.output<typeof wire.range>> => {
    const parameters = { ...at(repo), basehead: `${base}...${head}`, per_page: RANGE_PAGE, page: number };
    const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
    return await client.get(repo.installationId, route, parameters, wire.range);
  };
  const first = await insideOr(client, repo, page(1));
  if (first === null) return null;
  const last = Math.ceil(first.total_commits / RANGE_PAGE);
  const numbers = Array.from({ length: last }, (_, index) => index + 1).slice(-MAX_RANGE_PAGES);
  const pages = await Promise.all(numbers.map(async (number) => (number === 1 ? first : await page(number))));
  return { total: first.total_commits, commits: pages.flatMap(({ commits }) => commits) };
}

/** The commits along the first parents, from `head` down to the first that is not among them. */
function lineOf(commits: readonly WireCommit[], head: Sha): readonly Sha[] {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const line: Sha[] = [];
  for (let here = bySha.get(head); here !== undefined; here = bySha.get(here.parents[0]?.sha ?? head)) {
    if (line.includes(here.sha)) break;
    line.push(here.sha);
  }
  return line;
}

/** Every commit of a pull request; unknown where GitHub does not list them all. */
export async function commitsOfPull(
  client: Client,
  repo: RepoRef,
  number: number,
): Promise<Known<readonly WireCommit[]>> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  const parameters = { ...at(repo), pull_number: number };
  const [pull, commits] = await Promise.all([
    insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.pull)),
    insideOr(client, repo, client.list(repo.installationId, `${route}/commits`, parameters, wire.commits)),
  ]);
  if (pull === null || commits === null) return unknown(`GitHub knows no pull request #${number}`);
  mustBe(repo, pull.base.repo.id);
  if (pull.commits > MAX_COMMITS) {
    return unknown(`it has ${pull.commits} commits, and GitHub lists no more than ${MAX_COMMITS}`);
  }
  if (pull.commits !== commits.length) {
    return unknown(`GitHub listed ${commits.length} of ${pull.commits} commits`);
  }
  return known(commits);
}

/** One commit; unknown where GitHub does not have it. */
export async function commitAt(client: Client, repo: RepoRef, commit: Sha): Promise<Known<WireCommit>> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}';
  // Its files come along page by page and are not wanted.
  const parameters = { ...at(repo), ref: commit, per_page: 1 };
  const request = client.get(repo.installationId, route, parameters, wire.commit);
  const found = await insideOr(client, repo, request, [404, 422]);
  return found?.sha === commit ? known(found) : unknown(`GitHub knows no commit ${commit}`);
}

type Recorded = { readonly account: UserId | null; readonly email: string };

/** Author and committer of a commit. GitHub's own committer is left out where GitHub's signature proves that it was. */
function recordedOf(commit: WireCommit): readonly Recorded[] {
  const { author, committer } = commit;
  const made = commit.commit;
  // Nobody writes as GitHub itself: an author with its address hides who it was.
  const recorded = [{ account: author?.id === WEB_FLOW ? null : idOf(author), email: emailOf(made.author?.email) }];
  if (committer?.id !== WEB_FLOW) {
    return [...recorded, { account: idOf(committer), email: emailOf(made.committer?.email) }];
  }
  const byGitHub = made.verification?.verified === true;
  // Without the signature anybody can have written GitHub's address there.
  return byGitHub ? recorded : [...recorded, { account: null, email: emailOf(made.committer?.email) }];
}

/** Which account GitHub attributes an address to, as far as these commits tell. */
function accountsByEmail(commits: readonly WireCommit[]): ReadonlyMap<string, UserId> {
  const accounts = new Map<string, UserId>();
  for (const { account, email } of commits.flatMap(recordedOf)) {
    if (account !== null && email !== '') accounts.set(email, account);
  }
  return accounts;
}

const idOf = (account: { readonly id: number } | null): UserId | null => (account === null ? null : userId(account.id));

const emailOf = (email: string | null | undefined): string => (email ?? '').trim().toLowerCase();
