/** How is something real made wrong? Values replaced by hostile ones of any type, keys dropped, text cut, doubled and mixed. */

import fc from 'fast-check';

/** What breaks readers: edges of numbers, looks of other types, names of prototypes, marks and long text. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  '',
  0,
  -1,
  1e308,
  2 ** 53,
  0.5,
  [],
  {},
  [[[]]],
  { length: -1 },
  '\u0000',
  '\ud800',
  '\u202e/approve',
  '../../../etc/passwd',
  'https://evil.example/repos/o/r/actions/runs/1/deployment_protection_rule',
  '__proto__',
  "'; drop table request; --",
  '{a,b}'.repeat(200),
  '*'.repeat(5000),
  '['.repeat(5000),
  '> '.repeat(5000),
  '/approve\n'.repeat(3000),
  'x'.repeat(65_535),
];

const TEXTS = HOSTILE.filter((value) => typeof value === 'string');

/** A copy in which some values, chosen by `seeds`, are others or gone. */
function change(value: unknown, take: () => number): unknown {
  const fate = take() % 40;
  if (fate === 0) return HOSTILE[take() % HOSTILE.length];
  if (Array.isArray(value)) return value.map((one) => change(one, take));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (take() % 40 === 1 ? [] : [[name, change(one, take)]])),
  );
}

/** Mutations of one of some values. */
export const mutated = <T>(from: readonly T[]): fc.Arbitrary<{ readonly of: T; readonly value: unknown }> =>
  fc.tuple(fc.constantFrom(...from), fc.array(fc.nat(), { minLength: 3, maxLength: 60 })).map(([of, numbers]) => {
    let at = 0;
    const take = (): number => (numbers[(at += 1) % numbers.length] ?? 0) + at * 7;
    return { of, value: change(of, take) };
  });

/** A text with pieces cut, doubled, or put in. */
export const mutatedText = (from: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...from),
      fc.array(
        fc.record({
          at: fc.nat(5000),
          length: fc.nat(60),
          what: fc.constantFrom('cut', 'twice', 'put'),
          piece: fc.constantFrom(...TEXTS, '\n', '\t', ': ', '- ', '```', '<!--', '&a', '*a', '{', '"'),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    )
    .map(([text, changes]) =>
      changes.reduce((now, { at, length, what, piece }) => {
        const place = now.length === 0 ? 0 : at % now.length;
        const part = now.slice(place, place + length);
        const inner = what === 'cut' ? '' : what === 'twice' ? part + part : part + piece;
        return now.slice(0, place) + inner + now.slice(place + length);
      }, text),
    );
