/** Which lines of a comment can be commands, how they are split, and when a comment is too much to read. */

import { describe, expect, test } from 'vitest';
import { commandLines } from '../../src/domain/command-line.ts';

/** Word, head and tail of each line that can be a command. */
function linesOf(comment: string) {
  const read = commandLines(comment);
  if (!read.ok) throw new Error(read.error.problem);
  return read.value;
}
const only = (line: string) => linesOf(line).map(({ word, head, tail }) => [word, head, tail]);

describe('a line is split', () => {
  test.each<[string, string, string | null, string | null]>([
    ['/approve', 'approve', '', null],
    ['/Approve', 'Approve', '', null],
    ['/approve ', 'approve', '', null],
    ['/approve\tproduction', 'approve', 'production', null],
    ['/approve  two \t words\t ', 'approve', 'two \t words', null],
    ['/approve:', 'approve', '', ''],
    ['/approve: fine', 'approve', '', 'fine'],
    ['/approve x:y:z', 'approve', 'x', 'y:z'],
    ['/approve x : *so* ', 'approve', 'x', '*so*'],
    ['/approve *x*: so', 'approve', null, 'so'],
    ['/approve *x*', 'approve', null, null],
    ['/a', 'a', '', null],
    ['/break-glass: x', 'break-glass', '', 'x'],
    ['/what?! now', 'what?!', 'now', null],
    ['   /approve x', 'approve', 'x', null],
  ])('%j', (line, word, head, tail) => {
    expect(only(line)).toEqual([[word, head, tail]]);
  });

  test.each([
    '/',
    '/1',
    '/-a',
    '/a/b',
    '/usr/bin',
    'x /approve',
    '//a',
    '/é',
    '/aé',
    '/a\u00A0b',
    '    /approve',
    '/a;b/c',
    './approve',
  ])('or is none: %j', (line) => {
    expect(only(line)).toEqual([]);
  });
});

describe('the colon before the reason', () => {
  test.each<[string, string, string | null]>([
    ['/request push start 2026-12-01 09:00: now', 'push start 2026-12-01 09:00', 'now'],
    ['/request push start 2026-12-01 09:00', 'push start 2026-12-01 09:00', null],
    ['/request push start 2026-12-01 09:00:30 UTC: now', 'push start 2026-12-01 09:00:30 UTC', 'now'],
    ['/request push START\t2026-12-01 09:00 : 10:30', 'push START\t2026-12-01 09:00', '10:30'],
    ['/request push start 2026-12-01T09:00+01:00: x', 'push start 2026-12-01T09:00+01:00', 'x'],
    // Two digits have to follow, and a digit to stand before.
    ['/request push start 2026-12-01 09:0', 'push start 2026-12-01 09', '0'],
    ['/request push start 2026-12-01 09: 00', 'push start 2026-12-01 09', '00'],
    ['/request push start 2026-12-01 09 :00', 'push start 2026-12-01 09', '00'],
    ['/request push start 2026-12-01 UTC:15 servers', 'push start 2026-12-01 UTC', '15 servers'],
    ['/request push start tomorrow 09:00', 'push start tomorrow 09', '00'],
    ['/request push restart 2026-12-01 09:00', 'push restart 2026-12-01 09', '00'],
    ['/request push start2026 09:00', 'push start2026 09', '00'],
    ['/start 2026-12-01 09:00', '2026-12-01 09', '00'],
    ['/approve at 09:00', 'at 09', '00'],
  ])('%s', (line, head, tail) => {
    expect(only(line).map(([, ...rest]) => rest)).toEqual([[head, tail]]);
  });

  test('ends what has to be plain text: the reason can be formatted', () => {
    expect(only('/approve x: `code` and **more**')).toEqual([['approve', 'x', '`code` and **more**']]);
    expect(only('/approve `x`: code')).toEqual([['approve', null, 'code']]);
    expect(only('/request push start 2026-12-01 09:00 `UTC`: why')).toEqual([['request', null, 'why']]);
    expect(only('/approve x\\_y')).toEqual([['approve', null, null]]);
  });

  test('is looked for in the line alone', () => {
    expect(only('/approve x\nthis: *that*')).toEqual([['approve', 'x', null]]);
    expect(only('/approve x  \n*this*: that')).toEqual([['approve', 'x', null]]);
  });
});

describe('the line is counted from 1', () => {
  test.each<[string, number[]]>([
    ['/a', [1]],
    ['/a\n/b', [1, 2]],
    ['x\n/a\n\ny\nz\n/b\n/c', [2, 6, 7]],
    ['\n\n/a', [3]],
    ['x `y\nz`\n/a', [3]],
    ['> x\n\n/a\n\n- y\n\n/b', [3, 7]],
    ['x\r\ny\r/a', [3]],
  ])('%j', (comment, lines) => {
    expect(linesOf(comment).map(({ line }) => line)).toEqual(lines);
  });
});

describe('what is too much', () => {
  const refusal = (comment: string) => {
    const read = commandLines(comment);
    return read.ok ? null : read.error;
  };
  const MOST = 65_536;

  test('is a comment longer than GitHub keeps', () => {
    const problem = 'The comment is longer than 65536 characters.';
    expect(refusal(`x\n/a\n\n${'x'.repeat(MOST - 6)}`)).toBeNull();
    expect(refusal(`x\n/a\n\n${'x'.repeat(MOST - 5)}`)).toEqual({ line: 2, problem });
    expect(refusal('x'.repeat(MOST + 1))).toBeNull();
  });

  test('is a comment of more than 2,000 lines', () => {
    const problem = 'The comment has more than 2000 lines.';
    expect(refusal(`/a${'\n'.repeat(1_999)}`)).toBeNull();
    expect(refusal(`/a${'\n'.repeat(2_000)}`)).toEqual({ line: 1, problem });
  });

  test('is more than 20 commands', () => {
    const problem = 'The comment has more than 20 commands.';
    expect(refusal(`x\n\n${'/a\n'.repeat(20)}`)).toBeNull();
    expect(refusal(`x\n\n${'/a\n'.repeat(21)}`)).toEqual({ line: 3, problem });
  });

  describe('are paragraphs of more than 20,000 characters with commands or HTML', () => {
    const problem = 'Paragraphs with commands or HTML are longer than 20000 characters in all.';
    const long = 'x'.repeat(10_000);

    test('counted without their line ends', () => {
      expect(refusal(`/a\n${'x'.repeat(19_998)}`)).toBeNull();
      expect(refusal(`/a\n${'x'.repeat(19_999)}`)).toEqual({ line: 1, problem });
    });

    test('all together', () => {
      expect(refusal(`/a\n${long}\n\n/b\n${'x'.repeat(9_996)}`)).toBeNull();
      expect(refusal(`/a\n${long}\n\n/b\n${'x'.repeat(9_997)}`)).toEqual({ line: 1, problem });
    });

    test('of which those with HTML are some, and those of plain words none', () => {
      expect(refusal(`/a\n\n${long}\n\n${long}\n\n${long}`)).toBeNull();
      expect(refusal(`/a\n\n<b>${long}\n\nx < ${long}`)).toEqual({ line: 1, problem });
      expect(refusal(`/a\n\n> /b ${long}\n\n> /b ${long}`)).toBeNull();
    });
  });
});

describe('what an e-mail quotes', () => {
  test('ends the reading, in its paragraph and after it', () => {
    expect(linesOf('/a\nOn Monday Ana wrote:\n/b\n\n/c').map(({ word }) => word)).toEqual(['a']);
    expect(linesOf('/a\n\nOn Monday Ana wrote:\n\n/c').map(({ word }) => word)).toEqual(['a']);
    expect(linesOf('On Monday Ana wrote to me.\n/b\n\n/c').map(({ word }) => word)).toEqual(['b', 'c']);
  });
});

describe('what stands in an HTML element', () => {
  test.each<[string, string[]]>([
    ['<details>\n\n/a\n\n</details>\n\n/b', ['b']],
    ['x <b>\n/a\n</b>\n/b', ['b']],
    ['x <b>\n\n/a\n\n</b>\n\n/b', ['b']],
    ['x <b>y</b>\n/b', ['b']],
    ['x <b>y\n\nz</b>\n\n/b', ['b']],
    ['> <details>\n\n/b', ['b']],
  ])('is passed over: %j', (comment, words) => {
    expect(linesOf(comment).map(({ word }) => word)).toEqual(words);
  });
});
