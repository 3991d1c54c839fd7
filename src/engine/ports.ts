/** What the engine needs of the world. Adapters implement these; the engine and the tests know nothing else of them. */

import type { AuditDraft, AuditEntry, ChainHead } from '../domain/audit.ts';
import type { Checkpoint } from '../domain/audit-checkpoint.ts';
import type { OwedReview } from '../domain/decision.ts';
import type { Effect, Reaction, Timer } from '../domain/effect.ts';
import type { Baseline, Grant, RoleGrant, TeamBaseline, TeamGrant, TeamPlace } from '../domain/grant.ts';
import type { TeamRole } from '../domain/grantable.ts';
import type {
  GrantId,
  InstallationId,
  Instant,
  Millis,
  Person,
  RepoId,
  RepoRef,
  RequestId,
  Sha,
  UserId,
} from '../domain/identity.ts';
import type { Holding } from '../domain/person-limits.ts';
import type { Annotation } from '../domain/policy/check-report.ts';
import type { Request } from '../domain/request.ts';
import type { Known } from '../domain/result.ts';
import type { NamedRole, Role, StandardRole } from '../domain/role.ts';
import type { CheckFact, Contributors, PullFacts, RefKind, RunFacts } from '../domain/subject.ts';
import type { VoidReason, Vote } from '../domain/vote.ts';

// ---------------------------------------------------------------- GitHub

/**
 * GitHub through an installation of the app. Every list is read to its last page. Methods throw `GitHubUnavailable`
 * when GitHub did not answer or asked to wait (try again), and `GitHubRefused` when it answered no and no value here
 * stands for that answer.
 */
export interface GitHub {
  /** The policy file on the default branch: at the root, else under `.github/`. */
  policyFile(repo: RepoRef): Promise<PolicyFile>;
  /** The first of these files that exists at a commit, which can be one of a fork's pull request. */
  fileAt(repo: RepoRef, sha: Sha, paths: readonly string[]): Promise<PolicyFile>;
  /** The text of CODEOWNERS on the default branch (`.github/`, root, `docs/`, as GitHub looks); `null` where there is none. */
  codeowners(repo: RepoRef): Promise<string | null>;

  pull(repo: RepoRef, number: number): Promise<PullFacts | null>;
  /** Where a pull request comes from and since when it is there. `null` where it is gone. */
  pullOrigin(repo: RepoRef, number: number): Promise<PullOrigin | null>;
  /** What GitHub keeps of who moved a branch, newest first, back to where it was made if it can be followed so far. */
  branchPushes(repo: RepoRef, ref: string): Promise<readonly BranchPush[]>;
  /** Paths that changed, with the old names of renamed files. Unknown at GitHub's limit of 3,000. */
  pullFiles(repo: RepoRef, number: number): Promise<Known<readonly string[]>>;
  /** Authors, committers and co-authors of every commit. Unknown at GitHub's limit of 250. */
  pullContributors(repo: RepoRef, number: number): Promise<Known<Contributors>>;
  commitContributors(repo: RepoRef, sha: Sha): Promise<Known<Contributors>>;
  /** Who wrote what `head` has and `base` has not. Unknown where the two can't be compared. */
  contributorsBetween(repo: RepoRef, base: Sha, head: Sha): Promise<Known<RangeContributors>>;
  /** How many commits of a pull request have no signature that GitHub verified. Unknown at GitHub's limit of 250. */
  unsignedInPull(repo: RepoRef, number: number): Promise<Known<number>>;
  /** 1 where the commit has no signature that GitHub verified, else 0. */
  unsignedCommit(repo: RepoRef, sha: Sha): Promise<Known<number>>;
  openPulls(repo: RepoRef): Promise<readonly PullFacts[]>;
  /** Pull requests of this repository that a commit belongs to, merged ones first. */
  pullsOfCommit(repo: RepoRef, sha: Sha): Promise<readonly number[]>;
  /** Commits reachable from `head` and not from `base`, first parent first in `parents`. Unknown past 250. */
  commitsBetween(repo: RepoRef, base: Sha, head: Sha): Promise<Known<readonly { sha: Sha; parents: readonly Sha[] }[]>>;
  /** Paths that differ between two commits. Unknown at GitHub's limit of 300. */
  filesBetween(repo: RepoRef, base: Sha, head: Sha): Promise<Known<readonly string[]>>;
  /** Branches of the merge queue of `base`: `refs/heads/gh-readonly-queue/BASE/pr-N-SHA`. */
  queueRefs(repo: RepoRef, base: string): Promise<readonly QueueRef[]>;

  run(repo: RepoRef, runId: number): Promise<Run | null>;
  /** Runs of which a job waits: for a protection rule, ours or another. */
  waitingRuns(repo: RepoRef): Promise<readonly Run[]>;
  /** Environments that jobs of a run's present attempt wait for. */
  pendingEnvironments(repo: RepoRef, runId: number): Promise<readonly string[]>;
  /** Whether this app's protection rule is switched on for an environment. */
  hasOwnRule(repo: RepoRef, environment: string): Promise<boolean>;
  /** The newest deployment of a commit to an environment; `null` where there is none. */
  deploymentOf(repo: RepoRef, sha: Sha, environment: string): Promise<number | null>;
  /** Whether a deployment ever reported success. */
  deploymentSucceeded(repo: RepoRef, deploymentId: number): Promise<boolean>;
  /** What a name stands for where the commit is found under it: a branch that has it, a tag that points at it. */
  refKinds(repo: RepoRef, ref: string, sha: Sha): Promise<readonly RefKind[]>;

  /** Members of a team of the organisation `org`. Unknown where the team does not exist or can't be seen. */
  teamMembers(installation: InstallationId, org: string, slug: string): Promise<Known<readonly Person[]>>;
  /** The team that has a slug now; `null` where there is none, or it can't be seen. */
  team(installation: InstallationId, org: string, slug: string): Promise<TeamRole | null>;
  /** The team of this number, under its present slug; `null` where the organisation has none that the app can see. */
  teamById(installation: InstallationId, org: string, id: number): Promise<TeamRole | null>;
  /** What a person is in the organisation; `null` for nothing, and while an invitation is open. */
  orgMembership(installation: InstallationId, org: string, person: Person): Promise<'admin' | 'member' | null>;
  /** What a person is in the team that has a slug now. */
  membership(installation: InstallationId, org: string, slug: string, person: Person): Promise<Membership>;
  /** Makes somebody a member of a team. Who is none of the organisation is invited into it. */
  addMember(installation: InstallationId, org: string, slug: string, login: string): Promise<AddMemberAnswer>;
  /** Takes somebody out of a team; fine where they are not in it. Those in teams below it stay there. */
  removeMember(installation: InstallationId, org: string, slug: string, login: string): Promise<void>;
  /** Everyone whose effective role on the repository is at least `role`. Unknown where the app may not see who that is. */
  peopleWithRole(repo: RepoRef, role: StandardRole): Promise<Known<readonly Person[]>>;
  userByLogin(installation: InstallationId, login: string): Promise<Person | null>;
  /** The account that has this id now, with its present login. */
  userById(installation: InstallationId, id: UserId): Promise<Person | null>;
  /** A repository of the installation by name; `null` where the app can't see it. */
  findRepository(installation: InstallationId, owner: string, name: string): Promise<RepoRef | null>;

  /** What a person has on a repository, and from where. `null` where the account does not exist. */
  access(repo: RepoRef, person: Person): Promise<Access>;
  /** Gives a role directly. `role` is one of the five or a custom role's name. */
  giveRole(repo: RepoRef, login: string, role: string): Promise<GiveRoleAnswer>;
  /** Takes the direct role back; fine when there is none. */
  takeRole(repo: RepoRef, login: string): Promise<void>;
  /** Full names of a person's forks of a private repository, which GitHub deletes with the access; none of a public one. */
  privateForks(repo: RepoRef, person: UserId): Promise<readonly string[]>;
  invitations(repo: RepoRef): Promise<readonly Invitation[]>;
  deleteInvitation(repo: RepoRef, id: number): Promise<void>;

  /** The newest check run of this app with this name and external id on a commit. */
  findCheck(repo: RepoRef, sha: Sha, name: string, externalId: string): Promise<number | null>;
  /** The newest run of every check on a commit, of this app and of others. */
  checksOn(repo: RepoRef, sha: Sha): Promise<Known<readonly CheckFact[]>>;
  createCheck(repo: RepoRef, sha: Sha, check: Check): Promise<number>;
  updateCheck(repo: RepoRef, id: number, check: Check): Promise<void>;
  /** Answers a deployment protection rule for good. */
  answerRule(repo: RepoRef, runId: number, answer: RuleAnswer): Promise<'answered' | 'already-answered' | 'gone'>;
  /** Reports on a protection rule that stays unanswered: at most 1,024 characters, at most 10 times. */
  reportRule(repo: RepoRef, runId: number, environment: string, comment: string): Promise<void>;

  /** This app's own comment that contains `marker`. */
  findComment(repo: RepoRef, number: number, marker: string): Promise<number | null>;
  createComment(repo: RepoRef, number: number, body: string): Promise<number>;
  /** Returns `gone` where somebody deleted it. */
  updateComment(repo: RepoRef, id: number, body: string): Promise<'updated' | 'gone'>;
  react(repo: RepoRef, commentId: number, reaction: Reaction): Promise<void>;
  issue(repo: RepoRef, number: number): Promise<Issue | null>;
  /** This app's own open issue whose body contains `marker`. */
  findIssue(repo: RepoRef, marker: string): Promise<number | null>;
  createIssue(repo: RepoRef, title: string, body: string, labels: readonly string[]): Promise<number>;
  addLabels(repo: RepoRef, number: number, labels: readonly string[]): Promise<void>;
  removeLabel(repo: RepoRef, number: number, label: string): Promise<void>;
  closeIssue(repo: RepoRef, number: number): Promise<void>;

  /** Every installation of the app, with its account. */
  installations(): Promise<readonly Installation[]>;
  repositories(installation: InstallationId): Promise<readonly RepoRef[]>;

  /** Webhooks that GitHub sent to the app since then, newest first; it remembers three days. */
  deliveriesSince(since: Instant): Promise<readonly SentDelivery[]>;
  /** Has GitHub send a webhook again, under its old delivery id. */
  redeliver(id: number): Promise<void>;
}

export type SentDelivery = {
  /** GitHub's number of this attempt. */
  readonly id: number;
  /** `X-GitHub-Delivery`: the same for every attempt. */
  readonly guid: string;
  readonly event: string;
  readonly at: Instant;
  /** Whether the app answered this attempt with success. */
  readonly arrived: boolean;
};

export type PolicyFile =
  | { readonly kind: 'found'; readonly path: string; readonly blob: string; readonly text: string }
  | { readonly kind: 'absent' };

export type PullOrigin = {
  readonly createdAt: Instant;
  /** The last change of any kind. The head and the base that were read are not younger. */
  readonly updatedAt: Instant;
  /** Unknown past GitHub's limit of 250. */
  readonly commits: Known<readonly Sha[]>;
  /** `ref` in full, such as `refs/heads/fix`; `null` where the fork is gone. */
  readonly branch: { readonly repo: RepoRef; readonly ref: string } | null;
};

/** One move of a branch. `before` is `null` where it was made; `by` where the account is gone. */
export type BranchPush = {
  readonly by: UserId | null;
  readonly before: Sha | null;
  readonly after: Sha | null;
  readonly forced: boolean;
  readonly at: Instant;
};

export type QueueRef = { readonly pull: number; readonly sha: Sha; readonly builtOn: Sha };

export type Run = RunFacts & {
  readonly headSha: Sha;
  readonly headRef: string | null;
  /** `completed` once nothing waits any more. */
  readonly status: string;
  /** When the present attempt began, by GitHub's clock; `null` where GitHub does not tell. */
  readonly startedAt: Instant | null;
};

/** Who wrote a range of commits. */
export type RangeContributors = {
  readonly contributors: Contributors;
  /** How many commits there are. The newest of them are read, at most `read`. */
  readonly total: number;
  readonly read: number;
  /** The commits that were read along the first parents, newest first: each is a pull request's merge, or a push. */
  readonly line: readonly Sha[];
};

/** A role that comes by another way than directly. `source`: which, in words; `byTeam`: whether it is a team. */
export type OtherRole = NamedRole & { readonly source: string; readonly byTeam?: true };

export type Access = {
  /** Highest role across every way; `null` for none. */
  readonly effective: Role | null;
  /** The direct role under GitHub's own name; `null` for none. */
  readonly direct: NamedRole | null;
  /** Roles that come by other ways: through a team, the organisation's base role, ownership. */
  readonly others: readonly OtherRole[];
  /** Told of a direct role that is a custom one: the highest standard role that it includes. */
  readonly includes?: StandardRole;
  /** Whether GitHub told the sources apart; if not, `direct` is the best guess from the list of direct collaborators. */
  readonly exact: boolean;
};

export type GiveRoleAnswer =
  | { readonly kind: 'given' }
  | { readonly kind: 'invited'; readonly invitationId: number }
  | { readonly kind: 'refused'; readonly why: string };

/** What a person is in a team. Members of a team below it count as members of it, too. */
export type Membership = {
  /** By being in the very team. */
  readonly place: TeamPlace;
  /** Slugs of the teams below it that the person is in. */
  readonly through: readonly string[];
  /** Whether the person was asked to join and has not. */
  readonly pending: boolean;
  /** Whether GitHub told the ways apart; if not, the person is a member by one that nobody knows, and `place` is a guess. */
  readonly exact: boolean;
};

export type AddMemberAnswer =
  | { readonly kind: 'added' }
  /** The person was invited into the organisation. */
  | { readonly kind: 'invited' }
  | { readonly kind: 'refused'; readonly why: string };

export type Invitation = {
  readonly id: number;
  readonly invitee: UserId | null;
  readonly role: Role;
  readonly expired: boolean;
  /** Whether a person made it, and no app. */
  readonly byPerson: boolean;
};

export type Check = {
  readonly name: string;
  readonly externalId: string;
  readonly state: 'pending' | 'success' | 'failure';
  readonly title: string;
  /** Markdown, at most 65,535 characters like `text`. */
  readonly summary: string;
  readonly text: string;
  readonly detailsUrl: string | null;
  /** Remarks on lines. GitHub only adds to them, so for one commit they have to stay the same. */
  readonly annotations?: readonly Annotation[];
};

export type RuleAnswer = {
  readonly environment: string;
  readonly state: 'approved' | 'rejected';
  readonly comment: string;
};

export type Issue = {
  readonly number: number;
  readonly open: boolean;
  readonly author: Person;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly isPull: boolean;
};

export type Installation = {
  readonly id: InstallationId;
  readonly account: string;
  /** GitHub's number of that account. */
  readonly accountId: number | null;
  readonly suspended: boolean;
};

/** GitHub did not answer, answered 5xx, or asked to wait. Try again, not before `retryAfter` milliseconds where given. */
export class GitHubUnavailable extends Error {
  override readonly name = 'GitHubUnavailable';
  readonly retryAfter: number | null;
  constructor(message: string, retryAfter: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** GitHub knows no such installation: the app was uninstalled there, or never was. */
export class InstallationGone extends GitHubUnavailable {}

/** GitHub answered no: the app lacks a permission, the thing is gone, or the request was wrong. */
export class GitHubRefused extends Error {
  override readonly name = 'GitHubRefused';
  readonly status: number;
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

// ---------------------------------------------------------------- storage

/** A webhook delivery as it came through the door, its signature verified. */
export type Delivery = {
  /** `X-GitHub-Delivery`: unique, so that a redelivery is known. */
  readonly id: string;
  /** `X-GitHub-Event`. */
  readonly event: string;
  readonly payload: unknown;
};

/**
 * One state change: rows, audit entries and the jobs that carry it out, stored in one transaction or not at all.
 * A row with `was` is written only if its version is still that; `was: null` inserts.
 */
export type Change = {
  readonly requests?: readonly { readonly was: number | null; readonly row: Request }[];
  readonly votes?: readonly Vote[];
  readonly voids?: readonly (Pick<Vote, 'requestId' | 'source'> & { readonly at: Instant; readonly why: VoidReason })[];
  readonly grants?: readonly { readonly was: number | null; readonly row: Grant }[];
  /** Sets or, with `null`, forgets what a person had before the grants that run now. */
  readonly baselines?: readonly {
    readonly repoId: RepoId;
    readonly userId: UserId;
    readonly baseline: Baseline | null;
  }[];
  /** The same for what a person was in a team, by the team's number. */
  readonly teamBaselines?: readonly {
    readonly team: number;
    readonly userId: UserId;
    readonly baseline: TeamBaseline | null;
  }[];
  /** Stored only if no such review is owed at the moment of the commit, other than for the requests voted on. */
  readonly unowed?: readonly Debt[];
  readonly mergeGroups?: readonly MergeGroup[];
  readonly endedMergeGroups?: readonly { readonly repoId: RepoId; readonly head: Sha }[];
  /** The policy file as just read, where it is another than the one stored. */
  readonly policy?: { readonly repoId: RepoId; readonly file: PolicyFile };
  /** Surfaces, with the digest each had when the change was computed; `null`: it was not there. */
  readonly surfaces?: readonly { readonly was: string | null; readonly row: Omit<Surface, 'shownAt'> }[];
  readonly people?: readonly Person[];
  readonly audit?: readonly AuditDraft[];
  readonly effects?: readonly Effect[];
  /** Effects that are stored only where no reminder of the same thing waits or is being tried already. */
  readonly reminders?: readonly Effect[];
  readonly timers?: readonly Timer[];
  /** Timers that are stored once, however often they are asked for. */
  readonly turns?: readonly Timer[];
};

/** Reviews that stand against letting more through: any that is owed in a repository, or what one person left overdue. */
export type Debt =
  | { readonly kind: 'any'; readonly repo: RepoId }
  | { readonly kind: 'overdue'; readonly by: UserId; readonly installation: InstallationId };

/** A queued merge: every one of `pulls` must be approved before `head` passes. `unknown` pulls hold. */
export type MergeGroup = {
  readonly repo: RepoRef;
  readonly head: Sha;
  readonly base: string;
  /** The commit that the group is built on; `null` in rows from before it was kept. */
  readonly baseSha: Sha | null;
  readonly pulls: Known<readonly number[]>;
};

/** That somebody pushed a commit. `tip`: the ref pointed at it then. */
export type KnownPush = {
  readonly commit: Sha;
  readonly ref: string;
  readonly by: UserId;
  readonly tip: boolean;
  readonly at: Instant;
};

/** What was last shown on GitHub under a key: its id there, and a digest that tells whether it has to be shown again. */
export type Surface = {
  readonly key: string;
  readonly githubId: number | null;
  readonly digest: string;
  readonly shownAt: Instant;
};

/** How the work stands, in numbers. */
export type Figures = {
  readonly grantsRunning: number;
  /** Whose end is over by the database's clock, and that GitHub does not show gone. */
  readonly grantsOverdue: number;
  readonly longestOverdue: Millis;
  readonly requestsOpen: Readonly<Record<string, number>>;
  /** By queue, what could be done now. */
  readonly jobsWaiting: Readonly<Record<string, number>>;
  readonly reviewsOwed: number;
  /** Whose time is over by the database's clock. */
  readonly reviewsOverdue: number;
  readonly deliveriesFailed: number;
};

/** The policy file as last read. */
export type StoredPolicy = { readonly file: PolicyFile; readonly readAt: Instant };

/** The audit log and the rows that it tells of, at one moment. Pages go on after the last id of the one before. */
export interface AuditView extends Pick<Store, 'auditEntries' | 'auditInstallations'> {
  requestsAfter(id: string, limit: number): Promise<readonly Request[]>;
  votesOn(requests: readonly RequestId[]): Promise<readonly Vote[]>;
  grantsAfter(id: string, limit: number): Promise<readonly Grant[]>;
}

export interface Store {
  /** The database's clock, which every instance shares. */
  now(): Promise<Instant>;

  /** Stores a delivery and the job that handles it. `known`: it was stored before, nothing changes. */
  keepDelivery(delivery: Delivery): Promise<'stored' | 'known'>;
  delivery(id: string): Promise<Delivery | null>;
  /** Marks a delivery as handled; its payload is dropped after the retention time. */
  settleDelivery(id: string, outcome: 'handled' | 'ignored' | 'failed', note: string | null): Promise<void>;
  /** Which of these delivery ids are already stored. */
  knownDeliveries(ids: readonly string[]): Promise<ReadonlySet<string>>;

  repository(id: RepoId): Promise<RepoRef | null>;
  repositories(): Promise<readonly RepoRef[]>;
  /** Stores repositories, or their new names. */
  saveRepositories(repos: readonly RepoRef[]): Promise<void>;
  forgetRepositories(ids: readonly RepoId[]): Promise<void>;

  policy(repo: RepoId): Promise<StoredPolicy | null>;
  /** The repositories of this owner where its baseline can stand, in the order in which they are looked at. */
  baselineRepositories(of: RepoRef): Promise<readonly RepoRef[]>;
  /** The account that a login in a repository's policy was first seen to be. */
  pinnedLogin(repo: RepoId, login: string): Promise<UserId | null>;
  /** Pins a login if it is not pinned yet, and returns the account that it is pinned to. */
  pinLogin(repo: RepoId, login: string, id: UserId): Promise<UserId>;
  /** Pins a team's name (`organisation/slug`) if it is not pinned yet, or `anew`; returns the team that it is pinned to. */
  pinTeam(repo: RepoId, team: string, id: number, anew: boolean): Promise<number>;

  /** Remembers who pushed these commits to a ref, for half a year. */
  savePush(
    repo: RepoId,
    push: {
      readonly ref: string;
      readonly head: Sha;
      readonly commits: readonly Sha[];
      readonly by: UserId;
      readonly at: Instant;
    },
  ): Promise<void>;
  /** Every known push that brought one of the commits, to whatever ref, oldest first. */
  pushesOf(repo: RepoId, commits: readonly Sha[]): Promise<readonly KnownPush[]>;

  request(id: RequestId): Promise<Request | null>;
  openRequests(repo: RepoId): Promise<readonly Request[]>;
  openRequestByKey(key: string): Promise<Request | null>;
  /** The newest request with this key, open or not. */
  lastRequestByKey(key: string): Promise<Request | null>;
  /** The newest merge request of each pull request whose newest request has this head, closed pull requests left out. */
  mergeRequestsAt(repo: RepoId, head: Sha): Promise<readonly Request[]>;
  /** Requests, open and ended, that are talked about on an issue or pull request; newest first. */
  requestsIn(repo: RepoId, number: number): Promise<readonly Request[]>;
  /**
   * Deployments to an environment that were released here, newest first; with `before` only those that were opened before
   * that request. Names compare without case.
   */
  releasedDeployments(
    repo: RepoId,
    environment: string,
    before: RequestId | null,
  ): Promise<readonly { readonly id: number; readonly sha: Sha }[]>;
  /** Everyone known to have opened one of these pull requests or pushed to it. */
  peopleOfPulls(repo: RepoId, pulls: readonly number[]): Promise<readonly UserId[]>;
  /** Whether a merge was ever held in this repository: else nobody is known to have pushed to a pull request. */
  hasHeldMerges(repo: RepoId): Promise<boolean>;
  /** The newest requests that were opened since then, open or not, newest first. */
  requestsSince(repo: RepoId, since: Instant, limit: number): Promise<readonly RequestId[]>;
  /** What the audit log tells of these requests, in the order of its time; refused votes left out. At most `limit`. */
  entriesOf(requests: readonly RequestId[], limit: number): Promise<readonly AuditEntry[]>;
  /** Requests that still wait though their deadline is over by the database's clock. */
  overdueRequests(): Promise<readonly Request[]>;
  /** Access that is approved and waits for its start, by that. */
  scheduledRequests(): Promise<readonly Request[]>;
  /** Open requests for access whose start has come by the database's clock. */
  startedRequests(): Promise<readonly Request[]>;
  votes(request: RequestId): Promise<readonly Vote[]>;
  /** Reviews that are owed for what was let through in a repository without approvals, oldest first. */
  owedReviews(repo: RepoId): Promise<readonly OwedReview[]>;
  /** What a person has through grants, on any repository, and what ended within the longest cool-down there can be. */
  holdings(user: UserId): Promise<readonly Holding[]>;
  /** Those for what one person was let through by anywhere in an installation, as they are told in a repository. */
  owedBy(person: UserId, installation: InstallationId, at: RepoId): Promise<readonly OwedReview[]>;
  /** Those that nobody gave in time, by the database's clock. */
  overdueReviews(): Promise<readonly OwedReview[]>;
  /** The vote that a comment or review gave, with its request. */
  votesFrom(source: Vote['source']): Promise<readonly Vote[]>;

  grant(id: GrantId): Promise<Grant | null>;
  grantOf(request: RequestId): Promise<Grant | null>;
  /** Grants of roles to one person on one repository that are not over. */
  runningGrants(repo: RepoId, user: UserId): Promise<readonly RoleGrant[]>;
  /** The newest grant of a role to one person on one repository, running or over. */
  lastGrant(repo: RepoId, user: UserId): Promise<RoleGrant | null>;
  /** Grants of one team to one person that are not over, from whichever repository. `team` is GitHub's number. */
  teamGrants(team: number, user: UserId): Promise<readonly TeamGrant[]>;
  teamBaseline(team: number, user: UserId): Promise<TeamBaseline | null>;
  /** Every grant that is not over. */
  allRunningGrants(): Promise<readonly Grant[]>;
  /** Grants whose end is over by the database's clock and that are still live, or that are being taken back. */
  dueGrants(): Promise<readonly Grant[]>;
  baseline(repo: RepoId, user: UserId): Promise<Baseline | null>;

  /** How the work stands just now. */
  figures(): Promise<Figures>;

  mergeGroupsWith(repo: RepoId, pull: number): Promise<readonly MergeGroup[]>;
  mergeGroup(repo: RepoId, head: Sha): Promise<MergeGroup | null>;
  /** Merge groups whose pull requests could not be told. */
  unreadMergeGroups(): Promise<readonly MergeGroup[]>;

  surface(key: string): Promise<Surface | null>;
  /** Surfaces whose key starts with `prefix`, shown before `before`: what has to be renewed. */
  surfacesShownBefore(prefix: string, before: Instant): Promise<readonly Surface[]>;
  saveSurface(surface: Omit<Surface, 'shownAt'>): Promise<void>;

  /** Stores a change whole. `false`: a row had moved on, nothing was stored, load and try again. */
  commit(change: Change): Promise<boolean>;

  /** Entries of one installation's chain in order, from `seq` on, at most `limit`. */
  auditEntries(installation: InstallationId, from: number, limit: number): Promise<readonly AuditEntry[]>;
  auditInstallations(): Promise<readonly InstallationId[]>;
  /** The ends of the chains as the last commits left them. An entry that is cut off by hand is still known here. */
  auditHeads(): Promise<ReadonlyMap<InstallationId, ChainHead>>;
  /** The last entry of each chain that has one. */
  lastAuditEntries(): Promise<readonly AuditEntry[]>;
  /** Shows the log, and the rows that it tells of, as they were at one moment, whatever is written meanwhile. */
  frozen<T>(use: (view: AuditView) => Promise<T>): Promise<T>;
  /** The name last seen for an account; `null` where it was erased or never seen. */
  personName(id: UserId): Promise<string | null>;
  /** Replaces a person's names in every table by `ERASED`, unless something of theirs is under way. */
  erasePerson(id: UserId): Promise<Erasure>;
}

/** Stands where a name was. No login can look like it. */
export const ERASED = '(erased)';

/** `left`: how many rows still mention a name, in free text that people wrote, or in what can't be changed. */
export type Erasure =
  | { readonly kind: 'under-way'; readonly what: readonly string[] }
  | {
      readonly kind: 'erased';
      readonly rows: Readonly<Record<'people' | 'requests' | 'votes' | 'grants', number>>;
      readonly left: Readonly<Record<'requests' | 'votes' | 'policies' | 'entries', number>>;
    };

/** Signs checkpoints of audit chains, and publishes them where the operator says. */
export interface Notary {
  /** How often. */
  readonly every: Millis;
  sign(installation: InstallationId, head: ChainHead, at: Instant): Checkpoint;
  /** Throws where they could not be handed over whole. */
  publish(checkpoints: readonly Checkpoint[]): Promise<void>;
}

/** What runs the jobs that `Store.commit` and `Store.keepDelivery` left behind. A handler that throws is tried again. */
export interface Queue {
  start(handlers: JobHandlers): Promise<void>;
  /** Lets running jobs finish, then stops. */
  stop(): Promise<void>;
}

export type JobHandlers = {
  readonly delivery: (id: string) => Promise<void>;
  readonly effect: (effect: Effect) => Promise<void>;
  readonly timer: (timer: Timer) => Promise<void>;
  /** Called at a fixed interval, by one instance at a time. */
  readonly sweep: () => Promise<void>;
};

/** Where the engine says what it does. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
