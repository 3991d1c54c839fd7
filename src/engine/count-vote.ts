/** What is stored of a vote: itself, the entry that tells of it, and what it makes of the request. */

import type { AuditDraft } from '../domain/audit.ts';
import type { Request } from '../domain/request.ts';
import { castData } from '../domain/audit-record.ts';
import { auditOf, effectsOf, settle } from '../domain/settle.ts';
import { commitOf } from '../domain/subject.ts';
import type { Vote } from '../domain/vote.ts';
import type { Ballot } from './ballot.ts';
import { blobOf, type Evaluation } from './evaluate.ts';
import type { Change } from './ports.ts';

/** The vote that a ballot gives on a request, bound to the commit that waits in it. */
export const voteOn = (
  { id, subject }: Request,
  answer: Vote['answer'],
  reason: string | null,
  { voter, source, at }: Ballot,
): Vote => ({
  requestId: id,
  voter,
  answer,
  source,
  head: commitOf(subject),
  castAt: at,
  reason,
  voided: null,
});

export const castEntry = (request: Request, vote: Vote): AuditDraft =>
  auditOf(request, 'vote.cast', vote.voter.id, castData(vote));

export const refusedEntry = (request: Request, { voter, answer, source }: Vote, why: string): AuditDraft =>
  auditOf(request, 'vote.refused', voter.id, { answer, source: { ...source }, why });

/** `decided`: whether the vote changed the request's state, and not only its version. */
export type Counted = { readonly row: Request; readonly decided: boolean; readonly change: Change };

/** The change for a vote that counts, by a decision that has counted it. */
export function countVote({ request, decision, policy, now }: Evaluation, vote: Vote): Counted {
  const settled = settle(request, decision, blobOf(policy), now, vote.voter.id);
  const row = settled?.row ?? { ...request, version: request.version + 1 };
  const change: Change = {
    requests: [{ was: request.version, row }],
    votes: [vote],
    people: [vote.voter],
    audit: [castEntry(request, vote), ...(settled?.audit ?? [])],
    effects: effectsOf(row),
  };
  return { row, decided: settled !== null, change };
}
