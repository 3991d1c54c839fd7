/** What happens when time alone changes a decision: it is shown anew, and those who may approve from now on are called. */

import type { Effect } from '../domain/effect.ts';
import { approvers } from '../domain/explain.ts';
import type { Instant, RequestId } from '../domain/identity.ts';
import { membersOf } from '../domain/approval.ts';
import { isOpen } from '../domain/request.ts';
import { effectsOf } from '../domain/settle.ts';
import { evaluateOnceUp, type Evaluation } from './evaluate.ts';
import { escalationCall } from './words.ts';
import type { World } from './world.ts';

/** Looks at a request again whose turn was due at an instant. A request that is over needs nothing any more. */
export async function turnRequest(world: World, id: RequestId, at: Instant): Promise<void> {
  const request = await world.store.request(id);
  if (request === null || !isOpen(request)) return;
  // A clock that was set back: deciding now would find nothing changed, and nobody would look again.
  if ((await world.store.now()) < at) throw new Error('the turn of a request is not due yet');
  const evaluation = await evaluateOnceUp(world, request);
  await world.store.commit({ effects: [...effectsOf(request), ...callsAt(evaluation, at)] });
}

/** A call to those whom an escalation that is due just now lets approve, once. */
function callsAt({ request, decision, facts }: Evaluation, at: Instant): readonly Effect[] {
  const { conversation } = request;
  if (conversation === null || decision.verdict !== 'pending') return [];
  const due = decision.explanation.rules
    .flatMap((rule) => rule.notes)
    .flatMap((note) => (note.kind === 'escalated' && note.at === at ? note.to : []));
  const members = membersOf([...new Set(due)], facts);
  const asked = new Set(members.kind === 'known' ? members.value.map((member) => member.id) : []);
  const people = approvers(decision).filter((person) => asked.has(person.id));
  if (people.length === 0) return [];
  const { repo, number } = conversation;
  return [{ kind: 'reply', repo, number, marker: `turn:${request.id}:${at}`, body: escalationCall(request, people) }];
}
