/** Who owns a file by CODEOWNERS, in GitHub's dialect of gitignore patterns. */

import { describe, expect, test } from 'vitest';
import { ownersOf, type Owner } from '../../src/domain/codeowners.ts';
import { processorTime } from '../support/processor-time.ts';

const user = (login: string): Owner => ({ kind: 'user', login });
const team = (org: string, slug: string): Owner => ({ kind: 'team', org, slug });
const email = (address: string): Owner => ({ kind: 'email', email: address });

/** Whether the pattern, as the only one, gives the file an owner. */
const owns = (pattern: string, file: string): boolean => ownersOf(`${pattern} @someone`, [file]).length > 0;

describe('a pattern owns', () => {
  test.each<[string, string]>([
    ['*', 'README.md'],
    ['*', 'deep/down/file'],
    ['*', '.github/workflows/ci.yml'],
    ['*.js', 'a.js'],
    ['*.js', 'lib/deep/a.js'],
    ['/build/logs/', 'build/logs/today.log'],
    ['/build/logs/', 'build/logs/old/yesterday.log'],
    ['docs/*', 'docs/start.md'],
    ['apps/', 'apps/web/index.ts'],
    ['apps/', 'services/apps/web/index.ts'],
    ['/docs/', 'docs/a/b.md'],
    ['/docs', 'docs/a/b.md'],
    ['/scripts/run', 'scripts/run'],
    ['src/lib', 'src/lib/a.ts'],
    ['**/logs', 'logs/a'],
    ['**/logs', 'build/logs/a'],
    ['**/logs', 'deeply/nested/logs/a/b'],
    ['/apps/**/test', 'apps/a/b/test/x'],
    ['Makefile', 'tools/Makefile'],
    ['file-?.txt', 'file-1.txt'],
    ['/*', 'README.md'],
    ['my\\ file.txt', 'my file.txt'],
    ['a{b,c}', 'a{b,c}'],
    ['c#', 'c#'],
  ])('%s: %s', (pattern, file) => {
    expect(owns(pattern, file)).toBe(true);
  });
});

describe('a pattern does not own', () => {
  test.each<[string, string]>([
    ['*.js', 'a.jsx'],
    ['*.js', 'a.JS'],
    ['/build/logs/', 'old/build/logs/today.log'],
    ['/build/logs/', 'build/logs'],
    ['docs/*', 'docs/guide/start.md'],
    ['docs/*', 'other/docs/start.md'],
    ['apps/', 'apps'],
    ['/docs/', 'website/docs/a.md'],
    ['src/lib', 'other/src/lib/a.ts'],
    ['src/lib', 'src/library/a.ts'],
    ['/Docs/', 'docs/a.md'],
    ['/*', 'src/a.ts'],
    ['a{b,c}', 'ab'],
    ['+(a|b)', 'a'],
    ['/', 'a'],
  ])('%s: %s', (pattern, file) => {
    expect(owns(pattern, file)).toBe(false);
  });
});

describe('a line is passed over', () => {
  test.each([
    ['that is empty', ''],
    ['of blanks', ' \t '],
    ['that is a comment', '# * @someone'],
    ['that negates', '!a.md @someone'],
    ['with a range of characters', '[a-z].md @someone'],
    ['that escapes a number sign at its beginning', '\\#a.md @someone'],
    ['with an owner that is none', '* someone'],
    ['with one owner that is none among others', '* @someone @-x'],
  ])('%s', (_, line) => {
    expect(ownersOf(line, ['a.md', '#a.md'])).toEqual([]);
  });

  test('so that an earlier one decides', () => {
    expect(ownersOf('* @everyone\n*.md @docs nobody\n', ['a.md'])).toEqual([user('everyone')]);
  });
});

describe('owners are', () => {
  test('people, teams and addresses', () => {
    expect(ownersOf('* @octo-ana @octo-org/docs ana@example.com', ['a'])).toEqual([
      user('octo-ana'),
      team('octo-org', 'docs'),
      email('ana@example.com'),
    ]);
  });

  test('those of the last pattern that matches, and no others', () => {
    const text = ['* @all', '*.ts @ts', '/src/ @src', '/src/generated.ts @bot'].join('\n');
    expect(ownersOf(text, ['README.md'])).toEqual([user('all')]);
    expect(ownersOf(text, ['test/a.ts'])).toEqual([user('ts')]);
    expect(ownersOf(text, ['src/a.ts'])).toEqual([user('src')]);
    expect(ownersOf(text, ['src/generated.ts'])).toEqual([user('bot')]);
  });

  test('those of a wildcard after a plain path, and of a plain path after a wildcard', () => {
    expect(ownersOf('/src/a.ts @plain\n*.ts @wild', ['src/a.ts'])).toEqual([user('wild')]);
    expect(ownersOf('*.ts @wild\n/src/a.ts @plain', ['src/a.ts'])).toEqual([user('plain')]);
  });

  test('those of the later of two equal patterns', () => {
    expect(ownersOf('/src/ @first\n/src/ @second', ['src/a'])).toEqual([user('second')]);
    expect(ownersOf('* @first\n* @second', ['src/a'])).toEqual([user('second')]);
  });

  test('nobody where the last pattern that matches names nobody', () => {
    const text = '/apps/ @octocat\n/apps/github\n';
    expect(ownersOf(text, ['apps/web/a'])).toEqual([user('octocat')]);
    expect(ownersOf(text, ['apps/github/a'])).toEqual([]);
  });

  test('those of every file, each once, whatever the case', () => {
    const text = '/a/ @octo-ana @octo-org/Docs\n/b/ @Octo-Ana @octo-org/docs @bo\n';
    expect(ownersOf(text, ['a/x', 'b/y', 'c/z'])).toHaveLength(3);
  });

  test('the same with CRLF, tabs, a mark of byte order and comments behind them', () => {
    expect(ownersOf('\uFEFF*\t@all\r\n*.js  @js #the front end\r\n', ['a.js'])).toEqual([user('js')]);
    expect(ownersOf('\uFEFF*\t@all\r\n*.js  @js #the front end\r\n', ['a.md'])).toEqual([user('all')]);
  });

  test('nobody for no file, for no text, and for a file that no pattern matches', () => {
    expect(ownersOf('* @all', [])).toEqual([]);
    expect(ownersOf('', ['a'])).toEqual([]);
    expect(ownersOf('/b @b', ['a'])).toEqual([]);
  });

  test('nobody where the text is over 3 MB, which GitHub does not load', () => {
    const padding = `${'#'.repeat(1023)}\n`;
    expect(ownersOf(`* @all\n${padding.repeat(3 * 1024)}`, ['a'])).toEqual([]);
    expect(ownersOf(`* @all\n${padding.repeat(3 * 1024 - 1)}`, ['a'])).toEqual([user('all')]);
  });
});

test('a large file and many changes take under a second', () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `/area/${index}/ @owner-${index}\n`).join('');
  const wild = Array.from({ length: 200 }, (_, index) => `*.ext${index} @kind-${index}\n`).join('');
  const files = Array.from({ length: 3_000 }, (_, index) => `area/${index * 5}/src/deep/file.ts`);
  expect(ownersOf(wild + text, files)).toHaveLength(3_000);
  expect(processorTime(() => ownersOf(wild + text, files), 1_000)).toBeLessThan(1_000);
});

describe('an owner', () => {
  test('that is named twice counts once, in any case, the last spelling kept', () => {
    expect(ownersOf('a @Ana @octo/Core x@y.org\nb @ana @Octo/core x@y.org @octo/docs z@y.org', ['a', 'b'])).toEqual([
      user('ana'),
      team('Octo', 'core'),
      email('x@y.org'),
      team('octo', 'docs'),
      email('z@y.org'),
    ]);
  });

  test('is not mixed up with another of another kind', () => {
    expect(ownersOf('* @octo @octo/octo octo@octo.org', ['a'])).toHaveLength(3);
  });
});

describe('a file of owners', () => {
  test('may begin with a byte order mark, and have it nowhere else', () => {
    expect(ownersOf('\uFEFFa @ana', ['a'])).toEqual([user('ana')]);
    expect(ownersOf('# first\n\uFEFFa @ana', ['a'])).toEqual([]);
  });

  test.each(['\n', '\r\n', '\r'])('has lines that end with %j', (end) => {
    expect(ownersOf(['a @ana', 'b @rita'].join(end), ['a', 'b'])).toEqual([user('ana'), user('rita')]);
  });

  test('of 3 MB is read, and of one byte more is not', () => {
    const filled = (length: number): string => `a @ana\n#${'x'.repeat(length - 8)}`;
    expect(ownersOf(filled(3 * 1024 * 1024), ['a'])).toEqual([user('ana')]);
    expect(ownersOf(filled(3 * 1024 * 1024 + 1), ['a'])).toEqual([]);
  });

  test('counts bytes, not letters', () => {
    expect(ownersOf(`a @ana\n#${'é'.repeat(2 * 1024 * 1024)}`, ['a'])).toEqual([]);
  });

  test('has patterns of up to 4,096 characters', () => {
    const long = 'x'.repeat(4_096);
    expect(ownersOf(`${long} @ana`, [long])).toEqual([user('ana')]);
    expect(ownersOf(`${long}x @ana`, [`${long}x`])).toEqual([]);
  });

  test('skips a pattern with an exclamation mark before it, and keeps one with it at the end', () => {
    expect(ownersOf('* @ana\n!a @rita', ['a', '!a'])).toEqual([user('ana')]);
    expect(ownersOf('wow! @ana', ['wow!'])).toEqual([user('ana')]);
  });

  test('decides by its last match, whether plain or with a wildcard', () => {
    expect(ownersOf('/src/a @ana\n/src/* @rita', ['src/a'])).toEqual([user('rita')]);
    expect(ownersOf('/src/* @rita\n/src/a @ana', ['src/a'])).toEqual([user('ana')]);
    expect(ownersOf('/src/a @ana', ['src/b'])).toEqual([]);
    expect(ownersOf('/ @ana', ['src/b'])).toEqual([]);
  });
});
