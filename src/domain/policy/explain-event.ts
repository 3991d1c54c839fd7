/** What would be decided on a webhook's event, from the facts that somebody supposes. */

import { isAccessForm, readAccessForm, REQUEST_LABEL } from '../access-form.ts';
import type { StartRefusal } from '../access-start.ts';
import { autoApproval } from '../auto-approval.ts';
import type { ReasonRefusal } from '../access-reason.ts';
import type { Decision } from '../decision.ts';
import { decide } from '../decide.ts';
import { parseDuration } from '../duration.ts';
import type { DomainEvent } from '../event.ts';
import { sha, type Instant, type Person } from '../identity.ts';
import type { Request } from '../request.ts';
import { ok } from '../result.ts';
import { parseStart } from '../start-time.ts';
import type { DeploymentSubject, Facts, MergeSubject, PullFacts, RunFacts, Subject } from '../subject.ts';
import type { Vote } from '../vote.ts';
import { factsNeeded, factsToAsk, type FactQuery } from './facts.ts';
import { candidateGates, type AccessRefusal } from './match.ts';
import type { Condition, Policy } from './model.ts';
import { supposedGrantable } from './offers.ts';
import { factsFrom, type Accounts } from './supposed-facts.ts';
import { accessRequestFrom, supposedRequest, type AskedAccess } from './supposed-request.ts';
import type { Supposed } from './supposed.ts';

/** What the payload and the facts say of the pull request and the run. */
export type Told = { readonly pull: PullFacts | null; readonly run: RunFacts | null };

export type Explained =
  /** `unknown`: facts that the policy asks for and nobody told, as ends of sentences. */
  | {
      readonly kind: 'decision';
      readonly request: Request;
      readonly decision: Decision;
      readonly unknown: readonly string[];
    }
  | {
      readonly kind: 'refused';
      readonly why:
        AccessRefusal['kind'] | ReasonRefusal['kind'] | StartRefusal['kind'] | 'unreadable-form' | 'unknown-role';
      readonly unknown: readonly string[];
    }
  /** The event by itself decides nothing, or not enough is known of what it is about. */
  | { readonly kind: 'nothing'; readonly why: string };

type Ground = {
  readonly policy: Policy;
  readonly supposed: Supposed;
  readonly accounts: Accounts;
  readonly told: Told;
  readonly now: Instant;
};

/** Decides what the event asks for. A fact that was not told is unknown, and holds. */
export function explainEvent(event: DomainEvent, ground: Ground): Explained {
  switch (event.kind) {
    case 'pull-changed':
      return merge(event.pushed && event.moved !== null && event.moved.by !== null ? [event.moved.by] : [], ground);
    case 'review-approved':
      return merge([], ground);
    case 'comment-created':
      if (event.isPull && ground.told.pull !== null) return merge([], ground);
      return {
        kind: 'nothing',
        why: 'A comment asks for nothing by itself. With facts about its `pull`, the merge is explained.',
      };
    case 'deployment-asked':
      return deployment(event, ground);
    case 'issue-opened':
      return access(event, ground);
    case 'pull-closed':
    case 'merge-group-asked':
    case 'merge-group-ended':
    case 'run-ended':
    case 'vote-source-changed':
    case 'review-withdrawn':
    case 'issue-closed':
    case 'branch-pushed':
    case 'check-rerequested':
    case 'check-reported':
    case 'own-name-reported':
    case 'collaborator-changed':
    case 'membership-changed':
    case 'repositories-added':
    case 'repositories-removed':
    case 'repository-renamed':
    case 'installation-changed':
      return { kind: 'nothing', why: `The app reads this as ${event.kind}, which asks for no decision of its own.` };
  }
}

function merge(pushedBy: MergeSubject['pushers'], { policy, supposed, accounts, told, now }: Ground): Explained {
  const { pull } = told;
  if (pull === null)
    return { kind: 'nothing', why: 'Nothing is known of the pull request: name it under `pull` in the facts.' };
  const stated = factsFrom(supposed, policy, accounts, told);
  const pushers = [...new Set([...pushedBy, ...stated.pushers])];
  const subject: MergeSubject = { kind: 'merge', pull: pull.number, head: pull.head, base: pull.base, pushers };
  const request = supposedRequest(subject, pull.author, now);
  return decided(request, { ...stated, pushers }, policy, now, []);
}

const NO_COMMIT = sha('0'.repeat(40));

function deployment(
  event: Extract<DomainEvent, { kind: 'deployment-asked' }>,
  { policy, supposed, accounts, told, now }: Ground,
): Explained {
  const subject: DeploymentSubject = {
    kind: 'deployment',
    environment: event.environment,
    sha: event.sha ?? NO_COMMIT,
    ref: event.ref ?? '',
    refKinds: supposed['ref-kind'] === undefined ? [] : [supposed['ref-kind']],
    deploymentId: event.deploymentId,
    run: told.run,
    ruleWaits: event.rule,
    creator: event.creator,
  };
  const missing =
    event.runId !== null && told.run === null ? [`the run ${event.runId} that deploys, under \`run\``] : [];
  const unsaid = event.ref === null ? ['the ref that is deployed: the payload names none'] : [];
  const facts = factsFrom(supposed, policy, accounts, told);
  return decided(supposedRequest(subject, null, now), facts, policy, now, [...missing, ...unsaid]);
}

function access(
  event: Extract<DomainEvent, { kind: 'issue-opened' }>,
  { policy, supposed, accounts, now }: Ground,
): Explained {
  if (event.author.automated || (!event.labels.includes(REQUEST_LABEL) && !isAccessForm(event.body)))
    return { kind: 'nothing', why: 'The issue is no request for access: it has neither the form nor its label.' };
  const grantee = accounts.of(event.author.id);
  const asked = askedIn(event.body, grantee, policy);
  if (typeof asked === 'string') return { kind: 'refused', why: asked, unknown: [] };
  const facts = factsFrom(supposed, policy, accounts, { pull: null, run: null });
  const request = accessRequestFrom(policy, facts, asked, now);
  if (!request.ok) {
    const unknown = factsToAsk(policy, asked.role).flatMap((query) => unknownIn(query, facts));
    return { kind: 'refused', why: request.error.kind, unknown };
  }
  const atOnce = autoApproval(policy, request.value, facts, [], now);
  return decided(request.value, facts, policy, now, [], atOnce === null ? [] : [atOnce]);
}

/** What the form asks for, or why that can't be told. */
function askedIn(body: string, grantee: Person, policy: Policy): AskedAccess | 'unreadable-form' | 'unknown-role' {
  const form = readAccessForm(body);
  if (!form.ok) return 'unreadable-form';
  const { duration, reason, ticket } = form.value;
  const role = supposedGrantable(policy, form.value.role);
  const span = duration === null ? null : parseDuration(duration);
  const start = form.value.start === null ? ok(null) : parseStart(form.value.start);
  if (role === null) return 'unknown-role';
  if (span?.ok === false || !start.ok) return 'unreadable-form';
  return { grantee, role, duration: span === null ? null : span.value, start: start.value, reason, ticket };
}

/** What has to be read and could not be holds, whatever else is there. */
function decided(
  request: Request,
  facts: Facts,
  policy: Policy,
  now: Instant,
  missing: readonly string[],
  votes: readonly Vote[] = [],
): Explained {
  const state = { kind: 'present', policy, path: '.jit-policy.yml', blob: '' } as const;
  const decision = decide({ policy: state, request, votes, facts, now });
  const verdict = missing.length > 0 && decision.verdict !== 'denied' ? 'pending' : decision.verdict;
  const unknown = [
    ...factsNeeded(policy, request.subject).flatMap((query) => unknownIn(query, facts)),
    ...unknownOfConditions(policy, request.subject, facts),
  ];
  return { kind: 'decision', request, decision: { ...decision, verdict }, unknown: [...missing, ...new Set(unknown)] };
}

/** What conditions ask about that comes with the pull request and the run, so that no query is for it alone. */
function unknownOfConditions(policy: Policy, subject: Subject, facts: Facts): readonly string[] {
  if (subject.kind === 'access') return [];
  const kinds = new Set(
    candidateGates(policy, subject)
      .flatMap(({ when, unless, approvals }) => [when, unless, ...approvals.map((stage) => stage.when)])
      .flatMap((condition) => (condition === null ? [] : kindsIn(condition))),
  );
  const asked = [...(kinds.has('lines-changed') ? [facts.lines] : []), ...(kinds.has('event') ? [facts.event] : [])];
  return asked.flatMap((fact) => (fact.kind === 'unknown' ? [fact.why] : []));
}

function kindsIn(condition: Condition): readonly Condition['kind'][] {
  if (condition.kind === 'not') return kindsIn(condition.of);
  return condition.kind === 'all' || condition.kind === 'any' ? condition.of.flatMap(kindsIn) : [condition.kind];
}

function unknownIn(query: FactQuery, facts: Facts): readonly string[] {
  const fact = factOf(query, facts);
  return fact?.kind === 'unknown' ? [fact.why] : [];
}

function factOf(query: FactQuery, facts: Facts): { kind: 'known' } | { kind: 'unknown'; why: string } | undefined {
  switch (query.kind) {
    case 'pull':
      return facts.pull === null ? { kind: 'unknown', why: 'the pull request' } : { kind: 'known' };
    case 'files':
      return facts.files;
    case 'contributors':
      return facts.contributors;
    case 'signatures':
      return facts.unsigned;
    case 'checks':
      return facts.checks;
    case 'group':
      return facts.members.get(query.name);
    case 'team':
      return (
        facts.teams.get(query.name) ?? { kind: 'unknown', why: `the facts do not say who is in the team ${query.name}` }
      );
    case 'login':
      return facts.logins.get(query.name);
  }
}
