/** What is being held or asked for, and the facts about it that rules can ask for. */

import type { Grantable } from './grantable.ts';
import type { GrantId, Instant, Millis, Person, RepoRef, Sha, UserId } from './identity.ts';
import type { Known } from './result.ts';

/** A pull request at one head and one base branch. A push or another base makes another subject. */
export type MergeSubject = {
  readonly kind: 'merge';
  readonly pull: number;
  readonly head: Sha;
  /** Branch name, without `refs/heads/`. */
  readonly base: string;
  /** Everyone known to have pushed to this pull request. */
  readonly pushers: readonly UserId[];
  /** Whether a pusher is known for each of its commits. Absent in requests from before that was asked: not known. */
  readonly seen?: boolean;
  /**
   * When GitHub had last changed the pull request as it was found to be so, rather than told of: an event that is no
   * younger tells nothing new.
   */
  readonly foundAt?: Instant;
};

/** One attempt to deploy one commit to one environment. */
export type DeploymentSubject = {
  readonly kind: 'deployment';
  /** As GitHub spelled it; compare through `environmentKey`. */
  readonly environment: string;
  readonly sha: Sha;
  /** Branch or tag name, without `refs/heads/` or `refs/tags/`. */
  readonly ref: string;
  /** What the name stood for when the request was opened, each proven by the commit. None: it could not be told. */
  readonly refKinds: readonly RefKind[];
  readonly deploymentId: number | null;
  /** The workflow run that waits; `null` for a deployment made through the API. */
  readonly run: RunFacts | null;
  /** Whether a custom deployment protection rule of ours waits for an answer. */
  readonly ruleWaits: boolean;
  readonly creator: UserId | null;
};

/** `other`: surely neither, such as a commit's id or the merge commit of a pull request. */
export type RefKind = 'branch' | 'tag' | 'other';

/** A workflow run at one attempt, as read from GitHub. */
export type RunFacts = {
  readonly id: number;
  readonly attempt: number;
  /** The event that started the run, such as `push`. */
  readonly event: string;
  readonly actor: UserId | null;
  /** Who started this attempt; differs from `actor` on a re-run. */
  readonly triggeringActor: UserId | null;
  readonly fork: boolean;
};

/** A person who asks for a role on a repository, or for membership of a team, for a time. */
export type AccessSubject = {
  readonly kind: 'access';
  readonly grantee: Person;
  /** The repository whose policy decides; a role is given on it. */
  readonly target: RepoRef;
  readonly role: Grantable;
  readonly duration: Millis;
  /** When it is to begin; absent: as soon as it is approved. It ends `duration` after that, however late it is given. */
  readonly start?: Instant;
  readonly reason: string;
  readonly ticket: string | null;
  /** Name of the access rule that it was asked under. */
  readonly rule: string;
  /** The running grant that this lengthens; `null` for a new one. */
  readonly extends: GrantId | null;
};

export type Subject = MergeSubject | DeploymentSubject | AccessSubject;

/** The commit that waits; an access request has none. */
export function commitOf(subject: Subject): Sha | null {
  switch (subject.kind) {
    case 'merge':
      return subject.head;
    case 'deployment':
      return subject.sha;
    case 'access':
      return null;
  }
}

/** GitHub compares environment names without case, and so do we. */
export const environmentKey = (environment: string): string => environment.toLowerCase();

/** A pull request as read from GitHub just now. */
export type PullFacts = {
  readonly number: number;
  readonly open: boolean;
  readonly merged: boolean;
  readonly draft: boolean;
  readonly author: Person;
  readonly head: Sha;
  /** Branch name in the head repository. */
  readonly headRef: string;
  readonly base: string;
  readonly fork: boolean;
  readonly labels: readonly string[];
  readonly title: string;
  /** Lines added and removed together; `null` where GitHub did not count them. */
  readonly lines: number | null;
};

/** The check that holds merges. */
export const MERGE_CHECK = 'jit/merge';

/** Whether a check's name is one of those under which this app reports. */
export const isOwnCheck = (name: string): boolean => name.startsWith('jit/');

/** Somebody else's check on the commit. Whatever is over without success has failed, a check that was skipped too. */
export type CheckFact = {
  readonly name: string;
  /** Slug of the app that reported it; `null` where GitHub does not tell. */
  readonly app: string | null;
  readonly state: 'running' | 'succeeded' | 'failed';
};

/** Everyone who had a hand in what is held. */
export type Contributors = {
  readonly people: readonly UserId[];
  /** Commits, authorships or co-authorships that no account could be found for. */
  readonly unattributed: number;
  /** Why others may have had a hand in it who could not be found, as the end of a sentence. One approval more is needed. */
  readonly untold?: string;
};

/** What the matching rules asked for, gathered from GitHub. A fact that no rule asked for is unknown. */
export type Facts = {
  readonly pull: PullFacts | null;
  /** Paths that changed, old names of renamed files included. */
  readonly files: Known<readonly string[]>;
  readonly contributors: Known<Contributors>;
  /** Everyone known to have pushed to the pull request. */
  readonly pushers: readonly UserId[];
  /** Lines added and removed together. */
  readonly lines: Known<number>;
  /** How many commits have no signature that GitHub verified. */
  readonly unsigned: Known<number>;
  /** What started the workflow run. */
  readonly event: Known<string>;
  readonly checks: Known<readonly CheckFact[]>;
  /** Members by group name. */
  readonly members: ReadonlyMap<string, Known<readonly Person[]>>;
  /**
   * Members of a group, by its name, who are in it by nothing but a team that this app lends them for a time. Asked for
   * where access is decided; absent: nobody.
   */
  readonly lent?: ReadonlyMap<string, ReadonlySet<UserId>>;
  /** Members by team slug, for the conditions that name teams. */
  readonly teams: ReadonlyMap<string, Known<readonly Person[]>>;
  /** Account ids that the logins in the policy stand for. A login that was taken over by someone else is unknown. */
  readonly logins: ReadonlyMap<string, Known<UserId>>;
};
