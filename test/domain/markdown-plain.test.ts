/** How what the app says in Markdown reads in a terminal: the same words, and nothing but the words. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../src/domain/markdown-plain.ts';
import { codeSpan, escapeMarkdown } from '../../src/domain/markdown.ts';
import { tries } from '../support/tries.ts';

const text = fc.string({
  unit: fc.constantFrom(...'\\`*_[]()<>&|~#$+=.-@:;/!19 abwG'.split('')),
  minLength: 1,
  maxLength: 30,
});

describe('a terminal shows', () => {
  test.each([
    ['code', '`main`', 'main'],
    ['code with backticks at its ends', '`` `main` ``', '`main`'],
    ['bold words', '**main**', 'main'],
    ['a heading', '### main', 'main'],
  ])('%s without its marks', (_, markdown, shown) => {
    expect(plainText(markdown)).toBe(shown);
  });

  test('headings on any line, and a number sign elsewhere', () => {
    expect(plainText('# One\n\nsee #7\n###### Six\n####### no heading')).toBe('One\n\nsee #7\nSix\n####### no heading');
  });

  test('a sentence of several pieces', () => {
    expect(plainText('**Held:** `a` or `b`, see #7.\n- ✅ 1 of 2 from ``c`d``')).toBe(
      'Held: a or b, see #7.\n- ✅ 1 of 2 from c`d',
    );
  });

  test.each(['src/**', '`', '``', '`a', 'a`', ' a ', ' a', 'a ', ' `a', '   ', '\\_', '&#8203;', '# a', 'a``b`c'])(
    'of the code %j every character',
    (code) => {
      expect(plainText(codeSpan(code))).toBe(code);
    },
  );

  test.each([
    'src/**',
    '`a`',
    '# 1',
    '- a',
    '1. a',
    '1) a',
    '+ a',
    '=',
    'a_b',
    '@octo',
    '#12',
    'GH-1',
    '&#8203;',
    '\\',
    '$x$',
  ])('the words %j as they were typed', (words) => {
    expect(plainText(escapeMarkdown(words))).toBe(words);
  });

  test('any words and any code, in the midst of others', () => {
    fc.assert(
      fc.property(text, text, (words, code) => {
        const shown = words.replaceAll(/ {2,}/gu, ' ').trim();
        expect(plainText(`**Held:** ${escapeMarkdown(words)}, by ${codeSpan(code)}, see #7.`)).toBe(
          `Held: ${shown}, by ${code}, see #7.`,
        );
      }),
      { numRuns: tries(2000) },
    );
  });
});
