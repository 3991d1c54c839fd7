/** What time is it at GitHub? */

/** GitHub's clock: the machine's, moved by as much as a test asked for. All in milliseconds since 1970. */
export type Clock = {
  now(): number;
  /** The machine's own clock. Tokens live by it: the app's token cache cannot know that a test moved GitHub's time. */
  real(): number;
  /** Moves GitHub's time on by `ms`. Refuses to go back. */
  advance(ms: number): void;
};

/** A clock that starts at the machine's time. */
export function createClock(): Clock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    real: () => Date.now(),
    advance: (ms) => {
      if (ms < 0) throw new RangeError(`GitHub's clock does not go back, but was asked to move by ${ms} ms`);
      offset += ms;
    },
  };
}

/** An instant as GitHub writes it: whole seconds, cut off, in UTC. */
export const stamp = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
export const stampOrNull = (at: number | null): string | null => (at === null ? null : stamp(at));
