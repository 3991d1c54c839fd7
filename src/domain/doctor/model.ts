/** What does the doctor look at, and what does it say of it? */

import type { RepoRef } from '../identity.ts';

/** One thing that was looked at. `ok` and warnings let the command end well; an error does not. */
export type DoctorFinding = {
  readonly severity: 'error' | 'warning' | 'ok';
  /** Stable identifier in kebab-case, such as `check-not-pinned`. */
  readonly code: string;
  /** What it is about: `app`, `webhook`, `installation NAME`, or a repository's full name. */
  readonly about: string;
  readonly message: string;
  /** What to do; `null` where nothing has to be done. */
  readonly todo: string | null;
  /** The page to do it on; `null` where there is none. */
  readonly page: string | null;
  /** What `--fix` can do about it; `null` where a person has to. */
  readonly repair: Repair | null;
};

/** A change that only ever adds protection. */
export type Repair =
  | { readonly kind: 'require-check'; readonly repo: RepoRef; readonly refs: readonly string[] }
  | { readonly kind: 'enable-rule'; readonly repo: RepoRef; readonly environment: string };

export type Levels = Readonly<Record<string, string>>;

/** Permissions and events, as app.yml asks for them and as GitHub has them. */
export type Rights = { readonly permissions: Levels; readonly events: readonly string[] };

export type AppFacts = Rights & {
  readonly id: number;
  readonly slug: string;
  /** The app's settings page. */
  readonly page: string;
};

export type InstallationFacts = Rights & {
  readonly id: number;
  readonly account: string;
  readonly suspended: boolean;
  readonly page: string;
};

export type HookFacts = {
  /** `null`: the webhook has no address. */
  readonly url: string | null;
  readonly contentType: string;
  readonly hasSecret: boolean;
  /** Whether GitHub delivers without looking at the certificate. */
  readonly insecure: boolean;
};

/** One attempt to deliver a webhook. */
export type DeliveryFacts = { readonly guid: string; readonly event: string; readonly status: number };

export type RepoFacts = {
  readonly repo: RepoRef;
  /** Its page. */
  readonly page: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly issues: boolean;
  readonly defaultBranch: string;
};

/** Whether somebody may bypass it, in words; `unknown` where GitHub does not tell the app. */
export type Bypass = { readonly kind: 'nobody' | 'unknown' } | { readonly kind: 'some'; readonly who: string };

/** One thing that protects a branch: a ruleset, or the older branch protection. */
export type Guard = {
  /** In words, such as `the ruleset "main"`. */
  readonly name: string;
  readonly page: string;
  /** Whether it is the ruleset that `--fix` writes. */
  readonly own: boolean;
  /** The apps that it takes the check `jit/merge` from; `null` is any. Empty where it does not require the check. */
  readonly pins: readonly (number | null)[];
  /** Whether changes have to come by pull request. */
  readonly pullRequests: boolean;
  /** How many people have to approve such a pull request on GitHub. */
  readonly approvals: number;
  readonly bypass: Bypass;
  /** The same for pull requests and their approvals: a branch protection can let some push without them. */
  readonly pullBypass: Bypass;
  readonly mergeQueue: boolean;
};

export type BranchFacts = { readonly name: string; readonly guards: readonly Guard[] };

/** A ruleset that requires the check and is not in force. */
export type DormantRuleset = { readonly name: string; readonly enforcement: string; readonly page: string };

export type BranchesFacts = {
  readonly branches: readonly BranchFacts[];
  readonly dormant: readonly DormantRuleset[];
  /** Branches that the policy gates and that were not looked at, for there are too many. */
  readonly unseen: number;
  /** Whether the repository has more branches than were listed. */
  readonly cut: boolean;
};

export type EnvironmentFacts = {
  readonly name: string;
  readonly page: string;
  /** Whether this app's protection rule is switched on. */
  readonly rule: boolean;
  readonly adminsBypass: boolean;
};

export const ok = (code: string, about: string, message: string): DoctorFinding => ({
  severity: 'ok',
  code,
  about,
  message,
  todo: null,
  page: null,
  repair: null,
});

/** A finding that asks for something; the rest is what most of them have. */
export const finding = (
  severity: 'error' | 'warning',
  code: string,
  about: string,
  message: string,
  rest: { readonly todo?: string; readonly page?: string; readonly repair?: Repair } = {},
): DoctorFinding => ({
  severity,
  code,
  about,
  message,
  todo: rest.todo ?? null,
  page: rest.page ?? null,
  repair: rest.repair ?? null,
});

const LEVELS = ['read', 'write', 'admin'];

/** How much a level of a permission lets do; -1 for none. */
export const levelOf = (level: string | undefined): number => LEVELS.indexOf(level ?? '');

export const nameOf = (repo: RepoRef): string => `${repo.owner}/${repo.name}`;
