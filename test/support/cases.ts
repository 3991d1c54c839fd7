/** Policies and the cases beside them, read from their text. */

import type { Policy } from '../../src/domain/policy/model.ts';
import { parsePolicy } from '../../src/domain/policy/parse.ts';
import { runCases, type CaseResult } from '../../src/domain/policy/test-compare.ts';
import { readTestFile } from '../../src/domain/policy/test-file.ts';

/** Throws with the findings where it has errors. */
export function readPolicy(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** Runs a file of cases, all of it, against a policy. */
export function runFile(policy: string, cases: string): readonly CaseResult[] {
  const read = readTestFile(cases);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return runCases(readPolicy(policy), read.value.value);
}

/** The lines of a case become the only one of a file in which ana and rita release, ben is an engineer, mia maintains. */
export function runOne(policy: string, lines: string): CaseResult {
  const [only] = runFile(
    policy,
    `version: 1
facts:
  teams: { release: [ana, rita], engineers: [ben] }
  roles: { mia: maintain, ben: push }
cases:
  - name: one
${lines.replaceAll(/^/gmu, '    ')}
`,
  );
  if (only === undefined) throw new Error('there is one');
  return only;
}
