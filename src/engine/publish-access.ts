/** Shows an access request on its issue: one comment kept up to date, a label for its state, closed at the end. */

import { isAccessForm, REQUEST_LABEL } from '../domain/access-form.ts';
import { startAhead } from '../domain/access-start.ts';
import { approvers } from '../domain/explain.ts';
import type { Instant, RequestId } from '../domain/identity.ts';
import type { Grant } from '../domain/grant.ts';
import type { AccessRule } from '../domain/policy/model.ts';
import { isAccess, isOpen, type AccessRequest, type Conversation } from '../domain/request.ts';
import { refused, type Result } from '../domain/result.ts';
import { step } from '../domain/settle.ts';
import { reevaluate, tryAgainIfUnread, type Evaluation } from './evaluate.ts';
import type { Change, Issue } from './ports.ts';
import { giveFor } from './make-grant.ts';
import { showCommentIfAllowed } from './show.ts';
import { accessComment, accessLabel, ACCESS_LABELS } from './words.ts';
import { commit, type World } from './world.ts';

/** Decides an open access request afresh, turns an approval into a grant, and shows where it stands. */
export async function publishAccess(world: World, id: RequestId): Promise<void> {
  const evaluated = await reevaluate(world, id);
  if (evaluated === null || !isAccess(evaluated.request)) return;
  let request: AccessRequest = evaluated.request;
  if (request.state === 'approved') request = (await released(world, request, ruleOf(evaluated))) ?? request;
  const grant =
    request.subject.extends === null
      ? await world.store.grantOf(request.id)
      : await world.store.grant(request.subject.extends);
  await show(world, request, grant, evaluated);
  tryAgainIfUnread(evaluated);
}

/** Makes the grant, or lengthens the running one, in the same step that ends the request. */
async function released(world: World, request: AccessRequest, rule: AccessRule | null): Promise<AccessRequest | null> {
  return await commit(world, async () => {
    const current = await world.store.request(request.id);
    // Whatever changed it since it was decided, a vote that was voided among them, has it looked at again.
    if (current?.state !== 'approved' || current.version !== request.version || !isAccess(current)) {
      return { change: null, value: null };
    }
    const now = await world.store.now();
    if (startAhead(current, now) !== null) return { change: null, value: null };
    const given = (await isWithdrawn(world, current))
      ? refused('its issue was closed')
      : await giveFor(world, current, rule, now);
    return endedWith(current, given, now);
  });
}

/** The request's end, in one step with what it gives; without anything to give it is denied. */
function endedWith(
  current: AccessRequest,
  given: Result<Change, string>,
  now: Instant,
): { readonly change: Change | null; readonly value: AccessRequest | null } {
  const change = given.ok ? given.value : null;
  const next = given.ok
    ? step(current, 'release', now, null, 'approved and granted')
    : step(current, 'deny', now, null, given.error);
  if (next === null || !isAccess(next.row)) return { change: null, value: null };
  return {
    change: {
      ...change,
      requests: [{ was: current.version, row: next.row }],
      audit: [...next.audit, ...(change?.audit ?? [])],
      effects: [...next.effects, ...(change?.effects ?? [])],
    },
    value: next.row,
  };
}

/** Between the approval and a later start the issue can be closed, and the webhook that tells of it can be lost. */
async function isWithdrawn(world: World, { subject, conversation }: AccessRequest): Promise<boolean> {
  if (subject.start === undefined || conversation === null) return false;
  const issue = await world.github.issue(conversation.repo, conversation.number);
  // Closing a pull request withdraws nothing: it says nothing of the access that was asked for in a comment there.
  return issue === null || !(issue.open || issue.isPull);
}

/** The rule that the request was just decided by. */
function ruleOf({ policy, request }: Evaluation): AccessRule | null {
  if (policy.kind !== 'present' || !isAccess(request)) return null;
  return policy.policy.access.find((rule) => rule.name === request.subject.rule) ?? null;
}

async function show(
  world: World,
  request: AccessRequest,
  grant: Grant | null,
  { decision }: Evaluation,
): Promise<void> {
  const { conversation } = request;
  if (conversation === null) return;
  const issue = await world.github.issue(conversation.repo, conversation.number);
  if (issue === null) return;
  await showCommentIfAllowed(
    world,
    conversation,
    `comment:${request.id}`,
    accessComment(request, grant, decision, approvers(decision)),
  );
  if (request.subject.extends === null) await showState(world, request, conversation, grant, issue);
}

/** Exactly one label says where the request stands; at the end of everything on it the issue is closed. */
async function showState(
  world: World,
  request: AccessRequest,
  { repo, number }: Conversation,
  grant: Grant | null,
  issue: Issue,
): Promise<void> {
  const label = accessLabel(request, grant);
  for (const old of ACCESS_LABELS) {
    if (old !== label && issue.labels.includes(old)) await world.github.removeLabel(repo, number, old);
  }
  if (!issue.labels.includes(label)) await world.github.addLabels(repo, number, [label]);
  const isRequest = issue.labels.includes(REQUEST_LABEL) || isAccessForm(issue.body);
  if (label === 'jit:ended' && issue.open && isRequest && (await allOver(world, request))) {
    await world.github.closeIssue(repo, number);
  }
}

/** Whether nothing that was asked for on the issue still waits or runs. */
async function allOver(world: World, request: AccessRequest): Promise<boolean> {
  const { conversation } = request;
  if (conversation === null) return false;
  const requests = await world.store.requestsIn(conversation.repo.id, conversation.number);
  for (const other of requests) {
    if (isOpen(other)) return false;
    const grant = await world.store.grantOf(other.id);
    if (grant !== null && grant.state !== 'ended' && grant.state !== 'failed') return false;
  }
  return true;
}
