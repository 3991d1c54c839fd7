/** Texts in which places are marked. */

/** A text without its marks `‹`, and where each of them stood. */
export function marked(source: string): {
  readonly text: string;
  readonly places: readonly { readonly line: number; readonly column: number }[];
} {
  const parts = source.split('‹');
  const places = parts.slice(1).map((_, index) => {
    const lines = parts
      .slice(0, index + 1)
      .join('')
      .split('\n');
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  });
  return { text: parts.join(''), places };
}
