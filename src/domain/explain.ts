/** A decision in words: the title, the summary and the complete explanation that checks, comments and commands show. */

import type {
  Candidates,
  ConditionReport,
  Decision,
  Exclusion,
  OverallReason,
  OwedReview,
  RuleNote,
  RuleReason,
  RuleReport,
  StageReport,
  Verdict,
} from './decision.ts';
import { formatDuration } from './duration.ts';
import { grantableName, isTeam, type Grantable } from './grantable.ts';
import type { Instant, Person, RepoRef } from './identity.ts';
import { codeSpan, escapeMarkdown, escapeWords } from './markdown.ts';
import type { Request } from './request.ts';
import type { DeploymentSubject, Subject } from './subject.ts';
import { localWords } from './time-window.ts';

/** How many people are named one by one before the rest is counted. */
const NAMED = 10;

/** How many errors of the policy are listed before the rest is counted. */
const LISTED = 20;

/** What is held, in a few words that fit into a sentence: "the merge of #12 into `main`". Markdown. */
export function describe(subject: Subject): string {
  switch (subject.kind) {
    case 'merge':
      return `the merge of #${subject.pull} into ${codeSpan(subject.base)}`;
    case 'deployment':
      return `the deployment of ${refWords(subject)} (${codeSpan(subject.sha.slice(0, 7))}) to ${codeSpan(subject.environment)}`;
    case 'access': {
      const { role, target } = subject;
      const what =
        subject.extends !== null
          ? `more time with ${given(role, target)}`
          : isTeam(role)
            ? `membership of ${given(role, target)}`
            : `the role ${given(role, target)}`;
      return `${what} for ${person(subject.grantee)} (${formatDuration(subject.duration)}${subject.start === undefined ? '' : ` from ${when(subject.start)}`})`;
    }
  }
}

/** What is given and where: a role on a repository, a team of the repository's owner. Markdown. */
export const given = (what: Grantable, { owner, name }: RepoRef): string =>
  isTeam(what)
    ? `${codeSpan(grantableName(what))} of ${codeSpan(owner)}`
    : `${codeSpan(grantableName(what))} on ${codeSpan(`${owner}/${name}`)}`;

/** The ref, with what it stands for: a tag can be called like a branch. */
function refWords({ ref, refKinds }: DeploymentSubject): string {
  const kinds = refKinds.filter((kind) => kind !== 'other');
  if (refKinds.length === 0) return `${codeSpan(ref)}, which is no branch or tag that has this commit now,`;
  return kinds.length === 0 ? codeSpan(ref) : `the ${kinds.join(' and ')} ${codeSpan(ref)}`;
}

/** What a person needs to know and to do, as Markdown. Every piece of foreign text is escaped. */
export function summary(decision: Decision, request: Request): string {
  const { verdict, explanation } = decision;
  const lines: string[] = [];
  switch (verdict) {
    case 'pending':
      lines.push(`**Held:** ${describe(request.subject)} waits for approval.`, '');
      break;
    case 'approved':
      lines.push(`**Approved:** ${describe(request.subject)}.`, '');
      break;
    case 'denied':
      lines.push(`**Denied:** ${describe(request.subject)}.`, '');
      break;
    case 'none':
      lines.push(`**Nothing to approve:** no gate holds ${describe(request.subject)}.`, '');
      break;
  }
  if (explanation.overall.kind !== 'rules') lines.push(overallWords(explanation.overall, verdict), '');
  for (const rule of explanation.rules) lines.push(...ruleSummary(rule, request), '');
  for (const { rule, condition } of explanation.spared) {
    lines.push(`The gate ${codeSpan(rule)} does not apply: ${conditionWords(condition)}.`, '');
  }
  if (verdict === 'pending') lines.push(...how(request, explanation.rules));
  return lines.join('\n').trim();
}

/** The whole tree, for those who want to know exactly. Markdown. */
export function details(decision: Decision): string {
  const { explanation } = decision;
  const lines: string[] = ['### Why', ''];
  if (explanation.overall.kind !== 'rules') lines.push(`- ${overallWords(explanation.overall, decision.verdict)}`);
  for (const rule of explanation.rules) {
    lines.push(`- ${codeSpan(rule.rule)}: **${rule.verdict}**, ${ruleReasonWords(rule.reason)}`);
    for (const stage of rule.stages) lines.push(...stageDetails(stage, rule.verdict === 'pending'));
    for (const { voter, why } of rule.excluded)
      lines.push(`  - ${person(voter)}'s approval does not count: ${EXCLUSIONS[why]}`);
    for (const note of furtherNotes(rule)) lines.push(`  - ${note}`);
  }
  for (const { rule, condition } of explanation.spared) {
    lines.push(`- ${codeSpan(rule)}: **does not apply**`, ...conditionTree(condition, 1));
  }
  return lines.join('\n');
}

/** Why one person's approval can't count, as the end of a sentence. */
export const EXCLUSIONS = {
  author: 'they opened the pull request',
  contributor: 'they wrote or committed a part of it',
  pusher: 'they pushed to it',
  requester: 'they asked for it',
  'run-actor': 'they started the workflow run',
  'deployment-creator': 'they started the deployment',
  lent: 'they are in the team only by a grant of their own, and who has access for a time can not keep others in it',
  'not-a-member': 'they are in none of the groups that can approve this',
  'other-head': 'it was given for another commit',
  voided: 'its comment was changed or deleted, or its review dismissed',
  'review-does-not-count': 'this gate counts comments, not reviews',
} as const satisfies Readonly<Record<Exclusion, string>>;

/** Everyone who can unblock a request now: the candidates of the stages that are not complete. */
export function approvers(decision: Decision): readonly Person[] {
  const people = new Map(
    activeStages(decision.explanation.rules)
      .filter((stage) => stage.approvedBy.length < stage.required)
      .flatMap((stage) => (stage.candidates.kind === 'people' ? stage.candidates.people : []))
      .map((candidate) => [candidate.id, candidate]),
  );
  return [...people.values()];
}

/** A sentence's first letter, as a sentence has it. */
export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** An instant as people write it: `2026-05-04 13:20 UTC`. */
export function when(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A login in Markdown that notifies nobody. */
export const person = (who: Person): string => codeSpan(who.login);

/** `a`, `b` and `c`; after ten, "and 5 more". */
export function names(people: readonly Person[]): string {
  const shown = people.slice(0, NAMED).map(person);
  const rest = people.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.at(-1) ?? 'nobody';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

function ruleSummary(rule: RuleReport, request: Request): readonly string[] {
  const kind = request.subject.kind === 'access' ? 'Access rule' : 'Gate';
  const lines = [`${kind} ${codeSpan(rule.rule)}: ${ruleReasonWords(rule.reason)}.`];
  for (const stage of rule.stages) {
    if (!stage.skipped) lines.push(`- ${stageWords(stage, rule.verdict === 'pending')}`);
  }
  for (const { voter, why } of rule.excluded) {
    lines.push(`- ${person(voter)} approved, which does not count: ${EXCLUSIONS[why]}.`);
  }
  for (const note of furtherNotes(rule)) lines.push(`- ${note}.`);
  if (rule.mayHold.length > 0) lines.push(`- ${rule.mayHold.map(codeSpan).join(' or ')} can hold it by \`/deny\`.`);
  return lines;
}

/** `asks`: whether an approval would still help. */
function stageWords(stage: StageReport, asks: boolean): string {
  const groups = stage.from.map(codeSpan).join(' or ');
  const mark = stage.approvedBy.length >= stage.required ? '✅' : asks ? '⏳' : '➖';
  const by = stage.approvedBy.length === 0 ? '' : `, by ${names(stage.approvedBy)}`;
  const doubt = stage.untold === undefined ? 'a commit belongs to no known account' : escapeMarkdown(stage.untold);
  const extra = stage.why === 'unattributed' ? ` (one more, since ${doubt})` : '';
  const open = stage.required - stage.approvedBy.length;
  const who = open > 0 && asks ? `. Can approve: ${candidateWords(stage.candidates)}` : '';
  return `${mark} ${stage.approvedBy.length} of ${stage.required} from ${groups}${extra}${by}${who}`;
}

function candidateWords(candidates: Candidates): string {
  if (candidates.kind === 'unknown') return `unknown, ${escapeWords(candidates.why)}`;
  return candidates.people.length === 0 ? 'nobody who has not voted already' : names(candidates.people);
}

function how(request: Request, rules: readonly RuleReport[]): readonly string[] {
  const lines: string[] = [];
  if (rules.some((rule) => rule.reason.kind === 'approvals-missing' || rule.reason.kind === 'nobody-can')) {
    // Without a conversation yet, this is read on the issue that is about to be one.
    const where = request.conversation === null ? '' : ` in a comment on #${request.conversation.number}`;
    lines.push(`To approve, write \`/approve\`${where}; to refuse, \`/deny: reason\`. \`/explain\` tells more.`);
  }
  if (request.deadline !== null) lines.push('', `Unanswered by ${when(request.deadline)}, it is denied.`);
  return lines;
}

function ruleReasonWords(reason: RuleReason): string {
  switch (reason.kind) {
    case 'approvals-complete':
      return 'all approvals are there';
    case 'approvals-missing':
      return reason.missing === 1 ? '1 approval is missing' : `${reason.missing} approvals are missing`;
    case 'nobody-can':
      return 'approvals are missing and not enough people are left who could give them; the policy or its groups have to change';
    case 'denied-by':
      return `denied by ${person(reason.by)}${reason.words === null ? '' : `: ${escapeMarkdown(reason.words)}`}`;
    case 'disapproved':
    case 'frozen':
      return `all approvals are there, but ${noteWords(reason)}`;
    case 'glass-broken':
      return `${person(reason.by)} broke the glass${reason.words === null ? '' : `: ${escapeMarkdown(reason.words)}`}; ${reason.review.map(codeSpan).join(' or ')} owe a look at it, by \`/reviewed\`, until ${when(reason.due)}`;
    case 'auto-approved':
      return `granted to ${person(reason.by)} at once, as it was asked for ${codeSpan(reason.hours)}; ${reason.review.map(codeSpan).join(' or ')} owe a look at it, by \`/reviewed\`, until ${when(reason.due)}`;
    case 'ref-not-allowed':
      return `${codeSpan(reason.ref)} may not be deployed there, only ${reason.allowed.map(codeSpan).join(', ')}`;
    case 'fork-not-allowed':
      return 'the run comes from a fork, and the gate does not say `forks: allowed`';
    case 'event-not-trusted':
      return `a run started by ${codeSpan(reason.event)} can check out code that nobody saw, and the gate does not say \`forks: allowed\``;
    case 'fact-unknown':
      return `something could not be read, so it is held: ${escapeWords(reason.why)}`;
  }
}

/** What bears on a rule besides approvals, as the end of a sentence. */
function noteWords(note: RuleNote): string {
  switch (note.kind) {
    case 'disapproved':
      return `${person(note.by)} holds it${note.words === null ? '' : `: ${escapeMarkdown(note.words)}`} (\`/approve\` by the same person lets go)`;
    case 'frozen':
      return `it is frozen ${untilWords(note)}${note.reason === null ? '' : `: ${escapeMarkdown(note.reason)}`}`;
    case 'break-glass':
      return `in an emergency ${note.by.map(codeSpan).join(' or ')} can say \`/break-glass : reason\``;
    case 'auto-approve':
      return `${note.by.map(codeSpan).join(' or ')} are granted it at once ${codeSpan(note.hours)}`;
    case 'auto-approve-unread':
      return `it is not granted at once, since it could not be read who may have that: ${escapeWords(note.why)}`;
    case 'auto-approve-blocked':
      return `it is not granted at once, since a review is **overdue**: until ${note.to.length === 0 ? 'those who owe it' : note.to.map(codeSpan).join(' or ')} say \`/reviewed\` to ${note.reviews.map(owedWords).join('; ')}`;
    case 'reviews-owed':
      return `nobody can break the glass until ${note.to.map(codeSpan).join(' or ')} say \`/reviewed\` to ${note.reviews.map(owedWords).join('; ')}${note.overdue ? ' (**overdue**)' : ''}`;
    case 'escalated':
      return `since ${when(note.at)} ${note.to.map(codeSpan).join(' and ')} can approve as well`;
    case 'escalates':
      return `from ${when(note.at)} on ${note.to.map(codeSpan).join(' and ')} can approve as well`;
  }
}

/** Something that was let through, whose review is owed. */
function owedWords({ by, rule, reason, at, conversation }: OwedReview): string {
  const what = rule === null ? `what ${person(by)} let through` : `what ${person(by)} was granted`;
  const where = conversation !== null ? ` in #${conversation}` : reason === '' ? ' elsewhere' : '';
  return `${what}${where} at ${when(at)}${reason === '' ? '' : `: ${escapeMarkdown(reason)}`}`;
}

/** By the clock of the place, and by the one that everyone shares. */
const untilWords = ({ until, zone }: Extract<RuleNote, { kind: 'frozen' }>): string =>
  until === Infinity
    ? 'without an end'
    : `until ${localWords(until, zone)}${zone === 'UTC' ? '' : ` (${when(until)})`}`;

/** The notes that the rule's reason does not tell already. */
const furtherNotes = (rule: RuleReport): readonly string[] =>
  rule.notes.filter((note) => note !== rule.reason).map((note) => capital(noteWords(note)));

function overallWords(reason: Exclude<OverallReason, { kind: 'rules' }>, verdict: Verdict): string {
  switch (reason.kind) {
    case 'unmatched':
      return reason.setting === 'deny'
        ? 'No gate of the policy matches, and what no rule allows is denied.'
        : 'No gate of the policy matches, and the policy allows what is unmatched.';
    case 'policy-absent':
      return `The default branch has no \`.jit-policy.yml\`, so ${verdict === 'none' ? 'merges are not held' : 'no rule allows it'}. \`jit-gate init\` writes one to start from.`;
    case 'policy-invalid':
      return [
        'The policy on the default branch has errors. Everything is held until a push repairs it:',
        '',
        ...reason.findings
          .slice(0, LISTED)
          .map((finding) => `- ${codeSpan(finding.where)} ${escapeMarkdown(finding.message)}`),
        ...(reason.findings.length > LISTED ? [`- and ${reason.findings.length - LISTED} more`] : []),
      ].join('\n');
    case 'policy-unreachable':
      return `The policy could not be read from GitHub (${escapeMarkdown(reason.why)}). It is tried again.`;
    case 'timed-out':
      return `Nobody answered by ${when(reason.at)}.`;
    case 'rule-gone':
      return `The access rule ${codeSpan(reason.rule)} no longer allows this person this role for this long.`;
  }
}

function stageDetails(stage: StageReport, asks: boolean): readonly string[] {
  const words = stage.skipped ? `not asked: ${stage.from.map(codeSpan).join(' or ')}` : stageWords(stage, asks);
  return [`  - ${words}`, ...(stage.condition === null ? [] : conditionTree(stage.condition, 2))];
}

const conditionWords = (condition: ConditionReport): string =>
  `${escapeWords(condition.text)} is ${condition.outcome}${condition.because === null ? '' : ` (${escapeWords(condition.because)})`}`;

function conditionTree(condition: ConditionReport, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  return [
    `${indent}- ${conditionWords(condition)}`,
    ...condition.children.flatMap((child) => conditionTree(child, depth + 1)),
  ];
}

/** The stages that are asked, of every rule that is not let through without them. */
export const activeStages = (rules: readonly RuleReport[]): readonly StageReport[] =>
  rules
    .filter(({ reason }) => reason.kind !== 'glass-broken' && reason.kind !== 'auto-approved')
    .flatMap((rule) => rule.stages.filter((stage) => !stage.skipped));
