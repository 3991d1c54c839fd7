/** How often is a property tried? */

/** Thousands of mutants run the tests, and what breaks a property mostly breaks it at once. */
const LESS = '__stryker__' in globalThis ? 20 : 1;

/** `numRuns` of a property: `count`, and less where it is tried on mutants. */
export const tries = (count: number): number => Math.ceil(count / LESS);
