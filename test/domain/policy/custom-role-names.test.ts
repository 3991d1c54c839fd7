/** Which names and bases of custom roles does a policy take, and what is said of others? */

import { describe, expect, it } from 'vitest';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';

const policy = (name: string, base: string): string => `version: 1
custom-roles: { ${JSON.stringify(name)}: { base: ${base} } }
groups: { leads: { teams: [leads] } }
access:
  - { name: r, roles: [push, ${JSON.stringify(name)}], requesters: [leads], max-duration: 8h, approvals: [{ from: [leads] }] }
`;
const said = (text: string) =>
  lintPolicy(text)
    .filter(({ code }) => code === 'bad-name' || code === 'bad-base')
    .map(({ code, message, hint }) => [code, message, hint]);

describe('a custom role', () => {
  it.each([
    ['of one letter', 'x'],
    ['of a hundred characters', 'x'.repeat(100)],
    ['with all that can be used', 'Team 9 a._&/+-b'],
  ])('may have a name %s', (_, name) => {
    expect(lintPolicy(policy(name, 'push'))).toEqual([]);
  });

  const MAY = 'letters a to z, digits, single spaces and . _ & / + - can be used';
  it.each<[string, string, string, string | null]>([
    [
      'that GitHub uses itself',
      'Write',
      `"Write" is a role of GitHub's own`,
      "use the name of the organisation's role",
    ],
    ['of a hundred and one characters', 'x'.repeat(101), 'the name is longer than 100 characters', null],
    ['with a letter of another alphabet', 'аuditor', `"аuditor" can't be the name of a custom role`, MAY],
    ['with two spaces together', 'a  b', `"a  b" can't be the name of a custom role`, MAY],
    [
      'that is told no further than needed',
      `${'x'.repeat(60)}!`,
      `"${'x'.repeat(60)}" can't be the name of a custom role`,
      MAY,
    ],
  ])('may not have a name %s', (_, name, message, hint) => {
    expect(said(policy(name, 'push'))).toEqual([['bad-name', message, hint]]);
  });

  it.each([
    ['read', 'pull'],
    ['Triage', 'triage'],
    ['write', 'push'],
    ['maintain', 'maintain'],
  ])('may build on %s, which is %s', (word, base) => {
    const parsed = parsePolicy(policy('lead', word));
    expect(parsed.ok && parsed.value.customRoles.get('lead')).toEqual({ custom: 'lead', base });
  });

  it.each(['admin', 'auditor', `${'x'.repeat(60)}yz`])('may not build on %s', (word) => {
    expect(said(policy('lead', word))).toEqual([
      [
        'bad-base',
        `no custom role builds on "${word.slice(0, 60)}"`,
        'it builds on one of pull, triage, push, maintain',
      ],
    ]);
  });
});
