/** What did GitHub answer last time, and under which ETag? */

import { LRUCache } from 'lru-cache';

/** An answer as it was read, to be used again only when GitHub says that it has not changed. */
export type CachedAnswer = {
  readonly etag: string;
  readonly value: unknown;
  /** The `Link` header that came with it. */
  readonly link: string | null;
  /** What read the value: an answer that was read in another way does not count. */
  readonly readBy: object;
};

export type EtagCache = {
  get(key: string): CachedAnswer | undefined;
  set(key: string, answer: CachedAnswer): void;
  forget(key: string): void;
};

/** Keeps the answers used most recently, in about `maxBytes` of memory; one answer may take an eighth of it. */
export function createEtagCache(maxBytes: number): EtagCache {
  const entries = new LRUCache<string, CachedAnswer>({
    maxSize: maxBytes,
    maxEntrySize: Math.ceil(maxBytes / 8),
    // Strings take up to two bytes a character; what objects add is of the same order and not worth measuring.
    sizeCalculation: (answer, key) => 2 * (key.length + JSON.stringify(answer.value).length) + 200,
  });
  return {
    get: (key) => entries.get(key),
    set: (key, answer) => {
      entries.set(key, answer);
    },
    forget: (key) => {
      entries.delete(key);
    },
  };
}
