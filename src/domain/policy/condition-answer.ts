/** What one statement about a pull request or a run comes to, and what decided it. */

import type { CheckFact, Facts, PullFacts } from '../subject.ts';
import { firstMatch, matchesAny } from './glob.ts';
import type { CheckName, Condition, Glob } from './model.ts';
import { authored, authoredOnlyBy, type Answer } from './condition-authors.ts';
import type { Known } from '../result.ts';

/** A statement of its own, without parts. */
export type Simple = Exclude<Condition, { readonly kind: 'all' | 'any' | 'not' }>;

const met = (because: string): Answer => ({ outcome: 'met', because });
const unmet = (because: string): Answer => ({ outcome: 'unmet', because });
/** What can't be told holds, whichever way it was asked. */
const open = (because: string): Answer => ({ outcome: 'unknown', because });

/** Whether the statement is so, by the facts. Never throws. */
export function answerOf(condition: Simple, facts: Facts): Answer {
  switch (condition.kind) {
    case 'paths':
      return withFiles(facts, (files) => anyPath(condition.globs, files));
    case 'only-paths':
      return withFiles(facts, (files) => everyPath(condition.globs, files));
    case 'authors':
      return withPull(facts, (pull) => authored(condition, pull, facts));
    case 'only-authors':
      return withPull(facts, (pull) => authoredOnlyBy(condition, pull, facts));
    case 'labels':
    case 'title':
    case 'base':
    case 'head':
    case 'draft':
    case 'fork':
      return withPull(facts, (pull) => ofPull(condition, pull));
    case 'lines-changed':
      return withKnown(facts.lines, (lines) => between(condition.min, condition.max, lines));
    case 'signed':
      return withKnown(facts.unsigned, (unsigned) => signed(condition.is, unsigned));
    case 'event':
      return withKnown(facts.event, (event) => startedBy(condition.globs, event));
    case 'checks':
      return withKnown(facts.checks, (checks) => passed(condition.checks, checks));
  }
}

const withFiles = (facts: Facts, answer: (files: readonly string[]) => Answer): Answer =>
  facts.files.kind === 'unknown'
    ? open(`the changed files are not known: ${facts.files.why}`)
    : answer(facts.files.value);

const withPull = (facts: Facts, answer: (pull: PullFacts) => Answer): Answer =>
  facts.pull === null ? open('no pull request is known for this') : answer(facts.pull);

const withKnown = <T>(fact: Known<T>, answer: (value: T) => Answer): Answer =>
  fact.kind === 'unknown' ? open(fact.why) : answer(fact.value);

type OfPull = Extract<Simple, { readonly kind: 'labels' | 'title' | 'base' | 'head' | 'draft' | 'fork' }>;

function ofPull(condition: OfPull, pull: PullFacts): Answer {
  switch (condition.kind) {
    case 'labels':
      return anyLabel(condition.globs, pull.labels);
    case 'title':
      return titled(condition.globs, pull.title);
    case 'base':
      return branch(condition.globs, pull.base);
    case 'head':
      return branch(condition.globs, pull.headRef);
    case 'draft':
      return same(pull.draft, condition.is, 'a draft');
    case 'fork':
      return same(pull.fork, condition.is, 'from a fork');
  }
}

function anyPath(globs: readonly Glob[], files: readonly string[]): Answer {
  const hit = firstMatch(globs, files);
  return hit === null ? unmet('no changed file matches') : met(`${hit.text} matches ${hit.glob.source}`);
}

function everyPath(globs: readonly Glob[], files: readonly string[]): Answer {
  // Of no file at all everything is true, which would let an empty list spare a gate.
  if (files.length === 0) return open('no file changed');
  const outside = files.find((file) => !matchesAny(globs, file));
  return outside === undefined ? met('every changed file matches') : unmet(`${outside} matches none`);
}

function anyLabel(globs: readonly Glob[], labels: readonly string[]): Answer {
  const hit = firstMatch(globs, labels);
  return hit === null ? unmet('no label matches') : met(`the label ${hit.text} matches ${hit.glob.source}`);
}

function titled(globs: readonly Glob[], title: string): Answer {
  const hit = firstMatch(globs, [title]);
  return hit === null ? unmet('the title matches none') : met(`the title matches ${hit.glob.source}`);
}

function branch(globs: readonly Glob[], name: string): Answer {
  const hit = firstMatch(globs, [name]);
  return hit === null ? unmet(`${name} matches none`) : met(`${name} matches ${hit.glob.source}`);
}

const same = (is: boolean, asked: boolean, words: string): Answer =>
  (is === asked ? met : unmet)(`it is ${is ? '' : 'not '}${words}`);

const between = (min: number | null, max: number | null, lines: number): Answer =>
  (lines >= (min ?? 0) && lines <= (max ?? Infinity) ? met : unmet)(`${lines} lines changed`);

const signed = (asked: boolean, unsigned: number): Answer =>
  ((unsigned === 0) === asked ? met : unmet)(
    unsigned === 0
      ? 'every commit has a verified signature'
      : `${unsigned} ${unsigned === 1 ? 'commit has' : 'commits have'} no verified signature`,
  );

function startedBy(globs: readonly Glob[], event: string): Answer {
  return (matchesAny(globs, event) ? met : unmet)(`${event} started the run`);
}

/**
 * Every name has to be that of a check that reported, and all that have it must have succeeded. One that runs or never
 * came is not failed yet, so it is unknown: `when: { checks }` must not let anything pass for want of a report.
 */
function passed(names: readonly CheckName[], checks: readonly CheckFact[]): Answer {
  const seen = names.map((name) => ({ name, found: checks.filter((check) => isCalled(name, check)) }));
  const failed = seen.flatMap(({ found }) => found).find((check) => check.state === 'failed');
  if (failed !== undefined) return unmet(`the check ${failed.name} did not succeed`);
  const absent = seen.find(({ found }) => found.length === 0);
  if (absent !== undefined) return open(`no check called ${checkWords(absent.name)} has reported`);
  const running = seen.flatMap(({ found }) => found).find((check) => check.state === 'running');
  return running === undefined ? met('every check succeeded') : open(`the check ${running.name} is not done`);
}

const isCalled = ({ glob, app }: CheckName, check: CheckFact): boolean =>
  glob.matches(check.name) && (app === null || app === check.app);

/** A check's name as the policy asks for it. */
export const checkWords = ({ glob, app }: CheckName): string =>
  app === null ? glob.source : `${glob.source} by ${app}`;
