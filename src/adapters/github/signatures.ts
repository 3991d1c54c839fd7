/** How many commits have no signature that GitHub verified? */

import { known, type Known } from '../../domain/result.ts';
import type { GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { commitAt, commitsOfPull } from './contributors.ts';
import type { WireCommit } from './wire.ts';

type Part = Pick<GitHub, 'unsignedInPull' | 'unsignedCommit'>;

export function signatures(client: Client): Part {
  return {
    async unsignedInPull(repo, number) {
      return unsigned(await commitsOfPull(client, repo, number));
    },
    async unsignedCommit(repo, commit) {
      const found = await commitAt(client, repo, commit);
      return found.kind === 'unknown' ? found : unsigned(known([found.value]));
    },
  };
}

const unsigned = (commits: Known<readonly WireCommit[]>): Known<number> =>
  commits.kind === 'unknown'
    ? commits
    : known(commits.value.filter((one) => one.commit.verification?.verified !== true).length);
