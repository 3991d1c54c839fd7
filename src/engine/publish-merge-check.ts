/** Brings the check `jit/merge` of one commit in line with every pull request and merge group that has it as its head. */

import { describe, details, summary } from '../domain/explain.ts';
import { title } from '../domain/title.ts';
import type { RepoRef, Sha } from '../domain/identity.ts';
import { mayGateMerges } from '../domain/policy/state.ts';
import { MERGED, mergeKey, isOpen, type Request } from '../domain/request.ts';
import { codeSpan, escapeMarkdown } from '../domain/markdown.ts';
import { MERGE_CHECK } from '../domain/subject.ts';
import { reevaluate, tryAgainIfUnread, type Evaluation } from './evaluate.ts';
import { holdMerge } from './hold-merge.ts';
import { readPolicy } from './policy.ts';
import type { Check, MergeGroup } from './ports.ts';
import { showCheck } from './show.ts';
import { unsaid } from './unsaid.ts';
import { anew } from './words.ts';
import type { World } from './world.ts';

/** The key under which the check of a commit is remembered. */
const mergeCheckKey = (repo: RepoRef, sha: Sha): string => `merge-check:${repo.id}:${sha}`;

/** One pull request's part in a commit's check. `passes` only with a decision that approves it right now. */
type Part = {
  readonly passes: boolean;
  readonly over: boolean;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  /** The evaluation behind it, where there was one. */
  readonly evaluation?: Evaluation;
};

type CurrentCheck = { readonly check: Check; readonly evaluations: readonly Evaluation[] };

/**
 * Decides every request behind the commit afresh, shows the worst of them, and after a success reads once more: a
 * release that lost a race against a push, a new base or a departed approver is taken back.
 */
export async function publishMergeCheck(world: World, repo: RepoRef, sha: Sha, renew = false): Promise<void> {
  const current = await currentCheck(world, repo, sha);
  if (current === null) return;
  const shown = await showCheck(world, repo, sha, mergeCheckKey(repo, sha), current.check, renew);
  for (const evaluation of current.evaluations) tryAgainIfUnread(evaluation);
  if (current.check.state !== 'success' || shown === 'unchanged') return;
  const again = await currentCheck(world, repo, sha);
  if (again !== null) await showCheck(world, repo, sha, mergeCheckKey(repo, sha), again.check);
}

async function currentCheck(world: World, repo: RepoRef, sha: Sha): Promise<CurrentCheck | null> {
  const group = await world.store.mergeGroup(repo.id, sha);
  const parts = group === null ? await partsOfHead(world, repo, sha) : await partsOfGroup(world, group);
  if (parts.length === 0) {
    const check = await ungoverned(world, repo, sha);
    return check === null ? null : { check, evaluations: [] };
  }
  const worst = parts.find((part) => part.over) ?? parts.find((part) => !part.passes) ?? parts[0];
  if (worst === undefined) return null;
  return { check: checkOf(repo, sha, parts, worst), evaluations: parts.flatMap((part) => part.evaluation ?? []) };
}

function checkOf(repo: RepoRef, sha: Sha, parts: readonly Part[], worst: Part): Check {
  const summaries = parts.map((part) => part.summary);
  const several = `This commit is the head of ${parts.length} pull requests; the check shows the worst of them.`;
  return {
    name: MERGE_CHECK,
    externalId: mergeCheckKey(repo, sha),
    state: worst.passes ? 'success' : worst.over ? 'failure' : 'pending',
    title: worst.title,
    summary: (parts.length > 1 ? [several, ...summaries] : summaries).join('\n\n'),
    text: parts.map((part) => part.text).join('\n\n'),
    detailsUrl: null,
  };
}

async function partsOfHead(world: World, repo: RepoRef, sha: Sha): Promise<readonly Part[]> {
  const requests = await world.store.mergeRequestsAt(repo.id, sha);
  const evaluations = await Promise.all(requests.map((request) => reevaluate(world, request.id)));
  const standing = evaluations.flatMap((evaluation) =>
    evaluation === null || gone(evaluation.request) ? [] : [evaluation],
  );
  return await Promise.all(
    standing.map(async (evaluation) => partOf(evaluation, await unsaid(world, evaluation.request))),
  );
}

/** Each pull request of the group needs its own approval; one that is not known yet is looked at first. */
async function partsOfGroup(world: World, group: MergeGroup): Promise<readonly Part[]> {
  if (group.pulls.kind === 'unknown') {
    const words = group.pulls.why;
    return [
      {
        passes: false,
        over: false,
        title: 'Held: the merge group could not be read',
        summary: `**Held:** ${escapeMarkdown(words)}.`,
        text: '',
      },
    ];
  }
  return await Promise.all(group.pulls.value.map((pull) => partOfQueued(world, group, pull)));
}

async function partOfQueued(world: World, group: MergeGroup, pull: number): Promise<Part> {
  const key = mergeKey(group.repo, pull);
  const known = await world.store.openRequestByKey(key);
  if (known === null) await holdMerge(world, group.repo, pull);
  const request = known ?? (await world.store.lastRequestByKey(key));
  const evaluation = request === null ? null : await reevaluate(world, request.id);
  if (evaluation !== null && !gone(evaluation.request)) return partOf(evaluation);
  const policy = await readPolicy(world, group.repo);
  const free =
    policy.kind === 'absent' ||
    (policy.kind === 'present' && policy.policy.unmatched.merge === 'allow' && request === null);
  const title = free ? 'Nothing to approve' : `Held: #${pull} is not open any more`;
  return {
    passes: free,
    over: false,
    title,
    summary: `**${title}** for #${pull} into ${codeSpan(group.base)}.`,
    text: '',
  };
}

/** Pull requests that ended or moved on have no say in what this commit shows. */
const gone = (request: Request): boolean =>
  request.state === 'superseded' || request.state === 'closed' || request.state === 'cancelled';

function partOf(evaluation: Evaluation, more: readonly string[] = []): Part {
  const { request, decision } = evaluation;
  const passes = request.state === 'approved' && (decision.verdict === 'approved' || decision.verdict === 'none');
  const over = !isOpen(request);
  const ended = over && request.state !== 'denied';
  return {
    passes,
    over,
    title: over ? (request.outcome ?? 'Denied') : title(decision),
    summary: [
      ended
        ? `**${escapeMarkdown(request.outcome ?? 'It is over')}:** ${describe(request.subject)}.`
        : summary(decision, request),
      ...(over ? [anew(request)] : []),
      ...more,
    ]
      .join('\n\n')
      .trim(),
    text: details(decision),
    evaluation,
  };
}

/**
 * A commit that no gate holds any more. It is shown as free only where the policy gates no merge at all: a success
 * for one branch would otherwise travel along when the pull request is pointed at another.
 */
async function ungoverned(world: World, repo: RepoRef, sha: Sha): Promise<Check | null> {
  const shown = await world.store.surface(mergeCheckKey(repo, sha));
  if (shown === null || (await merged(world, repo, sha))) return null;
  const free = !mayGateMerges(await readPolicy(world, repo));
  return {
    name: MERGE_CHECK,
    externalId: mergeCheckKey(repo, sha),
    state: free ? 'success' : 'pending',
    title: free ? 'No gate holds merges here' : 'No gate covers this branch',
    summary: free
      ? 'The policy of this repository gates no merges.'
      : 'No open pull request with this commit goes to a branch that a gate covers. The check waits, so that it cannot be carried to one that does.',
    text: '',
    detailsUrl: null,
  };
}

/** Whether a pull request with this head was merged: it keeps the check that it was merged with. */
async function merged(world: World, repo: RepoRef, sha: Sha): Promise<boolean> {
  for (const number of await world.github.pullsOfCommit(repo, sha)) {
    const last = await world.store.lastRequestByKey(mergeKey(repo, number));
    if (last?.subject.kind === 'merge' && last.subject.head === sha && last.outcome === MERGED) return true;
  }
  return false;
}
