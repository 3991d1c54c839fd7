/** What a clone tells of its repository, without running git. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** `branch`: the default branch, as far as the clone knows; `codeowners`: whether GitHub finds a CODEOWNERS file. */
export type Clone = { readonly branch: string | null; readonly codeowners: boolean };

const CODEOWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** Looks at `folder`, the repository's root. */
export function lookAtClone(folder: string): Clone {
  return { branch: defaultBranch(folder), codeowners: CODEOWNERS.some((path) => existsSync(join(folder, path))) };
}

/** What the remote called its default branch when it was cloned; else the branch that is checked out. */
function defaultBranch(folder: string): string | null {
  const git = gitFolder(folder);
  if (git === null) return null;
  const remote = /^ref: refs\/remotes\/origin\/(\S+)/u.exec(read(join(git.common, 'refs/remotes/origin/HEAD')));
  return remote?.[1] ?? /^ref: refs\/heads\/(\S+)/u.exec(read(join(git.own, 'HEAD')))?.[1] ?? null;
}

/** In a linked work tree, `.git` is a file that names a folder below the one that all work trees share. */
function gitFolder(folder: string): { readonly own: string; readonly common: string } | null {
  const path = join(folder, '.git');
  if (!existsSync(path)) return null;
  if (existsSync(join(path, 'HEAD'))) return { own: path, common: path };
  const named = /^gitdir: (.+)$/mu.exec(read(path))?.[1];
  if (named === undefined) return null;
  const own = resolve(folder, named.trim());
  const common = read(join(own, 'commondir')).trim();
  return { own, common: common === '' ? dirname(dirname(own)) : resolve(own, common) };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
