/** Is an export whole from its first entry on, and how old is it? */

import { verifier, type AuditEntry, type BrokenChain, type Verifier } from '../../domain/audit.ts';
import type { InstallationId } from '../../domain/identity.ts';

export type Wholeness = {
  /** Hands every entry on, and looks at it on the way. */
  readonly watch: (entries: AsyncIterable<AuditEntry>) => AsyncIterable<AuditEntry>;
  /** Of what has come by so far. That the end was cut off no chain shows by itself. */
  readonly isWhole: () => boolean;
  /** What to tell an operator of it. */
  readonly words: () => readonly string[];
};

/** Verifies each installation's chain while something else reads it. */
export function wholeness(): Wholeness {
  const chains = new Map<InstallationId, Verifier>();
  const broken = new Map<InstallationId, BrokenChain>();
  let newest: number | null = null;
  return {
    async *watch(entries) {
      for await (const entry of entries) {
        const { installationId: installation, at } = entry;
        const chain = chains.get(installation) ?? verifier();
        chains.set(installation, chain);
        const found = chain.take(entry);
        if (found !== null) broken.set(installation, found);
        newest = Math.max(newest ?? at, at);
        yield entry;
      }
    },
    isWhole: () => broken.size === 0,
    words: () => [
      ...(newest === null
        ? []
        : [`The export ends at ${timeOf(newest)}: what was given or lengthened since is not in it.`]),
      ...[...broken].map(
        ([installation, { kind, seq }]) =>
          `The export is not whole: installation ${installation} is broken at entry ${seq} (${kind}), so nothing is taken. Use one that \`audit verify\` finds whole, or look at what is named and take it by hand.`,
      ),
    ],
  };
}

/** An export that somebody changed can say any number. */
const timeOf = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'no time');
