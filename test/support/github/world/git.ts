/** What is in Git? Blobs, trees and commits with the ids that Git itself would give them. */

import { createHash } from 'node:crypto';

export type Ident = { readonly name: string; readonly email: string; readonly at: number };
/** Paths to blob ids. */
export type Files = ReadonlyMap<string, string>;
export type Commit = {
  readonly sha: string;
  readonly tree: string;
  readonly files: Files;
  readonly parents: readonly string[];
  readonly author: Ident;
  readonly committer: Ident;
  readonly message: string;
  /** GitHub itself committed and signed it: a merge or squash made on its pages. */
  readonly byGitHub?: boolean;
  /** Whether its author signed it with a key that GitHub knows. */
  readonly signed?: boolean;
};
/** An annotated tag: an object of its own, which points at a commit. */
export type Tag = {
  readonly sha: string;
  readonly name: string;
  readonly commit: string;
  readonly message: string;
  readonly by: Ident;
};
export type TreeEntry = { readonly name: string; readonly kind: 'blob' | 'tree'; readonly sha: string };

/** One object store for all repositories, as GitHub keeps one for a repository and its forks. */
export type GitObjects = {
  readonly blobs: Map<string, Buffer>;
  readonly trees: Map<string, readonly TreeEntry[]>;
  readonly commits: Map<string, Commit>;
  readonly tags: Map<string, Tag>;
};

export const createObjects = (): GitObjects => ({
  blobs: new Map(),
  trees: new Map(),
  commits: new Map(),
  tags: new Map(),
});

const hash = (type: string, content: Buffer): string =>
  createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');

/** Stores a file's content and returns Git's id of it. */
export function putBlob(objects: GitObjects, text: string | Buffer): string {
  const content = Buffer.from(text);
  const sha = hash('blob', content);
  objects.blobs.set(sha, content);
  return sha;
}

/** Stores an annotated tag and returns it. */
export function putTag(objects: GitObjects, draft: Omit<Tag, 'sha'>): Tag {
  const { name, commit, message, by } = draft;
  const head = `object ${commit}\ntype commit\ntag ${name}\ntagger ${identLine(by)}`;
  const tag = { ...draft, sha: hash('tag', Buffer.from(`${head}\n\n${message}\n`)) };
  objects.tags.set(tag.sha, tag);
  return tag;
}

type Folder = Map<string, Folder | string>;

function putTree(objects: GitObjects, folder: Folder): string {
  const entries = [...folder]
    .map(([name, value]): TreeEntry =>
      typeof value === 'string'
        ? { name, kind: 'blob', sha: value }
        : { name, kind: 'tree', sha: putTree(objects, value) },
    )
    .sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const content = Buffer.concat(
    entries.flatMap((entry) => [
      Buffer.from(`${entry.kind === 'tree' ? '40000' : '100644'} ${entry.name}\0`),
      Buffer.from(entry.sha, 'hex'),
    ]),
  );
  const sha = hash('tree', content);
  objects.trees.set(sha, entries);
  return sha;
}

/** Git sorts a folder as if its name ended in a slash. */
const sortKey = (entry: TreeEntry): Buffer => Buffer.from(entry.kind === 'tree' ? `${entry.name}/` : entry.name);

function folders(files: Files): Folder {
  const root: Folder = new Map();
  for (const [path, sha] of files) {
    const parts = path.split('/');
    const name = parts.pop() ?? path;
    let folder = root;
    for (const part of parts) {
      const next = folder.get(part);
      if (next instanceof Map) folder = next;
      else {
        const made: Folder = new Map();
        folder.set(part, made);
        folder = made;
      }
    }
    folder.set(name, sha);
  }
  return root;
}

const identLine = (ident: Ident): string => `${ident.name} <${ident.email}> ${Math.floor(ident.at / 1000)} +0000`;

/** Stores a commit of whole `files` and returns it. */
export function putCommit(objects: GitObjects, draft: Omit<Commit, 'sha' | 'tree'>): Commit {
  const tree = putTree(objects, folders(draft.files));
  const lines = [
    `tree ${tree}`,
    ...draft.parents.map((parent) => `parent ${parent}`),
    `author ${identLine(draft.author)}`,
    `committer ${identLine(draft.committer)}`,
    '',
    draft.message,
  ];
  const sha = hash('commit', Buffer.from(lines.join('\n')));
  const commit: Commit = { ...draft, sha, tree };
  objects.commits.set(sha, commit);
  return commit;
}

/** A commit that must be there; throws where it is not. */
export function commitAt(objects: GitObjects, sha: string): Commit {
  const commit = objects.commits.get(sha);
  if (commit === undefined) throw new Error(`no commit ${sha} in the local GitHub`);
  return commit;
}

/** The commit and everything before it. */
export function ancestors(objects: GitObjects, sha: string): Set<string> {
  const seen = new Set<string>();
  const open = [sha];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...commitAt(objects, next).parents);
  }
  return seen;
}

/** The newest commit that both have; `null` for histories without one. */
export function mergeBase(objects: GitObjects, a: string, b: string): string | null {
  const ofA = ancestors(objects, a);
  const seen = new Set<string>();
  const open = [b];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (ofA.has(next)) return next;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...commitAt(objects, next).parents);
  }
  return null;
}

/** Commits reachable from `head` and not from `base`, oldest first. */
export function commitsBetween(objects: GitObjects, base: string, head: string): Commit[] {
  const known = ancestors(objects, base);
  const seen = new Set<string>();
  const found: Commit[] = [];
  const visit = (start: string): void => {
    // An explicit stack: histories of hundreds of commits must not exhaust the call stack.
    const stack: { sha: string; done: boolean }[] = [{ sha: start, done: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.done) {
        found.push(commitAt(objects, top.sha));
        continue;
      }
      if (known.has(top.sha) || seen.has(top.sha)) continue;
      seen.add(top.sha);
      stack.push({ sha: top.sha, done: true });
      for (const parent of commitAt(objects, top.sha).parents.toReversed()) stack.push({ sha: parent, done: false });
    }
  };
  visit(head);
  return found;
}

/** The files that come out of merging `theirs` into `ours`; `null` where both changed the same path differently. */
export function mergeFiles(objects: GitObjects, ours: string, theirs: string): Files | null {
  const base = mergeBase(objects, ours, theirs);
  const baseFiles: Files = base === null ? new Map() : commitAt(objects, base).files;
  const ourFiles = commitAt(objects, ours).files;
  const theirFiles = commitAt(objects, theirs).files;
  const merged = new Map(ourFiles);
  for (const path of new Set([...baseFiles.keys(), ...theirFiles.keys()])) {
    const was = baseFiles.get(path);
    const theirsNow = theirFiles.get(path);
    if (theirsNow === was) continue;
    const oursNow = ourFiles.get(path);
    if (oursNow !== was && oursNow !== theirsNow) return null;
    if (theirsNow === undefined) merged.delete(path);
    else merged.set(path, theirsNow);
  }
  return merged;
}
