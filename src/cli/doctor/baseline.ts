/** Where does the baseline of an owner's repositories stand, and can it be read? */

import { BASELINE_PLACES, noBaseline, unreadableBaseline } from '../../domain/doctor/baseline.ts';
import { nameOf, type DoctorFinding, type RepoFacts } from '../../domain/doctor/model.ts';
import type { RepoRef } from '../../domain/identity.ts';
import type { Inspector } from '../../adapters/github/inspect.ts';
import { GitHubRefused, type PolicyFile } from '../../engine/ports.ts';

/** `findings`: what there is to say of it besides what is found in the file. */
export type FoundBaseline =
  | { readonly kind: 'none'; readonly findings: readonly DoctorFinding[] }
  | { readonly kind: 'found'; readonly facts: RepoFacts; readonly file: Extract<PolicyFile, { kind: 'found' }> };

/** Whether a repository is one of those where a baseline can stand: such a one is bound by no other. */
export const isPlace = ({ repo }: RepoFacts): boolean =>
  BASELINE_PLACES.some((place) => place === repo.name.toLowerCase());

/**
 * Looks for the baseline as the running app does: in the first place that has a policy. `reachable`: the repositories of
 * the owner's installation. One that anybody can read and that is not among them binds nobody.
 */
export async function findBaseline(
  inspector: Inspector,
  owner: string,
  reachable: readonly RepoFacts[],
): Promise<FoundBaseline> {
  for (const name of BASELINE_PLACES) {
    const facts = reachable.find(({ repo }) => isOwned(repo, owner) && repo.name.toLowerCase() === name);
    if (facts === undefined) continue;
    try {
      const file = await inspector.policyFile(facts.repo);
      if (file.kind === 'found') return { kind: 'found', facts, file };
    } catch (error) {
      if (!(error instanceof GitHubRefused)) throw error;
      return { kind: 'none', findings: [unreadableBaseline(nameOf(facts.repo), error.message)] };
    }
  }
  return { kind: 'none', findings: [noBaseline(owner)] };
}

const isOwned = (repo: RepoRef, owner: string): boolean => repo.owner.toLowerCase() === owner.toLowerCase();
