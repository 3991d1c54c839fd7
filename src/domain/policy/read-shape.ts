/** How the files beside a policy are read, facts and cases: YAML within caps, and a finding with its place for each mistake. */

import type { z } from 'zod';
import { ok, refused, type Result } from '../result.ts';
import type { Finding } from './model.ts';
import { finding, short, valueAt } from './view.ts';
import { readYaml, type Path, type YamlDocument } from './yaml.ts';

type Issue = z.core.$ZodIssue;

/** More findings than this help nobody. */
const MAX_FINDINGS = 100;

/** What was read, and where each part of it stands. */
export type Read<T> = { readonly value: T; readonly document: YamlDocument };

/** Reads a text by a definition. The definition's `error`s say what is expected, such as "a list of paths". */
export function readShape<T>(text: string, definition: z.ZodType<T>): Result<Read<T>, readonly Finding[]> {
  const { document, findings } = readYaml(text);
  if (document === null || findings.length > 0) return refused(findings);
  const parsed = definition.safeParse(document.value);
  if (parsed.success) return ok({ value: parsed.data, document });
  const all = parsed.error.issues.flatMap((issue) => findingsOf(issue, document));
  return refused(all.slice(0, MAX_FINDINGS).sort((a, b) => a.line - b.line || a.column - b.column));
}

function findingsOf(issue: Issue, document: YamlDocument): readonly Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        finding(document, [...issue.path, key], 'key', 'unknown-key', `\`${short(key)}\` is not a key here`, null),
      );
    case 'invalid_union': {
      // Where one way to write it fits outside, what is wrong inside is said.
      const fitting = issue.errors.find((branch) => branch.length > 0 && branch.every(isInside));
      if (fitting === undefined) return [expected(issue.path, issue.message, document)];
      return fitting.flatMap((inner) => findingsOf({ ...inner, path: [...issue.path, ...inner.path] }, document));
    }
    case 'invalid_type':
    case 'invalid_value':
      return [expected(issue.path, issue.message, document)];
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
      return [finding(document, issue.path, 'value', 'bad-value', issue.message, null)];
  }
}

const isInside = (inner: Issue): boolean => inner.path.length > 0 || inner.code === 'unrecognized_keys';

function expected(path: Path, what: string, document: YamlDocument): Finding {
  const last = String(path.at(-1) ?? 'the file');
  const missing = valueAt(document.value, path) === undefined;
  const name = typeof path.at(-1) === 'number' ? 'the item' : path.length === 0 ? 'the file' : `\`${short(last)}\``;
  const message = missing ? `${name} is missing; expected ${what}` : `${name} is not as expected: ${what}`;
  const code = missing ? 'missing-key' : 'wrong-type';
  return finding(document, missing ? path.slice(0, -1) : path, 'value', code, message, null);
}
