/** What can happen on GitHub that concerns us, in our own words. `events/` makes these from webhooks. */

import type { VoidReason } from './vote.ts';
import type { InstallationId, Instant, Person, RepoRef, Sha, UserId } from './identity.ts';

/** Who wrote a comment or review, and whether it was a person at a keyboard. */
export type Author = Person & {
  /** True for bots, organisations and anything that an app posted: such a comment never votes. */
  readonly automated: boolean;
};

export type DomainEvent =
  | {
      /** A pull request appeared, moved, or changed in a way that rules can ask for. */
      readonly kind: 'pull-changed';
      readonly repo: RepoRef;
      readonly pull: number;
      /** Set when the head or the base is new with this event: by whom, and when by GitHub's clock. */
      readonly moved: {
        readonly by: UserId | null;
        readonly at: Instant;
        readonly head: Sha;
        readonly base: string;
      } | null;
      /** The head branch holds new commits that `moved.by` pushed. */
      readonly pushed: boolean;
      readonly reopened: boolean;
    }
  | { readonly kind: 'pull-closed'; readonly repo: RepoRef; readonly pull: number; readonly merged: boolean }
  | {
      readonly kind: 'merge-group-asked';
      readonly repo: RepoRef;
      readonly head: Sha;
      readonly headRef: string;
      readonly base: string;
      readonly baseSha: Sha;
    }
  | { readonly kind: 'merge-group-ended'; readonly repo: RepoRef; readonly head: Sha }
  | {
      readonly kind: 'deployment-asked';
      readonly repo: RepoRef;
      readonly environment: string;
      readonly deploymentId: number | null;
      readonly sha: Sha | null;
      readonly ref: string | null;
      readonly runId: number | null;
      /** Whether a protection rule waits for our answer. */
      readonly rule: boolean;
      readonly creator: UserId | null;
      readonly at: Instant | null;
    }
  | { readonly kind: 'run-ended'; readonly repo: RepoRef; readonly runId: number; readonly attempt: number }
  | {
      readonly kind: 'comment-created';
      readonly repo: RepoRef;
      readonly number: number;
      readonly isPull: boolean;
      readonly commentId: number;
      readonly author: Author;
      readonly body: string;
      readonly at: Instant;
    }
  | {
      readonly kind: 'vote-source-changed';
      readonly repo: RepoRef;
      readonly source: { readonly kind: 'comment' | 'review'; readonly id: number };
      readonly change: VoidReason;
      readonly by: UserId | null;
    }
  | {
      readonly kind: 'review-approved';
      readonly repo: RepoRef;
      readonly pull: number;
      readonly reviewId: number;
      readonly commit: Sha;
      readonly author: Author;
      readonly at: Instant;
    }
  /** A reviewer who may have approved before now asks for changes. */
  | {
      readonly kind: 'review-withdrawn';
      readonly repo: RepoRef;
      readonly pull: number;
      readonly reviewId: number;
      readonly by: UserId;
    }
  | {
      readonly kind: 'issue-opened';
      readonly repo: RepoRef;
      readonly number: number;
      readonly author: Author;
      readonly title: string;
      readonly body: string;
      readonly labels: readonly string[];
      readonly at: Instant;
    }
  | { readonly kind: 'issue-closed'; readonly repo: RepoRef; readonly number: number; readonly by: UserId | null }
  | {
      readonly kind: 'branch-pushed';
      readonly repo: RepoRef;
      /** In full, a tag's too. */
      readonly ref: string;
      /** `null` where it was deleted. */
      readonly head: Sha | null;
      /** What came with the push, as far as GitHub lists it. */
      readonly commits: readonly Sha[];
      readonly by: UserId | null;
      readonly at: Instant | null;
      readonly isDefault: boolean;
      /** On the default branch: whether the policy, or what it rests on, can be another one now. */
      readonly touchesPolicy: boolean;
    }
  | { readonly kind: 'check-rerequested'; readonly repo: RepoRef; readonly head: Sha }
  /** A check of somebody else began or ended on a commit. */
  | { readonly kind: 'check-reported'; readonly repo: RepoRef; readonly head: Sha }
  /** A check that is called like one of ours began or ended: our own, or an impostor's. */
  | {
      readonly kind: 'own-name-reported';
      readonly repo: RepoRef;
      readonly head: Sha;
      readonly name: string;
      /** GitHub's number of the check run. */
      readonly run: number | null;
      readonly conclusion: string | null;
      readonly app: { readonly id: number; readonly slug: string } | null;
      readonly by: UserId | null;
    }
  | {
      readonly kind: 'collaborator-changed';
      readonly repo: RepoRef;
      readonly person: Person;
      readonly by: UserId | null;
      readonly change: 'added' | 'edited' | 'removed';
    }
  | {
      readonly kind: 'membership-changed';
      readonly installation: InstallationId;
      /** `null`: of nobody in particular. */
      readonly person: Person | null;
      /** GitHub's number of the team; `null` for what changed in the organisation. */
      readonly team: number | null;
      readonly change: 'added' | 'edited' | 'removed';
      readonly by: UserId | null;
    }
  | { readonly kind: 'repositories-added'; readonly repos: readonly RepoRef[] }
  | {
      readonly kind: 'repositories-removed';
      readonly installation: InstallationId;
      readonly ids: readonly number[];
      readonly why: string;
    }
  | { readonly kind: 'repository-renamed'; readonly repo: RepoRef }
  | {
      readonly kind: 'installation-changed';
      readonly installation: InstallationId;
      readonly change: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted';
      readonly by: UserId | null;
      readonly repos: readonly RepoRef[];
    };
