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
import { offers } from './offers.ts';
import { personOf, type PastRequest } from './past-requests.ts';
import { brokenLimit } from './replay-limits.ts';

/** `unknown`: it rests on what the log does not hold, which `why` says. */
export type ReplayOutcome = {
  readonly would: 'same' | 'held' | 'denied' | 'not-held' | 'unknown';
  readonly why: string;
};

/**
 * Judges requests of the past by a policy. `before`: the one that decided them, where it is known. `all`: the requests of
 * the same repository, by which it is known what else a person had. What the policy would not have let pass counts for
 * nothing then: it would not have been there.
 */
export function replayBy(
  policy: Policy,
  before: Policy | null,
  all: readonly PastRequest[],
): (past: PastRequest) => ReplayOutcome {
  const compared = before === null ? null : { before, changed: changedRules(before, policy) };
  const byPerson = isLimited(policy)
    ? Map.groupBy(
        all.filter(({ grant }) => grant !== null),
        granteeOf,
      )
    : new Map<number | null, PastRequest[]>();
  const known = new Map<PastRequest, ReplayOutcome>();
  const judge = (past: PastRequest): ReplayOutcome => {
    const had = known.get(past);
    if (had !== undefined) return had;
    const earlier = (byPerson.get(granteeOf(past)) ?? []).filter(
      (other) => isEarlier(other, past) && mayStand(judge(other)),
    );
    const outcome = replayRequest(past, policy, compared, earlier);
    known.set(past, outcome);
    return outcome;
  };
  return judge;
}

const isLimited = ({ access }: Policy): boolean =>
  access.some((rule) => rule.maxLive !== null || rule.maxLiveInOrganisation !== null || rule.coolDown !== null);

const granteeOf = ({ request: { subject } }: PastRequest): number | null =>
  subject.kind === 'access' ? subject.grantee.id : null;

const isEarlier = ({ grant }: PastRequest, past: PastRequest): boolean =>
  grant !== null && past.grant !== null && grant.startsAt < past.grant.startsAt;

/** Whether what a request gave would have been given, too: all that is known, or may be so. */
const mayStand = ({ would }: ReplayOutcome): boolean => would === 'same' || would === 'unknown';

/** The policy that decided, and the rules in which it differs; `null` among these for what is no rule's. */
type Compared = { readonly before: Policy; readonly changed: ReadonlySet<string | null> };

const changedRules = (before: Policy, after: Policy): Compared['changed'] =>
  new Set(diffPolicies(before, after).map(({ rule }) => rule?.toLowerCase() ?? null));

/**
 * How a request would have gone. Decided in the most hopeful way: everyone who voted is in every group, whatever a
 * condition may spare is spared, nobody else wrote it. What does not pass then, could not have passed.
 */
function replayRequest(
  past: PastRequest,
  policy: Policy,
  compared: Compared | null,
  earlier: readonly PastRequest[],
): ReplayOutcome {
  const best = hopeful(past, policy, earlier);
  if (best.kind === 'limited') return { would: 'denied', why: best.why };
  const { verdict } = best.decision;
  const passes = verdict === 'approved' || verdict === 'none';
  if (past.passed && !passes) return failed(best.decision);
  if (past.request.subject.kind !== 'access' && candidateGates(policy, past.request.subject).length === 0) {
    return ungated(past, passes);
  }
  if (!past.passed && !passes) return { would: 'same', why: 'it could not have passed' };
  if (compared !== null && sameRules(past, compared, policy)) return { would: 'same', why: 'its rules are the same' };
  return { would: 'unknown', why: missingWords(past, policy) };
}

const ungated = ({ passed }: PastRequest, passes: boolean): ReplayOutcome =>
  !passed && passes
    ? { would: 'not-held', why: 'no gate would have held it' }
    : { would: 'same', why: 'no gate covers it' };

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
    return ![...before.access, ...after.access].some((rule) => changed.has(rule.name.toLowerCase()));
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
    ...(request.subject.kind === 'access' && isLimited(policy) ? ['all that the person had'] : []),
    ...(conditional ? ['what the conditions ask about'] : []),
  ];
  return `the log does not hold ${facts.join(', ')}`;
}

/** `limited`: every rule that would have let it pass gave its person nothing more then. */
type Hopeful =
  { readonly kind: 'decided'; readonly decision: Decision } | { readonly kind: 'limited'; readonly why: string };

function hopeful(past: PastRequest, policy: Policy, earlier: readonly PastRequest[]): Hopeful {
  const { request } = past;
  const { subject } = request;
  const decided = (decision: Decision): Hopeful => ({ kind: 'decided', decision });
  if (subject.kind !== 'access')
    return decided(decideWith(past, { ...policy, gates: policy.gates.map(spared) }, request));
  const fitting = policy.access.filter((rule) => offers(rule, subject.role) && subject.duration <= rule.maxDuration);
  const tried = fitting.map((rule) => {
    const alone = { ...policy, access: [sparedAccess(rule)] };
    return { rule, decision: decideWith(past, alone, { ...request, subject: { ...subject, rule: rule.name } }) };
  });
  const passing = tried
    .filter(({ decision }) => decision.verdict === 'approved')
    .map(({ rule, decision }) => ({ decision, why: brokenLimit(rule, past, earlier) }));
  const free = passing.find(({ why }) => why === null) ?? passing[0];
  if (free === undefined) return decided(tried[0]?.decision ?? decideWith(past, { ...policy, access: [] }, request));
  return free.why === null ? decided(free.decision) : { kind: 'limited', why: free.why };
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
