/** Is a place in a comment inside an HTML element, such as `<details>` or `<blockquote>`, that was opened before it? */

/** Elements without content, and those that end by themselves where the next block begins. */
const NEVER_OPEN: ReadonlySet<string> = new Set(
  (
    'area base br col embed hr img input link meta param source track wbr ' +
    'p li dt dd tr td th thead tbody tfoot option optgroup colgroup caption rt rp'
  ).split(' '),
);

/** Follows which elements are open while HTML is read piece by piece. Comments open nothing. */
export type OpenElements = { readonly read: (html: string) => void; readonly any: () => boolean };

export function openElements(): OpenElements {
  const open = new Map<string, number>();
  return {
    read(html) {
      for (const match of withoutComments(html).matchAll(/<(\/?)([A-Za-z][A-Za-z0-9-]*)/gu)) {
        const name = (match[2] ?? '').toLowerCase();
        if (NEVER_OPEN.has(name)) continue;
        const count = (open.get(name) ?? 0) + (match[1] === '/' ? -1 : 1);
        if (count > 0) open.set(name, count);
        else open.delete(name);
      }
    },
    any: () => open.size > 0,
  };
}

/** Searches forward only, so that thousands of comments that never end cost no more than one. */
function withoutComments(html: string): string {
  const kept: string[] = [];
  let from = 0;
  for (;;) {
    const start = html.indexOf('<!--', from);
    if (start < 0) break;
    kept.push(html.slice(from, start));
    const end = html.indexOf('-->', start + 4);
    if (end < 0) return kept.join('');
    from = end + 3;
  }
  kept.push(html.slice(from));
  return kept.join('');
}
