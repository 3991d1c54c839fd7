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
  });
});

test('of several that are near the nearest is meant', () => {
  expect(nearest('path', ['paths', 'patch', 'path'])).toBe('path');
});
