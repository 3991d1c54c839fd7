/** What is to be done on GitHub, as data. Each can be done twice with the same result. */

import type { TeamRole } from './grantable.ts';
import type { GrantId, Instant, RepoRef, RequestId, Sha, UserId } from './identity.ts';

export type Reaction = '+1' | '-1' | 'eyes' | 'rocket' | 'confused';

export type Effect =
  /** Bring the check `jit/merge` of a commit in line with every request that has this head. */
  | { readonly kind: 'merge-check'; readonly repo: RepoRef; readonly sha: Sha }
  /**
   * Report on the policy that a commit would bring. With a pull request it is looked at whether that touches the policy;
   * `null`: only where the commit was reported on before.
   */
  | { readonly kind: 'policy-check'; readonly repo: RepoRef; readonly sha: Sha; readonly pull: number | null }
  /** Look at a pull request afresh: open, keep or replace its request. */
  | { readonly kind: 'pull'; readonly repo: RepoRef; readonly pull: number }
  /** Bring a deployment's check, its protection rule and its comment in line with the request. */
  | { readonly kind: 'deployment'; readonly requestId: RequestId }
  /** Bring an access request's comment, labels and open/closed state in line with the request and its grant. */
  | { readonly kind: 'access-issue'; readonly requestId: RequestId }
  /** Give or take back what the grants of one person on one repository say. */
  | { readonly kind: 'access'; readonly repo: RepoRef; readonly userId: UserId }
  /** Give or take back what the grants of one person for one team say. `repo` is one that it was asked for under. */
  | { readonly kind: 'membership'; readonly repo: RepoRef; readonly team: TeamRole; readonly userId: UserId }
  /** Undo an invitation that was accepted after the last grant of a person on a repository had ended. */
  | { readonly kind: 'late-acceptance'; readonly repo: RepoRef; readonly userId: UserId }
  /** Answer a command with a reaction on its comment. */
  | { readonly kind: 'react'; readonly repo: RepoRef; readonly commentId: number; readonly reaction: Reaction }
  /** Answer in words, once: the marker finds an answer that was already given. */
  | {
      readonly kind: 'reply';
      readonly repo: RepoRef;
      readonly number: number;
      readonly marker: string;
      readonly body: string;
    }
  /** Read every open request of a repository again, since what they depend on changed. */
  | { readonly kind: 'reevaluate'; readonly repo: RepoRef };

/** Work that becomes due at an instant, by the database's clock. */
export type Timer =
  | { readonly kind: 'request-deadline'; readonly requestId: RequestId; readonly at: Instant }
  /** A freeze begins or ends, or further people are asked: it is decided and shown anew. */
  | { readonly kind: 'request-turn'; readonly requestId: RequestId; readonly at: Instant }
  /** Access ends before long: the person is told what of their work goes with it. */
  | {
      readonly kind: 'grant-warning';
      readonly grantId: GrantId;
      readonly at: Instant;
      /** The end that it warns of: a grant that was lengthened has another. */
      readonly endsAt: Instant;
    }
  | { readonly kind: 'grant-end'; readonly grantId: GrantId; readonly at: Instant };
