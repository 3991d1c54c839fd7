/** What `--fix` would do about findings: each thing once, and in words that a person can agree to. */

import { describe, expect, it } from 'vitest';
import { finding, type DoctorFinding, type Repair } from '../../../src/domain/doctor/model.ts';
import { mergedRepairs, repairInWords } from '../../../src/domain/doctor/repairs.ts';
import { repoId } from '../../../src/domain/identity.ts';
import { repo } from '../../support/domain.ts';

const web = { ...repo, id: repoId(3), name: 'web' };
const check = (of: typeof repo, ...refs: string[]): Repair => ({ kind: 'require-check', repo: of, refs });
const rule = (of: typeof repo, environment: string): Repair => ({ kind: 'enable-rule', repo: of, environment });
const asking = (repair: Repair): DoctorFinding => finding('error', 'x', 'octo-org/shop', 'it is wrong', { repair });

describe('findings are repaired', () => {
  it('by nothing where a person has to', () => {
    expect(mergedRepairs([finding('error', 'bypass', 'octo-org/shop', 'anybody may', { todo: 'see to it' })])).toEqual(
      [],
    );
  });

  it('by one ruleset for all branches of a repository, each named once', () => {
    const found = [check(repo, 'a', 'b'), check(web, 'a'), check(repo, 'b', 'c')].map(asking);
    expect(mergedRepairs(found)).toEqual([
      { about: 'octo-org/shop', repair: check(repo, 'a', 'b', 'c') },
      { about: 'octo-org/web', repair: check(web, 'a') },
    ]);
  });

  it('by one change for each environment of each repository', () => {
    const found = [rule(repo, 'live'), rule(repo, 'test'), rule(web, 'live'), rule(repo, 'live')].map(asking);
    expect(mergedRepairs(found)).toEqual([
      { about: 'octo-org/shop', repair: rule(repo, 'live') },
      { about: 'octo-org/shop', repair: rule(repo, 'test') },
      { about: 'octo-org/web', repair: rule(web, 'live') },
    ]);
  });

  it('by both kinds of change in one repository', () => {
    const plan = [check(repo, 'a'), rule(repo, 'live'), check(repo, 'b')].map(asking);
    expect(mergedRepairs(plan).map(({ repair }) => repair)).toEqual([check(repo, 'a', 'b'), rule(repo, 'live')]);
  });
});

describe('a repair is told in full', () => {
  it.each<[Repair, string]>([
    [
      check(repo, 'refs/heads/main', 'refs/heads/release/*'),
      'require jit/merge of this app, and a pull request, for refs/heads/main, refs/heads/release/* (in the ruleset "jit-gate")',
    ],
    [rule(repo, 'live'), 'switch this app’s protection rule on for the environment live'],
  ])('%#', (repair, words) => {
    expect(repairInWords(repair)).toBe(words);
  });
});
