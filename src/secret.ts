/** How a secret is carried so that no log, JSON or error shows it by accident. */

import { inspect } from 'node:util';

const SHOWN = '[secret]';

/** A value that shows itself as `[secret]` everywhere but where it is asked for by name. */
export type Secret = {
  /** The value itself: hand it to the library that needs it, keep it nowhere. */
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
};

/** Wraps `value`. The value lives in a closure, so that spreading or inspecting the wrapper does not find it either. */
export const secret = (value: string): Secret =>
  Object.freeze({
    reveal: () => value,
    toString: () => SHOWN,
    toJSON: () => SHOWN,
    [inspect.custom]: () => SHOWN,
  });

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // GitHub's tokens: https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  [/\b(?:gh[a-z]_[A-Za-z0-9_]{16,}|github_pat_[A-Za-z0-9_]{20,})/gu, SHOWN],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gsu, SHOWN],
  // A JSON Web Token, such as the one that the app proves itself with.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/gu, SHOWN],
  // The password in a database's address.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/giu, `$1${SHOWN}@`],
];

/** `text` with everything that looks like a credential replaced by `[secret]`: the last guard before a log or a terminal. */
export const scrub = (text: string): string =>
  PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
