/** What the check `jit/policy` says of the requests of the past: which would have gone another way. */

import { describe } from '../explain.ts';
import { escapeMarkdown } from '../markdown.ts';
import type { Policy } from './model.ts';
import type { PastRequest } from './past-requests.ts';
import { replayBy, type ReplayOutcome } from './replay.ts';

/** The last requests of a repository, newest first. */
export type Past = {
  readonly repo: number;
  readonly requests: readonly PastRequest[];
  /** Whether there were more in that time than were read. */
  readonly more: boolean;
  readonly days: number;
};

/** Steps that this may take, roughly; a stranger's policy must not keep the app busy. Real ones stay far below. */
const MOST_WORK = 2_000_000;
/** Requests that are listed one by one. */
const LISTED = 20;

type Tried = { readonly past: PastRequest; readonly outcome: ReplayOutcome };

/** `text` is empty where none would have gone another way. Both are Markdown, with every piece of the policy escaped. */
export function replayReport(
  policy: Policy,
  before: Policy | null,
  past: Past,
): { readonly summary: string; readonly text: string } {
  const tried = tryAll(policy, before, past.requests);
  const other = tried.filter(({ outcome }) => outcome.would !== 'same' && outcome.would !== 'unknown');
  const unknown = tried.filter(({ outcome }) => outcome.would === 'unknown').length;
  const bound = past.more || tried.length < past.requests.length ? ' (there were more, which are not tried here)' : '';
  const asked = `${count(tried.length)} of the last ${String(past.days)} days${bound}`;
  const outcome = `${String(other.length)} would have gone another way, of ${String(unknown)} the log can’t tell, the others would have gone the same way.`;
  return { summary: `Tried on ${asked}: ${outcome}`, text: listOf(other, past.repo) };
}

const count = (many: number): string => `${String(many)} request${many === 1 ? '' : 's'}`;

/** As many as the work allows, the newest first. */
function tryAll(policy: Policy, before: Policy | null, requests: readonly PastRequest[]): readonly Tried[] {
  const step = sizeOf(policy) + (before === null ? 0 : sizeOf(before));
  const some: PastRequest[] = [];
  let work = 0;
  for (const past of requests) {
    work += step * (past.votes.length + 1);
    if (work > MOST_WORK) break;
    some.push(past);
  }
  const judge = replayBy(policy, before, some);
  return some.map((past) => ({ past, outcome: judge(past) }));
}

/** Patterns, rules, and slots times slots: what the time of a decision grows with. */
function sizeOf({ gates, access, groups }: Policy): number {
  const patterns = JSON.stringify([gates, access]).split('"source"').length;
  const slots = [...gates, ...access]
    .flatMap(({ approvals }) => approvals)
    .reduce((sum, stage) => sum + stage.count, 0);
  return patterns + groups.size + gates.length + access.length + slots * slots;
}

function listOf(other: readonly Tried[], repo: number): string {
  // What was asked for in another repository is not for everyone to read who can read this one.
  const own = other.filter(({ past }) => past.conversation === repo || past.request.subject.kind !== 'access');
  if (other.length === 0) return '';
  const lines = own.slice(0, LISTED).map(lineOf);
  const rest = other.length - lines.length;
  const further = rest > 0 ? [`- and ${String(rest)} more`] : [];
  return ['### What would have gone another way', '', ...lines, ...further].join('\n');
}

function lineOf({ past: { request, state, openedAt }, outcome: { would, why } }: Tried): string {
  const day = new Date(openedAt).toISOString().slice(0, 10);
  return `- ${day}, ${describe(request.subject)}: was ${escapeMarkdown(state)}, would be **${would}** (${escapeMarkdown(why)})`;
}
