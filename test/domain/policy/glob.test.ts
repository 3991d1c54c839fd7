/** What patterns match, which are refused, and what the worst of them cost. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, firstMatch, matchesAny, MAX_GLOB_LENGTH } from '../../../src/domain/policy/glob.ts';
import type { Glob } from '../../../src/domain/policy/model.ts';
import { processorTime } from '../../support/processor-time.ts';
import { tries } from '../../support/tries.ts';

function glob(source: string, anyCase = false): Glob {
  const result = compileGlob(source, anyCase);
  if (!result.ok) throw new Error(`${source}: ${result.error}`);
  return result.value;
}

describe('a pattern matches', () => {
  test.each<[string, string]>([
    ['main', 'main'],
    ['v*', 'v1.2.3'],
    ['prod-*', 'prod-eu'],
    ['release/*', 'release/1.2'],
    ['release/**', 'release/1.2'],
    ['release/**', 'release/1/2/3'],
    ['**', 'any/thing/at-all'],
    ['**', '.github/workflows/ci.yml'],
    ['*', '.env'],
    ['docs/**', 'docs/.hidden/page.md'],
    ['**/*.md', 'README.md'],
    ['**/*.md', 'a/b/c.md'],
    ['src/**/test/*.ts', 'src/test/a.ts'],
    ['src/**/test/*.ts', 'src/x/y/test/a.ts'],
    ['v?', 'v1'],
    ['v[0-9]', 'v7'],
    ['v[!0-9]', 'vx'],
    ['{main,develop}', 'develop'],
    ['*.{ts,tsx}', 'a.tsx'],
    ['v{1..3}', 'v2'],
    ['#wip', '#wip'],
    ['a\\*b', 'a*b'],
    ['app/\\[id\\]/page.tsx', 'app/[id]/page.tsx'],
    ['über/*', 'über/straße'],
  ])('%s: %s', (source, text) => {
    expect(glob(source).matches(text)).toBe(true);
  });
});

describe('a pattern does not match', () => {
  test.each<[string, string]>([
    ['main', 'Main'],
    ['main', 'main2'],
    ['*', 'release/1.2'],
    ['release/*', 'release/1/2'],
    ['release/**', 'release'],
    ['release/**', 'releases/1'],
    ['v?', 'v'],
    ['v?', 'v/'],
    ['*.md', 'docs/a.md'],
    ['src/**', 'lib/src/a'],
    ['a\\*b', 'axb'],
    ['**', ''],
  ])('%s: %s', (source, text) => {
    expect(glob(source).matches(text)).toBe(false);
  });
});

test('a pattern for names that GitHub compares without case ignores case', () => {
  expect(glob('Prod-*', true).matches('prod-eu')).toBe(true);
  expect(glob('prod-*', true).matches('PROD-EU')).toBe(true);
  expect(glob('Production', true).matches('production')).toBe(true);
});

test('a pattern keeps what the person wrote', () => {
  expect(glob('release/**').source).toBe('release/**');
});

describe('a pattern is refused', () => {
  test.each<[string, string, RegExp]>([
    ['that is empty', '', /empty/],
    ['that is too long', 'a'.repeat(MAX_GLOB_LENGTH + 1), /longer than 500/],
    ['with a space before it', ' main', /space/],
    ['with a space behind it', 'main ', /space/],
    ['with a control character', 'a\u0007', /control/],
    ['that negates', '!docs/**', /`not:` or `unless:`/],
    ['from the root', '/docs/**', /without it/],
    ['with a full ref', 'refs/heads/main', /without "refs\/heads\/"/],
    ['of a folder, which no file is', 'docs/', /write "docs\/\*\*"/],
    ['with an empty part', 'a//b', /empty part/],
    ['with a dot part', './a', /"\."/],
    ['that climbs', 'a/../b', /"\.\."/],
    ['with an extended pattern', '@(a|b)', /write "\{a,b\}"/],
    ['with a brace left open', 'a{b,c', /never closed/],
    ['with a brace that closes nothing', 'a}b', /without "\{"/],
    ['with a bracket left open', 'v[0-9', /never closed/],
    ['with a backslash at the end', 'a\\', /backslash/],
    ['whose braces stand for too many', '{1..1000}', /more than 100 patterns/],
    ['whose braces multiply', '{a,b}'.repeat(7), /more than 100 patterns/],
    ['with too many braces', '{a,b}'.repeat(21), /more than 20 braces/],
    ['whose braces expand too far', `{${'abcdefghi,'.repeat(40)}x}${'y'.repeat(90)}{1,2}`, /more than 5000 characters/],
  ])('%s', (_, source, why) => {
    const result = compileGlob(source);
    expect(result).toEqual({ ok: false, error: expect.stringMatching(why) as unknown });
  });
});

test('a hundred alternatives are read, every one', () => {
  const hundred = glob('{1..100}');
  for (let number = 1; number <= 100; number += 1) expect(hundred.matches(String(number))).toBe(true);
  expect(hundred.matches('101')).toBe(false);
});

describe('a hostile pattern takes under 100 ms', () => {
  const LONG = 8_000;
  test.each<[string, string, string]>([
    ['many stars', `${'a*'.repeat(240)}b`, 'a'.repeat(LONG)],
    ['stars and question marks', `${'?*'.repeat(240)}b`, 'a'.repeat(LONG)],
    ['double stars', `${'**/a/'.repeat(95)}b`, `${'a/'.repeat(LONG / 2 - 1)}c`],
    ['double stars among stars', `${'**/*a*a*a/'.repeat(45)}b`, `${'aaaaaaaa/'.repeat(LONG / 10)}c`],
    ['classes', `${'[a-z]*'.repeat(80)}0`, 'a'.repeat(LONG)],
    ['braces with stars', `{a*,b*}{a*,b*}{a*,b*}${'*a'.repeat(100)}c`, 'a'.repeat(LONG)],
    ['nested braces', `${'{a,'.repeat(20)}b${'}'.repeat(20)}`, 'a'.repeat(LONG)],
  ])('%s', (_, source, text) => {
    const matched = (): boolean => {
      const result = compileGlob(source);
      return result.ok && result.value.matches(text);
    };
    expect(processorTime(matched, 100)).toBeLessThan(100);
    expect(matched()).toBe(false);
  });

  test('text longer than any path never matches', () => {
    expect(glob('**').matches('a'.repeat(9_000))).toBe(false);
  });
});

test('any text compiles or is refused, and what compiles never throws', () => {
  const piece = fc.constantFrom(
    '*',
    '**',
    '/',
    '?',
    '[',
    ']',
    '{',
    '}',
    ',',
    '\\',
    '!',
    '(',
    ')',
    '|',
    '.',
    'a',
    'b',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((parts) => parts.join('')),
      ),
      fc.string(),
      (source, text) => {
        const result = compileGlob(source);
        if (result.ok) expect(typeof result.value.matches(text)).toBe('boolean');
        else expect(result.error).not.toBe('');
      },
    ),
    { numRuns: tries(2_000) },
  );
});

test('a plain name matches itself and nothing else', () => {
  const name = fc.stringMatching(/^[a-z0-9_-]{1,20}(?:\/[a-z0-9_-]{1,20}){0,3}$/);
  fc.assert(
    fc.property(name, name, (source, text) => {
      expect(glob(source).matches(source)).toBe(true);
      expect(glob(source).matches(text)).toBe(source === text);
    }),
  );
});

describe('of a list of patterns', () => {
  const globs = [glob('docs/**'), glob('**/*.md')];

  test('the first hit is told, with the text that it was found in', () => {
    expect(firstMatch(globs, ['src/a.ts', 'src/a.md', 'docs/a.md'])).toEqual({ glob: globs[1], text: 'src/a.md' });
    expect(firstMatch(globs, ['src/a.ts'])).toBeNull();
    expect(firstMatch([], ['src/a.ts'])).toBeNull();
  });

  test('one that matches is enough', () => {
    expect(matchesAny(globs, 'docs/a.png')).toBe(true);
    expect(matchesAny(globs, 'src/a.png')).toBe(false);
    expect(matchesAny([], 'src/a.png')).toBe(false);
  });
});
