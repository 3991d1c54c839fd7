/** Where the outcome of a case is another than the one that was expected. */

import { boundByItself } from './baseline.ts';
import type { Policy } from './model.ts';
import { expectationOf, type TestCase, type TestFile } from './test-file.ts';
import { runCase, type CaseOutcome } from './test-run.ts';

/** One difference; `what` is `verdict`, `reasons`, `approvers` or a rule's name. */
export type Mismatch = { readonly what: string; readonly expected: string; readonly actual: string };

/** A case that was run. It passed where nothing differs. */
export type CaseResult = {
  readonly name: string;
  /** Position in the file, from 0. */
  readonly index: number;
  readonly mismatches: readonly Mismatch[];
  readonly outcome: CaseOutcome;
};

/** Runs every case of a file, under the limits that the policy sets itself. */
export function runCases(written: Policy, file: TestFile): readonly CaseResult[] {
  const policy = boundByItself(written);
  return file.cases.map((each, index) => {
    const outcome = runCase(policy, file, each);
    return { name: each.name, index, outcome, mismatches: mismatchesOf(policy, each, outcome) };
  });
}

export const passed = ({ mismatches }: CaseResult): boolean => mismatches.length === 0;

function mismatchesOf(policy: Policy, each: TestCase, outcome: CaseOutcome): readonly Mismatch[] {
  const { verdict, reasons = [], rules = {}, approvers } = expectationOf(each);
  const found: Mismatch[] = [];
  if (verdict !== outcome.verdict) found.push({ what: 'verdict', expected: verdict, actual: outcome.verdict });
  const missing = reasons.filter((reason) => !outcome.reasons.includes(reason));
  // A slip in a role's name is refused like much else: it is not taken for that.
  const slip = outcome.reasons.includes('unknown-role') && !reasons.includes('unknown-role');
  if (missing.length > 0 || slip)
    found.push({ what: 'reasons', expected: listed(reasons), actual: listed(outcome.reasons) });
  for (const [name, expected] of Object.entries(rules)) {
    const actual = ruleOutcome(policy, name, outcome);
    if (!actual.includes(expected)) found.push({ what: name, expected, actual: actual.join(', ') });
  }
  if (approvers !== undefined) {
    const wanted = approvers.map((person) => outcome.accounts.of(person));
    const same = new Set([...wanted, ...outcome.approvers].map(({ id }) => id)).size;
    if (same !== new Set(wanted.map(({ id }) => id)).size || same !== outcome.approvers.length)
      found.push({ what: 'approvers', expected: names(wanted), actual: names(outcome.approvers) });
  }
  return found;
}

/** Everything that can be said of one rule: its verdict and its reasons, or that it was spared or has no say here. */
function ruleOutcome(policy: Policy, name: string, outcome: CaseOutcome): readonly string[] {
  const rule = outcome.rules.get(name);
  if (rule !== undefined) return [rule.verdict, ...rule.reasons];
  return [...policy.gates, ...policy.access].some((each) => each.name === name)
    ? ['absent']
    : ['the policy has no rule of this name'];
}

const names = (people: CaseOutcome['approvers']): string => listed(people.map(({ login }) => login).sort());

const listed = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(', '));
