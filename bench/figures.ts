/** What many measurements of one thing come to. */

/** Milliseconds, rates or ratios: the middle one, and how far they lie apart. */
export type Spread = {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p95: number;
  readonly count: number;
};

/** The figures of at least one measurement. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? at(0.5) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
  return { median, min: at(0), max: at(1), p95: at(0.95), count: sorted.length };
}

/** One thing that is promised, and whether this run kept it. */
export type Target = {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  /** Whether the figure may be at most or has to be at least the limit. */
  readonly bound: 'at most' | 'at least';
  readonly unit: string;
};

export const isMet = ({ measured, limit, bound }: Target): boolean =>
  bound === 'at most' ? measured <= limit : measured >= limit;

/** A number for people: three digits that matter. */
const round = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);

export const showSpread = ({ median, min, max, count }: Spread, unit = ''): string =>
  `median ${round(median)}${unit} (${round(min)} to ${round(max)}, of ${count})`;

export const showTarget = (target: Target): string =>
  `${isMet(target) ? 'ok    ' : 'MISSED'}  ${target.what}: ${round(target.measured)}${target.unit}, ${target.bound} ${round(target.limit)}${target.unit}`;
