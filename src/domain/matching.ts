/** Which slots are filled by whom, when everyone fills at most one. */

/** For each slot, in order, the index of who fills it; -1 where it stays open. */
export type Matching = readonly number[];

/**
 * As many slots as possible are filled, by augmenting paths. A slot that is filled stays filled, though perhaps by
 * another, so earlier slots win; so do the slots that `start` has filled already.
 */
export function match<Slot, Filler>(
  slots: readonly Slot[],
  fillers: readonly Filler[],
  fits: (slot: Slot, filler: Filler) => boolean,
  start: Matching = [],
): Matching {
  const filledBy = slots.map((_, slot) => start[slot] ?? -1);
  const place = (index: number, tried: Set<number>): boolean => {
    const slot = slots[index];
    if (slot === undefined) return false;
    const able = [...fillers.entries()].flatMap(([who, filler]) => (fits(slot, filler) ? [who] : []));
    // Whoever is free goes first, so that nobody is moved about without need.
    const free = able.find((who) => !filledBy.includes(who));
    if (free !== undefined) {
      filledBy[index] = free;
      return true;
    }
    for (const who of able) {
      if (tried.has(who)) continue;
      tried.add(who);
      if (!place(filledBy.indexOf(who), tried)) continue;
      filledBy[index] = who;
      return true;
    }
    return false;
  };
  for (const index of slots.keys()) if (filledBy[index] === -1) place(index, new Set());
  return filledBy;
}
