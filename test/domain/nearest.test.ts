/** Which word a mistyped one was meant to be. */

import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/domain/nearest.ts';

const WORDS = ['approvals', 'timeout', 'when', 'from', 'two'];

describe('a slip is recognised', () => {
  test.each([
    ['aprovals', 'approvals'],
    ['approvalss', 'approvals'],
    ['approvels', 'approvals'],
    ['apporvals', 'approvals'],
    ['Timeout', 'timeout'],
    ['time-out', 'timeout'],
    ['form', 'from'],
    ['tow', 'two'],
    ['two', 'two'],
  ])('%s: %s', (word, meant) => {
    expect(nearest(word, WORDS)).toBe(meant);
  });
});

describe('another word is not taken for a slip', () => {
  test.each(['colour', 'approve', 'whale', 'x', '', 'a'.repeat(41)])('%j', (word) => {
    expect(nearest(word, WORDS)).toBeNull();
  });

  test('nor is anything among no words, or among words too long to compare', () => {
    expect(nearest('when', [])).toBeNull();
    expect(nearest('a'.repeat(40), ['a'.repeat(41)])).toBeNull();
    expect(nearest('a'.repeat(41), ['a'.repeat(40)])).toBeNull();
  });

  test.each([
    ['no', 'in'],
    ['no', 'of'],
  ])('one letter at its neighbour’s place is no swap of the two: %s, %s', (word, candidate) => {
    expect(nearest(word, [candidate])).toBeNull();
  });
});

test('neighbours that are swapped are one slip, at a word’s beginning too', () => {
  expect(nearest('no', ['on'])).toBe('on');
});

test('words of 40 characters are still compared', () => {
  const stem = 'a'.repeat(39);
  expect(nearest(`${stem}b`, [`${stem}c`])).toBe(`${stem}c`);
});

test('of several that are near the nearest is meant', () => {
  expect(nearest('path', ['paths', 'patch', 'path'])).toBe('path');
});
