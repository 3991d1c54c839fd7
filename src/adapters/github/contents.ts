/** What stands in the files of the default branch that the app goes by? */

import type { RepoRef, Sha } from '../../domain/identity.ts';
import { GitHubRefused, type GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import { at, mustBeThere, unless } from './repository.ts';
import { wire } from './wire.ts';

/** In this order: the first that exists counts. */
const POLICY_PLACES = ['.jit-policy.yml', '.github/.jit-policy.yml'] as const;
/** As https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners tells it. */
const CODEOWNERS_PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** GitHub itself reads CODEOWNERS only up to 3 MB; a policy is some kilobytes. Larger ones are refused unread. */
const MAX_BYTES = 3 * 1024 * 1024;

type Text = { readonly path: string; readonly blob: string; readonly text: string };

type Part = Pick<GitHub, 'policyFile' | 'fileAt' | 'codeowners'> & {
  /** The text of any one file. */
  readonly file: (repo: RepoRef, path: string) => Promise<string | null>;
};

export function contents(client: Client): Part {
  /** The first of these files that exists; `null` only where GitHub shows the repository and none of them. */
  async function firstOf(repo: RepoRef, paths: readonly string[], commit?: Sha): Promise<Text | null> {
    for (const path of paths) {
      const parameters = { ...at(repo), path, ...(commit === undefined ? {} : { ref: commit }) };
      const found = await unless(
        [404],
        client
          .get(repo.installationId, 'GET /repos/{owner}/{repo}/contents/{path}', parameters, wire.contents)
          .then((value) => ({ value })),
      );
      if (found !== null) return await textOf(repo, path, found.value);
    }
    await mustBeThere(client, repo);
    return null;
  }

  async function textOf(repo: RepoRef, path: string, found: WireEntry | null): Promise<Text> {
    const kind = found === null ? 'a directory' : found.type === 'file' ? null : `a ${found.type}`;
    if (found === null || kind !== null) throw unreadable(path, `is ${kind ?? 'not a file'}, where a file is expected`);
    if (found.size > MAX_BYTES) throw unreadable(path, `is ${found.size} bytes long, more than ${MAX_BYTES}`);
    // From 1 MB on GitHub leaves the content out, with the encoding `none`.
    const { encoding, content } =
      found.encoding === 'base64' && found.content !== undefined
        ? { encoding: found.encoding, content: found.content }
        : await client.get(
            repo.installationId,
            'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
            { ...at(repo), file_sha: found.sha },
            wire.blob,
          );
    if (encoding !== 'base64' && encoding !== 'utf-8') throw unreadable(path, `came in the encoding ${encoding}`);
    return { path, blob: found.sha, text: Buffer.from(content, encoding).toString('utf8') };
  }

  return {
    async policyFile(repo) {
      const found = await firstOf(repo, POLICY_PLACES);
      return found === null ? { kind: 'absent' } : { kind: 'found', ...found };
    },
    async fileAt(repo, commit, paths) {
      const found = await firstOf(repo, paths, commit);
      return found === null ? { kind: 'absent' } : { kind: 'found', ...found };
    },
    async codeowners(repo) {
      return (await firstOf(repo, CODEOWNERS_PLACES))?.text ?? null;
    },
    file: async (repo, path) => (await firstOf(repo, [path]))?.text ?? null,
  };
}

type WireEntry = Exclude<ReturnType<typeof wire.contents.parse>, null>;

/** There is something at that place, so it is not absent; it is no file that could be read, so everything stays held. */
const unreadable = (path: string, why: string): GitHubRefused =>
  new GitHubRefused(422, `${path} on the default branch ${why}`);
