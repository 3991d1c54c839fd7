/** What an access rule offers beyond the limits that bind it. */

import { describe, expect, it } from 'vitest';
import type { AccessRule, Limits } from '../../../src/domain/policy/model.ts';
import { overLimits } from '../../../src/domain/policy/over-limits.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

const rule = (lines: string): AccessRule => {
  const parsed = parsePolicy(`version: 1
groups: { all: { teams: [all] } }
access:
  - name: write
    roles: [triage, push]
    requesters: [all]
    max-duration: 8h
    default-duration: 1h
${lines.includes('approvals') ? '' : '    approvals: [{ from: [all], count: 2 }]\n'}${lines}`);
  const [first] = parsed.ok ? parsed.value.access : [];
  if (first === undefined) throw new Error(JSON.stringify(parsed));
  return first;
};
const limits = (line: string): Limits => {
  const parsed = parsePolicy(`version: 1\nlimits: { ${line} }\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.limits;
};

describe('a rule under a limit', () => {
  it.each<[string, string, string[]]>([
    ['roles: [triage, push, maintain]', '', []],
    ['roles: [triage]', '', ['it offers push, which is given to nobody']],
    ['max-duration: 8h', '', []],
    ['max-duration: 7h', '', ['it offers 8 hours, and 7 hours is the longest']],
    ['max-ahead: 1h', '', []],
    ['max-live: 2', '', []],
    ['max-live: 2', '    max-live: 2\n', []],
    ['max-live: 2', '    max-live: 3\n', ['it allows 3 grants at a time, and 2 is the most']],
    ['cool-down: 2h', '', []],
    ['cool-down: 2h', '    cool-down: 2h\n', []],
    ['cool-down: 2h', '    cool-down: 1h\n', ['it waits 1 hour between grants, and 2 hours is the least']],
    ['min-count: 2', '', []],
    ['min-count: 3', '', ['it always asks 2 to approve, and 3 have to']],
    [
      'min-count: 1',
      '    auto-approve: { requesters: [all], outside: "mon-fri 08:00 - 18:00", zone: Europe/Berlin, review: [all], within: 1d }\n',
      ['its `auto-approve` has no effect'],
    ],
    ['min-count: 1', '    self-approval: allowed\n', ['its `self-approval` has no effect']],
    ['max-live: 1', '    self-approval: allowed\n', []],
  ])('%s %s', (limit, lines, words) => {
    expect(overLimits(rule(lines), limits(limit))).toEqual(words);
  });

  it('is held against it by the name of a custom role', () => {
    const parsed = parsePolicy(`version: 1
groups: { all: { teams: [all] } }
custom-roles: { captain: { base: push }, medic: { base: triage } }
limits: { roles: [push, medic] }
access:
  - { name: x, roles: [captain, medic], requesters: [all], max-duration: 1h, approvals: [{ from: [all] }] }
`);
    const [first] = parsed.ok ? parsed.value.access : [];
    if (!parsed.ok || first === undefined) throw new Error(JSON.stringify(parsed));
    expect(overLimits(first, parsed.value.limits)).toEqual(['it offers captain, which is given to nobody']);
  });

  it('is said to exceed each that it exceeds', () => {
    expect(overLimits(rule(''), limits('roles: [push], max-duration: 1h, min-count: 5'))).toHaveLength(3);
  });
});
