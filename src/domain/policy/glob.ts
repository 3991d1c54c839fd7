/** What a pattern in a policy means, and what it may cost. */

import { Minimatch, minimatch, type MinimatchOptions } from 'minimatch';
import { ok, refused, type Result } from '../result.ts';
import type { Glob } from './model.ts';

/** Longest pattern, in characters. */
export const MAX_GLOB_LENGTH = 500;
/** Most patterns that the braces of one pattern may stand for. */
const MAX_ALTERNATIVES = 100;
/** Most pairs of braces in one pattern: nested ones cost the more the deeper they are. */
const MAX_BRACES = 20;
/** Most characters that one pattern may have once its braces are expanded: compiling costs that much. */
const MAX_EXPANDED = 5_000;
/** Git's own limit for a path, 4,096 bytes on Linux; longer text than this is no path, branch, label or name. */
const MAX_TEXT = 8_192;

const OPTIONS: MinimatchOptions = {
  // One more than allowed, so that a pattern over the limit is seen and refused. Left to itself the library would drop
  // the alternatives past the limit, and a gate would silently not match.
  braceExpandMax: MAX_ALTERNATIVES + 1,
  noext: true,
  dot: true,
  nocomment: true,
  nonegate: true,
  // The same policy has to mean the same on every machine.
  platform: 'linux',
};

/**
 * Compiles a pattern. In paths and branches alike `*` and `?` stay within one part between slashes, `**` as a whole part
 * crosses any number of them, and names that begin with a dot match like others. `[a-z]` and `{a,b}` work; a backslash
 * takes a character as it is. With `anyCase`, case is ignored, as GitHub does for environments and labels.
 *
 * Refuses, with the reason, what could never match what it seems to mean: a rule that silently matches nothing holds
 * nothing. `matches` never throws, and is linear enough for patterns of this length that no input burns the processor.
 */
export function compileGlob(source: string, anyCase = false): Result<Glob, string> {
  const fault = faultOf(source);
  if (fault !== null) return refused(fault);
  try {
    const alternatives = expand(source);
    if (alternatives.length > MAX_ALTERNATIVES)
      return refused(`its braces stand for more than ${String(MAX_ALTERNATIVES)} patterns; split it into several`);
    if (alternatives.length > 1 && alternatives.join('').length > MAX_EXPANDED)
      return refused(`its braces expand to more than ${String(MAX_EXPANDED)} characters; split it into several`);
    const compiled = new Minimatch(source, { ...OPTIONS, nocase: anyCase });
    return ok({ source, matches: (text) => matchesSafely(compiled, text) });
  } catch (error) {
    return refused(error instanceof Error ? error.message : 'it is not a pattern');
  }
}

/** Stands in for the slash where it is a character like any other; a private one that no text should hold. */
const FLAT_SLASH = '\uE000';

/** The same for running text, such as a title: a slash divides nothing, so `*` stands for any characters. */
export function compileFlatGlob(source: string, anyCase = false): Result<Glob, string> {
  const flat = (text: string): string => text.replaceAll('/', FLAT_SLASH);
  const compiled = compileGlob(flat(source), anyCase);
  if (!compiled.ok) return compiled;
  return ok({ source, matches: (text) => compiled.value.matches(flat(text)) });
}

/** How many patterns the braces of one stand for, at most one more than allowed; 1 for a pattern that is refused anyway. */
export function alternativesOf(source: string): number {
  return source.includes('{') && faultOf(source) === null ? expand(source).length : 1;
}

const expand = (source: string): readonly string[] => minimatch.braceExpand(source, OPTIONS);

function matchesSafely(compiled: Minimatch, text: string): boolean {
  if (text === '' || text.length > MAX_TEXT) return false;
  try {
    return compiled.match(text);
  } catch {
    return false;
  }
}

/** The first glob that matches one of the texts, with that text; `null` when none does. */
export function firstMatch(globs: readonly Glob[], texts: readonly string[]): { glob: Glob; text: string } | null {
  for (const text of texts) {
    const glob = globs.find((each) => each.matches(text));
    if (glob !== undefined) return { glob, text };
  }
  return null;
}

export const matchesAny = (globs: readonly Glob[], text: string): boolean => globs.some((glob) => glob.matches(text));

/** Why a pattern is refused before it is compiled; `null` when nothing speaks against it. */
function faultOf(source: string): string | null {
  if (source === '') return 'it is empty';
  if (source.length > MAX_GLOB_LENGTH) return `it is longer than ${String(MAX_GLOB_LENGTH)} characters`;
  if (source.trim() !== source) return 'it begins or ends with a space';
  if (/\p{Cc}/u.test(source)) return 'it contains a control character';
  if (source.startsWith('!')) return 'a pattern can\'t be negated with "!"; use `not:` or `unless:`';
  if (source.startsWith('/')) return 'it begins with "/", but paths and branches are written without it';
  if (source.startsWith('refs/')) return 'branches and tags are written without "refs/heads/" and "refs/tags/"';
  if (source.endsWith('/')) return `it ends with "/", which matches nothing; write "${source}**"`;
  if (source.split('/').some((part) => part === '.' || part === '..' || part === ''))
    return 'it has an empty part, "." or ".." between slashes';
  if (/[@?*+!]\(/u.test(source)) return 'patterns like "@(a|b)" are not supported; write "{a,b}"';
  if (source.split('{').length - 1 > MAX_BRACES) return `it has more than ${MAX_BRACES} braces; split it into several`;
  return unclosed(source);
}

function unclosed(source: string): string | null {
  let braces = 0;
  let bracket = false;
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (bracket) bracket = char !== ']';
    else if (char === '[') bracket = true;
    else if (char === '{') braces += 1;
    else if (char === '}') braces -= 1;
    if (braces < 0) return 'it has a "}" without "{"; write "\\}" for the character itself';
  }
  if (source.endsWith('\\') && !source.endsWith('\\\\')) return 'it ends with a backslash that escapes nothing';
  if (bracket) return 'it has a "[" that is never closed; write "\\[" for the character itself';
  return braces === 0 ? null : 'it has a "{" that is never closed; write "\\{" for the character itself';
}
