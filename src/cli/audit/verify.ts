/** `jit-gate audit verify`: recomputes every hash, and holds the chains against what is known of them from elsewhere. */

import { verifier, type AuditEntry, type BrokenChain, type ChainHead, type Verifier } from '../../domain/audit.ts';
import type { Checkpoint } from '../../domain/audit-checkpoint.ts';
import type { InstallationId } from '../../domain/identity.ts';
import { EXIT, outJson, type ExitCode, type Terminal } from '../terminal.ts';
import { NoEntry, type AuditSource } from './source.ts';

export type VerifyOptions = {
  readonly json?: boolean;
  /** The entries are those of a period: a chain may begin anywhere. */
  readonly partial?: boolean;
  /** Checkpoints whose signatures are good. */
  readonly checkpoints?: readonly Checkpoint[];
};

type Chain = {
  readonly installation: InstallationId;
  /** How many entries were verified, up to the break where there is one. */
  readonly entries: number;
  /** The last entry that was verified. */
  readonly head: ChainHead | null;
  readonly broken: BrokenChain | null;
  /** How many checkpoints of this chain were met. */
  readonly checkpoints: number;
};

/** Every chain from its first entry. Ends with findings where one is broken. */
export async function verifyLog(
  source: AuditSource,
  { json = false, partial = false, checkpoints = [] }: VerifyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  terminal.say('Verifying ...');
  const known = knownHeads(await source.heads(), checkpoints);
  const { chains, unread } = await follow(source, known, partial, checkpoints);
  const broken = chains.filter((chain) => chain.broken !== null).length;
  const whole = broken === 0 && unread === null;
  if (json) outJson(terminal, { ok: whole, chains, ...(unread === null ? {} : { unreadableLine: unread }) });
  else for (const chain of chains) terminal.out(describe(chain));
  if (unread !== null) terminal.say(`Line ${unread} is no entry: what follows it was not looked at.`);
  terminal.say(whole ? wholeWords(chains, checkpoints) : brokenWords(broken, chains.length));
  return whole ? EXIT.fine : EXIT.findings;
}

function knownHeads(
  ends: ReadonlyMap<InstallationId, ChainHead>,
  checkpoints: readonly Checkpoint[],
): ReadonlyMap<InstallationId, readonly ChainHead[]> {
  const known = new Map<InstallationId, ChainHead[]>([...ends].map(([installation, head]) => [installation, [head]]));
  for (const { installation, length, head } of checkpoints) {
    const heads = known.get(installation) ?? [];
    heads.push({ seq: length, hash: head });
    known.set(installation, heads);
  }
  return known;
}

type Followed = { readonly verifier: Verifier; entries: number; head: ChainHead | null };

async function follow(
  source: AuditSource,
  known: ReadonlyMap<InstallationId, readonly ChainHead[]>,
  partial: boolean,
  checkpoints: readonly Checkpoint[],
): Promise<{ readonly chains: readonly Chain[]; readonly unread: number | null }> {
  const followed = new Map<InstallationId, Followed>();
  const begin = (installation: InstallationId, first: AuditEntry | null): Followed => {
    const after = partial && first !== null ? { seq: first.seq - 1, hash: first.prev } : null;
    const chain = { verifier: verifier({ after, heads: known.get(installation) ?? [] }), entries: 0, head: null };
    followed.set(installation, chain);
    return chain;
  };
  let unread: number | null = null;
  try {
    for await (const entry of source.entries()) {
      const chain = followed.get(entry.installationId) ?? begin(entry.installationId, entry);
      if (chain.verifier.take(entry) !== null) continue;
      chain.entries += 1;
      chain.head = { seq: entry.seq, hash: entry.hash };
    }
  } catch (error) {
    if (!(error instanceof NoEntry)) throw error;
    unread = error.line;
  }
  // A chain of which every entry is gone is still known from elsewhere.
  for (const installation of known.keys()) if (!followed.has(installation)) begin(installation, null);
  const chains = [...followed].map(([installation, { verifier: own, entries, head }]): Chain => {
    const outcome = own.finish();
    const met = checkpoints.filter((one) => one.installation === installation).length;
    return {
      installation,
      entries,
      head,
      broken: outcome.ok ? null : outcome.error,
      checkpoints: outcome.ok ? met : 0,
    };
  });
  return { chains, unread };
}

function describe({ installation, entries, head, broken, checkpoints }: Chain): string {
  const upTo = head?.seq ?? 0;
  if (broken?.kind === 'truncated') {
    return `installation ${installation}: CUT OFF after entry ${upTo}; entries ${upTo + 1} to ${broken.seq} are missing`;
  }
  if (broken !== null) {
    return `installation ${installation}: BROKEN at entry ${broken.seq} (${broken.kind}); whole up to entry ${upTo}`;
  }
  const met = checkpoints === 0 ? '' : `; ${checkpoints} checkpoints met`;
  return `installation ${installation}: ${entries} entries, whole; head ${head === null ? 'none' : `${head.seq} ${head.hash}`}${met}`;
}

function wholeWords(chains: readonly Chain[], checkpoints: readonly Checkpoint[]): string {
  const count = `${chains.length} verified, none broken.`;
  const unchecked = chains.filter((chain) => chain.checkpoints === 0).length;
  if (unchecked === 0) return count;
  return checkpoints.length === 0
    ? `${count} A chain alone can’t show that its end was cut off: --checkpoint does.`
    : `${count} No checkpoint was given for ${unchecked} of them, so nothing tells whether their ends are still there.`;
}

const brokenWords = (broken: number, of: number): string =>
  `${broken} of ${of} broken. Keep the database as it is, and compare it with a backup and with earlier exports.`;
