/** What the check `jit/policy` says about a policy that a pull request would bring. */

import { escapeMarkdown, escapeWords } from '../markdown.ts';
import { diffPolicies, diffWithNone, weakestFirst } from './diff.ts';
import type { PolicyChange } from './diff/change.ts';
import { withBaseline } from './baseline.ts';
import { replayReport, type Past } from './check-replay.ts';
import type { Finding, Policy } from './model.ts';
import type { BaselineState } from './state.ts';
import { lintPolicy, parsePolicy } from './parse.ts';
import { passed, runCases, type CaseResult } from './test-compare.ts';
import { readTestFile, type TestFile } from './test-file.ts';

/** A file at the head of the pull request. `text` is `null` where there is none. */
export type HeadFile = { readonly path: string; readonly text: string | null };

/** What the report is made of. `before`: the policy that judges now; `null` where there is none that could be read. */
export type Proposal = {
  readonly before: Policy | null;
  readonly policy: HeadFile;
  readonly cases: HeadFile;
  /** The organisation's policy, which governs besides whatever the file says. */
  readonly baseline: BaselineState;
  /** The last requests, to be tried on the new policy. */
  readonly past: Past;
};

/** A remark on a line of a file, as plain text. Lines and columns count from 1. */
export type Annotation = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly level: 'failure' | 'warning';
  readonly title: string;
  readonly message: string;
};

/** Markdown, with every piece of the policy escaped: it can come from a stranger's fork. */
export type Report = {
  readonly ok: boolean;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly annotations: readonly Annotation[];
};

/** Steps that cases may take here, roughly; a stranger's files must not keep the app busy. Real ones stay far below. */
const MOST_WORK = 5_000_000;

/** Says what the proposal means. It fails on errors and on cases that fail; what it weakens is for people to judge. */
export function reportOn(proposal: Proposal): Report {
  const { before, policy, cases } = proposal;
  if (policy.text === null) return removed(before);
  const findings = lintPolicy(policy.text);
  const parsed = parsePolicy(policy.text);
  const { changes, tests, replay } = judged(parsed.ok ? parsed.value : null, proposal);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const parts = [findingWords(policy.path, findings), changeList(changes), tests?.text ?? '', replay?.text ?? ''];
  return {
    ok: errors === 0 && (tests === null || tests.failed === 0),
    title: titleOf(errors, tests, changes),
    summary: [summaryOf(errors, tests, changes, cases), ...(replay === null ? [] : [replay.summary])].join('\n\n'),
    text: parts.filter((part) => part !== '').join('\n\n'),
    annotations: [
      ...findings.map((finding) => annotation(policy.path, finding)),
      ...(tests?.findings ?? []).map((finding) => annotation(cases.path, finding)),
    ],
  };
}

type Judged = {
  readonly changes: readonly PolicyChange[] | null;
  readonly tests: Tests | null;
  readonly replay: ReturnType<typeof replayReport> | null;
};

/** What a policy that can be read means; nothing where it has errors. */
function judged(own: Policy | null, { before, policy, cases, baseline, past }: Proposal): Judged {
  if (own === null) return { changes: null, tests: null, replay: null };
  const after = governing(own, policy.path, baseline);
  return {
    changes: changesOf(before, after),
    tests: cases.text === null ? null : testsOf(own, cases.text),
    replay: replayReport(after, before, past),
  };
}

const summaryOf = (
  errors: number,
  tests: Tests | null,
  changes: readonly PolicyChange[] | null,
  cases: HeadFile,
): string =>
  [
    'The policy on the default branch judges this pull request; this is what the new one would mean.',
    errors > 0 ? '**It has errors.** On the default branch they would hold everything.' : changeWords(changes),
    tests === null ? noTests(cases, errors) : tests.summary,
  ].join('\n\n');

/** The policy as it would govern, bound by the organisation's where that can be read. */
function governing(policy: Policy, path: string, baseline: BaselineState): Policy {
  const both = withBaseline({ kind: 'present', policy, path, blob: '' }, baseline);
  return both.kind === 'present' ? both.policy : policy;
}

function removed(before: Policy | null): Report {
  const changes = before === null ? [] : weakestFirst(diffWithNone(before, 'went'));
  return {
    ok: true,
    title: 'The policy is removed',
    summary:
      '**The pull request removes the policy.** Without one, merges are not held, and nobody can ask for access.',
    text: changeList(changes),
    annotations: [],
  };
}

function changesOf(before: Policy | null, after: Policy): readonly PolicyChange[] {
  return weakestFirst(before === null ? diffWithNone(after, 'came') : diffPolicies(before, after));
}

const count = (many: number, noun: string): string => `${String(many)} ${noun}${many === 1 ? '' : 's'}`;

const weakerIn = (changes: readonly PolicyChange[]): number =>
  changes.filter(({ effect }) => effect === 'weaker').length;

function titleOf(errors: number, tests: Tests | null, changes: readonly PolicyChange[] | null): string {
  if (errors > 0) return count(errors, 'error');
  if (tests !== null && tests.failed > 0) return `${count(tests.failed, 'case')} of the policy’s tests failed`;
  const weaker = weakerIn(changes ?? []);
  if (weaker > 0) return `Weaker in ${count(weaker, 'way')}`;
  return (changes ?? []).length === 0 ? 'Means the same as before' : 'Weaker in nothing';
}

function changeWords(changes: readonly PolicyChange[] | null): string {
  if (changes === null || changes.length === 0) return 'It means the same as before.';
  const weaker = weakerIn(changes);
  return `**${count(changes.length, 'change')}, ${weaker === 0 ? 'none' : String(weaker)} of which make it weaker.** They are listed below.`;
}

function changeList(changes: readonly PolicyChange[] | null): string {
  if (changes === null || changes.length === 0) return '';
  const lines = changes.map(({ effect, rule, what }) => {
    const place = rule === null ? '' : `${escapeMarkdown(rule)}: `;
    return `- **${effect}**: ${place}${escapeWords(what)}`;
  });
  return ['### What changes', '', ...lines].join('\n');
}

function findingWords(path: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const lines = findings.map(({ severity, line, column, message, hint }) => {
    const help = hint === null ? '' : ` (${escapeMarkdown(hint)})`;
    return `- ${severity} at ${escapeMarkdown(path)}:${String(line)}:${String(column)}: ${escapeMarkdown(message)}${help}`;
  });
  return ['### Findings', '', ...lines].join('\n');
}

type Tests = {
  readonly failed: number;
  readonly summary: string;
  readonly text: string;
  readonly findings: readonly Finding[];
};

function noTests({ path }: HeadFile, errors: number): string {
  if (errors > 0) return 'Its tests are not run until the errors are repaired.';
  return `It has no tests: ${escapeMarkdown(path)} is not there.`;
}

function testsOf(policy: Policy, text: string): Tests {
  const read = readTestFile(text);
  if (!read.ok) {
    const summary = '**The tests can’t be read**, see the remarks on their lines.';
    return { failed: Math.max(1, read.error.length), summary, text: '', findings: read.error };
  }
  const { value: file, document } = read.value;
  if (workOf(policy, file) > MOST_WORK) {
    const summary = 'The tests would take too long to be run here: run `jit-gate policy test`.';
    return { failed: 0, summary, text: '', findings: [] };
  }
  const results = runCases(policy, file);
  const failed = results.filter((result) => !passed(result));
  return {
    failed: failed.length,
    summary: `${String(results.length - failed.length)} of ${count(results.length, 'case')} of its tests pass.`,
    text: failed.length === 0 ? '' : ['### Cases that fail', '', ...failed.map(caseWords)].join('\n'),
    findings: failed.map((result) => ({
      severity: 'error',
      code: 'case-failed',
      ...document.locate(['cases', result.index], 'value'),
      message: differences(result),
      hint: null,
    })),
  };
}

const differences = ({ mismatches }: CaseResult): string =>
  mismatches.map(({ what, expected, actual }) => `${what}: expected ${expected}, got ${actual}`).join('; ');

const caseWords = (result: CaseResult): string =>
  `- ${escapeMarkdown(result.name)}: ${escapeMarkdown(differences(result))}`;

/** Patterns times files, and slots times slots times people: what a decision's time grows with. */
function workOf(policy: Policy, file: TestFile): number {
  const patterns = JSON.stringify(policy).split('"source"').length;
  const slots = [...policy.gates, ...policy.access]
    .flatMap(({ approvals }) => approvals)
    .reduce((sum, stage) => sum + stage.count, 0);
  const shared = JSON.stringify(file.facts ?? {}).split(',').length;
  return file.cases.reduce((sum, each) => {
    const named = shared + JSON.stringify(each).split(',').length;
    return sum + patterns * named + slots * slots * named;
  }, 0);
}

/** What turns text around or can't be seen has no place in a remark. */
const plain = (text: string): string => text.toWellFormed().replaceAll(/[^\P{Cc}\n]|\p{Cf}/gu, '');

function annotation(path: string, { line, column, severity, code, message, hint }: Finding): Annotation {
  return {
    path,
    line,
    column,
    level: severity === 'error' ? 'failure' : 'warning',
    title: code,
    message: plain(hint === null ? message : `${message}\n${hint}`),
  };
}
