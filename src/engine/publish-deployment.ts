/** Shows a deployment's request on GitHub: its check, its conversation, and the answer to its protection rule. */

import type { Decision } from '../domain/decision.ts';
import { approvers, describe, details, summary } from '../domain/explain.ts';
import { title } from '../domain/title.ts';
import { escapeMarkdown } from '../domain/markdown.ts';
import type { RequestId } from '../domain/identity.ts';
import { isDeployment, isOpen, type DeploymentRequest } from '../domain/request.ts';
import { answerRule } from './answer-rule.ts';
import { reevaluate, tryAgainIfUnread } from './evaluate.ts';
import { GitHubRefused, type Check } from './ports.ts';
import { showCheck, showCommentIfAllowed } from './show.ts';
import { unsaid } from './unsaid.ts';
import { deploymentComment, plainTitle } from './words.ts';
import { commit, type World } from './world.ts';

/** Brings everything that GitHub shows of a deployment in line; decides it afresh first while it is open. */
export async function publishDeployment(world: World, id: RequestId, renew = false): Promise<void> {
  const evaluated = await reevaluate(world, id);
  if (evaluated === null || !isDeployment(evaluated.request)) return;
  let request: DeploymentRequest = evaluated.request;
  let refused: GitHubRefused | null = null;
  try {
    if (isOpen(request)) {
      request = await withoutLostIssue(world, request);
      request = await withConversation(world, request, evaluated.decision);
    }
  } catch (error) {
    // Where issues are off there is no place to talk; the check and the rule still have to say what is held.
    if (!(error instanceof GitHubRefused)) throw error;
    refused = error;
  }
  request = await answerRule(world, request, evaluated.decision);
  await showCheck(
    world,
    request.repo,
    request.subject.sha,
    `check:${request.id}`,
    checkOf(request, evaluated.decision, await unsaid(world, request)),
    renew,
  );
  if (request.conversation !== null) {
    await showCommentIfAllowed(
      world,
      request.conversation,
      `comment:${request.id}`,
      deploymentComment(request, evaluated.decision, approvers(evaluated.decision)),
    );
  }
  if (!isOpen(request)) await closeOwnIssue(world, request);
  tryAgainIfUnread(evaluated);
  // Tried again until there is a place: somebody may turn issues on.
  if (refused !== null) throw refused;
}

/** An issue that the app opened for the conversation is closed with it; a pull request is not ours to close. */
async function closeOwnIssue(world: World, request: DeploymentRequest): Promise<void> {
  const own = await world.store.surface(issueKey(request));
  const number = own?.githubId ?? null;
  if (own === null || number === null || own.digest === 'closed') return;
  const issue = await world.github.issue(request.repo, number);
  if (issue?.open === true) {
    await world.github.removeLabel(request.repo, number, PENDING_LABEL);
    await world.github.addLabels(request.repo, number, [ENDED_LABEL]);
    await world.github.closeIssue(request.repo, number);
  }
  await world.store.saveSurface({ ...own, digest: 'closed' });
}

const issueKey = (request: DeploymentRequest): string => `issue:${request.id}`;
/** Shown as long as nobody can say anything anywhere. */
const NO_PLACE =
  '**There is no place to approve this yet:** no pull request brought the commit in, and GitHub does not let the app open an issue. Turn issues on for this repository; it is tried again every few minutes.';
const PENDING_LABEL = 'jit:pending';
const ENDED_LABEL = 'jit:ended';

/** The app's own issue may have been deleted: then nobody could say anything, and another has to be opened. */
async function withoutLostIssue(world: World, request: DeploymentRequest): Promise<DeploymentRequest> {
  const { conversation, repo } = request;
  const own = await world.store.surface(issueKey(request));
  if (conversation === null || own?.githubId !== conversation.number) return request;
  if ((await world.github.issue(repo, conversation.number)) !== null) return request;
  world.log.warn({ request: request.id, number: conversation.number }, 'the issue of a deployment was deleted');
  await world.store.saveSurface({ key: `comment:${request.id}`, githubId: null, digest: '' });
  return await commit(world, async () => {
    const current = await world.store.request(request.id);
    if (current === null || !isDeployment(current) || current.conversation?.number !== conversation.number)
      return { change: null, value: request };
    const row: DeploymentRequest = { ...current, conversation: null, version: current.version + 1 };
    return { change: { requests: [{ was: current.version, row }] }, value: row };
  });
}

/** The pull request that brought the commit in; where there is none, an issue that the app opens. */
async function withConversation(
  world: World,
  request: DeploymentRequest,
  decision: Decision,
): Promise<DeploymentRequest> {
  if (request.conversation !== null || request.state !== 'pending') return request;
  const marker = `<!-- jit-gate:request:${request.id} -->`;
  const number =
    (await world.github.findIssue(request.repo, marker)) ??
    (await world.github.createIssue(
      request.repo,
      plainTitle(`Approve the deployment of ${request.subject.ref} to ${request.subject.environment}`),
      `${marker}\n${summary(decision, request)}\n\nNo pull request brought this commit in, so it is talked about here.`,
      [PENDING_LABEL],
    ));
  await world.store.saveSurface({ key: issueKey(request), githubId: number, digest: 'open' });
  return await commit(world, async () => {
    const current = await world.store.request(request.id);
    if (current === null || !isDeployment(current) || current.conversation !== null)
      return { change: null, value: request };
    const row: DeploymentRequest = {
      ...current,
      conversation: { repo: current.repo, number },
      version: current.version + 1,
    };
    return { change: { requests: [{ was: current.version, row }] }, value: row };
  });
}

function checkOf(request: DeploymentRequest, decision: Decision, more: readonly string[]): Check {
  const over = !isOpen(request);
  return {
    name: `jit/deploy: ${request.subject.environment}`,
    externalId: request.id,
    state: request.state === 'released' ? 'success' : over ? 'failure' : 'pending',
    title: over && request.state !== 'released' ? (request.outcome ?? 'Denied') : title(decision),
    summary:
      over && request.state !== 'denied' && request.state !== 'released'
        ? `**${escapeMarkdown(request.outcome ?? 'It is over')}**: ${describe(request.subject)}.`
        : [
            summary(decision, request),
            ...(request.state === 'pending' && request.conversation === null ? [NO_PLACE] : []),
            ...more,
          ].join('\n\n'),
    text: details(decision),
    detailsUrl: null,
  };
}
