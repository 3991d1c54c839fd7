/** What would `--fix` write for a branch whose merges nothing holds: which patterns, and for which branches nothing? */

import { describe, expect, it } from 'vitest';
import { mergeFindings } from '../../../src/domain/doctor/merge.ts';
import type { BranchFacts, DoctorFinding, Repair } from '../../../src/domain/doctor/model.ts';
import { APP, branchesOf, guardOf, policyOf, shop } from '../../support/doctor.ts';

const gate = (branches: string): string =>
  `gates: [{ name: main, on: merge, branches: [${branches}], approvals: [{ from: [leads] }] }]`;
const look = (text: string, branch: BranchFacts): readonly DoctorFinding[] =>
  mergeFindings(APP, shop(), policyOf(text), branchesOf([branch]));
const requireCheck = (...refs: string[]): Repair => ({ kind: 'require-check', repo: shop().repo, refs });

describe('what can be repaired for a branch', () => {
  const repairOf = (branches: string, branch: string): Repair | null | undefined =>
    look(gate(branches), { name: branch, guards: [] })[0]?.repair;

  it.each<[string, string, string, readonly string[]]>([
    ['its own name', 'main', 'main', ['refs/heads/main']],
    [
      'the pattern that matched, and none of the others',
      '"release/*", "hotfix/*"',
      'release/1',
      ['refs/heads/release/1', 'refs/heads/release/*'],
    ],
    [
      'each pattern that matched',
      '"rel*/*", "release/*"',
      'release/1',
      ['refs/heads/release/1', 'refs/heads/rel*/*', 'refs/heads/release/*'],
    ],
    [
      'a last ** as one that crosses slashes for GitHub',
      '"release/**"',
      'release/1/2',
      ['refs/heads/release/1/2', 'refs/heads/release/**/*'],
    ],
    ['a ** in the middle as it stands', '"a/**/z"', 'a/b/z', ['refs/heads/a/b/z', 'refs/heads/a/**/z']],
    ['a ** at the beginning as it stands', '"**/z"', 'a/z', ['refs/heads/a/z', 'refs/heads/**/z']],
    [
      'letters of any alphabet and digits',
      '"größe-2.x_*"',
      'größe-2.x_1',
      ['refs/heads/größe-2.x_1', 'refs/heads/größe-2.x_*'],
    ],
    ['digits alone', '"20*"', '2026', ['refs/heads/2026', 'refs/heads/20*']],
    [
      'its name alone where ** is part of a word, which GitHub reads otherwise',
      '"rel**", "rel**/x"',
      'release',
      ['refs/heads/release'],
    ],
    ['its name alone where ** is part of a word before a slash', '"rel**/x"', 'release/x', ['refs/heads/release/x']],
    [
      'its name alone where the pattern has signs that GitHub may read otherwise',
      '"release-?", "release-[12]", "{release,x}-1"',
      'release-1',
      ['refs/heads/release-1'],
    ],
  ])('is %s', (_, patterns, branch, refs) => {
    expect(repairOf(patterns, branch)).toEqual(requireCheck(...refs));
  });

  it('is nothing where only a pattern for all branches matches, for nobody could push to any of them', () => {
    expect(repairOf('"**"', 'side')).toBeNull();
    expect(repairOf('"*", other', 'side')).toBeNull();
    expect(look('unmatched: { merge: deny }', { name: 'side', guards: [] })[0]).toMatchObject({
      code: 'check-not-required',
      repair: null,
    });
  });

  it('is the default branch by its name all the same', () => {
    expect(repairOf('"**"', 'main')).toEqual(requireCheck('refs/heads/main'));
  });

  it('takes in a branch that is named beside the pattern for all, and leaves that pattern out', () => {
    expect(repairOf('"**", "s*"', 'side')).toEqual(requireCheck('refs/heads/side', 'refs/heads/s*'));
  });

  it('is nothing for a rule that can be bypassed or pushed past, either', () => {
    const guard = guardOf({ pullRequests: false, bypass: { kind: 'some', who: 'the team ops' } });
    const found = look(gate('"**"'), { name: 'side', guards: [guard] });
    expect(found.map(({ code, repair }) => [code, repair])).toEqual([
      ['bypass', null],
      ['pull-request-not-required', null],
    ]);
  });
});
