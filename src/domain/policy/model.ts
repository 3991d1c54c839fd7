/** What a policy is once it has been read: every name checked, every glob compiled, every time in milliseconds. */

import type { Millis } from '../identity.ts';
import type { CustomRole, Role, StandardRole } from '../role.ts';
import type { TimeWindow } from '../time-window.ts';
import type { TeamName } from './team-name.ts';

/** A compiled pattern. `source` is what the person wrote; `matches` is bounded in time and never throws. */
export type Glob = { readonly source: string; readonly matches: (text: string) => boolean };

/** A pattern for names of branches and tags; `kind` is what else the name has to stand for, `null` where either will do. */
export type RefGlob = Glob & { readonly kind: 'branch' | 'tag' | null };

/** One member of a group's `users`: a login, or a numeric account id that survives renames. */
export type UserName =
  { readonly kind: 'login'; readonly login: string } | { readonly kind: 'id'; readonly id: number };

/** Who can be asked: the union of everyone named here. */
export type Group = {
  readonly name: string;
  /** Team slugs in the organisation that owns the repository. */
  readonly teams: readonly string[];
  readonly users: readonly UserName[];
  /** The code owners, by the default branch's CODEOWNERS, of the files that changed. */
  readonly codeowners: boolean;
  /** Everyone who has at least this role on the repository. */
  readonly role: StandardRole | null;
};

/** People by account or by team. */
export type Named = { readonly users: readonly UserName[]; readonly teams: readonly string[] };

/** Checks by name, of one app (by its slug) or of any. */
export type CheckName = { readonly glob: Glob; readonly app: string | null };

/** A statement about what is held. What cannot be evaluated is unknown, and unknown holds. */
export type Condition =
  | { readonly kind: 'paths'; readonly globs: readonly Glob[] }
  | { readonly kind: 'only-paths'; readonly globs: readonly Glob[] }
  | (Named & { readonly kind: 'authors' })
  | (Named & { readonly kind: 'only-authors' })
  | { readonly kind: 'labels'; readonly globs: readonly Glob[] }
  | { readonly kind: 'title'; readonly globs: readonly Glob[] }
  | { readonly kind: 'base'; readonly globs: readonly Glob[] }
  | { readonly kind: 'head'; readonly globs: readonly Glob[] }
  | { readonly kind: 'draft'; readonly is: boolean }
  | { readonly kind: 'fork'; readonly is: boolean }
  /** Lines added and removed together, both bounds included; `null` leaves a side open. */
  | { readonly kind: 'lines-changed'; readonly min: number | null; readonly max: number | null }
  /** Whether every commit has a signature that GitHub verified. */
  | { readonly kind: 'signed'; readonly is: boolean }
  /** What started the workflow run. */
  | { readonly kind: 'event'; readonly globs: readonly Glob[] }
  /** Checks of others on the commit: every name has reported, and all that have it succeeded. */
  | { readonly kind: 'checks'; readonly checks: readonly CheckName[] }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition };

/** A time in which nothing passes. */
export type Freeze = { readonly window: TimeWindow; readonly reason: string | null };

/** Who may approve besides, once the request has waited for so long. */
export type Escalation = { readonly after: Millis; readonly to: readonly string[] };

/** Who may let it through at once, and who looks at it afterwards, within which time. */
export type BreakGlass = {
  readonly by: readonly string[];
  readonly review: readonly string[];
  readonly within: Millis;
};

/** Whose requests for access are granted at once and when, and who looks at it afterwards, within which time. */
export type AutoApprove = {
  readonly requesters: readonly string[];
  /** `text` is what the person wrote. */
  readonly hours: { readonly side: 'outside' | 'inside'; readonly text: string; readonly window: TimeWindow };
  readonly review: readonly string[];
  readonly within: Millis;
};

/** `count` distinct people from any of the groups. With `when`, only where the condition is met or unknown. */
export type Stage = {
  readonly from: readonly string[];
  readonly count: number;
  readonly when: Condition | null;
};

type GateShape = {
  readonly name: string;
  readonly when: Condition | null;
  readonly unless: Condition | null;
  readonly approvals: readonly Stage[];
  /** Unanswered for this long: denied. `null` waits for ever. */
  readonly timeout: Millis | null;
  /** Whether those who wrote or started it may approve it. */
  readonly selfApproval: boolean;
  /** Whether an approving pull request review counts as `/approve`. */
  readonly reviews: boolean;
  /** Groups whose members hold by `/deny` what would pass, until they take it back. */
  readonly disapprove: readonly string[];
  readonly freeze: readonly Freeze[];
  readonly escalate: readonly Escalation[];
  readonly breakGlass: BreakGlass | null;
};

export type DeploymentGate = GateShape & {
  readonly on: 'deployment';
  /** Matched against the environment's name in lower case: GitHub compares environment names without case. */
  readonly environments: readonly Glob[];
  /** Branches and tags that may be deployed; `null` allows any, and anything else is denied. */
  readonly refs: readonly RefGlob[] | null;
  /** Whether a run whose head is in a fork may deploy at all. */
  readonly forks: boolean;
};

export type MergeGate = GateShape & {
  readonly on: 'merge';
  readonly branches: readonly Glob[];
};

/** Holds a named action of a pipeline. Nothing asks for one yet. */
export type ActionGate = GateShape & {
  readonly on: 'action';
  readonly actions: readonly Glob[];
};

export type Gate = DeploymentGate | MergeGate | ActionGate;

/** Who may ask for which roles and teams, for how long, approved by whom. */
export type AccessRule = {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Teams of the organisation whose membership may be asked for. */
  readonly teams: readonly TeamName[];
  /** Groups whose members may ask. */
  readonly requesters: readonly string[];
  readonly maxDuration: Millis;
  /** Granted when the request names no duration. */
  readonly defaultDuration: Millis;
  /** How far ahead of the request the start may lie. */
  readonly maxAhead: Millis;
  /** With so many grants of the person running in the repository the rule gives no more; `null` gives any number. */
  readonly maxLive: number | null;
  /** The same for all repositories of the organisation. Only the organisation's `limits` say it. */
  readonly maxLiveInOrganisation: number | null;
  /** How long after one of its grants ended the rule gives the person none; `null` for no time at all. */
  readonly coolDown: Millis | null;
  readonly reason: {
    readonly minLength: number;
    /** Shape of the ticket that has to be named; `null` asks for none. */
    readonly ticket: Glob | null;
  };
  readonly approvals: readonly Stage[];
  /** `null`: every request waits for its approvals. */
  readonly autoApprove: AutoApprove | null;
  readonly timeout: Millis | null;
  readonly selfApproval: boolean;
  /** What a grant's end leaves a person who had no role before. */
  readonly onExpiry: 'remove' | 'lower-to-read';
  /** What happens when somebody changes the granted role by hand: it is recorded, or the grant ends, too. */
  readonly onDrift: 'report' | 'revoke';
};

export type Unmatched = {
  readonly deployment: 'deny' | 'allow';
  readonly action: 'deny' | 'allow';
  readonly merge: 'deny' | 'allow';
};

/** What a file says of it; what is not there keeps its default. */
export type UnmatchedSaid = { readonly [K in keyof Unmatched]?: Unmatched[K] | undefined };

/** What binds every access rule of the repositories that a policy governs; `null` binds nothing. */
export type Limits = {
  readonly roles: readonly Role[] | null;
  /** In the organisation's file nothing but these can be granted: there, `null` is none. */
  readonly teams: readonly TeamName[] | null;
  readonly maxDuration: Millis | null;
  readonly maxAhead: Millis | null;
  /** In the file's own repository; in the organisation's, over all of its repositories. */
  readonly maxLive: number | null;
  readonly coolDown: Millis | null;
  /** Least number of people who have to approve. */
  readonly minCount: number | null;
};

export type Policy = {
  readonly version: 1;
  /** The organisation's custom roles, by name in lower case. */
  readonly customRoles: ReadonlyMap<string, CustomRole>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly gates: readonly Gate[];
  readonly access: readonly AccessRule[];
  /** Slugs of teams that access rules offer and that the organisation's policy does not let them. */
  readonly withheldTeams: readonly string[];
  readonly unmatched: Unmatched;
  /** What the file itself says under `unmatched`: only that binds others. */
  readonly unmatchedSaid: UnmatchedSaid;
  readonly limits: Limits;
};

/** One thing that is wrong with a policy file. Lines and columns count from 1. */
export type Finding = {
  readonly severity: 'error' | 'warning';
  /** Stable identifier in kebab-case, such as `unknown-key`. */
  readonly code: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong, with the offending text. */
  readonly message: string;
  /** How to repair it; `null` where the message says it all. */
  readonly hint: string | null;
};
