/** Is it said, at the team itself, that whoever is given it can approve by the same policy? */

import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/domain/policy/model.ts';
import { lintPolicy } from '../../../src/domain/policy/parse.ts';

const HINT = 'have another team approve, or see that this is what is meant';

/** What is said of granted teams, and the place `‹` where it belongs. */
function look(source: string): { readonly found: readonly Finding[]; readonly line: number; readonly column: number } {
  const before = source.slice(0, source.indexOf('‹')).split('\n');
  const found = lintPolicy(source.replace('‹', '')).filter(({ code }) => code === 'granted-approver');
  return { found, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const policy = ({
  groups,
  gate = 'leads',
  offered,
  limits = '[]',
}: Readonly<Record<'groups' | 'offered', string>> &
  Partial<Readonly<Record<'gate' | 'limits', string>>>): string => `version: 1
groups: ${groups}
gates:
  - { name: main, on: merge, branches: [main], approvals: [{ from: [${gate}] }] }
access:
  - { name: pager, teams: ${offered}, requesters: [staff], max-duration: 8h, approvals: [{ from: [staff] }] }
limits: { teams: ${limits} }
`;

const warning = (team: string, rule: string, line: number, column: number): Finding => ({
  severity: 'warning',
  code: 'granted-approver',
  line,
  column,
  message: `the team "${team}" approves for "${rule}": whoever is given it can approve there`,
  hint: HINT,
});

describe('a team that is granted and approves', () => {
  it('is pointed at among those that a rule offers', () => {
    const groups = '{ leads: { teams: [Leads] }, staff: { teams: [staff] } }';
    const { found, line, column } = look(policy({ groups, offered: '[on-call, ‹LEADS]' }));
    expect(found).toEqual([warning('LEADS', 'main', line, column)]);
  });

  it('is pointed at among those that the limits let people be given', () => {
    const groups = '{ leads: { teams: [leads#12] }, staff: { teams: [staff] } }';
    const { found, line, column } = look(policy({ groups, offered: '[on-call]', limits: '[‹leads]' }));
    expect(found).toEqual([warning('leads', 'main', line, column)]);
  });

  it('is told of once at each place, by the first of the rules that it approves for', () => {
    const groups = '{ leads: { teams: [other, staff] }, staff: { teams: [staff] } }';
    const { found } = look(policy({ groups, offered: '[staff, other]', limits: '[staff]' }));
    expect(found.map(({ message }) => message)).toEqual([
      warning('staff', 'main', 0, 0).message,
      warning('other', 'main', 0, 0).message,
      warning('staff', 'main', 0, 0).message,
    ]);
  });

  it('is told of by a rule that has no name as yet', () => {
    const groups = '{ leads: { teams: [leads] }, staff: { teams: [staff] } }';
    const text = policy({ groups, offered: '[‹leads]' });
    for (const name of ['', 'name: 7, ']) {
      const { found, line, column } = look(text.replace('name: main, ', name));
      expect(found).toEqual([warning('leads', 'a rule', line, column)]);
    }
  });

  it('is told of with the beginning of a long name', () => {
    const long = 'x'.repeat(70);
    const groups = `{ leads: { teams: [${long}] }, staff: { teams: [staff] } }`;
    const { found, line, column } = look(
      policy({ groups, offered: `[‹${long}]` }).replace('name: main', `name: ${long}`),
    );
    expect(found).toEqual([warning('x'.repeat(60), 'x'.repeat(60), line, column)]);
  });
});

describe('nothing is said', () => {
  it.each<[string, string, string]>([
    [
      'of a team that approves for nothing',
      '{ leads: { teams: [leads] }, staff: { teams: [staff] }, idle: { teams: [on-call] } }',
      '[on-call]',
    ],
    ['of a user who is called like a team', '{ leads: { users: [on-call] }, staff: { teams: [staff] } }', '[on-call]'],
    ['of what is no name of a team', '{ leads: { teams: [7, leads] }, staff: { teams: [staff] } }', '[7, [leads]]'],
    ['where groups are no mapping', '[leads]', '[leads]'],
    ['where groups are empty', '', '[leads]'],
  ])('%s', (_, groups, offered) => {
    expect(look(policy({ groups, offered })).found).toEqual([]);
  });

  it('of a group that is not there', () => {
    const groups = '{ staff: { teams: [staff] } }';
    expect(look(policy({ groups, gate: 'leads', offered: '[leads]' })).found).toEqual([]);
  });
});
