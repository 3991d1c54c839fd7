/** The life of a request: which states there are and which events lead where. */

import { after, millis, type Instant, type Person, type RepoRef, type RequestId } from './identity.ts';
import {
  environmentKey,
  type AccessSubject,
  type DeploymentSubject,
  type MergeSubject,
  type RunFacts,
  type Subject,
} from './subject.ts';

/**
 * `approved` on a merge can fall back to `pending` (a vote was voided, a member left, the policy changed) for as long
 * as the pull request is open; on a deployment or an access request it is the step before `released`.
 */
export const REQUEST_STATES = [
  'pending',
  'approved',
  'released',
  'denied',
  'expired',
  'cancelled',
  'superseded',
  'closed',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** Where people talk about a request: a pull request or an issue of a repository. */
export type Conversation = { readonly repo: RepoRef; readonly number: number };

export type Request = {
  readonly id: RequestId;
  /** Counts the changes of this row; a change that was computed from an older version is refused. */
  readonly version: number;
  readonly state: RequestState;
  /** The repository whose policy decides. */
  readonly repo: RepoRef;
  readonly subject: Subject;
  /** At most one open request has a given key. */
  readonly key: string;
  readonly conversation: Conversation | null;
  /** Who asked; `null` when nobody did by name. */
  readonly requester: Person | null;
  /** When what is held came to be, by GitHub's clock: only later comments can be about it. */
  readonly since: Instant;
  readonly openedAt: Instant;
  /** Unanswered by then: denied. `null` waits for ever. */
  readonly deadline: Instant | null;
  readonly closedAt: Instant | null;
  /** Why it ended, in words for people; `null` while it is open. */
  readonly outcome: string | null;
  /** Git's id of the policy file that the last decision was made under. */
  readonly policyBlob: string | null;
};

export type MergeRequest = Request & { readonly subject: MergeSubject };
export type DeploymentRequest = Request & { readonly subject: DeploymentSubject };
export type AccessRequest = Request & { readonly subject: AccessSubject };
export type ScheduledRequest = Request & { readonly subject: AccessSubject & { readonly start: Instant } };

/** What is known of a request when it is opened. */
type Opening<S extends Subject> = Pick<Request, 'id' | 'repo' | 'conversation' | 'requester' | 'since' | 'openedAt'> & {
  readonly subject: S;
};

/** A request that nobody has answered or decided yet. */
export const newRequest = <S extends Subject>(opening: Opening<S>): Request & { readonly subject: S } => ({
  ...opening,
  version: 1,
  state: 'pending',
  key: requestKey(opening.repo, opening.subject, opening.conversation),
  deadline: null,
  closedAt: null,
  outcome: null,
  policyBlob: null,
});

/** The outcome of a request whose pull request was merged. */
export const MERGED = 'merged';

export const OPEN_STATES = ['pending', 'approved'] as const satisfies readonly RequestState[];

export const isOpen = (request: Request): boolean => request.state === 'pending' || request.state === 'approved';

/** What can happen to a request. */
export type RequestEvent = 'approve' | 'unapprove' | 'release' | 'deny' | 'expire' | 'cancel' | 'supersede' | 'close';

const TRANSITIONS = {
  pending: {
    approve: 'approved',
    deny: 'denied',
    expire: 'expired',
    cancel: 'cancelled',
    supersede: 'superseded',
    close: 'closed',
  },
  approved: {
    unapprove: 'pending',
    release: 'released',
    deny: 'denied',
    cancel: 'cancelled',
    supersede: 'superseded',
    close: 'closed',
  },
  released: {},
  denied: {},
  expired: {},
  cancelled: {},
  superseded: {},
  closed: {},
} as const satisfies Readonly<Record<RequestState, Partial<Record<RequestEvent, RequestState>>>>;

/** The state that `event` leads to from `state`; `null` where it is not allowed. */
export function nextState(state: RequestState, event: RequestEvent): RequestState | null {
  const row: Partial<Record<RequestEvent, RequestState>> = TRANSITIONS[state];
  return row[event] ?? null;
}

/** Whether some event leads from one state to the other. */
export const canBecome = (from: RequestState, to: RequestState): boolean =>
  Object.values<RequestState>(TRANSITIONS[from]).includes(to);

/** The request after `event`, one version on; `null` where the event is not allowed in its state. */
export function advance<R extends Request>(
  request: R,
  event: RequestEvent,
  now: Instant,
  outcome: string | null,
): R | null {
  const state = nextState(request.state, event);
  if (state === null) return null;
  const open = state === 'pending' || state === 'approved';
  return {
    ...request,
    state,
    version: request.version + 1,
    deadline: event === 'unapprove' ? deadlineAnew(request, now) : request.deadline,
    closedAt: open ? null : now,
    outcome: open ? null : outcome,
  };
}

/** What was answered in time waits anew: it is given as long again as it had at first. */
const deadlineAnew = ({ deadline, openedAt }: Request, now: Instant): Instant | null =>
  deadline === null ? null : after(now, millis(deadline - openedAt));

export const isMerge = (request: Request): request is MergeRequest => request.subject.kind === 'merge';
export const isDeployment = (request: Request): request is DeploymentRequest => request.subject.kind === 'deployment';
export const isAccess = (request: Request): request is AccessRequest => request.subject.kind === 'access';

/** Access that everyone needed agreed to, and that waits for its start. */
export const isScheduled = (request: Request): request is ScheduledRequest =>
  isAccess(request) && request.state === 'approved' && request.subject.start !== undefined;

/** The key of the request that holds a pull request's merge. */
export const mergeKey = (repo: Pick<RepoRef, 'id'>, pull: number): string => `merge:${repo.id}:${pull}`;

/** The key of the request that holds one attempt of a run for an environment. */
export const runKey = (repo: RepoRef, environment: string, run: Pick<RunFacts, 'id' | 'attempt'>): string =>
  deploymentKey(repo, environment, `run:${run.id}:${run.attempt}`);

const deploymentKey = (repo: RepoRef, environment: string, what: string): string =>
  `deployment:${repo.id}:${environmentKey(environment)}:${what}`;

/** The key that keeps two open requests for one thing from existing. */
export function requestKey(repo: RepoRef, subject: Subject, conversation: Conversation | null): string {
  switch (subject.kind) {
    case 'merge':
      return mergeKey(repo, subject.pull);
    case 'deployment':
      return subject.run === null
        ? deploymentKey(repo, subject.environment, `deployment:${subject.deploymentId ?? subject.sha}`)
        : runKey(repo, subject.environment, subject.run);
    case 'access':
      return `access:${conversation?.repo.id ?? repo.id}:${conversation?.number ?? 0}:${subject.grantee.id}`;
  }
}
