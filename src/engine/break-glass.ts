/** Lets what waits through at once, for one whom its gate names, and leaves a review that is owed. */

import { membersOf } from '../domain/approval.ts';
import { describe, names } from '../domain/explain.ts';
import type { Instant } from '../domain/identity.ts';
import { codeSpan, escapeWords } from '../domain/markdown.ts';
import type { BreakGlass } from '../domain/policy/model.ts';
import { isAccess, isOpen, type Request } from '../domain/request.ts';
import type { Vote } from '../domain/vote.ts';
import { done, refuse, type Answer } from './answer.ts';
import type { Ballot } from './ballot.ts';
import { countVote, refusedEntry, voteOn } from './count-vote.ts';
import { evaluateOnceUp, type Evaluation } from './evaluate.ts';
import { groupChecks } from './merge-queue.ts';
import type { Change } from './ports.ts';
import { wasChanged } from './void-vote.ts';
import { commitRefusal } from './vote-refusal.ts';
import { commit, type World } from './world.ts';

/** Breaks the glass of the one thing that waits in this conversation. */
export async function breakGlass(
  world: World,
  requests: readonly Request[],
  reason: string,
  ballot: Ballot,
): Promise<Answer> {
  // The same comment, handled again after an interruption: it was counted already.
  const told = await world.store.votesFrom(ballot.source);
  if (told.some(({ answer }) => answer === 'break-glass')) return done('rocket');
  if (await wasChanged(world, ballot.source))
    return refuse('The comment was edited or deleted by the time it was read.');
  const open = requests.filter((request) => isOpen(request) && !isAccess(request));
  const pending = open.filter((request) => request.state === 'pending');
  const [only, ...others] = pending.length === 0 ? open : pending;
  if (only === undefined) return refuse('Nothing that a gate holds waits here.');
  if (others.length > 0)
    return refuse(`Several things wait here, so it can't be told which is meant:\n\n${listed(pending)}`);
  if (told.some(({ requestId }) => requestId === only.id))
    return refuse('This comment has voted on it already: say `/break-glass` in one of its own.');
  return await commit(world, () => plan(world, only, reason, ballot));
}

const listed = (requests: readonly Request[]): string =>
  requests.map((request) => `- ${describe(request.subject)}`).join('\n');

type Planned = { readonly change: Change | null; readonly value: Answer };

async function plan(world: World, waiting: Request, reason: string, ballot: Ballot): Promise<Planned> {
  const request = await world.store.request(waiting.id);
  if (request === null || !isOpen(request))
    return { change: null, value: refuse('It is over, or was replaced by newer commits.') };
  const vote = voteOn(request, 'break-glass', reason, ballot);
  const evaluation = await evaluateOnceUp(world, request, [vote]);
  const words = await refusalOf(world, evaluation, ballot);
  if (words !== null) {
    const audit = [refusedEntry(request, vote, 'break-glass-refused')];
    return { change: { people: [ballot.voter], audit }, value: refuse(words) };
  }
  return await counted(world, evaluation, { ...vote, due: dueOf(evaluation) ?? vote.castAt });
}

/** Why the glass can't be broken, in words; `null` where it can. */
async function refusalOf(world: World, evaluation: Evaluation, ballot: Ballot): Promise<string | null> {
  const { request, decision, facts } = evaluation;
  const stale = commitRefusal(request, { kind: 'approve', commit: null }, ballot);
  if (stale !== null || headMoved(evaluation))
    return 'New commits came since this was shown. Look at what stands now, then say it again.';
  const offers = offersOf(evaluation);
  if (offers.length === 0) return 'No gate that holds this offers `/break-glass`. `/explain` says who can approve.';
  const owed = await world.store.owedReviews(request.repo.id);
  const [first] = owed;
  if (first !== undefined) {
    const where = first.conversation === null ? '' : ` in #${first.conversation}`;
    const who = [...new Set(offers.flatMap(({ review }) => review))].map(codeSpan).join(' or ');
    return `A review is owed for what was let through before${where}. Until ${who} say \`/reviewed\` there, nobody can break the glass again.`;
  }
  if (decision.explanation.rules.some((rule) => rule.reason.kind === 'glass-broken')) return null;
  const may = membersOf([...new Set(offers.flatMap(({ by }) => by))], facts);
  if (may.kind === 'unknown') return `Who may break the glass could not be read: ${escapeWords(may.why)}.`;
  return `This is for ${names(may.value)} alone. \`/explain\` says who can approve.`;
}

/** The emergency exits of the gates that hold the request. */
function offersOf({ policy, decision }: Evaluation): readonly BreakGlass[] {
  if (policy.kind !== 'present') return [];
  const holding = new Set(decision.explanation.rules.map((rule) => rule.rule));
  return policy.policy.gates.flatMap((gate) => (holding.has(gate.name) ? (gate.breakGlass ?? []) : []));
}

function headMoved({ request: { subject }, facts: { pull } }: Evaluation): boolean {
  return subject.kind === 'merge' && (pull?.head !== subject.head || pull.base !== subject.base);
}

/** The earliest of the times that its gates give for the review. */
function dueOf({ decision }: Evaluation): Instant | null {
  const dues = decision.explanation.rules.flatMap(({ reason }) => (reason.kind === 'glass-broken' ? reason.due : []));
  return dues.reduce<Instant | null>((first, due) => (first === null || due < first ? due : first), null);
}

async function counted(world: World, evaluation: Evaluation, vote: Vote): Promise<Planned> {
  const { row, change } = countVote(evaluation, vote);
  const groups = await groupChecks(world, row);
  // What else waits in the repository shows from now on that a review is owed.
  const unowed: Change['unowed'] = [{ kind: 'any', repo: row.repo.id }];
  const effects: Change['effects'] = [...(change.effects ?? []), ...groups, { kind: 'reevaluate', repo: row.repo }];
  if (row.state === 'approved') return { change: { ...change, effects, unowed }, value: done('rocket') };
  return {
    change: { ...change, effects, unowed },
    value: { reaction: '+1', words: 'Gates that do not offer this, or hold besides, still hold it: `/explain` tells.' },
  };
}
