/** Why a vote can't be counted: another commit, no policy to count it by, not a member, or barred from approving. */

import { membersOf } from '../domain/approval.ts';
import type { Decision } from '../domain/decision.ts';
import { approvers, EXCLUSIONS, person } from '../domain/explain.ts';
import type { Instant, Sha } from '../domain/identity.ts';
import { codeSpan, escapeWords } from '../domain/markdown.ts';
import type { Request } from '../domain/request.ts';
import { commitOf } from '../domain/subject.ts';
import type { Vote } from '../domain/vote.ts';
import type { Ballot, VoteCommand } from './ballot.ts';
import type { Evaluation } from './evaluate.ts';
import { whoCan } from './words.ts';

export type Refused = { readonly why: string; readonly words: string };

/** Why a vote can't be counted, for the audit log and in words; `null` where it counts. */
export function refusalOf(evaluation: Evaluation, vote: Vote, command: VoteCommand, ballot: Ballot): Refused | null {
  const { request, decision } = evaluation;
  return (
    commitRefusal(request, command, ballot) ??
    policyRefusal(decision) ??
    memberRefusal(evaluation, vote) ??
    (letsGo(evaluation, vote) ? null : exclusionRefusal(decision, vote))
  );
}

/**
 * A vote is for what its voter was shown. A comment names no commit by itself, so it has to be younger, by GitHub's
 * clock of whole seconds, than the push or base change that made what waits now; one that names the commit needs not.
 */
export function commitRefusal(
  request: Request,
  command: Pick<VoteCommand, 'kind' | 'commit'>,
  ballot: Ballot,
): Refused | null {
  const head = commitOf(request.subject);
  if (command.commit !== null) return pinRefusal(command.commit, head);
  if (ballot.reviewed !== null) {
    const waits = head === null ? '' : ` (${codeSpan(head.slice(0, 12))})`;
    const words = `The review was given for another commit (${codeSpan(ballot.reviewed.slice(0, 12))}) than the one that waits${waits}, so it does not count. Review what stands now.`;
    return ballot.reviewed === head ? null : { why: 'other-commit', words };
  }
  if (head === null) return ballot.at >= request.since ? null : { why: 'older-than-what-waits', words: TOO_OLD };
  if (second(ballot.at) > second(request.since)) return null;
  const pin = codeSpan(`/${command.kind} ${head.slice(0, 12)}`);
  return { why: 'older-than-what-waits', words: `${TOO_OLD} Look again and repeat it, or pin it: ${pin}.` };
}

const TOO_OLD = "The comment is not younger than what waits now, so it can't be told that it was meant.";

function pinRefusal(commit: string, head: Sha | null): Refused | null {
  if (head?.startsWith(commit) === true) return null;
  const waits = head === null ? 'this request has none' : `${codeSpan(head.slice(0, 12))} is what waits`;
  return { why: 'other-commit', words: `The vote names the commit ${codeSpan(commit)}, but ${waits}.` };
}

const second = (at: Instant): number => Math.floor(at / 1000);

function policyRefusal({ explanation: { overall } }: Decision): Refused | null {
  if (overall.kind === 'policy-unreachable') {
    const words = `GitHub does not let the app read the policy (${escapeWords(overall.why)}), and without it no vote can be counted. It is held until that is repaired; then vote again.`;
    return { why: overall.kind, words };
  }
  if (overall.kind !== 'policy-invalid' && overall.kind !== 'policy-absent') return null;
  const words =
    'Without a policy that can be read no vote can be counted. It is held until the policy on the default branch is repaired.';
  return { why: overall.kind, words };
}

/** A vote counts only from members of the groups that a rule of the request asks. */
function memberRefusal({ policy, facts, decision }: Evaluation, vote: Vote): Refused | null {
  if (policy.kind !== 'present' || decision.explanation.rules.length === 0) return null;
  const groups = [
    ...new Set(
      decision.explanation.rules.flatMap((rule) => [...rule.stages.flatMap((stage) => stage.from), ...rule.mayHold]),
    ),
  ];
  const members = groups.map((group) => membersOf([group], facts));
  if (members.some((group) => group.kind === 'known' && group.value.some((member) => member.id === vote.voter.id)))
    return null;
  const unreadable = members.find((group) => group.kind === 'unknown');
  const doubt = unreadable?.kind === 'unknown' ? ` Not every group could be read: ${escapeWords(unreadable.why)}.` : '';
  return {
    why: 'not-a-member',
    words: `${person(vote.voter)} is in none of the groups that can decide this: ${groups.map(codeSpan).join(', ')}.${doubt} ${whoCan(approvers(decision))}`,
  };
}

/** Whether it takes back what the same person held: then it need not fill a slot to count. */
const letsGo = ({ decision, votes }: Evaluation, vote: Vote): boolean =>
  decision.explanation.rules.some((rule) => rule.mayHold.length > 0) &&
  votes.some((before) => before.voter.id === vote.voter.id && before.answer === 'deny' && before.voided === null);

/** A member whose approval no rule can count: the author, the requester, someone who pushed. */
function exclusionRefusal(decision: Decision, vote: Vote): Refused | null {
  if (vote.answer === 'deny') return null;
  const { rules } = decision.explanation;
  const reasons = rules.map((rule) => rule.excluded.find(({ voter }) => voter.id === vote.voter.id)?.why);
  const [why] = reasons;
  if (why === undefined || reasons.includes(undefined)) return null;
  return {
    why,
    words: `The approval of ${person(vote.voter)} does not count: ${EXCLUSIONS[why]}. ${whoCan(approvers(decision))}`,
  };
}
