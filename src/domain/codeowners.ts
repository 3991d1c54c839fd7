/** Who owns the files that changed, by the text of CODEOWNERS. */

import { Minimatch } from 'minimatch';

/** An owner as CODEOWNERS names it. Whether the account exists and may write is GitHub's to say. */
export type Owner =
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'team'; readonly org: string; readonly slug: string }
  | { readonly kind: 'email'; readonly email: string };

/** One line that counts. No owners: the files that match have none. */
type OwnerRule = { readonly pattern: string; readonly owners: readonly Owner[] };

/** GitHub does not load a CODEOWNERS file of more than 3 MB, and then nobody owns anything. */
const MAX_BYTES = 3 * 1024 * 1024;
const MAX_PATTERN = 4_096;

const USER = /^@([a-z\d](?:[\w-]{0,98})(?:\[bot\])?)$/iu;
const TEAM = /^@([a-z\d][\w-]{0,98})\/([\w.-]{1,100})$/iu;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;

/**
 * Everyone who owns at least one of the files, each once. For each file the last pattern that matches decides; one
 * without owners leaves the file without any. Patterns are those of a gitignore file, in GitHub's dialect
 * (https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners):
 * case counts, `!` and `[a-z]` do not work, `dir/*` does not reach into subfolders, and a line that GitHub would skip
 * is skipped.
 */
export function ownersOf(text: string, files: readonly string[]): readonly Owner[] {
  if (new TextEncoder().encode(text).length > MAX_BYTES) return [];
  const find = ruleFinder(rulesIn(text));
  const owners = new Map<string, Owner>();
  for (const file of files) for (const owner of find(file)?.owners ?? []) owners.set(keyOf(owner), owner);
  return [...owners.values()];
}

const keyOf = (owner: Owner): string => {
  switch (owner.kind) {
    case 'user':
      return `@${owner.login.toLowerCase()}`;
    case 'team':
      return `@${owner.org.toLowerCase()}/${owner.slug.toLowerCase()}`;
    case 'email':
      return owner.email;
  }
};

function rulesIn(text: string): readonly OwnerRule[] {
  return text
    .replace(/^\uFEFF/u, '')
    .split(/\r\n?|\n/u)
    .flatMap((line) => {
      const rule = ruleIn(line);
      return rule === null ? [] : [rule];
    });
}

/** Reads one line; `null` for an empty one, a comment, and what GitHub skips as invalid. */
function ruleIn(line: string): OwnerRule | null {
  const [pattern, ...names] = wordsOf(line);
  if (pattern === undefined || !usable(pattern)) return null;
  const owners = names.map(ownerFrom);
  return owners.every((owner) => owner !== null) ? { pattern, owners } : null;
}

/** The words of a line up to its comment. A backslash keeps the space that follows it. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === '#' && word === '') break;
    if (char === ' ' || char === '\t') {
      if (word !== '') words.push(word);
      word = '';
    } else if (char === '\\') {
      word += char + line.charAt(at + 1);
      at += 1;
    } else word += char;
  }
  return word === '' ? words : [...words, word];
}

function usable(pattern: string): boolean {
  return (
    pattern.length <= MAX_PATTERN && !pattern.startsWith('!') && !/[[\]]/u.test(pattern) && !pattern.startsWith('\\#')
  );
}

function ownerFrom(name: string): Owner | null {
  const team = TEAM.exec(name);
  if (team?.[1] !== undefined && team[2] !== undefined)
    return { kind: 'team', org: team[1], slug: team[2].toLowerCase() };
  const user = USER.exec(name);
  if (user?.[1] !== undefined) return { kind: 'user', login: user[1] };
  return EMAIL.test(name) ? { kind: 'email', email: name } : null;
}

/**
 * Finds the rule that decides for a file. Most patterns in large files are plain paths: those are looked up by the
 * file and its folders, and only patterns with wildcards are tried one by one, from the last on.
 */
function ruleFinder(rules: readonly OwnerRule[]): (file: string) => OwnerRule | null {
  const plain = new Map<string, number>();
  const wild: { readonly index: number; readonly matches: (file: string) => boolean }[] = [];
  for (const [index, { pattern }] of rules.entries()) {
    const path = plainPath(pattern);
    if (path === null) wild.unshift({ index, matches: matcherOf(pattern) });
    else plain.set(path, index);
  }
  return (file) => {
    const exact = Math.max(-1, ...placesOf(file).map((place) => plain.get(place) ?? -1));
    const better = wild.find(({ index, matches }) => index <= exact || matches(file));
    const index = better === undefined || better.index <= exact ? exact : better.index;
    return rules[index] ?? null;
  };
}

/** A pattern that stands for one path from the root: without its first slash; `null` for any other. */
function plainPath(pattern: string): string | null {
  const anchored = pattern.slice(0, -1).includes('/');
  return !anchored || /[*?\\]/u.test(pattern) ? null : pattern.replace(/^\//u, '');
}

/** The file itself, and each folder that it lies in, with and without the slash at the end. */
function placesOf(file: string): readonly string[] {
  const parts = file.split('/');
  const folders = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
  return [file, ...folders, ...folders.map((folder) => `${folder}/`)];
}

/** What a pattern with wildcards, or one that may stand at any depth, matches. */
function matcherOf(pattern: string): (file: string) => boolean {
  const folder = pattern.endsWith('/');
  const body = pattern.replace(/^\//u, '').replace(/\/$/u, '');
  if (body === '') return () => false;
  const anchored = pattern.slice(0, -1).includes('/');
  const rooted = anchored ? body : `**/${body}`;
  // `dir/*` stops at the files of that folder; every other pattern takes in what lies below what it matches.
  const flat = anchored && `/${body}`.endsWith('/*');
  const globs = [...(folder ? [] : [rooted]), ...(flat && !folder ? [] : [`${rooted}/**`])].map(compile);
  return (file) => globs.some((glob) => glob.match(file));
}

const compile = (glob: string): Minimatch =>
  new Minimatch(glob, { dot: true, nobrace: true, noext: true, nocomment: true, nonegate: true, platform: 'linux' });
