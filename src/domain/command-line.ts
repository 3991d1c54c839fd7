/** Which lines of a comment can be commands: those that a reader sees as plain text, in nothing, said by the writer. */

import type { Env, Token } from 'markdown-it';
import { openElements, type OpenElements } from './html-depth.ts';
import { MAX_COMMENT_LENGTH, readBlocks, readInline } from './markdown-tree.ts';
import { quotedTailStart } from './quoted-tail.ts';
import { ok, refused, type Result } from './result.ts';

/** A line that begins with a slash and a word. */
export type CommandLine = {
  /** Counts from 1. */
  readonly line: number;
  /** What follows the slash, up to a space or a colon, as typed: printable ASCII without another slash. */
  readonly word: string;
  /** What stands between the word and the colon before the reason, as typed; `null` where it is formatted or escaped. */
  readonly head: string | null;
  /** What follows that colon, as typed; `null` without one. It may be formatted. */
  readonly tail: string | null;
};

/** Why a comment is not looked into, and the line that could have been its first command. */
export type TooMuch = { readonly line: number; readonly problem: string };

/** Only ASCII spaces and tabs separate. Three spaces may stand before; four would look like code. */
const SHAPE = /^ {0,3}\/([A-Za-z][!-.0-9;-~]*)(?:[ \t:]|$)/u;

/** More commands than a person writes; each of them costs an answer. */
const MAX_COMMANDS = 20;

/** More lines than a person writes around a command; a pasted log of this size belongs in a file. */
const MAX_LINES = 2_000;

/** Longest text whose inline markup is read: the dearest part, with thousands of brackets that never close. */
const MAX_INLINE_LENGTH = 20_000;

/**
 * Reads the lines that can be commands. Quotes, lists, tables, headings, code, HTML and its comments, the inside of
 * HTML elements, link texts, emphasis, footnotes and an e-mail's quoted tail are passed over. Follows CommonMark with
 * GitHub's tables, strikethrough and footnotes (https://github.github.com/gfm/).
 */
export function commandLines(comment: string): Result<readonly CommandLine[], TooMuch> {
  const lines = comment.split(/\r\n|\r|\n/u);
  const first = lines.findIndex((line) => SHAPE.test(line));
  if (first < 0) return ok([]);
  const tooMuch = (problem: string) => refused({ line: first + 1, problem });
  if (comment.length > MAX_COMMENT_LENGTH) {
    return tooMuch(`The comment is longer than ${MAX_COMMENT_LENGTH} characters.`);
  }
  if (lines.length > MAX_LINES) return tooMuch(`The comment has more than ${MAX_LINES} lines.`);
  const found = linesInParagraphs(comment, lines);
  if (found === null) {
    return tooMuch(`Paragraphs with commands or HTML are longer than ${MAX_INLINE_LENGTH} characters in all.`);
  }
  return found.length > MAX_COMMANDS ? tooMuch(`The comment has more than ${MAX_COMMANDS} commands.`) : ok(found);
}

/** `null` where there is too much inline markup to read. */
function linesInParagraphs(comment: string, lines: readonly string[]): readonly CommandLine[] | null {
  const found: CommandLine[] = [];
  let inlineLength = 0;
  const open = openElements();
  const { blocks, definitions } = readBlocks(comment);
  for (const { type, level, map, content } of blocks) {
    if (level !== 0) continue;
    if (type === 'html_block') open.read(content);
    if (type !== 'paragraph_open' || map === null) continue;
    const [from, to] = map;
    const paragraph = lines.slice(from, to);
    const tail = quotedTailStart(paragraph) ?? Infinity;
    if (paragraph.some((line) => line.includes('<') || SHAPE.test(line))) {
      inlineLength += paragraph.reduce((sum, line) => sum + line.length, 0);
      if (inlineLength > MAX_INLINE_LENGTH) return null;
      const own = linesOfParagraph(paragraph, definitions, open).filter(({ line }) => line < tail);
      found.push(...own.map((each) => ({ ...each, line: from + each.line + 1 })));
    }
    if (tail < Infinity) break;
  }
  return found;
}

/** Here `line` counts from 0 within the paragraph. */
function linesOfParagraph(paragraph: readonly string[], definitions: Env, open: OpenElements): readonly CommandLine[] {
  const text = paragraph.join('\n').replace(/^[ \t]+/u, '');
  const found: CommandLine[] = [];
  let line = 0;
  let counted = 0;
  const tokens = readInline(text, definitions);
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'html_inline') open.read(token.content);
    if (token.type !== 'slash_word') continue;
    const offset = Number(token.meta?.['offset']);
    line += newlines(text, counted, offset);
    counted = offset;
    // Emphasis and links raise the level of what is in them.
    if (token.level !== 0 || open.any()) continue;
    const parts = partsOfLine(paragraph[line] ?? '', isPlainToReason(tokens, index + 1));
    if (parts !== null) found.push({ line, ...parts });
  }
  return found;
}

function partsOfLine(source: string, plain: boolean): Omit<CommandLine, 'line'> | null {
  const word = SHAPE.exec(source)?.[1];
  if (word === undefined) return null;
  const rest = source.slice(source.indexOf('/') + 1 + word.length);
  const colon = endOfHead(rest);
  if (colon < 0) return { word, head: plain ? withoutSpaces(rest) : null, tail: null };
  return { word, head: plain ? withoutSpaces(rest.slice(0, colon)) : null, tail: rest.slice(colon + 1).trim() };
}

/** The end of a time of day that the word `start` leads to. */
const CLOCK = /[ \t]start[ \t]+\d[-\d:+ \tT]*(?<=\d)$/iu;

/** What stands before the colon in `team:SLUG`, as the first of what follows the command. */
const TEAM = /^[ \t]+["']?team$/iu;

/** Where the reason's colon is; -1 without one. The colons of a time after `start` and of `team:SLUG` are none. */
function endOfHead(rest: string): number {
  for (let colon = rest.indexOf(':'); colon >= 0; colon = rest.indexOf(':', colon + 1)) {
    const inTime = /^\d\d/u.test(rest.slice(colon + 1, colon + 3)) && CLOCK.test(rest.slice(0, colon));
    const inTeam = /^[a-z\d]/iu.test(rest.slice(colon + 1)) && TEAM.test(rest.slice(0, colon));
    if (!inTime && !inTeam) return colon;
  }
  return -1;
}

/** Unlike `trim`, leaves the look-alikes of a space, so that whoever reads the head can refuse them. */
function withoutSpaces(text: string): string {
  const isSpace = (at: number) => text[at] === ' ' || text[at] === '\t';
  let from = 0;
  let to = text.length;
  while (isSpace(from)) from += 1;
  while (to > from && isSpace(to - 1)) to -= 1;
  return text.slice(from, to);
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Whether everything up to the reason's colon, or to the end of the line, is text that shows as it was typed. */
function isPlainToReason(tokens: readonly Token[], from: number): boolean {
  let shown = '';
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || token.type === 'softbreak' || token.type === 'hardbreak') return true;
    if (token.type !== 'text') return false;
    shown += token.content;
    if (endOfHead(shown) >= 0) return true;
  }
  return true;
}
