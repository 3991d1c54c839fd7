/** The words of comments and answers, as Markdown in which every piece of foreign text is escaped. */

import { COMMANDS } from '../domain/command-table.ts';
import type { Decision, OwedReview } from '../domain/decision.ts';
import { formatDuration } from '../domain/duration.ts';
import {
  approvers as whoRemains,
  capital,
  describe,
  details,
  given,
  names,
  person,
  summary,
  when,
} from '../domain/explain.ts';
import { title } from '../domain/title.ts';
import type { EndReason, Grant, GrantState } from '../domain/grant.ts';
import { grantableName, isTeam } from '../domain/grantable.ts';
import { after, type Person } from '../domain/identity.ts';
import { codeSpan, escapeMarkdown } from '../domain/markdown.ts';
import {
  isOpen,
  isScheduled,
  type AccessRequest,
  type DeploymentRequest,
  type Request,
  type ScheduledRequest,
} from '../domain/request.ts';

/** Labels that show where an access request stands; exactly one is on its issue. */
export const ACCESS_LABELS = ['jit:pending', 'jit:scheduled', 'jit:active', 'jit:ended'] as const;

/** How many approvers are called by name, so that GitHub notifies them. */
const CALLED = 10;

export function accessLabel(request: AccessRequest, grant: Grant | null): (typeof ACCESS_LABELS)[number] {
  if (isOpen(request)) return isScheduled(request) ? 'jit:scheduled' : 'jit:pending';
  return grant === null || grant.state === 'ended' || grant.state === 'failed' ? 'jit:ended' : 'jit:active';
}

/** The one comment on an access request: what, why, who can approve, where it stands, when it ends. */
export function accessComment(
  request: AccessRequest,
  grant: Grant | null,
  decision: Decision,
  approvers: readonly Person[],
): string {
  const { subject } = request;
  const rows = [
    ['Who', person(subject.grantee)],
    ['What', given(subject.role, subject.target)],
    ['How long', formatDuration(subject.duration)],
    ...(subject.start === undefined ? [] : [['Start', when(subject.start)]]),
    ['Reason', escapeMarkdown(subject.reason)],
    ...(subject.ticket === null ? [] : [['Ticket', codeSpan(subject.ticket)]]),
    ['Rule', codeSpan(subject.rule)],
    ['State', accessState(request, grant)],
  ];
  const table = [
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| **${name ?? ''}** | ${cell(value ?? '')} |`),
  ];
  return [
    accessHeading(request, grant),
    '',
    ...table,
    '',
    ...accessNext(request, grant, decision, approvers),
    '',
    fold('How this was decided', details(decision)),
  ].join('\n');
}

const HEADINGS = {
  applying: '### Access approved: being given',
  invited: '### Access approved: waits for the invitation to be accepted',
  active: '### Access granted',
  ending: '### Access is being taken back',
  ended: '### Access ended',
  failed: '### Access could not be given',
} as const satisfies Readonly<Record<GrantState, string>>;

function accessHeading(request: AccessRequest, grant: Grant | null): string {
  if (isScheduled(request)) return '### Access approved: has not begun yet';
  if (isOpen(request)) return '### Access request: waits for approval';
  if (request.state !== 'released' || grant === null) return `### Access request: ${escapeMarkdown(over(request))}`;
  return request.subject.extends === null ? HEADINGS[grant.state] : '### Access lengthened';
}

function accessState(request: AccessRequest, grant: Grant | null): string {
  if (isScheduled(request)) return scheduledWords(request);
  if (isOpen(request)) return request.deadline === null ? 'waiting' : `waiting, until ${when(request.deadline)}`;
  return request.state !== 'released' || grant === null ? escapeMarkdown(over(request)) : grantWords(grant);
}

const scheduledWords = ({ subject }: ScheduledRequest): string =>
  `approved: begins **${when(subject.start)}**, ends ${when(after(subject.start, subject.duration))}`;

const over = (request: Request): string => request.outcome ?? 'over';

/** Where a grant stands, as the end of a table's row. */
function grantWords(grant: Grant): string {
  switch (grant.state) {
    case 'applying':
      return 'being given';
    case 'invited':
      return `invited; ends ${when(grant.endsAt)}, accepted or not`;
    case 'active':
      return `active until **${when(grant.endsAt)}**`;
    case 'ending':
      return 'being taken back';
    case 'ended':
      return `ended ${grant.endedAt === null ? '' : when(grant.endedAt)} (${END_REASONS[grant.endReason ?? 'expired']})`;
    case 'failed':
      return `not given: ${escapeMarkdown(grant.failure ?? 'GitHub refused')}`;
  }
}

const END_REASONS = {
  expired: 'its time was over',
  revoked: 'revoked',
  returned: 'given back',
  'issue-closed': 'the issue was closed',
  drift: 'it was changed by hand',
  misdeclared: 'GitHub says that the role builds on another one than the policy says, so it was not what was approved',
} as const satisfies Readonly<Record<EndReason, string>>;

/** Said on the issue of a grant that is not gone in time. */
export const overdueWords = (grant: Grant): string =>
  [
    `**This access is overdue.** ${codeSpan(grantableName(grant.role))} for ${person(grant.grantee)} was to end ${when(grant.endsAt)} at the latest, and GitHub does not show that it is gone.`,
    '',
    `The app goes on trying, and the comment above says when it is gone. ${isTeam(grant.role) ? 'An owner of the organisation can remove the person from the team' : 'An administrator can remove the person from the repository'} by hand meanwhile.`,
  ].join('\n');

/** Said where nobody can tell whether an earlier role was given directly, so that it can't be given back. */
export const unprovenWords = (grant: Grant, role: string): string =>
  `${person(grant.grantee)} has ${codeSpan(role)} already, and GitHub does not tell this app whether that was given directly or comes through a team. The end of this access leaves ${codeSpan('pull')} as the direct role: whatever comes through teams stays, and a higher direct role has to be given again by hand.`;

function accessNext(
  request: AccessRequest,
  grant: Grant | null,
  decision: Decision,
  approvers: readonly Person[],
): readonly string[] {
  if (request.state === 'pending') return [...approvalCall(approvers), '', summary(decision, request)];
  if (isScheduled(request))
    return [
      'Whether it may still be given is looked at again when it begins: the policy, the approvals, and who may ask. `/cancel`, `/revoke` or closing the issue withdraws it.',
    ];
  if (request.state !== 'released' || grant === null) return [];
  switch (grant.state) {
    case 'active':
      return [
        'Done early? `/revoke` gives it back. Need longer? `/extend 1h: reason` asks for more time.',
        '',
        isTeam(grant.role)
          ? '_At the end goes what came with the team alone, and with access to a private repository the forks of it: push open work before._'
          : '_At the end GitHub unassigns the person from issues, and deletes their forks of a private repository: push open work before._',
      ];
    case 'invited':
      return [
        'GitHub sent an invitation, since this account is outside the organisation. It is withdrawn when the time is over.',
      ];
    case 'ended':
      return [
        grant.residual === null
          ? 'GitHub was read again afterwards: the access is gone.'
          : `${isTeam(grant.role) ? 'This grant gives nothing any more.' : 'The direct role is gone.'} **What is left:** ${codeSpan(grant.residual.role)} through ${escapeMarkdown(grant.residual.source)}, which this app did not give.`,
      ];
    case 'applying':
    case 'ending':
    case 'failed':
      return [];
  }
}

/** The comment on a held deployment, kept up to date. */
export function deploymentComment(
  request: DeploymentRequest,
  decision: Decision,
  approvers: readonly Person[],
): string {
  const { subject } = request;
  const open = isOpen(request);
  const heading = open ? title(decision) : over(request);
  const run = subject.run === null ? null : `workflow run ${subject.run.id}, attempt ${subject.run.attempt}`;
  const ended = `${capital(describe(subject))}${run === null ? '' : ` (${run})`}.`;
  return [
    `### ${codeSpan(`jit/deploy: ${subject.environment}`)} — ${escapeMarkdown(heading)}`,
    '',
    open ? `${summary(decision, request)}${run === null ? '' : `\n\n${capital(run)}.`}` : ended,
    '',
    ...(request.state === 'pending' ? approvalCall(approvers) : []),
    '',
    fold('How this was decided', details(decision)),
  ].join('\n');
}

/** Calls those who can approve, so that nobody has to look for the request. Logins are GitHub's own and safe to call. */
const approvalCall = (approvers: readonly Person[]): readonly string[] =>
  approvers.length === 0 ? [] : [`${calledWords(approvers)}: please decide with \`/approve\` or \`/deny: reason\`.`];

/** People called by name, so that GitHub tells them; further ones are counted. */
export function calledWords(people: readonly Person[]): string {
  const called = people.slice(0, CALLED).map(({ login }) => `@${login.replace(/[^\w\-[\]]/gu, '')}`);
  const rest = people.length - called.length;
  return `${called.join(' ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Said where a review is owed that nobody gave in time. `asked`: who it is for, in words; `people`: those who can give it, as far as they could be read. */
export const reviewOverdueWords = (
  subject: Request['subject'],
  { by, at, due }: OwedReview,
  asked: string,
  people: readonly Person[],
): string =>
  [
    `**A review is overdue.** ${capital(describe(subject))} was let through without approvals by ${person(by)} at ${when(at)}, and somebody of ${asked} was to look at it until ${when(due)}.`,
    '',
    `${people.length === 0 ? 'Please' : `${calledWords(people)}: please`} look at what was done, then say \`/reviewed\`. Until then nobody is let through like that again.`,
  ].join('\n');

/** Calls those who may decide as well by now, since nobody else did. */
export const escalationCall = (request: Request, people: readonly Person[]): string =>
  [`${capital(describe(request.subject))} has waited since ${when(request.openedAt)}.`, ...approvalCall(people)].join(
    ' ',
  );

/** Everything about one request, for `/explain`. */
export const explanation = (request: Request, decision: Decision): string =>
  [summary(decision, request), '', details(decision)].join('\n');

/** One line about one request, for `/status`. */
export function statusLine(request: Request, decision: Decision | null, grant: Grant | null): string {
  const state = isOpen(request) && decision !== null ? title(decision) : (request.outcome ?? request.state);
  const running =
    grant === null
      ? ''
      : `; the grant is ${grant.state}${grant.state === 'active' ? ` until ${when(grant.endsAt)}` : ''}`;
  const line = `- ${describe(request.subject)}: **${escapeMarkdown(state)}**${running} (${codeSpan(shortId(request))})`;
  return isOpen(request) && decision?.verdict === 'pending' ? `${line}. ${unblock(decision)}` : line;
}

/** Who can unblock what waits, or why nobody can be named. */
function unblock(decision: Decision): string {
  const { explanation } = decision;
  const unread =
    explanation.overall.kind !== 'rules' || explanation.rules.some(({ reason }) => reason.kind === 'fact-unknown');
  return unread ? 'Something could not be read; `/explain` says what, and who can help.' : whoCan(whoRemains(decision));
}

/** How a merge that is over can be decided anew. Empty for what asks anew by itself, or ended for good. */
export function anew(request: Request): string {
  const ended = request.state === 'denied' || request.state === 'expired';
  if (!ended || request.subject.kind !== 'merge') return '';
  return 'For a new decision push a commit, or close the pull request and open it again: all approvals start from nothing.';
}

/** The part of a request's id that people type. */
const shortId = (request: Request): string => `req-${request.id.slice(0, 8)}`;

export function helpText(): string {
  return [
    'What can be said here, first on a line of its own:',
    '',
    '| command | who | does |',
    '| --- | --- | --- |',
    ...COMMANDS.map(({ usage, who, what }) => `| ${cell(codeSpan(usage))} | ${cell(who)} | ${cell(what)} |`),
  ].join('\n');
}

/** "Which one?" with every request that waits here. */
export function whichOne(requests: readonly Request[], verb: string): string {
  return [
    `Several requests wait here. Say which one, or ${codeSpan(`/${verb} all`)}:`,
    '',
    ...requests.map((request) => `- ${codeSpan(`/${verb} ${shortId(request)}`)}: ${describe(request.subject)}`),
  ].join('\n');
}

export const whoCan = (approvers: readonly Person[]): string =>
  approvers.length === 0 ? 'Nobody who has not voted can approve it now.' : `Who can: ${names(approvers)}.`;

/** A title for an issue: plain text on one line, at most 200 characters. */
export const plainTitle = (text: string): string => text.replace(/\s+/gu, ' ').trim().slice(0, 200);

const fold = (heading: string, body: string): string =>
  `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`;

const cell = (text: string): string => text.replace(/\r?\n/gu, ' ').replace(/(?<!\\)\|/gu, '\\|');
