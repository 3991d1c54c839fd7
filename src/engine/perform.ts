/** Carries effects and timers out. Each can be done twice with the same result. */

import type { Effect, Timer } from '../domain/effect.ts';
import type { RequestId } from '../domain/identity.ts';
import { mayGateMerges } from '../domain/policy/state.ts';
import { isOpen } from '../domain/request.ts';
import { step } from '../domain/settle.ts';
import { title } from '../domain/title.ts';
import { undoLateAcceptance } from './drift.ts';
import { endDueGrant } from './end-grant.ts';
import { isForGood, unlessGone } from './gone.ts';
import { holdMerge } from './hold-merge.ts';
import { moveRequest } from './move-request.ts';
import { unlessOutOfReach } from './out-of-reach.ts';
import { GitHubRefused } from './ports.ts';
import { publishAccess } from './publish-access.ts';
import { publishDeployment } from './publish-deployment.ts';
import { publishMergeCheck } from './publish-merge-check.ts';
import { policyChecksOf, publishPolicyCheck } from './publish-policy-check.ts';
import { readPolicy } from './policy.ts';
import { reconcileAccess } from './reconcile-access.ts';
import { reconcileMembership } from './reconcile-membership.ts';
import { replyOnce } from './show.ts';
import { sayInChecks } from './unsaid.ts';
import { turnRequest } from './turn.ts';
import { warnOfEnd } from './warn-of-end.ts';
import type { World } from './world.ts';

/** Does one effect. Throws when GitHub could not be reached: the job is tried again. */
export async function performEffect(world: World, stored: Effect): Promise<void> {
  const effect = await withPresentName(world, stored);
  await unlessGone(world, effect, () => unlessOutOfReach(world, effect, () => perform(world, effect)));
}

async function perform(world: World, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'merge-check': {
      await publishMergeCheck(world, effect.repo, effect.sha);
      return;
    }
    case 'policy-check': {
      await publishPolicyCheck(world, effect);
      return;
    }
    case 'pull': {
      await holdMerge(world, effect.repo, effect.pull);
      return;
    }
    case 'deployment': {
      await publishDeployment(world, effect.requestId);
      return;
    }
    case 'access-issue': {
      await publishAccess(world, effect.requestId);
      return;
    }
    case 'access': {
      await reconcileAccess(world, effect.repo, effect.userId);
      return;
    }
    case 'membership': {
      await reconcileMembership(world, effect.team, effect.userId);
      return;
    }
    case 'late-acceptance': {
      await undoLateAcceptance(world, effect.repo, effect.userId);
      return;
    }
    case 'react': {
      await bestEffort(world, effect, () => world.github.react(effect.repo, effect.commentId, effect.reaction));
      return;
    }
    case 'reply': {
      const { repo, number, marker, body } = effect;
      const said = await bestEffort(world, effect, () => replyOnce(world, repo, number, marker, body));
      if (!said) await sayInChecks(world, effect);
      return;
    }
    case 'reevaluate': {
      await reevaluateRepository(world, effect);
      return;
    }
  }
}

/** A job can wait for days, and meanwhile its repository can be renamed, moved, or come back under a new installation. */
async function withPresentName(world: World, effect: Effect): Promise<Effect> {
  if (!('repo' in effect)) return effect;
  return { ...effect, repo: (await world.store.repository(effect.repo.id)) ?? effect.repo };
}

/** An answer to a comment that is gone or locked by now can't be given there. Returns whether it was. */
async function bestEffort(world: World, effect: Effect, act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    world.log.warn(
      { effect: effect.kind, status: error.status, why: error.message },
      'GitHub refused an answer to a comment',
    );
    return false;
  }
}

/** Every open pull request and every open request of a repository is looked at again. */
async function reevaluateRepository(world: World, { repo }: Extract<Effect, { kind: 'reevaluate' }>): Promise<void> {
  const policy = await readPolicy(world, repo);
  const open = await world.store.openRequests(repo.id);
  const pulls = new Set(open.flatMap((request) => (request.subject.kind === 'merge' ? [request.subject.pull] : [])));
  if (mayGateMerges(policy)) for (const pull of await world.github.openPulls(repo)) pulls.add(pull.number);
  await world.store.commit({
    effects: [
      ...[...pulls].map((pull): Effect => ({ kind: 'pull', repo, pull })),
      ...(await policyChecksOf(world, repo)),
      ...open.flatMap((request): readonly Effect[] => {
        if (request.subject.kind === 'deployment') return [{ kind: 'deployment', requestId: request.id }];
        return request.subject.kind === 'access' ? [{ kind: 'access-issue', requestId: request.id }] : [];
      }),
    ],
  });
}

/** Does what became due. The database's clock decides whether it is, so an early or repeated timer changes nothing. */
export async function performTimer(world: World, timer: Timer): Promise<void> {
  switch (timer.kind) {
    case 'grant-end': {
      await endDueGrant(world, timer.grantId);
      return;
    }
    case 'grant-warning': {
      await warnOfEnd(world, timer.grantId, timer.endsAt);
      return;
    }
    case 'request-turn': {
      await turnUnlessGone(world, timer);
      return;
    }
    case 'request-deadline': {
      await expireRequest(world, timer.requestId);
      return;
    }
  }
}

/** Where the app is not installed any more there is nothing to decide by: installed again, it looks at all that is open. */
async function turnUnlessGone(
  world: World,
  { requestId, at }: Extract<Timer, { kind: 'request-turn' }>,
): Promise<void> {
  try {
    await turnRequest(world, requestId, at);
  } catch (error) {
    const request = await world.store.request(requestId);
    if (request === null || !(await isForGood(world, error, request.repo.installationId))) throw error;
  }
}

/** A request that nobody answered by its deadline is denied. */
export async function expireRequest(world: World, id: RequestId): Promise<void> {
  await moveRequest(world, id, (request, now) => {
    const { deadline } = request;
    if (!isOpen(request) || deadline === null || deadline > now) return null;
    const overall = { kind: 'timed-out', at: deadline } as const;
    const outcome = title({ verdict: 'denied', explanation: { overall, rules: [], spared: [], barred: [] } });
    return step(request, 'expire', now, null, outcome);
  });
}
