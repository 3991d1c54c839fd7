/** What a command's arguments mean, or why they can't be read. */

import { usageOf, type CommandName } from './command-table.ts';
import { ok, refused, type Result } from './result.ts';

/** A command that can be carried out. Free text is as typed: escape it before showing it. */
export type Command =
  | {
      readonly kind: 'approve' | 'deny';
      /** A gate's or a request's name, or `all`; `null` means the one request that waits here. */
      readonly which: string | null;
      /** 7 to 64 hexadecimal digits in lower case that the head's id must begin with. */
      readonly commit: string | null;
      readonly reason: string | null;
    }
  | {
      readonly kind: 'request';
      /** As typed: the policy says which roles there are. */
      readonly role: string;
      /** As typed: see `parseDuration`. */
      readonly duration: string | null;
      /** As typed: see `parseStart`. Absent: at once. */
      readonly start?: string;
      /** `null` means the repository of the comment. */
      readonly repository: RepositoryName | null;
      readonly reason: string | null;
    }
  | { readonly kind: 'extend'; readonly duration: string; readonly reason: string | null }
  | { readonly kind: 'revoke' | 'cancel' | 'reviewed'; readonly reason: string | null }
  | { readonly kind: 'break-glass'; readonly reason: string }
  | { readonly kind: 'explain' | 'status' | 'help' };

export type RepositoryName = { readonly owner: string; readonly name: string };

/** What a person wanted to say and did not say right. Each deserves an answer. */
export type Misunderstood =
  /** A known word with arguments that can't be read. `problem` is a sentence, `usage` how it is written. */
  | { readonly kind: 'malformed'; readonly command: CommandName; readonly problem: string; readonly usage: string }
  /** A word so near to a known one that it was probably meant. */
  | { readonly kind: 'unknown-command'; readonly word: string; readonly nearest: CommandName }
  /** A comment too large to be read; none of its commands count. `line` is where the first could have been. */
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Longer reasons are refused rather than cut, so that what the audit log keeps is what the person wrote. */
const MAX_REASON_LENGTH = 2_000;
const MAX_HEAD_LENGTH = 300;

const COMMIT = /^[0-9A-Fa-f]{7,64}$/u;
/** GitHub's own rules for names, but for which of them are taken. */
const REPOSITORY = /^([A-Za-z0-9](?:[A-Za-z0-9_-]{0,100}))\/([A-Za-z0-9._-]{1,100})$/u;
/** What does not show, or shows as a space without being one. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

type Arguments = { readonly words: readonly string[]; readonly reason: string | null };

/** `head` stands before the first colon (`null`: it is formatted), `tail` after it (`null`: there is no colon). */
export function argumentsOf(name: CommandName, head: string | null, tail: string | null): Command | Misunderstood {
  // What only asks is answered whatever follows it.
  if (name === 'explain' || name === 'status' || name === 'help') return { kind: name };
  const split = splitArguments(head, tail);
  const command = split.ok ? readers[name](split.value) : split;
  return command.ok
    ? command.value
    : { kind: 'malformed', command: name, problem: command.error, usage: usageOf(name) };
}

function splitArguments(head: string | null, tail: string | null): Result<Arguments, string> {
  if (head === null) return refused('What stands before the colon must be plain text, without formatting.');
  if (head.length > MAX_HEAD_LENGTH)
    return refused(`There are more than ${MAX_HEAD_LENGTH} characters before the colon.`);
  const spaced = head.replaceAll('\t', ' ');
  if (INVISIBLE.test(spaced)) return refused('There is an invisible character, or one that only looks like a space.');
  const reason = tail === null || tail === '' ? null : tail;
  if (reason !== null && reason.length > MAX_REASON_LENGTH) {
    return refused(`The reason has ${reason.length} characters. At most ${MAX_REASON_LENGTH} are kept.`);
  }
  return ok({ words: spaced.split(' ').filter((word) => word !== ''), reason });
}

type Reader = (given: Arguments) => Result<Command, string>;

const readers: Readonly<Record<Exclude<CommandName, 'explain' | 'status' | 'help'>, Reader>> = {
  approve: (given) => ok({ kind: 'approve', ...readWhich(given.words), reason: given.reason }),
  deny: (given) => ok({ kind: 'deny', ...readWhich(given.words), reason: given.reason }),
  request: readRequest,
  extend: readExtend,
  revoke: readBare('revoke'),
  cancel: readBare('cancel'),
  reviewed: readBare('reviewed'),
  'break-glass': ({ words, reason }) => {
    if (words.length > 0) return refused('Only a reason is taken, after a colon.');
    return reason === null ? refused('A reason is missing.') : ok({ kind: 'break-glass', reason });
  },
};

/** A name may hold spaces. In quotes it is a name even where it looks like a commit. */
function readWhich(words: readonly string[]): { readonly which: string | null; readonly commit: string | null } {
  const last = words.at(-1);
  const commit = last !== undefined && COMMIT.test(last) ? last.toLowerCase() : null;
  const name = withoutQuotes((commit === null ? words : words.slice(0, -1)).join(' '));
  if (name === '') return { which: null, commit };
  return { which: name.toLowerCase() === 'all' ? 'all' : name, commit };
}

function withoutQuotes(name: string): string {
  const quoted = /^(["'])(.+)\1$/u.exec(name)?.[2];
  return quoted ?? name;
}

function readBare(kind: 'revoke' | 'cancel' | 'reviewed'): Reader {
  return ({ words, reason }) =>
    words.length > 0 ? refused('Nothing is taken here but a reason after a colon.') : ok({ kind, reason });
}

function readExtend({ words, reason }: Arguments): Result<Command, string> {
  const [first, ...others] = words;
  const filler = first !== undefined && ['for', 'by'].includes(first.toLowerCase());
  const duration = (filler ? others : words).join(' ');
  return duration === ''
    ? refused('A duration is missing, such as `1h` or `30m`.')
    : ok({ kind: 'extend', duration, reason });
}

function readRequest({ words, reason }: Arguments): Result<Command, string> {
  const { role, others } = readRole(words);
  if (role === null || isKeyword(words[0] ?? '')) return refused('A role is missing, such as `push` or `maintain`.');
  const clauses = readClauses(others);
  if (!clauses.ok) return clauses;
  const { for: duration, on, start } = clauses.value;
  if (duration === '') return refused('After `for`, a duration is missing, such as `1h` or `30m`.');
  if (start === '') return refused('After `start`, a time is missing, such as `2026-12-01 08:00 UTC`.');
  const repository = on === undefined ? null : readRepositoryName(on);
  if (on !== undefined && repository === null) {
    return refused('After `on`, a repository is missing, written as OWNER/REPO.');
  }
  return ok({
    kind: 'request',
    role,
    duration: duration ?? null,
    repository,
    reason,
    ...(start === undefined ? {} : { start }),
  });
}

/** A role is one word, or several in quotes. A quote that is not closed is left as it is: no role is called that. */
function readRole(words: readonly string[]): { readonly role: string | null; readonly others: readonly string[] } {
  const [first = '', ...others] = words;
  const [, quote] = /^(["'])/u.exec(first) ?? [];
  const closing =
    quote === undefined ? -1 : words.findIndex((word, at) => word.endsWith(quote) && (at > 0 || word.length > 1));
  if (closing < 0) return { role: first === '' ? null : first, others };
  const role = withoutQuotes(words.slice(0, closing + 1).join(' '));
  return { role, others: words.slice(closing + 1) };
}

/** What follows a keyword, up to the next of them or to the end. */
function readClauses(words: readonly string[]): Result<Clauses, string> {
  const clauses: { -readonly [K in Keyword]?: string } = {};
  for (let rest = words; rest.length > 0;) {
    const [first = '', ...values] = rest;
    const keyword = keywordIn(first);
    if (keyword === null) {
      return refused(
        'After the role, only `for DURATION`, `start TIME`, `on OWNER/REPO` and a reason after a colon are taken.',
      );
    }
    if (clauses[keyword] !== undefined) return refused(`\`${keyword}\` stands there twice.`);
    const next = values.findIndex(isKeyword);
    const end = next < 0 ? values.length : next;
    clauses[keyword] = values.slice(0, end).join(' ');
    rest = values.slice(end);
  }
  return ok(clauses);
}

const KEYWORDS = ['for', 'start', 'on'] as const;
type Keyword = (typeof KEYWORDS)[number];
type Clauses = { readonly [K in Keyword]?: string };

const keywordIn = (word: string): Keyword | null => KEYWORDS.find((keyword) => keyword === word.toLowerCase()) ?? null;

const isKeyword = (word: string): boolean => keywordIn(word) !== null;

/** `OWNER/REPO`; `null` where it is something else. */
export function readRepositoryName(text: string): RepositoryName | null {
  const [, owner, name] = REPOSITORY.exec(text) ?? [];
  return owner === undefined || name === undefined || name === '.' || name === '..' ? null : { owner, name };
}
