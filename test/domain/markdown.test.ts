/** Whether strangers' text means nothing where it is shown. */

import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { escapeCsvCell } from '../../src/domain/csv.ts';
import { codeSpan, escapeMarkdown, escapeWords } from '../../src/domain/markdown.ts';
import { processorTime } from '../support/processor-time.ts';
import { tries } from '../support/tries.ts';

/** Another instance than the one that reads comments, with everything that GitHub turns on. */
const reader = new MarkdownIt({ html: true, linkify: true });

/** Types of what stands in the only paragraph of a text; adjacent text, escapes and entities are one `text`. */
function inlineOf(markdown: string): readonly { readonly type: string; readonly content: string }[] {
  const blocks = reader.parse(markdown, {});
  expect(blocks.map(({ type }) => type)).toEqual(['paragraph_open', 'inline', 'paragraph_close']);
  return (blocks[1]?.children ?? []).map(({ type, content }) => ({ type, content }));
}

/** What GitHub looks for in the text of a finished page. */
const FOUND_LATER: readonly RegExp[] = [
  /(?:^|\W)@[a-z0-9]/iu,
  /#\d/u,
  /\bGH-\d/iu,
  /https?:\/\//iu,
  /\bwww\./iu,
  /[\w.+-]@[\w-]+\.\w/u,
  /:[\w+-]+:/u,
  /\$[^\s\u200B]/u,
];

/** The text as a reader sees it: one line, one space between words, nothing invisible. */
const seen = (text: string) =>
  text
    .toWellFormed()
    .replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u200B]/gu, '')
    .replaceAll(/ {2,}/gu, ' ')
    .trim();

const marks = fc.constantFrom(
  ...'\\`*_{}[]()#+-.!|~<>&@:$="\'/^;,0123456789 \n\t\r'.split(''),
  '```',
  '**',
  '__',
  '~~',
  '<!--',
  '-->',
  '<b>',
  '](',
  '![',
  '[^1]',
  '&amp;',
  '&#64;',
  '@octo',
  '#1',
  'GH-2',
  'https://a.b',
  'www.a.b',
  'a@b.co',
  ':tada:',
  ':heart_eyes:',
  '$x$',
  '\r\n',
  '- ',
  '1. ',
  '    ',
  '---',
  '\u202E',
  '\u2028',
  '\u0000',
  '\uD800',
);
const hostileText = fc
  .array(fc.oneof(marks, fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('a', 'word', 'é')), {
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''));

describe('escapeMarkdown', () => {
  test('any text becomes one piece of text that shows the same and that GitHub finds nothing in', () => {
    fc.assert(
      fc.property(
        hostileText.filter((text) => /[^\s\p{Z}\p{C}]/u.test(seen(text))),
        (text) => {
          const [node, ...others] = inlineOf(escapeMarkdown(text));
          expect(others).toEqual([]);
          expect(node?.type).toBe('text');
          expect(seen(node?.content ?? '')).toBe(seen(text));
          for (const pattern of FOUND_LATER) expect(node?.content).not.toMatch(pattern);
        },
      ),
      { numRuns: tries(2000) },
    );
  });

  test('it stays what it is within a line, a list item and a table cell', () => {
    fc.assert(
      fc.property(
        hostileText.filter((text) => /\w/u.test(text)),
        (text) => {
          const escaped = escapeMarkdown(text);
          expect(escaped).not.toMatch(/[\n\r\u2028\u2029]/u);
          expect(inlineOf(`Because: ${escaped}, says Ana.`).map(({ type }) => type)).toEqual(['text']);
          const table = reader.parse(`| a | b |\n| - | - |\n| ${escaped} | c |`, {});
          expect(table.filter(({ type }) => type === 'td_open')).toHaveLength(2);
          expect(
            table
              .filter(({ type }) => type === 'inline')
              .flatMap((cell) => cell.children ?? [])
              .map(({ type }) => type),
          ).toEqual(['text', 'text', 'text', 'text']);
        },
      ),
      { numRuns: tries(500) },
    );
  });

  test.each([
    ['@octo-org/security look', /@octo/u],
    ['see octo-org/octo-repo#12 and #34', /#\d/u],
    ['GH-12', /GH-12/u],
    ['https://evil.example/x', /:\/\//u],
    ['www.evil.example', /www\./u],
    ['a@evil.example', /@evil/u],
    [':tada:', /:tada:/u],
    [':heart_eyes:', /:heart_eyes:/u],
    ['$\\text{x}$', /\$\\text/u],
  ])('%j holds nothing that GitHub replaces in the finished page', (text, pattern) => {
    expect(reader.renderInline(escapeMarkdown(text))).not.toMatch(pattern);
  });

  test('plain words, a time and a branch name stay easy to read', () => {
    expect(escapeMarkdown('fix the build at 10:30, release/1.2-rc (really!)')).toBe(
      'fix the build at 10:30, release/1.2-rc (really!)',
    );
  });

  test.each([
    ['# heading', 'heading_open'],
    ['- item', 'bullet_list_open'],
    ['+ item', 'bullet_list_open'],
    ['* item', 'bullet_list_open'],
    ['1. item', 'ordered_list_open'],
    ['1) item', 'ordered_list_open'],
    ['> quote', 'blockquote_open'],
    ['---', 'hr'],
    ['```', 'fence'],
    ['    code', 'code_block'],
    ['<div>', 'html_block'],
  ])('%j is not taken for what it looks like', (text, type) => {
    expect(reader.parse(text, {})[0]?.type).toBe(type);
    expect(reader.parse(escapeMarkdown(text), {})[0]?.type).toBe('paragraph_open');
  });

  test('a line below it does not turn it into a heading, and it does not turn the line above into one', () => {
    expect(reader.parse(`text\n${escapeMarkdown('===')}`, {})[0]?.type).toBe('paragraph_open');
    expect(reader.parse(`text\n${escapeMarkdown('---')}`, {})[0]?.type).toBe('paragraph_open');
  });

  test('65,535 characters take less than 100 ms', () => {
    for (const piece of [':a', '@', '\\', ' ', 'www', '1', '[', 'GH-', '#']) {
      const text = piece.repeat(65_535 / piece.length);
      expect(processorTime(() => escapeMarkdown(text), 100)).toBeLessThan(100);
    }
  });
});

describe('codeSpan', () => {
  test('any text becomes one code span that shows the same', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [node, ...others] = inlineOf(codeSpan(text));
        expect(others).toEqual([]);
        expect(node?.type).toBe('code_inline');
        expect(seen(node?.content ?? '')).toBe(seen(text));
      }),
      { numRuns: tries(2000) },
    );
  });

  test.each([
    ['production', '`production`'],
    ['a`b', '``a`b``'],
    ['``', '``` `` ```'],
    ['`a', '`` `a ``'],
    [' a ', '`  a  `'],
    ['', '` `'],
    ['a\nb', '`a b`'],
  ])('%j is written as %j', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });

  test('65,535 characters take less than 100 ms', () => {
    for (const piece of ['`', '` ', ' ', 'a`', ' a']) {
      const text = piece.repeat(65_535 / piece.length);
      expect(processorTime(() => codeSpan(text), 100)).toBeLessThan(100);
    }
  });
});

describe('escapeCsvCell', () => {
  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['a\nb', '"a\nb"'],
    ['a\r', '"a\r"'],
    ['a;b', '"a;b"'],
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    [' =1', `"' =1"`],
    ['\u200B=1', `"'\u200B=1"`],
    ['\uFF1D1', `"'\uFF1D1"`],
    ["it's", `"it's"`],
    ['1-1', '1-1'],
  ])('%j becomes %j', (text, expected) => {
    expect(escapeCsvCell(text)).toBe(expected);
  });
});

describe('escapeWords', () => {
  test.each([
    ['have the policy name it as release#4711', 'have the policy name it as `release#4711`'],
    ['teams: release_eu#4711, qa#12', 'teams: `release_eu#4711`, `qa#12`'],
    ['(release#4711)', '(`release#4711`)'],
    ['release#4711', '`release#4711`'],
  ])('%j names the team so that it can be copied', (text, shown) => {
    expect(escapeWords(text)).toBe(shown);
  });

  test.each(['see #12', 'octo/shop#12', '`release#4711`', 'release#47x', '*release#4711*'])(
    '%j names none, and is escaped as ever',
    (text) => {
      expect(escapeWords(text)).toBe(escapeMarkdown(text));
    },
  );

  test('any text shows the same, and GitHub finds nothing in what is not code', () => {
    const teams = fc.constantFrom(' release#4711', ' a_b#1 ', '(x#2)');
    const texts = fc.array(fc.oneof(hostileText, teams), { maxLength: 4 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        texts.filter((text) => /[^\s\p{Z}\p{C}]/u.test(seen(text))),
        (text) => {
          const nodes = inlineOf(escapeWords(text));
          expect(nodes.every(({ type }) => type === 'text' || type === 'code_inline')).toBe(true);
          expect(seen(nodes.map(({ content }) => content).join(''))).toBe(seen(text));
          const plain = nodes.filter(({ type }) => type === 'text');
          for (const { content } of plain) for (const pattern of FOUND_LATER) expect(content).not.toMatch(pattern);
          for (const { type, content } of nodes) if (type === 'code_inline') expect(content).toMatch(/^[\w-]+#\d+$/u);
        },
      ),
      { numRuns: tries(2000) },
    );
  });
});
