/** How does GitHub show commits, files and references? */

import { stamp } from '../world/clock.ts';
import type { FileChange } from '../world/diff.ts';
import { accountByEmail } from '../world/find.ts';
import { commitAt, type Commit, type Ident, type Tag } from '../world/git.ts';
import type { Repo, World } from '../world/state.ts';
import { showAccountOrNull } from './accounts.ts';
import { repoApi, repoWeb } from './repositories.ts';
import { nodeId, type Shape } from './shape.ts';

const showIdent = (ident: Ident): Shape => ({ name: ident.name, email: ident.email, date: stamp(ident.at) });

const UNSIGNED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** GitHub signs what it commits itself, which nobody else can; people sign with keys of their own. */
const SIGNED = {
  verified: true,
  reason: 'valid',
  signature: '-----BEGIN PGP SIGNATURE-----',
  payload: 'tree',
  verified_at: '2026-01-01T00:00:00Z',
};

const verificationOf = ({ byGitHub = false, signed = false }: Commit): Shape =>
  byGitHub || signed ? SIGNED : UNSIGNED;

/** As the pull request, commit and compare calls answer. `author` is `null` where no account has the address. */
export function showCommit(world: World, repo: Repo, commit: Commit): Shape {
  const api = repoApi(world, repo);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    commit: {
      author: showIdent(commit.author),
      committer: showIdent(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: verificationOf(commit),
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${repoWeb(repo)}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: showAccountOrNull(world, accountByEmail(world, commit.author.email)),
    committer: showAccountOrNull(world, accountByEmail(world, commit.committer.email)),
    parents: showParents(world, repo, commit),
  };
}

const showParents = (world: World, repo: Repo, commit: Commit): Shape[] =>
  commit.parents.map((sha) => ({
    sha,
    url: `${repoApi(world, repo)}/commits/${sha}`,
    html_url: `${repoWeb(repo)}/commit/${sha}`,
  }));

/** As `GET .../git/commits/{sha}` answers. */
export const showGitCommit = (world: World, repo: Repo, commit: Commit): Shape => ({
  sha: commit.sha,
  node_id: nodeId('Commit', commit.sha),
  url: `${repoApi(world, repo)}/git/commits/${commit.sha}`,
  html_url: `${repoWeb(repo)}/commit/${commit.sha}`,
  author: showIdent(commit.author),
  committer: showIdent(commit.committer),
  tree: { sha: commit.tree, url: `${repoApi(world, repo)}/git/trees/${commit.tree}` },
  message: commit.message,
  parents: showParents(world, repo, commit),
  verification: verificationOf(commit),
});

/** The form that checks, runs and merge groups carry. */
export const showSimpleCommit = (world: World, sha: string): Shape => {
  const commit = commitAt(world.objects, sha);
  return {
    id: sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: stamp(commit.committer.at),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
};

/** The form in which a push lists its commits. */
export function showPushedCommit(world: World, repo: Repo, commit: Commit, changes: readonly FileChange[]): Shape {
  const person = (ident: Ident): Shape => {
    const account = accountByEmail(world, ident.email);
    return { name: ident.name, email: ident.email, ...(account === null ? {} : { username: account.login }) };
  };
  const paths = (...statuses: FileChange['status'][]): string[] =>
    changes.filter((change) => statuses.includes(change.status)).map((change) => change.path);
  const leftBehind = changes.flatMap((change) => change.previousPath ?? []);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: stamp(commit.committer.at),
    url: `${repoWeb(repo)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: paths('added', 'renamed'),
    removed: [...paths('removed'), ...leftBehind],
    modified: paths('modified'),
  };
}

export const showFileChange = (world: World, repo: Repo, ref: string, change: FileChange): Shape => ({
  sha: change.sha,
  filename: change.path,
  status: change.status,
  additions: change.additions,
  deletions: change.deletions,
  changes: change.additions + change.deletions,
  blob_url: `${repoWeb(repo)}/blob/${ref}/${encodeURI(change.path)}`,
  raw_url: `${repoWeb(repo)}/raw/${ref}/${encodeURI(change.path)}`,
  contents_url: `${repoApi(world, repo)}/contents/${encodeURI(change.path)}?ref=${ref}`,
  ...(change.patch === '' ? {} : { patch: change.patch }),
  ...(change.previousPath === null ? {} : { previous_filename: change.previousPath }),
});

export const showRef = (world: World, repo: Repo, ref: string, sha: string): Shape => ({
  ref,
  node_id: nodeId('Ref', `${repo.id}:${ref}`),
  url: `${repoApi(world, repo)}/git/${encodeURI(ref)}`,
  object: refTarget(world, repo, ref, sha),
});

/** An annotated tag's ref points at the tag, and the tag at the commit. */
function refTarget(world: World, repo: Repo, ref: string, sha: string): Shape {
  const tag = [...world.objects.tags.values()].find((one) => `refs/tags/${one.name}` === ref && one.commit === sha);
  return tag === undefined
    ? { type: 'commit', sha, url: `${repoApi(world, repo)}/git/commits/${sha}` }
    : { type: 'tag', sha: tag.sha, url: `${repoApi(world, repo)}/git/tags/${tag.sha}` };
}

export const showTag = (world: World, repo: Repo, tag: Tag): Shape => ({
  node_id: nodeId('Tag', `${repo.id}:${tag.sha}`),
  tag: tag.name,
  sha: tag.sha,
  url: `${repoApi(world, repo)}/git/tags/${tag.sha}`,
  message: tag.message,
  tagger: { name: tag.by.name, email: tag.by.email, date: stamp(tag.by.at) },
  object: { type: 'commit', sha: tag.commit, url: `${repoApi(world, repo)}/git/commits/${tag.commit}` },
});
