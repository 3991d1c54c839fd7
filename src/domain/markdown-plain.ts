/** How Markdown that this app wrote reads in a terminal: the same words, without the marks that keep text from meaning anything. */

/** A code span with its fence, an escaped character, an entity that breaks a pattern up, and emphasis. */
const MARKS = /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)|\\([\\`*_[\]<>&|~#$+=.)-])|&#8203;|\*\*|^#{1,6} /gmu;

/** The text of Markdown that `codeSpan` and `escapeMarkdown` took part in. Not for Markdown of strangers. */
export const plainText = (markdown: string): string =>
  markdown.replace(MARKS, (_: string, __: string | undefined, code: string | undefined, escaped: string | undefined) =>
    code === undefined ? (escaped ?? '') : unpadded(code),
  );

/** A span that begins or ends with a backtick has a space there that is not its own. */
const unpadded = (code: string): string =>
  code.startsWith(' ') && code.endsWith(' ') && code.trim() !== '' ? code.slice(1, -1) : code;
