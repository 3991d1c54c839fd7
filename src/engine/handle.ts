/** Which part of the engine answers which event. */

import type { Effect } from '../domain/effect.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { RepoRef, Sha } from '../domain/identity.ts';
import { person } from '../domain/explain.ts';
import { asksForChecks } from '../domain/policy/facts.ts';
import { isMerge, isOpen, mergeKey, type Request } from '../domain/request.ts';
import { castVotes } from './cast-vote.ts';
import { holdDeployment, closeRun } from './hold-deployment.ts';
import { holdMerge, releaseClosedPull } from './hold-merge.ts';
import { collaboratorChanged } from './drift.ts';
import { watchOwnName } from './impostor.ts';
import { forgetMergeGroup, holdMergeGroup } from './merge-queue.ts';
import { obeyComment } from './obey.ts';
import { installationChanged, membershipChanged, repositoriesAdded, repositoriesRemoved } from './installations.ts';
import { lastPolicy, readPolicy, readPolicyOnceUp } from './policy.ts';
import { policyChecksOf } from './publish-policy-check.ts';
import { issueClosed, issueOpened } from './request-issue.ts';
import { voidVotes, wasWithdrawn, withdrawReviews } from './void-vote.ts';
import type { World } from './world.ts';

/** Handles one event. Safe to be called again for the same event: what is done already is found done. */
export async function handleEvent(world: World, event: DomainEvent): Promise<void> {
  switch (event.kind) {
    case 'pull-changed': {
      await holdMerge(world, event.repo, event.pull, event);
      await proposePolicy(world, event);
      return;
    }
    case 'pull-closed': {
      await releaseClosedPull(world, event.repo, event.pull, event.merged);
      return;
    }
    case 'merge-group-asked': {
      await holdMergeGroup(world, event);
      return;
    }
    case 'merge-group-ended': {
      await forgetMergeGroup(world, event);
      return;
    }
    case 'deployment-asked': {
      await holdDeployment(world, event);
      return;
    }
    case 'run-ended': {
      await closeRun(world, event.repo, event.runId, event.attempt);
      return;
    }
    case 'comment-created': {
      await obeyComment(world, event);
      return;
    }
    case 'vote-source-changed': {
      await voidVotes(world, event);
      return;
    }
    case 'review-approved': {
      await reviewApproved(world, event);
      return;
    }
    case 'review-withdrawn': {
      await withdrawReviews(world, event);
      return;
    }
    case 'issue-opened': {
      await issueOpened(world, event);
      return;
    }
    case 'issue-closed': {
      await issueClosed(world, event);
      return;
    }
    case 'branch-pushed': {
      await branchPushed(world, event);
      return;
    }
    case 'check-rerequested': {
      await checkRerequested(world, event);
      return;
    }
    case 'check-reported': {
      await checkReported(world, event);
      return;
    }
    case 'own-name-reported': {
      if (await watchOwnName(world, event)) await lookAgainAt(world, event.repo, event.head);
      return;
    }
    case 'collaborator-changed': {
      await collaboratorChanged(world, event);
      return;
    }
    case 'membership-changed': {
      await membershipChanged(world, event);
      return;
    }
    case 'repositories-added': {
      await repositoriesAdded(world, event.repos);
      return;
    }
    case 'repositories-removed': {
      await repositoriesRemoved(world, event);
      return;
    }
    case 'repository-renamed': {
      await world.store.saveRepositories([event.repo]);
      return;
    }
    case 'installation-changed': {
      await installationChanged(world, event);
      return;
    }
  }
}

type Of<K extends DomainEvent['kind']> = Extract<DomainEvent, { kind: K }>;

/**
 * Reviews vote without a word; where the gate counts comments only, the vote is refused silently and kept in the audit
 * log. One that was given for an older commit looks as if it counted, so its reviewer is told once that it does not.
 */
async function reviewApproved(world: World, event: Of<'review-approved'>): Promise<void> {
  if (event.author.automated) return;
  const request = await requestReviewed(world, event);
  if (request === null || !isOpen(request)) return;
  if (await wasWithdrawn(world, event.repo, event.pull, event.author.id, event.reviewId)) return;
  const policy = await readPolicyOnceUp(world, event.repo);
  if (policy.kind !== 'present' || !policy.policy.gates.some((gate) => gate.reviews)) return;
  const answers = await castVotes(
    world,
    [request],
    { kind: 'approve', which: null, commit: null, reason: null },
    {
      voter: { id: event.author.id, login: event.author.login },
      source: { kind: 'review', id: event.reviewId },
      at: event.at,
      reviewed: event.commit,
    },
  );
  const stale = request.subject.kind === 'merge' && request.subject.head !== event.commit;
  const words = answers.flatMap((answer) => (answer.reaction === 'confused' ? (answer.words ?? []) : []));
  if (!stale || words.length === 0) return;
  const body = [`About the approving review of ${person(event.author)}:`, ...words].join(' ');
  const marker = `review-${event.reviewId}`;
  await world.store.commit({ effects: [{ kind: 'reply', repo: event.repo, number: event.pull, marker, body }] });
}

/** The request that holds the pull request; looked at first where the review names a commit that was not told of yet. */
async function requestReviewed(world: World, { repo, pull, commit }: Of<'review-approved'>): Promise<Request | null> {
  const key = mergeKey(repo, pull);
  const request = await world.store.openRequestByKey(key);
  if (request?.subject.kind === 'merge' && request.subject.head === commit) return request;
  await holdMerge(world, repo, pull);
  return await world.store.openRequestByKey(key);
}

/** A new head may bring another policy. It is looked at after the hold stands, by a job of its own. */
async function proposePolicy(world: World, { repo, pull, moved }: Of<'pull-changed'>): Promise<void> {
  if (moved !== null) await world.store.commit({ effects: [{ kind: 'policy-check', repo, sha: moved.head, pull }] });
}

async function branchPushed(world: World, event: Of<'branch-pushed'>): Promise<void> {
  await rememberPush(world, event);
  if (!event.isDefault) return;
  await world.store.saveRepositories([event.repo]);
  if (!event.touchesPolicy) return;
  await readPolicy(world, event.repo);
  await world.store.commit({ effects: [{ kind: 'reevaluate', repo: event.repo }] });
}

/** Keeps who pushed what. A pull request that was looked at before it was known is looked at again. */
async function rememberPush(world: World, event: Of<'branch-pushed'>): Promise<void> {
  const { repo, ref, head, commits, by } = event;
  if (head === null || by === null) return;
  await world.store.savePush(repo.id, { ref, head, commits, by, at: event.at ?? (await world.store.now()) });
  const unseen = (await world.store.mergeRequestsAt(repo.id, head)).filter(isMerge).filter(isOpen);
  const pulls = unseen.filter(({ subject }) => subject.seen !== true);
  if (pulls.length === 0) return;
  await world.store.commit({ effects: pulls.map(({ subject }) => ({ kind: 'pull', repo, pull: subject.pull })) });
}

/** Most policies ask for no checks: then the report of one costs nothing, and GitHub is asked nothing. */
async function checkReported(world: World, { repo, head }: Of<'check-reported'>): Promise<void> {
  const policy = await lastPolicy(world, repo);
  if (policy?.kind === 'present' && asksForChecks(policy.policy)) await lookAgainAt(world, repo, head);
}

/** Someone wants it done again: each pull request is looked at afresh, too. */
async function checkRerequested(world: World, { repo, head }: Of<'check-rerequested'>): Promise<void> {
  const merges = (await world.store.mergeRequestsAt(repo.id, head)).filter(isMerge);
  await lookAgainAt(world, repo, head, [
    ...merges.map((request) => ({ kind: 'pull', repo, pull: request.subject.pull }) as const),
    ...(await policyChecksOf(world, repo, head)),
  ]);
}

/** Has everything that waits at a commit decided and shown again. */
async function lookAgainAt(world: World, repo: RepoRef, head: Sha, more: readonly Effect[] = []): Promise<void> {
  const open = await world.store.openRequests(repo.id);
  await world.store.commit({
    effects: [
      { kind: 'merge-check', repo, sha: head },
      ...more,
      ...open.flatMap((request) =>
        request.subject.kind === 'deployment' && request.subject.sha === head
          ? [{ kind: 'deployment', requestId: request.id } as const]
          : [],
      ),
    ],
  });
}
