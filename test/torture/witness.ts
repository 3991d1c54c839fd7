/** Is something let go or given that nobody approved, at any moment? Looked at after every call that changes something. */

import type { LocalGitHub } from '../support/github/index.ts';
import type { Ledger } from './ledger.ts';

/** Everything that GitHub shows now and nobody approved. Once it was shown it may be gone in the next moment. */
function unapproved(github: LocalGitHub, ledger: Ledger): readonly string[] {
  const { see } = github;
  const found: string[] = [];
  const approved = new Set(ledger.pulls.flatMap(({ sha, verdict }) => (verdict === 'approved' ? [sha] : [])));
  for (const { repo, number, sha } of ledger.pulls) {
    const passes = see
      .checks(repo, sha)
      .some(({ name, conclusion }) => name === 'jit/merge' && conclusion !== 'failure' && conclusion !== null);
    if (passes && !approved.has(sha)) found.push(`${repo}#${number}: ${sha} passes, and nobody approved it`);
  }
  for (const { repo, run, verdict } of ledger.runs) {
    const states = see.run(repo, run).jobs.flatMap(({ rules }) => rules.map(({ state }) => state));
    if (states.includes('approved') && verdict !== 'approved')
      found.push(`${repo} run ${run}: goes ahead, and nobody approved it`);
  }
  const allowed = new Set(ledger.asked.flatMap(({ repo, who, approved: yes }) => (yes ? [`${repo} ${who}`] : [])));
  for (const repo of new Set(ledger.asked.map((line) => line.repo))) {
    for (const [who, role] of Object.entries(see.collaborators(repo))) {
      if (who.startsWith('erin-') && !allowed.has(`${repo} ${who}`))
        found.push(`${repo}: ${who} has ${role}, and nobody approved it`);
    }
  }
  return found;
}

/** Looks after every change, until the function that it returns is called. */
export function watchOver(github: LocalGitHub, ledger: Ledger, found: Set<string>): () => void {
  const look = ({ method }: { readonly method: string }): void => {
    if (method !== 'GET') for (const line of unapproved(github, ledger)) found.add(line);
  };
  github.world.witnesses.add(look);
  return () => github.world.witnesses.delete(look);
}
