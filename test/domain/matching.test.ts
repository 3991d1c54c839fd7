/** Which slots are filled by whom. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { match } from '../../src/domain/matching.ts';

/** Slots are lists of the fillers that they take. */
const fits = (slot: readonly string[], filler: string): boolean => slot.includes(filler);

describe('a matching', () => {
  it.each([
    ['nobody for no slot', [], ['a'], []],
    ['no slot without anyone', [['a']], [], [-1]],
    ['the first one free', [['a', 'b']], ['a', 'b'], [0]],
    ['nobody twice', [['a'], ['a']], ['a'], [0, -1]],
    [
      'who is free before who has to be moved',
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      ['a', 'b'],
      [0, 1],
    ],
    ['both, by moving the first on', [['a', 'b'], ['a']], ['a', 'b'], [1, 0]],
    ['all three, by moving two on', [['a', 'b'], ['b', 'c'], ['a']], ['a', 'b', 'c'], [1, 2, 0]],
    ['earlier slots where there are too few', [['a'], ['b'], ['a', 'b']], ['a', 'b'], [0, 1, -1]],
  ])('gives %s', (_what, slots, fillers, expected) => {
    expect(match(slots, fillers, fits)).toEqual(expected);
  });

  it('leaves slots that are filled filled, though perhaps by another', () => {
    const slots = [['a', 'b'], ['a']];
    expect(match(slots, ['a', 'b'], fits, [0, -1])).toEqual([1, 0]);
    expect(match([['a'], ['a']], ['a'], fits, [-1, 0])).toEqual([-1, 0]);
    expect(match([['a', 'b'], ['c']], ['a', 'b', 'c'], fits, [0, -1])).toEqual([0, 2]);
  });

  it('is as large as can be, and fills each slot by somebody who fits', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const slot = fc.subarray(names);
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 5 }), fc.subarray(names), (slots, fillers) => {
        const filled = match(slots, fillers, fits);
        const used = filled.filter((index) => index !== -1);
        expect(new Set(used).size).toBe(used.length);
        for (const [index, who] of filled.entries()) {
          if (who !== -1) expect(slots[index]).toContain(fillers[who]);
        }
        expect(used.length).toBe(most(slots, fillers));
      }),
    );
  });
});

/** The size of the largest matching, by trying everything. */
function most(slots: readonly (readonly string[])[], fillers: readonly string[]): number {
  const [slot, ...rest] = slots;
  if (slot === undefined) return 0;
  const tries = fillers
    .filter((filler) => slot.includes(filler))
    .map((taken) => {
      return (
        1 +
        most(
          rest,
          fillers.filter((filler) => filler !== taken),
        )
      );
    });
  return Math.max(most(rest, fillers), ...tries);
}
