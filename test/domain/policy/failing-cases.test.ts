/** What is said of a case that comes out otherwise than its author expects, and of one that must not pass by accident. */

import { describe, expect, it } from 'vitest';
import { passed } from '../../../src/domain/policy/test-compare.ts';
import { runFile, runOne } from '../../support/cases.ts';

const POLICY = `version: 1
groups: { release: { teams: [release] }, engineers: { teams: [engineers] }, maintainers: { role: maintain } }
gates:
  - { name: main, on: merge, branches: [main], unless: { only-paths: ['docs/**'] }, approvals: [{ from: [release], count: 2 }] }
  - { name: sources, on: merge, branches: [main], when: { paths: ['src/**'] }, approvals: [{ from: [maintainers] }] }
  - { name: production, on: deployment, environments: [production], approvals: [{ from: [release] }] }
access:
  - { name: shift, roles: [push], requesters: [engineers], max-duration: 8h, approvals: [{ from: [maintainers] }] }
`;
const merge = 'merge: { into: main, by: ben }\nfacts: { files: [src/a.ts] }\n';
const waiting = (expected: string) => runOne(POLICY, `${merge}votes: [ana]\nexpect: ${expected}`).mismatches;

describe('a verdict that is another one', () => {
  it.each([
    ['approved', 'votes: [ana]', 'pending'],
    ['pending', 'votes: [ana, rita, mia]', 'approved'],
    ['none', 'votes: [{ by: rita, says: deny }]', 'denied'],
  ])('expected as %s with %s is told', (expected, votes, actual) => {
    const result = runOne(POLICY, `${merge}${votes}\nexpect: ${expected}`);
    expect(result.mismatches).toEqual([{ what: 'verdict', expected, actual }]);
    expect(passed(result)).toBe(false);
  });

  it('as expected, is nothing to tell', () => {
    const result = runOne(POLICY, `${merge}expect: pending`);
    expect(result).toMatchObject({ name: 'one', index: 0, mismatches: [] });
    expect(passed(result)).toBe(true);
  });
});

describe('reasons', () => {
  it('have all to be among those of the decision, and others may be there', () => {
    expect(waiting('{ verdict: pending, reasons: [] }')).toEqual([]);
    expect(waiting('{ verdict: pending, reasons: [approvals-missing] }')).toEqual([]);
    expect(waiting('{ verdict: pending, reasons: [approvals-missing, frozen] }')).toMatchObject([
      { what: 'reasons', expected: 'approvals-missing, frozen' },
    ]);
  });

  it('are those of every rule', () => {
    const both = `${merge}votes: [ana, rita]\nexpect: { verdict: pending, reasons: [frozen] }`;
    expect(runOne(POLICY, both).mismatches).toEqual([
      { what: 'reasons', expected: 'frozen', actual: 'approvals-complete, approvals-missing' },
    ]);
  });

  it('can be one of the whole decision, or none', () => {
    const actual = (subject: string) =>
      runOne(POLICY, `${subject}\nexpect: { verdict: none, reasons: [frozen] }`).mismatches[0]?.actual;
    expect(actual('merge: { into: dev }')).toBe('unmatched');
    expect(actual('merge: { into: main }\nfacts: { files: [docs/a.md] }')).toBe('none');
  });

  it('do not let a slip in a role pass for the refusal that was expected', () => {
    const slip = (expected: string) =>
      runOne(POLICY, `access: { role: psuh, by: ben }\nexpect: ${expected}`).mismatches;
    expect(slip('refused')).toEqual([{ what: 'reasons', expected: 'none', actual: 'unknown-role' }]);
    expect(slip('{ verdict: refused, reasons: [too-long] }')).toEqual([
      { what: 'reasons', expected: 'too-long', actual: 'unknown-role' },
    ]);
    expect(slip('{ verdict: refused, reasons: [unknown-role] }')).toEqual([]);
  });
});

describe('a rule', () => {
  it.each(['pending', 'approvals-missing'])('that waits is %s', (word) => {
    expect(waiting(`{ verdict: pending, rules: { main: ${word}, sources: ${word} } }`)).toEqual([]);
  });

  it('that comes out otherwise is told with its verdict and its reasons', () => {
    expect(waiting('{ verdict: pending, rules: { main: approved, sources: pending } }')).toEqual([
      { what: 'main', expected: 'approved', actual: 'pending, approvals-missing' },
    ]);
  });

  it('is spared by a condition, which is something else than having no say', () => {
    const docs = (word: string) =>
      runOne(
        POLICY,
        `merge: { into: main, by: ben }\nfacts: { files: [docs/a.md] }\nexpect: { verdict: none, rules: { main: ${word} } }`,
      ).mismatches;
    expect(docs('spared')).toEqual([]);
    expect(docs('absent')).toEqual([{ what: 'main', expected: 'absent', actual: 'spared' }]);
  });

  it('without a say here is absent, be it a gate or a rule for access', () => {
    expect(waiting('{ verdict: pending, rules: { production: absent, shift: absent } }')).toEqual([]);
    expect(waiting('{ verdict: pending, rules: { production: approved } }')).toEqual([
      { what: 'production', expected: 'approved', actual: 'absent' },
    ]);
  });

  it('that the policy does not have is not absent: its name may be a slip', () => {
    expect(waiting('{ verdict: pending, rules: { mian: absent } }')).toEqual([
      { what: 'mian', expected: 'absent', actual: 'the policy has no rule of this name' },
    ]);
  });
});

describe('those whose approval would still count', () => {
  it.each(['[rita, mia]', '[mia, rita]', '[Rita, MIA]', '[rita, mia, rita]'])('are exactly %s', (people) => {
    expect(waiting(`{ verdict: pending, approvers: ${people} }`)).toEqual([]);
  });

  it.each([
    ['too few', '[rita]', 'rita'],
    ['too many', '[rita, mia, ben]', 'ben, mia, rita'],
    ['as many, and another', '[rita, ben]', 'ben, rita'],
    ['nobody', '[]', 'none'],
    ['an account that is known by number', '[rita, mia, 4711]', 'account 4711, mia, rita'],
  ])('are not %s', (_, people, expected) => {
    expect(waiting(`{ verdict: pending, approvers: ${people} }`)).toEqual([
      { what: 'approvers', expected, actual: 'mia, rita' },
    ]);
  });

  it('are nobody once all approved', () => {
    const done = (people: string) =>
      runOne(POLICY, `${merge}votes: [ana, rita, mia]\nexpect: { verdict: approved, approvers: ${people} }`).mismatches;
    expect(done('[]')).toEqual([]);
    expect(done('[ben]')).toEqual([{ what: 'approvers', expected: 'ben', actual: 'none' }]);
  });
});

it('everything that differs is told, in the order in which it is written', () => {
  const all = waiting('{ verdict: approved, reasons: [frozen], rules: { main: approved }, approvers: [] }');
  expect(all.map(({ what }) => what)).toEqual(['verdict', 'reasons', 'main', 'approvers']);
});

it('every case of a file is run, with its place in it, under the limits of the policy itself', () => {
  const ask = '{ role: push, by: ben, for: 2h }';
  const cases = `version: 1
facts: { teams: { engineers: [ben] }, roles: { mia: maintain } }
cases:
  - { name: too long, access: ${ask}, expect: { verdict: refused, reasons: [too-long] } }
  - { name: another person, facts: { teams: { engineers: [erin] } }, access: ${ask}, expect: { verdict: refused, reasons: [too-long] } }
`;
  const results = runFile(`${POLICY}limits: { max-duration: 1h }\n`, cases);
  expect(results.map(({ name, index }) => [name, index])).toEqual([
    ['too long', 0],
    ['another person', 1],
  ]);
  expect(results[0]?.mismatches).toEqual([]);
  // A case's own facts take the place of those for all: here ben is no engineer.
  expect(results[1]?.outcome.reasons).toEqual(['not-a-requester']);
});

it('the explanation in words says what is held, what is missing and who can give it', () => {
  const { tree } = runOne(POLICY, `${merge}votes: [ana]\nexpect: pending`).outcome;
  expect(tree).toContain('Held: the merge of #1 into main waits for approval.');
  expect(tree).toContain('1 of 2 from release, by ana. Can approve: rita');
  expect(tree).toContain('0 of 1 from maintainers. Can approve: mia');
});
