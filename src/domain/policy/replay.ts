/** Which requests of the past would have gone another way under another policy, as far as the audit log can tell. */

import { decide } from '../decide.ts';
import type { Decision } from '../decision.ts';
import { userId, type Person } from '../identity.ts';
import type { Request } from '../request.ts';
import { known, unknown } from '../result.ts';
import type { Facts } from '../subject.ts';
import { diffPolicies } from './diff.ts';
import { candidateGates } from './match.ts';
import type { AccessRule, Gate, Policy, Stage } from './model.ts';
import { personOf, type PastRequest } from './past-requests.ts';

/** `unknown`: it rests on what the log does not hold, which `why` says. */
export type ReplayOutcome = {
  readonly would: 'same' | 'held' | 'denied' | 'not-held' | 'unknown';
  readonly why: string;
};

/** Judges requests of the past by a policy. `before`: the one that decided them, where it is known. */
export function replayBy(policy: Policy, before: Policy | null): (past: PastRequest) => ReplayOutcome {
  const changed =
    before === null ? null : new Set(diffPolicies(before, policy).map(({ rule }) => rule?.toLowerCase() ?? null));
  return (past) => replayRequest(past, policy, before === null || changed === null ? null : { before, changed });
}

/** The policy that decided, and the rules in which it differs; `null` among these for what is no rule's. */
type Compared = { readonly before: Policy; readonly changed: ReadonlySet<string | null> };

/**
 * How a request would have gone. Decided in the most hopeful way: everyone who voted is in every group, whatever a
 * condition may spare is spared, nobody else wrote it. What does not pass then, could not have passed.
 */
function replayRequest(past: PastRequest, policy: Policy, compared: Compared | null): ReplayOutcome {
  const best = hopeful(past, policy);
  const passes = best.verdict === 'approved' || best.verdict === 'none';
  if (past.passed && !passes) return failed(best);
  if (past.request.subject.kind !== 'access' && candidateGates(policy, past.request.subject).length === 0) {
    if (!past.passed && passes) return { would: 'not-held', why: 'no gate would have held it' };
    return { would: 'same', why: 'no gate covers it' };
  }
  if (!past.passed && !passes) return { would: 'same', why: 'it could not have passed' };
  if (compared !== null && sameRules(past, compared, policy)) return { would: 'same', why: 'its rules are the same' };
  return { would: 'unknown', why: missingWords(past, policy) };
}

function failed({ verdict, explanation }: Decision): ReplayOutcome {
  const reasons = explanation.rules
    .filter((rule) => rule.verdict !== 'approved')
    // Nobody but those who voted is known here, so that more of them could have been asked.
    .map(({ rule, reason }) => `${rule}: ${reason.kind === 'nobody-can' ? 'approvals-missing' : reason.kind}`);
  const why = reasons.length > 0 ? reasons.join(', ') : explanation.overall.kind;
  return { would: verdict === 'denied' ? 'denied' : 'held', why };
}

/** Whether nothing changed in what covers the request. */
function sameRules(past: PastRequest, { before, changed }: Compared, after: Policy): boolean {
  const { subject } = past.request;
  if (changed.has(null)) return false;
  if (subject.kind === 'access')
    return (
      changed.size === 0 || ![...before.access, ...after.access].some((rule) => changed.has(rule.name.toLowerCase()))
    );
  return [...candidateGates(before, subject), ...candidateGates(after, subject)].every(
    (gate) => !changed.has(gate.name.toLowerCase()),
  );
}

function missingWords({ request, votes }: PastRequest, policy: Policy): string {
  const gates = request.subject.kind === 'access' ? [] : candidateGates(policy, request.subject);
  const conditional = gates.some(
    (gate) => gate.when !== null || gate.unless !== null || gate.approvals.some((stage) => stage.when !== null),
  );
  const facts = [
    ...(votes.length === 0 ? [] : ['who was in which group']),
    ...(request.subject.kind === 'access' ? ['who might ask'] : ['who wrote it']),
    ...(conditional ? ['what the conditions ask about'] : []),
  ];
  return `the log does not hold ${facts.join(', ')}`;
}

function hopeful(past: PastRequest, policy: Policy): Decision {
  const { request, votes, decidedAt } = past;
  const { subject } = request;
  if (subject.kind !== 'access') return decideWith(past, { ...policy, gates: policy.gates.map(spared) }, request);
  const fitting = policy.access.filter(
    (rule) => rule.roles.includes(subject.role) && subject.duration <= rule.maxDuration,
  );
  const decisions = fitting.map((rule) =>
    decideWith(
      { ...past, votes, decidedAt },
      { ...policy, access: [sparedAccess(rule)] },
      { ...request, subject: { ...subject, rule: rule.name } },
    ),
  );
  return (
    decisions.find(({ verdict }) => verdict === 'approved') ??
    decisions[0] ??
    decideWith(past, { ...policy, access: [] }, request)
  );
}

/** A condition may have spared it: then nobody was asked. */
const spared = (gate: Gate): Gate => ({
  ...gate,
  when: null,
  unless: null,
  approvals: gate.when === null && gate.unless === null ? certain(gate.approvals) : [],
  freeze: gate.when === null && gate.unless === null ? gate.freeze : [],
});

const sparedAccess = (rule: AccessRule): AccessRule => ({ ...rule, approvals: certain(rule.approvals) });

const certain = (stages: readonly Stage[]): readonly Stage[] => stages.filter((stage) => stage.when === null);

function decideWith({ votes, decidedAt }: PastRequest, policy: Policy, request: Request): Decision {
  // A denial that counted is one by a member, and who was one the log does not hold.
  const approvals = votes.filter(({ answer }) => answer !== 'deny' && answer !== 'review');
  const people = [...approvals.map(({ voter }) => voter), ...(request.requester === null ? [] : [request.requester])];
  const state = { kind: 'present', policy, path: '.jit-policy.yml', blob: '' } as const;
  const facts = hopefulFacts(policy, request, people);
  return decide({ policy: state, request, votes: approvals, facts, now: decidedAt });
}

function hopefulFacts(policy: Policy, { subject, requester }: Request, people: readonly Person[]): Facts {
  const NOT_HELD = 'the log does not hold it';
  const author = requester ?? personOf(userId(0));
  const pull =
    subject.kind === 'merge'
      ? {
          number: subject.pull,
          open: true,
          merged: false,
          draft: false,
          author,
          head: subject.head,
          headRef: '',
          base: subject.base,
          fork: false,
          labels: [],
          title: '',
          lines: null,
        }
      : null;
  return {
    pull,
    files: unknown(NOT_HELD),
    contributors: known({ people: [], unattributed: 0 }),
    pushers: subject.kind === 'merge' ? subject.pushers : [],
    lines: unknown(NOT_HELD),
    unsigned: unknown(NOT_HELD),
    event: unknown(NOT_HELD),
    checks: unknown(NOT_HELD),
    members: new Map([...policy.groups.keys()].map((name) => [name, known(people)])),
    teams: new Map(),
    logins: new Map(),
  };
}
