/** The commands about access: to ask for it, to ask for more time, to give it back, to withdraw a request. */

import type { ParsedCommand } from '../domain/command.ts';
import { isLive, type EndReason, type Grant } from '../domain/grant.ts';
import type { Person } from '../domain/identity.ts';
import {
  isAccess,
  isDeployment,
  isMerge,
  isOpen,
  isScheduled,
  type AccessRequest,
  type Request,
  type ScheduledRequest,
} from '../domain/request.ts';
import { step } from '../domain/settle.ts';
import { authorOf, done, refuse, type Answer, type Comment } from './answer.ts';
import { endGrant } from './end-grant.ts';
import { mayEnd } from './may-end.ts';
import { moveRequest } from './move-request.ts';
import { requestAccess, requestExtension } from './request-access.ts';
import type { World } from './world.ts';

/** `/request`: the same as the issue form. */
export async function ask(
  world: World,
  comment: Comment,
  command: Extract<ParsedCommand, { kind: 'request' }>,
): Promise<Answer> {
  const asked = await requestAccess(world, {
    conversation: { repo: comment.repo, number: comment.number },
    requester: authorOf(comment),
    role: command.role,
    duration: command.duration,
    start: command.start ?? null,
    repository: command.repository,
    reason: command.reason,
    ticket: null,
    at: comment.at,
  });
  return asked.ok ? done() : refuse(asked.error);
}

/** `/extend`: a new request that lengthens the grant that runs here. */
export async function extend(
  world: World,
  comment: Comment,
  requests: readonly Request[],
  command: Extract<ParsedCommand, { kind: 'extend' }>,
): Promise<Answer> {
  const running = await runningGrants(world, requests);
  const own = running.find(({ grant }) => grant.grantee.id === comment.author.id);
  if (own === undefined) {
    return refuse(
      running.length > 0
        ? 'Only the person who has the access can ask for more time.'
        : requests.some(isScheduled)
          ? 'This access has not begun yet. `/cancel` withdraws it; then it can be asked for anew, for longer.'
          : 'No grant runs here that could be lengthened.',
    );
  }
  const asked = await requestExtension(
    world,
    {
      conversation: { repo: comment.repo, number: comment.number },
      requester: authorOf(comment),
      duration: command.duration,
      reason: command.reason,
      at: comment.at,
    },
    own.grant,
    own.request.subject,
  );
  return asked.ok ? done() : refuse(asked.error);
}

/** `/revoke`: the grantee and those who can approve it end a grant now. */
export async function revoke(world: World, comment: Comment, requests: readonly Request[]): Promise<Answer> {
  const running = await runningGrants(world, requests);
  const scheduled = requests.filter(isScheduled);
  if (running.length + scheduled.length === 0) {
    if (await endedAlready(world, requests))
      return { ...done(), words: 'The access has ended already, or is being taken back.' };
    return refuse('No grant runs here. `/cancel` withdraws a request that still waits.');
  }
  const allowed: { grant: Grant; reason: EndReason }[] = [];
  for (const { request, grant } of running) {
    if (grant.grantee.id === comment.author.id) allowed.push({ grant, reason: 'returned' });
    else if (await mayEnd(world, request, comment.author.id)) allowed.push({ grant, reason: 'revoked' });
  }
  const withdrawn = await withdrawScheduled(world, scheduled, comment.author.id);
  if (allowed.length + withdrawn === 0) {
    return refuse('Only the person who has the access, and those who can approve it, can end it.');
  }
  for (const { grant, reason } of allowed) await endGrant(world, grant.id, reason, comment.author.id);
  return done();
}

/** Access that has not begun is withdrawn by the same people. Returns how many they may withdraw. */
async function withdrawScheduled(
  world: World,
  scheduled: readonly ScheduledRequest[],
  by: Person['id'],
): Promise<number> {
  let count = 0;
  for (const request of scheduled) {
    if (request.subject.grantee.id !== by && !(await mayEnd(world, request, by))) continue;
    count += 1;
    const moved = await moveRequest(world, request.id, (current, now) =>
      isScheduled(current) ? step(current, 'cancel', now, by, 'revoked before it began') : null,
    );
    if (moved !== null) continue;
    // It began in this very moment.
    const grant = await world.store.grantOf(request.id);
    if (grant !== null) await endGrant(world, grant.id, 'revoked', by);
  }
  return count;
}

async function endedAlready(world: World, requests: readonly Request[]): Promise<boolean> {
  const grants = await Promise.all(requests.map((request) => world.store.grantOf(request.id)));
  return grants.some((grant) => grant?.state === 'ending' || grant?.state === 'ended');
}

/** `/cancel`: whoever asked withdraws what still waits. */
export async function cancel(
  world: World,
  comment: Comment,
  requests: readonly Request[],
  reason: string | null,
): Promise<Answer> {
  const open = requests.filter(isOpen);
  const own = open.filter((request) => mayCancel(request, comment.author.id));
  if (own.length === 0) {
    if (requests.some((request) => request.state === 'cancelled' && mayCancel(request, comment.author.id)))
      return done();
    if (open.length === 0) return refuse('Nothing waits here that could be withdrawn.');
    return refuse(
      open.every(isMerge)
        ? 'A merge is withdrawn by closing the pull request.'
        : 'Only the person who asked can withdraw a request.',
    );
  }
  const words = `withdrawn by the one who asked${reason === null ? '' : `: ${reason}`}`;
  for (const request of own) {
    await moveRequest(world, request.id, (current, now) => step(current, 'cancel', now, comment.author.id, words));
  }
  return done();
}

function mayCancel(request: Request, id: Person['id']): boolean {
  if (isAccess(request)) return request.subject.grantee.id === id;
  if (!isDeployment(request)) return false;
  const { run, creator } = request.subject;
  return creator === id || run?.actor === id || run?.triggeringActor === id;
}

type Running = { readonly request: AccessRequest; readonly grant: Grant };

/** The live grants that came from requests in this conversation. */
async function runningGrants(world: World, requests: readonly Request[]): Promise<readonly Running[]> {
  const pairs = await Promise.all(
    requests.filter(isAccess).map(async (request) => ({ request, grant: await world.store.grantOf(request.id) })),
  );
  return pairs.flatMap(({ request, grant }) => (grant !== null && isLive(grant) ? [{ request, grant }] : []));
}
