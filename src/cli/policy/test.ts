/** `jit-gate policy test`: whether a policy decides the cases beside it as their authors expect. */

import { Command } from 'commander';
import { basename, dirname, join } from 'node:path';
import { passed, runCases, type CaseResult } from '../../domain/policy/test-compare.ts';
import { readTestFile, type TestFile } from '../../domain/policy/test-file.ts';
import type { Read } from '../../domain/policy/read-shape.ts';
import { EXIT, outJson, usage, type Ends, type ExitCode, type Terminal } from '../terminal.ts';
import { PLACES, policyOf, readPolicySource, readSource, sayFindings } from './source.ts';

type Options = { readonly cases?: string; readonly json?: true };

export const testCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('test')
    .description('Run the cases of a policy: given what is held, votes and a time, a verdict and reasons are expected.')
    .argument('[file]', `the policy; without it, ${PLACES.join(' or ')}`)
    .option('--cases <file>', 'the cases; otherwise .jit-policy.test.yml beside the policy')
    .option('--json', 'print the outcome of each case as JSON')
    .action(ends(async (file: string | undefined, options: Options) => await test(file, options, terminal)));

async function test(given: string | undefined, options: Options, terminal: Terminal): Promise<ExitCode> {
  const source = await readPolicySource(given, terminal);
  if (!source.ok) return usage(source.error, terminal);
  const beside = options.cases ?? casesBeside(source.value.file);
  const cases = await readSource(beside, terminal);
  if (!cases.ok) return usage(cases.error, terminal);
  const policy = policyOf(source.value, terminal);
  const read = readTestFile(cases.value.text);
  if (!read.ok) {
    sayFindings(beside, cases.value.text, read.error, terminal);
    terminal.say(`${beside} can’t be run.`);
    return EXIT.findings;
  }
  if (policy === null) return EXIT.findings;
  const results = runCases(policy, read.value.value);
  if (options.json === true) outJson(terminal, asJson(beside, results, read.value));
  else for (const result of results) terminal.out(describe(beside, result, read.value));
  const failed = results.filter((result) => !passed(result)).length;
  terminal.say(`${results.length - failed} of ${results.length} cases pass.`);
  return failed > 0 ? EXIT.findings : EXIT.fine;
}

/** `.jit-policy.yml` has its cases in `.jit-policy.test.yml`; other names likewise. */
const casesBeside = (file: string): string =>
  join(
    dirname(file),
    basename(file).replace(/\.ya?ml$/u, (ending) => `.test${ending}`),
  );

const lineOf = ({ index }: CaseResult, { document }: Read<TestFile>): number =>
  document.locate(['cases', index], 'value').line;

function describe(file: string, result: CaseResult, read: Read<TestFile>): string {
  if (passed(result)) return `✓ ${result.name}`;
  const lines = [`✗ ${result.name} (${file}:${lineOf(result, read)})`];
  for (const { what, expected, actual } of result.mismatches) {
    lines.push(`    ${what}`, `      expected  ${expected}`, `      actual    ${actual}`);
  }
  return [...lines, '', ...result.outcome.tree.split('\n').map((line) => `    ${line}`), ''].join('\n');
}

const asJson = (file: string, results: readonly CaseResult[], read: Read<TestFile>): object => ({
  ok: results.every(passed),
  file,
  cases: results.map((result) => ({
    name: result.name,
    ok: passed(result),
    line: lineOf(result, read),
    verdict: result.outcome.verdict,
    reasons: result.outcome.reasons,
    mismatches: result.mismatches,
    tree: result.outcome.tree,
  })),
});
