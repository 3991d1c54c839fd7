/** Which secrets are there while the tests run, and does a text hold one of them? */

/** Shared by everything in this process, however often this file is loaded. */
const KEPT = 'jit-gate.test.secrets';
const WATCH = 'jit-gate.test.watch';
const shared: Record<string, unknown> = globalThis;

/** What is kept under a name in this process; made where it is not there yet. */
function once<T>(name: string, make: () => T): T {
  shared[name] ??= make();
  return shared[name] as T;
}

const { tokens, parts } = once(KEPT, () => ({ tokens: new Set<string>(), parts: new Set<string>() }));

/** How the tokens and assertions look that are made by the thousand: found by their form, then looked up. */
const FORMS = /\bgh[a-z]_[0-9A-Za-z]{36}\b|\beyJ[\w-]+\.[\w-]+\.[\w-]+/gu;
/** Shorter pieces of a key occur by chance. */
const SHORTEST = 16;

/**
 * Has `secret` looked for in everything that is written from now on. Of a key in PEM any line of it counts, since its
 * ends of lines can come out in many ways.
 */
export function remember(secret: string): void {
  if (new RegExp(`^(?:${FORMS.source})$`, 'u').test(secret)) tokens.add(secret);
  else for (const line of secret.split('\n')) if (line.length >= SHORTEST && !line.startsWith('-----')) parts.add(line);
}

/** The first secret in a text by what it begins with, so that telling of it gives nothing away; `null` for none. */
export function secretIn(text: string): string | null {
  for (const part of parts) if (text.includes(part)) return `${part.slice(0, 4)}…`;
  for (const [token] of text.matchAll(FORMS)) if (tokens.has(token)) return `${token.slice(0, 4)}…`;
  return null;
}

/** The same, and whatever looks like a secret: of another process nobody here knows which ones it has. */
export function secretLike(text: string): string | null {
  const alike = /\bgh[a-z]_[0-9A-Za-z]{36}\b|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY/u.exec(
    text,
  );
  return secretIn(text) ?? (alike === null ? null : `${alike[0].slice(0, 4)}…`);
}

/** The longest secret that a text can be cut in, in characters. */
const LONGEST = 2048;

export type Watch = {
  /** Looks at the next piece of what goes to a stream; a secret that two pieces share is found as well. */
  readonly look: (stream: string, piece: string, find?: (text: string) => string | null) => void;
  /** Where a secret was found, and what it begins with. */
  readonly leaks: string[];
};

/** Looks through streams piece by piece. */
export function createWatch(): Watch {
  const ends = new Map<string, string>();
  const leaks: string[] = [];
  return {
    leaks,
    look: (stream, piece, find = secretIn) => {
      const text = (ends.get(stream) ?? '') + piece;
      const found = find(text);
      ends.set(stream, found === null ? text.slice(-LONGEST) : '');
      if (found !== null) leaks.push(`${stream}: a secret that begins with ${found}`);
    },
  };
}

/** The watch over everything that this process, and what it starts, writes. */
export const outputWatch: Watch = once(WATCH, createWatch);

/** Where the app's own log goes in an end-to-end test: it is looked at line by line, and kept nowhere. */
export const watchedLog = { write: (line: string): void => outputWatch.look('the log', line) };
