/** How text that a stranger wrote is shown in GitHub Markdown without meaning anything there. */

/** Breaks a pattern that GitHub looks for in the finished page, where an escape no longer helps. It has no width. */
const BREAK = '&#8203;';

/** Every kind of line break, and the tab. */
const BREAKS = /[\t-\r\u0085\u2028\u2029]+/gu;

/** Control characters, and those that turn the direction of what follows, so that text reads as what it is not. */
const DECEIVING = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Makes text safe to stand within a line, a list item or a table cell: it shows as it was typed, and is no formatting,
 * HTML, link, image, mention, issue reference, emoji name or formula. It stays on one line: line breaks and runs of
 * spaces become one space. An invisible character keeps GitHub from finding mentions, references and addresses. Ids of
 * commits may still be linked by GitHub, which pings nobody.
 */
export function escapeMarkdown(text: string): string {
  return (
    oneLine(text)
      .replaceAll(/ {2,}/gu, ' ')
      .trim()
      .replaceAll(/[\\`*_[\]<>&|~#$]/gu, '\\$&')
      // Where a line begins, these make lists, headings and rules.
      .replace(/^[-+=]/u, '\\$&')
      .replace(/^(\d{1,9})([.)])/u, '$1\\$2')
      .replaceAll(/[@$](?=\S)|#(?=\d)|\bGH-(?=\d)|:(?=\/\/)|\bwww(?=\.)|:(?=(?:[\w+-]|\\_)+:)/giu, `$&${BREAK}`)
  );
}

/** What `escapeMarkdown` makes of a team with its number, where that stands as a word of its own. */
const NUMBERED = /(?<=^|[ (])((?:[a-z0-9-]|\\_)+)\\#&#8203;(\d+)(?=$|[ .,;:)])/giu;

/**
 * The same for words that can name a team by its number: `release#4711` comes out as code. So it can be copied as the
 * policy has to have it, without the character that nobody sees, and GitHub finds no issue in it.
 */
export const escapeWords = (text: string): string =>
  escapeMarkdown(text).replaceAll(NUMBERED, (_, slug: string, id: string) =>
    codeSpan(`${slug.replaceAll('\\_', '_')}#${id}`),
  );

/**
 * Shows text in a code span, whatever backticks it holds; nothing in it is a mention or a link. Line breaks become one
 * space. Not for table cells, where GitHub splits even code at a `|`: use `escapeMarkdown` there.
 */
export function codeSpan(text: string): string {
  const content = oneLine(text);
  const longest = (content.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const touches = content.startsWith('`') || content.endsWith('`');
  // The parser takes one space off both ends, but not off a span of nothing but spaces.
  const loses = content.startsWith(' ') && content.endsWith(' ') && content.trim() !== '';
  const padded = touches || loses ? ` ${content} ` : content;
  return `${fence}${content === '' ? ' ' : padded}${fence}`;
}

const oneLine = (text: string): string => text.toWellFormed().replaceAll(BREAKS, ' ').replaceAll(DECEIVING, '');
