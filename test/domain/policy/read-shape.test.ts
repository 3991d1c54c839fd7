/** What is said about a file beside the policy, such as one of cases, that has not the shape it should have. */

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readShape } from '../../../src/domain/policy/read-shape.ts';
import { readTestFile } from '../../../src/domain/policy/test-file.ts';
import { marked } from '../../support/marked.ts';

const CASE = '{ name: a, merge: { into: main }, expect: pending }';
const file = (...cases: readonly string[]): string =>
  `version: 1\ncases:\n${cases.map((each) => `  - ${each}\n`).join('')}`;
const withKey = (more: string): string => file(CASE, `{ name: b, merge: { into: main }, expect: pending, ${more} }`);

/** The findings, and those that are expected: one for each mark, with its code and message. */
function compared(source: string, ...expected: readonly (readonly [string, string])[]) {
  const { text, places } = marked(source);
  const read = readTestFile(text);
  return {
    findings: read.ok ? [] : read.error,
    expected: expected.map(([code, message], index) => ({
      severity: 'error',
      code,
      ...places[index],
      message,
      hint: null,
    })),
  };
}

describe('a file of cases is refused with the place and what is expected', () => {
  const mapping = 'a mapping that begins with `version: 1`';
  const oneCase = 'a case: a mapping with `name`, one of `merge`, `deployment` and `access`, and `expect`';
  const moment = 'a time such as 2026-12-20T10:00:00Z, or a duration such as 30m';

  test.each([
    ['a list', '‹- a\n', 'wrong-type', `the file is not as expected: ${mapping}`],
    ['a text', '‹cases\n', 'wrong-type', `the file is not as expected: ${mapping}`],
    ['no version', `‹cases:\n  - ${CASE}\n`, 'missing-key', '`version` is missing; expected the number 1'],
    ['another version', file(CASE).replace('1', '‹2'), 'wrong-type', '`version` is not as expected: the number 1'],
    ['no cases', '‹version: 1\n', 'missing-key', '`cases` is missing; expected a list of cases'],
    [
      'a mapping of cases',
      'version: 1\ncases: ‹{ a: b }\n',
      'wrong-type',
      '`cases` is not as expected: a list of cases',
    ],
    ['an empty list of cases', 'version: 1\ncases: ‹[]\n', 'bad-value', 'there is no case'],
    ['a number for a case', file(CASE, '‹7'), 'wrong-type', `the item is not as expected: ${oneCase}`],
    ['nothing for a case', file('‹null', CASE), 'wrong-type', `the item is not as expected: ${oneCase}`],
    [
      'a case without a name',
      file(CASE, `‹${CASE}`.replace('name: a, ', '')),
      'missing-key',
      '`name` is missing; expected a text',
    ],
    [
      'a name of nothing',
      file(CASE.replace('name: a', 'name: ‹null')),
      'wrong-type',
      '`name` is not as expected: a text',
    ],
    [
      'a case of nothing',
      file(CASE, '‹{ name: b, expect: none }'),
      'bad-value',
      'a case has exactly one of `merge`, `deployment` and `access`',
    ],
    ['a key at the top', `${file(CASE)}‹case: []\n`, 'unknown-key', '`case` is not a key here'],
    ['a key of a case', withKey('‹vote: ana'), 'unknown-key', '`vote` is not a key here'],
    [
      'a key deep inside',
      file(CASE, CASE.replace('into: main', 'into: main, ‹from: dev').replace('name: a', 'name: b')),
      'unknown-key',
      '`from` is not a key here',
    ],
    ['a long key', withKey(`‹${'k'.repeat(61)}: 1`), 'unknown-key', `\`${'k'.repeat(60)}\` is not a key here`],
    [
      'a time without its zone',
      withKey('opened: ‹2026-01-01T10:00'),
      'bad-value',
      'write the time with its zone, such as 2026-12-20T10:00:00Z',
    ],
    ['neither a time nor a duration', withKey('at: ‹soon'), 'wrong-type', `\`at\` is not as expected: ${moment}`],
    ['a list for a time', withKey('at: ‹[1h]'), 'wrong-type', `\`at\` is not as expected: ${moment}`],
    [
      'a list for a vote',
      withKey('votes: [ana, ‹[]]'),
      'wrong-type',
      'the item is not as expected: a login, which approves, or a mapping with `by` and `says`',
    ],
    [
      'a vote by nobody',
      withKey('votes: [ana, ‹{ says: deny }]'),
      'missing-key',
      "`by` is missing; expected a login, or an account's number",
    ],
    [
      'a mistyped key of a vote',
      withKey('votes: [ana, { by: ben, ‹say: deny }]'),
      'unknown-key',
      '`say` is not a key here',
    ],
    [
      'a time of a vote that is none',
      withKey('votes: [{ by: ben, at: ‹soon }]'),
      'wrong-type',
      `\`at\` is not as expected: ${moment}`,
    ],
    [
      'reasons that are no list',
      file(CASE.replace('pending', '{ verdict: pending, reasons: ‹frozen }')),
      'wrong-type',
      '`reasons` is not as expected: a list of reasons',
    ],
    [
      'no verdict',
      file(CASE.replace('pending', '‹{ reasons: [frozen] }')),
      'missing-key',
      '`verdict` is missing; expected one of approved, pending, denied, none, refused',
    ],
    [
      'a word that is no way for a gate to come out',
      file(CASE.replace('pending', '{ verdict: pending, rules: { main: ‹maybe } }')),
      'wrong-type',
      '`main` is not as expected: a verdict, a reason, `spared` or `absent`',
    ],
  ])('%s', (_, source, code, message) => {
    const { findings, expected } = compared(source, [code, message]);
    expect(findings).toEqual(expected);
  });

  test('with all mistakes, in the order of lines and columns', () => {
    const source = `‹first: 1\ncases:\n  - { ‹colour: red, merge: { into: ‹7 }, name: ‹8, expect: pending, ‹shape: 9 }\n‹last: 1\nversion: ‹2\n`;
    const { findings, expected } = compared(
      source,
      ['unknown-key', '`first` is not a key here'],
      ['unknown-key', '`colour` is not a key here'],
      ['wrong-type', '`into` is not as expected: a text'],
      ['wrong-type', '`name` is not as expected: a text'],
      ['unknown-key', '`shape` is not a key here'],
      ['unknown-key', '`last` is not a key here'],
      ['wrong-type', '`version` is not as expected: the number 1'],
    );
    expect(findings).toEqual(expected);
  });

  test.each([
    ['twice the same key', `version: 1\n‹version: 2\ncases: 7\n`, 'duplicate-key'],
    ['no YAML', `version: 1\n‹\tcases: 7\n`, 'yaml-syntax'],
  ])('with what is wrong as YAML alone where it is: %s', (_, source, code) => {
    const { text, places } = marked(source);
    expect(readTestFile(text)).toMatchObject({ ok: false, error: [{ code, ...places[0] }] });
    const read = readTestFile(text);
    expect(read.ok ? [] : read.error).toHaveLength(1);
  });
});

describe('a definition', () => {
  const findings = (text: string, definition: z.ZodType) => {
    const read = readShape(text, definition);
    return read.ok ? [] : read.error;
  };

  test('gives what it makes of the text, and where each part of it stands', () => {
    const read = readShape('a:\n  - 1\n  - 2\n', z.strictObject({ a: z.array(z.int().transform(String)) }));
    if (!read.ok) throw new Error('it fits');
    expect(read.value.value).toEqual({ a: ['1', '2'] });
    expect(read.value.document.locate(['a', 1], 'value')).toEqual({ line: 3, column: 5 });
  });

  test.each<[string, z.ZodType, string]>([
    ['too small', z.int().min(5, { error: 'less than five' }), '4'],
    ['too large', z.int().max(3, { error: 'more than three' }), '4'],
    ['too long', z.string().max(2, { error: 'longer than two' }), 'abc'],
    ['of another form', z.string().regex(/^\d+$/u, { error: 'not of digits' }), 'abc'],
    ['no multiple', z.number().multipleOf(5, { error: 'no five minutes' }), '4'],
    ['refused by its own word', z.string().refine(() => false, { error: 'not today' }), 'abc'],
    ['a mapping with such a key', z.record(z.string().regex(/^\d+$/u), z.string(), { error: 'no number' }), '{ a: b }'],
  ])('says by its own words alone that a value is %s', (_, definition, value) => {
    const [finding, ...others] = findings(`k: ${value}\n`, z.strictObject({ k: definition }));
    const words =
      /^(?:less than five|more than three|longer than two|not of digits|no five minutes|not today|no number)$/u;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', code: 'bad-value', line: 1, hint: null });
    expect(finding?.message).toMatch(words);
  });

  test('that can be met in several ways has the first that fits outside speak of what is inside', () => {
    const way = (key: string, what: string) => z.strictObject({ [key]: z.string({ error: what }) });
    const ways = z.union([z.string(), way('a', 'an a'), way('b', 'a b')], { error: 'a text or a mapping' });
    expect(findings('{ a: 1 }\n', ways).map(({ message }) => message)).toEqual(['`a` is not as expected: an a']);
    expect(findings('7\n', ways).map(({ message }) => message)).toEqual([
      'the file is not as expected: a text or a mapping',
    ]);
  });

  test('that can be met in several ways is not spoken of inside where a way is at odds with the whole as well', () => {
    const whole = z.array(z.string({ error: 'a text' })).min(2, { error: 'too few' });
    const ways = z.union([z.int(), whole], { error: 'a number or a list of two' });
    expect(findings('[a, 2]\n', ways).map(({ message }) => message)).toEqual(['the item is not as expected: a text']);
    expect(findings('[1]\n', ways).map(({ message }) => message)).toEqual([
      'the file is not as expected: a number or a list of two',
    ]);
  });

  test('has names of keys cut to sixty characters', () => {
    const key = 'k'.repeat(61);
    const numbers = z.record(z.string(), z.int({ error: 'a number' }));
    expect(findings(`${key}: x\n`, numbers).map(({ message }) => message)).toEqual([
      `\`${'k'.repeat(60)}\` is not as expected: a number`,
    ]);
  });

  test.each([
    [99, 99],
    [100, 100],
    [101, 100],
  ])('of which %i parts are not met has %i findings', (wrong, told) => {
    const text = Array.from({ length: wrong }, (_, index) => `- x${String(index)}\n`).join('');
    const lines = findings(text, z.array(z.int({ error: 'a number' }))).map(({ line }) => line);
    expect(lines).toEqual(Array.from({ length: told }, (_, index) => index + 1));
  });
});
