/** How Markdown is read: which parser, with which of GitHub's additions, and within which limits. */

import MarkdownIt, { type Env, type StateBlock, type StateInline, type Token } from 'markdown-it';

/**
 * GitHub's own limit for a comment. What is longer did not come from there.
 * (https://docs.github.com/en/rest/issues/comments answers longer ones with 422.)
 */
export const MAX_COMMENT_LENGTH = 65_536;

/** Deeper quotes and lists are not looked into; cost grows with depth times lines. */
const MAX_NESTING = 12;

const parser = new MarkdownIt({ html: true, maxNesting: MAX_NESTING });
// Inline markup is read only where it matters, since it is the larger part of the work.
parser.core.ruler.enableOnly(['normalize', 'block']);
parser.block.ruler.before('reference', 'footnote_definition', footnoteDefinition, { alt: ['paragraph', 'reference'] });
parser.inline.ruler.before('text', 'slash_word', slashWord);

/** A text's blocks in order, and the link definitions that its inline markup can refer to. */
export type Blocks = { readonly blocks: readonly Token[]; readonly definitions: Env };

/** Reads the blocks; `map` holds the lines that each takes, from 0, end excluded. Inline content is left unread. */
export function readBlocks(markdown: string): Blocks {
  const definitions: Env = {};
  return { blocks: parser.parse(markdown, definitions), definitions };
}

/** Reads the markup within one paragraph or line. A `slash_word` token has its offset in `text` as `meta.offset`. */
export function readInline(text: string, definitions: Env = {}): readonly Token[] {
  const tokens: Token[] = [];
  parser.inline.parse(text, parser, definitions, tokens);
  return tokens;
}

/** The text that a reader sees of one line of Markdown, formatting taken off. */
export function visibleText(markdown: string): string {
  return readInline(markdown)
    .map((token) => {
      if (token.type === 'softbreak' || token.type === 'hardbreak') return ' ';
      return token.type === 'html_inline' ? '' : token.content;
    })
    .join('')
    .trim();
}

/** `[^1]: text`: GitHub shows it at the foot of the comment, so it is taken out with the lines that continue it. */
function footnoteDefinition(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  if ((state.sCount[start] ?? 0) - state.blkIndent >= 4) return false;
  const line = state.src.slice((state.bMarks[start] ?? 0) + (state.tShift[start] ?? 0), state.eMarks[start]);
  if (!/^\[\^[^\]\s]{1,200}\]:/u.test(line)) return false;
  if (silent) return true;
  let next = start + 1;
  while (next < end && !state.isEmpty(next)) next += 1;
  state.line = next;
  return true;
}

/**
 * A slash and letters at the beginning of a line become a token of their own. As the parser asks for it only where it
 * reads plain text, a command in a code span, an HTML comment or a link's address never becomes one.
 */
function slashWord(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (src[pos] !== '/' || !beginsLine(src, pos)) return false;
  const word = /\/[A-Za-z-]+/uy;
  word.lastIndex = pos;
  const found = word.exec(src)?.[0];
  if (found === undefined) return false;
  if (!silent) {
    const token = state.push('slash_word', '', 0);
    token.content = found;
    token.meta = { offset: pos };
  }
  state.pos += found.length;
  return true;
}

/** Up to three spaces may stand before: four would look like code. */
function beginsLine(text: string, pos: number): boolean {
  let before = pos - 1;
  while (pos - before <= 4 && text[before] === ' ') before -= 1;
  return before < 0 || text[before] === '\n';
}
