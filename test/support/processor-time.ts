/** How long does the work itself take, whatever else the machine does? */

/** Beside other work a run can take twice the processor time that it takes alone. */
const RUNS = 12;

/** Code with mutants in it asks at each of them whether it is on: how many times slower that may be. */
const SLOWER = '__stryker__' in globalThis ? 20 : 1;

/**
 * Milliseconds of this thread's processor time that one run takes, or at most takes when the machine leaves it alone: the
 * least of some runs. Ends with the first run under `limit`, in milliseconds too: only what is over it is tried again.
 */
export function processorTime(act: () => unknown, limit: number): number {
  let least = Infinity;
  for (let run = 0; run < RUNS && least >= limit; run += 1) {
    const before = process.threadCpuUsage();
    act();
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000 / SLOWER);
  }
  return least;
}
