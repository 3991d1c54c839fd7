/** That no text, however hostile, throws, hangs or is taken for a policy. */

import { dump } from 'js-yaml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placesOf } from '../../../src/domain/policy/match.ts';
import { lintPolicy, parsePolicy } from '../../../src/domain/policy/parse.ts';
import { processorTime } from '../../support/processor-time.ts';

const FULL = 256 * 1024;

/** Fills the text that is read to the brim. */
function fill(unit: (index: number) => string, before = '', behind = ''): string {
  const parts = [before];
  for (let length = before.length + behind.length, index = 0; ; index += 1) {
    const part = unit(index);
    length += part.length;
    if (length > FULL) return [...parts, behind].join('');
    parts.push(part);
  }
}

const GATE = `version: 1
groups: { g: { teams: [a] } }
gates:
  - name: x
    on: merge
    branches: [main]
    approvals: [{ from: g }]
`;

const patterns = (pattern: (index: number) => string): string =>
  `${GATE}    unless:\n      paths:\n${Array.from({ length: 999 }, (_, index) => `        - "${pattern(index)}"\n`).join('')}`;

/** An alias bomb: every list holds the one before nine times. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level += 1)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
  return lines.join('\n');
}

/** Milliseconds. */
const LIMIT = 200;
const cost = (text: string, read: (text: string) => unknown = parsePolicy): number =>
  processorTime(() => read(text), LIMIT);

describe('hostile text is refused within 200 ms', () => {
  test.each<[string, string, string]>([
    ['a megabyte', 'x'.repeat(1 << 20), 'too-large'],
    ['a megabyte of brackets', '['.repeat(1 << 20), 'too-large'],
    ['an alias bomb', bomb(), 'too-many-values'],
    ['a merge bomb', fill((index) => `m${index}: { <<: [*a, *a] }\n`, 'a: &a { b: 1 }\n'), 'too-many-values'],
    ['more aliases than are read', `a: &a 1\n${'- *a\n'.repeat(300)}`, 'yaml-syntax'],
    ['a list within itself', '&a [*a]', 'yaml-syntax'],
    ['deep brackets', '['.repeat(FULL), 'yaml-syntax'],
    ['deep mappings', fill(() => '{a: '), 'yaml-syntax'],
    ['deep lists', fill(() => '- '), 'yaml-syntax'],
    ['deep keys', fill(() => '? '), 'yaml-syntax'],
    ['deep indentation', Array.from({ length: 700 }, (_, index) => `${' '.repeat(index)}a:\n`).join(''), 'yaml-syntax'],
    ['a list that never ends', fill(() => 'a,', '['), 'yaml-syntax'],
    ['a quote that never ends', fill(() => '\n', '"'), 'yaml-syntax'],
    ['ten thousand documents', fill(() => '---\n'), 'several-documents'],
    ['ten thousand comments', fill(() => '#\n'), 'empty-file'],
    ['ten thousand gates', `version: 1\ngates:\n${'  - {}\n'.repeat(10_000)}`, 'too-many'],
    ['ten thousand full gates', fill((index) => `  - {name: g${index}}\n`, 'version: 1\ngates:\n'), 'too-many-values'],
    ['501 gates', `version: 1\ngates:\n${'  - {}\n'.repeat(501)}`, 'too-many'],
    [
      '201 groups',
      `version: 1\ngroups:\n${Array.from({ length: 201 }, (_, index) => `  g${index}: {}\n`).join('')}`,
      'too-many',
    ],
    ['501 access rules', `version: 1\naccess:\n${'  - {}\n'.repeat(501)}`, 'too-many'],
    ['1,001 patterns', `${GATE}    when: { paths: [${'a, '.repeat(1_000)}] }\n`, 'too-many'],
    ['ten thousand keys', fill((index) => `k${index}: 1\n`), 'too-many-values'],
    ['ten thousand duplicates', fill(() => 'a: 1\n'), 'too-many-values'],
    [
      'five thousand unknown keys',
      Array.from({ length: 5_000 }, (_, index) => `gatez${index}: 1\n`).join(''),
      'missing-key',
    ],
    [
      'five thousand unknown groups',
      `${GATE}    timeout: 1h\n`.replace(
        'from: g',
        `from: [${Array.from({ length: 5_000 }, (_, index) => `groupname${index}`).join(', ')}]`,
      ),
      'unknown-group',
    ],
    ['brace bombs', patterns((index) => `${'{a,b}'.repeat(20)}${index}`), 'too-many'],
    ['many braces', patterns((index) => `{a*,b}{c*,d}{e*,f}{g,h}{i,j}{k,l*}${index}`), 'too-many'],
    ['nested braces', patterns((index) => `${'{a,'.repeat(20)}${'}'.repeat(20)}${index}`), 'too-many'],
    ['open braces', patterns((index) => `${'{'.repeat(200)}${index}`), 'bad-pattern'],
    ['a prototype', '__proto__: { gates: [] }\nconstructor: { prototype: 1 }\n', 'missing-key'],
    ['a wide group', fill(() => '~,', 'version: 1\ngroups: { g: { users: [', '] } }'), 'too-many-values'],
    ['lone surrogates', '\uD800'.repeat(1_000), 'bad-character'],
    ['NULs', '\u0000'.repeat(FULL), 'bad-character'],
  ])('%s', (_, text, code) => {
    const findings = lintPolicy(text);
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect(findings.length).toBeLessThanOrEqual(201);
    expect(parsePolicy(text).ok).toBe(false);
    expect(cost(text)).toBeLessThan(LIMIT);
  });

  test('and so is a long list of costly patterns read, if they are within the caps', () => {
    const text = patterns((index) => `${'a*'.repeat(100)}${index}`);
    expect(parsePolicy(text).ok).toBe(true);
    expect(cost(text)).toBeLessThan(LIMIT);
  });
});

describe('everything that can be said of a policy is said within 200 ms', () => {
  const people = (count: number): string => Array.from({ length: count }, (_, index) => `u${index}`).join(', ');
  test.each<[string, string]>([
    [
      'many gates on one branch',
      `version: 1\ngroups: { g: { users: [${people(90)}] } }\ngates:\n${Array.from({ length: 500 }, (_, index) => `  - { name: g${index}, on: merge, branches: [main], approvals: [{ from: g, count: 20 }] }\n`).join('')}`,
    ],
    [
      'a gate with a thousand branches',
      GATE.replace('[main]', `[${Array.from({ length: 999 }, (_, index) => `b${index}`).join(', ')}]`),
    ],
    [
      'many environments with many refs',
      `version: 1\ngroups: { g: { teams: [a] } }\ngates:\n${Array.from({ length: 40 }, (_, index) => `  - { name: g${index}, on: deployment, environments: [e], refs: [${Array.from({ length: 20 }, (__, ref) => `r${index}x${ref}`).join(', ')}], approvals: [{ from: g }] }\n`).join('')}`,
    ],
    [
      'many access rules for many groups',
      `version: 1\ngroups:\n${Array.from({ length: 150 }, (_, index) => `  g${index}: { users: [u${index}, v] }\n`).join('')}access:\n${Array.from({ length: 60 }, (_, index) => `  - { name: r${index}, roles: [pull, triage, push, maintain, admin], requesters: [${Array.from({ length: 150 }, (__, group) => `g${group}`).join(', ')}], max-duration: ${index + 1}h, approvals: [{ from: g1 }] }\n`).join('')}`,
    ],
    [
      'many who ask for themselves',
      `version: 1\ngroups: { g: { users: [${people(3_000)}] } }\naccess:\n${Array.from({ length: 40 }, (_, index) => `  - { name: r${index}, roles: [push], requesters: [g], max-duration: ${index + 1}h, approvals: [{ from: g, count: 40 }] }\n`).join('')}`,
    ],
  ])('%s', (_, text) => {
    expect(parsePolicy(text).ok).toBe(true);
    expect(cost(text, lintPolicy)).toBeLessThan(LIMIT);
  });

  test.each<[string, string]>([
    ['tabs', 'version: 1\ngates:\n\t- name: x\n'],
    ['UTF-16 read as UTF-8', Buffer.from('version: 1\n', 'utf16le').toString('utf8')],
    ['a file of zeros', '\u0000\u0000'],
  ])('%s are a finding', (_, text) => {
    expect(lintPolicy(text).map(({ severity }) => severity)).toContain('error');
  });

  test('a byte order mark and carriage returns are none', () => {
    expect(lintPolicy(`\uFEFF${GATE.replaceAll('\n', '\r\n')}`)).toEqual([]);
  });
});

test('where findings are cut off, none of them was the only error', () => {
  const text = `version: 1\ngroups:\n${Array.from({ length: 199 }, (_, index) => `  g${index}: { users: ["${index}"] }\n`).join('')}  last: {}\n`;
  const findings = lintPolicy(text);
  expect(findings.map(({ code }) => code)).toContain('empty-group');
  expect(findings.at(-1)).toMatchObject({ code: 'more-findings', severity: 'warning' });
  expect(parsePolicy(text).ok).toBe(false);
});

test('the prototype of objects is left alone', () => {
  parsePolicy('__proto__: { polluted: 1 }\ngroups: { __proto__: { polluted: 1 } }\n');
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

/** Words that make texts look like policies, so that random ones get past the first line. */
const word = fc.constantFrom(
  'version',
  'groups',
  'gates',
  'access',
  'name',
  'on',
  'merge',
  'deployment',
  'approvals',
  'from',
  'count',
  'when',
  'unless',
  'paths',
  'authors',
  'all',
  'any',
  'not',
  'teams',
  'users',
  'roles',
  'requesters',
  'max-duration',
  '__proto__',
  'constructor',
  ':',
  ': ',
  '\n',
  '\n  ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  '"',
  "'",
  '|',
  '>',
  '&a',
  '*a',
  '<<: *a',
  '!',
  '!!str',
  '#',
  '%',
  '---',
  '1',
  '~',
  '4h',
  '\t',
  '\u0000',
  '\uFEFF',
  '**',
);

test('any text is read or refused with findings that have a place, and nothing is thrown', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
  );
  fc.assert(
    fc.property(text, (source) => {
      const findings = lintPolicy(source);
      const result = parsePolicy(source);
      expect(result.ok).toBe(!findings.some(({ severity }) => severity === 'error'));
      for (const { line, column, message } of findings) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(source.split(/\r\n?|\n/).length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message).not.toBe('');
      }
    }),
    { numRuns: 3_000 },
  );
});

test('any value at all, written as YAML, is read or refused', () => {
  fc.assert(
    fc.property(fc.dictionary(word, fc.jsonValue({ maxDepth: 4 })), (value) => {
      const text = dump({ version: 1, ...value });
      expect(parsePolicy(text).ok).toBe(!lintPolicy(text).some(({ severity }) => severity === 'error'));
    }),
    { numRuns: 1_000 },
  );
});

describe('what is printed is read back', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/).filter((each) => each !== 'all');
  const glob = fc
    .stringMatching(/^[a-z]{1,8}(?:\/[a-z]{1,8}){0,2}(?:\/\*\*|\*)?$/)
    // Branches and tags are written without it, which is a finding.
    .filter((each) => !each.startsWith('refs/'));
  const globs = fc.uniqueArray(glob, { minLength: 1, maxLength: 4 });
  const span = fc.constantFrom('90s', '30m', '4h', '1d', '2h30m');
  const condition = fc.letrec<{ node: object }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      globs.map((paths) => ({ paths })),
      globs.map((base) => ({ base, draft: false })),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie('node').map((not) => ({ not })),
    ),
  })).node;
  const stages = fc.array(
    fc.record(
      { from: fc.constant(['g']), count: fc.integer({ min: 1, max: 5 }), when: condition },
      { requiredKeys: ['from'] },
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const common = { name, approvals: stages, when: condition, unless: condition, timeout: span, reviews: fc.boolean() };
  const gate = fc.oneof(
    fc.record(
      { ...common, on: fc.constant('merge' as const), branches: globs },
      { requiredKeys: ['name', 'approvals', 'on', 'branches'] },
    ),
    fc.record(
      {
        ...common,
        on: fc.constant('deployment' as const),
        environments: globs,
        refs: globs,
        forks: fc.constantFrom('allowed', 'denied'),
      },
      { requiredKeys: ['name', 'approvals', 'on', 'environments'] },
    ),
  );
  const gates = fc.uniqueArray(gate, { selector: (each) => each.name, maxLength: 5 });

  test('whatever the gates', () => {
    fc.assert(
      fc.property(gates, (all) => {
        const result = parsePolicy(dump({ version: 1, groups: { g: { teams: ['t'] } }, gates: all }, { noRefs: true }));
        if (!result.ok) throw new Error(JSON.stringify(result.error));
        expect(result.value.gates.map((each) => [each.name, each.on, each.reviews])).toEqual(
          all.map((each) => [each.name, each.on, each.reviews ?? false]),
        );
        expect(result.value.gates.map((each) => each.approvals.map((stage) => stage.count))).toEqual(
          all.map((each) => each.approvals.map((stage) => stage.count ?? 1)),
        );
        expect(result.value.gates.map((each) => placesOf(each).globs.map(({ source }) => source))).toEqual(
          all.map((each) => ('branches' in each ? each.branches : each.environments)),
        );
      }),
    );
  });
});
