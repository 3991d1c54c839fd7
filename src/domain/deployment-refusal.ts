/** What keeps a deployment from passing a gate, whoever approves it. */

import type { RuleReason } from './decision.ts';
import type { Gate, RefGlob } from './policy/model.ts';
import type { DeploymentRequest } from './request.ts';
import type { DeploymentSubject } from './subject.ts';

/** What keeps a deployment from being approved by anybody: the wrong ref, a fork, code that is not the commit's. */
export function deploymentRefusal(gate: Gate | undefined, request: DeploymentRequest): RuleReason | null {
  if (gate?.on !== 'deployment') return null;
  const { run } = request.subject;
  const wrongRef = gate.refs === null ? null : refRefusal(gate.refs, request.subject);
  if (wrongRef !== null) return wrongRef;
  if (run?.fork === true && !gate.forks) return { kind: 'fork-not-allowed' };
  // Such a run is bound to the base branch's commit while its jobs can check out a fork's code: nobody saw what runs.
  if (run?.event === 'pull_request_target' && !gate.forks) {
    return { kind: 'event-not-trusted', event: run.event };
  }
  return null;
}

/** A name that matches can still be a tag where a branch is asked for. Where GitHub could not tell, it is held. */
function refRefusal(allowed: readonly RefGlob[], { ref, refKinds }: DeploymentSubject): RuleReason | null {
  const named = allowed.filter((glob) => glob.matches(ref));
  if (named.some(({ kind }) => kind === null || refKinds.includes(kind))) return null;
  if (named.length > 0 && refKinds.length === 0) {
    const wanted = named.map((glob) => glob.source).join(' or ');
    return {
      kind: 'fact-unknown',
      why: `whether the commit is on a branch or tag called ${ref}; ${wanted} is asked for`,
    };
  }
  return { kind: 'ref-not-allowed', ref, allowed: allowed.map((glob) => glob.source) };
}
