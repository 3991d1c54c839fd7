/** How values from outside are made fit for PostgreSQL, which stores any text but for two things. */

/** Zero characters and halves of surrogate pairs become U+FFFD: PostgreSQL refuses the first in text, both in jsonb. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** The same for every text inside a JSON value. */
export function storable<T>(value: T): T {
  // Rare enough that looking is worth it: most values are given back as they are.
  return /\\u0000|\\ud[89a-f]/iu.test(JSON.stringify(value)) ? (clean(value) as T) : value;
}

/** A value as the text that a jsonb column takes. */
export const json = (value: unknown): string => JSON.stringify(storable(value));

function clean(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), clean(inner)]));
}
