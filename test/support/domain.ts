/** Small builders for what the domain works on: people, policies, requests, votes and facts. */

import type { Evidence } from '../../src/domain/decide.ts';
import {
  installationId,
  instant,
  millis,
  repoId,
  requestId,
  sha,
  userId,
  type Instant,
  type Person,
  type RepoRef,
} from '../../src/domain/identity.ts';
import type { Policy } from '../../src/domain/policy/model.ts';
import { parsePolicy } from '../../src/domain/policy/parse.ts';
import type { PolicyState } from '../../src/domain/policy/state.ts';
import {
  requestKey,
  type AccessRequest,
  type DeploymentRequest,
  type MergeRequest,
  type Request,
} from '../../src/domain/request.ts';
import { known, unknown, type Known } from '../../src/domain/result.ts';
import type {
  AccessSubject,
  DeploymentSubject,
  Facts,
  MergeSubject,
  PullFacts,
  RunFacts,
  Subject,
} from '../../src/domain/subject.ts';
import type { Vote } from '../../src/domain/vote.ts';

export const human = (id: number, login = `octo-${id}`): Person => ({ id: userId(id), login });

/** Has written what is held in most tests. */
export const author = human(1, 'octo-author');
export const ana = human(11, 'octo-ana');
export const ben = human(12, 'octo-ben');
export const cleo = human(13, 'octo-cleo');
export const dan = human(14, 'octo-dan');
/** Belongs to no group. */
export const stranger = human(99, 'octo-stranger');

export const repo: RepoRef = { installationId: installationId(1), id: repoId(2), owner: 'octo-org', name: 'shop' };
export const HEAD = sha('a'.repeat(40));
export const OTHER_HEAD = sha('b'.repeat(40));
export const NOON: Instant = instant(Date.UTC(2026, 4, 4, 12));
export const HOUR = millis(3_600_000);

/** Reads a policy from its file's text; throws with the findings where it has errors. */
function policyOf(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.error.map((finding) => `${finding.line}: ${finding.message}`).join('\n'));
  return parsed.value;
}

export const present = (text: string): PolicyState => ({
  kind: 'present',
  policy: policyOf(text),
  path: '.jit-policy.yml',
  blob: 'c'.repeat(40),
});

const ID = requestId('0198c0de-0000-7000-8000-000000000001');

function requestOf<S extends Subject>(subject: S, changes: Partial<Request>): Request & { readonly subject: S } {
  const conversation = { repo, number: 7 };
  return {
    id: ID,
    version: 1,
    state: 'pending',
    repo,
    key: requestKey(repo, subject, conversation),
    conversation,
    requester: null,
    since: NOON,
    openedAt: NOON,
    deadline: null,
    closedAt: null,
    outcome: null,
    policyBlob: null,
    ...changes,
    subject,
  };
}

export const mergeRequest = (subject: Partial<MergeSubject> = {}, changes: Partial<Request> = {}): MergeRequest =>
  requestOf({ kind: 'merge', pull: 7, head: HEAD, base: 'main', pushers: [], ...subject }, changes);

export const deploymentRequest = (
  subject: Partial<DeploymentSubject> = {},
  changes: Partial<Request> = {},
): DeploymentRequest =>
  requestOf(
    {
      kind: 'deployment',
      environment: 'production',
      sha: HEAD,
      ref: 'main',
      refKinds: ['branch'],
      deploymentId: 5,
      run: null,
      ruleWaits: true,
      creator: null,
      ...subject,
    },
    changes,
  );

export const runOf = (changes: Partial<RunFacts> = {}): RunFacts => ({
  id: 30,
  attempt: 1,
  event: 'push',
  actor: null,
  triggeringActor: null,
  fork: false,
  ...changes,
});

export const accessRequest = (subject: Partial<AccessSubject> = {}, changes: Partial<Request> = {}): AccessRequest =>
  requestOf(
    {
      kind: 'access',
      grantee: author,
      target: repo,
      role: 'push',
      duration: HOUR,
      reason: 'to repair the build',
      ticket: null,
      rule: 'write for a shift',
      extends: null,
      ...subject,
    },
    { requester: author, ...changes },
  );

let comments = 0;

/** An approval by a comment, for the commit that stands. */
export const approve = (voter: Person, changes: Partial<Vote> = {}): Vote => ({
  requestId: ID,
  voter,
  answer: 'approve',
  source: { kind: 'comment', id: (comments += 1) },
  head: HEAD,
  castAt: NOON,
  reason: null,
  voided: null,
  ...changes,
});

export const deny = (voter: Person, changes: Partial<Vote> = {}): Vote =>
  approve(voter, { answer: 'deny', ...changes });

export const review = (voter: Person, changes: Partial<Vote> = {}): Vote =>
  approve(voter, { source: { kind: 'review', id: (comments += 1) }, ...changes });

export const pullOf = (changes: Partial<PullFacts> = {}): PullFacts => ({
  number: 7,
  open: true,
  merged: false,
  draft: false,
  author,
  head: HEAD,
  headRef: 'feature',
  base: 'main',
  fork: false,
  labels: [],
  title: 'A change',
  lines: 12,
  ...changes,
});

type Members = Readonly<Record<string, readonly Person[] | Known<readonly Person[]>>>;

/** Facts in which everything is known: a pull request by `author`, and the members of groups by name. */
export function factsOf(members: Members, changes: Partial<Facts> = {}): Facts {
  const entries = Object.entries(members).map(
    ([name, people]) => [name, 'kind' in people ? people : known(people)] as const,
  );
  return {
    pull: pullOf(),
    files: known(['src/shop.ts']),
    contributors: known({ people: [author.id], unattributed: 0 }),
    pushers: [],
    lines: known(12),
    unsigned: known(0),
    event: unknown('a merge is started by no event'),
    checks: known([]),
    members: new Map(entries),
    teams: new Map(),
    logins: new Map(),
    ...changes,
  };
}

/** A merge that waits under a policy, with votes. */
export const evidence = (
  policy: PolicyState | string,
  votes: readonly Vote[],
  facts: Facts,
  request: Request = mergeRequest(),
  now: Instant = NOON,
): Evidence => ({ policy: typeof policy === 'string' ? present(policy) : policy, votes, facts, request, now });
