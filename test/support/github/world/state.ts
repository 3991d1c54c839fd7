/** What does the local GitHub remember? Times are milliseconds since 1970; things point at each other, ids are for the API. */

import type { Clock } from './clock.ts';
import type { GitObjects } from './git.ts';

/** An account. Its login can change hands, its id cannot. */
export type Account = {
  readonly id: number;
  login: string;
  readonly type: 'User' | 'Organization' | 'Bot';
  name: string | null;
  /** Addresses by which commits are attributed to the account. */
  readonly emails: string[];
  readonly createdAt: number;
};

/** Repository roles as the collaborators API takes them, or a custom role's name. */
export type RoleName = string;

export type Organization = {
  readonly account: Account;
  readonly members: Map<number, 'admin' | 'member'>;
  readonly teams: Map<string, Team>;
  /** What every member has on every repository. */
  baseRole: 'none' | 'read' | 'write' | 'admin';
  /** Custom repository roles, each with the standard role that it builds on. */
  readonly customRoles: Map<string, RoleName>;
  /** Whether collaborators from outside the organisation are refused. */
  outsideCollaboratorsRestricted: boolean;
  /** People who were asked to join by being put into a team. */
  readonly invited: Set<number>;
};

export type Team = {
  readonly id: number;
  readonly org: Organization;
  readonly slug: string;
  name: string;
  readonly parent: Team | null;
  readonly members: Map<number, 'member' | 'maintainer'>;
  /** Whether an identity provider owns the membership. */
  synced: boolean;
  readonly createdAt: number;
};

export type Repo = {
  readonly id: number;
  owner: Account;
  name: string;
  private: boolean;
  defaultBranch: string;
  readonly fork: Repo | null;
  readonly createdAt: number;
  pushedAt: number;
  /** Full names (`refs/heads/main`) to commit ids. */
  readonly refs: Map<string, string>;
  readonly labels: Map<string, Label>;
  readonly issues: Map<number, Issue>;
  nextNumber: number;
  readonly suites: CheckSuite[];
  readonly checks: CheckRun[];
  readonly protections: Protection[];
  /** Its own, and those of its organisation that are for it. */
  readonly rulesets: Ruleset[];
  readonly environments: Map<string, Environment>;
  readonly deployments: Deployment[];
  readonly runs: Run[];
  readonly collaborators: Map<number, RoleName>;
  readonly teamRoles: Map<Team, RoleName>;
  readonly invitations: Invitation[];
  /** Entries of the merge queues, in order, by base branch. */
  readonly queues: Map<string, QueueGroup[]>;
  readonly activity: Activity[];
  archived: boolean;
  deleted: boolean;
};

export type Activity = {
  readonly id: number;
  readonly kind: 'push' | 'force_push' | 'branch_creation' | 'branch_deletion' | 'pr_merge' | 'merge_queue_merge';
  readonly actor: Account;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly at: number;
};

export type Label = {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
};

/** An issue, or a pull request when `pull` is there. */
export type Issue = {
  readonly id: number;
  readonly repo: Repo;
  readonly number: number;
  readonly author: Account;
  readonly via: App | null;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | 'duplicate' | null;
  closedBy: Account | null;
  readonly labels: Label[];
  readonly comments: Comment[];
  readonly reactions: Reaction[];
  assignees: Account[];
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  pull: Pull | null;
};

export type PullIssue = Issue & { readonly pull: Pull };

export type Pull = {
  readonly id: number;
  readonly headRepo: Repo;
  /** Branch name in `headRepo`. */
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  mergedAt: number | null;
  mergedBy: Account | null;
  mergeSha: string | null;
  /** Commit that the changes are counted from; fixed when the pull request is merged. */
  mergeBase: string | null;
  readonly reviews: Review[];
};

export type Review = {
  readonly id: number;
  readonly author: Account;
  readonly via: App | null;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly commit: string;
  readonly submittedAt: number;
  updatedAt: number;
};

export type Comment = {
  readonly id: number;
  readonly issue: Issue;
  readonly author: Account;
  readonly via: App | null;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
  readonly reactions: Reaction[];
};

export const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
export type ReactionContent = (typeof REACTIONS)[number];
export type Reaction = {
  readonly id: number;
  readonly author: Account;
  readonly content: ReactionContent;
  readonly createdAt: number;
};

export type CheckSuite = {
  readonly id: number;
  readonly repo: Repo;
  readonly app: App;
  readonly sha: string;
  readonly branch: string | null;
  readonly before: string | null;
  readonly createdAt: number;
  updatedAt: number;
};

export type CheckStatus = 'queued' | 'in_progress' | 'completed';
export type CheckConclusion =
  'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required' | 'stale';

export type CheckRun = {
  readonly id: number;
  readonly repo: Repo;
  readonly suite: CheckSuite;
  readonly app: App;
  readonly sha: string;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  readonly createdAt: number;
  startedAt: number;
  completedAt: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Record<string, unknown>[];
  actions: CheckAction[];
};
export type CheckAction = { readonly label: string; readonly description: string; readonly identifier: string };

export type RequiredCheck = { readonly name: string; readonly appId: number | null };
export type Protection = {
  /** Branch name, in which `*` stands for anything but a slash and `**` for anything. */
  readonly pattern: string;
  readonly requiredChecks: readonly RequiredCheck[];
  /** Whether the head must contain the tip of the base. */
  readonly strict: boolean;
  readonly mergeQueue: boolean;
  /** Whether administrators are bound by it, too. */
  readonly enforceAdmins: boolean;
  /** Whether changes have to come by pull request. */
  readonly pullRequests: boolean;
  readonly approvals: number;
  readonly pullBypass: readonly string[];
  readonly createdAt: number;
};

export type BypassActor = {
  readonly actor_id: number | null;
  readonly actor_type: 'Integration' | 'OrganizationAdmin' | 'RepositoryRole' | 'Team' | 'DeployKey' | 'User';
  readonly bypass_mode: 'always' | 'pull_request' | 'exempt';
};

/** Rules of branches or tags. All active ones that match a branch apply together. */
export type Ruleset = {
  readonly id: number;
  readonly sourceType: 'Repository' | 'Organization';
  /** Full name of the repository, or the organisation's login. */
  readonly source: string;
  name: string;
  target: 'branch' | 'tag' | 'push';
  enforcement: 'active' | 'evaluate' | 'disabled';
  bypassActors: readonly BypassActor[];
  /** Full references in which `*` and `**` stand for what they stand for in files; `~ALL`, `~DEFAULT_BRANCH`. */
  include: readonly string[];
  exclude: readonly string[];
  /** As the API takes them: `type` and `parameters`. */
  rules: readonly Record<string, unknown>[];
  readonly createdAt: number;
  updatedAt: number;
};

export type Environment = {
  readonly id: number;
  readonly name: string;
  /** Custom deployment protection rules: the apps that are asked. */
  readonly rules: { readonly id: number; readonly app: App; enabled: boolean }[];
  canAdminsBypass: boolean;
  readonly createdAt: number;
};

export type DeploymentState = 'error' | 'failure' | 'inactive' | 'pending' | 'success' | 'queued' | 'in_progress';
export type DeploymentStatus = {
  readonly id: number;
  readonly state: DeploymentState;
  readonly creator: Account;
  readonly via: App | null;
  readonly description: string;
  readonly environment: string;
  readonly logUrl: string;
  readonly at: number;
};
export type Deployment = {
  readonly id: number;
  readonly repo: Repo;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: Record<string, unknown> | string;
  readonly creator: Account;
  readonly via: App | null;
  readonly run: Run | null;
  readonly createdAt: number;
  updatedAt: number;
  readonly statuses: DeploymentStatus[];
};

/** How one app's protection rule was answered for one job of one attempt. */
export type RuleAnswer = {
  readonly app: App;
  state: 'waiting' | 'approved' | 'rejected';
  comment: string;
  readonly reports: string[];
};
export type Job = {
  readonly id: number;
  readonly name: string;
  /** As the workflow spelled it. */
  readonly environment: string | null;
  readonly attempt: number;
  readonly deployment: Deployment | null;
  readonly check: CheckRun;
  readonly answers: RuleAnswer[];
  status: 'queued' | 'waiting' | 'in_progress' | 'completed';
  conclusion: CheckConclusion | null;
  readonly createdAt: number;
  completedAt: number | null;
};
export type Run = {
  readonly id: number;
  readonly repo: Repo;
  readonly number: number;
  readonly workflow: string;
  readonly event: string;
  readonly headRepo: Repo;
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly actor: Account;
  triggeringActor: Account;
  attempt: number;
  readonly environments: readonly string[];
  readonly pulls: readonly PullIssue[];
  /** Jobs of every attempt. */
  readonly jobs: Job[];
  status: 'queued' | 'waiting' | 'in_progress' | 'completed';
  conclusion: CheckConclusion | null;
  readonly createdAt: number;
  startedAt: number;
  updatedAt: number;
};

export type Invitation = {
  readonly id: number;
  readonly repo: Repo;
  readonly invitee: Account;
  readonly inviter: Account;
  role: RoleName;
  readonly createdAt: number;
};

/** Pull requests that are tested and merged together. */
export type QueueGroup = {
  readonly pulls: readonly PullIssue[];
  readonly by: Account;
  ref: string;
  headSha: string;
  baseSha: string;
};

export type App = {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly publicKey: string;
  /** PEM; empty for an app that belongs to GitHub itself. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  webhookTarget: string | null;
  /** What else the settings say of the webhook. */
  readonly hook: { contentType: 'json' | 'form'; insecureSsl: '0' | '1' };
  /** What an installation gets when it does not say otherwise. */
  readonly permissions: Permissions;
  readonly events: ReadonlySet<string> | 'all';
  readonly createdAt: number;
};

/** Permission names to levels, as in an app's manifest. */
export type Permissions = Readonly<Record<string, 'read' | 'write' | 'admin'>>;

export type Installation = {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  repos: Set<Repo> | 'all';
  permissions: Permissions;
  suspendedAt: number | null;
  suspendedBy: Account | null;
  removed: boolean;
  readonly createdAt: number;
};

export type Token = {
  readonly token: string;
  readonly installation: Installation;
  readonly permissions: Permissions;
  /** `null`: every repository of the installation. */
  readonly repos: ReadonlySet<Repo> | null;
  /** Real milliseconds: see `Clock.real`. */
  readonly expiresAt: number;
};

/** One call of the API, as it was answered. */
export type Call = {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  /** The route's path with its placeholders; `null` where there is no such route. */
  readonly route: string | null;
  readonly operation: string | null;
  readonly status: number;
  /** Whether it cost some of the rate limit; 304 does not. */
  readonly counted: boolean;
  /** Real milliseconds since 1970 at the beginning. */
  readonly at: number;
  readonly durationMs: number;
  /** What the caller sent to say who it is. Each process draws tokens of its own, so this tells them apart. */
  readonly authorization: string | null;
};

/** Something that GitHub's description does not allow, or that the app had no right to do. */
export type Violation = {
  readonly kind: 'request' | 'response' | 'permission' | 'unknown-route' | 'graphql' | 'crash';
  readonly operation: string;
  readonly message: string;
};

export type Delivery = {
  readonly id: number;
  readonly guid: string;
  readonly app: App;
  readonly event: string;
  readonly action: string | null;
  readonly payload: Record<string, unknown>;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
  readonly queuedAt: number;
  deliveredAt: number;
  durationSeconds: number;
  /** `OK`, or why it failed; `queued` until it was tried. */
  status: string;
  /** 0 until there is an answer. */
  statusCode: number;
  requestHeaders: Record<string, string>;
  responseBody: string;
};

export type World = {
  /** Address of the API, without a slash at the end. */
  url: string;
  readonly clock: Clock;
  readonly accounts: Map<number, Account>;
  readonly organizations: Map<number, Organization>;
  readonly repos: Map<number, Repo>;
  readonly objects: GitObjects;
  readonly apps: Map<number, App>;
  readonly installations: Map<number, Installation>;
  readonly tokens: Map<string, Token>;
  readonly deliveries: Delivery[];
  readonly calls: Call[];
  /** Hear of each call when it took effect and nobody has been answered yet. */
  readonly witnesses: Set<(call: Call) => void>;
  readonly violations: Violation[];
  nextId: number;
  /** Whether collaborators can be asked for through GraphQL. */
  graphqlAvailable: boolean;
  /** Whether a re-run asks the protection rules again. */
  rulesAskedOnRerun: boolean;
  /** Whether one answer of a rule is for every job that waits (GitHub's own answer is not known for sure). */
  oneAnswerForAll: boolean;
  /** Calls an hour for one installation. */
  rateLimit: number;
  /** Puts a delivery in line to be sent. Set by the webhook sender. */
  enqueue: (delivery: Delivery) => void;
};
