/** That the language is enough: the intent of policies of other tools, each with its cases. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { passed, runCases } from '../../src/domain/policy/test-compare.ts';
import { readTestFile } from '../../src/domain/policy/test-file.ts';
import { lintPolicy, parsePolicy } from '../../src/domain/policy/parse.ts';

const here = new URL('./', import.meta.url);
const names = readdirSync(here, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const read = (name: string, file: string): string => readFileSync(new URL(`${name}/${file}`, here), 'utf8');

it('there are at least ten', () => {
  expect(names.length).toBeGreaterThanOrEqual(10);
});

describe.each(names)('%s', (name) => {
  it('has nothing that is wrong or odd', () => {
    expect(lintPolicy(read(name, '.jit-policy.yml'))).toEqual([]);
  });

  it('decides its cases as they expect', () => {
    const policy = parsePolicy(read(name, '.jit-policy.yml'));
    const file = readTestFile(read(name, '.jit-policy.test.yml'));
    if (!policy.ok || !file.ok) throw new Error(JSON.stringify([policy, file]));
    const failed = runCases(policy.value, file.value.value).filter((result) => !passed(result));
    expect(failed.map((result) => ({ case: result.name, differs: result.mismatches }))).toEqual([]);
  });
});
