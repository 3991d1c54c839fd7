/** Where does a pull request come from: which branch, which commits, and who moved it there? */

import type { z } from 'zod';
import { instant, repoId, userId, type Instant, type RepoRef, type Sha } from '../../domain/identity.ts';
import { known } from '../../domain/result.ts';
import type { BranchPush, GitHub, PullOrigin } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { commitsOfPull } from './contributors.ts';
import { at, insideOr, mustBe } from './repository.ts';
import { wire } from './wire.ts';

type Wire = z.output<typeof wire.activity>[number];

const NOTHING = /^0+$/u;
/** Pushes of one branch that are read at most; a branch with more is not followed to its beginning. */
const MAX_PUSHES = 1_000;

export function origins(client: Client): Pick<GitHub, 'pullOrigin' | 'branchPushes'> {
  return {
    async pullOrigin(repo, number) {
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
      const parameters = { ...at(repo), pull_number: number };
      const found = await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.pull));
      if (found === null) return null;
      mustBe(repo, found.base.repo.id);
      const commits = await commitsOfPull(client, repo, number);
      return {
        createdAt: instantOf(found.created_at),
        updatedAt: instantOf(found.updated_at),
        commits: commits.kind === 'unknown' ? commits : known(commits.value.map(({ sha }) => sha)),
        branch: branchOf(repo, found.head),
      };
    },

    async branchPushes(repo, ref) {
      const parameters = { ...at(repo), ref };
      const route = 'GET /repos/{owner}/{repo}/activity';
      let read = 0;
      const enough = (page: readonly Wire[]): boolean => {
        read += page.length;
        return read >= MAX_PUSHES || page.some(({ before }) => NOTHING.test(before));
      };
      const list = await client.list(repo.installationId, route, parameters, wire.activity, enough);
      return list.map(pushFrom);
    },
  };
}

function branchOf(base: RepoRef, { ref, repo }: z.output<typeof wire.pull>['head']): PullOrigin['branch'] {
  if (repo?.name === undefined || repo.owner === undefined) return null;
  const { installationId } = base;
  const home: RepoRef = { installationId, id: repoId(repo.id), owner: repo.owner.login, name: repo.name };
  return { repo: home, ref: `refs/heads/${ref}` };
}

const pushFrom = ({ actor, before, after, activity_type, timestamp }: Wire): BranchPush => ({
  by: actor === null ? null : userId(actor.id),
  before: orNothing(before),
  after: orNothing(after),
  forced: activity_type === 'force_push',
  at: instantOf(timestamp),
});

const orNothing = (sha: Sha): Sha | null => (NOTHING.test(sha) ? null : sha);

const instantOf = (time: string): Instant => instant(Date.parse(time));
