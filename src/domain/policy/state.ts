/** The three ways in which a repository can be without a policy, kept apart from having one. */

import type { Finding, Policy } from './model.ts';

/** What stands on the default branch, read and compiled. `blob` is Git's id of the file's content. */
export type PolicyState =
  | {
      readonly kind: 'present';
      readonly policy: Policy;
      readonly path: string;
      readonly blob: string;
      /** The repository has no policy of its own: all that governs it is the organisation's. */
      readonly baselineOnly?: true;
    }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[]; readonly path: string; readonly blob: string }
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'unreachable';
      readonly why: string;
      /** Whether an outage or a limit is to blame, and waiting helps. Otherwise GitHub refuses to show the policy. */
      readonly passing: boolean;
    };

/**
 * The organisation's policy as it binds a repository. `itself`: it is the repository's own, which stands where it is looked for;
 * `untrusted` where the operator does not let it hand out teams.
 */
export type BaselineState = PolicyState | { readonly kind: 'itself'; readonly untrusted?: boolean };

/** Whether any merge may be held here. A policy that can't be read, or has errors, holds them all. */
export function mayGateMerges(state: PolicyState): boolean {
  if (state.kind !== 'present') return state.kind !== 'absent';
  const { gates, unmatched } = state.policy;
  return unmatched.merge === 'deny' || gates.some((gate) => gate.on === 'merge');
}
