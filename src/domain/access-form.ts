/** What a person asked for in the access request form, as GitHub rendered it into the text. */

import { readRepositoryName, type RepositoryName } from './command-arguments.ts';
import { MAX_COMMENT_LENGTH, readBlocks, visibleText } from './markdown-tree.ts';
import { ok, refused, type Result } from './result.ts';

/** The label that makes any issue an access request; the form puts it on. */
export const REQUEST_LABEL = 'access-request';

/** A filled-in form. Values are as typed: the policy says which roles there are, and what a duration is. */
export type AccessForm = {
  readonly role: string;
  readonly duration: string | null;
  /** `null` means the repository of the issue. */
  readonly repository: RepositoryName | null;
  /** May hold several lines and any Markdown: escape it before showing it. */
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly start: string | null;
};

export const FORM_FIELDS = ['role', 'duration', 'repository', 'reason', 'ticket', 'start'] as const;
export type FormField = (typeof FORM_FIELDS)[number];

/** What keeps a form from being read; `message` says it in a sentence, with the person's text left out. */
export type FormProblem = { readonly message: string } & (
  | { readonly kind: 'missing-role' }
  | { readonly kind: 'unreadable-repository'; readonly value: string }
  /** A field is there twice with different answers. Neither is taken: people may have seen only one of them. */
  | { readonly kind: 'contradiction'; readonly field: FormField; readonly values: readonly string[] }
  | { readonly kind: 'too-long'; readonly field: FormField; readonly length: number; readonly most: number }
  | { readonly kind: 'too-large' }
);

type FieldEntry = {
  /** Headings that name the field, in lower case. The first is the form's own. */
  readonly headings: readonly string[];
  /** Longest answer, in UTF-16 code units. */
  readonly most: number;
  /** Whether the answer is all of the text below the heading, or its first line. */
  readonly takes: 'first-line' | 'everything';
};

const FIELDS: Readonly<Record<FormField, FieldEntry>> = {
  role: { headings: ['role'], most: 100, takes: 'first-line' },
  duration: { headings: ['duration', 'how long', 'for how long'], most: 100, takes: 'first-line' },
  repository: { headings: ['repository', 'repo'], most: 250, takes: 'first-line' },
  reason: { headings: ['reason', 'justification', 'why'], most: 4_000, takes: 'everything' },
  ticket: { headings: ['ticket', 'incident', 'change'], most: 200, takes: 'first-line' },
  start: { headings: ['start', 'starts', 'start time'], most: 100, takes: 'first-line' },
};

const FIELD_OF_HEADING: ReadonlyMap<string, FormField> = new Map(
  FORM_FIELDS.flatMap((field) => FIELDS[field].headings.map((heading) => [heading, field] as const)),
);

/** GitHub writes these for fields that were left empty. */
const EMPTY: ReadonlySet<string> = new Set(['', '_No response_', 'No response', 'None']);

/** More lines than any form; reading them would cost more than it is worth. */
const MAX_LINES = 12_000;

/** Whether a text looks like the form at all: it has a heading for the role and one for another field. */
export function isAccessForm(body: string): boolean {
  if (isTooLarge(body)) return false;
  const fields = new Set(formSections(body).map(({ field }) => field));
  return fields.has('role') && fields.size > 1;
}

/**
 * Reads a form by its headings, whatever their order, case and level. Other headings and what stands below them are
 * passed over. A repeated heading with the same answer is fine, with another one it is a contradiction.
 */
export function readAccessForm(body: string): Result<AccessForm, readonly FormProblem[]> {
  if (isTooLarge(body)) {
    const message = `The form is longer than ${MAX_COMMENT_LENGTH} characters or ${MAX_LINES} lines.`;
    return refused([{ kind: 'too-large', message }]);
  }
  const answers = new Map<FormField, Set<string>>();
  for (const { field, lines } of formSections(body)) {
    const answer = answerIn(lines, FIELDS[field]);
    if (answer !== null) answers.set(field, (answers.get(field) ?? new Set()).add(answer));
  }
  const problems = [...answers].flatMap(([field, values]) => problemsOfField(field, [...values]));
  const answered = (field: FormField): string | null => [...(answers.get(field) ?? [])][0] ?? null;

  const role = answered('role');
  if (role === null) problems.push({ kind: 'missing-role', message: 'The form names no role.' });
  const named = answered('repository');
  const repository = named === null ? null : readRepositoryName(named);
  if (named !== null && repository === null) {
    const message = 'The repository must be written as OWNER/REPO.';
    problems.push({ kind: 'unreadable-repository', value: named, message });
  }
  if (role === null || problems.length > 0) return refused(problems);
  return ok({
    role,
    duration: answered('duration'),
    repository,
    reason: answered('reason'),
    ticket: answered('ticket'),
    start: answered('start'),
  });
}

const isTooLarge = (body: string): boolean =>
  body.length > MAX_COMMENT_LENGTH || body.split(/\r\n|\r|\n/u, MAX_LINES + 1).length > MAX_LINES;

function problemsOfField(field: FormField, values: readonly string[]): readonly FormProblem[] {
  const { most } = FIELDS[field];
  const problems: FormProblem[] = [];
  if (values.length > 1) {
    const message = `The ${field} is there more than once, with different answers.`;
    problems.push({ kind: 'contradiction', field, values, message });
  }
  const tooLong = values.find((value) => value.length > most);
  if (tooLong !== undefined) {
    const message = `The ${field} has ${tooLong.length} characters. At most ${most} are read.`;
    problems.push({ kind: 'too-long', field, length: tooLong.length, most, message });
  }
  return problems;
}

/** `null` where the field was left empty. */
function answerIn(lines: readonly string[], { most, takes }: FieldEntry): string | null {
  const whole = lines.join('\n').trim();
  if (EMPTY.has(whole)) return null;
  if (takes === 'everything') return whole;
  const first = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  // What is too long even with its formatting is not worth taking that off.
  const answer = first.length > 4 * most ? first : visibleText(first);
  return EMPTY.has(answer) ? null : answer;
}

type FormSection = { readonly field: FormField; readonly level: number; readonly lines: string[] };

/**
 * The parts of a text below the headings of the form. One ends at the next heading of the form and at any other that is
 * not below its own. HTML comments, which GitHub does not show, are taken out.
 */
function formSections(body: string): readonly FormSection[] {
  const lines = body.split(/\r\n|\r|\n/u);
  const sections: FormSection[] = [];
  let open: FormSection | null = null;
  let at = 0;
  for (const { from, to, heading } of marks(body, lines.length)) {
    open?.lines.push(...lines.slice(at, from));
    at = to;
    if (heading === null) continue;
    if (heading.field !== null) {
      open = { field: heading.field, level: heading.level, lines: [] };
      sections.push(open);
    } else if (open !== null && heading.level <= open.level) open = null;
    else open?.lines.push(...lines.slice(from, to));
  }
  return sections;
}

/** Lines, from 0 and end excluded, that are a heading or, with `null`, are not shown; the last one is the end. */
type Mark = {
  readonly from: number;
  readonly to: number;
  readonly heading: { readonly level: number; readonly field: FormField | null } | null;
};

function marks(body: string, end: number): readonly Mark[] {
  const { blocks } = readBlocks(body);
  const found = blocks.flatMap(({ type, level, map, tag, content }, index): readonly Mark[] => {
    if (level !== 0 || map === null) return [];
    const [from, to] = map;
    if (type === 'html_block' && content.startsWith('<!--')) return [{ from, to, heading: null }];
    if (type !== 'heading_open') return [];
    return [{ from, to, heading: { level: Number(tag.slice(1)), field: fieldOf(blocks[index + 1]?.content ?? '') } }];
  });
  return [...found, { from: end, to: end, heading: null }];
}

function fieldOf(heading: string): FormField | null {
  if (heading.length > 100) return null;
  const words = visibleText(heading)
    .toLowerCase()
    .replace(/[\s:?*]+$/u, '')
    .replaceAll(/\s+/gu, ' ');
  return FIELD_OF_HEADING.get(words) ?? null;
}
