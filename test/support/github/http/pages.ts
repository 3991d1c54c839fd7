/** Which part of a list does an answer hold, and where is the next one? */

import type { Answer, Context } from './route.ts';

const DEFAULT_PAGE = 30;
const LARGEST_PAGE = 100;

export type Page<T> = { readonly items: readonly T[]; readonly headers: Record<string, string> };

/** Cuts one page out of a list, with the `Link` header that leads to the others. */
export function page<T>(context: Context, all: readonly T[]): Page<T> {
  const size = Math.min(
    Math.max(Number(context.query.get('per_page') ?? DEFAULT_PAGE) || DEFAULT_PAGE, 1),
    LARGEST_PAGE,
  );
  const at = Math.max(Number(context.query.get('page') ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const link = (number: number, rel: string): string => {
    const query = new URLSearchParams(context.query);
    query.set('page', String(number));
    return `<${context.world.url}${context.path}?${query.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(at > 1 ? [link(at - 1, 'prev')] : []),
    ...(at < last ? [link(at + 1, 'next'), link(last, 'last')] : []),
    ...(at > 1 ? [link(1, 'first')] : []),
  ];
  return {
    items: all.slice((at - 1) * size, at * size),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

/** A page whose items are shown one by one. */
export function listed<T>(context: Context, all: readonly T[], show: (item: T) => unknown): Answer {
  const { items, headers } = page(context, all);
  return { status: 200, body: items.map(show), headers };
}

/** A page inside an object that tells how many there are in all. */
export function counted<T>(context: Context, name: string, all: readonly T[], show: (item: T) => unknown): Answer {
  const { items, headers } = page(context, all);
  return { status: 200, body: { total_count: all.length, [name]: items.map(show) }, headers };
}
