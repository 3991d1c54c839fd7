/** Which of the words that exist a mistyped one was meant to be. */

const LONGEST = 40;

/** The candidate that takes the fewest changes of a letter, if few enough to be a slip; `null` when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > LONGEST) continue;
    const changes = distance(word.toLowerCase(), candidate.toLowerCase());
    if (changes < least) [best, least] = [candidate, changes];
  }
  return best;
}

/** How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other. */
function distance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at += 1) {
      const replaced = cell(row, at) + (from[index] === to[at] ? 0 : 1);
      // What stands before a word's first letter is equal to none of the other's.
      const swaps = from[index] === to[at - 1] && from[index - 1] === to[at];
      const swapped = swaps ? cell(before, at - 1) + 1 : Infinity;
      next.push(Math.min(replaced, cell(row, at + 1) + 1, cell(next, at) + 1, swapped));
    }
    [before, row] = [row, next];
  }
  return cell(row, to.length);
}

const cell = (row: readonly number[], at: number): number => row[at] ?? 0;
