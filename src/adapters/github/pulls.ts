/** What does a pull request bring, and which commits and refs belong together? */

import { sha as shaOf, userId, type RepoRef, type Sha } from '../../domain/identity.ts';
import { known, unknown, type Known } from '../../domain/result.ts';
import type { PullFacts } from '../../domain/subject.ts';
import type { GitHub, QueueRef } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { at, insideOr, mustBe, mustBeThere, unless } from './repository.ts';
import { wire, type WireFile, type WirePull } from './wire.ts';

/** GitHub lists no more files of a pull request than this. */
const MAX_FILES = 3000;
/** GitHub lists no more files of a comparison than this. */
const MAX_COMPARED_FILES = 300;
/** The most commits that the app takes a comparison of. */
const MAX_COMMITS = 250;

/** The account that GitHub shows for one that was deleted, https://github.com/ghost. */
const GHOST = { id: 10_137, login: 'ghost' } as const;

type Part = Pick<
  GitHub,
  'pull' | 'pullFiles' | 'openPulls' | 'pullsOfCommit' | 'commitsBetween' | 'filesBetween' | 'queueRefs'
>;

export function pulls(client: Client): Part {
  /** A comparison `base...head`: what head has that base has not, and the files from where they parted up to head. */
  async function comparison(repo: RepoRef, base: Sha, head: Sha) {
    const parameters = { ...at(repo), basehead: `${base}...${head}`, per_page: 100 };
    const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
    return await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.comparison));
  }

  async function filesFrom(repo: RepoRef, base: Sha, head: Sha): Promise<Known<Compared>> {
    const compared = await comparison(repo, base, head);
    if (compared === null) return unknown(`GitHub cannot compare ${base} with ${head}`);
    const files = compared.files ?? [];
    if (files.length >= MAX_COMPARED_FILES) {
      return unknown(`GitHub lists no more than ${MAX_COMPARED_FILES} files of a comparison`);
    }
    return known({ status: compared.status, paths: pathsOf(files) });
  }

  return {
    async pull(repo, number) {
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
      const parameters = { ...at(repo), pull_number: number };
      const found = await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.pull));
      if (found === null) return null;
      mustBe(repo, found.base.repo.id);
      return pullFrom(found);
    },

    async pullFiles(repo, number) {
      const parameters = { ...at(repo), pull_number: number };
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
      const [pull, files] = await Promise.all([
        insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.pull)),
        insideOr(client, repo, client.list(repo.installationId, `${route}/files`, parameters, wire.files)),
      ]);
      if (pull === null || files === null) return unknown(`GitHub knows no pull request #${number}`);
      mustBe(repo, pull.base.repo.id);
      if (files.length >= MAX_FILES || pull.changed_files > MAX_FILES) {
        return unknown(`it changes ${pull.changed_files} files, and GitHub lists no more than ${MAX_FILES}`);
      }
      if (files.length !== pull.changed_files) {
        return unknown(`GitHub listed ${files.length} of ${pull.changed_files} changed files`);
      }
      return known(pathsOf(files));
    },

    async openPulls(repo) {
      const parameters = { ...at(repo), state: 'open', sort: 'created', direction: 'asc' };
      const list = await client.list(repo.installationId, 'GET /repos/{owner}/{repo}/pulls', parameters, wire.pulls);
      list.forEach((found) => mustBe(repo, found.base.repo.id));
      return list.map(pullFrom);
    },

    async pullsOfCommit(repo, commit) {
      const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls';
      const parameters = { ...at(repo), commit_sha: commit };
      // 422: GitHub knows no commit of that id.
      const request = client.list(repo.installationId, route, parameters, wire.pulls);
      const list = (await insideOr(client, repo, request, [404, 422])) ?? [];
      const own = list.filter((found) => found.base.repo.id === repo.id);
      const isMerged = (found: WirePull): boolean => typeof found.merged_at === 'string';
      return [...own.filter(isMerged), ...own.filter((found) => !isMerged(found))].map((found) => found.number);
    },

    async commitsBetween(repo, base, head) {
      const first = await comparison(repo, base, head);
      if (first === null) return unknown(`GitHub cannot compare ${base} with ${head}`);
      if (first.total_commits > MAX_COMMITS) {
        return unknown(`there are ${first.total_commits} commits between them, more than ${MAX_COMMITS}`);
      }
      const commits = [...first.commits];
      for (let page = 2; commits.length < first.total_commits; page += 1) {
        const parameters = { ...at(repo), basehead: `${base}...${head}`, per_page: 100, page };
        const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
        const more = await client.get(repo.installationId, route, parameters, wire.comparison);
        if (more.commits.length === 0) break;
        commits.push(...more.commits);
      }
      if (commits.length !== first.total_commits) {
        return unknown(`GitHub listed ${commits.length} of ${first.total_commits} commits`);
      }
      return known(commits.map(({ sha, parents }) => ({ sha, parents: parents.map((parent) => parent.sha) })));
    },

    async filesBetween(repo, base, head) {
      const there = await filesFrom(repo, base, head);
      if (there.kind === 'unknown' || there.value.status === 'ahead' || there.value.status === 'identical') {
        return there.kind === 'unknown' ? there : known(there.value.paths);
      }
      // GitHub compares with where the two parted. What the other side changed since then differs as well: with both
      // directions no path is missed, though one that both changed alike is named too many.
      const back = await filesFrom(repo, head, base);
      return back.kind === 'unknown' ? back : known([...new Set([...there.value.paths, ...back.value.paths])]);
    },

    async queueRefs(repo, base) {
      const prefix = `heads/gh-readonly-queue/${base}/`;
      const route = 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}';
      const parameters = { ...at(repo), ref: prefix };
      const list = await unless([404, 409], client.list(repo.installationId, route, parameters, wire.refs));
      if (list === null) await mustBeThere(client, repo);
      return (list ?? []).flatMap(({ ref, object }) => queueRefFrom(ref, `refs/${prefix}`, object.sha) ?? []);
    },
  };
}

type Compared = { readonly status: string; readonly paths: readonly string[] };

/** A branch of the queue; `null` for any name that is not exactly one, such as the queue of a branch below this one. */
export function queueRefFrom(ref: string, prefix: string, head: Sha): QueueRef | null {
  if (!ref.startsWith(prefix)) return null;
  const match = /^pr-([1-9]\d{0,14})-([0-9a-f]{40}|[0-9a-f]{64})$/u.exec(ref.slice(prefix.length));
  const [, pull, builtOn] = match ?? [];
  return pull === undefined || builtOn === undefined
    ? null
    : { pull: Number(pull), sha: head, builtOn: shaOf(builtOn) };
}

/** Old and new names alike: a file that was moved away from a protected place changed there too. */
const pathsOf = (files: readonly WireFile[]): readonly string[] => [
  ...new Set(
    files.flatMap((file) => [file.filename, ...(file.previous_filename === undefined ? [] : [file.previous_filename])]),
  ),
];

function pullFrom(found: WirePull): PullFacts {
  const author = found.user ?? GHOST;
  return {
    number: found.number,
    open: found.state === 'open',
    merged: typeof found.merged_at === 'string',
    draft: found.draft === true,
    author: { id: userId(author.id), login: author.login },
    head: found.head.sha,
    headRef: found.head.ref,
    base: found.base.ref,
    // The head repository is missing where a fork was deleted.
    fork: found.head.repo?.id !== found.base.repo.id,
    labels: found.labels.flatMap((label) => label.name ?? []),
    title: found.title,
    lines: found.additions === undefined || found.deletions === undefined ? null : found.additions + found.deletions,
  };
}
