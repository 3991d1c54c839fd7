/** How one case of a policy's tests comes out, decided just as the app decides. */

import { autoApproval } from '../auto-approval.ts';
import type { Decision, OwedReview } from '../decision.ts';
import { decide } from '../decide.ts';
import { withDeadline } from '../deadline.ts';
import { approvers, details, summary } from '../explain.ts';
import { sha, type Instant, type Person } from '../identity.ts';
import { plainText } from '../markdown-plain.ts';
import { isAccess, type Request } from '../request.ts';
import { ok, refused, type Result } from '../result.ts';
import type { DeploymentSubject, Facts, MergeSubject, PullFacts } from '../subject.ts';
import type { Vote } from '../vote.ts';
import type { Policy } from './model.ts';
import { supposedGrantable } from './offers.ts';
import { createAccounts, factsFrom, pullFrom, runFrom, type Accounts } from './supposed-facts.ts';
import { accessRequestFrom, supposedRequest } from './supposed-request.ts';
import type { Supposed, SupposedPerson } from './supposed.ts';
import { owedFrom } from './supposed-owed.ts';
import { momentOf, timesOf, type CaseVerdict, type TestCase, type TestFile } from './test-file.ts';

/** What came of a case. `rules`: every gate or rule of the decision by name; `tree` is the explanation in words. */
export type CaseOutcome = {
  readonly verdict: CaseVerdict;
  readonly reasons: readonly string[];
  readonly rules: ReadonlyMap<string, { readonly verdict: string; readonly reasons: readonly string[] }>;
  /** Logins of those whose approval would still count. */
  readonly approvers: readonly Person[];
  readonly tree: string;
  readonly accounts: Accounts;
};

const HEAD = sha('a'.repeat(40));
const EARLIER = sha('b'.repeat(40));
const SOMEBODY = 'somebody';

/** Runs one case of a file against a policy. */
export function runCase(policy: Policy, file: TestFile, each: TestCase): CaseOutcome {
  const accounts = createAccounts();
  const supposed: Supposed = { ...file.facts, ...each.facts };
  const { opened, now } = timesOf(each);
  const made = madeOf(policy, supposed, each, accounts, opened);
  if (!made.ok) return refusal(made.error, accounts);
  const { request, facts } = made.value;
  const owed = owedFrom(each, request, accounts, opened);
  const atOnce = isAccess(request) ? autoApproval(policy, request, facts, owed, opened) : null;
  const given = votesOf(each, request, accounts, opened);
  // Nobody breaks the glass while a review is owed, whoever it is.
  const counted = owed.length === 0 ? given : given.filter(({ answer }) => answer !== 'break-glass');
  const votes = [...(atOnce === null ? [] : [atOnce]), ...counted];
  const { decision, timed } = decisionAt(policy, { request, facts, owed }, votes, now);
  return outcomeOf(decision, timed, accounts);
}

type Made = { readonly request: Request; readonly facts: Facts };
type Weighed = Made & { readonly owed: readonly OwedReview[] };
type Refusal = { readonly kind: string };

function madeOf(
  policy: Policy,
  supposed: Supposed,
  each: TestCase,
  accounts: Accounts,
  opened: Instant,
): Result<Made, Refusal> {
  if (each.merge !== undefined) return ok(mergeOf(policy, supposed, each.merge, accounts, opened));
  if (each.deployment !== undefined) return ok(deploymentOf(policy, supposed, each.deployment, accounts, opened));
  if (each.access !== undefined) return accessOf(policy, supposed, each.access, accounts, opened);
  throw new TypeError('a case that was read has one of merge, deployment and access');
}

function mergeOf(
  policy: Policy,
  supposed: Supposed,
  { into, by }: NonNullable<TestCase['merge']>,
  accounts: Accounts,
  opened: Instant,
): Made {
  const author = accounts.of(by ?? supposed.pull?.author ?? SOMEBODY);
  const pull = pullFrom({ ...supposed.pull, base: into }, { author, head: HEAD, base: into }, accounts);
  const said = presumed(supposed, [pull.author.login]);
  const facts = factsFrom(said, policy, accounts, { pull, run: null });
  const subject: MergeSubject = { kind: 'merge', pull: pull.number, head: HEAD, base: into, pushers: facts.pushers };
  return { request: supposedRequest(subject, pull.author, opened), facts };
}

function deploymentOf(
  policy: Policy,
  supposed: Supposed,
  { to, ref, by }: NonNullable<TestCase['deployment']>,
  accounts: Accounts,
  opened: Instant,
): Made {
  const starter = accounts.of(by ?? SOMEBODY);
  const pull = supposed.pull === undefined ? null : pullOfDeployment(supposed.pull, accounts, starter);
  // A run that nothing is said of was started by a push; `unknown`: the deployment was made through the API.
  const run = supposed.run === 'unknown' ? null : runFrom(supposed.run ?? {}, accounts, starter);
  const said = presumed(supposed, [pull?.author.login ?? starter.login]);
  const facts = factsFrom(said, policy, accounts, { pull, run });
  const subject: DeploymentSubject = {
    kind: 'deployment',
    environment: to,
    sha: HEAD,
    ref,
    refKinds: [supposed['ref-kind'] ?? 'branch'],
    deploymentId: 1,
    run,
    ruleWaits: true,
    creator: starter.id,
  };
  return { request: supposedRequest(subject, null, opened), facts };
}

const pullOfDeployment = (said: NonNullable<Supposed['pull']>, accounts: Accounts, starter: Person): PullFacts =>
  pullFrom(said, { author: starter, head: HEAD, base: said.base ?? 'main' }, accounts);

function accessOf(
  policy: Policy,
  supposed: Supposed,
  { role: word, by, for: duration, start, reason, ticket }: NonNullable<TestCase['access']>,
  accounts: Accounts,
  opened: Instant,
): Result<Made, Refusal> {
  const facts = factsFrom(supposed, policy, accounts, { pull: null, run: null });
  const role = supposedGrantable(policy, word);
  if (role === null) return refused({ kind: 'unknown-role' });
  const asked = {
    role,
    duration: duration ?? null,
    start: start === undefined ? null : momentOf(start, opened),
    reason,
    ticket: ticket ?? null,
    grantee: accounts.of(by),
  };
  const made = accessRequestFrom(policy, facts, asked, opened);
  return made.ok ? ok({ request: made.value, facts }) : made;
}

/** In a case, what is not said of the people is plain: whoever opened it wrote and pushed it alone. */
const presumed = (supposed: Supposed, people: readonly SupposedPerson[]): Supposed => ({
  ...supposed,
  contributors: supposed.contributors ?? [...people],
  pushers: supposed.pushers ?? [...people],
});

function votesOf(each: TestCase, request: Request, accounts: Accounts, opened: Instant): readonly Vote[] {
  return each.votes.map((given, index): Vote => {
    const vote =
      typeof given === 'object' ? given : { by: given, says: 'approve' as const, review: false, stale: false };
    const head = request.subject.kind === 'access' ? null : HEAD;
    return {
      requestId: request.id,
      voter: accounts.of(vote.by),
      answer: vote.says,
      source: { kind: vote.review ? 'review' : 'comment', id: index + 1 },
      head: vote.stale ? EARLIER : head,
      castAt: vote.at === undefined ? opened : momentOf(vote.at, opened),
      reason: null,
      voided: null,
    };
  });
}

/** Decided at the end of the time that it has, and at `now`: what is unanswered by the deadline is denied for good. */
function decisionAt(
  policy: Policy,
  { request, facts, owed }: Weighed,
  votes: readonly Vote[],
  now: Instant,
): { readonly decision: Decision; readonly timed: Request } {
  const state = { kind: 'present', policy, path: '.jit-policy.yml', blob: '' } as const;
  const at = (moment: Instant): Decision =>
    decide({ policy: state, request, facts, owed, now: moment, votes: votes.filter((vote) => vote.castAt <= moment) });
  const timed = withDeadline(request, state, at(request.openedAt));
  const { deadline } = timed;
  if (deadline !== null && deadline <= now && at(deadline).verdict === 'pending') {
    const overall = { kind: 'timed-out', at: deadline } as const;
    return { timed, decision: { verdict: 'denied', explanation: { overall, rules: [], spared: [], barred: [] } } };
  }
  return { timed, decision: at(now) };
}

function outcomeOf(decision: Decision, request: Request, accounts: Accounts): CaseOutcome {
  const { overall, rules, spared } = decision.explanation;
  const ofRules = rules.map(({ rule, verdict, reason, notes }) => {
    const reasons: readonly string[] = [...new Set([reason.kind, ...notes.map(({ kind }) => kind)])];
    return [rule, { verdict, reasons }] as const;
  });
  const ofSpared = spared.map(({ rule }) => [rule, { verdict: 'spared', reasons: [] }] as const);
  return {
    verdict: decision.verdict,
    reasons: [...(overall.kind === 'rules' ? [] : [overall.kind]), ...ofRules.flatMap(([, { reasons }]) => reasons)],
    // A gate that spares a deployment can still deny it for its ref: then it is a rule of the decision.
    rules: new Map<string, { verdict: string; reasons: readonly string[] }>([...ofSpared, ...ofRules]),
    approvers: approvers(decision),
    tree: plainText(`${summary(decision, request)}\n\n${details(decision)}`),
    accounts,
  };
}

const refusal = ({ kind }: Refusal, accounts: Accounts): CaseOutcome => ({
  verdict: 'refused',
  reasons: [kind],
  rules: new Map(),
  approvers: [],
  tree: `The request is not opened: ${kind}.`,
  accounts,
});
