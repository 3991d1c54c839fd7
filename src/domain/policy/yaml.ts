/** What stands in a YAML text, and where: the value, and the line and column of every key and value. */

import { constructFromEvents, CORE_SCHEMA, mergeTag, parseEvents, YAMLException } from 'js-yaml';
import type { Finding } from './model.ts';
import { readTree, severalDocuments, type TreeNode, type TreeProblem } from './yaml-tree.ts';

/** Longest policy text, in characters. */
const MAX_TEXT = 256 * 1024;
const MAX_DEPTH = 32;
/** Aliases let policies share a part through `<<`. What they stand for is counted by `readTree`, so they can't multiply. */
const MAX_ALIASES = 200;
const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** Keys and list positions that lead to a value. */
export type Path = readonly PropertyKey[];

/** Line and column, from 1. */
export type Place = { readonly line: number; readonly column: number };

/** Whether a place is that of a value, or of the key that it stands under. */
export type Side = 'key' | 'value';

export type YamlDocument = {
  readonly value: unknown;
  /** The place of the nearest thing that stands in the text on the way to `path`. */
  readonly locate: (path: Path, side: Side) => Place;
};

/** `document` is `null` when the text is not one YAML document that can be worked with; `findings` then says why. */
export type YamlReading = { readonly document: YamlDocument | null; readonly findings: readonly Finding[] };

const START: Place = { line: 1, column: 1 };

/** Reads one YAML document within the caps on size, depth and aliases. Never throws, whatever the text is. */
export function readYaml(raw: string): YamlReading {
  if (raw.length > MAX_TEXT) {
    const message = `the file is longer than ${String(MAX_TEXT / 1024)} KiB`;
    return { document: null, findings: [yamlError('too-large', START, message, null)] };
  }
  const text = raw.replace(/^\uFEFF/u, '').replace(/\r\n?/gu, '\n');
  const placeOf = placesIn(text);
  const fromTree = ({ code, offset, message, hint }: TreeProblem): Finding =>
    yamlError(code, placeOf(offset), message, hint);
  const strange = strangeCharacter(text);
  if (strange !== null) {
    const { offset, message, hint } = strange;
    return { document: null, findings: [yamlError('bad-character', placeOf(offset), message, hint)] };
  }
  const several = severalDocuments(text, false);
  if (several !== null) return { document: null, findings: [fromTree(several)] };
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const { tree, problems } = readTree(events, text);
    const findings = problems.map(fromTree);
    if (tree === null) return { document: null, findings };
    // With duplicate keys reported, the rest of the file is still worth checking, so let the last one stand.
    const json = problems.length > 0;
    const [value] = constructFromEvents(events, { source: text, schema: SCHEMA, maxAliases: MAX_ALIASES, json });
    return { document: { value, locate: (path, side) => placeOf(offsetOf(tree, path, side)) }, findings };
  } catch (error) {
    return { document: null, findings: [syntaxFinding(error)] };
  }
}

const yamlError = (code: string, place: Place, message: string, hint: string | null): Finding => ({
  severity: 'error',
  code,
  ...place,
  message,
  hint,
});

/** Walks as far along the path as the text goes. */
function offsetOf(tree: TreeNode, path: Path, side: Side): number {
  let node = tree;
  let offset = node.offset;
  for (const [index, step] of path.entries()) {
    const entry = typeof step === 'number' ? item(node, step) : entryOf(node, String(step));
    if (entry === null) return offset;
    offset = side === 'key' && index === path.length - 1 ? entry.keyOffset : entry.node.offset;
    node = entry.node;
  }
  return offset;
}

type Entry = { readonly keyOffset: number; readonly node: TreeNode };

function item(node: TreeNode, index: number): Entry | null {
  const found = node.items[index];
  return found === undefined ? null : { keyOffset: found.offset, node: found };
}

function entryOf(node: TreeNode, key: string): Entry | null {
  const own = node.entries.get(key);
  if (own !== undefined) return own;
  for (const source of node.merged) {
    const inherited = entryOf(source, key);
    if (inherited !== null) return inherited;
  }
  return null;
}

function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

type Strange = { readonly offset: number; readonly message: string; readonly hint: string | null };

/** The first character that has no business in a policy. Direction overrides make a text read other than it is. */
function strangeCharacter(text: string): Strange | null {
  const found = /[^\P{Cc}\t\n]|\p{Cs}|\uFFFD|[\u202A-\u202E\u2066-\u2069]/u.exec(text);
  if (found === null) return null;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const encoding = found[0] === '\u0000' || found[0] === '\uFFFD';
  return {
    offset: found.index,
    message: encoding ? 'the file is not UTF-8 text' : `the character U+${code} is not allowed`,
    hint: encoding ? 'save it as UTF-8' : 'remove it, or write it as an escape in double quotes',
  };
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/tab character/u, 'indent with spaces'],
  [/maxDepth/u, `nothing in a policy is nested more than ${String(MAX_DEPTH)} deep`],
  [/maxAliases/u, `at most ${String(MAX_ALIASES)} aliases are read`],
  [/unidentified alias/u, 'a text that begins with * has to stand in quotes, as in "*.md"'],
  [/unknown .*tag/u, 'a text that begins with ! has to stand in quotes'],
];

/** Anything that the library threw: its own exceptions carry a mark that counts from 0. */
function syntaxFinding(error: unknown): Finding {
  if (!(error instanceof YAMLException)) return yamlError('yaml-syntax', START, 'the file is not valid YAML', null);
  const { reason, mark } = error;
  const place = mark === undefined ? START : { line: mark.line + 1, column: mark.column + 1 };
  const hint = HINTS.find(([pattern]) => pattern.test(reason))?.[1] ?? null;
  return yamlError('yaml-syntax', place, `the file is not valid YAML: ${reason.slice(0, 200)}`, hint);
}
