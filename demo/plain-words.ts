/** What a reader of GitHub's pages sees of a comment's Markdown, for a terminal. */

/** Folded parts, HTML comments and the marks of Markdown are left out; nothing here is meant for other people's text. */
export const plainWords = (markdown: string): string =>
  markdown
    .replace(/<!--.*?-->/gsu, '')
    .replace(/<details>.*?<\/details>/gsu, '')
    .replace(/^\| \| \|\n\| --- \| --- \|\n/mu, '')
    .replace(/^\| \*\*(.+?)\*\* \| (.*) \|$/gmu, '$1: $2')
    .replace(/^#+ /gmu, '')
    .replace(/\*\*|`/gu, '')
    .replace(/^_(.*)_$/gmu, '$1')
    .replace(/\\([^\w\s])/gu, '$1')
    .replace(/\n{2,}/gu, '\n')
    .trim();
