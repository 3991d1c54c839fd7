/** A decision in one line of plain text, for lists of checks and for a rule's answer. */

import type { Decision, OverallReason, RuleReason } from './decision.ts';
import { activeStages } from './explain.ts';
import { localWords } from './time-window.ts';

/** One line in plain text for a list of checks, such as "Held: 1 of 2 approvals, waiting for release". */
export function title(decision: Decision): string {
  const { verdict, explanation } = decision;
  if (explanation.overall.kind !== 'rules') return OVERALL_TITLES[explanation.overall.kind];
  switch (verdict) {
    case 'none':
      return 'Nothing to approve';
    case 'approved': {
      const glass = explanation.rules.map((rule) => rule.reason).find((reason) => reason.kind === 'glass-broken');
      if (glass !== undefined) return `Let through by ${oneLine(glass.by.login)}${because(glass.words)}`;
      if (explanation.rules.some(({ reason }) => reason.kind === 'auto-approved'))
        return 'Granted at once; a review is owed';
      const people = new Set(
        explanation.rules.flatMap((rule) => rule.stages.flatMap((stage) => stage.approvedBy.map((by) => by.id))),
      );
      return `Approved by ${people.size === 1 ? '1 person' : `${people.size} people`}`;
    }
    case 'denied':
      return denialTitle(explanation.rules.find((rule) => rule.verdict === 'denied')?.reason);
    case 'pending': {
      const stages = activeStages(explanation.rules);
      const required = sum(stages.map((stage) => stage.required));
      const given = sum(stages.map((stage) => stage.approvedBy.length));
      const next = stages.find((stage) => stage.approvedBy.length < stage.required);
      const held = heldTitle(explanation.rules.map((rule) => rule.reason));
      if (held !== null) return held;
      const unknownFact = explanation.rules.some((rule) => rule.reason.kind === 'fact-unknown');
      if (unknownFact) return 'Held: something could not be read';
      return `Held: ${given} of ${required} approvals${next === undefined ? '' : `, waiting for ${oneLine(next.from.join(' or '))}`}`;
    }
  }
}

const because = (words: string | null): string => (words === null ? '' : `: ${oneLine(words)}`);

/** What holds though all approvals are there; `null` where it waits for approvals. */
function heldTitle(reasons: readonly RuleReason[]): string | null {
  if (reasons.some((reason) => reason.kind === 'approvals-missing' || reason.kind === 'nobody-can')) return null;
  for (const reason of reasons) {
    if (reason.kind === 'disapproved') return `Held by ${oneLine(reason.by.login)}${because(reason.words)}`;
    if (reason.kind === 'frozen') {
      const end = reason.until === Infinity ? '' : ` until ${localWords(reason.until, reason.zone)}`;
      return `Frozen${end}${because(reason.reason)}`;
    }
  }
  return null;
}

/** Longest stretch of somebody's words in a title, in characters. */
const TITLE_WORDS = 200;

function denialTitle(reason: RuleReason | undefined): string {
  switch (reason?.kind) {
    case 'denied-by':
      return `Denied by ${oneLine(reason.by.login)}${because(reason.words)}`;
    case 'ref-not-allowed':
      return `Denied: ${oneLine(reason.ref)} may not be deployed there`;
    case 'fork-not-allowed':
      return 'Denied: the run comes from a fork';
    case 'event-not-trusted':
      return `Denied: a run started by ${oneLine(reason.event)} can run code that nobody saw`;
    case 'approvals-complete':
    case 'approvals-missing':
    case 'nobody-can':
    case 'fact-unknown':
    case 'disapproved':
    case 'frozen':
    case 'glass-broken':
    case 'auto-approved':
    case undefined:
      return 'Denied';
  }
}

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/gu, ' ').trim();
  // A cut must not leave half of a surrogate pair, which is no text that can be sent or stored.
  return (line.length <= TITLE_WORDS ? line : `${line.slice(0, TITLE_WORDS)}…`).toWellFormed();
};

const OVERALL_TITLES = {
  unmatched: 'No gate of the policy covers this',
  'policy-absent': 'There is no policy in this repository',
  'policy-invalid': 'Held: the policy file has errors',
  'policy-unreachable': 'Held: the policy could not be read',
  'timed-out': 'Denied: nobody answered in time',
  'rule-gone': 'Denied: the policy no longer allows this',
} as const satisfies Readonly<Record<Exclude<OverallReason['kind'], 'rules'>, string>>;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, next) => total + next, 0);
