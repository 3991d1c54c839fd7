/** What did people really do? It is written down before GitHub hears of it, so that what the app does can be held against it. */

export type PullLine = {
  readonly repo: string;
  readonly number: number;
  readonly sha: string;
  verdict: 'none' | 'approved' | 'denied';
  /** A later push made another line for the same pull request. */
  replaced: boolean;
};

export type RunLine = {
  readonly repo: string;
  readonly run: number;
  verdict: 'none' | 'approved' | 'denied';
};

export type AccessLine = {
  readonly repo: string;
  readonly issue: number;
  readonly who: string;
  /** Milliseconds. */
  readonly length: number;
  approved: boolean;
  /** Given back early by the grantee. */
  returned: boolean;
};

export type Ledger = {
  readonly pulls: PullLine[];
  readonly runs: RunLine[];
  readonly asked: AccessLine[];
  /** Comments by people that are commands, by id. */
  readonly commands: { readonly repo: string; readonly number: number; readonly id: number }[];
};

export const createLedger = (): Ledger => ({ pulls: [], runs: [], asked: [], commands: [] });
