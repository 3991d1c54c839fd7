/** Which values the environment holds, itself or in the files that it names. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** One thing that is wrong with the environment. Never holds a secret's value. */
export type ConfigProblem = { readonly variable: string; readonly problem: string; readonly remedy: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Values of the environment, empty ones left out, and each of `names` taken from a file where one is named.
 * `remedyOf` says what to do about one that is empty.
 */
export function withFiles(
  env: Environment,
  cwd: string,
  names: readonly string[],
  remedyOf: (name: string) => string,
): { readonly values: Environment; readonly problems: readonly ConfigProblem[] } {
  const values: Record<string, string> = {};
  const problems: ConfigProblem[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.trim() !== '') values[name] = value;
  }
  for (const name of names) {
    const variable = name === 'PRIVATE_KEY' ? 'PRIVATE_KEY_PATH' : `${name}_FILE`;
    const path = values[variable];
    if (path === undefined) continue;
    if (values[name] !== undefined) {
      problems.push({ variable, problem: `is set and so is ${name}`, remedy: 'set one of the two' });
      continue;
    }
    try {
      // Editors and `echo` end a file with a new line that is no part of the secret.
      const text = readFileSync(resolve(cwd, path), 'utf8').trim();
      if (text !== '') values[name] = text;
      else problems.push({ variable, problem: `names an empty file (${path})`, remedy: remedyOf(name) });
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      const remedy = 'name a file that exists and that this user may read';
      problems.push({ variable, problem: `names a file that can’t be read (${path}, ${why})`, remedy });
    }
  }
  return { values, problems };
}
