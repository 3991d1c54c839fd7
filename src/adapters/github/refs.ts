/** What does the name of a deployment's ref stand for: a branch, a tag, or neither? */

import type { RepoRef, Sha } from '../../domain/identity.ts';
import type { RefKind } from '../../domain/subject.ts';
import type { GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { at, insideOr } from './repository.ts';
import { wire } from './wire.ts';

/** A tag can point at a tag, and so on; nobody does that more often than this. */
const MAX_PEELS = 5;

/**
 * GitHub tells a run's ref by its short name alone, and a branch and a tag can have the same. So the commit decides: a
 * name is a tag where the tag points at this commit, and a branch where the branch has it. Both can be true.
 */
export function refs(client: Client): Pick<GitHub, 'refKinds'> {
  async function targetOf(repo: RepoRef, ref: string): Promise<{ readonly type: string; readonly sha: Sha } | null> {
    const parameters = { ...at(repo), ref };
    // 409: the repository is empty.
    const request = client.get(repo.installationId, 'GET /repos/{owner}/{repo}/git/ref/{ref}', parameters, wire.ref);
    const found = await insideOr(client, repo, request, [404, 409]);
    // Where nothing has just this name, older versions of the API show what begins with it.
    return found?.ref === `refs/${ref}` ? found.object : null;
  }

  /** The commit that a tag points at; an annotated tag is an object of its own in between. */
  async function tagged(repo: RepoRef, name: string): Promise<Sha | null> {
    let target = await targetOf(repo, `tags/${name}`);
    for (let peel = 0; target?.type === 'tag' && peel < MAX_PEELS; peel += 1) {
      const route = 'GET /repos/{owner}/{repo}/git/tags/{tag_sha}';
      const parameters = { ...at(repo), tag_sha: target.sha };
      const tag = await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.tag));
      target = tag?.object ?? null;
    }
    return target?.type === 'commit' ? target.sha : null;
  }

  async function branchHas(repo: RepoRef, name: string, commit: Sha): Promise<boolean> {
    const tip = await targetOf(repo, `heads/${name}`);
    if (tip === null || tip.sha === commit) return tip !== null;
    const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
    const parameters = { ...at(repo), basehead: `${commit}...${tip.sha}`, per_page: 1 };
    const compared = await insideOr(client, repo, client.get(repo.installationId, route, parameters, wire.compared));
    return compared?.status === 'ahead' || compared?.status === 'identical';
  }

  return {
    async refKinds(repo, ref, commit) {
      if (ref.startsWith('refs/') || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/iu.test(ref)) return ['other'];
      const [tag, isBranch] = await Promise.all([tagged(repo, ref), branchHas(repo, ref, commit)]);
      const kinds: RefKind[] = isBranch ? ['branch'] : [];
      return tag === commit ? [...kinds, 'tag'] : kinds;
    },
  };
}
