/** Counts one person's `/approve` or `/deny`, or says why it can't be counted. */

import { capital, describe } from '../domain/explain.ts';
import { isCalled } from '../domain/grantable.ts';
import { codeSpan, escapeMarkdown } from '../domain/markdown.ts';
import { isOpen, type Request } from '../domain/request.ts';
import type { Vote } from '../domain/vote.ts';
import { done, refuse, type Answer } from './answer.ts';
import type { Ballot, VoteCommand } from './ballot.ts';
import { countVote, refusedEntry, voteOn } from './count-vote.ts';
import { evaluateOnceUp, type Evaluation } from './evaluate.ts';
import { holdMerge } from './hold-merge.ts';
import { groupChecks } from './merge-queue.ts';
import type { Change } from './ports.ts';
import { voidVotes, wasChanged } from './void-vote.ts';
import { refusalOf } from './vote-refusal.ts';
import { anew, whichOne } from './words.ts';
import { commit, type World } from './world.ts';

/** Finds what the command means among the requests that wait in this conversation, and votes on it. */
export async function castVotes(
  world: World,
  waiting: readonly Request[],
  command: VoteCommand,
  ballot: Ballot,
): Promise<readonly Answer[]> {
  const open = waiting.filter(isOpen);
  const { which } = command;
  // A comment that is handled again, after an interruption, must not mean another request than before.
  const told = which === null || open.length === 0 ? await world.store.votesFrom(ballot.source) : [];
  if (told.length > 0) return [done(REACTIONS[command.kind])];
  if (open.length === 0) return [refuse(nothingWaits(waiting[0]))];
  if (which === null) {
    const pending = open.filter((request) => request.state === 'pending');
    const candidates = pending.length === 0 ? open : pending;
    const [only] = candidates;
    if (only === undefined || candidates.length > 1) return [refuse(whichOne(candidates, command.kind))];
    return [await castVote(world, only, command, ballot)];
  }
  const meant = which === 'all' ? open : await named(world, open, which);
  if (meant.length === 0) {
    return [refuse(`Nothing that waits here is called ${codeSpan(which)}.\n\n${whichOne(open, command.kind)}`)];
  }
  const answers: Answer[] = [];
  for (const request of meant) answers.push(await castVote(world, request, command, ballot));
  return answers;
}

function nothingWaits(last: Request | undefined): string {
  if (last === undefined) return 'Nothing waits for approval here.';
  const outcome = escapeMarkdown(last.outcome ?? last.state);
  return `Nothing waits for approval here: ${describe(last.subject)} is over (${outcome}). ${anew(last)}`.trim();
}

/** Requests by their short id, their environment, or the name of a gate that holds them. Names compare without case. */
async function named(world: World, open: readonly Request[], which: string): Promise<readonly Request[]> {
  const name = which.toLowerCase();
  const direct = open.filter((request) => {
    const { subject } = request;
    return (
      (name.length >= 12 && `req-${request.id}`.startsWith(name)) ||
      (subject.kind === 'deployment' && subject.environment.toLowerCase() === name) ||
      (subject.kind === 'access' && (subject.rule.toLowerCase() === name || isCalled(subject.role, name)))
    );
  });
  if (direct.length > 0) return direct;
  const evaluations = await Promise.all(open.map((request) => evaluateOnceUp(world, request)));
  return evaluations.flatMap(({ request, decision }) =>
    decision.explanation.rules.some((rule) => rule.rule.toLowerCase() === name) ? [request] : [],
  );
}

async function castVote(world: World, waiting: Request, command: VoteCommand, ballot: Ballot): Promise<Answer> {
  // What others do to a no changes nothing.
  const by = command.kind === 'deny' ? ballot.voter.id : null;
  if (await wasChanged(world, ballot.source, by)) return refuse(CHANGED);
  const answer = await commit(world, () => planVote(world, waiting, command, ballot));
  // The change may have come while the vote was being counted, too early to find it.
  if (await wasChanged(world, ballot.source, by)) return await takenBack(world, waiting, ballot);
  if (answer !== 'moved') return answer;
  const { subject, repo } = waiting;
  if (subject.kind === 'merge') await holdMerge(world, repo, subject.pull);
  return refuse(
    'New commits or another base branch came since this was shown, so the vote does not count. Look at what stands now, then vote again.',
  );
}

const CHANGED =
  'The vote was edited or deleted by the time it was read, so it does not count. Only what a new comment says counts.';

async function takenBack(world: World, { repo }: Request, { source, voter }: Ballot): Promise<Answer> {
  const change = source.kind === 'comment' ? 'comment-edited' : 'review-edited';
  await voidVotes(world, { kind: 'vote-source-changed', repo, source, change, by: voter.id });
  return refuse(CHANGED);
}

const REACTIONS = { approve: '+1', deny: '-1' } as const;

type Planned = { readonly change: Change | null; readonly value: Answer | 'moved' };

async function planVote(world: World, waiting: Request, command: VoteCommand, ballot: Ballot): Promise<Planned> {
  const request = await world.store.request(waiting.id);
  if (request?.state === 'superseded') return { change: null, value: 'moved' };
  if (request === null || !isOpen(request)) {
    const outcome = escapeMarkdown(request?.outcome ?? 'it is gone');
    return { change: null, value: refuse(`${capital(describe(waiting.subject))} is over: ${outcome}.`) };
  }
  const vote = voteOn(request, command.kind, command.reason, ballot);
  // The same comment, handled again after an interruption: it voted already.
  const told = (await world.store.votesFrom(ballot.source)).some((before) => before.requestId === request.id);
  if (told) return { change: null, value: done(request.state === 'approved' ? 'rocket' : REACTIONS[command.kind]) };
  const evaluation = await evaluateOnceUp(world, request, [vote]);
  if (headMoved(evaluation)) return { change: null, value: 'moved' };
  const refusal = refusalOf(evaluation, vote, command, ballot);
  if (refusal !== null) {
    const audit = [refusedEntry(request, vote, refusal.why)];
    return { change: { people: [ballot.voter], audit }, value: refuse(refusal.words) };
  }
  return await countedVote(world, evaluation, vote);
}

async function countedVote(world: World, evaluation: Evaluation, vote: Vote): Promise<Planned> {
  const { row, decided, change } = countVote(evaluation, vote);
  const { answer } = vote;
  const effects = [...(change.effects ?? []), ...(decided ? await groupChecks(world, row) : [])];
  return {
    change: { ...change, effects },
    value: done(row.state === 'approved' && answer === 'approve' ? 'rocket' : answer === 'deny' ? '-1' : '+1'),
  };
}

function headMoved({ request, facts }: Evaluation): boolean {
  const { subject } = request;
  if (subject.kind !== 'merge') return false;
  return facts.pull !== null && (facts.pull.head !== subject.head || facts.pull.base !== subject.base);
}
