/** What each command in a comment does, and how it is answered. */

import { repoAudit, type AuditDraft } from '../domain/audit.ts';
import { parseCommands, type ParsedCommand } from '../domain/command.ts';
import type { CommandName } from '../domain/command-table.ts';
import { describe } from '../domain/explain.ts';
import { codeSpan, escapeMarkdown } from '../domain/markdown.ts';
import { isOpen, type Request } from '../domain/request.ts';
import { answerEffects, authorOf, refuse, tell, type Answer, type Comment } from './answer.ts';
import type { Ballot } from './ballot.ts';
import { ask, cancel, extend, revoke } from './access-commands.ts';
import { breakGlass } from './break-glass.ts';
import { castVotes } from './cast-vote.ts';
import { evaluate } from './evaluate.ts';
import { giveReview } from './give-review.ts';
import { holdMerge } from './hold-merge.ts';
import { readPolicyOnceUp } from './policy.ts';
import { anew, explanation, helpText, statusLine } from './words.ts';
import type { World } from './world.ts';

/** Reads a new comment and does what it says. Comments without a command cost nothing. */
export async function obeyComment(world: World, comment: Comment): Promise<void> {
  const commands = noFirst(parseCommands(comment.body));
  if (commands.length === 0) return;
  if (comment.author.automated && !(await namedById(world, comment))) return;
  const { answers, refused } = await obeyAll(world, comment, commands);
  await world.store.commit({
    people: [authorOf(comment)],
    audit: refused,
    effects: answerEffects(comment, answers),
  });
}

type Obeyed = { readonly answers: readonly Answer[]; readonly refused: readonly AuditDraft[] };

async function obeyAll(world: World, comment: Comment, commands: readonly ParsedCommand[]): Promise<Obeyed> {
  const answers: Answer[] = [];
  const refused: AuditDraft[] = [];
  let inDoubt = commands.some(meansNo);
  for (const command of commands) {
    const doubted = command.kind === 'approve' && inDoubt;
    const given = doubted ? [refuse(IN_DOUBT)] : await obey(world, comment, command);
    answers.push(...given);
    if (!given.some(({ reaction }) => reaction === 'confused')) continue;
    if (command.kind === 'deny') inDoubt = true;
    // Votes that are refused are recorded where they are refused, with the request that they were for.
    const isVote = command.kind === 'approve' || command.kind === 'deny';
    if (doubted || !isVote) refused.push(refusalEntry(comment, command));
  }
  return { answers, refused };
}

/** A comment that says yes and no to the same is a no: what releases can't be called back. */
const noFirst = (commands: readonly ParsedCommand[]): readonly ParsedCommand[] => [
  ...commands.filter(({ kind }) => kind === 'deny'),
  ...commands.filter(({ kind }) => kind !== 'deny'),
];

/** What was probably meant as a no, and can't be read as one. */
function meansNo(command: ParsedCommand): boolean {
  if (command.kind === 'malformed') return SAYS_NO.has(command.command);
  return command.kind === 'unknown-command' && SAYS_NO.has(command.nearest);
}

const SAYS_NO: ReadonlySet<CommandName> = new Set(['deny', 'cancel', 'revoke']);

const IN_DOUBT =
  'The comment approves, and also says no in a way that could not be carried out. So that nothing passes that was meant to be refused, its approval does not count. Say what you mean in a new comment.';

const refusalEntry = (comment: Comment, command: ParsedCommand): AuditDraft =>
  repoAudit(comment.repo, 'command.refused', comment.author.id, {
    command: command.kind,
    comment: comment.commentId,
    conversation: comment.number,
  });

/** Bots are heard only where the policy names them by their numeric id. */
async function namedById(world: World, comment: Comment): Promise<boolean> {
  const policy = await readPolicyOnceUp(world, comment.repo);
  if (policy.kind !== 'present') return false;
  return [...policy.policy.groups.values()].some((group) =>
    group.users.some((user) => user.kind === 'id' && user.id === comment.author.id),
  );
}

async function obey(world: World, comment: Comment, command: ParsedCommand): Promise<readonly Answer[]> {
  const requests = await requestsFor(world, comment, command);
  switch (command.kind) {
    case 'approve':
    case 'deny':
      return await castVotes(world, requests, command, ballotOf(comment));
    case 'request':
      return [await ask(world, comment, command)];
    case 'extend':
      return [await extend(world, comment, requests, command)];
    case 'revoke':
      return [await revoke(world, comment, requests)];
    case 'cancel':
      return [await cancel(world, comment, requests, command.reason)];
    case 'explain':
      return [await explain(world, requests)];
    case 'status':
      return [await status(world, requests)];
    case 'help':
      return [tell(helpText())];
    case 'break-glass':
      return [await breakGlass(world, requests, command.reason, ballotOf(comment))];
    case 'reviewed':
      return [await giveReview(world, requests, command.reason, ballotOf(comment))];
    case 'malformed':
      return [refuse(`${escapeMarkdown(command.problem)} It is written ${codeSpan(command.usage)}.`)];
    case 'unknown-command':
      return [
        refuse(
          `There is no command ${codeSpan(`/${command.word}`)}. Was ${codeSpan(`/${command.nearest}`)} meant? \`/help\` lists them all.`,
        ),
      ];
    case 'unreadable':
      return [refuse(`${escapeMarkdown(command.problem)} None of its commands was carried out.`)];
  }
}

/** Commands that ask about what waits. */
const ASKING: ReadonlySet<ParsedCommand['kind']> = new Set(['approve', 'deny', 'break-glass', 'explain', 'status']);

/** What was ever asked on the conversation. A pull request where nothing waits is looked at first: its webhook may be late, or lost. */
async function requestsFor(world: World, { repo, number, isPull }: Comment, { kind }: ParsedCommand) {
  const requests = await world.store.requestsIn(repo.id, number);
  if (!isPull || !ASKING.has(kind) || requests.some(isOpen)) return requests;
  await holdMerge(world, repo, number);
  return await world.store.requestsIn(repo.id, number);
}

const ballotOf = (comment: Comment): Ballot => ({
  voter: authorOf(comment),
  source: { kind: 'comment', id: comment.commentId },
  at: comment.at,
  reviewed: null,
});

async function explain(world: World, requests: readonly Request[]): Promise<Answer> {
  const open = requests.filter(isOpen);
  if (open.length === 0) {
    const [last] = requests;
    if (last === undefined) return tell('Nothing is held here: no gate or access rule of the policy concerns it.');
    const ended = `Nothing waits here. ${describe(last.subject)}: ${escapeMarkdown(last.outcome ?? last.state)}.`;
    return tell(`${ended} ${anew(last)}`.trim());
  }
  const evaluations = await Promise.all(open.map((request) => evaluate(world, request)));
  return tell(evaluations.map(({ request, decision }) => explanation(request, decision)).join('\n\n---\n\n'));
}

async function status(world: World, requests: readonly Request[]): Promise<Answer> {
  if (requests.length === 0) return tell('Nothing is held here, and no access was asked for.');
  const lines = await Promise.all(
    requests.slice(0, 20).map(async (request) => {
      const decision = isOpen(request) ? (await evaluate(world, request)).decision : null;
      return statusLine(request, decision, await world.store.grantOf(request.id));
    }),
  );
  return tell(lines.join('\n'));
}
