/** What changed between two trees? */

import type { Files, GitObjects } from './git.ts';

export type FileChange = {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string;
};

/** Changes in the order of their paths. A file whose content moved elsewhere untouched is renamed. */
export function changesBetween(objects: GitObjects, before: Files, after: Files): FileChange[] {
  const removed = new Map<string, string>();
  for (const [path, sha] of before) if (!after.has(path)) removed.set(path, sha);
  const changes: FileChange[] = [];
  for (const [path, sha] of after) {
    const was = before.get(path);
    if (was === sha) continue;
    if (was !== undefined) {
      changes.push({ path, previousPath: null, status: 'modified', sha, ...lineChanges(objects, was, sha) });
      continue;
    }
    const from = [...removed].find(([, removedSha]) => removedSha === sha)?.[0];
    if (from === undefined) {
      changes.push({ path, previousPath: null, status: 'added', sha, ...lineChanges(objects, null, sha) });
    } else {
      removed.delete(from);
      changes.push({ path, previousPath: from, status: 'renamed', sha, additions: 0, deletions: 0, patch: '' });
    }
  }
  for (const [path, sha] of removed) {
    changes.push({ path, previousPath: null, status: 'removed', sha, ...lineChanges(objects, sha, null) });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whole lines that came and went. One hunk, without looking for the shortest script: only its counts are asked for. */
function lineChanges(
  objects: GitObjects,
  before: string | null,
  after: string | null,
): Pick<FileChange, 'additions' | 'deletions' | 'patch'> {
  const old = linesOf(objects, before);
  const now = linesOf(objects, after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const gone = old.slice(start, old.length - end);
  const come = now.slice(start, now.length - end);
  const header = `@@ -${start + 1},${gone.length} +${start + 1},${come.length} @@`;
  const patch = [header, ...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)].join('\n');
  return { additions: come.length, deletions: gone.length, patch };
}

function linesOf(objects: GitObjects, sha: string | null): string[] {
  if (sha === null) return [];
  const text = objects.blobs.get(sha)?.toString('utf8') ?? '';
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
