/** How a finding looks where people see it: in a terminal, on the lines of a pull request, in code scanning. */

import { describe, expect, it, test } from 'vitest';
import { workflowCommand } from '../../../src/domain/policy/findings/annotations.ts';
import { frameFinding, linesOf } from '../../../src/domain/policy/findings/frame.ts';
import { toSarif } from '../../../src/domain/policy/findings/sarif.ts';
import type { Finding } from '../../../src/domain/policy/model.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  severity: 'error',
  code: 'unknown-key',
  line: 1,
  column: 1,
  message: '`gate` is not a key here',
  hint: null,
  ...changes,
});

describe('the lines of a file', () => {
  test.each<[string, string, readonly string[]]>([
    ['end as on any system', 'a\nb\r\nc\rd', ['a', 'b', 'c', 'd']],
    ['may be empty', 'a\n\n\r\nb\n', ['a', '', '', 'b', '']],
    ['do not have the mark that some editors put first', '\uFEFFa\n\uFEFFb', ['a', '\uFEFFb']],
    ['have that mark where it is not first', 'a\uFEFFb', ['a\uFEFFb']],
  ])('%s', (_, text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('in a terminal', () => {
  /** The finding at a column of the only line. */
  const frame = (line: string, column: number, changes: Partial<Finding> = {}): readonly string[] =>
    frameFinding('policy.yml', [line], finding({ column, ...changes })).split('\n');
  /** The line of the file as it is shown, and the mark below it, both from the same place on. */
  const shown = (line: string, column: number): readonly [string, string] => {
    const [, , source = '', mark = ''] = frame(line, column);
    return [source.replace(/^ 1 \| /u, ''), mark.replace(/^ {3}\| /u, '')];
  };

  it('a finding says where, what, and what to do, with the line between', () => {
    const lines = ['version: 1', 'gate: []'];
    expect(frameFinding('ci/policy.yml', lines, finding({ line: 2, hint: 'did you mean `gates`?' }))).toBe(
      [
        'ci/policy.yml:2:1: error: `gate` is not a key here [unknown-key]',
        '   |',
        ' 2 | gate: []',
        '   | ^^^^',
        '   = help: did you mean `gates`?',
      ].join('\n'),
    );
  });

  it('the bar stands below itself whatever the line’s number, and no help is made up', () => {
    const lines = [...Array.from({ length: 99 }, () => ''), '  gate: []'];
    const found = finding({ severity: 'warning', line: 100, column: 3 });
    expect(frameFinding('policy.yml', lines, found)).toBe(
      [
        'policy.yml:100:3: warning: `gate` is not a key here [unknown-key]',
        '     |',
        ' 100 |   gate: []',
        '     |   ^^^^',
      ].join('\n'),
    );
    expect(
      frameFinding('policy.yml', lines, { ...found, hint: 'do' })
        .split('\n')
        .at(-1),
    ).toBe('     = help: do');
  });

  test.each<[string, readonly string[], number]>([
    ['is empty', [''], 1],
    ['has but blanks', [' \t '], 1],
    ['is not there', ['a'], 2],
  ])('nothing is shown of a line that %s', (_, lines, line) => {
    expect(frameFinding('p', lines, finding({ line, hint: 'do' }))).toBe(
      `p:${String(line)}:1: error: \`gate\` is not a key here [unknown-key]\n   = help: do`,
    );
  });

  test.each<[string, string, string]>([
    // what, a line with the place marked, the text that the mark goes under
    ['a word', 'on: ‹merge # now', 'merge'],
    ['a key, without its colon', '‹on: merge', 'on'],
    ['what has a colon in it', '‹tag:v1: x', 'tag:v1'],
    ['what has a colon in it and none behind', '[‹tag:v1]', 'tag:v1'],
    ['an item of a list', '[‹main, next]', 'main'],
    ['the last item of a list', '[main, ‹next]', 'next'],
    ['a value of a mapping', '{ on: ‹merge}', 'merge'],
    ['what stands before a list', '‹a[b]', 'a'],
    ['what stands before a mapping', '‹a{b}', 'a'],
    ['what stands before a comment', '‹a#b', 'a'],
    ['a text in quotes', 'name: ‹"two words, and [more]" # x', '"two words, and [more]"'],
    ['a text with a quote in it', 'name: ‹"a \\" b" c', '"a \\" b"'],
    ['a text in single quotes', "name: ‹'two words' c", "'two words'"],
    ['an empty text', 'name: ‹"" c', '""'],
    ['an empty text in single quotes', "name: ‹'' c", "''"],
    ['a text that is not closed, up to the blank', 'name: ‹"two words', '"two'],
    ['one place, where a list begins', 'a: ‹[b]', '['],
    ['one place, where a blank is', 'a:‹ b', ' '],
    ['one place behind the end', 'a:‹', ' '],
  ])('the mark goes under %s', (_, marked, token) => {
    const before = marked.indexOf('‹');
    expect(shown(marked.replace('‹', ''), before + 1)).toEqual([
      marked.replace('‹', ''),
      `${' '.repeat(before)}${'^'.repeat(token.length)}`,
    ]);
  });

  test.each([
    [39, 39],
    [40, 40],
    [41, 40],
    [90, 40],
  ])('a word of %i characters has a mark of %i', (length, marked) => {
    expect(shown('x'.repeat(length), 1)[1]).toBe('^'.repeat(marked));
  });

  it('what can’t be seen, or is wider than one place, does not move the mark', () => {
    expect(shown('\tname:\t\u0007\u202Ebad', 10)).toEqual([' name: ??bad', '         ^^^']);
  });

  describe('of a long line', () => {
    /** So many places, each told from its neighbours. */
    const places = (length: number): string =>
      Array.from({ length }, (_, at) => String.fromCodePoint(97 + (at % 26))).join('');

    it('all is shown while it fits', () => {
      const line = places(110);
      expect(shown(line, 100)).toEqual([line, `${' '.repeat(99)}${'^'.repeat(11)}`]);
    });

    it('the beginning is shown where the spot is there', () => {
      const line = places(111);
      expect(shown(line, 10)).toEqual([`${line.slice(0, 110)}...`, `${' '.repeat(9)}${'^'.repeat(40)}`]);
      expect(shown(line, 56)).toEqual([`${line.slice(0, 110)}...`, `${' '.repeat(55)}${'^'.repeat(40)}`]);
    });

    it('what is around the spot is shown where it is further on', () => {
      const line = places(300);
      const [source, mark] = shown(line, 101);
      expect(source).toBe(`...${line.slice(45, 155)}...`);
      expect(source[mark.indexOf('^')]).toBe(line[100]);
      expect(mark.trim()).toBe('^'.repeat(40));
    });

    it('the end is shown where the spot is there, and nothing is said to follow', () => {
      const line = places(200);
      const [source, mark] = shown(line, 191);
      expect(source).toBe(`...${line.slice(135)}`);
      expect(source[mark.indexOf('^')]).toBe(line[190]);
      expect(mark.trim()).toBe('^'.repeat(10));
    });

    it('nothing is said to follow what just fits', () => {
      const line = places(155);
      expect(shown(line, 101)[0]).toBe(`...${line.slice(45)}`);
      expect(shown(places(156), 101)[0]).toBe(`...${line.slice(45)}...`);
    });

    it('of thousands of characters no more than the beginning is looked at', () => {
      const [source, mark] = shown(`${places(10_000)}${'!'.repeat(100)}`, 9_996);
      expect(source).not.toContain('!');
      expect(mark.trim()).toBe('^'.repeat(5));
    });
  });
});

describe('in a workflow', () => {
  test.each<[string, string, Partial<Finding>, string]>([
    [
      'an error stands on its line',
      '.github/.jit-policy.yml',
      { line: 3, column: 7 },
      '::error file=.github/.jit-policy.yml,line=3,col=7,title=unknown-key::`gate` is not a key here',
    ],
    [
      'a warning has what to do on a second line of its text',
      'p.yml',
      { severity: 'warning', hint: 'do this' },
      '::warning file=p.yml,line=1,col=1,title=unknown-key::`gate` is not a key here%0Ado this',
    ],
    [
      'what ends lines or stands for it is written out, so that nothing becomes a command',
      'p.yml',
      { message: '100%\r\n::set-output name=a::b%0A', hint: '\n::stop-commands::x' },
      '::error file=p.yml,line=1,col=1,title=unknown-key::100%25%0D%0A::set-output name=a::b%250A%0A%0A::stop-commands::x',
    ],
    [
      'a name can’t bring properties along',
      'a:b,line=9%\n\r.yml',
      { code: 'a,b:c,d:e' },
      '::error file=a%3Ab%2Cline=9%25%0A%0D.yml,line=1,col=1,title=a%2Cb%3Ac%2Cd%3Ae::`gate` is not a key here',
    ],
    [
      'half a character is replaced',
      'p.yml',
      { message: 'a \uD83D b' },
      '::error file=p.yml,line=1,col=1,title=unknown-key::a \uFFFD b',
    ],
  ])('%s', (_, file, changes, expected) => {
    expect(workflowCommand(file, finding(changes))).toBe(expected);
  });
});

describe('in code scanning', () => {
  it('the log says who looked, by which rules, and what was found where', () => {
    const findings = [
      finding({ line: 4, column: 2, hint: 'did you mean `gates`?' }),
      finding({ severity: 'warning', code: 'bad', message: 'it is bad', line: 2 }),
      finding({ line: 9 }),
    ];
    const at = (startLine: number, startColumn: number) => [
      { physicalLocation: { artifactLocation: { uri: 'p.yml' }, region: { startLine, startColumn } } },
    ];
    const text = '`gate` is not a key here';
    expect(toSarif('p.yml', findings, '1.2.3')).toEqual({
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'jit-gate',
              version: '1.2.3',
              rules: [
                { id: 'bad', name: 'Bad' },
                { id: 'unknown-key', name: 'UnknownKey' },
              ],
            },
          },
          columnKind: 'utf16CodeUnits',
          results: [
            {
              ruleId: 'unknown-key',
              ruleIndex: 1,
              level: 'error',
              message: { text: `${text} (did you mean \`gates\`?)` },
              locations: at(4, 2),
            },
            { ruleId: 'bad', ruleIndex: 0, level: 'warning', message: { text: 'it is bad' }, locations: at(2, 1) },
            { ruleId: 'unknown-key', ruleIndex: 1, level: 'error', message: { text }, locations: at(9, 1) },
          ],
        },
      ],
    });
  });

  it('a log of nothing has no rules and no results', () => {
    expect(toSarif('p.yml', [], '1')).toMatchObject({ runs: [{ tool: { driver: { rules: [] } }, results: [] }] });
  });

  test.each([
    ['.github/.jit-policy.yml', '.github/.jit-policy.yml'],
    ['ci\\my policy.yml', 'ci/my%20policy.yml'],
    ['/srv/a b/p.yml', 'file:///srv/a%20b/p.yml'],
    ['a:b.yml', 'a%3Ab.yml'],
    ['a#b?c%.yml', 'a%23b%3Fc%25.yml'],
  ])('the file %s has the address %s', (file, uri) => {
    expect(toSarif(file, [finding()], '1')).toMatchObject({
      runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri } } }] }] }],
    });
  });
});
